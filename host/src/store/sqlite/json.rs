//! The few fields that are kept as compact JSON text, so that `sqlite3` can read them: sums of
//! outcomes, the readiness of a manager, and the tick in progress.
//!
//! These types belong to the file format: a field may be added with a default, none may change its
//! meaning. What is read is checked like any other column.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use crate::types::{
    Ladder, OpenTick, Outcome, OutcomeCounts, Planned, Readiness, TaskName, Tick, Trigger,
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Open<'a> {
    tick: u64,
    at_ms: u64,
    trigger: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by_hand: Option<u32>,
    by: u64,
    entered: bool,
    #[serde(borrow)]
    planned: Vec<Plan<'a>>,
    started: u32,
    attempt: u32,
    missed_before: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan<'a> {
    task: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    passed: Option<Cow<'a, str>>,
}

impl<'a> Plan<'a> {
    fn of(planned: &'a Planned) -> Self {
        let passed = planned.passed.map(|o| Cow::Borrowed(o.as_str()));
        Self { task: Cow::Borrowed(planned.task.as_str()), passed }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ready<'a> {
    kills: u32,
    lost: u32,
    pass: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quarantined: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Cow<'a, str>>,
}

/// Sums of outcomes by their names of the contract.
struct Counts<'a>(&'a OutcomeCounts);

impl Serialize for Counts<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(outcome, n)| (outcome.as_str(), n)))
    }
}

pub(super) fn counts_text(counts: &OutcomeCounts) -> serde_json::Result<String> {
    serde_json::to_string(&Counts(counts))
}

/// `None` for no counts at all, the common case of runs by hand.
pub(super) fn some_counts_text(counts: &OutcomeCounts) -> serde_json::Result<Option<String>> {
    if counts.sum() == 0 { Ok(None) } else { counts_text(counts).map(Some) }
}

pub(super) fn counts(text: &str) -> Result<OutcomeCounts, String> {
    let named: BTreeMap<Cow<'_, str>, u64> = parse(text)?;
    let mut counts = OutcomeCounts::default();
    for (name, n) in named {
        counts.add(outcome(&name)?, n);
    }
    Ok(counts)
}

/// `None` for a manager that is ready, the common case.
pub(super) fn readiness_text(readiness: &Readiness) -> serde_json::Result<Option<String>> {
    if *readiness == Readiness::default() {
        return Ok(None);
    }
    let Ladder { kills, lost, pass, quarantined } = readiness.ladder;
    let error = readiness.error.as_deref().map(Cow::Borrowed);
    serde_json::to_string(&Ready { kills, lost, pass, quarantined, error }).map(Some)
}

pub(super) fn readiness(text: &str) -> Result<Readiness, String> {
    let Ready { kills, lost, pass, quarantined, error } = parse(text)?;
    let ladder = Ladder { kills, lost, pass, quarantined };
    Ok(Readiness { ladder, error: error.map(Cow::into_owned) })
}

pub(super) fn open_text(open: Option<&OpenTick>) -> serde_json::Result<Option<String>> {
    let Some(open) = open else { return Ok(None) };
    let open = Open {
        tick: open.tick.get(),
        at_ms: open.at_ms,
        trigger: Cow::Borrowed(open.trigger.as_str()),
        by_hand: open.by_hand,
        by: open.by,
        entered: open.entered,
        planned: open.planned.iter().map(Plan::of).collect(),
        started: open.started,
        attempt: open.attempt,
        missed_before: open.missed_before,
    };
    serde_json::to_string(&open).map(Some)
}

pub(super) fn open(text: &str) -> Result<OpenTick, String> {
    let open: Open<'_> = parse(text)?;
    let plan = |plan: Plan<'_>| -> Result<Planned, String> {
        let task = TaskName::new(&plan.task).map_err(|e| e.to_string())?;
        Ok(Planned { task, passed: plan.passed.map(|o| outcome(&o)).transpose()? })
    };
    Ok(OpenTick {
        tick: Tick::new(open.tick),
        at_ms: open.at_ms,
        trigger: trigger(&open.trigger)?,
        by_hand: open.by_hand,
        by: open.by,
        entered: open.entered,
        planned: open.planned.into_iter().map(plan).collect::<Result<_, _>>()?,
        started: open.started,
        attempt: open.attempt,
        missed_before: open.missed_before,
    })
}

pub(super) fn outcome(name: &str) -> Result<Outcome, String> {
    Outcome::from_name(name).ok_or_else(|| "is no outcome that this version knows".to_owned())
}

pub(super) fn trigger(name: &str) -> Result<Trigger, String> {
    let known = [Trigger::Schedule, Trigger::Operator].into_iter().find(|t| t.as_str() == name);
    known.ok_or_else(|| "is no trigger that this version knows".to_owned())
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|e| format!("is not the JSON of this column: {e}"))
}
