//! Building a host out of the rooms: store, clock, engines, compiler, cache. The command line's one
//! seam to the rest of the crate.
//!
//! Decides nothing about ticks. What is wrong with a component or a state directory, the rooms say.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::ending::Stop;
use super::progress::Progress;
use crate::clock::{Clock, SimulatedClock, SystemClock};
use crate::config::HostConfig;
use crate::engine::{Cache, CachePlace, CompileIn, Compiler, Engines, Loader};
use crate::store::{MemoryStore, SqliteStore, Store};
use crate::ticker::{Host, HostOptions, InstallError, Installed};
use crate::types::{HostLimits, InstanceLimits, ManagerName, ManagerSpec};

/// Where the simulated clock of a seeded run stands before its first tick: 2026-01-01T00:00:00Z.
const SIMULATED_START_MS: u64 = 1_767_225_600_000;

/// What a host is built from.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its limits.
    pub(super) limits: &'a HostLimits,
    /// The managers that it will hold.
    pub(super) managers: &'a [ManagerSpec],
    /// Where its state is kept, if it is.
    pub(super) state: Option<&'a Path>,
    /// What time and randomness are simulated from, if they are.
    pub(super) seed: Option<u64>,
}

impl<'a> Plan<'a> {
    /// The host of a configuration.
    pub(super) fn of(config: &'a HostConfig, state: Option<&'a Path>) -> Self {
        Self {
            name: &config.name,
            limits: &config.limits,
            managers: &config.managers,
            state,
            seed: None,
        }
    }
}

/// A host, and what belongs to it.
pub(super) struct House {
    /// The host.
    pub(super) host: Host,
    simulated: Option<Arc<SimulatedClock>>,
}

impl House {
    /// Builds a host without managers.
    pub(super) fn open(plan: &Plan<'_>) -> Result<Self, Stop> {
        let store: Arc<dyn Store> = match plan.state {
            Some(dir) => Arc::new(SqliteStore::open(dir)?),
            None => Arc::new(MemoryStore::default()),
        };
        let simulated = plan.seed.map(|_| Arc::new(SimulatedClock::new(SIMULATED_START_MS)));
        let clock: Arc<dyn Clock> = match &simulated {
            Some(clock) => clock.clone(),
            None => Arc::new(SystemClock::default()),
        };
        let loader = loader(plan)?;
        let mut options = HostOptions::new(plan.name, plan.limits.clone(), store, clock, loader);
        options.seed = plan.seed;
        Ok(Self { host: Host::new(options)?, simulated })
    }

    /// Moves a simulated clock on; a real one moves by itself.
    pub(super) fn pass(&self, time: Duration) {
        if let Some(clock) = &self.simulated {
            clock.advance(time);
        }
    }

    /// Installs one manager, and shows that it takes time where it does.
    pub(super) async fn install(
        &self,
        spec: ManagerSpec,
        progress: &Progress,
    ) -> Result<Installed, InstallError> {
        let name = spec.name.clone();
        let shown = progress.begin(&name);
        self.host.install_watched(spec, |step| shown.step(step)).await
    }

    /// Installs all of them, and tells all that is wrong at once.
    pub(super) async fn install_all(
        &self,
        specs: Vec<ManagerSpec>,
    ) -> Result<Vec<Installed>, Vec<(ManagerName, InstallError)>> {
        let progress = Progress::new(specs.len());
        let (mut installed, mut refused) = (Vec::new(), Vec::new());
        for spec in specs {
            let name = spec.name.clone();
            match self.install(spec, &progress).await {
                Ok(one) => installed.push(one),
                Err(error) => refused.push((name, error)),
            }
        }
        if refused.is_empty() { Ok(installed) } else { Err(refused) }
    }
}

/// How components are loaded: compiled code is kept beside the state, or else in the user's home.
fn loader(plan: &Plan<'_>) -> Result<Loader, Stop> {
    let largest = plan
        .managers
        .iter()
        .fold(InstanceLimits::default(), |so_far, spec| largest(&so_far, &spec.limits.instance));
    let engines = Engines::new(plan.limits.running, &largest)?;
    let compiler = Compiler::new(CompileIn::Child, plan.limits.compile.clone());
    let place = match plan.state {
        Some(dir) => Some(CachePlace::in_state(dir)),
        None => CachePlace::in_home(|name| std::env::var_os(name).map(PathBuf::from)),
    };
    Ok(Loader::new(engines, compiler, Cache::open(place.as_ref())))
}

/// The higher of each of two managers' limits.
fn largest(a: &InstanceLimits, b: &InstanceLimits) -> InstanceLimits {
    InstanceLimits {
        memory: a.memory.max(b.memory),
        table_elements: a.table_elements.max(b.table_elements),
        memories: a.memories.max(b.memories),
        tables: a.tables.max(b.tables),
        instances: a.instances.max(b.instances),
        handles: a.handles.max(b.handles),
    }
}
