//! Managers of one interval, which beat together: who has to be looked at on a beat, and who not.
//!
//! Most managers are idle on most beats. These are counted, all at once (`pulse`), and the fleet says
//! for whom that does not hold. Everybody else beats alone until nothing about him needs a look.
//! Delivers nothing itself.

use std::sync::Arc;
use std::time::Duration;

use super::core::Core;
use super::manager::Manager;
use super::pulse::{Along, Pulse};
use crate::cluster::Turn;
use crate::schedule::{Fleet, Slot};
use crate::types::millis;

/// Managers of one interval.
#[derive(Debug)]
pub(super) struct Group {
    interval: Duration,
    /// When the next beat is due.
    pub(super) next: Duration,
    pulse: Arc<Pulse>,
    fleet: Fleet,
    members: Vec<Option<Member>>,
    /// Who is looked at on every beat.
    alone: Vec<Slot>,
}

#[derive(Debug)]
struct Member {
    manager: Arc<Manager>,
    tasks: usize,
}

/// What a beat asks for.
#[derive(Debug, Default)]
pub(super) struct Beat {
    /// Those to whom the tick is to be delivered, in the order in which they joined.
    pub(super) due: Vec<Arc<Manager>>,
    /// Those whose interval is another one now.
    pub(super) moved: Vec<Arc<Manager>>,
}

impl Group {
    /// A group whose first beat is due at `next`.
    pub(super) fn new(interval: Duration, next: Duration) -> Self {
        Self {
            interval,
            next,
            pulse: Arc::default(),
            fleet: Fleet::default(),
            members: Vec::new(),
            alone: Vec::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.iter().all(Option::is_none)
    }

    /// Takes a manager in.
    pub(super) fn join(&mut self, manager: Arc<Manager>) {
        let tasks = manager.state().schedule.tasks().len();
        let slot = self.fleet.join(tasks);
        if self.members.len() <= slot.index() {
            self.members.resize_with(slot.index() + 1, || None);
        }
        self.members[slot.index()] = Some(Member { manager, tasks });
        self.alone.push(slot);
    }

    /// One beat, due at `at_ms`, before which `left_out` were left out.
    pub(super) fn beat(&mut self, core: &Core, at_ms: u64, left_out: u64) -> Beat {
        let mut beat = Beat::default();
        // Where somebody hears every tick, or where another host may own a manager, there is no counting
        // for many.
        let together = core.cluster.is_alone() && !core.is_heard();
        let mut alone = std::mem::take(&mut self.alone);
        let interval_ms = millis(self.interval);
        self.leave_out(left_out, at_ms.saturating_sub(interval_ms), &mut alone);
        let mut alone: Vec<_> = alone
            .into_iter()
            .filter_map(|slot| self.look(slot, together, &mut beat.moved))
            .collect();
        if !together {
            alone.extend(self.all_step_out());
        }
        let mut due = Vec::new();
        let mut last = None;
        for task in self.fleet.beat() {
            if last != Some(task.slot) {
                due.push(task.slot);
                last = Some(task.slot);
            }
        }
        due.retain(|slot| self.take_aside(*slot));
        for slot in self.pulse.beat(at_ms) {
            self.fleet.away(slot);
            alone.push(slot);
        }
        self.alone = due;
        self.alone.extend(alone);
        let ours = |m: &&Member| core.cluster.turn(&m.manager.name) == Turn::Ours;
        let members = self.alone.iter().filter_map(|slot| self.members[slot.index()].as_ref());
        beat.due = members.filter(ours).map(|m| Arc::clone(&m.manager)).collect();
        beat
    }

    /// Looks at a member that beat alone. Answers its place if it still does; otherwise it comes along,
    /// or it has left.
    fn look(&mut self, slot: Slot, together: bool, moved: &mut Vec<Arc<Manager>>) -> Option<Slot> {
        let member = self.members[slot.index()].as_ref()?;
        let manager = Arc::clone(&member.manager);
        let mut state = manager.state();
        if state.removed || state.interval != self.interval {
            state.driven = false;
            if !state.removed {
                moved.push(Arc::clone(&manager));
            }
            self.members[slot.index()] = None;
            self.fleet.leave(slot);
            return None;
        }
        let slot = match state.schedule.tasks().len() {
            tasks if tasks == member.tasks => slot,
            tasks => self.seat_anew(slot, tasks),
        };
        if !state.is_free() || !together || !state.is_plain() {
            return Some(slot);
        }
        self.fleet.settle(slot, &state.schedule);
        state.along = Some(Along::new(Arc::clone(&self.pulse), slot));
        None
    }

    /// Gives a member whose tasks became more or fewer (S25) another place.
    fn seat_anew(&mut self, slot: Slot, tasks: usize) -> Slot {
        let member = self.members[slot.index()].take();
        self.fleet.leave(slot);
        let slot = self.fleet.join(tasks);
        self.members[slot.index()] = member.map(|member| Member { tasks, ..member });
        slot
    }

    /// Counts ticks that a late driver left out (S13), the last of them at `until_ms`: for all that are
    /// along, and one by one for the others, to whom those belong who have just stepped out.
    fn leave_out(&mut self, ticks: u64, until_ms: u64, alone: &mut Vec<Slot>) {
        for slot in self.pulse.gap(ticks, until_ms) {
            self.fleet.away(slot);
            alone.push(slot);
        }
        if ticks == 0 {
            return;
        }
        for member in alone.iter().filter_map(|slot| self.members[slot.index()].as_ref()) {
            let mut state = member.manager.state();
            state.schedule.gap(ticks, until_ms);
            state.dirty = true;
        }
    }

    /// Takes a member out whose tasks come due, before the beat is counted; whether it was still in.
    fn take_aside(&mut self, slot: Slot) -> bool {
        self.fleet.away(slot);
        let Some(member) = &self.members[slot.index()] else { return false };
        // Who is not along any more has stepped out just now, and is told of by the pulse.
        member.manager.state().along.take().is_some()
    }

    /// Takes out all that are along.
    fn all_step_out(&mut self) -> Vec<Slot> {
        let along = |member: &Member| member.manager.state().along.take().map(|along| along.slot());
        let slots: Vec<_> = self.members.iter().flatten().filter_map(along).collect();
        for slot in &slots {
            self.fleet.away(*slot);
        }
        slots
    }

    /// Nobody drives its members any more.
    pub(super) fn disband(mut self) {
        self.all_step_out();
        for member in self.members.into_iter().flatten() {
            member.manager.state().rest();
        }
    }
}
