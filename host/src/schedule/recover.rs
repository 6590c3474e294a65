//! An open tick taken up again: after a crash, or after a store that failed (S17, S19).

use super::tick::{Current, Recovered};
use super::{Progress, Schedule};
use crate::types::{OnLost, Planned, Trigger};

impl Schedule {
    /// Takes up what a host left that died, or what a store kept whose commit failed (S17, S19).
    ///
    /// `ran` says whether the marked run, or with `None` an attempt to start the manager, may have been
    /// entered: after a crash nobody knows better than yes.
    pub fn recover(&mut self, ran: impl Fn(Option<&Current>) -> bool) -> Recovered {
        let Some(open) = &self.row.open else { return Recovered::Nothing };
        let (started, entered) = (open.started as usize, open.entered);
        // What an operator paused or disabled meanwhile, or an upgrade removed, is not started (S14).
        let index = |(place, planned): (usize, &Planned)| {
            let index = self.index(planned.task.as_str())?;
            (place <= started || self.may_start(index)).then_some(index)
        };
        let planned: Vec<_> = open.planned.iter().enumerate().map(index).collect();
        if planned.is_empty() && !entered && ran(None) {
            return Recovered::NotStarted;
        }
        self.progress = Progress { planned, ..Progress::default() };
        if entered {
            self.take_up(started);
        }
        self.enter_after_crash();
        let Some(current) = self.current() else {
            let places = self.row.open.as_ref().map_or(0, |o| o.planned.len());
            if self.started_place() < places {
                self.go_on();
            }
            return if self.row.paused { Recovered::Over } else { Recovered::Open };
        };
        let stopped = current.trigger == Trigger::Schedule && !self.may_start(current.task);
        if !ran(Some(&current)) {
            if stopped {
                self.progress.planned[started] = None;
                self.go_on();
            }
            let over = stopped && self.current().is_none();
            return if over { Recovered::Over } else { Recovered::Open };
        }
        let task = &mut self.tasks[current.task];
        if task.on_lost == OnLost::Repeat
            && !stopped
            && current.attempt == 1
            && current.trigger == Trigger::Schedule
        {
            task.record.ladder.lost = task.record.ladder.lost.saturating_add(1);
            if let Some(open) = &mut self.row.open {
                open.attempt = 2;
            }
            return Recovered::Repeat;
        }
        Recovered::Lost
    }

    /// Whether nobody has paused or disabled a task, or paused its manager.
    fn may_start(&self, task: usize) -> bool {
        let record = &self.tasks[task].record;
        record.enabled && !record.is_paused() && !self.row.paused
    }

    /// The places before the started one are done: passed over, or ended and in the history.
    fn take_up(&mut self, started: usize) {
        let Some(open) = &self.row.open else { return };
        for (planned, index) in open.planned.iter().zip(&self.progress.planned).take(started) {
            match (index, planned.passed) {
                (Some(index), Some(passed)) => self.progress.ended.push((*index, passed)),
                (Some(index), None) => self.progress.earlier.push(*index),
                (None, _) => self.progress.gone += 1,
            }
        }
        // What was passed over is kept, as that the tick was entered.
        self.progress.kept = self.progress.ended.len();
    }

    /// Counters move on also where the crash came before [`Schedule::enter`] was committed: a task
    /// that was marked as started may have run.
    fn enter_after_crash(&mut self) {
        let readiness = self.row.readiness.clone();
        self.enter();
        self.row.readiness = readiness;
    }
}
