//! What a tick says about itself once it is committed.

use std::time::Duration;

use super::{Fuel, ManagerName, Outcome, RunId, TaskName, Tick};

/// What started a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// Its counter.
    Schedule,
    /// A person, by hand (S14).
    Operator,
}

impl Trigger {
    /// The name of the contract: what `context.trigger` answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Operator => "operator",
        }
    }
}

/// What one tick of one manager came to. It is published after its last commit.
#[derive(Debug, Clone, PartialEq)]
pub struct TickReport {
    /// The manager.
    pub manager: ManagerName,
    /// The tick's number.
    pub tick: Tick,
    /// When the tick was due, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// What it was: a beat of the schedule, or a run by hand after that tick.
    pub trigger: Trigger,
    /// The k of a run by hand: it is the k-th after that tick.
    pub by_hand: Option<u32>,
    /// One entry for each enabled task, in declared order (S5, S11); for a run by hand, that run.
    pub tasks: Vec<TaskReport>,
}

impl TickReport {
    /// The identity of this tick's run of a task (S21).
    pub fn run_id(&self, task: &TaskName) -> RunId {
        RunId::new(&self.manager, task, self.tick, self.by_hand)
    }

    /// Whether some run of this tick ended other than well.
    pub fn failed(&self) -> bool {
        self.tasks.iter().any(|t| t.outcome.is_failure())
    }
}

/// What became of one task on one tick.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskReport {
    /// The task.
    pub task: TaskName,
    /// How it ended.
    pub outcome: Outcome,
    /// The counter after this tick: ticks that will be skipped before the next run.
    pub ticks_to_skip: u64,
    /// The run, where there was one.
    pub run: Option<RunDetails>,
    /// Why not, where there was none and a reason is known (`not-ready`): one harmless line.
    pub reason: Option<String>,
}

/// The figures of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunDetails {
    /// 1, or 2 for a repeated run (S19).
    pub attempt: u32,
    /// Fuel used.
    pub fuel: Fuel,
    /// Fuel granted.
    pub fuel_granted: Fuel,
    /// Time from entry to return, less the time that it was ready and got no core.
    pub time: Duration,
    /// Bytes of linear memory at its end, summed over the instance.
    pub memory: u64,
    /// Imported calls made, dropped log lines included.
    pub host_calls: u64,
    /// Log lines dropped because the run was over its allowance.
    pub logs_dropped: u64,
    /// Why it failed: one harmless line of at most 4 KiB.
    pub error: Option<String>,
    /// More on the failure: a guest backtrace with names where the component has them.
    pub detail: Option<String>,
}
