//! A store in memory: for `tick` without `--state`, for embedders without a disk, and as the model
//! against which the database is tested. It forgets everything with its process.
//!
//! Every future is ready at once: nothing here waits, and one lock is held for one short change.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::{BoxFuture, FutureExt, ready};

use super::{
    Commit, HistoryQuery, HistoryRow, Install, ManagerRecord, RunRecord, Span, Store, StoreError,
    StoreResult, Usage, Write, checks,
};
use crate::types::{Fence, ManagerName, TaskRecord, Tick};

/// A store in memory. The default one keeps what is installed and what is written to buckets, and
/// no records of ticks and runs; [`MemoryStore::recording`] keeps everything.
#[derive(Debug)]
pub struct MemoryStore {
    shared: Arc<Mutex<State>>,
    fence: Fence,
    records: bool,
}

#[derive(Debug, Default)]
struct State {
    fence: Fence,
    managers: HashMap<ManagerName, Kept>,
    /// Orders the rows of history over all managers.
    runs: u64,
}

#[derive(Debug, Default)]
struct Kept {
    record: Option<ManagerRecord>,
    /// The last tick and the runs by hand after it: they outlive a removal (S21).
    reached: (Tick, u32),
    quota: Usage,
    limit: usize,
    history: VecDeque<(u64, RunRecord)>,
    spans: VecDeque<Span>,
    buckets: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new(false)
    }
}

impl MemoryStore {
    /// A store that keeps everything: rows, tasks, history and spans.
    pub fn recording() -> Self {
        Self::new(true)
    }

    fn new(records: bool) -> Self {
        let fence = Fence::new(1);
        let state = State { fence, ..State::default() };
        Self { shared: Arc::new(Mutex::new(state)), fence, records }
    }

    /// What a restarted host finds: the same contents under the next fence. From now on this handle's
    /// commits are stale.
    #[must_use]
    pub fn restarted(&self) -> Self {
        let mut state = self.state();
        state.fence = Fence::new(state.fence.get().saturating_add(1));
        Self { shared: Arc::clone(&self.shared), fence: state.fence, records: self.records }
    }

    /// A change is made whole under the lock and can't panic half-way, so a poisoned lock is none.
    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writable(&self) -> StoreResult<MutexGuard<'_, State>> {
        let state = self.state();
        if state.fence != self.fence {
            return Err(StoreError::Stale { current: state.fence, ours: self.fence });
        }
        Ok(state)
    }

    fn commit_now(&self, commits: Vec<Commit>) -> StoreResult<()> {
        let mut state = self.writable()?;
        state.check(&commits, self.records)?;
        for commit in commits {
            let State { managers, runs, .. } = &mut *state;
            if let Some(kept) = managers.get_mut(&commit.manager) {
                kept.apply(commit, runs, self.records);
            }
        }
        Ok(())
    }

    fn install_now(&self, install: Install) -> StoreResult<()> {
        let mut state = self.writable()?;
        checks::install(&install)?;
        let fresh = Kept::default();
        let kept = state.managers.get(&install.manager).unwrap_or(&fresh);
        let before = kept.usage();
        let after = kept.usage_after(&install.writes, before, &mut HashMap::new());
        checks::within_quota(&install.manager, install.quota, before, after)?;
        state.managers.entry(install.manager.clone()).or_default().install(install, after);
        Ok(())
    }

    fn remove_now(&self, manager: &ManagerName) -> StoreResult<()> {
        if let Some(kept) = self.writable()?.managers.get_mut(manager) {
            kept.record = None;
            kept.buckets.clear();
        }
        Ok(())
    }
}

impl State {
    /// Checks all commits before any of them is applied: all or nothing.
    fn check(&self, commits: &[Commit], records: bool) -> StoreResult<()> {
        let mut seen: HashMap<&ManagerName, (Tick, Usage, Sizes<'_>)> = HashMap::new();
        for commit in commits {
            let Some(kept) = self.managers.get(&commit.manager).filter(|k| k.record.is_some())
            else {
                return Err(checks::not_installed(&commit.manager));
            };
            if records {
                kept.check_records(commit)?;
            }
            if commits.len() == 1 && commit.writes.is_empty() {
                return if records {
                    checks::tick_goes_on(&commit.manager, kept.reached.0, commit.row.tick)
                } else {
                    Ok(())
                };
            }
            let start = || (kept.reached.0, kept.usage(), Sizes::new());
            let (tick, usage, sizes) = seen.entry(&commit.manager).or_insert_with(start);
            if records {
                checks::tick_goes_on(&commit.manager, *tick, commit.row.tick)?;
                *tick = commit.row.tick;
            }
            let after = kept.usage_after(&commit.writes, *usage, sizes);
            checks::within_quota(&commit.manager, kept.quota, *usage, after)?;
            *usage = after;
        }
        Ok(())
    }
}

/// The sizes of the entries that were written so far; `None` where one was deleted.
type Sizes<'a> = HashMap<(&'a str, &'a str), Option<u64>>;

impl Kept {
    fn usage(&self) -> Usage {
        self.record.as_ref().map(|r| r.usage).unwrap_or_default()
    }

