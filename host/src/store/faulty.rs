//! Stores that fail or freeze at a chosen operation, around any other store.
//!
//! For the tests of this crate and of those who embed it: run a scenario once to count its operations,
//! then once for every k with a fault at the k-th. Operations are all calls of [`Store`] but `fence`,
//! `keeps_records` and `reopen`, counted from 1 in the order in which they are first polled.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use futures::future::{BoxFuture, FutureExt};
use tokio::sync::watch;

use super::{
    Commit, HistoryQuery, HistoryRow, Install, ManagerRecord, Span, Store, StoreError, StoreResult,
};
use crate::types::{Fence, ManagerName};

/// How an operation fails. A read can only fail: each of these is [`StoreError::Read`] to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Refused: it is not done.
    Refused,
    /// Its result is unknown; it is done.
    UnknownDone,
    /// Its result is unknown; it is not done.
    UnknownNotDone,
}

/// Whether a frozen operation was done before it froze.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is done once thawed, if its caller still waits.
    Before,
    /// It is done; its answer is kept back.
    After,
}

/// A store that fails at its k-th operation.
pub struct FailingStore {
    inner: Arc<dyn Store>,
    at: u64,
    fault: Fault,
    lasting: bool,
    failing: AtomicBool,
    operations: AtomicU64,
    closed: AtomicU64,
}

impl FailingStore {
    /// Fails at the `at`-th operation, once.
    pub fn once(inner: Arc<dyn Store>, at: u64, fault: Fault) -> Self {
        Self {
            inner,
            at,
            fault,
            lasting: false,
            failing: AtomicBool::new(false),
            operations: AtomicU64::new(0),
            closed: AtomicU64::new(0),
        }
    }

    /// Fails at the `at`-th operation and refuses all that follow, until it is reopened.
    pub fn lasting(inner: Arc<dyn Store>, at: u64, fault: Fault) -> Self {
        Self { lasting: true, ..Self::once(inner, at, fault) }
    }

    /// Fails never, and counts.
    pub fn counting(inner: Arc<dyn Store>) -> Self {
        Self::once(inner, u64::MAX, Fault::Refused)
    }

    /// The next `n` attempts to reopen fail.
    pub fn refuse_reopening(&self, n: u64) {
        self.closed.store(n, Ordering::SeqCst);
    }

    /// How many operations were begun so far.
    pub fn operations(&self) -> u64 {
        self.operations.load(Ordering::SeqCst)
    }

    fn next(&self) -> Option<Fault> {
        let number = self.operations.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        if number == self.at {
            self.failing.store(self.lasting, Ordering::SeqCst);
            return Some(self.fault);
        }
        self.failing.load(Ordering::SeqCst).then_some(Fault::Refused)
    }

    fn write<'a>(
        &'a self,
        operation: impl FnOnce() -> BoxFuture<'a, StoreResult<()>> + Send + 'a,
    ) -> BoxFuture<'a, StoreResult<()>> {
        async move {
            match self.next() {
                None => operation().await,
                Some(Fault::Refused) => Err(StoreError::Refused(TOLD.to_owned())),
                Some(Fault::UnknownNotDone) => Err(StoreError::Unknown(TOLD.to_owned())),
                Some(Fault::UnknownDone) => {
                    operation().await.and(Err(StoreError::Unknown(TOLD.to_owned())))
                }
            }
        }
        .boxed()
    }

    fn read<'a, T: Send + 'a>(
        &'a self,
        operation: impl FnOnce() -> BoxFuture<'a, StoreResult<T>> + Send + 'a,
    ) -> BoxFuture<'a, StoreResult<T>> {
        async move {
            match self.next() {
                None => operation().await,
                Some(_) => Err(StoreError::Read(TOLD.to_owned())),
            }
        }
        .boxed()
    }

    fn reopen_inner(&self) -> BoxFuture<'_, StoreResult<()>> {
        async move {
            let left = |n: u64| n.checked_sub(1);
            let (set, get) = (Ordering::SeqCst, Ordering::SeqCst);
            if self.closed.fetch_update(set, get, left).is_ok() {
                return Err(StoreError::Open {
                    path: "a failing store".to_owned(),
                    why: TOLD.to_owned(),
                    remedy: "try again".to_owned(),
                });
            }
            self.inner.reopen().await?;
            self.failing.store(false, Ordering::SeqCst);
            Ok(())
        }
        .boxed()
    }
}

const TOLD: &str = "the failing store was told to";

impl fmt::Debug for FailingStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailingStore").field("at", &self.at).finish_non_exhaustive()
    }
}

/// A store whose k-th operation does not answer until it is thawed. All others go through.
pub struct FreezingStore {
    inner: Arc<dyn Store>,
    at: u64,
    stage: Stage,
    operations: AtomicU64,
    reached: watch::Sender<bool>,
    thawed: watch::Sender<bool>,
}

