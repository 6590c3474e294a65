//! Reports and rows of history, put together from what a tick left.

use std::sync::Arc;
use std::time::Duration;

use super::core::Core;
use super::manager::{Manager, State};
use crate::runner::RunResult;
use crate::schedule::{Closed, Current, Few};
use crate::store::RunRecord;
use crate::types::{Fuel, Outcome, RunDetails, TaskName, TaskReport, TickReport, Trigger};

/// How much of a tick its caller wants to hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Every enabled task (S11).
    All,
    /// Only tasks that ran or were due; subscribers still hear all.
    Due,
}

/// What is known of a tick beyond its outcomes.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Runs in the order in which they ended, with the places of their tasks.
    places: Few<usize>,
    runs: Vec<TaskReport>,
    /// Why the manager was not ready.
    pub(crate) reason: Option<String>,
}

impl Told {
    /// Takes note of a run.
    pub(crate) fn ran(&mut self, task: usize, report: TaskReport) {
        if self.runs.is_empty() {
            // Nearly always there is no second one.
            self.runs.reserve_exact(1);
        }
        self.places.push(task);
        self.runs.push(report);
    }

    /// Whether the runs are those of all tasks, in order.
    fn is_all(&self, tasks: usize) -> bool {
        self.places.len() == tasks && self.places.iter().copied().eq(0..tasks)
    }
}

impl Core {
    /// Tells whoever listens, once all of it is committed.
    pub(crate) fn publish(
        &self,
        manager: &Manager,
        closed: &Closed,
        told: Told,
        wanted: Wanted,
    ) -> Arc<TickReport> {
        let heard = self.is_heard();
        let wanted = if heard { Wanted::All } else { wanted };
        let report = Arc::new(assemble(manager, &manager.state(), closed, told, wanted));
        if heard {
            self.tell(&report);
        }
        report
    }
}

fn assemble(
    manager: &Manager,
    state: &State,
    closed: &Closed,
    mut told: Told,
    wanted: Wanted,
) -> TickReport {
    let schedule = &state.schedule;
    let all = wanted == Wanted::All || closed.trigger == Trigger::Operator;
    let tasks = if !all || told.is_all(schedule.tasks().len()) {
        told.runs
    } else {
        let reason = told.reason.take().or_else(|| schedule.row().readiness.error.clone());
        let mut tasks = Vec::with_capacity(schedule.tasks().len());
        let mut runs: Vec<_> = told.runs.into_iter().map(Some).collect();
        for (index, task) in schedule.tasks().iter().enumerate() {
            let ran = told.places.iter().position(|t| *t == index);
            if let Some(report) = ran.and_then(|place| runs[place].take()) {
                tasks.push(report);
            } else if let Some(outcome) = closed.outcome(schedule, index) {
                tasks.push(TaskReport {
                    task: task.record.name.clone(),
                    outcome,
                    ticks_to_skip: schedule.ticks_to_skip(index),
                    run: None,
                    reason: (outcome == Outcome::NotReady).then(|| reason.clone()).flatten(),
                });
            }
        }
        tasks
    };
    TickReport {
        manager: manager.name.clone(),
        tick: closed.tick,
        at_ms: closed.at_ms,
        trigger: closed.trigger,
        by_hand: closed.by_hand,
        tasks,
    }
}

/// The tasks that a finished tick changed.
pub(crate) fn due(closed: &Closed) -> Vec<usize> {
    closed.due.iter().map(|(task, _)| *task).collect()
}

/// Rows of history for due tasks that were passed over.
pub(crate) fn passed_over(state: &State, closed: &Closed) -> Vec<RunRecord> {
    let passed = closed.due.iter().filter(|(_, outcome)| !outcome.is_run());
    passed
        .map(|(task, outcome)| {
            let name = state.schedule.tasks()[*task].record.name.clone();
            let current = Current {
                task: *task,
                tick: closed.tick,
                at_ms: closed.at_ms,
                trigger: closed.trigger,
                by_hand: None,
                attempt: 0,
                missed_before: 0,
            };
            let run = lost(0);
            record(&name, &current, *outcome, state.schedule.ticks_to_skip(*task), &run)
        })
        .collect()
}

/// The figures of a run.
pub(crate) fn details(attempt: u32, granted: Fuel, result: &mut RunResult) -> RunDetails {
    RunDetails {
        attempt,
        fuel: result.fuel,
        fuel_granted: granted,
        time: result.time,
        memory: result.memory,
        host_calls: result.effects.host_calls,
        logs_dropped: result.effects.logs_dropped,
        error: result.error.take(),
        detail: result.detail.take(),
    }
}

/// The figures of a run of which nothing is known.
pub(crate) fn lost(attempt: u32) -> RunDetails {
    RunDetails {
        attempt,
        fuel: Fuel::default(),
        fuel_granted: Fuel::default(),
        time: Duration::ZERO,
        memory: 0,
        host_calls: 0,
        logs_dropped: 0,
        error: (attempt > 0).then(|| "the host died during this run".to_owned()),
        detail: None,
    }
}

pub(crate) fn task(
    task: TaskName,
    outcome: Outcome,
    ticks_to_skip: u64,
    run: RunDetails,
) -> TaskReport {
    TaskReport { task, outcome, ticks_to_skip, run: Some(run), reason: None }
}

/// The row of history of a run.
pub(crate) fn record(
    task: &TaskName,
    current: &Current,
    outcome: Outcome,
    ticks_to_skip: u64,
    run: &RunDetails,
) -> RunRecord {
    RunRecord {
        task: task.clone(),
        tick: current.tick,
        by_hand: current.by_hand,
        at_ms: current.at_ms,
        trigger: current.trigger,
        attempt: run.attempt,
        outcome,
        ticks_to_skip,
        fuel: run.fuel.get(),
        fuel_granted: run.fuel_granted.get(),
        micros: u64::try_from(run.time.as_micros()).unwrap_or(u64::MAX),
        memory: run.memory,
        host_calls: run.host_calls,
        logs_dropped: run.logs_dropped,
        error: run.error.clone(),
        detail: run.detail.clone(),
    }
}

/// A run as its row of history tells it.
pub(crate) fn from_record(row: RunRecord) -> TaskReport {
    TaskReport {
        task: row.task,
        outcome: row.outcome,
        ticks_to_skip: row.ticks_to_skip,
        run: Some(RunDetails {
            attempt: row.attempt,
            fuel: Fuel::new(row.fuel),
            fuel_granted: Fuel::new(row.fuel_granted),
            time: Duration::from_micros(row.micros),
            memory: row.memory,
            host_calls: row.host_calls,
            logs_dropped: row.logs_dropped,
            error: row.error,
            detail: row.detail,
        }),
        reason: None,
    }
}
