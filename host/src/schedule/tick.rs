//! One tick: delivered, planned, entered, run by run. How it ends stands in `end`.
//!
//! Every method changes the state in memory only. What must be committed, and when, stands at each.

use std::time::Duration;

use super::ladder::{self, Verdict};
use super::{Closed, Few, Progress, Schedule};
use crate::types::{Ladder, OpenTick, Outcome, Planned, Readiness, Tick, Trigger, millis};

/// What a delivered tick came to so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// Nothing was due: it is over, and may be committed later with others (S19).
    Idle(Closed),
    /// All that was due is passed over: it is over, and is committed before it is reported.
    PassedOver(Closed),
    /// The plan is made: commit it (S7), have an instance, then [`Schedule::enter`].
    Open,
}

/// The run that is marked as started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// The task's index.
    pub task: usize,
    /// The tick's number.
    pub tick: Tick,
    /// When it was due, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// What started it.
    pub trigger: Trigger,
    /// The k of a run by hand.
    pub by_hand: Option<u32>,
    /// 1, or 2 for a repeated run.
    pub attempt: u32,
    /// Ticks missed directly before.
    pub missed_before: u64,
}

/// How a run ended, as far as the rules look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Its outcome.
    pub outcome: Outcome,
    /// The delay that the task asked for, in ticks to skip (S10).
    pub asked_for: Option<u32>,
    /// Fuel used.
    pub fuel: u64,
    /// Fuel granted.
    pub fuel_granted: u64,
}

impl Default for Ended {
    fn default() -> Self {
        Self { outcome: Outcome::Ok, asked_for: None, fuel: 0, fuel_granted: 0 }
    }
}

/// What the end of a run changed: commit these tasks with the row and the outcome.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finished {
    /// The tasks whose records changed.
    pub touched: Few<usize>,
    /// The whole tick, where it is over; else the next run is marked as started.
    pub closed: Option<Closed>,
}

/// What a host finds when it takes a manager up again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovered {
    /// No tick was in progress.
    Nothing,
    /// A run had started: it is to be finished as [`Outcome::Lost`], and the tick goes on.
    Lost,
    /// A run had started and is repeated as attempt 2: commit, then run it.
    Repeat,
    /// A tick had begun, but no run of it is to be given up: it goes on.
    Open,
    /// A tick had begun, and what was left of it an operator has stopped meanwhile: it is closed by
    /// [`Schedule::finish`], and no guest is entered.
    Over,
    /// A host died that did no more than start the manager: [`Schedule::refuse_lost`].
    NotStarted,
}

impl Schedule {
    /// One tick (S3), or `advance(k)` with `by = k` (S13): numbers it and plans it.
    ///
    /// Never call it while a tick is open: such a tick is [`Schedule::miss`]ed.
    pub fn deliver(&mut self, at_ms: u64, by: u64) -> Delivered {
        debug_assert!(self.row.open.is_none(), "a tick is delivered to an idle manager");
        let tick = self.next_tick(at_ms);
        let missed_before = std::mem::take(&mut self.row.missed_before);
        if self.row.paused {
            return Delivered::Idle(self.close_whole(tick, at_ms, Outcome::Paused));
        }
        let starting = self.row.readiness.ladder != Ladder::default();
        if starting && ladder::on_due(&mut self.row.readiness.ladder, &self.policy) != Verdict::Run
        {
            return Delivered::Idle(self.close_whole(tick, at_ms, Outcome::NotReady));
        }
        let reached = self.row.moved.saturating_add(by);
        if self.next_due > reached && !starting {
            self.row.moved = reached;
            self.count_idle(0);
            return Delivered::Idle(Closed::idle(tick, at_ms));
        }
        self.plan(tick, at_ms, by, missed_before);
        if starting
            || self.row.open.as_ref().is_some_and(|o| o.planned.iter().any(|p| p.passed.is_none()))
        {
            return Delivered::Open;
        }
        self.enter();
        Delivered::PassedOver(self.close(None))
    }

