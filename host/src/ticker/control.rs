//! What an operator does to a running host's managers: pause, resume, clear (S14, S16).
//!
//! Each waits for the tick in progress, changes the schedule between two ticks, and is committed before
//! it is answered.

use std::sync::Arc;

use super::core::Core;
use super::error::HostError;
use super::manager::Manager;
use crate::schedule::Schedule;
use crate::types::TaskName;

impl Core {
    /// Pauses or resumes a manager, or one task of it.
    pub(crate) async fn pause(
        &self,
        manager: &Arc<Manager>,
        task: Option<&TaskName>,
        paused: bool,
    ) -> Result<(), HostError> {
        self.change(manager, task, |schedule, task| match task {
            Some(task) => schedule.pause_task(task, paused),
            None => schedule.pause_manager(paused),
        })
        .await
    }

    /// Ends the quarantine and back-off of one task; without a task, of all and of the manager.
    pub(crate) async fn clear(
        &self,
        manager: &Arc<Manager>,
        task: Option<&TaskName>,
    ) -> Result<(), HostError> {
        self.change(manager, task, |schedule, task| match task {
            Some(task) => schedule.clear_task(task),
            None => schedule.clear_all(),
        })
        .await
    }

    async fn change(
        &self,
        manager: &Arc<Manager>,
        task: Option<&TaskName>,
        change: impl FnOnce(&mut Schedule, Option<usize>),
    ) -> Result<(), HostError> {
        let mut work = manager.hold().await;
        self.heal(manager, &mut work).await?;
        let index = task.map(|t| task_index(manager, t)).transpose()?;
        self.commit(manager, |state| {
            change(&mut state.schedule, index);
            let all: Vec<_> = (0..state.schedule.tasks().len()).collect();
            let touched = index.map_or(all, |i| vec![i]);
            state.commit(&manager.name, &touched, vec![], vec![])
        })
        .await
    }
}

/// The place of a task that an operator named.
pub(crate) fn task_index(manager: &Manager, task: &TaskName) -> Result<usize, HostError> {
    let state = manager.state();
    state.schedule.index(task.as_str()).ok_or_else(|| {
        let tasks = state.schedule.tasks().iter();
        let has: Vec<_> = tasks.map(|t| t.record.name.as_str()).collect();
        HostError::NoTask { manager: manager.name.clone(), task: task.clone(), has: has.join(", ") }
    })
}
