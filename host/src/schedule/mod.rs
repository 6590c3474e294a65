//! The rule of ticks: which tasks run on a tick, what follows from how they ended, and what a host
//! that died in the middle does next (S1–S16, S19, S25).
//!
//! Pure: no clock, no I/O, no async, no guest. Time is the number of ticks that were delivered; what
//! the rules decide are values, which others commit and carry out. Counters are kept as due values in
//! *counter time* ([`ManagerRow::moved`]), which stands still while ticks are missed, paused or not
//! ready; so an idle tick changes one number, whatever the number of tasks.
//!
//! The way of one tick: [`Schedule::deliver`] opens it → its plan is committed → [`Schedule::enter`]
//! once there is an instance → [`Schedule::current`] names the run, [`Schedule::finish`] takes its
//! outcome, until the tick is closed → [`Closed`] knows the outcome of every task.

mod closed;
mod control;
mod end;
mod fleet;
mod install;
mod ladder;
mod pauses;
mod recover;
mod tick;

use smallvec::SmallVec;

use crate::types::{ManagerRow, OnLost, Outcome, Planned, Policy, TaskRecord};

pub use closed::Closed;
pub use fleet::{Due, Fleet, Slot};
pub use install::TaskSetting;
pub use tick::{Current, Delivered, Ended, Finished, Recovered};

/// The tasks that one tick is about: seldom more than two, and then on the heap.
pub type Few<T> = SmallVec<[T; 2]>;

/// Stands for the due value of a counter that stands still.
const FROZEN: u64 = u64::MAX;

/// The scheduling state of one manager.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    row: ManagerRow,
    tasks: Vec<Task>,
    policy: Policy,
    /// How many tasks are enabled, and how many of them are paused.
    enabled: u64,
    paused: u64,
    /// The due value of each task, packed; [`FROZEN`] where its counter stands still.
    dues: Vec<u64>,
    /// The least of `dues`: up to it every tick is idle.
    next_due: u64,
    /// What is known of the open tick beyond its record.
    progress: Progress,
}

/// One task: what is kept of it, and what the load says of it each time.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its durable state.
    pub record: TaskRecord,
    /// What becomes of a lost run.
    pub on_lost: OnLost,
}

/// The part of an open tick that is not kept: after a crash it is rebuilt from the record.
#[derive(Debug, Clone, PartialEq, Default)]
struct Progress {
    /// For each planned task its index, or `None` where an upgrade removed it.
    planned: Vec<Option<usize>>,
    /// Runs that ended, and due tasks that were passed over, since this process took the tick up.
    ended: Few<(usize, Outcome)>,
    /// How many of `ended` were handed out to be committed.
    kept: usize,
    /// Runs that had ended before: their outcomes are in the history.
    earlier: Vec<usize>,
    /// Planned tasks that were counted before a crash and that an upgrade removed.
    gone: u64,
    /// Memory of an earlier plan, empty.
    spare: Vec<Planned>,
}

impl Schedule {
    /// The manager's row as it stands.
    pub fn row(&self) -> &ManagerRow {
        &self.row
    }

    /// The tasks in declared order.
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// The place of a task.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.tasks.iter().position(|t| t.record.name.as_str() == name)
    }

    /// The counter of a task: how many ticks it skips before it runs next.
    pub fn ticks_to_skip(&self, task: usize) -> u64 {
        Self::counter_of(&self.tasks[task].record, &self.row)
    }

    /// The counter of a task, told from records.
    pub fn counter_of(task: &TaskRecord, row: &ManagerRow) -> u64 {
        task.frozen.unwrap_or_else(|| task.due.saturating_sub(row.moved.saturating_add(1)))
    }

    /// Sets a counter, frozen or not.
    fn set_counter(&mut self, task: usize, ticks_to_skip: u64) {
        let due = self.row.moved.saturating_add(1).saturating_add(ticks_to_skip);
        let record = &mut self.tasks[task].record;
        if record.is_paused() || !record.enabled {
            record.frozen = Some(ticks_to_skip);
            self.dues[task] = FROZEN;
        } else {
            record.frozen = None;
            record.due = due;
            self.dues[task] = due;
        }
    }

    /// The due value of each task, `None` where its counter stands still, and its period in ticks (S1).
    pub fn counters(&self) -> impl Iterator<Item = (Option<u64>, u64)> {
        self.dues.iter().zip(&self.tasks).map(|(due, task)| {
            let period = u64::from(task.record.ticks_between_runs).saturating_add(1);
            ((*due != FROZEN).then_some(*due), period)
        })
    }

    /// Recounts what is derived from the tasks, after any of them changed.
    fn recount(&mut self) {
        let enabled = self.tasks.iter().filter(|t| t.record.enabled);
        self.enabled = enabled.clone().count() as u64;
        self.paused = enabled.filter(|t| t.record.is_paused()).count() as u64;
        self.recount_due();
    }

    /// The tasks of which an open tick has changed more than was handed out to be committed: those that it
    /// passed over before the run in progress.
    pub fn touched(&self) -> Few<usize> {
        self.progress.ended.iter().skip(self.progress.kept).map(|(task, _)| *task).collect()
    }

    /// The same, handed out.
    fn take_touched(&mut self) -> Few<usize> {
        let touched = self.touched();
        self.progress.kept = self.progress.ended.len();
        touched
    }

    fn recount_due(&mut self) {
        self.next_due = self.dues.iter().copied().min().unwrap_or(FROZEN);
    }
}

#[cfg(test)]
pub(crate) mod model;
#[cfg(test)]
mod tests;