    /// Ticks on which nothing was due, all at once: what [`Schedule::deliver`] would have come to on each
    /// of them, of which the last was due at `at_ms`. Only for a [plain](Schedule::is_plain) schedule.
    pub fn idle(&mut self, ticks: u64, at_ms: u64) {
        debug_assert!(self.is_plain() && self.next_due > self.row.moved.saturating_add(ticks));
        if ticks == 0 {
            return;
        }
        self.row.tick = Tick::new(self.row.tick.get().saturating_add(ticks));
        self.row.counted_ms = at_ms;
        (self.row.by_hand, self.row.missed_before) = (0, 0);
        self.row.moved = self.row.moved.saturating_add(ticks);
        let paused = self.paused.saturating_mul(ticks);
        let enabled = self.enabled.saturating_mul(ticks);
        self.row.totals.add(Outcome::Paused, paused);
        self.row.totals.add(Outcome::Skipped, enabled - paused);
        self.row.expected = self.row.expected.saturating_add(enabled);
    }

    /// Whether the next ticks depend on counters alone: no tick is open, the manager is neither paused
    /// nor waiting for its next attempt to start.
    pub fn is_plain(&self) -> bool {
        !self.row.paused
            && self.row.open.is_none()
            && self.row.readiness.ladder == Ladder::default()
    }

    /// Whether a tick would run nothing, so that it needs no place among those in progress.
    pub fn is_idle(&self, by: u64) -> bool {
        let starting = self.row.readiness.ladder != Ladder::default();
        self.row.paused || (!starting && self.next_due > self.row.moved.saturating_add(by))
    }

    /// A tick that found the manager, or the host, busy (S12): it has its number, nothing moves.
    pub fn miss(&mut self, at_ms: u64) -> Closed {
        let tick = self.next_tick(at_ms);
        self.row.missed_before = self.row.missed_before.saturating_add(1);
        self.close_whole(tick, at_ms, Outcome::Missed)
    }

    /// Ticks that did not happen (S13), of which the last was due at `until_ms`: they have no number and
    /// are not made up.
    pub fn gap(&mut self, ticks: u64, until_ms: u64) {
        if ticks == 0 {
            return;
        }
        self.row.counted_ms = until_ms;
        self.row.gaps = self.row.gaps.saturating_add(ticks);
        self.row.missed_before = self.row.missed_before.saturating_add(ticks);
    }

    /// Begins to count its ticks at `now_ms`, where it had none or is counted until later than that, by a
    /// clock that was ahead; whether that is new (S13).
    pub fn count_from(&mut self, now_ms: u64) -> bool {
        let begins = self.row.counted_ms == 0 || self.row.counted_ms > now_ms;
        if begins {
            self.row.counted_ms = now_ms;
        }
        begins
    }

    /// Ticks that were left out while no host drove the manager (S13): from `since_ms`, when the last one
    /// was due, until the next one is due at `next_ms`, at the interval that it has now. Answers how many.
    ///
    /// The next tick is itself the last of them that is only late; a clock that was set back leaves out
    /// none.
    pub fn downtime(&mut self, since_ms: u64, next_ms: u64, interval: Duration) -> u64 {
        let passed = Duration::from_millis(next_ms.saturating_sub(since_ms)).as_nanos();
        let Some(left_out) = passed.checked_div(interval.as_nanos()) else { return 0 };
        let left_out = u64::try_from(left_out).unwrap_or(u64::MAX).saturating_sub(1);
        let before_next = millis(interval);
        self.gap(left_out, next_ms.saturating_sub(before_next));
        left_out
    }

