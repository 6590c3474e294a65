//! What a task is told about its run.

use std::time::{Duration, SystemTime};

/// One run: one execution of one task at one tick.
///
/// A task that needs it takes it: `fn sweep(&mut self, run: &Run)`. More about the run in progress
/// can be asked of [`context`](mod@crate::context).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The run's identity, `manager/task/tick`. A repeated run carries the same: whoever writes
    /// outside of the key-value store can drop duplicates by it.
    pub id: String,
    /// The name of the task.
    pub task: String,
    /// The manager's tick, counted from 1. It never goes back.
    pub tick: u64,
    /// When the tick was due, in milliseconds since the Unix epoch. Under simulation this is
    /// simulated time, which is why a task should measure by it and not by a clock.
    pub scheduled_at_ms: u64,
}

impl Run {
    /// When the tick was due.
    pub fn scheduled_at(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(self.scheduled_at_ms)
    }
}
