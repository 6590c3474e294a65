//! One manager on this host: its schedule, and what a tick works with, behind one short lock.
//!
//! Whoever has taken what a tick works with runs the manager ([`Held`]), and whoever finds it taken has
//! missed (S12). A manager that is held beats alone, not along with others (`pulse`). The lock itself is
//! never held across an await, so that a status, a missed tick or a gap never waits for a guest.

use std::collections::{BTreeMap, VecDeque};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::body::{Body, Live};
use super::error::HostError;
use super::pulse::Along;
use crate::schedule::{Closed, Current, Schedule};
use crate::store::{Commit, RunRecord, Span, SpanKind, StoreError, Usage, Write};
use crate::types::{
    DeclaredTask, Digest, InstanceMode, ManagerName, ManagerSpec, Outcome, RunId, RunLimits,
    TaskName,
};

/// The most spans that wait for the next commit; older ones are forgotten (they are history only).
const MOST_SPANS: usize = 256;

/// One manager on this host.
#[derive(Debug)]
pub(crate) struct Manager {
    pub(crate) name: ManagerName,
    state: Mutex<State>,
}

/// Whoever has this runs the manager, and nobody else does. Dropped, it goes to whoever waits for it.
#[derive(Debug)]
pub(crate) struct Held {
    manager: Arc<Manager>,
    /// There until it is dropped.
    work: Option<Box<Work>>,
}

/// What may be looked at, and counted on, at any time.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) schedule: Schedule,
    /// What a tick works with, unless somebody holds the manager.
    work: Option<Box<Work>>,
    /// Who waits to hold it, the first in front: as many as there are callers.
    queue: VecDeque<oneshot::Sender<Held>>,
    /// Whether ticks were counted that no commit has taken along yet.
    pub(crate) dirty: bool,
    /// Spans that no commit has taken along yet.
    spans: Vec<Span>,
    /// The store could not be asked: nothing is told until it was read again (S17).
    pub(crate) suspect: Option<String>,
    pub(crate) interval: Duration,
    pub(crate) mode: InstanceMode,
    pub(crate) component: Digest,
    pub(crate) declared: Arc<[DeclaredTask]>,
    pub(crate) removed: bool,
    /// Whether a driver ticks it.
    pub(crate) driven: bool,
    /// Since when nobody drives it, in milliseconds since the Unix epoch; 0 where nobody ever did.
    pub(super) rests_since_ms: u64,
    /// Where it beats along with others, and is not ticked alone.
    pub(crate) along: Option<Along>,
}

/// What a tick works with: only who has it runs guests and commits.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) spec: Arc<ManagerSpec>,
    pub(crate) body: Body,
    pub(crate) live: Option<Live>,
    pub(crate) usage: Usage,
    pub(crate) limits: BTreeMap<TaskName, RunLimits>,
    /// The identity of the run that was entered last; kept for its memory.
    pub(crate) id: RunId,
    /// The run that was entered last.
    pub(crate) entered: Option<Current>,
    /// Whether the tick in progress is that of an earlier host: nobody knows which of its runs were entered.
    pub(crate) inherited: bool,
}

impl Manager {
    pub(crate) fn new(name: ManagerName, mut state: State, work: Work) -> Self {
        state.work = Some(Box::new(work));
        Self { name, state: Mutex::new(state) }
    }

    /// Waits for the tick in progress and holds the manager. It no longer beats along with others.
    pub(crate) async fn hold(self: &Arc<Self>) -> Held {
        let held = self.keep().await;
        self.state().step_out();
        held
    }

    /// The same, unless somebody holds it.
    pub(crate) fn try_hold(self: &Arc<Self>) -> Option<Held> {
        self.try_hold_with(|_| ()).map(|(held, ())| held)
    }

    /// The same, with a look at its state.
    pub(crate) fn try_hold_with<T>(
        self: &Arc<Self>,
        look: impl FnOnce(&mut State) -> T,
    ) -> Option<(Held, T)> {
        let mut state = self.state();
        let work = state.work.take()?;
        state.step_out();
        let seen = look(&mut state);
        Some((self.held(work), seen))
    }

    /// Keeps others from holding it, for a moment in which its state is only written down or looked at:
    /// it beats on meanwhile.
    pub(crate) fn try_keep(self: &Arc<Self>) -> Option<Held> {
        let work = self.state().work.take()?;
        Some(self.held(work))
    }

    /// The same, once the tick in progress is over.
    pub(crate) async fn keep(self: &Arc<Self>) -> Held {
        loop {
            let next = {
                let mut state = self.state();
                if let Some(work) = state.work.take() {
                    return self.held(work);
                }
                // Whoever gave up waiting takes up no place.
                state.queue.retain(|next| !next.is_closed());
                let (next, mine) = oneshot::channel();
                state.queue.push_back(next);
                mine
            };
            // It is answered as long as the manager is there.
            if let Ok(held) = next.await {
                return held;
            }
        }
    }

    fn held(self: &Arc<Self>, work: Box<Work>) -> Held {
        Held { manager: Arc::clone(self), work: Some(work) }
    }

    /// Takes note of a tick on which nothing was due: it is committed later, with others (S19).
    pub(crate) fn idled(&self, closed: Closed) -> Closed {
        let mut state = self.state();
        state.dirty = true;
        state.note(&closed);
        closed
    }

    /// Whether somebody holds it.
    pub(crate) fn is_held(&self) -> bool {
        !self.state().is_free()
    }

