//! What an operator does to a schedule: pause, resume, clear (S14, S16). Between two ticks only.

use super::{Schedule, pauses};
use crate::types::{Ladder, Readiness, TaskPause};

impl Schedule {
    /// Pauses the manager, or resumes it. Counters stand still meanwhile; nothing is caught up.
    pub fn pause_manager(&mut self, paused: bool) {
        self.row.paused = paused;
    }

    /// Pauses one task, or resumes it: its counter goes on from where it stood. Answers the ticks of a
    /// pause that ends; commit them together.
    pub fn pause_task(&mut self, task: usize, paused: bool) -> Option<TaskPause> {
        let record = &self.tasks[task].record;
        if record.is_paused() == paused {
            return None;
        }
        let counter = self.ticks_to_skip(task);
        let ended = Self::pause_of(record, &self.row);
        let after = paused.then(|| pauses::settled_for(&record.name, &self.row));
        self.tasks[task].record.paused_after = after;
        self.set_counter(task, counter);
        self.recount();
        ended
    }

    /// Forgets the kills of a task: closes its quarantine and its back-off.
    pub fn clear_task(&mut self, task: usize) {
        self.tasks[task].record.ladder = Ladder::default();
    }

    /// Forgets the kills of all tasks, and the failed starts of the manager: the next tick attempts
    /// one again.
    pub fn clear_all(&mut self) {
        self.row.readiness = Readiness::default();
        for task in 0..self.tasks.len() {
            self.clear_task(task);
        }
    }
}
