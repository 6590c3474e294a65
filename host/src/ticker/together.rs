//! Many managers ticked at the same time: their plans are committed in one transaction, then each goes
//! its own way, so that a slow one delays nobody (S12).
//!
//! The order of things within one tick is `tick`'s.

use std::sync::Arc;
use std::task::Poll;

use tokio::sync::mpsc::UnboundedSender;

use super::core::Core;
use super::error::HostError;
use super::manager::Held;
use super::report::{Told, Wanted};
use super::run::Step;
use super::seats::Place;
use crate::schedule::Delivered;
use crate::store::{Commit, StoreError};
use crate::types::TickReport;

/// The most ticks that are begun in one transaction: the next ones are planned while these run.
const WAVE: usize = 1_024;

/// A tick for a manager that nobody else holds.
#[derive(Debug)]
pub(crate) struct DueTick {
    pub(crate) held: Held,
    /// When it was due, in milliseconds since the Unix epoch.
    pub(crate) at_ms: u64,
    /// Which of those that were asked for.
    pub(crate) nth: usize,
}

/// A tick whose first step is done and not yet kept.
struct Stepped {
    tick: DueTick,
    told: Told,
    step: Result<Step, HostError>,
}

/// What became of the n-th.
pub(crate) type Done = (usize, Result<Arc<TickReport>, HostError>);

/// What became of ticks that ended together: one message, so that whoever waits is woken once.
pub(crate) type Dones = Vec<Done>;

/// Ticks at the same time: for which host, and who wants to know what becomes of them. There are at most
/// as many answers as ticks.
#[derive(Debug, Clone)]
pub(crate) struct Together {
    /// Before `done`: whoever has seen the last answer go may rely on it that nobody holds the host for
    /// these ticks any more, and its store can be closed.
    pub(crate) core: Arc<Core>,
    pub(crate) wanted: Wanted,
    pub(crate) done: Option<UnboundedSender<Dones>>,
}

impl Together {
    pub(crate) fn tell(&self, nth: usize, told: Result<Arc<TickReport>, HostError>) {
        self.tell_all(vec![(nth, told)]);
    }

    fn tell_all(&self, told: Dones) {
        if let Some(done) = &self.done {
            // Whoever no longer listens has lost nothing: what counts is committed.
            drop(done.send(told));
            return;
        }
        for error in told.into_iter().filter_map(|(_, told)| told.err()) {
            tracing::error!(%error, "a tick was not delivered");
        }
    }

    /// Ticks managers at the same time, as many as there are places for, the others as places come
    /// free. Needs a tokio runtime, on whose threads they run; returns once the last plan is made.
    pub(crate) async fn tick(self, mut due: Vec<DueTick>) {
        let mut line = self.core.places.line_up(due.len());
        due.drain(line.len()..).for_each(|tick| self.miss(&tick));
        // From behind, so that a wave is cut off without moving the rest.
        due.reverse();
        while !due.is_empty() {
            let most = due.len().min(WAVE);
            let managers = due.iter().map(|tick| Arc::clone(tick.held.manager()));
            let waiting = if line.must_wait() { managers.collect() } else { Vec::new() };
            let places = self.core.wait_for_places(&mut line, most, waiting).await;
            let Some(places) = places else { return };
            if self.core.is_closing() {
                // A host that ends waits for what is in progress, and not for what still waits itself.
                return due.into_iter().rev().for_each(|tick| self.miss(&tick));
            }
            let wave = due.split_off(due.len() - places.len());
            self.wave(wave, places).await;
        }
    }

    /// A tick for which the host had no place.
    fn miss(&self, tick: &DueTick) {
        self.tell(tick.nth, self.core.busy(tick.held.manager(), tick.at_ms, self.wanted));
    }

