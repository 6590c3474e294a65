//! Where a scenario is played: a host in memory, and what outlives it when it dies.

use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::broadcast::Receiver;

use super::calls::Recorded;
use super::faults::{Faults, Faulty};
use super::play::{PlayError, Stage};
use super::recording::Recording;
use super::scenario::Scenario;
use crate::clock::SimulatedClock;
use crate::engine::Cache;
use crate::store::MemoryStore;
use crate::ticker::Host;
use crate::types::{ManagerSpec, TickReport};

/// Where simulated time begins: 2026-01-01T00:00:00Z.
const START_MS: u64 = 1_767_225_600_000;

/// A host, and what outlives it.
pub(super) struct Theatre {
    pub(super) host: Host,
    kept: Kept,
}

/// What outlives a host.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) store: Arc<MemoryStore>,
    pub(super) faults: Arc<Faults>,
    pub(super) recording: Arc<Recording>,
    pub(super) clock: Arc<SimulatedClock>,
}

impl Deref for Theatre {
    type Target = Kept;

    fn deref(&self) -> &Kept {
        &self.kept
    }
}

impl Theatre {
    pub(super) fn open(scenario: &Scenario, stage: &Stage) -> Result<Self, PlayError> {
        let kept = Kept {
            store: Arc::new(MemoryStore::recording()),
            faults: Arc::new(Faults::new(scenario.store_errors.clone())),
            recording: Arc::new(Recording::new(scenario.calls.clone())),
            clock: Arc::new(SimulatedClock::new(START_MS)),
        };
        Self::with(scenario, stage, kept)
    }

    fn with(scenario: &Scenario, stage: &Stage, kept: Kept) -> Result<Self, PlayError> {
        let Kept { store, faults, recording, clock } = kept.clone();
        let host = Host::builder("test-host")
            .largest_instance(scenario.manager.limits.instance.clone())
            .store(Arc::new(Faulty { inner: store, faults }))
            .cache(Cache::open(stage.cache.as_ref()))
            .compile_in(stage.compile.clone())
            .capability(Arc::new(Recorded(recording)))
            .clock(clock)
            .seed(scenario.seed)
            .build()?;
        Ok(Self { host, kept })
    }

    /// The host is gone; another one finds what was kept.
    pub(super) fn after_a_kill(
        self,
        scenario: &Scenario,
        stage: &Stage,
    ) -> Result<Self, PlayError> {
        let Self { host, mut kept } = self;
        drop(host);
        kept.store = Arc::new(kept.store.restarted());
        Self::with(scenario, stage, kept)
    }

    pub(super) async fn begin(
        &self,
        spec: &ManagerSpec,
    ) -> Result<Receiver<Arc<TickReport>>, PlayError> {
        let reports = self.host.subscribe();
        self.host.install(spec.clone()).await?;
        Ok(reports)
    }
}