    fn value(&self, bucket: &str, key: &str) -> Option<&Vec<u8>> {
        self.buckets.get(bucket)?.get(key)
    }

    fn usage_after<'a>(&self, writes: &'a [Write], now: Usage, sizes: &mut Sizes<'a>) -> Usage {
        let mut usage = now;
        for write in writes {
            let entry = |value: &Vec<u8>| (write.key.len() + value.len()) as u64;
            let at = (write.bucket.as_str(), write.key.as_str());
            let old = *sizes.entry(at).or_insert_with(|| self.value(at.0, at.1).map(entry));
            let new = write.value.as_ref().map(entry);
            usage.bytes = usage.bytes.saturating_sub(old.unwrap_or(0)) + new.unwrap_or(0);
            usage.keys = usage.keys.saturating_sub(old.is_some().into()) + u64::from(new.is_some());
            sizes.insert(at, new);
        }
        usage
    }

    fn check_records(&self, commit: &Commit) -> StoreResult<()> {
        for task in &commit.tasks {
            let known = self.record.as_ref().is_some_and(|r| place(r, task).is_some());
            if !known {
                return Err(checks::no_such_task(&commit.manager, task.name.as_str()));
            }
        }
        Ok(())
    }

    fn apply(&mut self, commit: Commit, runs: &mut u64, records: bool) {
        if !commit.writes.is_empty() {
            let usage = self.usage_after(&commit.writes, self.usage(), &mut HashMap::new());
            self.write(commit.writes);
            if let Some(record) = &mut self.record {
                record.usage = usage;
            }
        }
        let (true, Some(record)) = (records, &mut self.record) else { return };
        self.reached = (commit.row.tick, commit.row.by_hand);
        record.row = commit.row;
        let moved = commit.tasks.iter().any(|t| place(record, t) != Some(t.position as usize));
        for task in commit.tasks {
            if let Some(at) = place(record, &task) {
                record.tasks[at] = task;
            }
        }
        if moved {
            record.tasks.sort_by_key(|t| t.position);
        }
        for run in commit.history {
            *runs += 1;
            self.history.push_back((*runs, run));
        }
        for span in commit.spans {
            join(&mut self.spans, span);
        }
        self.forget();
    }

    fn install(&mut self, install: Install, usage: Usage) {
        let Install { component, mut row, mut tasks, quota, history, spans, writes, .. } = install;
        checks::go_on(&mut row, self.reached.0, self.reached.1);
        self.reached = (row.tick, row.by_hand);
        tasks.sort_by_key(|t| t.position);
        self.record = Some(ManagerRecord { row, component, tasks, usage });
        self.quota = quota;
        self.limit = history as usize;
        self.forget();
        for span in spans {
            join(&mut self.spans, span);
        }
        self.forget();
        self.write(writes);
    }

    fn write(&mut self, writes: Vec<Write>) {
        for Write { bucket, key, value } in writes {
            match value {
                Some(value) => {
                    self.buckets.entry(bucket).or_default().insert(key, value);
                }
                None => {
                    self.buckets.get_mut(&bucket).and_then(|b| b.remove(&key));
                }
            }
        }
    }

    fn forget(&mut self) {
        let surplus = self.history.len().saturating_sub(self.limit);
        self.history.drain(..surplus);
        let surplus = self.spans.len().saturating_sub(self.limit);
        self.spans.drain(..surplus);
    }
}

/// The place of a task in the record: nearly always its declared position.
fn place(record: &ManagerRecord, task: &TaskRecord) -> Option<usize> {
    let at = task.position as usize;
    if record.tasks.get(at).is_some_and(|t| t.name == task.name) {
        return Some(at);
    }
    record.tasks.iter().position(|t| t.name == task.name)
}

