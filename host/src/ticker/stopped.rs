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

/// What a change to a stopped manager came to.
#[derive(Debug)]
#[non_exhaustive]
pub struct Stopped {
    /// How the manager stands now.
    pub status: ManagerStatus,
    /// Whether anything is other than before; where nothing is, nothing was committed.
    pub changed: bool,
}

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
) -> Result<Stopped, HostError> {
    let failed = |source: StoreError| HostError::Store { manager: manager.clone(), source };
    let found = store.load(manager.clone()).await.map_err(failed)?;
    let record = found.ok_or_else(|| HostError::NoManager(manager.clone()))?;
    let mut schedule = recorded(&record);
    let before = (schedule.row().clone(), schedule.records());
    let index = task.map(|task| super::control::index(&schedule, manager, task)).transpose()?;
    let span = change.apply(&mut schedule, index);
    let (row, tasks) = (schedule.row().clone(), schedule.records());
    let changed = before.0 != row || before.1 != tasks;
    if changed {
        let commit = Commit {
            manager: manager.clone(),
            row: row.clone(),
            tasks: index.map_or_else(|| tasks.clone(), |index| vec![tasks[index].clone()]),
            history: vec![],
            spans: span.into_iter().collect(),
            writes: vec![],
        };
        store.commit(vec![commit]).await.map_err(failed)?;
    }
    let ManagerRecord { component, usage, .. } = record;
    let record = ManagerRecord { row, component, tasks, usage };
    Ok(Stopped { status: ManagerStatus::from_record(manager.clone(), &record), changed })
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
