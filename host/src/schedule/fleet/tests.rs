//! The fleet against managers that are ticked one by one.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Due, Fleet, Slot};
use crate::schedule::model::settings;
use crate::schedule::{Delivered, Ended, Schedule, TaskSetting};
use crate::types::{ManagerRow, Outcome, Policy, Tick, TicksBetweenRuns};

/// What happens between two beats.
#[derive(Debug, Clone)]
enum Op {
    Join(Vec<TaskSetting>),
    Leave(usize),
    /// Away for so many beats, on each of which it is missed.
    Busy(usize, u32),
    PauseTask(usize, usize, bool),
    /// What runs ask for (S10), from the next beat on.
    Ask(Option<u32>),
    Beats(u32),
}

fn op() -> impl Strategy<Value = Op> {
    let who = 0..8usize;
    prop_oneof![
        2 => slow_settings().prop_map(Op::Join),
        1 => who.clone().prop_map(Op::Leave),
        2 => (who.clone(), 1..4u32).prop_map(|(who, n)| Op::Busy(who, n)),
        2 => (who, 0..6usize, any::<bool>()).prop_map(|(who, task, on)| Op::PauseTask(who, task, on)),
        1 => prop_oneof![Just(None), (0..5u32).prop_map(Some), Just(Some(1_500))].prop_map(Op::Ask),
        6 => (1..5u32).prop_map(Op::Beats),
        1 => (1_000..1_100u32).prop_map(Op::Beats),
    ]
}

/// Tasks of which some take longer than one turn of the wheel.
fn slow_settings() -> impl Strategy<Value = Vec<TaskSetting>> {
    (settings(), prop_oneof![4 => Just(0), 1 => 900..2_200u32]).prop_map(|(mut tasks, more)| {
        let n = tasks[0].ticks_between_runs.get() + more;
        tasks[0].ticks_between_runs = TicksBetweenRuns::new(n);
        tasks
    })
}

/// Some managers in a fleet, and the same ones ticked one by one.
#[derive(Default)]
struct Pair {
    fleet: Fleet,
    /// In the fleet: schedule, beats that it has caught up with, beats for which it is still busy.
    along: BTreeMap<Slot, (Schedule, u64, u32)>,
    alone: BTreeMap<Slot, Schedule>,
    asked_for: Option<u32>,
}

impl Pair {
    fn who(&self, n: usize) -> Option<Slot> {
        self.along.keys().nth(n % self.along.len().max(1)).copied()
    }

    fn apply(&mut self, op: Op) {
        match op {
            Op::Join(settings) => {
                let row = ManagerRow { moved: 7, tick: Tick::new(9), ..ManagerRow::default() };
                let schedule = Schedule::new(row, &[], &settings, Policy::default(), false);
                let slot = self.fleet.join(settings.len());
                self.fleet.settle(slot, &schedule);
                self.alone.insert(slot, schedule.clone());
                self.along.insert(slot, (schedule, self.fleet.beats(), 0));
            }
            Op::Leave(who) => {
                if let Some(slot) = self.who(who) {
                    self.fleet.leave(slot);
                    self.alone.remove(&slot);
                    self.along.remove(&slot);
                }
            }
            Op::Busy(who, beats) => {
                if let Some(slot) = self.who(who) {
                    *self.step_out(slot).1 = beats;
                    self.fleet.away(slot);
                }
            }
            Op::PauseTask(who, task, paused) => {
                if let Some(slot) = self.who(who) {
                    let was_busy = self.along[&slot].2;
                    let (schedule, _) = self.step_out(slot);
                    let task = task % schedule.tasks().len();
                    schedule.pause_task(task, paused);
                    let schedule = schedule.clone();
                    if was_busy == 0 {
                        self.fleet.settle(slot, &schedule);
                    }
                    if let Some(alone) = self.alone.get_mut(&slot) {
                        alone.pause_task(task, paused);
                    }
                }
            }
            Op::Ask(n) => self.asked_for = n,
            Op::Beats(n) => (0..n).for_each(|_| self.beat()),
        }
    }

    /// Catches a member up.
    fn step_out(&mut self, slot: Slot) -> (&mut Schedule, &mut u32) {
        let beats = self.fleet.beats();
        let (schedule, seen, busy) = self.along.get_mut(&slot).unwrap();
        if *busy == 0 {
            schedule.idle(beats - *seen, 1);
        }
        *seen = beats;
        (schedule, busy)
    }

    fn beat(&mut self) {
        let asked_for = self.asked_for;
        let before = self.fleet.beats();
        let due = self.fleet.beat().to_vec();
        let mut expected = Vec::new();
        for (slot, alone) in &mut self.alone {
            if self.along[slot].2 > 0 {
                alone.miss(1);
            } else {
                let came_due = one_tick(alone, asked_for);
                expected.extend(came_due.into_iter().map(|task| Due { slot: *slot, task }));
            }
        }
        assert_eq!(due, expected, "beat {}", self.fleet.beats());
        let slots: Vec<_> = self.along.keys().copied().collect();
        for slot in slots {
            let came_due = due.iter().any(|d| d.slot == slot);
            let (schedule, seen, busy) = self.along.get_mut(&slot).unwrap();
            if *busy > 0 {
                schedule.miss(1);
                *busy -= 1;
            } else if came_due {
                schedule.idle(before - *seen, 1);
                one_tick(schedule, asked_for);
            } else {
                continue;
            }
            *seen = self.fleet.beats();
            if *busy == 0 {
                self.fleet.settle(slot, schedule);
            }
        }
    }

    fn compare(&mut self) {
        let slots: Vec<_> = self.along.keys().copied().collect();
        for slot in slots {
            let (schedule, _) = self.step_out(slot);
            let schedule = schedule.clone();
            // `idle` is an idle tick without its time.
            assert_eq!(schedule.row(), self.alone[&slot].row());
            assert_eq!(schedule.records(), self.alone[&slot].records());
        }
    }
}

/// Delivers a tick and ends all its runs; the tasks that ran.
fn one_tick(schedule: &mut Schedule, asked_for: Option<u32>) -> Vec<u32> {
    let mut ran = Vec::new();
    if schedule.deliver(1, 1) != Delivered::Open {
        return ran;
    }
    schedule.enter();
    while let Some(current) = schedule.current() {
        ran.push(u32::try_from(current.task).unwrap());
        schedule.finish(Ended { outcome: Outcome::Ok, asked_for, ..Ended::default() });
    }
    ran
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn s05_s07_s12_managers_that_beat_together_come_due_as_alone(
        ops in prop::collection::vec(op(), 1..40),
    ) {
        let mut pair = Pair::default();
        for op in ops {
            pair.apply(op);
            pair.compare();
        }
    }
}

#[test]
fn hints_and_counters_stay_as_many_as_members_need() {
    let mut pair = Pair { asked_for: Some(3), ..Pair::default() };
    let task = |n| crate::schedule::model::setting(["a", "b", "c"][n as usize], n, true);
    for round in 0..5_000 {
        pair.apply(Op::Join((0..3).map(task).collect()));
        pair.beat();
        if round >= 10 {
            pair.apply(Op::Leave(0));
        }
    }
    assert!(pair.fleet.counters.len() <= 2 * pair.fleet.held + super::SLACK);
    assert!(pair.fleet.hints <= 2 * pair.fleet.held + super::SLACK, "{}", pair.fleet.hints);
    let lying: usize = pair.fleet.wheel.iter().map(Vec::len).sum();
    assert_eq!(lying, pair.fleet.hints);
}
