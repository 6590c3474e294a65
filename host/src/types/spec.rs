//! What a manager is to be: the checked settings that a configuration file, a command line or an
//! embedder hands to the registry.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{
    InstanceMode, Limits, ManagerName, OnLost, Policy, RunLimits, TaskName, TicksBetweenRuns,
};

/// One manager, as it is to be installed.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagerSpec {
    /// The name under which its state is kept.
    pub name: ManagerName,
    /// Where its component comes from.
    pub component: ComponentSource,
    /// How often the driver ticks it. Whoever ticks by hand may leave the default of 10 s.
    pub interval: Duration,
    /// How long an instance lives.
    pub mode: InstanceMode,
    /// Its limits.
    pub limits: Limits,
    /// How the rules of its ticks are set.
    pub policy: Policy,
    /// What `wasi:config/store` answers.
    pub config: BTreeMap<String, String>,
    /// What it may import beyond what every manager may.
    pub grants: Grants,
    /// What the operator overrides, by task.
    pub tasks: BTreeMap<TaskName, TaskOverride>,
}

impl ManagerSpec {
    /// A manager with every setting at its default.
    pub fn new(name: ManagerName, component: ComponentSource) -> Self {
        Self {
            name,
            component,
            interval: Duration::from_secs(10),
            mode: InstanceMode::default(),
            limits: Limits::default(),
            policy: Policy::default(),
            config: BTreeMap::new(),
            grants: Grants::default(),
            tasks: BTreeMap::new(),
        }
    }
}

/// Where a component's bytes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComponentSource {
    /// A file.
    Path(PathBuf),
    /// Bytes in memory.
    Bytes(Arc<[u8]>),
}

/// What a manager may import beyond `context`, logging, config and its own store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grants {
    /// `wasi:clocks`. Granted unless denied.
    pub clocks: bool,
    /// `wasi:random`. Granted unless denied.
    pub random: bool,
    /// Environment variables that `wasi:cli/environment` answers.
    pub environment: BTreeMap<String, String>,
    /// Interfaces of an embedder's own capabilities, as `package:name/interface@version`.
    pub interfaces: BTreeSet<String>,
}

impl Default for Grants {
    fn default() -> Self {
        Self {
            clocks: true,
            random: true,
            environment: BTreeMap::new(),
            interfaces: BTreeSet::new(),
        }
    }
}

/// What an operator overrides for one task.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TaskOverride {
    /// Another N than the declared one.
    pub ticks_between_runs: Option<TicksBetweenRuns>,
    /// Whether the task is enabled at all; a disabled one is not listed and its counter stands.
    pub enabled: Option<bool>,
    /// What becomes of a lost run.
    pub on_lost: Option<OnLost>,
    /// Its own limits.
    pub limits: Option<RunLimits>,
}

/// A task as a component declares it (`periodic-tasks`), checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredTask {
    /// Its name.
    pub name: TaskName,
    /// Its N.
    pub ticks_between_runs: TicksBetweenRuns,
    /// Whether its first run is at tick 1 (S2).
    pub run_immediately: bool,
    /// One harmless line for people.
    pub summary: String,
}
