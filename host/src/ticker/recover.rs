//! Taking a manager up again: after the host died, after the store failed, after a caller dropped a
//! tick in the middle (S17, S19).
//!
//! What is found in the store is the truth. A tick that was in progress is finished first: the run
//! that had started is *lost*, or repeated where its task says so; the rest of it runs now. Guests are
//! entered for that, so it needs a place among the ticks in progress, as every tick does.

use std::pin::pin;
use std::sync::Arc;

use tokio::sync::SemaphorePermit;

use super::core::Core;
use super::error::HostError;
use super::manager::{Held, Manager, Work};
use super::report::{self, Told, Wanted};
use crate::schedule::{Closed, Current, Ended, Recovered, Schedule};
use crate::store::{HistoryQuery, RunRecord};
use crate::types::{Outcome, TickReport};

/// How many rows of history are looked through for the runs of an interrupted tick.
const ROWS_OF_A_TICK: u32 = 2_000;

impl Core {
    /// Makes a suspect manager sound again, or says why that can't be done yet. A sound one costs a look.
    /// For whoever has a place; for others there is [`Core::heal_in_turn`].
    pub(crate) async fn heal(&self, manager: &Manager, work: &mut Work) -> Result<(), HostError> {
        let (suspect, open) = {
            let state = manager.state();
            (state.suspect.is_some(), state.schedule.row().open.is_some())
        };
        if !suspect && !open {
            return Ok(());
        }
        work.live = None;
        if suspect && self.store.keeps_records() {
            self.reload(manager, work).await?;
        }
        // This process lives, so it knows which run it entered last; of an earlier one nobody does.
        let (last, inherited) = (work.entered.clone(), work.inherited);
        let recovered = {
            let mut state = manager.state();
            state.suspect = None;
            let entered = |c: &Current| Some(c) == last.as_ref();
            state.schedule.recover(|current| inherited || current.is_some_and(entered))
        };
        self.finish(manager, work, recovered).await?;
        work.inherited = false;
        Ok(())
    }

    /// Finishes the tick in which an earlier host died, as soon as there is a place for it.
    pub(crate) async fn finish_interrupted(&self, mut held: Held) {
        let (manager, work) = held.parts();
        let finished = async {
            // Where there is none, or the host ends, it stays as it is: whoever ticks it next finishes it first.
            let Some(_place) = self.place_for(manager).await? else { return Ok(()) };
            self.heal(manager, work).await
        };
        if let Err(error) = finished.await {
            tracing::error!(%error, "the tick in which an earlier host died was not finished");
        }
    }

    /// The same as [`Core::heal`] for a caller without a place.
    pub(crate) async fn heal_in_turn(
        &self,
        manager: &Manager,
        work: &mut Work,
    ) -> Result<(), HostError> {
        if manager.state().is_sound() {
            return Ok(());
        }
        let place = self.place_for(manager).await?;
        let _place = place.ok_or(HostError::HostBusy)?;
        self.heal(manager, work).await
    }

