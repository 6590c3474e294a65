//! What a manager's state says to people: from a live host, or from a store's record of it.

use std::sync::Arc;
use std::time::Duration;

use super::manager::Manager;
use crate::schedule::Schedule;
use crate::store::ManagerRecord;
use crate::types::{
    Digest, Fuel, ManagerName, ManagerRow, Outcome, OutcomeCounts, TaskName, TaskRecord, Tick,
};

/// How a manager stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagerStatus {
    /// Its name.
    pub name: ManagerName,
    /// Its component.
    pub component: Digest,
    /// Its last delivered tick.
    pub tick: Tick,
    /// How often the driver ticks it; unknown where only the store was asked.
    pub interval: Option<Duration>,
    /// Whether a tick is in progress.
    pub busy: bool,
    /// Whether it is paused.
    pub paused: bool,
    /// Why it has no instance, where the last attempt failed (S16a).
    pub not_ready: Option<String>,
    /// Why nothing is told of it until the store was read again (S17).
    pub suspect: Option<String>,
    /// Ticks that did not happen (S13).
    pub gaps: u64,
    /// Outcomes of scheduled ticks, over all tasks.
    pub totals: OutcomeCounts,
    /// Outcomes of runs by hand.
    pub by_hand: OutcomeCounts,
    /// Its tasks in declared order.
    pub tasks: Vec<TaskStatus>,
}

/// How a task stands.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskStatus {
    /// Its name.
    pub name: TaskName,
    /// One harmless line from its component; unknown where only the store was asked.
    pub summary: Option<String>,
    /// The N in force.
    pub ticks_between_runs: u32,
    /// Whether it is enabled.
    pub enabled: bool,
    /// Whether it is paused.
    pub paused: bool,
    /// The first and the last tick so far on which it is paused alone; `None` where there was none.
    pub paused_over: Option<(Tick, Tick)>,
    /// The counter.
    pub ticks_to_skip: u64,
    /// Due runs that will still be passed over after kills.
    pub backing_off: u32,
    /// Whether it is quarantined.
    pub quarantined: bool,
    /// Kills in a row.
    pub kills: u32,
    /// Runs so far.
    pub runs: u64,
    /// Runs that ended other than `ok`.
    pub failures: u64,
    /// The last run.
    pub last: Option<LastRun>,
}

/// The last run of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastRun {
    /// Its tick.
    pub tick: Tick,
    /// Its outcome.
    pub outcome: Outcome,
    /// Fuel used.
    pub fuel: Fuel,
    /// Fuel granted.
    pub fuel_granted: Fuel,
}

impl ManagerStatus {
    /// How a live manager stands.
    pub(crate) fn of(manager: &Arc<Manager>) -> Self {
        let busy = manager.is_held();
        let state = manager.state();
        let mut status = Self::new(
            manager.name.clone(),
            state.component,
            state.schedule.row(),
            state.schedule.tasks().iter().map(|t| &t.record),
        );
        for task in &mut status.tasks {
            let declared = state.declared.iter().find(|d| d.name == task.name);
            task.summary = declared.map(|d| d.summary.clone());
        }
        status.busy = busy;
        status.interval = Some(state.interval);
        status.suspect.clone_from(&state.suspect);
        status
    }

    /// How a manager stood at its last commit.
    pub fn from_record(name: ManagerName, record: &ManagerRecord) -> Self {
        Self::new(name, record.component, &record.row, record.tasks.iter())
    }

    fn new<'a>(
        name: ManagerName,
        component: Digest,
        row: &ManagerRow,
        tasks: impl Iterator<Item = &'a TaskRecord>,
    ) -> Self {
        Self {
            name,
            component,
            tick: row.tick,
            interval: None,
            busy: row.open.is_some(),
            paused: row.paused,
            not_ready: row.readiness.error.clone(),
            suspect: None,
            gaps: row.gaps,
            totals: row.totals,
            by_hand: row.by_hand_totals,
            tasks: tasks.map(|record| TaskStatus::new(record, row)).collect(),
        }
    }
}

impl TaskStatus {
    fn new(record: &TaskRecord, row: &ManagerRow) -> Self {
        Self {
            name: record.name.clone(),
            summary: None,
            ticks_between_runs: record.ticks_between_runs,
            enabled: record.enabled,
            paused: record.is_paused(),
            paused_over: Schedule::pause_of(record, row).map(|pause| (pause.from, pause.to)),
            ticks_to_skip: Schedule::counter_of(record, row),
            backing_off: record.ladder.pass,
            quarantined: record.ladder.quarantined.is_some(),
            kills: record.ladder.kills,
            runs: record.runs,
            failures: record.failures,
            last: record.last.map(|(tick, outcome, fuel, granted)| LastRun {
                tick,
                outcome,
                fuel: Fuel::new(fuel),
                fuel_granted: Fuel::new(granted),
            }),
        }
    }
}
