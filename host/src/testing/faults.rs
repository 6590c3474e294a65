//! A store in which what a scenario asks for goes wrong: a read that fails, and a host that dies before the
//! outcome of a run is kept.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::{BoxFuture, FutureExt as _, pending, ready};
use tokio::sync::Notify;

use crate::store::{
    Commit, HistoryQuery, HistoryRow, Install, ManagerRecord, MemoryStore, Span, Store, StoreError,
    StoreResult,
};
use crate::types::{Fence, ManagerName};

/// What goes wrong, over all hosts of a scenario.
#[derive(Debug, Default)]
pub(super) struct Faults {
    reads: AtomicU64,
    errors: BTreeSet<u64>,
    /// The tick whose first outcome is not kept; 0 is none.
    kill_at: AtomicU64,
    killed: Notify,
}

impl Faults {
    pub(super) fn new(errors: BTreeSet<u64>) -> Self {
        Self { errors, ..Self::default() }
    }

    /// From now on the host dies with the first outcome of a tick.
    pub(super) fn kill_at(&self, tick: u64) {
        self.kill_at.store(tick, Ordering::Relaxed);
    }

    /// Waits until it has died.
    pub(super) async fn killed(&self) {
        self.killed.notified().await;
    }

    /// The tick is over; whether the host was to die on it and found no run to die in.
    pub(super) fn outlived(&self) -> bool {
        self.kill_at.swap(0, Ordering::Relaxed) != 0
    }

    /// The reads that were to fail and never came.
    pub(super) fn unread(&self) -> impl Iterator<Item = u64> {
        let reads = self.reads.load(Ordering::Relaxed);
        self.errors.iter().copied().filter(move |nth| *nth > reads)
    }

    fn kills(&self, commits: &[Commit]) -> bool {
        let at = self.kill_at.load(Ordering::Relaxed);
        let runs = commits.iter().flat_map(|c| &c.history).filter(|run| run.outcome.is_run());
        let kills = { runs }.any(|run| run.tick.get() == at);
        if kills {
            self.kill_at.store(0, Ordering::Relaxed);
            self.killed.notify_one();
        }
        kills
    }

    fn read<T>(&self) -> Option<StoreResult<T>> {
        let nth = self.reads.fetch_add(1, Ordering::Relaxed) + 1;
        let fails = self.errors.contains(&nth);
        fails.then(|| Err(StoreError::Read(format!("read {nth} fails in this scenario"))))
    }
}

/// A store in memory with faults.
#[derive(Debug)]
pub(super) struct Faulty {
    pub(super) inner: Arc<MemoryStore>,
    pub(super) faults: Arc<Faults>,
}

impl Store for Faulty {
    fn fence(&self) -> Fence {
        self.inner.fence()
    }

    fn keeps_records(&self) -> bool {
        self.inner.keeps_records()
    }

    fn commit(&self, commits: Vec<Commit>) -> BoxFuture<'_, StoreResult<()>> {
        if self.faults.kills(&commits) { pending().boxed() } else { self.inner.commit(commits) }
    }

    fn install(&self, install: Install) -> BoxFuture<'_, StoreResult<()>> {
        self.inner.install(install)
    }

    fn remove(&self, manager: ManagerName) -> BoxFuture<'_, StoreResult<()>> {
        self.inner.remove(manager)
    }

    fn managers(&self) -> BoxFuture<'_, StoreResult<Vec<ManagerName>>> {
        self.inner.managers()
    }

    fn load(&self, manager: ManagerName) -> BoxFuture<'_, StoreResult<Option<ManagerRecord>>> {
        self.inner.load(manager)
    }

    fn get(
        &self,
        manager: ManagerName,
        bucket: String,
        key: String,
    ) -> BoxFuture<'_, StoreResult<Option<Vec<u8>>>> {
        match self.faults.read() {
            Some(error) => ready(error).boxed(),
            None => self.inner.get(manager, bucket, key),
        }
    }

    fn keys(
        &self,
        manager: ManagerName,
        bucket: String,
    ) -> BoxFuture<'_, StoreResult<Vec<String>>> {
        match self.faults.read() {
            Some(error) => ready(error).boxed(),
            None => self.inner.keys(manager, bucket),
        }
    }

    fn history(&self, query: HistoryQuery) -> BoxFuture<'_, StoreResult<Vec<HistoryRow>>> {
        self.inner.history(query)
    }

    fn spans(&self, manager: ManagerName, limit: u32) -> BoxFuture<'_, StoreResult<Vec<Span>>> {
        self.inner.spans(manager, limit)
    }

    fn reopen(&self) -> BoxFuture<'_, StoreResult<()>> {
        self.inner.reopen()
    }
}
