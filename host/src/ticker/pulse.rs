//! The beat of managers that are ticked together, and how one of them catches up with it.
//!
//! An idle tick of a manager is one number (S7), so nobody has to be there when it happens: the driver
//! counts a beat for all, and whoever next looks at a manager counts its ticks first. That is done
//! under its short lock ([`Manager::state`](super::manager::Manager::state)), so nobody ever sees a
//! manager that is behind. One that has to be looked at on every beat (it runs, it is paused, somebody
//! holds it) steps out, and the driver ticks it alone until it may come along again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::schedule::{Schedule, Slot};

/// What managers that beat together have in common.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    /// Beats and gaps are counted under this lock, so that each is either before somebody's step or after
    /// it.
    beaten: Mutex<Beaten>,
}

#[derive(Debug, Default)]
struct Beaten {
    count: Count,
    /// Who stepped out of its own accord and was not told of yet.
    stepped_out: Vec<Slot>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Count {
    beats: u64,
    gaps: u64,
    /// When the last of them was due, in milliseconds since the Unix epoch.
    until_ms: u64,
}

/// A manager's place in the beat of many.
#[derive(Debug)]
pub(crate) struct Along {
    pulse: Arc<Pulse>,
    slot: Slot,
    seen: Count,
}

impl Pulse {
    /// Ticks that a late driver left out (S13), the last of them at `until_ms`, for all that are along.
    /// Answers who stepped out before.
    pub(crate) fn gap(&self, ticks: u64, until_ms: u64) -> Vec<Slot> {
        let mut beaten = self.beaten();
        if ticks > 0 {
            beaten.count.gaps = beaten.count.gaps.saturating_add(ticks);
            beaten.count.until_ms = until_ms;
        }
        std::mem::take(&mut beaten.stepped_out)
    }

    /// One beat, due at `at_ms`, for all that are along. Answers who stepped out before.
    pub(crate) fn beat(&self, at_ms: u64) -> Vec<Slot> {
        let mut beaten = self.beaten();
        beaten.count.beats += 1;
        beaten.count.until_ms = at_ms;
        std::mem::take(&mut beaten.stepped_out)
    }

    fn beaten(&self) -> MutexGuard<'_, Beaten> {
        self.beaten.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Along {
    /// A place from the next beat on.
    pub(crate) fn new(pulse: Arc<Pulse>, slot: Slot) -> Self {
        let seen = pulse.beaten().count;
        Self { pulse, slot, seen }
    }

    /// Its place.
    pub(crate) fn slot(&self) -> Slot {
        self.slot
    }

    /// Counts what came since it was last looked at; whether that was anything.
    pub(crate) fn catch_up(&mut self, schedule: &mut Schedule) -> bool {
        let count = self.pulse.beaten().count;
        self.count_up(count, schedule)
    }

    /// Leaves, of its own accord: the driver is told.
    pub(crate) fn step_out(mut self, schedule: &mut Schedule) -> bool {
        let pulse = Arc::clone(&self.pulse);
        let mut beaten = pulse.beaten();
        beaten.stepped_out.push(self.slot);
        self.count_up(beaten.count, schedule)
    }

    fn count_up(&mut self, count: Count, schedule: &mut Schedule) -> bool {
        let seen = std::mem::replace(&mut self.seen, count);
        if seen == count {
            return false;
        }
        // In this order: a gap is counted before the beat that follows it.
        schedule.gap(count.gaps - seen.gaps, count.until_ms);
        schedule.idle(count.beats - seen.beats, count.until_ms);
        true
    }
}
