//! What every store checks about a record before it writes it, so that all stores refuse alike.
//!
//! These are invariants of what is kept (names that are known, tick numbers that never go back, a
//! quota that is never passed), not rules of a tick: whether a task is due, nobody here knows.

use std::collections::HashSet;
use std::fmt::Display;

use super::{Install, StoreError, StoreResult, Usage};
use crate::types::{ManagerRow, Tick};

/// The commit of a manager without state.
pub(super) fn not_installed(manager: &dyn Display) -> StoreError {
    StoreError::Refused(format!("there is no manager {manager} in this state; install it first"))
}

/// The row of a task that was never installed.
pub(super) fn no_such_task(manager: &dyn Display, task: &str) -> StoreError {
    StoreError::Refused(format!("manager {manager} has no task {task}; install it first"))
}

/// Tick numbers never go back for a manager's name (S21).
pub(super) fn tick_goes_on(manager: &dyn Display, from: Tick, to: Tick) -> StoreResult<()> {
    if to >= from {
        return Ok(());
    }
    Err(StoreError::Refused(format!(
        "the tick of manager {manager} would go back from {from} to {to}"
    )))
}

/// A quota may be shrunk below what is kept; then nothing may grow until there is room again.
pub(super) fn within_quota(
    manager: &dyn Display,
    quota: Usage,
    before: Usage,
    after: Usage,
) -> StoreResult<()> {
    let passed = |what: &str, limit: u64, after: u64| {
        Err(StoreError::Refused(format!(
            "the buckets of manager {manager} would hold {after} {what}, its quota is {limit}"
        )))
    };
    if after.bytes > quota.bytes && after.bytes > before.bytes {
        return passed("bytes", quota.bytes, after.bytes);
    }
    if after.keys > quota.keys && after.keys > before.keys {
        return passed("keys", quota.keys, after.keys);
    }
    Ok(())
}

/// A manager's tasks have different names (S6).
pub(super) fn install(install: &Install) -> StoreResult<()> {
    let mut seen = HashSet::new();
    for task in &install.tasks {
        if !seen.insert(task.name.as_str()) {
            return Err(StoreError::Refused(format!(
                "manager {} has two tasks named {}",
                install.manager, task.name
            )));
        }
    }
    Ok(())
}

/// Where an install goes on: not before the tick that its name has reached, nor, on that very
/// tick, before its count of runs by hand (S21).
pub(super) fn go_on(row: &mut ManagerRow, tick: Tick, by_hand: u32) {
    if tick > row.tick {
        (row.tick, row.by_hand) = (tick, by_hand);
    } else if tick == row.tick {
        row.by_hand = row.by_hand.max(by_hand);
    }
}
