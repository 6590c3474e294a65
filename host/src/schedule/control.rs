//! What an operator does to a schedule: pause, resume, clear (S14, S16). Between two ticks only.

use super::Schedule;
use crate::types::{Ladder, Readiness};

impl Schedule {
    /// Pauses the manager, or resumes it. Counters stand still meanwhile; nothing is caught up.
    pub fn pause_manager(&mut self, paused: bool) {
        self.row.paused = paused;
    }

    /// Pauses one task, or resumes it: its counter goes on from where it stood.
    pub fn pause_task(&mut self, task: usize, paused: bool) {
        let counter = self.ticks_to_skip(task);
        self.tasks[task].record.paused = paused;
        self.set_counter(task, counter);
        self.recount();
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
