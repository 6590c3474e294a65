//! The only path that enters a guest: one call → one [`Outcome`] and what the guest wrote, not yet
//! kept.
//!
//! Guards stand around every call: fuel, a yield each millisecond, a time limit on what is billed,
//! the quotas of the host functions, and a net for a panic of the host. What a guest does wrong is
//! a value here ([`RunResult`], [`StartFailure`]). Knows no schedule and writes no state: whoever
//! calls decides what follows from an outcome, and commits.
//!
//! Invariant: nothing outside this room calls an export of a component.

mod fit;
mod guard;
mod guest;
mod instance;
mod start;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod verdict;

use std::time::Duration;

use crate::capabilities::Effects;
use crate::store::Usage;
use crate::types::{Fuel, Outcome, RunId, RunLimits, TaskName, Tick, Trigger};

pub use guest::{Guest, GuestParts, Misfit};
pub use instance::Instance;
pub use start::{Description, StartCause, StartFailure};

/// One run, as its guest is asked for it.
#[derive(Debug, Clone, Copy)]
pub struct RunCall<'a> {
    /// Its identity.
    pub id: &'a RunId,
    /// The task.
    pub task: &'a TaskName,
    /// The tick.
    pub tick: Tick,
    /// When it was due, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// 1, or 2 for a repeated run (S19).
    pub attempt: u32,
    /// What started it.
    pub trigger: Trigger,
    /// Ticks missed directly before this one.
    pub missed_before: u64,
    /// What it may use.
    pub limits: &'a RunLimits,
    /// What the manager's buckets hold as committed.
    pub usage: Usage,
}

/// What became of one run.
#[derive(Debug)]
pub struct RunResult {
    /// How it ended.
    pub outcome: Outcome,
    /// The ticks that the guest asked to skip, not yet clamped (S10).
    pub asked_for: Option<u32>,
    /// What it did. There are writes where the outcome is `ok`, and nowhere else (S17).
    pub effects: Effects,
    /// Fuel used.
    pub fuel: Fuel,
    /// Time billed: from entry to return, less the time that it was ready and got no core.
    pub time: Duration,
    /// Bytes of linear memory at its end, summed over the instance.
    pub memory: u64,
    /// Why it failed: one harmless line of at most 4 KiB.
    pub error: Option<String>,
    /// A guest backtrace: one harmless line, the innermost frame first.
    pub detail: Option<String>,
    /// Whether the instance may be entered again. Where not, it is already gone (S15).
    pub lives: bool,
}
