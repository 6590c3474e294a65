//! What crosses the boundary of a store: records of the store's own, plain data without rules.

use crate::types::{
    Digest, ManagerName, ManagerRow, Outcome, RunId, TaskName, TaskPause, TaskRecord, Tick, Trigger,
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

/// One run, or one due task that was passed over, as history keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    /// The task.
    pub task: TaskName,
    /// The tick.
    pub tick: Tick,
    /// The k of a run by hand.
    pub by_hand: Option<u32>,
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

impl HistoryRow {
    /// The identity of the run, also of one that was passed over (S21).
    pub fn id(&self) -> RunId {
        RunId::new(&self.manager, &self.run.task, self.run.tick, self.run.by_hand)
    }
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

impl SpanKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Missed, Self::NotReady, Self::Paused];

    /// The outcome that every task has on such a tick, or the one that the span is of.
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Missed => Outcome::Missed,
            Self::NotReady => Outcome::NotReady,
            Self::Paused => Outcome::Paused,
        }
    }
}

/// Ticks in a row on which a whole manager, or one task of it, did not run for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Why.
    pub kind: SpanKind,
    /// The task that was paused alone; `None` where it was the whole manager.
    pub task: Option<TaskName>,
    /// The first tick.
    pub from: Tick,
    /// The last tick.
    pub to: Tick,
    /// More on it: one harmless line.
    pub reason: Option<String>,
}

impl Span {
    /// The same span, where this one ended at the tick before `next` and is of the same.
    pub(super) fn goes_on(&self, next: &Self) -> bool {
        self.kind == next.kind && self.task == next.task && self.to.next() == next.from
    }
}

impl From<TaskPause> for Span {
    fn from(TaskPause { task, from, to }: TaskPause) -> Self {
        Self { kind: SpanKind::Paused, task: Some(task), from, to, reason: None }
    }
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

impl Write {
    /// Bytes of its key and its value.
    pub(crate) fn bytes(&self) -> usize {
        self.key.len() + self.value.as_ref().map_or(0, Vec::len)
    }
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
    /// Ticks on which tasks were paused that are removed or disabled now (S14).
    pub spans: Vec<Span>,
    /// What `init-host` of the first instance wrote (S18).
    pub writes: Vec<Write>,
}
