//! Tests of the room: one suite of the contract over every store, the database against its model, and
//! what can go wrong with a file.

mod contract;
mod damage;
mod faulty;
mod migrating;
mod model;
mod opening;
mod outside;
mod writing;

use std::future::Future;
use std::path::Path;

use super::{Commit, HistoryQuery, Install, RunRecord, SqliteStore, Usage, Write};
use crate::types::{Digest, ManagerName, ManagerRow, Outcome, TaskName, TaskRecord, Tick, Trigger};

/// Waits for a future on a runtime of its own.
fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn open(dir: &Path) -> SqliteStore {
    SqliteStore::open(dir).unwrap()
}

fn manager(text: &str) -> ManagerName {
    ManagerName::new(text).unwrap()
}

fn task_name(text: &str) -> TaskName {
    TaskName::new(text).unwrap()
}

fn task(name: &str, position: u32) -> TaskRecord {
    TaskRecord {
        name: task_name(name),
        position,
        ticks_between_runs: 2,
        due: 3,
        frozen: None,
        paused_after: None,
        enabled: true,
        ladder: crate::types::Ladder::default(),
        runs: 0,
        failures: 0,
        last: None,
    }
}

fn row(tick: u64) -> ManagerRow {
    ManagerRow { tick: Tick::new(tick), moved: tick, ..ManagerRow::default() }
}

fn run(task: &str, tick: u64) -> RunRecord {
    let (task, tick) = (task_name(task), Tick::new(tick));
    RunRecord {
        task,
        tick,
        by_hand: None,
        at_ms: 1_000 * tick.get(),
        trigger: Trigger::Schedule,
        attempt: 1,
        outcome: Outcome::Ok,
        ticks_to_skip: 2,
        fuel: 10,
        fuel_granted: 100,
        micros: 5,
        memory: 65_536,
        host_calls: 1,
        logs_dropped: 0,
        error: None,
        detail: None,
    }
}

/// An install with the tasks `a` and `b`, a quota of 100 bytes and 4 keys, and 10 rows of history.
fn install(name: &str) -> Install {
    Install {
        manager: manager(name),
        component: Digest::new([7; 32]),
        row: ManagerRow::default(),
        tasks: vec![task("a", 0), task("b", 1)],
        quota: Usage { bytes: 100, keys: 4 },
        history: 10,
        spans: Vec::new(),
        writes: Vec::new(),
    }
}

/// A commit of one run of `a` at a tick.
fn commit(name: &str, tick: u64) -> Commit {
    let a = TaskRecord { due: tick + 3, runs: tick, ..task("a", 0) };
    let history = vec![run("a", tick)];
    Commit { tasks: vec![a], history, ..idle(name, tick) }
}

/// A commit of a tick on which nothing ran.
fn idle(name: &str, tick: u64) -> Commit {
    Commit {
        manager: manager(name),
        row: row(tick),
        tasks: Vec::new(),
        history: Vec::new(),
        spans: Vec::new(),
        writes: Vec::new(),
    }
}

fn put(key: &str, value: &[u8]) -> Write {
    Write { bucket: "default".to_owned(), key: key.to_owned(), value: Some(value.to_vec()) }
}

fn delete(key: &str) -> Write {
    Write { value: None, ..put(key, &[]) }
}

fn of(name: &str) -> HistoryQuery {
    HistoryQuery { manager: Some(manager(name)), limit: 1_000, ..HistoryQuery::default() }
}
