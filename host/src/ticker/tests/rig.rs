//! A host around one scripted manager, which can be stopped, killed and started again on its store.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::script::{Play, Script};
use crate::clock::SimulatedClock;
use crate::cluster::Solo;
use crate::schedule::TaskSetting;
use crate::store::{HistoryQuery, MemoryStore, SqliteStore, Store};
use crate::ticker::body::Body;
use crate::ticker::core::Core;
use crate::ticker::error::HostError;
use crate::ticker::install::{Candidate, InstallError, Interrupted};
use crate::ticker::manager::Manager;
use crate::ticker::report::Wanted;
use crate::types::{
    ComponentSource, DeclaredTask, Digest, HostLimits, ManagerName, ManagerSpec, OnLost, Outcome,
    TaskOverride, TickReport,
};

/// How the store is opened again by the next host.
pub(crate) enum Disk {
    Memory(Arc<MemoryStore>),
    Sqlite(tempfile::TempDir),
}

impl Disk {
    pub(crate) fn memory() -> Self {
        Self::Memory(Arc::new(MemoryStore::recording()))
    }

    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    /// What the next host opens.
    pub(crate) fn open(&mut self) -> Arc<dyn Store> {
        match self {
            Self::Memory(store) => {
                *store = Arc::new(store.restarted());
                store.clone()
            }
            Self::Sqlite(dir) => Arc::new(SqliteStore::open(dir.path()).unwrap()),
        }
    }
}

pub(crate) struct Rig {
    pub(crate) disk: Disk,
    pub(crate) core: Arc<Core>,
    pub(crate) script: Arc<Script>,
    pub(crate) name: ManagerName,
}

pub(crate) fn limits() -> HostLimits {
    HostLimits { history: 100_000, ..HostLimits::default() }
}

pub(crate) fn core(store: Arc<dyn Store>) -> Arc<Core> {
    Arc::new(Core::new(limits(), store, Arc::new(SimulatedClock::new(1_000)), Arc::new(Solo)))
}

/// What the load of a scripted component with these tasks comes to.
pub(crate) fn candidate(
    script: &Arc<Script>,
    name: &ManagerName,
    settings: &[TaskSetting],
    version: u8,
) -> (ManagerSpec, Candidate) {
    let mut spec = ManagerSpec::new(name.clone(), ComponentSource::Bytes(Arc::from([])));
    spec.limits.store.keys = 1_000_000;
    spec.policy.quarantine_after = u32::MAX;
    for task in settings.iter().filter(|s| s.on_lost == OnLost::Repeat) {
        let on_lost = Some(OnLost::Repeat);
        spec.tasks.insert(task.name.clone(), TaskOverride { on_lost, ..TaskOverride::default() });
    }
    let declared: Vec<_> = settings
        .iter()
        .map(|s| DeclaredTask {
            name: s.name.clone(),
            ticks_between_runs: s.ticks_between_runs,
            run_immediately: s.run_immediately,
            summary: String::new(),
        })
        .collect();
    let candidate = Candidate {
        body: Body::Script(script.clone()),
        digest: Digest::new([version; 32]),
        declared: declared.into(),
        from_cache: true,
        load_time: Duration::ZERO,
    };
    (spec, candidate)
}

impl Rig {
    pub(crate) async fn new(disk: Disk, settings: &[TaskSetting]) -> Self {
        let mut disk = disk;
        let core = core(disk.open());
        let name = ManagerName::new("m").unwrap();
        let rig = Self { disk, core, script: Script::new(), name };
        rig.install(settings, 1).await.unwrap();
        rig
    }

    pub(crate) async fn install(
        &self,
        settings: &[TaskSetting],
        version: u8,
    ) -> Result<(), InstallError> {
        let (spec, candidate) = candidate(&self.script, &self.name, settings, version);
        self.core.install(spec, candidate, Interrupted::Finish).await.map(drop)
    }

    pub(crate) fn manager(&self) -> Arc<Manager> {
        self.core.manager(&self.name).unwrap()
    }

    pub(crate) async fn tick(&self) -> Result<Arc<TickReport>, HostError> {
        self.core.tick(&self.manager(), 0, 1, Wanted::All).await
    }

    /// The outcomes of a tick, in declared order.
    pub(crate) async fn outcomes(&self) -> Vec<Outcome> {
        self.tick().await.unwrap().tasks.iter().map(|t| t.outcome).collect()
    }

    /// A new host on what the old one left; the old one is gone as after `kill -9`.
    pub(crate) async fn restart(&mut self, settings: &[TaskSetting], version: u8) {
        let nothing: Arc<dyn Store> = Arc::new(MemoryStore::default());
        self.core = core(nothing);
        self.core = core(self.disk.open());
        self.install(settings, version).await.unwrap();
    }

    /// Ticks, and leaves the tick in the middle of a task's run, as a host does that dies in it.
    pub(crate) async fn die_in(&self, task: &str) {
        self.script.set(task, Play::Hang);
        tokio::select! {
            biased;
            _ = self.tick() => panic!("it hangs"),
            () = self.script.hung.notified() => {}
        }
        self.script.set(task, Play::End(Outcome::Ok));
    }

    pub(crate) fn counters(&self) -> Vec<u64> {
        let manager = self.manager();
        let state = manager.state();
        (0..state.schedule.tasks().len()).map(|t| state.schedule.ticks_to_skip(t)).collect()
    }

    /// What must hold whenever nothing is in progress: sums balance; what is in the buckets is what the
    /// history calls `ok`; nothing was started twice under one attempt.
    pub(crate) async fn check(&self) {
        self.check_on(&*self.core.store).await;
    }

    /// The same, looking at a store beneath the host's own.
    pub(crate) async fn check_on(&self, store: &dyn Store) {
        {
            let manager = self.manager();
            let state = manager.state();
            let row = state.schedule.row();
            assert_eq!(row.open, None);
            assert_eq!(row.totals.sum(), row.expected, "S11: the sums balance");
        }
        let started = self.script.started.lock().unwrap().clone();
        let distinct: BTreeSet<_> = started.iter().collect();
        assert_eq!(distinct.len(), started.len(), "S7: at most one start per run: {started:?}");
        let query = HistoryQuery {
            manager: Some(self.name.clone()),
            limit: u32::MAX,
            ..HistoryQuery::default()
        };
        let history = store.history(query).await.unwrap();
        let ok = history.iter().filter(|r| r.run.outcome == Outcome::Ok);
        let ok: BTreeSet<_> = ok.map(|r| r.id().to_string()).collect();
        let keys = store.keys(self.name.clone(), "default".into()).await.unwrap();
        assert_eq!(ok, keys.into_iter().collect(), "S17: writes are kept with their outcome");
    }
}