impl FreezingStore {
    /// Freezes the `at`-th operation.
    pub fn new(inner: Arc<dyn Store>, at: u64, stage: Stage) -> Self {
        let (reached, thawed) = (watch::Sender::new(false), watch::Sender::new(false));
        Self { inner, at, stage, operations: AtomicU64::new(0), reached, thawed }
    }

    /// How many operations were begun so far.
    pub fn operations(&self) -> u64 {
        self.operations.load(Ordering::SeqCst)
    }

    /// Waits until the operation is frozen.
    pub async fn reached(&self) {
        wait(&self.reached).await;
    }

    /// Lets the frozen operation go on; from now on nothing freezes.
    pub fn thaw(&self) {
        self.thawed.send_replace(true);
    }

    fn pass<'a, T: Send + 'a>(
        &'a self,
        operation: impl FnOnce() -> BoxFuture<'a, StoreResult<T>> + Send + 'a,
    ) -> BoxFuture<'a, StoreResult<T>> {
        async move {
            let number = self.operations.fetch_add(1, Ordering::SeqCst).saturating_add(1);
            if number != self.at {
                return operation().await;
            }
            if self.stage == Stage::Before {
                self.reached.send_replace(true);
                wait(&self.thawed).await;
                return operation().await;
            }
            let answer = operation().await;
            self.reached.send_replace(true);
            wait(&self.thawed).await;
            answer
        }
        .boxed()
    }

    fn write<'a>(
        &'a self,
        operation: impl FnOnce() -> BoxFuture<'a, StoreResult<()>> + Send + 'a,
    ) -> BoxFuture<'a, StoreResult<()>> {
        self.pass(operation)
    }

    fn read<'a, T: Send + 'a>(
        &'a self,
        operation: impl FnOnce() -> BoxFuture<'a, StoreResult<T>> + Send + 'a,
    ) -> BoxFuture<'a, StoreResult<T>> {
        self.pass(operation)
    }

    fn reopen_inner(&self) -> BoxFuture<'_, StoreResult<()>> {
        self.inner.reopen()
    }
}

impl fmt::Debug for FreezingStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FreezingStore").field("at", &self.at).finish_non_exhaustive()
    }
}

async fn wait(flag: &watch::Sender<bool>) {
    // The sender is borrowed here, so it can't be gone: waiting ends only when the flag is up.
    drop(flag.subscribe().wait_for(|up| *up).await);
}

macro_rules! wrap {
    ($name:ident) => {
        impl Store for $name {
            fn fence(&self) -> Fence {
                self.inner.fence()
            }

            fn keeps_records(&self) -> bool {
                self.inner.keeps_records()
            }

            fn commit(&self, commits: Vec<Commit>) -> BoxFuture<'_, StoreResult<()>> {
                self.write(move || self.inner.commit(commits))
            }

            fn install(&self, install: Install) -> BoxFuture<'_, StoreResult<()>> {
                self.write(move || self.inner.install(install))
            }

            fn remove(&self, manager: ManagerName) -> BoxFuture<'_, StoreResult<()>> {
                self.write(move || self.inner.remove(manager))
            }

            fn managers(&self) -> BoxFuture<'_, StoreResult<Vec<ManagerName>>> {
                self.read(move || self.inner.managers())
            }

            fn load(
                &self,
                manager: ManagerName,
            ) -> BoxFuture<'_, StoreResult<Option<ManagerRecord>>> {
                self.read(move || self.inner.load(manager))
            }

            fn get(
                &self,
                manager: ManagerName,
                bucket: String,
                key: String,
            ) -> BoxFuture<'_, StoreResult<Option<Vec<u8>>>> {
                self.read(move || self.inner.get(manager, bucket, key))
            }

            fn length(
                &self,
                manager: ManagerName,
                bucket: String,
                key: String,
            ) -> BoxFuture<'_, StoreResult<Option<u64>>> {
                self.read(move || self.inner.length(manager, bucket, key))
            }

            fn keys(
                &self,
                manager: ManagerName,
                bucket: String,
            ) -> BoxFuture<'_, StoreResult<Vec<String>>> {
                self.read(move || self.inner.keys(manager, bucket))
            }

            fn history(&self, query: HistoryQuery) -> BoxFuture<'_, StoreResult<Vec<HistoryRow>>> {
                self.read(move || self.inner.history(query))
            }

            fn spans(
                &self,
                manager: ManagerName,
                limit: u32,
            ) -> BoxFuture<'_, StoreResult<Vec<Span>>> {
                self.read(move || self.inner.spans(manager, limit))
            }

            fn reopen(&self) -> BoxFuture<'_, StoreResult<()>> {
                self.reopen_inner()
            }
        }
    };
}

wrap!(FailingStore);
wrap!(FreezingStore);
