//! What all ticks of a host share.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use tokio::sync::broadcast;

use super::error::HostError;
use super::manager::{Held, Manager};
use super::seats::{Places, Seats};
use crate::clock::Clock;
use crate::cluster::{Cluster, Turn};
use crate::store::Store;
use crate::types::{HostLimits, InstanceMode, ManagerName, TickReport};

/// Locks of installs: so many go on at once, and share the transactions of the store.
const INSTALLING: usize = 64;

/// The managers that are installed, and how many of them keep an instance.
#[derive(Default)]
struct Managers {
    by_name: BTreeMap<ManagerName, Arc<Manager>>,
    residents: usize,
}

/// What all ticks of a host share.
pub(crate) struct Core {
    pub(crate) limits: HostLimits,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) cluster: Arc<dyn Cluster>,
    pub(crate) places: Places,
    pub(crate) seats: Seats,
    reports: broadcast::Sender<Arc<TickReport>>,
    /// Whether anybody ever listened: until then nobody has to be counted, which takes a lock.
    heard: AtomicBool,
    /// One install at a time decides what a name stands for; names share a few locks.
    installing: [tokio::sync::Mutex<()>; INSTALLING],
    managers: RwLock<Managers>,
    /// Counts changes of `managers` and of what they are.
    changes: AtomicU64,
    closing: AtomicBool,
}

impl Managers {
    fn check_room(
        &self,
        limits: &HostLimits,
        name: &ManagerName,
        mode: InstanceMode,
    ) -> Result<(), HostError> {
        let full = |limit, max| HostError::Full { manager: name.clone(), limit, max };
        if self.by_name.len() >= limits.managers as usize {
            return Err(full("[host.limits] managers", limits.managers));
        }
        if mode == InstanceMode::Resident && self.residents >= limits.instances as usize {
            return Err(full("[host.limits] instances", limits.instances));
        }
        Ok(())
    }
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
            heard: AtomicBool::new(false),
            limits,
            store,
            clock,
            cluster,
            installing: [const { tokio::sync::Mutex::const_new(()) }; INSTALLING],
            managers: RwLock::default(),
            changes: AtomicU64::new(0),
            closing: AtomicBool::new(false),
        }
    }

    /// The manager of a name.
    pub(crate) fn manager(&self, name: &ManagerName) -> Result<Arc<Manager>, HostError> {
        if self.is_closing() {
            return Err(HostError::Closing);
        }
        self.find(name).ok_or_else(|| HostError::NoManager(name.clone()))
    }

    /// The manager of a name, held unless it is busy.
    pub(crate) fn hold(
        &self,
        name: &ManagerName,
    ) -> Result<(Arc<Manager>, Option<Held>), HostError> {
        let manager = self.manager(name)?;
        if self.cluster.turn(name) == Turn::Theirs {
            return Err(HostError::NotOurs(name.clone()));
        }
        let held = manager.try_hold();
        Ok((manager, held))
    }

    /// Held by whoever decides what a name stands for.
    pub(crate) async fn deciding(&self, name: &ManagerName) -> tokio::sync::MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        let place = hasher.finish() % self.installing.len() as u64;
        self.installing[usize::try_from(place).unwrap_or(0)].lock().await
    }

    pub(crate) fn find(&self, name: &ManagerName) -> Option<Arc<Manager>> {
        self.managers().by_name.get(name).cloned()
    }

    /// All managers, by name.
    pub(crate) fn all(&self) -> Vec<Arc<Manager>> {
        self.managers().by_name.values().cloned().collect()
    }

    fn managers(&self) -> RwLockReadGuard<'_, Managers> {
        self.managers.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is room for one more manager.
    pub(crate) fn check_room(
        &self,
        name: &ManagerName,
        mode: InstanceMode,
    ) -> Result<(), HostError> {
        self.managers().check_room(&self.limits, name, mode)
    }

    /// Adds a manager, if there still is room for it.
    pub(crate) fn put(&self, manager: Arc<Manager>, mode: InstanceMode) -> Result<(), HostError> {
        let mut managers = self.managers.write().unwrap_or_else(PoisonError::into_inner);
        managers.check_room(&self.limits, &manager.name, mode)?;
        managers.residents += usize::from(mode == InstanceMode::Resident);
        managers.by_name.insert(manager.name.clone(), manager);
        self.changes.fetch_add(1, Ordering::Release);
        Ok(())
    }

    pub(crate) fn take_out(&self, name: &ManagerName, mode: InstanceMode) {
        let mut managers = self.managers.write().unwrap_or_else(PoisonError::into_inner);
        managers.residents -= usize::from(mode == InstanceMode::Resident);
        managers.by_name.remove(name);
    }

    /// A manager's instances live otherwise than before.
    pub(crate) fn mode_changed(&self, before: InstanceMode, now: InstanceMode) {
        let mut managers = self.managers.write().unwrap_or_else(PoisonError::into_inner);
        managers.residents += usize::from(now == InstanceMode::Resident);
        managers.residents -= usize::from(before == InstanceMode::Resident);
    }

    /// Grows whenever a manager was added.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Hears what is published from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Arc<TickReport>> {
        let receiver = self.reports.subscribe();
        self.heard.store(true, Ordering::Release);
        receiver
    }

    /// Whether anybody hears what is published.
    pub(crate) fn is_heard(&self) -> bool {
        self.heard.load(Ordering::Acquire) && self.reports.receiver_count() > 0
    }

    /// Tells whoever listens.
    pub(crate) fn tell(&self, report: &Arc<TickReport>) {
        if self.reports.send(Arc::clone(report)).is_err() {
            tracing::trace!("the last subscriber has just gone");
        }
    }

    /// From now on nothing new is begun.
    pub(crate) fn begin_closing(&self) {
        self.closing.store(true, Ordering::Release);
    }

    /// Whether nothing new is begun any more: only what is in progress ends.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
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
