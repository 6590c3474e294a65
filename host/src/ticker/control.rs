//! What an operator does to a running host's managers: pause, resume, clear (S14, S16).
//!
//! Each waits for the tick in progress, changes the schedule between two ticks, and is committed before
//! it is answered.

use std::sync::Arc;

use super::core::Core;
use super::error::HostError;
use super::manager::Manager;
use crate::schedule::Schedule;
use crate::store::Span;
use crate::types::{ManagerName, TaskName};

/// What an operator does to a manager, or to one task of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Its counters stand until it is resumed.
    Pause,
    /// Its counters go on from where they stood.
    Resume,
    /// The quarantine and back-off of a task end; without a task, of all and of the manager's own
    /// start.
    Clear,
}

impl Change {
    /// Changes a schedule between two ticks. Answers what is to be committed of ticks before.
    pub(super) fn apply(self, schedule: &mut Schedule, task: Option<usize>) -> Option<Span> {
        match (self, task) {
            (Self::Pause | Self::Resume, Some(task)) => {
                return schedule.pause_task(task, self == Self::Pause).map(Span::from);
            }
            (Self::Pause | Self::Resume, None) => schedule.pause_manager(self == Self::Pause),
            (Self::Clear, Some(task)) => schedule.clear_task(task),
            (Self::Clear, None) => schedule.clear_all(),
        }
        None
    }
}

impl Core {
    /// Pauses or resumes a manager, or one task of it.
    pub(crate) async fn pause(
        &self,
        manager: &Arc<Manager>,
        task: Option<&TaskName>,
        paused: bool,
    ) -> Result<(), HostError> {
        let change = if paused { Change::Pause } else { Change::Resume };
        self.change(manager, task, change).await
    }

    /// Ends the quarantine and back-off of one task; without a task, of all and of the manager.
    pub(crate) async fn clear(
        &self,
        manager: &Arc<Manager>,
        task: Option<&TaskName>,
    ) -> Result<(), HostError> {
        self.change(manager, task, Change::Clear).await
    }

    async fn change(
        &self,
        manager: &Arc<Manager>,
        task: Option<&TaskName>,
        change: Change,
    ) -> Result<(), HostError> {
        let mut work = manager.hold().await;
        self.heal_in_turn(manager, &mut work).await?;
        let index = task.map(|t| task_index(manager, t)).transpose()?;
        self.commit(manager, |state| {
            let span = change.apply(&mut state.schedule, index);
            let all: Vec<_> = (0..state.schedule.tasks().len()).collect();
            let touched = index.map_or(all, |i| vec![i]);
            let mut commit = state.commit(&manager.name, &touched, vec![], vec![]);
            commit.spans.extend(span);
            commit
        })
        .await
    }

    /// Writes down on which ticks tasks of a manager were paused that is about to be removed: its history
    /// stays (S21). Of one whose state is not known there is nothing to write.
    pub(super) async fn keep_pauses(&self, manager: &Manager) -> Result<(), HostError> {
        let commit = {
            let mut state = manager.state();
            if state.suspect.is_some() || !self.store.keeps_records() {
                return Ok(());
            }
            let pauses = state.schedule.take_pauses();
            if pauses.is_empty() {
                return Ok(());
            }
            let touched: Vec<_> = pauses.iter().map(|(task, _)| *task).collect();
            let mut commit = state.commit(&manager.name, &touched, vec![], vec![]);
            commit.spans.extend(pauses.into_iter().map(|(_, pause)| Span::from(pause)));
            commit
        };
        self.keep(manager, commit).await
    }
}

/// The place of a task that an operator named.
pub(crate) fn task_index(manager: &Manager, task: &TaskName) -> Result<usize, HostError> {
    index(&manager.state().schedule, &manager.name, task)
}

pub(super) fn index(
    schedule: &Schedule,
    manager: &ManagerName,
    task: &TaskName,
) -> Result<usize, HostError> {
    schedule.index(task.as_str()).ok_or_else(|| {
        let has: Vec<_> = schedule.tasks().iter().map(|t| t.record.name.as_str()).collect();
        HostError::NoTask { manager: manager.clone(), task: task.clone(), has: has.join(", ") }
    })
}
