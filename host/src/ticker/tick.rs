//! The way of one tick, and of a run by hand: decided, committed, run, committed, reported.
//!
//! This file holds the order of things and nothing else: the rules are `schedule`'s, the guest is
//! `runner`'s, the bytes are `store`'s. What a crash at each arrow leaves is told in
//! `docs/ARCHITECTURE.md`, and `recover` takes it up.

use std::sync::Arc;

use super::core::Core;
use super::error::HostError;
use super::manager::{Manager, State, Work};
use super::report::{self, Told, Wanted};
use crate::cluster::Turn;
use crate::schedule::Delivered;
use crate::store::{Commit, StoreError};
use crate::types::TickReport;

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
        // Nearly always the manager is sound and there is a place: one look decides all.
        let place = self.places.take_free();
        let deliver = |state: &mut State| deliver(state, place.is_some(), at_ms, by);
        match manager.try_hold_with(deliver) {
            Some((mut held, Some(delivered))) => {
                let (manager, work) = held.parts();
                self.end(manager, work, delivered, wanted).await
            }
            Some((mut held, None)) => {
                let (manager, work) = held.parts();
                self.tick_held(manager, work, at_ms, by, wanted, place.is_some()).await
            }
            None => self.busy(manager, at_ms, wanted),
        }
    }

    /// The same for a caller that holds the manager, whatever state it is in, and may have a place for it: what an
    /// earlier tick left is finished in the same place.
    pub(crate) async fn tick_held(
        &self,
        manager: &Manager,
        work: &mut Work,
        at_ms: u64,
        by: u64,
        wanted: Wanted,
        has_place: bool,
    ) -> Result<Arc<TickReport>, HostError> {
        let needs_one = |state: &State| !state.is_sound() || !state.schedule.is_idle(by);
        let mut place = None;
        if !has_place && needs_one(&manager.state()) {
            place = self.place_for(manager).await?;
            if place.is_none() {
                return self.busy(manager, at_ms, wanted);
            }
        }
        self.heal(manager, work).await?;
        let delivered = manager.state().schedule.deliver(at_ms, by);
        let ended = self.end(manager, work, delivered, wanted).await;
        drop(place);
        ended
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
                self.commit(manager, |s| {
                    let history = report::passed_over(s, &closed);
                    s.commit(&manager.name, &report::due(&closed), history, vec![])
                })
                .await?;
                closed
            }
            Delivered::Open => {
                self.commit_plan(manager).await?;
                return self.go_on(manager, work, Told::default(), wanted).await;
            }
        };
        Ok(self.publish(manager, &closed, Told::default(), wanted))
    }

    /// What is left of a tick, of which some runs have ended.
    pub(crate) async fn go_on(
        &self,
        manager: &Manager,
        work: &mut Work,
        mut told: Told,
        wanted: Wanted,
    ) -> Result<Arc<TickReport>, HostError> {
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
        let _place = self.place_for(manager).await?.ok_or(HostError::HostBusy)?;
        self.heal(manager, &mut work).await?;
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

    /// The one path that writes state. An error leaves the manager suspect: nothing runs and nothing
    /// is told of it until [`Core::heal`] has read what was kept (S17).
    pub(crate) async fn commit(
        &self,
        manager: &Manager,
        make: impl FnOnce(&mut State) -> Commit,
    ) -> Result<(), HostError> {
        let commit = make(&mut manager.state());
        self.keep(manager, commit).await
    }

    /// The same for a commit that is made already.
    pub(crate) async fn keep(&self, manager: &Manager, commit: Commit) -> Result<(), HostError> {
        let kept = self.store.commit(vec![commit]);
        let kept = match self.store.keeps_records() {
            true => self.in_time(kept).await,
            false => kept.await,
        };
        kept.map_err(|source| manager.suspect(source))
    }

    /// The same for many managers, which share transactions and nothing else; an answer for each.
    pub(crate) async fn keep_each(&self, commits: Vec<Commit>) -> Vec<Result<(), StoreError>> {
        let n = commits.len();
        if n == 0 {
            return Vec::new();
        }
        let kept = async { Ok(self.store.commit_each(commits).await) };
        self.in_time(kept).await.unwrap_or_else(|error| vec![Err(error); n])
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

/// Delivers a tick to a manager that is sound, if there is a place for it or it needs none.
fn deliver(state: &mut State, place: bool, at_ms: u64, by: u64) -> Option<Delivered> {
    let may = state.is_sound() && (place || state.schedule.is_idle(by));
    may.then(|| state.schedule.deliver(at_ms, by))
}
