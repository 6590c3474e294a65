//! The runs of one tick, one after the other: an instance is had, the guest is entered, and what came of
//! it is made a commit.
//!
//! The rules are `schedule`'s and the guest is `runner`'s. What a step leaves to be kept, its caller
//! keeps: alone ([`Core::play`]) or together with other managers' (`together`).

use std::pin::pin;

use super::core::Core;
use super::error::HostError;
use super::manager::{Manager, State, Work};
use super::report::{self, Told};
use crate::runner::{RunCall, RunResult};
use crate::schedule::{Closed, Current, Ended, Finished};
use crate::store::{Commit, RunRecord, Write};
use crate::types::{InstanceMode, TaskName};

/// What one step of a tick came to.
#[derive(Debug)]
pub(crate) struct Step {
    /// The whole tick, where it is over once `commit` is kept.
    pub(crate) closed: Option<Closed>,
    /// What is to be kept before anything of it is told, and before the next step.
    /// Boxed: most of a step is moved more often than it is kept.
    pub(crate) commit: Option<Box<Commit>>,
}

impl Core {
    /// Runs what is planned, from the run that is marked as started to the end of the tick.
    pub(crate) async fn play(
        &self,
        manager: &Manager,
        work: &mut Work,
        told: &mut Told,
    ) -> Result<Closed, HostError> {
        loop {
            let step = self.step(manager, work, told).await?;
            if let Some(commit) = step.commit {
                self.keep(manager, *commit).await?;
            }
            if let Some(closed) = step.closed {
                return Ok(closed);
            }
        }
    }

    /// The run that is marked as started, or the attempt to have an instance for it.
    pub(crate) async fn step(
        &self,
        manager: &Manager,
        work: &mut Work,
        told: &mut Told,
    ) -> Result<Step, HostError> {
        if work.live.is_none()
            && let Err(error) = self.start(manager, work).await?
        {
            told.reason = Some(error.clone());
            let mut state = manager.state();
            let finished = state.schedule.refuse(error);
            let mut step = self.ended(manager, &mut state, finished, vec![], vec![]);
            // A refusal always closes the tick that it is told of.
            let tick = state.schedule.row().tick;
            step.closed.get_or_insert_with(|| Closed::of_nothing(tick));
            return Ok(step);
        }
        let run = {
            let mut state = manager.state();
            state.schedule.enter();
            let name = |c: &Current| state.schedule.tasks()[c.task].record.name.clone();
            state.schedule.current().map(|current| (name(&current), current))
        };
        if let Some((task, current)) = run {
            return self.run(manager, work, &current, told, task).await;
        }
        // Only an instance was wanted, and it is there.
        let mut state = manager.state();
        let finished = state.schedule.finish(Ended::default());
        Ok(self.ended(manager, &mut state, finished, vec![], vec![]))
    }

    /// Makes an instance; the inner `Err` is the guest's, or the want of a place for it: one line.
    async fn start(
        &self,
        manager: &Manager,
        work: &mut Work,
    ) -> Result<Result<(), String>, HostError> {
        let Some(seat) = self.seats.take() else {
            return Ok(Err(format!(
                "this host holds {} instances already, which is all that it may ([host.limits] instances)",
                self.seats.max()
            )));
        };
        // Boxed: its future is large, and rare.
        let mut starting = Box::pin(work.body.start(work.usage, seat));
        match self.meanwhile(manager, starting.as_mut()).await? {
            Ok((live, effects)) => {
                if !effects.writes.is_empty() {
                    self.commit(manager, |s| s.commit(&manager.name, &[], vec![], effects.writes))
                        .await?;
                }
                work.usage = effects.usage;
                work.live = Some(live);
                Ok(Ok(()))
            }
            Err(failure) => Ok(Err(failure)),
        }
    }

    /// One run: the guest, then its outcome and its writes, to be kept together (S17).
    async fn run(
        &self,
        manager: &Manager,
        work: &mut Work,
        current: &Current,
        told: &mut Told,
        task: TaskName,
    ) -> Result<Step, HostError> {
        let Some(mut live) = work.live.take() else {
            return Ok(Step { closed: None, commit: None });
        };
        work.id.renew(&manager.name, &task, current.tick, current.by_hand);
        work.entered = Some(current.clone());
        let limits = work.limits(&task);
        let mut result = {
            let guest = pin!(live.run(RunCall {
                id: &work.id,
                task: &task,
                tick: current.tick,
                at_ms: current.at_ms,
                attempt: current.attempt,
                trigger: current.trigger,
                missed_before: current.missed_before,
                limits,
                usage: work.usage,
            }));
            self.meanwhile(manager, guest).await?
        };
        let granted = limits.fuel;
        // S15: what was killed is never entered again.
        if result.lives && work.spec.mode == InstanceMode::Resident {
            work.live = Some(live);
        }
        work.usage = result.effects.usage;
        let writes = std::mem::take(&mut result.effects.writes);
        let mut state = manager.state();
        let finished = state.schedule.finish(ended(&result, granted.get()));
        let left = state.schedule.ticks_to_skip(current.task);
        let run = report::details(current.attempt, granted, &mut result);
        let keeps = self.store.keeps_records();
        let record = keeps.then(|| report::record(&task, current, result.outcome, left, &run));
        told.ran(current.task, report::task(task, result.outcome, left, run));
        Ok(self.ended(manager, &mut state, finished, record.into_iter().collect(), writes))
    }

    /// What is to be kept of an end; with the last of a tick also what was passed over on it.
    fn ended(
        &self,
        manager: &Manager,
        state: &mut State,
        finished: Finished,
        mut history: Vec<RunRecord>,
        writes: Vec<Write>,
    ) -> Step {
        if !self.store.keeps_records() && writes.is_empty() {
            return Step { closed: finished.closed, commit: None };
        }
        if let Some(closed) = &finished.closed {
            history.extend(report::passed_over(state, closed));
            state.note(closed);
        }
        let commit = state.commit(&manager.name, &finished.touched, history, writes);
        Step { closed: finished.closed, commit: Some(Box::new(commit)) }
    }

    /// Keeps an end that was not a run's.
    pub(crate) async fn keep_end(
        &self,
        manager: &Manager,
        finished: Finished,
        history: Vec<RunRecord>,
    ) -> Result<Option<Closed>, HostError> {
        let step = self.ended(manager, &mut manager.state(), finished, history, vec![]);
        if let Some(commit) = step.commit {
            self.keep(manager, *commit).await?;
        }
        Ok(step.closed)
    }
}

fn ended(result: &RunResult, fuel_granted: u64) -> Ended {
    Ended {
        outcome: result.outcome,
        asked_for: result.asked_for,
        fuel: result.fuel.get(),
        fuel_granted,
    }
}
