//! Many managers ticked at the same time: their plans are committed in one transaction, then each goes
//! its own way, so that a slow one delays nobody (S12).
//!
//! The order of things within one tick is `tick`'s.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use super::core::Core;
use super::error::HostError;
use super::manager::Held;
use super::report::{Told, Wanted};
use super::seats::Place;
use crate::schedule::Delivered;
use crate::types::TickReport;

/// A tick for a manager that nobody else holds.
#[derive(Debug)]
pub(crate) struct DueTick {
    pub(crate) held: Held,
    /// When it was due, in milliseconds since the Unix epoch.
    pub(crate) at_ms: u64,
    /// Which of those that were asked for.
    pub(crate) nth: usize,
}

/// What became of the n-th.
pub(crate) type Done = (usize, Result<Arc<TickReport>, HostError>);

/// Whoever wants to know what becomes of ticks. There are at most as many answers as ticks.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) wanted: Wanted,
    pub(crate) done: Option<UnboundedSender<Done>>,
}

impl Asker {
    pub(crate) fn tell(&self, nth: usize, told: Result<Arc<TickReport>, HostError>) {
        match (&self.done, told) {
            // Whoever no longer listens has lost nothing: what counts is committed.
            (Some(done), told) => drop(done.send((nth, told))),
            (None, Err(error)) => tracing::error!(%error, "a tick was not delivered"),
            (None, Ok(_)) => {}
        }
    }
}

impl Core {
    /// Ticks managers at the same time, as many as there are places for, the others as places come
    /// free. Needs a tokio runtime, on whose threads they run; returns once the last one has begun.
    pub(crate) async fn tick_together(self: Arc<Self>, mut due: Vec<DueTick>, asker: Asker) {
        let mut line = self.places.line_up(due.len());
        for tick in due.drain(line.len()..) {
            let manager = tick.held.manager();
            asker.tell(tick.nth, self.busy(manager, tick.at_ms, asker.wanted));
        }
        // From behind, so that a wave is cut off without moving the rest.
        due.reverse();
        while !due.is_empty() {
            let Some(places) = line.next(due.len()).await else { return };
            let wave = due.split_off(due.len() - places.len());
            self.wave(wave, places, &asker).await;
        }
    }

    /// Begins as many ticks as there are places.
    async fn wave(self: &Arc<Self>, wave: Vec<DueTick>, places: Vec<Place>, asker: &Asker) {
        let alone = wave.len() == 1;
        let (mut open, mut plans) = (Vec::with_capacity(wave.len()), Vec::new());
        for (mut tick, place) in wave.into_iter().rev().zip(places) {
            let manager = Arc::clone(tick.held.manager());
            let delivered = {
                let mut state = manager.state();
                if state.is_sound() {
                    let delivered = state.schedule.deliver(tick.at_ms, 1);
                    if delivered == Delivered::Open && self.store.keeps_records() {
                        plans.push(state.commit(&manager.name, &[], vec![], vec![]));
                    }
                    Some(delivered)
                } else {
                    None
                }
            };
            match delivered {
                Some(Delivered::Open) => open.push((tick, place)),
                Some(Delivered::Idle(closed)) => {
                    let closed = manager.idled(closed);
                    let told = self.publish(&manager, &closed, Told::default(), asker.wanted);
                    asker.tell(tick.nth, Ok(told));
                }
                passed_over_or_unsound => {
                    let (core, asker) = (Arc::clone(self), asker.clone());
                    tokio::spawn(async move {
                        let (held, wanted) = (&mut tick.held, asker.wanted);
                        let told = if let Some(delivered) = passed_over_or_unsound {
                            core.end(&manager, held, delivered, wanted).await
                        } else {
                            drop(place);
                            core.tick_held(&manager, held, tick.at_ms, 1, wanted).await
                        };
                        drop(tick.held);
                        asker.tell(tick.nth, told);
                    });
                }
            }
        }
        if !plans.is_empty()
            && let Err(source) = self.in_time(self.store.commit(plans)).await
        {
            for (tick, _) in open {
                asker.tell(tick.nth, Err(tick.held.manager().suspect(source.clone())));
            }
            return;
        }
        for (mut tick, place) in open {
            let (core, asker) = (Arc::clone(self), asker.clone());
            let run = async move {
                let manager = Arc::clone(tick.held.manager());
                let told = core.planned(&manager, &mut tick.held, asker.wanted).await;
                drop(place);
                drop(tick.held);
                asker.tell(tick.nth, told);
            };
            // What was woken for one manager alone need not queue for a thread once more.
            match alone {
                true => run.await,
                false => drop(tokio::spawn(run)),
            }
        }
    }
}
