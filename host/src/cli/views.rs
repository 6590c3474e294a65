//! What is printed as JSON: types of this boundary's own, in the contract's order of keys.
//!
//! Decides nothing. Fields may be added; those that are not in the contract's example appear only where
//! they say something.

use std::collections::BTreeMap;

use serde::Serialize;

use super::printing::timestamp;
use crate::store::{HistoryRow, Span};
use crate::ticker::{LastRun, ManagerStatus, TaskStatus};
use crate::types::{
    ManagerName, OutcomeCounts, RunDetails, RunId, TaskName, TaskReport, TickReport, Trigger,
};

/// One tick as a line of JSON.
#[derive(Debug, Serialize)]
pub(super) struct TickView<'a> {
    manager: &'a str,
    tick: u64,
    at: String,
    tasks: Vec<TaskView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger: Option<&'static str>,
}

/// One task on one tick.
#[derive(Debug, Serialize)]
struct TaskView<'a> {
    task: &'a str,
    outcome: &'static str,
    #[serde(flatten)]
    run: Option<RunView>,
    ticks_to_skip: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logs_dropped: Option<u64>,
}

/// The figures of a run.
#[derive(Debug, Serialize)]
struct RunView {
    run: String,
    fuel: u64,
    micros: u64,
    memory: u64,
    host_calls: u64,
}

impl<'a> From<&'a TickReport> for TickView<'a> {
    fn from(report: &'a TickReport) -> Self {
        Self {
            manager: report.manager.as_str(),
            tick: report.tick.get(),
            at: timestamp(report.at_ms),
            tasks: report.tasks.iter().map(|task| TaskView::of(report, task)).collect(),
            trigger: (report.trigger == Trigger::Operator).then(|| report.trigger.as_str()),
        }
    }
}

impl<'a> TaskView<'a> {
    fn of(tick: &TickReport, report: &'a TaskReport) -> Self {
        let run = report.run.as_ref();
        Self {
            task: report.task.as_str(),
            outcome: report.outcome.as_str(),
            run: run.map(|run| RunView::of(tick.run_id(&report.task), run)),
            ticks_to_skip: report.ticks_to_skip,
            error: run.and_then(|run| run.error.as_deref()),
            detail: run.and_then(|run| run.detail.as_deref()),
            reason: report.reason.as_deref(),
            attempt: run.map(|run| run.attempt).filter(|attempt| *attempt > 1),
            logs_dropped: run.map(|run| run.logs_dropped).filter(|dropped| *dropped > 0),
        }
    }
}

impl RunView {
    fn of(id: RunId, run: &RunDetails) -> Self {
        Self {
            run: id.into_string(),
            fuel: run.fuel.get(),
            micros: u64::try_from(run.time.as_micros()).unwrap_or(u64::MAX),
            memory: run.memory,
            host_calls: run.host_calls,
        }
    }
}

/// How a manager stands, as a line of JSON.
#[derive(Debug, Serialize)]
pub(super) struct StatusView<'a> {
    manager: &'a str,
    component: String,
    tick: u64,
    paused: bool,
    busy: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_ready: Option<&'a str>,
    gaps: u64,
    outcomes: BTreeMap<&'static str, u64>,
    by_hand: BTreeMap<&'static str, u64>,
    tasks: Vec<TaskStatusView<'a>>,
}

/// How a task stands.
#[derive(Debug, Serialize)]
struct TaskStatusView<'a> {
    task: &'a str,
    ticks_between_runs: u32,
    ticks_to_skip: u64,
    enabled: bool,
    paused: bool,
    quarantined: bool,
    backing_off: u32,
    kills: u32,
    runs: u64,
    failures: u64,
    last: Option<LastView>,
}

/// The last run of a task.
#[derive(Debug, Serialize)]
struct LastView {
    tick: u64,
    outcome: &'static str,
    fuel: u64,
    fuel_granted: u64,
}

impl<'a> From<&'a ManagerStatus> for StatusView<'a> {
    fn from(status: &'a ManagerStatus) -> Self {
        Self {
            manager: status.name.as_str(),
            component: format!("sha256:{}", status.component),
            tick: status.tick.get(),
            paused: status.paused,
            busy: status.busy,
            not_ready: status.not_ready.as_deref(),
            gaps: status.gaps,
            outcomes: counts(&status.totals),
            by_hand: counts(&status.by_hand),
            tasks: status.tasks.iter().map(TaskStatusView::from).collect(),
        }
    }
}

fn counts(counts: &OutcomeCounts) -> BTreeMap<&'static str, u64> {
    counts.iter().map(|(outcome, n)| (outcome.as_str(), n)).collect()
}

impl<'a> From<&'a TaskStatus> for TaskStatusView<'a> {
    fn from(task: &'a TaskStatus) -> Self {
        Self {
            task: task.name.as_str(),
            ticks_between_runs: task.ticks_between_runs,
            ticks_to_skip: task.ticks_to_skip,
            enabled: task.enabled,
            paused: task.paused,
            quarantined: task.quarantined,
            backing_off: task.backing_off,
            kills: task.kills,
            runs: task.runs,
            failures: task.failures,
            last: task.last.as_ref().map(LastView::from),
        }
    }
}

impl From<&LastRun> for LastView {
    fn from(last: &LastRun) -> Self {
        Self {
            tick: last.tick.get(),
            outcome: last.outcome.as_str(),
            fuel: last.fuel.get(),
            fuel_granted: last.fuel_granted.get(),
        }
    }
}

/// A row of history as a line of JSON.
#[derive(Debug, Serialize)]
pub(super) struct HistoryView<'a> {
    manager: &'a str,
    task: &'a str,
    tick: u64,
    at: String,
    run: String,
    outcome: &'static str,
    trigger: &'static str,
    attempt: u32,
    fuel: u64,
    fuel_granted: u64,
    micros: u64,
    memory: u64,
    host_calls: u64,
    logs_dropped: u64,
    ticks_to_skip: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
}

impl<'a> From<&'a HistoryRow> for HistoryView<'a> {
    fn from(row: &'a HistoryRow) -> Self {
        let run = &row.run;
        Self {
            manager: row.manager.as_str(),
            task: run.task.as_str(),
            tick: run.tick.get(),
            at: timestamp(run.at_ms),
            run: row.id().into_string(),
            outcome: run.outcome.as_str(),
            trigger: run.trigger.as_str(),
            attempt: run.attempt,
            fuel: run.fuel,
            fuel_granted: run.fuel_granted,
            micros: run.micros,
            memory: run.memory,
            host_calls: run.host_calls,
            logs_dropped: run.logs_dropped,
            ticks_to_skip: run.ticks_to_skip,
            error: run.error.as_deref(),
            detail: run.detail.as_deref(),
        }
    }
}

/// Ticks in a row on which a manager, or a task of it, did not run as a line of JSON.
#[derive(Debug, Serialize)]
pub(super) struct SpanView<'a> {
    manager: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<&'a str>,
    outcome: &'static str,
    from_tick: u64,
    to_tick: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    ongoing: bool,
}

impl<'a> SpanView<'a> {
    pub(super) fn of(manager: &'a ManagerName, span: &'a Span, ongoing: bool) -> Self {
        Self {
            manager: manager.as_str(),
            task: span.task.as_ref().map(TaskName::as_str),
            outcome: span.kind.outcome().as_str(),
            from_tick: span.from.get(),
            to_tick: span.to.get(),
            reason: span.reason.as_deref(),
            ongoing,
        }
    }
}
