//! The way of one tick, and of a run by hand: decided, committed, run, committed, reported.
//!
//! This file holds the order of things and nothing else: the rules are `schedule`'s, the guest is
//! `runner`'s, the bytes are `store`'s. What a crash at each arrow leaves is told in
//! `docs/ARCHITECTURE.md`, and `recover` takes it up.

use std::sync::Arc;

use super::core::Core;
use super::error::HostError;
use super::manager::{Manager, Work};
use super::report::{self, Told, Wanted};
use crate::cluster::Turn;
use crate::runner::{RunCall, RunResult};
use crate::schedule::{Closed, Current, Delivered, Ended, Finished};
use crate::store::{Commit, RunRecord, StoreError, Write};
use crate::types::{InstanceMode, RunId, TaskName, TickReport};

impl Core {
    /// Delivers one tick to a manager (S3), or moves its counters by `by` (S13).
    ///
    /// `at_ms` is when the tick was due, in milliseconds since the Unix epoch.
    pub(crate) async fn tick(
        &self,
        manager: &Arc<Manager>,
        at_ms: u64,
        by: u64,
        wanted: Wanted,
    ) -> Result<Arc<TickReport>, HostError> {
        if self.cluster.turn(&manager.name) == Turn::Theirs {
            return Err(HostError::NotOurs(manager.name.clone()));
        }
        match manager.try_hold() {
            Some(mut held) => self.tick_held(manager, &mut held, at_ms, by, wanted).await,
            None => self.busy(manager, at_ms, wanted),
        }
    }

    /// The same for a caller that holds the manager.
    pub(crate) async fn tick_held(
        &self,
        manager: &Manager,
        work: &mut Work,
        at_ms: u64,
        by: u64,
        wanted: Wanted,
    ) -> Result<Arc<TickReport>, HostError> {
        // Nearly always the manager is sound and there is a place: one look decides all.
        let mut place = self.places.take_free();
        let ready = {
            let mut state = manager.state();
            let sound = state.is_sound();
            let may = sound && (place.is_some() || state.schedule.is_idle(by));
            may.then(|| state.schedule.deliver(at_ms, by))
        };
        let delivered = if let Some(delivered) = ready {
            delivered
        } else {
            self.heal(manager, work).await?;
            if place.is_none() && !manager.state().schedule.is_idle(by) {
                place = self.places.take().await;
                if place.is_none() {
                    return Ok(self.miss(manager, at_ms, wanted));
                }
            }
            manager.state().schedule.deliver(at_ms, by)
        };
        let _place = place;
        self.end(manager, work, delivered, wanted).await
    }

    /// Everything that follows once a tick was delivered.
    pub(crate) async fn end(
        &self,
        manager: &Manager,
        work: &mut Work,
        delivered: Delivered,
        wanted: Wanted,
    ) -> Result<Arc<TickReport>, HostError> {
        let closed = match delivered {
            Delivered::Idle(closed) => manager.idled(closed),
            Delivered::PassedOver(closed) => {
                let history = report::passed_over(manager, &closed);
                self.commit(manager, |s| {
                    s.commit(&manager.name, &report::due(&closed), history, vec![])
                })
                .await?;
                closed
            }
            Delivered::Open => {
                self.commit_plan(manager).await?;
                return self.planned(manager, work, wanted).await;
            }
        };
        Ok(self.publish(manager, &closed, Told::default(), wanted))
    }

    /// What follows once the plan of a tick is committed.
    pub(crate) async fn planned(
        &self,
        manager: &Manager,
        work: &mut Work,
        wanted: Wanted,
    ) -> Result<Arc<TickReport>, HostError> {
        let mut told = Told::default();
        let closed = self.play(manager, work, &mut told).await?;
        Ok(self.publish(manager, &closed, told, wanted))
    }

    /// A tick that found the manager busy (S12). Of one whose state is not known nothing is told (S17):
    /// its numbers become a gap once the store was read.
    pub(crate) fn busy(
        &self,
        manager: &Manager,
        at_ms: u64,
        wanted: Wanted,
    ) -> Result<Arc<TickReport>, HostError> {
        manager.sound().inspect_err(|_| {
            manager.state().schedule.miss(at_ms);
        })?;
        Ok(self.miss(manager, at_ms, wanted))
    }

    /// A tick that found the manager or the host busy (S12).
    pub(crate) fn miss(&self, manager: &Manager, at_ms: u64, wanted: Wanted) -> Arc<TickReport> {
        let mut state = manager.state();
        let closed = state.schedule.miss(at_ms);
        state.dirty = true;
        state.note(&closed);
        drop(state);
        self.publish(manager, &closed, Told::default(), wanted)
    }

    /// Runs one task now, by hand (S14).
    pub(crate) async fn trigger(
        &self,
        manager: &Arc<Manager>,
        task: usize,
    ) -> Result<Arc<TickReport>, HostError> {
        if self.cluster.turn(&manager.name) == Turn::Theirs {
            return Err(HostError::NotOurs(manager.name.clone()));
        }
        let busy = || HostError::Busy(manager.name.clone());
        let mut work = manager.try_hold().ok_or_else(busy)?;
        self.heal(manager, &mut work).await?;
        let _place = self.places.take().await.ok_or(HostError::HostBusy)?;
        let at_ms = self.clock.wall_ms();
        manager.state().schedule.by_hand(task, at_ms);
        self.commit_plan(manager).await?;
        let mut told = Told::default();
        let closed = self.play(manager, &mut work, &mut told).await?;
        Ok(self.publish(manager, &closed, told, Wanted::All))
    }

