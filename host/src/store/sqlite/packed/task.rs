//! What a row keeps packed of a task.

use serde::{Deserialize, Serialize};

use super::{Packed, Rungs, outcome_code, outcome_of, unpack};
use crate::types::{Outcome, TaskName, TaskRecord, Tick};

impl Packed for Task {}

/// The state of a task, beside its name.
#[derive(Serialize, Deserialize)]
pub(in crate::store::sqlite) struct Task {
    position: u32,
    ticks_between_runs: u32,
    due: u64,
    frozen: Option<u64>,
    paused_after: Option<u64>,
    enabled: bool,
    ladder: Rungs,
    runs: u64,
    failures: u64,
    last: Option<(u64, u8, u64, u64)>,
}

impl Task {
    pub(in crate::store::sqlite) fn of(task: &TaskRecord) -> Self {
        let last = |(tick, outcome, fuel, granted): (Tick, Outcome, u64, u64)| {
            (tick.get(), outcome_code(outcome), fuel, granted)
        };
        Self {
            position: task.position,
            ticks_between_runs: task.ticks_between_runs,
            due: task.due,
            frozen: task.frozen,
            paused_after: task.paused_after.map(Tick::get),
            enabled: task.enabled,
            ladder: Rungs::of(task.ladder),
            runs: task.runs,
            failures: task.failures,
            last: task.last.map(last),
        }
    }

    pub(in crate::store::sqlite) fn record(self, name: TaskName) -> Result<TaskRecord, String> {
        let last = |(tick, outcome, fuel, granted)| {
            Ok::<_, String>((Tick::new(tick), outcome_of(outcome)?, fuel, granted))
        };
        Ok(TaskRecord {
            name,
            position: self.position,
            ticks_between_runs: self.ticks_between_runs,
            due: self.due,
            frozen: self.frozen,
            paused_after: self.paused_after.map(Tick::new),
            enabled: self.enabled,
            ladder: self.ladder.ladder(),
            runs: self.runs,
            failures: self.failures,
            last: self.last.map(last).transpose()?,
        })
    }
}

/// The same in version 2 of the schema, which knew whether a task is paused, and not since when: the fields
/// before and after that, in the order that they have there.
type Second = (u32, u32, u64, Option<u64>, bool, Rest);

/// What follows in it.
type Rest = (bool, Rungs, u64, u64, Option<(u64, u8, u64, u64)>);

impl Packed for Second {}

/// What a task's state of version 2 is in version 3, where its manager has reached `tick`: one that is paused
/// is so since then.
pub(in crate::store::sqlite) fn of_second(bytes: &[u8], tick: Tick) -> Result<Task, String> {
    let (position, ticks_between_runs, due, frozen, paused, rest) = unpack::<Second>(bytes)?;
    let (enabled, ladder, runs, failures, last) = rest;
    Ok(Task {
        position,
        ticks_between_runs,
        due,
        frozen,
        paused_after: paused.then_some(tick.get()),
        enabled,
        ladder,
        runs,
        failures,
        last,
    })
}
