//! Where state is kept: the trait that every store keeps, and what crosses it.
//!
//! A store knows records, not rules: it never decides whether a task is due, and never calls a guest.
//! All durable state changes through [`Store::commit`], and only `ticker` calls it. Every commit carries
//! the fence under which the store was opened; the engine refuses a stale one inside the transaction.
//!
//! Invariant: nothing outside this room names the database.

mod checks;
mod faulty;
mod memory;
mod record;
mod sqlite;
#[cfg(test)]
mod tests;

use futures::future::{BoxFuture, FutureExt as _, join_all};

use crate::types::{Fence, ManagerName};

pub use faulty::{FailingStore, Fault, FreezingStore, Stage};
pub use memory::MemoryStore;
pub use record::{
    Commit, HistoryQuery, HistoryRow, Install, ManagerRecord, RunRecord, Span, SpanKind, Usage,
    Write,
};
pub use sqlite::{Holder, SqliteReader, SqliteStore, holder};

/// Why a store did not do what was asked. `Unknown` means: the state may or may not have been written;
/// nothing may run for the managers concerned until the store was reopened and read (S17).
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The state directory or database can't be used at all.
    #[error("can't open the state in {path}: {why}; {remedy}")]
    Open {
        /// The path that was tried.
        path: String,
        /// What went wrong.
        why: String,
        /// What to do about it.
        remedy: String,
    },
    /// The commit was refused or failed: none of it was written.
    #[error("nothing was written: {0}")]
    Refused(String),
    /// It is not known whether the commit was written.
    #[error("it is not known whether the commit was written: {0}")]
    Unknown(String),
    /// Another host has taken the state over: this one's fence is stale.
    #[error(
        "another host has taken over this state (its fence is {current}, ours {ours}); stop this one"
    )]
    Stale {
        /// The fence that the state carries now.
        current: Fence,
        /// The fence that this host was given.
        ours: Fence,
    },
    /// A read failed.
    #[error("can't read the state: {0}")]
    Read(String),
}

/// The result of a store's operation.
pub type StoreResult<T> = Result<T, StoreError>;

/// A place that keeps the state of managers.
///
/// Contract for implementations: a commit is all or nothing, also across the managers in it; after
/// `Ok` it survives `kill -9` (as far as the store is durable at all); reads see all commits that
/// returned `Ok`. Calls may come from many threads. No call blocks its thread on I/O.
pub trait Store: Send + Sync + 'static {
    /// The fence that this opening of the store was given.
    fn fence(&self) -> Fence;

    /// Whether records are kept at all. Where not (`tourbillon tick` without `--state`), callers may
    /// leave out every part of a commit but its `writes`.
    fn keeps_records(&self) -> bool;

    /// Writes all commits in one transaction, in order; may share that transaction with other callers.
    fn commit(&self, commits: Vec<Commit>) -> BoxFuture<'_, StoreResult<()>>;

    /// Writes commits of different managers, each of them all or nothing: one that is refused spoils
    /// none of the others. The answers come in the order of the commits. They share transactions as far
    /// as that allows.
    fn commit_each(&self, commits: Vec<Commit>) -> BoxFuture<'_, Vec<StoreResult<()>>> {
        join_all(commits.into_iter().map(|commit| self.commit(vec![commit]))).boxed()
    }

    /// Gives a manager its state: a new name starts as `install` says, but for the tick number
    /// and its count of runs by hand, which go on where a removed manager of that name stood (S21).
    fn install(&self, install: Install) -> BoxFuture<'_, StoreResult<()>>;

    /// Removes a manager's state but for its last tick number and its history.
    fn remove(&self, manager: ManagerName) -> BoxFuture<'_, StoreResult<()>>;

    /// The names of the managers that have state, in order.
    fn managers(&self) -> BoxFuture<'_, StoreResult<Vec<ManagerName>>>;

    /// The state of one manager as last committed; `None` if it has none.
    fn load(&self, manager: ManagerName) -> BoxFuture<'_, StoreResult<Option<ManagerRecord>>>;

    /// The value of a key in a bucket of a manager.
    fn get(
        &self,
        manager: ManagerName,
        bucket: String,
        key: String,
    ) -> BoxFuture<'_, StoreResult<Option<Vec<u8>>>>;

    /// How many bytes the value of a key in a bucket has; `None` where the key is not there. A store that
    /// can tell so without reading the value should: a value may be as long as the manager's quota allows.
    fn length(
        &self,
        manager: ManagerName,
        bucket: String,
        key: String,
    ) -> BoxFuture<'_, StoreResult<Option<u64>>> {
        let value = self.get(manager, bucket, key);
        async move { Ok(value.await?.map(|value| value.len() as u64)) }.boxed()
    }

    /// All keys of a bucket, in byte order. There are at most as many as the manager's quota allows.
    fn keys(&self, manager: ManagerName, bucket: String)
    -> BoxFuture<'_, StoreResult<Vec<String>>>;

    /// Rows of history, newest first.
    fn history(&self, query: HistoryQuery) -> BoxFuture<'_, StoreResult<Vec<HistoryRow>>>;

    /// Spans of ticks on which a manager, or a task of it, did not run, newest first, at most `limit`.
    fn spans(&self, manager: ManagerName, limit: u32) -> BoxFuture<'_, StoreResult<Vec<Span>>>;

    /// Closes and opens the underlying storage again after an error, under the same fence. Afterwards
    /// reads tell what was committed.
    fn reopen(&self) -> BoxFuture<'_, StoreResult<()>>;
}