    /// Begins as many ticks as there are places.
    async fn wave(&self, wave: Vec<DueTick>, places: Vec<Place>) {
        let alone = wave.len() == 1;
        let mut open = Vec::with_capacity(wave.len());
        let kept = if self.core.store.keeps_records() { wave.len() } else { 0 };
        let mut plans = Vec::with_capacity(kept);
        for (mut tick, place) in wave.into_iter().rev().zip(places) {
            let manager = Arc::clone(tick.held.manager());
            let delivered = {
                let mut state = manager.state();
                if state.is_sound() {
                    let delivered = state.schedule.deliver(tick.at_ms, 1);
                    if delivered == Delivered::Open && self.core.store.keeps_records() {
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
                    let told = self.core.publish(&manager, &closed, Told::default(), self.wanted);
                    self.tell(tick.nth, Ok(told));
                }
                passed_over_or_unsound => {
                    let this = self.clone();
                    tokio::spawn(async move {
                        let (core, held, wanted) = (&this.core, &mut tick.held, this.wanted);
                        let told = if let Some(delivered) = passed_over_or_unsound {
                            core.end(&manager, held, delivered, wanted).await
                        } else {
                            core.tick_held(&manager, held, tick.at_ms, 1, wanted, true).await
                        };
                        drop((tick.held, manager, place));
                        this.tell(tick.nth, told);
                    });
                }
            }
        }
        // What was woken for one manager alone need not queue for a thread once more. Otherwise the next
        // ticks are planned while these plans are being kept: the store never waits for us.
        if alone {
            return self.clone().begin(self.kept(open, plans).await).await;
        }
        let this = self.clone();
        tokio::spawn(async move {
            let mut open = this.kept(open, plans).await;
            let threads = tokio::runtime::Handle::current().metrics().num_workers();
            let share = open.len().div_ceil(threads.max(1)).max(1);
            while !open.is_empty() {
                let rest = open.split_off(share.min(open.len()));
                let part = std::mem::replace(&mut open, rest);
                tokio::spawn(this.clone().begin(part));
            }
        });
    }

    /// Keeps plans, and answers the ticks whose plan is kept.
    async fn kept(
        &self,
        mut open: Vec<(DueTick, Place)>,
        plans: Vec<Commit>,
    ) -> Vec<(DueTick, Place)> {
        if plans.is_empty() {
            return open;
        }
        let mut answers = self.core.keep_each(plans).await.into_iter();
        open.retain(|(tick, _)| {
            let kept = answers.next().unwrap_or_else(|| Err(unanswered()));
            let failed = kept.map_err(|source| tick.held.manager().suspect(source)).err();
            failed.map(|error| self.tell(tick.nth, Err(error))).is_none()
        });
        open
    }

    /// Enters the guests of planned ticks, one after the other, for as long as each returns at once. From
    /// the first on that does not, each goes its own way: nobody waits for more than one slice of
    /// another. What ended is kept in one transaction.
    async fn begin(self, open: Vec<(DueTick, Place)>) {
        let mut ended = Vec::with_capacity(open.len());
        let mut open = open.into_iter();
        for (tick, place) in open.by_ref() {
            let mut first = Box::pin(first_step(Arc::clone(&self.core), tick));
            match futures::poll!(&mut first) {
                Poll::Ready(stepped) => ended.push((stepped, place)),
                Poll::Pending => {
                    let this = self.clone();
                    tokio::spawn(async move {
                        let stepped = first.await;
                        this.end(vec![(stepped, place)]).await;
                    });
                    break;
                }
            }
        }
        for (tick, place) in open {
            let this = self.clone();
            tokio::spawn(async move {
                let stepped = first_step(Arc::clone(&this.core), tick).await;
                this.end(vec![(stepped, place)]).await;
            });
        }
        self.end(ended).await;
    }

    /// Keeps what first steps came to, tells of ticks that are over, and goes on with the others.
    async fn end(self, mut ended: Vec<(Stepped, Place)>) {
        let mut commits = Vec::with_capacity(ended.len());
        let mut take = |stepped: &mut Stepped| {
            let commit = stepped.step.as_mut().ok().and_then(|step| step.commit.take());
            commit.map(|commit| commits.push(*commit)).is_some()
        };
        let committed: Vec<_> = ended.iter_mut().map(|(stepped, _)| take(stepped)).collect();
        let mut answers = self.core.keep_each(commits).await.into_iter();
        let mut over = Vec::with_capacity(ended.len());
        for ((Stepped { mut tick, told, step }, place), committed) in
            ended.into_iter().zip(committed)
        {
            let manager = Arc::clone(tick.held.manager());
            let kept = match committed {
                true => answers.next().unwrap_or_else(|| Err(unanswered())),
                false => Ok(()),
            };
            let told = match (step, kept) {
                (Err(error), _) => Err(error),
                (Ok(_), Err(source)) => Err(manager.suspect(source)),
                (Ok(Step { closed: Some(closed), .. }), Ok(())) => {
                    Ok(self.core.publish(&manager, &closed, told, self.wanted))
                }
                (Ok(Step { closed: None, .. }), Ok(())) => {
                    let this = self.clone();
                    tokio::spawn(async move {
                        let (core, wanted) = (&this.core, this.wanted);
                        let told = core.go_on(&manager, &mut tick.held, told, wanted).await;
                        drop((tick.held, manager, place));
                        this.tell(tick.nth, told);
                    });
                    continue;
                }
            };
            drop((tick.held, manager, place));
            over.push((tick.nth, told));
        }
        self.tell_all(over);
    }
}

/// A store that gives fewer answers than it was asked for.
fn unanswered() -> StoreError {
    StoreError::Unknown("the store gave no answer".to_owned())
}

async fn first_step(core: Arc<Core>, mut tick: DueTick) -> Stepped {
    let manager = Arc::clone(tick.held.manager());
    let mut told = Told::default();
    let step = core.step(&manager, &mut tick.held, &mut told).await;
    Stepped { tick, told, step }
}
