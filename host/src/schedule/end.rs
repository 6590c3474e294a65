//! The end of a run, and of a tick: what an outcome changes, and the count of all that did not run.
//!
//! Every method changes the state in memory only. What must be committed, and when, stands at each.

use super::ladder;
use super::tick::{Current, Ended, Finished};
use super::{Closed, FROZEN, Few, Progress, Schedule};
use crate::types::{Ladder, Outcome, Tick, Trigger};

impl Schedule {
    /// Takes the end of the current run, and marks the next one as started or closes the tick.
    /// Commit the row, the touched tasks, the outcome and the run's writes together (S7, S17).
    pub fn finish(&mut self, ended: Ended) -> Finished {
        let Some(current) = self.current() else {
            let touched = self.take_touched();
            return Finished { touched, closed: Some(self.close(None)) };
        };
        let task = current.task;
        let scheduled = current.trigger == Trigger::Schedule;
        if scheduled {
            self.settle(task);
            self.row.totals.add(ended.outcome, 1);
        } else {
            self.row.by_hand_totals.add(ended.outcome, 1);
        }
        self.judge(&current, ended);
        self.progress.ended.push((task, ended.outcome));
        if scheduled && self.policy.raise_on_error && ended.outcome.is_failure() {
            let mut touched = self.take_touched();
            touched.extend(self.cut(task));
            return Finished { touched, closed: Some(self.close(Some(task))) };
        }
        self.go_on();
        let touched = self.take_touched();
        let closed = self.current().is_none().then(|| self.close(None));
        Finished { touched, closed }
    }

    /// What an outcome means for the task's counter and ladder (S10, S16).
    fn judge(&mut self, current: &Current, ended: Ended) {
        let delay = self.policy.delay.clone();
        let tick = current.tick;
        if current.trigger == Trigger::Schedule
            && !ended.outcome.is_kill()
            && let Some(n) = ended.asked_for
        {
            self.set_counter(current.task, u64::from(n.clamp(*delay.start(), *delay.end())));
        }
        let record = &mut self.tasks[current.task].record;
        if ended.outcome.is_kill() {
            ladder::on_kill(&mut record.ladder, &self.policy, ended.outcome == Outcome::Lost);
        } else {
            record.ladder = Ladder::default();
        }
        record.runs = record.runs.saturating_add(1);
        record.failures = record.failures.saturating_add(u64::from(ended.outcome.is_failure()));
        record.last = Some((tick, ended.outcome, ended.fuel, ended.fuel_granted));
    }

    /// Moves on to the next planned task that runs, passing over those that do not.
    pub(super) fn go_on(&mut self) {
        loop {
            let Some(open) = &mut self.row.open else { return };
            open.started = open.started.saturating_add(1);
            open.attempt = 1;
            let place = open.started as usize;
            match open.planned.get(place) {
                None => return,
                Some(planned) if planned.passed.is_some() => self.pass(place),
                Some(_) if self.progress.planned.get(place).copied().flatten().is_some() => return,
                Some(_) => {} // its task was removed by an upgrade
            }
        }
    }

    /// Ends the tick after `task` (S9): the later tasks do not count down on it.
    fn cut(&mut self, task: usize) -> Vec<usize> {
        let by = self.row.open.as_ref().map_or(0, |o| o.by);
        let later = task + 1..self.tasks.len();
        let later: Vec<_> = later.filter(|i| self.dues[*i] != FROZEN).collect();
        for index in &later {
            let record = &mut self.tasks[*index].record;
            record.due = record.due.saturating_add(by);
            self.dues[*index] = record.due;
        }
        later
    }

    /// No instance can be had: the whole tick is not-ready, or what is left of it (S8, S16a); without
    /// an open tick (at install) the attempt is counted alone. Commit the row and the touched tasks.
    pub fn refuse(&mut self, error: String) -> Finished {
        self.refused(error, false)
    }

    /// The same for an attempt that took the host with it (S16: such a guest may be what kills it).
    pub fn refuse_lost(&mut self, error: String) -> Finished {
        self.refused(error, true)
    }

