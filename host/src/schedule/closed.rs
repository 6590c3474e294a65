//! A finished tick: the outcome of every task on it (S11), told without a pass over idle tasks.

use super::{Few, Schedule};
use crate::types::{Outcome, Tick, Trigger};

/// A tick that is over. Ask it while the schedule stands as it was left: it names tasks by index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Its number.
    pub tick: Tick,
    /// When it was due, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// What started it.
    pub trigger: Trigger,
    /// The k of a run by hand.
    pub by_hand: Option<u32>,
    /// Where the whole tick came to one outcome: `missed`, `paused` or `not-ready`.
    pub whole: Option<Outcome>,
    /// Tasks that ran or were due, with their outcomes, in order.
    pub due: Few<(usize, Outcome)>,
    /// Runs that had ended before a crash: their outcomes are in the history.
    pub earlier: Vec<usize>,
    /// The task that ended the tick in raise-on-error mode (S9).
    pub cut: Option<usize>,
}

impl Closed {
    pub(super) fn whole(tick: Tick, at_ms: u64, outcome: Outcome) -> Self {
        Self { whole: Some(outcome), ..Self::idle(tick, at_ms) }
    }

    /// A tick of which nothing is known but its number.
    pub(crate) fn of_nothing(tick: Tick) -> Self {
        Self::idle(tick, 0)
    }

    pub(super) fn idle(tick: Tick, at_ms: u64) -> Self {
        Self {
            tick,
            at_ms,
            trigger: Trigger::Schedule,
            by_hand: None,
            whole: None,
            due: Few::new(),
            earlier: Vec::new(),
            cut: None,
        }
    }

    /// The outcome of a task; `None` for a disabled one, for another task than the one that was run
    /// by hand, and for a run that had ended before a crash.
    pub fn outcome(&self, schedule: &Schedule, task: usize) -> Option<Outcome> {
        let record = &schedule.tasks[task].record;
        if let Some((_, outcome)) = self.due.iter().find(|(t, _)| *t == task) {
            return Some(*outcome);
        }
        if !record.enabled || self.trigger == Trigger::Operator || self.earlier.contains(&task) {
            return None;
        }
        Some(match self.whole {
            Some(outcome) => outcome,
            None if record.is_paused() || schedule.row.paused => Outcome::Paused,
            None if self.cut.is_some_and(|cut| task > cut) => Outcome::NotReached,
            None => Outcome::Skipped,
        })
    }
}
