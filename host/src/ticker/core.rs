//! What all ticks of a host share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::broadcast;

use super::error::HostError;
use super::manager::Manager;
use super::seats::{Places, Seats};
use crate::clock::Clock;
use crate::cluster::Cluster;
use crate::store::Store;
use crate::types::{HostLimits, ManagerName, TickReport};

/// What all ticks of a host share.
pub(crate) struct Core {
    pub(crate) limits: HostLimits,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) cluster: Arc<dyn Cluster>,
    pub(crate) places: Places,
    pub(crate) seats: Seats,
    pub(crate) reports: broadcast::Sender<Arc<TickReport>>,
    /// One install at a time decides what a name stands for.
    pub(crate) installing: tokio::sync::Mutex<()>,
    managers: RwLock<BTreeMap<ManagerName, Arc<Manager>>>,
    /// Counts changes of `managers` and of what they are.
    changes: AtomicU64,
    closing: AtomicBool,
}

impl Core {
    pub(crate) fn new(
        limits: HostLimits,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        cluster: Arc<dyn Cluster>,
    ) -> Self {
        Self {
            places: Places::new(limits.running, limits.waiting),
            seats: Seats::new(limits.instances),
            reports: broadcast::channel(limits.reports.max(1) as usize).0,
            limits,
            store,
            clock,
            cluster,
            installing: tokio::sync::Mutex::new(()),
            managers: RwLock::default(),
            changes: AtomicU64::new(0),
            closing: AtomicBool::new(false),
        }
    }

    /// The manager of a name.
    pub(crate) fn manager(&self, name: &ManagerName) -> Result<Arc<Manager>, HostError> {
        if self.closing.load(Ordering::Acquire) {
            return Err(HostError::Closing);
        }
        self.find(name).ok_or_else(|| HostError::NoManager(name.clone()))
    }

    pub(crate) fn find(&self, name: &ManagerName) -> Option<Arc<Manager>> {
        self.managers.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// All managers, by name.
    pub(crate) fn all(&self) -> Vec<Arc<Manager>> {
        self.managers.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(crate) fn put(&self, manager: Arc<Manager>) {
        let mut managers = self.managers.write().unwrap_or_else(PoisonError::into_inner);
        managers.insert(manager.name.clone(), manager);
        self.changes.fetch_add(1, Ordering::Release);
    }

    /// Grows whenever a manager was added.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Whether anybody hears what is published.
    pub(crate) fn is_heard(&self) -> bool {
        self.reports.receiver_count() > 0
    }

    pub(crate) fn take_out(&self, name: &ManagerName) {
        self.managers.write().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// From now on nothing new is begun.
    pub(crate) fn begin_closing(&self) {
        self.closing.store(true, Ordering::Release);
    }

    /// Commits what idle ticks left behind (S19, `checkpoint`): all managers in one transaction.
    pub(crate) async fn checkpoint(&self) -> Result<(), HostError> {
        if !self.store.keeps_records() {
            return Ok(());
        }
        let mut managers = Vec::new();
        let mut commits = Vec::new();
        for manager in self.all() {
            // A busy manager's next commit takes its idle ticks along. A suspect one's must not be
            // written over what the store may hold.
            let Some(work) = manager.try_keep() else { continue };
            let mut state = manager.state();
            if state.dirty && state.suspect.is_none() && state.schedule.row().open.is_none() {
                let commit = state.commit(&manager.name, &[], vec![], vec![]);
                drop(state);
                commits.push(commit);
                managers.push((manager, work));
            }
        }
        if commits.is_empty() {
            return Ok(());
        }
        let kept = self.in_time(self.store.commit(commits)).await;
        let Err(source) = kept else { return Ok(()) };
        let mut error = HostError::Closing;
        for (manager, _work) in &managers {
            error = manager.suspect(source.clone());
        }
        Err(error)
    }
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core").field("limits", &self.limits).finish_non_exhaustive()
    }
}
