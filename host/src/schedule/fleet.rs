//! Many managers that beat together: which of their tasks come due, decided without a look at the
//! others.
//!
//! A timing wheel over (manager, task), keyed by beat (Varghese and Lauck, 1987). What lies in the wheel
//! is a *hint*: "look at this counter on that beat". Counters are kept here a second time, packed, and
//! they alone decide; a hint that has become wrong costs one look and nothing else. Pure: what a beat
//! means for a manager, [`Schedule`](super::Schedule) says.
//!
//! Invariant: the counter of every task of a member that is present has a hint in the bucket of its
//! beat, or of an earlier one that is still to come.

use super::Schedule;

/// Beats of one turn of the wheel. What is due later is looked at once a turn.
const TURN: u64 = 1_024;

/// The due beat of a task whose counter stands still.
const NEVER: u64 = u64::MAX;

/// Hints beyond one for each counter that may lie about before all are made anew.
const SLACK: usize = 4_096;

/// The place of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u32);

impl Slot {
    /// The place as a plain index: slots are given out densely, and again after a member has left.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A task that has come due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// Whose it is.
    pub slot: Slot,
    /// Its place in the declared order.
    pub task: u32,
}

/// Managers that beat together.
#[derive(Debug)]
pub struct Fleet {
    beat: u64,
    wheel: Vec<Vec<Due>>,
    members: Vec<Member>,
    counters: Vec<Counter>,
    free: Vec<Slot>,
    /// Hints in the wheel, and counters that belong to a member.
    hints: usize,
    held: usize,
    /// The tasks of the last beat, and a bucket that was emptied: kept for their memory.
    due: Vec<Due>,
    emptied: Vec<Due>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Member {
    first: usize,
    tasks: u32,
    /// What to add to counter time to have beats.
    shift: u64,
    /// Whether it beats along. One that is away is not looked at.
    present: bool,
}

#[derive(Debug, Clone, Copy)]
struct Counter {
    /// Counter time of the next run, or [`NEVER`].
    due: u64,
    /// Ticks from one run to the next (S1): N + 1.
    period: u64,
}

impl Counter {
    fn beat(self, shift: u64) -> u64 {
        if self.due == NEVER { NEVER } else { self.due.wrapping_add(shift) }
    }
}

impl Default for Fleet {
    fn default() -> Self {
        Self {
            beat: 0,
            wheel: (0..TURN).map(|_| Vec::new()).collect(),
            members: Vec::new(),
            counters: Vec::new(),
            free: Vec::new(),
            hints: 0,
            held: 0,
            due: Vec::new(),
            emptied: Vec::new(),
        }
    }
}

impl Fleet {
    /// How many beats there were.
    pub fn beats(&self) -> u64 {
        self.beat
    }

    /// Gives a manager with so many tasks a place. It is away until it [`settle`](Self::settle)s.
    pub fn join(&mut self, tasks: usize) -> Slot {
        let first = self.counters.len();
        self.counters.resize(first + tasks, Counter { due: NEVER, period: 1 });
        self.held += tasks;
        let tasks = u32::try_from(tasks).unwrap_or(u32::MAX);
        let member = Member { first, tasks, ..Member::default() };
        if let Some(slot) = self.free.pop() {
            self.members[slot.index()] = member;
            return slot;
        }
        self.members.push(member);
        Slot(u32::try_from(self.members.len() - 1).unwrap_or(u32::MAX))
    }

    /// Takes a member's place back.
    pub fn leave(&mut self, slot: Slot) {
        let member = std::mem::take(&mut self.members[slot.index()]);
        self.held -= member.tasks as usize;
        self.free.push(slot);
        if self.counters.len() > 2 * self.held + SLACK {
            self.pack();
        }
    }

    /// A member no longer beats along: something of its own has to be looked at.
    pub fn away(&mut self, slot: Slot) {
        self.members[slot.index()].present = false;
    }

    /// A member beats along from the next beat on, as its schedule stands now. Its tasks must be as many
    /// as it joined with.
    pub fn settle(&mut self, slot: Slot, schedule: &Schedule) {
        let (moved, now) = (schedule.row().moved, self.beat);
        let member = &mut self.members[slot.index()];
        let before = member.shift;
        let shift = now.wrapping_sub(moved);
        (member.shift, member.present) = (shift, true);
        let (first, tasks) = (member.first, member.tasks);
        for (task, (due, period)) in (0..tasks).zip(schedule.counters()) {
            // What is overdue comes with the next beat.
            let due = due.map_or(NEVER, |due| due.max(moved.saturating_add(1)));
            let counter = &mut self.counters[first + task as usize];
            let hinted = counter.beat(before);
            *counter = Counter { due, period };
            let beat = counter.beat(shift);
            // Its hint was used up while it was away, or comes too late.
            if beat != NEVER && (hinted == NEVER || hinted <= now || beat < hinted) {
                self.hint(Due { slot, task }, beat);
            }
        }
        if self.hints > 2 * self.held + SLACK {
            self.hint_anew();
        }
    }

    /// One beat: the tasks that come due on it, by member and in declared order (S5). Their counters are
    /// set back here (S7); every other counter has moved without being touched.
    pub fn beat(&mut self) -> &[Due] {
        self.beat += 1;
        let now = self.beat;
        self.due.clear();
        let mut bucket = std::mem::take(&mut self.emptied);
        std::mem::swap(&mut bucket, &mut self.wheel[place(now)]);
        self.hints -= bucket.len();
        for hint in bucket.drain(..) {
            let member = self.members[hint.slot.index()];
            if hint.task >= member.tasks {
                continue;
            }
            let beat = self.counters[member.first + hint.task as usize].beat(member.shift);
            if beat == now && member.present {
                self.due.push(hint);
            } else if beat > now && beat != NEVER {
                self.hints += 1;
                self.wheel[place(beat)].push(hint);
            }
        }
        self.emptied = bucket;
        if !self.due.is_sorted() {
            self.due.sort();
        }
        // Two hints of one counter say the same.
        self.due.dedup();
        for due in &self.due {
            let member = self.members[due.slot.index()];
            let counter = &mut self.counters[member.first + due.task as usize];
            counter.due = counter.due.saturating_add(counter.period);
            let beat = counter.beat(member.shift);
            self.hints += 1;
            self.wheel[place(beat)].push(*due);
        }
        &self.due
    }

    fn hint(&mut self, hint: Due, beat: u64) {
        self.hints += 1;
        self.wheel[place(beat)].push(hint);
    }

    /// Forgets all hints and makes those that are needed.
    fn hint_anew(&mut self) {
        self.wheel.iter_mut().for_each(Vec::clear);
        self.hints = 0;
        for (slot, member) in (0..).zip(self.members.clone()) {
            for task in 0..member.tasks {
                let counter = self.counters[member.first + task as usize];
                let beat = counter.beat(member.shift);
                if beat > self.beat && beat != NEVER {
                    self.hint(Due { slot: Slot(slot), task }, beat);
                }
            }
        }
    }

    /// Closes the gaps that members left behind.
    fn pack(&mut self) {
        let mut packed = Vec::with_capacity(self.held);
        for member in &mut self.members {
            let counters = &self.counters[member.first..][..member.tasks as usize];
            member.first = packed.len();
            packed.extend_from_slice(counters);
        }
        self.counters = packed;
        self.hint_anew();
    }
}

const fn place(beat: u64) -> usize {
    (beat % TURN) as usize
}

#[cfg(test)]
mod tests;
