//! A store in memory: for `tick` without `--state`, for embedders without a disk, and as the store
//! against which the rules are tested. It forgets everything with its process.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use futures::future::{BoxFuture, FutureExt, ready};

use super::{
    Commit, HistoryQuery, HistoryRow, Install, ManagerRecord, Store, StoreError, StoreResult, Usage,
    Write,
};
use crate::types::{Digest, Fence, ManagerName, Tick};

/// A store in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
    records: bool,
}

#[derive(Debug, Default)]
struct State {
    fence: Fence,
    managers: BTreeMap<ManagerName, Kept>,
}

#[derive(Debug)]
struct Kept {
    record: Option<ManagerRecord>,
    /// Survives the removal of the manager (S21).
    last_tick: Tick,
    quota: Usage,
    history_limit: usize,
    history: Vec<HistoryRow>,
    buckets: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
}