    /// Nothing runs and nothing is told of this manager until the store was read again (S17).
    pub(crate) fn suspect(&self, source: StoreError) -> HostError {
        tracing::error!(manager = %self.name, error = %source, "the store failed");
        self.state().suspect = Some(source.to_string());
        HostError::Store { manager: self.name.clone(), source }
    }

    /// An error where the manager is suspect.
    pub(crate) fn sound(&self) -> Result<(), HostError> {
        let why = self.state().suspect.clone();
        why.map_or(Ok(()), |why| Err(HostError::Suspect { manager: self.name.clone(), why }))
    }

    /// The short lock. A panic under it would have been a panic of ours, in code that never calls
    /// out; what it left is still a value.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let State { along: Some(along), schedule, dirty, .. } = &mut *state {
            *dirty |= along.catch_up(schedule);
        }
        state
    }
}

impl Held {
    /// The manager that is held.
    pub(crate) fn manager(&self) -> &Arc<Manager> {
        &self.manager
    }

    /// The manager, and what a tick works with.
    pub(crate) fn parts(&mut self) -> (&Arc<Manager>, &mut Work) {
        match &mut self.work {
            Some(work) => (&self.manager, work),
            None => unreachable!("what a tick works with is there until it is let go"),
        }
    }
}

impl Deref for Held {
    type Target = Work;

    fn deref(&self) -> &Work {
        match &self.work {
            Some(work) => work,
            None => unreachable!("what a tick works with is there until it is let go"),
        }
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut Work {
        self.parts().1
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(mut work) = self.work.take() else { return };
        loop {
            let next = {
                let mut state = self.manager.state();
                let Some(next) = state.queue.pop_front() else {
                    state.work = Some(work);
                    return;
                };
                next
            };
            // Without the lock, for it wakes somebody. Who has gone meanwhile gives it back.
            let Err(mut back) = next.send(self.manager.held(work)) else { return };
            let Some(again) = back.work.take() else { return };
            work = again;
        }
    }
}

impl State {
    pub(crate) fn new(
        schedule: Schedule,
        spec: &ManagerSpec,
        component: Digest,
        declared: Arc<[DeclaredTask]>,
    ) -> Self {
        Self {
            schedule,
            work: None,
            queue: VecDeque::new(),
            dirty: false,
            spans: Vec::new(),
            suspect: None,
            interval: spec.interval,
            mode: spec.mode,
            component,
            declared,
            removed: false,
            driven: false,
            rests_since_ms: 0,
            along: None,
        }
    }

    /// Puts another component, or other settings, in the place of the old (S25).
    pub(crate) fn exchange(
        &mut self,
        schedule: Schedule,
        spec: &ManagerSpec,
        component: Digest,
        declared: Arc<[DeclaredTask]>,
    ) {
        (self.schedule, self.component, self.declared) = (schedule, component, declared);
        (self.interval, self.mode) = (spec.interval, spec.mode);
    }

    /// Whether nobody holds the manager.
    pub(crate) fn is_free(&self) -> bool {
        self.work.is_some()
    }

    /// Leaves the beat of many, if it is in one: from now on each of its ticks is delivered to it.
    fn step_out(&mut self) {
        if let Some(along) = self.along.take() {
            self.dirty |= along.step_out(&mut self.schedule);
        }
    }

    /// Whether the next tick may be delivered: the store answers, and no tick was left in the middle.
    pub(crate) fn is_sound(&self) -> bool {
        self.suspect.is_none() && self.schedule.row().open.is_none()
    }

    /// Whether it may beat along with others: its next ticks are its counters' affair alone.
    pub(crate) fn is_plain(&self) -> bool {
        self.schedule.is_plain() && self.suspect.is_none() && !self.removed
    }

    /// Takes note of a finished tick that has a reason as a whole.
    pub(crate) fn note(&mut self, closed: &Closed) {
        let kind = match closed.whole {
            Some(Outcome::Missed) => SpanKind::Missed,
            Some(Outcome::NotReady) => SpanKind::NotReady,
            Some(Outcome::Paused) => SpanKind::Paused,
            _ => return,
        };
        if let Some(last) = self.spans.last_mut()
            && last.kind == kind
            && last.to.next() == closed.tick
        {
            last.to = closed.tick;
            return;
        }
        if self.spans.len() == MOST_SPANS {
            self.spans.remove(0);
        }
        let error = self.schedule.row().readiness.error.clone();
        let reason = (kind == SpanKind::NotReady).then_some(error).flatten();
        self.spans.push(Span { kind, task: None, from: closed.tick, to: closed.tick, reason });
    }

    /// What is to be kept in the midst of a run, if there is anything: the run stays open.
    pub(crate) fn commit_meanwhile(&mut self, manager: &ManagerName) -> Option<Commit> {
        if !self.dirty || self.suspect.is_some() {
            return None;
        }
        let touched = self.schedule.touched();
        Some(self.commit(manager, &touched, vec![], vec![]))
    }

    /// Everything that the next commit of this manager takes along.
    pub(crate) fn commit(
        &mut self,
        manager: &ManagerName,
        touched: &[usize],
        history: Vec<RunRecord>,
        writes: Vec<Write>,
    ) -> Commit {
        self.dirty = false;
        let tasks = self.schedule.tasks();
        Commit {
            manager: manager.clone(),
            row: self.schedule.row().clone(),
            tasks: touched.iter().map(|t| tasks[*t].record.clone()).collect(),
            history,
            spans: std::mem::take(&mut self.spans),
            writes,
        }
    }
}

impl Work {
    /// The limits of a task's runs.
    pub(crate) fn limits(&self, task: &TaskName) -> &RunLimits {
        self.limits.get(task).unwrap_or(&self.spec.limits.run)
    }
}