    /// Waits for a place for a manager that is held, and keeps meanwhile what it misses (S19); `None` where
    /// too many wait for one already, and once nothing new is begun any more.
    pub(crate) async fn place_for(
        &self,
        manager: &Manager,
    ) -> Result<Option<SemaphorePermit<'_>>, HostError> {
        let mut place = pin!(self.places.take());
        let place = self.meanwhile(manager, place.as_mut()).await?;
        Ok(place.filter(|_| !self.is_closing()))
    }

    /// Opens the store again and reads the manager's state from it.
    async fn reload(&self, manager: &Manager, work: &mut Work) -> Result<(), HostError> {
        let read = async {
            self.store.reopen().await?;
            self.store.load(manager.name.clone()).await
        };
        let found = self.in_time(read).await.map_err(|e| manager.suspect(e))?;
        let mut state = manager.state();
        let Some(found) = found else { return Ok(()) };
        // Numbers that were told are never told again (S21): idle ticks that no commit took along
        // count as a gap. So do gaps that none took along.
        let (mut row, known) = (found.row, state.schedule.row());
        let told = known.tick.get().saturating_sub(row.tick.get());
        let lost = known.gaps.saturating_sub(row.gaps).saturating_add(told);
        row.tick = row.tick.max(known.tick);
        row.gaps = row.gaps.saturating_add(lost);
        row.missed_before = row.missed_before.saturating_add(lost);
        row.counted_ms = known.counted_ms;
        state.schedule = state.schedule.reread(row, &found.tasks);
        state.dirty = true;
        work.usage = found.usage;
        tracing::info!(manager = %manager.name, "the store answers again; state read");
        Ok(())
    }

    /// Finishes the tick that was in progress, if there was one, and tells of it.
    async fn finish(
        &self,
        manager: &Manager,
        work: &mut Work,
        recovered: Recovered,
    ) -> Result<Option<Arc<TickReport>>, HostError> {
        let mut told = Told::default();
        let closed = match recovered {
            Recovered::Nothing => return Ok(None),
            Recovered::Lost => match self.lose(manager, &mut told).await? {
                Some(closed) => closed,
                None => self.play(manager, work, &mut told).await?,
            },
            Recovered::Repeat | Recovered::Open => {
                self.commit_mark(manager).await?;
                self.play(manager, work, &mut told).await?
            }
            Recovered::Over => {
                let finished = manager.state().schedule.finish(Ended::default());
                let closed = self.keep_end(manager, finished, vec![]).await?;
                closed.unwrap_or_else(|| Closed::of_nothing(manager.state().schedule.row().tick))
            }
            Recovered::NotStarted => {
                let line = "the host died while this manager was started".to_owned();
                let finished = manager.state().schedule.refuse_lost(line);
                self.keep_end(manager, finished, vec![])
                    .await?
                    .unwrap_or_else(|| Closed::of_nothing(manager.state().schedule.row().tick))
            }
        };
        self.tell_earlier(manager, &closed, &mut told).await;
        Ok(Some(self.publish(manager, &closed, told, Wanted::All)))
    }

    async fn commit_mark(&self, manager: &Manager) -> Result<(), HostError> {
        if !self.store.keeps_records() {
            return Ok(());
        }
        self.commit(manager, |s| {
            let all: Vec<_> = (0..s.schedule.tasks().len()).collect();
            s.commit(&manager.name, &all, vec![], vec![])
        })
        .await
    }

    /// The run that had started is lost: a kill (S16), whose writes were never kept (S17).
    async fn lose(&self, manager: &Manager, told: &mut Told) -> Result<Option<Closed>, HostError> {
        let lost = Ended { outcome: Outcome::Lost, ..Ended::default() };
        let (finished, record) = {
            let mut state = manager.state();
            let Some(current) = state.schedule.current() else { return Ok(None) };
            let task = state.schedule.tasks()[current.task].record.name.clone();
            let finished = state.schedule.finish(lost);
            let left = state.schedule.ticks_to_skip(current.task);
            let run = report::lost(current.attempt);
            let record = report::record(&task, &current, Outcome::Lost, left, &run);
            told.ran(current.task, report::task(task, Outcome::Lost, left, run));
            (finished, record)
        };
        self.keep_end(manager, finished, vec![record]).await
    }

    /// Runs of the interrupted tick that had ended before: their figures are in the history.
    async fn tell_earlier(&self, manager: &Manager, closed: &Closed, told: &mut Told) {
        if closed.earlier.is_empty() {
            return;
        }
        let query = HistoryQuery {
            manager: Some(manager.name.clone()),
            limit: ROWS_OF_A_TICK,
            ..HistoryQuery::default()
        };
        match self.in_time(self.store.history(query)).await {
            Ok(rows) => {
                let of_tick = |r: &RunRecord| r.tick == closed.tick && r.trigger == closed.trigger;
                for row in rows.into_iter().map(|r| r.run).filter(of_tick) {
                    let index = manager.state().schedule.index(row.task.as_str());
                    if let Some(index) = index.filter(|i| closed.earlier.contains(i)) {
                        told.ran(index, report::from_record(row));
                    }
                }
            }
            Err(error) => {
                tracing::warn!(manager = %manager.name, %error, "the report of an interrupted tick lacks its first runs");
            }
        }
    }
}

impl Schedule {
    /// The same tasks and settings over a state that was read again.
    fn reread(&self, row: crate::types::ManagerRow, records: &[crate::types::TaskRecord]) -> Self {
        let settings = self.settings();
        Self::new(row, records, &settings, self.policy().clone(), false)
    }
}