/// Adds a span, or lets the last one grow by it where they are one.
fn join(spans: &mut VecDeque<Span>, span: Span) {
    match spans.back_mut() {
        Some(last) if last.goes_on(&span) => {
            last.to = span.to;
            last.reason = span.reason.or(last.reason.take());
        }
        _ => spans.push_back(span),
    }
}

impl Store for MemoryStore {
    fn fence(&self) -> Fence {
        self.fence
    }

    fn keeps_records(&self) -> bool {
        self.records
    }

    fn commit(&self, commits: Vec<Commit>) -> BoxFuture<'_, StoreResult<()>> {
        ready(self.commit_now(commits)).boxed()
    }

    fn install(&self, install: Install) -> BoxFuture<'_, StoreResult<()>> {
        ready(self.install_now(install)).boxed()
    }

    fn remove(&self, manager: ManagerName) -> BoxFuture<'_, StoreResult<()>> {
        ready(self.remove_now(&manager)).boxed()
    }

    fn managers(&self) -> BoxFuture<'_, StoreResult<Vec<ManagerName>>> {
        let state = self.state();
        let installed = state.managers.iter().filter(|(_, kept)| kept.record.is_some());
        let mut names: Vec<_> = installed.map(|(name, _)| name.clone()).collect();
        names.sort();
        ready(Ok(names)).boxed()
    }

    fn load(&self, manager: ManagerName) -> BoxFuture<'_, StoreResult<Option<ManagerRecord>>> {
        ready(Ok(self.state().managers.get(&manager).and_then(|kept| kept.record.clone()))).boxed()
    }

    fn get(
        &self,
        manager: ManagerName,
        bucket: String,
        key: String,
    ) -> BoxFuture<'_, StoreResult<Option<Vec<u8>>>> {
        let state = self.state();
        let value = state.managers.get(&manager).and_then(|kept| kept.value(&bucket, &key));
        ready(Ok(value.cloned())).boxed()
    }

    fn length(
        &self,
        manager: ManagerName,
        bucket: String,
        key: String,
    ) -> BoxFuture<'_, StoreResult<Option<u64>>> {
        let state = self.state();
        let value = state.managers.get(&manager).and_then(|kept| kept.value(&bucket, &key));
        ready(Ok(value.map(|value| value.len() as u64))).boxed()
    }

    fn keys(
        &self,
        manager: ManagerName,
        bucket: String,
    ) -> BoxFuture<'_, StoreResult<Vec<String>>> {
        let state = self.state();
        let keys = state.managers.get(&manager).and_then(|kept| kept.buckets.get(&bucket));
        ready(Ok(keys.map(|k| k.keys().cloned().collect()).unwrap_or_default())).boxed()
    }

    fn history(&self, query: HistoryQuery) -> BoxFuture<'_, StoreResult<Vec<HistoryRow>>> {
        let state = self.state();
        let asked = |name: &ManagerName| query.manager.as_ref().is_none_or(|m| m == name);
        let mut rows: Vec<_> = state
            .managers
            .iter()
            .filter(|(name, _)| asked(name))
            .flat_map(|(name, kept)| kept.history.iter().map(move |(at, run)| (*at, name, run)))
            .filter(|(_, _, run)| query.task.as_ref().is_none_or(|t| *t == run.task))
            .filter(|(_, _, run)| query.outcome.is_none_or(|o| o == run.outcome))
            .collect();
        rows.sort_unstable_by_key(|(at, _, _)| std::cmp::Reverse(*at));
        rows.truncate(query.limit as usize);
        let row = |(_, manager, run): (u64, &ManagerName, &RunRecord)| HistoryRow {
            manager: manager.clone(),
            run: run.clone(),
        };
        ready(Ok(rows.into_iter().map(row).collect())).boxed()
    }

    fn spans(&self, manager: ManagerName, limit: u32) -> BoxFuture<'_, StoreResult<Vec<Span>>> {
        let state = self.state();
        let spans = state.managers.get(&manager).map(|kept| kept.spans.iter().rev());
        let newest = |spans: std::iter::Rev<_>| spans.take(limit as usize).cloned().collect();
        ready(Ok(spans.map(newest).unwrap_or_default())).boxed()
    }

    fn reopen(&self) -> BoxFuture<'_, StoreResult<()>> {
        ready(self.writable().map(drop)).boxed()
    }
}
