//! What a row of the history keeps packed.

use serde::{Deserialize, Serialize};

use super::Packed;
use crate::store::RunRecord;
use crate::types::{Outcome, TaskName, Tick, Trigger};

/// The figures of a run, beside its task, tick and outcome, and its texts.
#[derive(Serialize, Deserialize)]
pub(in crate::store::sqlite) struct Run {
    by_hand: Option<u32>,
    at_ms: u64,
    trigger: u8,
    attempt: u32,
    ticks_to_skip: u64,
    fuel: u64,
    fuel_granted: u64,
    micros: u64,
    memory: u64,
    host_calls: u64,
    logs_dropped: u64,
}

impl Run {
    pub(in crate::store::sqlite) fn of(run: &RunRecord) -> Self {
        Self {
            by_hand: run.by_hand,
            at_ms: run.at_ms,
            trigger: trigger_code(run.trigger),
            attempt: run.attempt,
            ticks_to_skip: run.ticks_to_skip,
            fuel: run.fuel,
            fuel_granted: run.fuel_granted,
            micros: run.micros,
            memory: run.memory,
            host_calls: run.host_calls,
            logs_dropped: run.logs_dropped,
        }
    }

    pub(in crate::store::sqlite) fn record(
        self,
        task: TaskName,
        tick: Tick,
        outcome: Outcome,
    ) -> Result<RunRecord, String> {
        Ok(RunRecord {
            task,
            tick,
            by_hand: self.by_hand,
            at_ms: self.at_ms,
            trigger: trigger_of(self.trigger)?,
            attempt: self.attempt,
            outcome,
            ticks_to_skip: self.ticks_to_skip,
            fuel: self.fuel,
            fuel_granted: self.fuel_granted,
            micros: self.micros,
            memory: self.memory,
            host_calls: self.host_calls,
            logs_dropped: self.logs_dropped,
            error: None,
            detail: None,
        })
    }
}

impl Packed for Run {}

pub(super) fn trigger_code(trigger: Trigger) -> u8 {
    match trigger {
        Trigger::Schedule => 0,
        Trigger::Operator => 1,
    }
}

pub(super) fn trigger_of(code: u8) -> Result<Trigger, String> {
    match code {
        0 => Ok(Trigger::Schedule),
        1 => Ok(Trigger::Operator),
        _ => Err(format!("{code} is no trigger that this version knows")),
    }
}
