//! Deciding alone: which tasks of 10,000 managers with 100 each come due on a beat, when 1,000 do. Beside
//! a bare timing wheel over a million numbers, and a pass over all tasks as the original makes it.

use std::hint::black_box;
use std::time::Instant;

use tourbillon::schedule::{Delivered, Ended, Fleet, Schedule, Slot, TaskSetting};
use tourbillon::types::{ManagerRow, OnLost, Policy, TaskName, TicksBetweenRuns};

use crate::table::Table;
use crate::timing::{each, median};

const MANAGERS: u32 = 10_000;
const TASKS: u32 = 100;

/// Of a million tasks, each on one of so many beats.
const PERIOD: u32 = 1_000;

/// Beats of one round.
const BEATS: u32 = 100;

pub(crate) fn measure(table: &mut Table) {
    let (mut fleet, mut schedules) = fleet();
    let mut bare = Bare::new();
    let mut naive = naive();
    // A whole turn, so that every counter was set back once.
    for _ in 0..PERIOD + BEATS {
        fleet.beat();
        bare.beat();
    }
    let (mut ours, mut wheel, mut pass) = (Vec::new(), Vec::new(), Vec::new());
    let mut due = 0;
    for _ in 0..31 {
        ours.push(beats(|| due += fleet.beat().len()));
        wheel.push(beats(|| {
            black_box(bare.beat());
        }));
        let from = Instant::now();
        black_box(naive_pass(&mut naive));
        pass.push(each(from.elapsed(), 1));
    }
    let due = due as f64 / f64::from(31 * BEATS);
    let (ours, wheel, pass) = (median(ours), median(wheel), median(pass));
    table.at_most("deciding, 1,000,000 tasks: ÷ a bare timing wheel", ours / wheel, 3.0, "");
    table.at_most("deciding, 1,000,000 tasks: × 50 ÷ a pass over all", ours * 50.0 / pass, 1.0, "");
    table.beside("came due on a beat", due, "tasks");
    table.beside("one beat, decided", ours / 1_000.0, "µs");
    table.beside("a bare timing wheel", wheel / 1_000.0, "µs");
    table.beside("a pass over all tasks", pass / 1_000.0, "µs");
    table.beside(
        "the plan of a due manager besides, made and ended",
        plans(&mut fleet, &mut schedules),
        "ns",
    );
}

/// Nanoseconds of one beat of many.
fn beats(mut beat: impl FnMut()) -> f64 {
    let from = Instant::now();
    for _ in 0..BEATS {
        beat();
    }
    each(from.elapsed(), BEATS)
}

/// Spreads the tasks over the beats: neither in order of managers nor of tasks.
fn phase(manager: u32, task: u32) -> u32 {
    (manager.wrapping_mul(7_919) ^ task.wrapping_mul(104_729)) % PERIOD
}

fn fleet() -> (Fleet, Vec<(Slot, Schedule, u64)>) {
    let settings: Vec<_> = (0..TASKS)
        .map(|task| TaskSetting {
            name: TaskName::new(&format!("task-{task}")).unwrap(),
            ticks_between_runs: TicksBetweenRuns::new(PERIOD - 1),
            run_immediately: false,
            enabled: true,
            on_lost: OnLost::Lost,
        })
        .collect();
    let new = |known: &[_]| {
        Schedule::new(ManagerRow::default(), known, &settings, Policy::default(), false)
    };
    let fresh = new(&[]).records();
    let mut fleet = Fleet::default();
    let schedules = (0..MANAGERS)
        .map(|manager| {
            let mut records = fresh.clone();
            for (task, record) in (0..TASKS).zip(&mut records) {
                record.due = u64::from(phase(manager, task)) + 1;
            }
            let schedule = new(&records);
            let slot = fleet.join(settings.len());
            fleet.settle(slot, &schedule);
            (slot, schedule, 0)
        })
        .collect();
    (fleet, schedules)
}

/// What a due manager costs beyond the decision: its ticks caught up, its plan made, its runs ended.
fn plans(fleet: &mut Fleet, schedules: &mut [(Slot, Schedule, u64)]) -> f64 {
    // Until here the schedules were not ticked along: they begin where the fleet stands.
    let begun = fleet.beats();
    for (slot, schedule, seen) in &mut *schedules {
        fleet.settle(*slot, schedule);
        *seen = begun;
    }
    let mut times = Vec::new();
    for _ in 0..PERIOD {
        let due = fleet.beat().to_vec();
        let beat = fleet.beats();
        let mut managers: Vec<_> = due.iter().map(|d| d.slot).collect();
        managers.dedup();
        let from = Instant::now();
        for slot in &managers {
            let (_, schedule, seen) = &mut schedules[slot.index()];
            schedule.idle(beat - *seen - 1, 0);
            *seen = beat;
            assert_eq!(schedule.deliver(0, 1), Delivered::Open);
            schedule.enter();
            while schedule.finish(Ended::default()).closed.is_none() {}
        }
        times.push(each(from.elapsed(), u32::try_from(managers.len()).unwrap()));
    }
    median(times)
}

/// A hashed timing wheel and nothing else: numbers, each with its period.
struct Bare {
    now: usize,
    wheel: Vec<Vec<u32>>,
    periods: Vec<u32>,
    due: Vec<u32>,
}

impl Bare {
    fn new() -> Self {
        let mut wheel = vec![Vec::new(); 1_024];
        let mut periods = Vec::new();
        for manager in 0..MANAGERS {
            for task in 0..TASKS {
                wheel[phase(manager, task) as usize + 1].push(manager * TASKS + task);
                periods.push(PERIOD);
            }
        }
        Self { now: 0, wheel, periods, due: Vec::new() }
    }

    fn beat(&mut self) -> &[u32] {
        self.now += 1;
        self.due.clear();
        std::mem::swap(&mut self.due, &mut self.wheel[self.now % 1_024]);
        for number in &self.due {
            let next = self.now + self.periods[*number as usize] as usize;
            self.wheel[next % 1_024].push(*number);
        }
        &self.due
    }
}

/// A task as the original's loop sees it: an object with a counter.
struct Naive {
    _name: String,
    ticks_between_runs: u32,
    ticks_to_skip: u32,
}

fn naive() -> Vec<Vec<Naive>> {
    let task = |manager, task| Naive {
        _name: format!("task-{task}"),
        ticks_between_runs: PERIOD - 1,
        ticks_to_skip: phase(manager, task),
    };
    (0..MANAGERS).map(|manager| (0..TASKS).map(|t| task(manager, t)).collect()).collect()
}

fn naive_pass(managers: &mut [Vec<Naive>]) -> Vec<(usize, usize)> {
    let mut due = Vec::new();
    for (manager, tasks) in managers.iter_mut().enumerate() {
        for (index, task) in tasks.iter_mut().enumerate() {
            if task.ticks_to_skip > 0 {
                task.ticks_to_skip -= 1;
            } else {
                task.ticks_to_skip = task.ticks_between_runs;
                due.push((manager, index));
            }
        }
    }
    due
}