    /// A run by hand (S14): opens a tick of its own, under the last tick's number; commit it, then
    /// have an instance and [`Schedule::enter`].
    pub fn by_hand(&mut self, task: usize, at_ms: u64) {
        debug_assert!(self.row.open.is_none(), "a run by hand is started on an idle manager");
        self.row.by_hand = self.row.by_hand.saturating_add(1);
        let planned = Planned { task: self.tasks[task].record.name.clone(), passed: None };
        self.progress = Progress { planned: vec![Some(task)], ..Progress::default() };
        self.row.open = Some(OpenTick {
            tick: self.row.tick,
            at_ms,
            trigger: Trigger::Operator,
            by_hand: Some(self.row.by_hand),
            by: 0,
            entered: false,
            planned: vec![planned],
            started: 0,
            attempt: 1,
            missed_before: self.row.missed_before,
        });
    }

    pub(super) fn next_tick(&mut self, at_ms: u64) -> Tick {
        self.row.tick = self.row.tick.next();
        self.row.counted_ms = at_ms;
        self.row.by_hand = 0;
        self.row.tick
    }

    /// Lists the due tasks and marks the first that runs as started. Counters stay as they are: the
    /// record of the plan is enough to set them back, here and after a crash.
    fn plan(&mut self, tick: Tick, at_ms: u64, by: u64, missed_before: u64) {
        let reached = self.row.moved.saturating_add(by);
        let mut planned = std::mem::take(&mut self.progress.spare);
        self.progress.planned.clear();
        for (index, due) in self.dues.iter().enumerate() {
            if *due > reached {
                continue;
            }
            let record = &self.tasks[index].record;
            let passed = match ladder::on_due(&mut record.ladder.clone(), &self.policy) {
                Verdict::Run => None,
                Verdict::BackingOff => Some(Outcome::BackingOff),
                Verdict::Quarantined => Some(Outcome::Quarantined),
            };
            planned.push(Planned { task: record.name.clone(), passed });
            self.progress.planned.push(Some(index));
        }
        let started = planned.iter().position(|p| p.passed.is_none()).unwrap_or(planned.len());
        self.row.open = Some(OpenTick {
            tick,
            at_ms,
            trigger: Trigger::Schedule,
            by_hand: None,
            by,
            entered: false,
            planned,
            started: u32::try_from(started).unwrap_or(u32::MAX),
            attempt: 1,
            missed_before,
        });
    }

    /// An instance is there: the counters move. Commit nothing yet; a crash from here on finds the
    /// same by the record of the plan. The counters of due tasks are set back as the tick comes to
    /// them.
    pub fn enter(&mut self) {
        self.row.readiness = Readiness::default();
        let Some(open) = &mut self.row.open else { return };
        if open.entered {
            return;
        }
        open.entered = true;
        self.row.moved = self.row.moved.saturating_add(open.by);
        for place in 0..self.started_place() {
            self.pass(place);
        }
    }

    pub(super) fn started_place(&self) -> usize {
        self.row.open.as_ref().map_or(0, |o| o.started as usize)
    }

    /// Sets back the counter of a planned task, and counts its due run (S7, S16).
    pub(super) fn settle(&mut self, task: usize) {
        let n = u64::from(self.tasks[task].record.ticks_between_runs);
        ladder::on_due(&mut self.tasks[task].record.ladder, &self.policy);
        self.set_counter(task, n);
    }

    /// Passes over a planned task that does not run.
    pub(super) fn pass(&mut self, place: usize) {
        let Some(task) = self.progress.planned.get(place).copied().flatten() else { return };
        let passed = self.row.open.as_ref().and_then(|o| o.planned.get(place)?.passed);
        let Some(passed) = passed else { return };
        self.settle(task);
        self.row.totals.add(passed, 1);
        self.progress.ended.push((task, passed));
    }

    /// The run that is marked as started; `None` where there is none (left).
    pub fn current(&self) -> Option<Current> {
        let open = self.row.open.as_ref()?;
        let task = self.progress.planned.get(open.started as usize).copied().flatten()?;
        Some(Current {
            task,
            tick: open.tick,
            at_ms: open.at_ms,
            trigger: open.trigger,
            by_hand: open.by_hand,
            attempt: open.attempt,
            missed_before: open.missed_before,
        })
    }
}
