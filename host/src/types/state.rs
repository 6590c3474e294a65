//! The scheduling state of a manager: plain values that `schedule` decides over and `store` keeps.
//!
//! Knows no rule and no format. Counters are kept as *due* values in counter time, so that an idle
//! tick of a manager changes one number (S7).

use super::{Outcome, OutcomeCounts, TaskName, Tick, Trigger};

/// The row of a manager: what an idle tick changes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ManagerRow {
    /// The last delivered tick.
    pub tick: Tick,
    /// Counter time: on how many beats the counters have moved. Due ticks are told in it.
    pub moved: u64,
    /// Whether the manager is paused.
    pub paused: bool,
    /// Runs by hand after `tick`.
    pub by_hand: u32,
    /// Missed ticks and gaps since the last tick that was not missed.
    pub missed_before: u64,
    /// Ticks that a late driver, a suspended machine or a stopped host left out (S13).
    pub gaps: u64,
    /// Until when its ticks are counted: when the last one was due that was delivered or left out, in
    /// milliseconds since the Unix epoch. Before the first, when a driver took the manager up; 0 before
    /// that. What lies between it and the next start of a host is downtime (S13).
    pub counted_ms: u64,
    /// Whether an instance can be had (S16a).
    pub readiness: Readiness,
    /// Outcomes of scheduled ticks, summed over all tasks and ticks.
    pub totals: OutcomeCounts,
    /// Outcomes of runs by hand.
    pub by_hand_totals: OutcomeCounts,
    /// What `totals` must add up to: enabled tasks × delivered ticks (S11).
    pub expected: u64,
    /// The tick in progress, if there is one (S7).
    pub open: Option<OpenTick>,
}

/// Kills in a row, and what follows from them (S16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ladder {
    /// Kills in a row.
    pub kills: u32,
    /// How many of them, at the end, were `lost`.
    pub lost: u32,
    /// Due runs still to pass over.
    pub pass: u32,
    /// In quarantine: due runs seen since it began.
    pub quarantined: Option<u32>,
}

/// Why a manager has no instance, and when the next attempt is due.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Readiness {
    /// Failed attempts in a row, counted as kills are.
    pub ladder: Ladder,
    /// The last failure: one harmless line.
    pub error: Option<String>,
}

/// A tick that has begun and is not yet finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTick {
    /// Its number.
    pub tick: Tick,
    /// When it was due, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// What started it.
    pub trigger: Trigger,
    /// The k of a run by hand.
    pub by_hand: Option<u32>,
    /// By how much the counters move: 1, k for `advance(k)`, 0 for a run by hand.
    pub by: u64,
    /// Whether an instance was had and the counters have moved. Before that, the whole tick may still
    /// turn out to be not-ready.
    pub entered: bool,
    /// The due tasks, in order.
    pub planned: Vec<Planned>,
    /// Which of `planned` was marked as started last.
    pub started: u32,
    /// Which attempt at it: 1 or 2.
    pub attempt: u32,
    /// `missed_before` as the runs of this tick are told.
    pub missed_before: u64,
}

/// One due task of a tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The task.
    pub task: TaskName,
    /// `None` where it runs; else why it is passed over: `backing-off` or `quarantined`.
    pub passed: Option<Outcome>,
}

/// The durable state of one task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskRecord {
    /// The task.
    pub name: TaskName,
    /// Its place in the declared order (S5).
    pub position: u32,
    /// The N in force, an operator's override included.
    pub ticks_between_runs: u32,
    /// Counter time of its next run, while the counter is not frozen.
    pub due: u64,
    /// The counter's value while the task is paused or disabled (S14).
    pub frozen: Option<u64>,
    /// The last tick before it was paused; `None` where it is not. Its ticks while it is disabled count
    /// for none (S11): this one moves on with them.
    pub paused_after: Option<Tick>,
    /// Whether it is enabled.
    pub enabled: bool,
    /// Its kills.
    pub ladder: Ladder,
    /// Runs so far.
    pub runs: u64,
    /// Runs that ended other than `ok`.
    pub failures: u64,
    /// The last run: its tick, its outcome, fuel used and granted.
    pub last: Option<(Tick, Outcome, u64, u64)>,
}

impl TaskRecord {
    /// Whether it is paused (S14).
    pub const fn is_paused(&self) -> bool {
        self.paused_after.is_some()
    }
}

/// Ticks in a row on which one task alone was paused (S14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskPause {
    /// The task.
    pub task: TaskName,
    /// The first tick.
    pub from: Tick,
    /// The last tick.
    pub to: Tick,
}