    /// S7: the plan is durable before the first guest of the tick is entered.
    async fn commit_plan(&self, manager: &Manager) -> Result<(), HostError> {
        if !self.store.keeps_records() {
            return Ok(());
        }
        self.commit(manager, |s| s.commit(&manager.name, &[], vec![], vec![])).await
    }

    /// Runs what is planned, from the run that is marked as started to the end of the tick.
    pub(crate) async fn play(
        &self,
        manager: &Manager,
        work: &mut Work,
        told: &mut Told,
    ) -> Result<Closed, HostError> {
        loop {
            if work.live.is_none()
                && let Err(error) = self.start(manager, work).await?
            {
                told.reason = Some(error.clone());
                let finished = manager.state().schedule.refuse(error);
                return self.end_refused(manager, finished).await;
            }
            let run = {
                let mut state = manager.state();
                state.schedule.enter();
                let name = |c: &Current| state.schedule.tasks()[c.task].record.name.clone();
                state.schedule.current().map(|current| (name(&current), current))
            };
            let finished = if let Some((task, current)) = run {
                self.run(manager, work, &current, told, task).await?
            } else {
                // Only an instance was wanted, and it is there.
                let finished = manager.state().schedule.finish(Ended::default());
                self.commit_end(manager, &finished, vec![], vec![]).await?;
                finished
            };
            if let Some(closed) = finished.closed {
                return Ok(closed);
            }
        }
    }

    async fn end_refused(
        &self,
        manager: &Manager,
        finished: Finished,
    ) -> Result<Closed, HostError> {
        self.commit_end(manager, &finished, vec![], vec![]).await?;
        // A refusal always closes the tick that it is told of.
        Ok(finished
            .closed
            .unwrap_or_else(|| Closed::of_nothing(manager.state().schedule.row().tick)))
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
        match work.body.start(work.usage, seat).await {
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

    /// One run: the guest, then its outcome and its writes in one commit (S17).
    async fn run(
        &self,
        manager: &Manager,
        work: &mut Work,
        current: &Current,
        told: &mut Told,
        task: TaskName,
    ) -> Result<Finished, HostError> {
        let Some(mut live) = work.live.take() else { return Ok(Finished::default()) };
        let id = RunId::new(&manager.name, &task, current.tick, current.by_hand);
        work.entered = Some(current.clone());
        let limits = work.limits(&task);
        let mut result = live
            .run(RunCall {
                id: &id,
                task: &task,
                tick: current.tick,
                at_ms: current.at_ms,
                attempt: current.attempt,
                trigger: current.trigger,
                missed_before: current.missed_before,
                limits,
                usage: work.usage,
            })
            .await;
        let granted = limits.fuel;
        // S15: what was killed is never entered again.
        if result.lives && work.spec.mode == InstanceMode::Resident {
            work.live = Some(live);
        }
        work.usage = result.effects.usage;
        let writes = std::mem::take(&mut result.effects.writes);
        let (finished, ticks_to_skip) = {
            let mut state = manager.state();
            let finished = state.schedule.finish(ended(&result, granted.get()));
            (finished, state.schedule.ticks_to_skip(current.task))
        };
        let run = report::details(id, current.attempt, granted, &result);
        let record = self
            .store
            .keeps_records()
            .then(|| report::record(&task, current, result.outcome, ticks_to_skip, &run));
        told.ran(current.task, report::task(task, result.outcome, ticks_to_skip, run));
        self.commit_end(manager, &finished, record.into_iter().collect(), writes).await?;
        Ok(finished)
    }

    /// The commit of an outcome; with the last of a tick also what was passed over on it.
    pub(crate) async fn commit_end(
        &self,
        manager: &Manager,
        finished: &Finished,
        mut history: Vec<RunRecord>,
        writes: Vec<Write>,
    ) -> Result<(), HostError> {
        if !self.store.keeps_records() && writes.is_empty() {
            return Ok(());
        }
        if let Some(closed) = &finished.closed {
            history.extend(report::passed_over(manager, closed));
            manager.state().note(closed);
        }
        self.commit(manager, |s| s.commit(&manager.name, &finished.touched, history, writes)).await
    }

    /// The one path that writes state. An error leaves the manager suspect: nothing runs and nothing
    /// is told of it until [`Core::heal`] has read what was kept (S17).
    pub(crate) async fn commit(
        &self,
        manager: &Manager,
        make: impl FnOnce(&mut super::manager::State) -> Commit,
    ) -> Result<(), HostError> {
        let commit = make(&mut manager.state());
        let kept = self.store.commit(vec![commit]);
        let kept = match self.store.keeps_records() {
            true => self.in_time(kept).await,
            false => kept.await,
        };
        kept.map_err(|source| manager.suspect(source))
    }

    /// Waits for the store, at most as long as a commit may take.
    pub(crate) async fn in_time<T>(
        &self,
        asked: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        tokio::time::timeout(self.limits.commit, asked).await.unwrap_or_else(|_| {
            Err(StoreError::Unknown(format!("no answer within {:?}", self.limits.commit)))
        })
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
