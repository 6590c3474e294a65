//! What the proofs work with: hosts in memory, and the guest that exceeds what it is asked to.

use std::sync::Arc;

use crate::clock::SystemClock;
use crate::engine::{Cache, CompileIn, Compiler, Engines, Loader};
use crate::store::{MemoryStore, Store};
use crate::ticker::{Host, HostOptions};
use crate::types::{
    CompileLimits, ComponentSource, HostLimits, InstanceLimits, ManagerName, ManagerSpec, TaskName,
    TaskOverride, TicksBetweenRuns,
};

use super::{Seen, SelfTestError};

/// Each of its tasks exceeds the limit after which it is named: see `guests/exceed.wat`.
pub(super) const EXCEED: &[u8] = include_bytes!("guests/exceed.wasm");

/// Two million core instances in a few hundred bytes: see `guests/greedy.wat`.
pub(super) const GREEDY: &[u8] = include_bytes!("guests/greedy.wasm");

/// What all proofs share.
pub(super) struct Bench {
    engines: Engines,
    compile: CompileIn,
}

impl Bench {
    pub(super) fn new(compile: CompileIn) -> Result<Self, SelfTestError> {
        Ok(Self { engines: Engines::new(1, &InstanceLimits::default())?, compile })
    }

    /// A host on a store of its own.
    pub(super) fn host(&self, limits: HostLimits) -> Result<Host, SelfTestError> {
        self.host_on(Arc::new(MemoryStore::recording()), limits)
    }

    /// A host on a store.
    pub(super) fn host_on(
        &self,
        store: Arc<dyn Store>,
        limits: HostLimits,
    ) -> Result<Host, SelfTestError> {
        let compiler = Compiler::new(self.compile.clone(), limits.compile.clone());
        let loader = Loader::new(self.engines.clone(), compiler, Cache::none());
        let clock = Arc::new(SystemClock::default());
        Ok(Host::new(HostOptions::new("self-test", limits, store, clock, loader))?)
    }

    /// What becomes of a component that is loaded under limits which it exceeds.
    pub(super) async fn load(
        &self,
        component: &'static [u8],
        compile: CompileLimits,
        set: impl FnOnce(&mut ManagerSpec),
    ) -> Seen {
        let host = self.host(HostLimits { compile, ..HostLimits::default() })?;
        let mut spec = guest("exceed");
        spec.component = ComponentSource::Bytes(Arc::from(component));
        set(&mut spec);
        Ok(refusal(Box::pin(host.install(spec)).await))
    }
}

/// The guest under a name. Its tasks run by hand only.
pub(super) fn guest(name: &str) -> ManagerSpec {
    ManagerSpec::new(manager(name), ComponentSource::Bytes(Arc::from(EXCEED)))
}

/// The guest, one of whose tasks runs on every tick, and no other at all.
pub(super) fn guest_running(name: &str, task: &'static str) -> ManagerSpec {
    let mut spec = guest(name);
    let every_tick = TaskOverride {
        ticks_between_runs: Some(TicksBetweenRuns::new(0)),
        ..TaskOverride::default()
    };
    spec.tasks.insert(self::task(task), every_tick);
    spec
}

/// What was not granted, in words.
pub(super) fn refusal<T, E: std::fmt::Display>(result: Result<T, E>) -> String {
    result.map_or_else(|error| format!("refused: {error}"), |_| "was let in".to_owned())
}

/// A name of this room, all of which are valid.
pub(super) fn manager(name: &str) -> ManagerName {
    #[expect(clippy::expect_used, reason = "names of this room, held against the rule by a test")]
    ManagerName::new(name).expect("a valid name")
}

/// A task of the guest's.
pub(super) fn task(name: &str) -> TaskName {
    #[expect(clippy::expect_used, reason = "names of this room, held against the rule by a test")]
    TaskName::new(name).expect("a valid name")
}
