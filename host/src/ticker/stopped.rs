//! What an operator does to the managers of a host that is not running: pause, resume, clear (S14, S16),
//! on the records that it left.
//!
//! No component is loaded and no guest entered, so that it works also where the component is what went
//! wrong. A tick that was interrupted stays so: the next host finishes it first (S19), under what was
//! decided here. The commit carries the fence of this opening, as every other does.

use super::control::Change;
use super::error::HostError;
use super::status::ManagerStatus;
use crate::schedule::{Schedule, TaskSetting};
use crate::store::{Commit, ManagerRecord, Store, StoreError};
use crate::types::{ManagerName, OnLost, Policy, TaskName, TaskRecord, TicksBetweenRuns};

/// Changes a manager, or one task of it, in a store that no host uses, and says how it stands then.
///
/// # Errors
/// [`HostError::NoManager`] where the store has no state of it, [`HostError::NoTask`], and
/// [`HostError::Store`], where nothing was changed.
pub async fn change_stopped(
    store: &dyn Store,
    manager: &ManagerName,
    task: Option<&TaskName>,
    change: Change,
) -> Result<ManagerStatus, HostError> {
    let failed = |source: StoreError| HostError::Store { manager: manager.clone(), source };
    let found = store.load(manager.clone()).await.map_err(failed)?;
    let record = found.ok_or_else(|| HostError::NoManager(manager.clone()))?;
    let mut schedule = recorded(&record);
    let index = task.map(|task| super::control::index(&schedule, manager, task)).transpose()?;
    change.apply(&mut schedule, index);
    let all = schedule.records();
    let commit = Commit {
        manager: manager.clone(),
        row: schedule.row().clone(),
        tasks: index.map_or_else(|| all.clone(), |index| vec![all[index].clone()]),
        history: vec![],
        spans: vec![],
        writes: vec![],
    };
    let row = schedule.row().clone();
    store.commit(vec![commit]).await.map_err(failed)?;
    let ManagerRecord { component, usage, .. } = record;
    let record = ManagerRecord { row, component, tasks: all, usage };
    Ok(ManagerStatus::from_record(manager.clone(), &record))
}

/// A schedule as its records tell it. What only a load knows (the policy, and what becomes of a lost run)
/// is not needed here and is not written.
fn recorded(record: &ManagerRecord) -> Schedule {
    let setting = |task: &TaskRecord| TaskSetting {
        name: task.name.clone(),
        ticks_between_runs: TicksBetweenRuns::new(task.ticks_between_runs),
        run_immediately: false,
        enabled: task.enabled,
        on_lost: OnLost::default(),
    };
    let settings: Vec<_> = record.tasks.iter().map(setting).collect();
    Schedule::new(record.row.clone(), &record.tasks, &settings, Policy::default(), false)
}
