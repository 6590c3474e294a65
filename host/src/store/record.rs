//! What crosses the boundary of a store: records of the store's own, plain data without rules.

use crate::types::{
    Digest, ManagerName, OutcomeCounts, Outcome, RunId, TaskName, Tick, Trigger,
};

/// Everything that is written for one manager at one point of its way, or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// The manager.
    pub manager: ManagerName,
    /// The manager's own row after this commit.
    pub row: ManagerRow,
    /// The tasks whose rows change, whole.
    pub tasks: Vec<TaskRecord>,
    /// Runs, and due tasks that were passed over, for the history.
    pub history: Vec<RunRecord>,
    /// Ticks on which the manager, or a task of it, did not run for one reason; joined with the span
    /// before it where that ends at the tick before.
    pub spans: Vec<Span>,
    /// Writes to the manager's buckets, in order.
    pub writes: Vec<Write>,
}

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
pub struct LadderRecord {
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
    pub ladder: LadderRecord,
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
    /// Whether it is paused.
    pub paused: bool,
    /// Whether it is enabled.
    pub enabled: bool,
    /// Its kills.
    pub ladder: LadderRecord,
    /// Runs so far.
    pub runs: u64,
    /// Runs that ended other than `ok`.
    pub failures: u64,
    /// The last run: its tick, its outcome, fuel used and granted.
    pub last: Option<(Tick, Outcome, u64, u64)>,
}

/// One run, or one due task that was passed over, as history keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    /// The identity of the run (also of one that was passed over).
    pub id: RunId,
    /// The task.
    pub task: TaskName,
    /// The tick.
    pub tick: Tick,
    /// When it was due, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// What started it.
    pub trigger: Trigger,
    /// Which attempt.
    pub attempt: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// The counter after it.
    pub ticks_to_skip: u64,
    /// Fuel used.
    pub fuel: u64,
    /// Fuel granted.
    pub fuel_granted: u64,
    /// Time billed, in microseconds.
    pub micros: u64,
    /// Bytes of linear memory at its end.
    pub memory: u64,
    /// Imported calls.
    pub host_calls: u64,
    /// Log lines dropped.
    pub logs_dropped: u64,
    /// Why it failed.
    pub error: Option<String>,
    /// More on it.
    pub detail: Option<String>,
}

/// A row of history as it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryRow {
    /// The manager.
    pub manager: ManagerName,
    /// The run.
    pub run: RunRecord,
}

/// Which rows of history are wanted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HistoryQuery {
    /// Only this manager's.
    pub manager: Option<ManagerName>,
    /// Only this task's.
    pub task: Option<TaskName>,
    /// Only this outcome.
    pub outcome: Option<Outcome>,
    /// At most so many, the newest.
    pub limit: u32,
}

/// Why nothing ran over a span of ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpanKind {
    /// S12.
    Missed,
    /// S16a.
    NotReady,
    /// S14.
    Paused,
}

/// Ticks in a row on which a whole manager did not run for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Why.
    pub kind: SpanKind,
    /// The first tick.
    pub from: Tick,
    /// The last tick.
    pub to: Tick,
    /// More on it: one harmless line.
    pub reason: Option<String>,
}

/// One write to a bucket. Deleting a missing key is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The bucket; a manager's own is `default`.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// The new value; `None` deletes.
    pub value: Option<Vec<u8>>,
}

/// What a manager's buckets hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Bytes of all keys and values.
    pub bytes: u64,
    /// Number of keys.
    pub keys: u64,
}

/// The state of one manager.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagerRecord {
    /// Its row.
    pub row: ManagerRow,
    /// Its component.
    pub component: Digest,
    /// Its tasks in declared order.
    pub tasks: Vec<TaskRecord>,
    /// What its buckets hold.
    pub usage: Usage,
}

/// A manager's whole scheduling state, set at install and at an upgrade (S25).
#[derive(Debug, Clone, PartialEq)]
pub struct Install {
    /// The manager.
    pub manager: ManagerName,
    /// The component.
    pub component: Digest,
    /// The row to start with, or as it stands at the upgrade.
    pub row: ManagerRow,
    /// The tasks in declared order; others of that manager are removed, but for their history.
    pub tasks: Vec<TaskRecord>,
    /// The most bytes and keys that its buckets may hold: checked again inside each transaction.
    pub quota: Usage,
    /// Rows of history to keep.
    pub history: u32,
    /// What `init-host` of the first instance wrote (S18).
    pub writes: Vec<Write>,
}
