//! The beat of managers that are ticked together, and how one of them catches up with it.
//!
//! An idle tick of a manager is one number (S7), so nobody has to be there when it happens: the driver
//! counts a beat for all, and whoever next looks at a manager counts its ticks first. That is done
//! under its short lock ([`Manager::state`](super::manager::Manager::state)), so nobody ever sees a
//! manager that is behind. One that has to be looked at on every beat (it runs, it is paused, somebody
//! holds it) steps out, and the driver ticks it alone until it may come along again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::schedule::{Schedule, Slot};

/// What managers that beat together have in common.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    beats: AtomicU64,
    gaps: AtomicU64,
    /// Who stepped out of its own accord and was not told of yet. Beats and gaps are counted under this
    /// lock, so that each is either before somebody's step or after it.
    stepped_out: Mutex<Vec<Slot>>,
}

/// A manager's place in the beat of many.
#[derive(Debug)]
pub(crate) struct Along {
    pulse: Arc<Pulse>,
    slot: Slot,
    beats: u64,
    gaps: u64,
}

impl Pulse {
    /// Ticks that a late driver left out (S13), for all that are along. Answers who stepped out before.
    pub(crate) fn gap(&self, ticks: u64) -> Vec<Slot> {
        let mut stepped_out = self.stepped_out();
        self.gaps.fetch_add(ticks, Ordering::Release);
        std::mem::take(&mut *stepped_out)
    }

    /// One beat for all that are along. Answers who stepped out before.
    pub(crate) fn beat(&self) -> Vec<Slot> {
        let mut stepped_out = self.stepped_out();
        self.beats.fetch_add(1, Ordering::Release);
        std::mem::take(&mut *stepped_out)
    }

    fn stepped_out(&self) -> std::sync::MutexGuard<'_, Vec<Slot>> {
        self.stepped_out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Along {
    /// A place from the next beat on.
    pub(crate) fn new(pulse: Arc<Pulse>, slot: Slot) -> Self {
        let beats = pulse.beats.load(Ordering::Acquire);
        let gaps = pulse.gaps.load(Ordering::Acquire);
        Self { pulse, slot, beats, gaps }
    }

    /// Its place.
    pub(crate) fn slot(&self) -> Slot {
        self.slot
    }

    /// Counts what came since it was last looked at; whether that was anything.
    pub(crate) fn catch_up(&mut self, schedule: &mut Schedule) -> bool {
        // In this order: a gap is counted before the beat that follows it.
        let beats = self.pulse.beats.load(Ordering::Acquire);
        let gaps = self.pulse.gaps.load(Ordering::Acquire);
        if (beats, gaps) == (self.beats, self.gaps) {
            return false;
        }
        let (ticks, left_out) = (beats - self.beats, gaps - self.gaps);
        schedule.gap(left_out);
        schedule.idle(ticks);
        (self.beats, self.gaps) = (beats, gaps);
        true
    }

    /// Leaves, of its own accord: the driver is told.
    pub(crate) fn step_out(mut self, schedule: &mut Schedule) -> bool {
        let pulse = Arc::clone(&self.pulse);
        let mut stepped_out = pulse.stepped_out();
        stepped_out.push(self.slot);
        self.catch_up(schedule)
    }
}