    fn refused(&mut self, error: String, lost: bool) -> Finished {
        ladder::on_kill(&mut self.row.readiness.ladder, &self.policy, lost);
        self.row.readiness.error = Some(error);
        let Some(open) = &self.row.open else {
            return Finished { touched: Few::new(), closed: None };
        };
        let (tick, at_ms, trigger) = (open.tick, open.at_ms, open.trigger);
        if trigger == Trigger::Operator {
            self.row.by_hand_totals.add(Outcome::NotReady, 1);
            self.progress.ended.extend(self.current().map(|c| (c.task, Outcome::NotReady)));
            // The task itself is as it was: no run of it has begun.
            return Finished { touched: Few::new(), closed: Some(self.close(None)) };
        }
        if !open.entered {
            self.row.open = None;
            self.progress = Progress::default();
            let closed = self.close_whole(tick, at_ms, Outcome::NotReady);
            return Finished { touched: Few::new(), closed: Some(closed) };
        }
        while let Some(current) = self.current() {
            self.settle(current.task);
            self.row.totals.add(Outcome::NotReady, 1);
            self.progress.ended.push((current.task, Outcome::NotReady));
            self.go_on();
        }
        let touched = self.take_touched();
        Finished { touched, closed: Some(self.close(None)) }
    }

    pub(super) fn close_whole(&mut self, tick: Tick, at_ms: u64, outcome: Outcome) -> Closed {
        self.row.totals.add(outcome, self.enabled);
        self.row.expected = self.row.expected.saturating_add(self.enabled);
        Closed::whole(tick, at_ms, outcome)
    }

    /// Counts the tasks that had nothing to do on a tick, besides `due` ones.
    pub(super) fn count_idle(&mut self, due: u64) {
        self.row.totals.add(Outcome::Paused, self.paused);
        // Only an interrupted tick is closed under a pause of the whole manager.
        let idle = if self.row.paused { Outcome::Paused } else { Outcome::Skipped };
        self.row.totals.add(idle, self.enabled - self.paused - due);
        self.row.expected = self.row.expected.saturating_add(self.enabled);
    }

    /// Ends the open tick and counts what did not run on it.
    pub(super) fn close(&mut self, cut: Option<usize>) -> Closed {
        let open = self.row.open.take();
        // What a tick needs is kept for the next one, so that a run allocates nothing here.
        let progress = &mut self.progress;
        let (ended, earlier) =
            (std::mem::take(&mut progress.ended), std::mem::take(&mut progress.earlier));
        let gone = std::mem::take(&mut progress.gone);
        progress.planned.clear();
        progress.kept = 0;
        let mut closed = Closed::idle(self.row.tick, 0);
        closed.cut = cut;
        closed.due = ended;
        closed.earlier = earlier;
        if let Some(mut open) = open {
            open.planned.clear();
            self.progress.spare = open.planned;
            (closed.tick, closed.at_ms) = (open.tick, open.at_ms);
            (closed.trigger, closed.by_hand) = (open.trigger, open.by_hand);
            if open.trigger == Trigger::Schedule {
                let unreached = cut.map_or(0, |cut| {
                    let later = self.tasks[cut + 1..].iter().map(|t| &t.record);
                    later.filter(|r| r.enabled && !r.is_paused()).count() as u64
                });
                self.row.totals.add(Outcome::NotReached, unreached);
                let listed = closed.due.iter().map(|(t, _)| t).chain(&closed.earlier);
                let due = listed
                    .filter(|t| {
                        self.tasks[**t].record.enabled && !self.tasks[**t].record.is_paused()
                    })
                    .count() as u64;
                // Counted already, but since a restart no longer among the enabled, unpaused tasks.
                let listed = (closed.due.len() + closed.earlier.len()) as u64;
                let outside = listed - due + gone;
                self.row.expected = self.row.expected.saturating_add(outside);
                self.count_idle(due + unreached);
            }
        }
        self.recount_due();
        closed
    }
}
