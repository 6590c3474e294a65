//! The rules one by one, and the schedule against two models that share no code with it: a port of
//! the original's counter loop, and a closed formula.

use proptest::prelude::*;

use super::model::{Loop, setting, settings};
use super::{Delivered, Ended, Recovered, Schedule, TaskSetting};
use crate::types::{ManagerRow, OnLost, Outcome, Policy};

fn schedule(settings: &[TaskSetting]) -> Schedule {
    Schedule::new(ManagerRow::default(), &[], settings, Policy::default(), false)
}

fn ended(outcome: Outcome) -> Ended {
    Ended { outcome, asked_for: None, fuel: 0, fuel_granted: 0 }
}

/// What is written at each commit, read back: the schedule after a restart.
fn restarted(s: &Schedule, settings: &[TaskSetting]) -> Schedule {
    Schedule::new(s.row.clone(), &s.records(), settings, s.policy.clone(), false)
}

/// One tick on which each run ends as `play` says; draws the outcome of each task.
fn tick(s: &mut Schedule, mut play: impl FnMut(usize) -> Ended) -> Vec<Outcome> {
    let closed = match s.deliver(0, 1) {
        Delivered::Idle(closed) | Delivered::PassedOver(closed) => closed,
        Delivered::Open => {
            s.enter();
            loop {
                let end = s.current().map_or(ended(Outcome::Ok), |c| play(c.task));
                if let Some(closed) = s.finish(end).closed {
                    break closed;
                }
            }
        }
    };
    (0..s.tasks.len()).filter_map(|t| closed.outcome(s, t)).collect()
}

fn runs(s: &mut Schedule, ticks: u64, play: impl Fn(u64, usize) -> Ended) -> Vec<String> {
    let mut drawn = vec![String::new(); s.tasks.len()];
    for t in 1..=ticks {
        for (line, outcome) in drawn.iter_mut().zip(tick(s, |task| play(t, task))) {
            line.push_str(match outcome {
                Outcome::Ok => "R",
                Outcome::Skipped => ".",
                Outcome::Failed => "F",
                Outcome::Trap => "T",
                Outcome::Lost => "L",
                Outcome::BackingOff => "b",
                Outcome::Quarantined => "q",
                Outcome::Paused => "p",
                Outcome::NotReached => "-",
                Outcome::NotReady => "n",
                _ => "?",
            });
        }
    }
    assert_eq!(s.row.totals.sum(), s.row.expected, "S11: the sums balance");
    drawn
}

#[test]
fn s01_s02_a_task_runs_on_one_tick_and_skips_n() {
    let mut s = schedule(&[
        setting("every", 0, false),
        setting("third", 2, false),
        setting("now", 2, true),
    ]);
    let drawn = runs(&mut s, 9, |_, _| ended(Outcome::Ok));
    assert_eq!(drawn, ["RRRRRRRRR", "..R..R..R", "R..R..R.."]);
}

#[test]
fn s05_tasks_run_in_declared_order() {
    let mut s = schedule(&[setting("b", 0, false), setting("a", 0, false), setting("c", 0, false)]);
    let mut order = Vec::new();
    tick(&mut s, |task| {
        order.push(task);
        ended(Outcome::Ok)
    });
    assert_eq!(order, [0, 1, 2]);
}

#[test]
fn s07_a_host_killed_in_a_run_finds_what_had_started_and_the_counters_set_back() {
    let settings = [setting("a", 1, true), setting("b", 0, true), setting("c", 2, true)];
    let mut s = schedule(&settings);
    assert_eq!(s.deliver(0, 1), Delivered::Open);
    for killed_in in 0..3 {
        let mut s = s.clone();
        if killed_in > 0 {
            s.enter();
        }
        for _ in 0..killed_in {
            s.finish(ended(Outcome::Ok));
        }
        let mut s = restarted(&s, &settings);
        assert_eq!(s.recover(|_| true), Recovered::Lost);
        assert_eq!(s.current().unwrap().task, killed_in);
        let mut end = Outcome::Lost;
        let closed = loop {
            let finished = s.finish(ended(end));
            end = Outcome::Ok;
            if let Some(closed) = finished.closed {
                break closed;
            }
        };
        assert_eq!(closed.due[0].0, killed_in);
        assert_eq!(closed.earlier, (0..killed_in).collect::<Vec<_>>());
        let counters: Vec<_> = (0..3).map(|t| s.ticks_to_skip(t)).collect();
        assert_eq!(counters, [1, 0, 2], "killed in {killed_in}");
        assert_eq!(s.row.totals.sum(), s.row.expected);
    }
}

#[test]
fn s09_raise_on_error_ends_the_tick_and_later_tasks_do_not_count_down() {
    let mut s = schedule(&[
        setting("a", 2, true),
        setting("b", 1, true),
        setting("c", 0, true),
        setting("d", 3, false),
    ]);
    s.policy.raise_on_error = true;
    let drawn = runs(&mut s, 6, |t, task| {
        ended(if task == 1 && t == 1 { Outcome::Failed } else { Outcome::Ok })
    });
    assert_eq!(drawn, ["R..R..", "F.R.R.", "-RRRRR", "-...R."]);
}

#[test]
fn s10_an_asked_for_delay_sets_the_counter_once_within_its_range() {
    let mut s = schedule(&[setting("a", 1, true)]);
    s.policy.delay = 0..=4;
    let drawn = runs(&mut s, 14, |t, _| Ended {
        asked_for: match t {
            1 => Some(3),
            5 => Some(1_000),
            _ => None,
        },
        ..ended(if t == 5 { Outcome::Failed } else { Outcome::Ok })
    });
    assert_eq!(drawn, ["R...F....R.R.R"]);
}

#[test]
fn s12_s13_missed_ticks_and_gaps_move_no_counter() {
    let mut s = schedule(&[setting("a", 2, false)]);
    tick(&mut s, |_| ended(Outcome::Ok));
    s.miss(0);
    s.gap(5, 0);
    assert_eq!((s.row.tick.get(), s.row.gaps, s.row.missed_before), (2, 5, 6));
    assert_eq!(runs(&mut s, 2, |_, _| ended(Outcome::Ok)), [".R"]);
    assert_eq!(s.row.tick.get(), 4);
}

#[test]
fn s13_advance_moves_every_counter_and_runs_what_came_due_once() {
    let mut s = schedule(&[setting("a", 1, false), setting("b", 9, false)]);
    assert_eq!(s.deliver(0, 7), Delivered::Open);
    s.enter();
    let closed = s.finish(ended(Outcome::Ok)).closed.unwrap();
    assert_eq!(*closed.due, [(0, Outcome::Ok)]);
    assert_eq!((s.ticks_to_skip(0), s.ticks_to_skip(1)), (1, 2));
    assert_eq!(s.row.tick.get(), 1);
}

#[test]
fn s14_paused_counters_are_frozen_and_nothing_is_caught_up() {
    let mut s = schedule(&[setting("a", 2, false), setting("b", 0, false)]);
    tick(&mut s, |_| ended(Outcome::Ok));
    s.pause_task(0, true);
    assert_eq!(runs(&mut s, 5, |_, _| ended(Outcome::Ok)), ["ppppp", "RRRRR"]);
    s.pause_task(0, false);
    s.pause_manager(true);
    assert_eq!(runs(&mut s, 3, |_, _| ended(Outcome::Ok)), ["ppp", "ppp"]);
    s.pause_manager(false);
    assert_eq!(runs(&mut s, 4, |_, _| ended(Outcome::Ok)), [".R..", "RRRR"]);
}

#[test]
fn s14_a_run_by_hand_leaves_the_counter_and_the_sums_of_ticks_alone() {
    let mut s = schedule(&[setting("a", 2, false)]);
    tick(&mut s, |_| ended(Outcome::Ok));
    let before = (s.ticks_to_skip(0), s.row.totals, s.row.expected);
    for k in 1..=2 {
        s.by_hand(0, 0);
        s.enter();
        assert_eq!(s.current().unwrap().by_hand, Some(k));
        let end = Ended { asked_for: Some(9), ..ended(Outcome::Ok) };
        let closed = s.finish(end).closed.unwrap();
        assert_eq!((closed.tick.get(), closed.outcome(&s, 0)), (1, Some(Outcome::Ok)));
    }
    assert_eq!((s.ticks_to_skip(0), s.row.totals, s.row.expected), before);
    assert_eq!(s.row.by_hand_totals.get(Outcome::Ok), 2);
}

#[test]
fn s16_backing_off_moves_counters_as_if_it_had_run_and_siblings_run_on() {
    let mut s = schedule(&[setting("bad", 1, true), setting("good", 0, false)]);
    s.policy.quarantine_after = 4;
    s.policy.probe_every = 3;
    let drawn =
        runs(&mut s, 24, |_, task| ended(if task == 0 { Outcome::Trap } else { Outcome::Ok }));
    assert_eq!(drawn, ["T.T.b.T.b.b.b.T.q.q.T.q.", &"R".repeat(24)]);
}

#[test]
fn s16a_a_manager_that_does_not_start_is_not_ready_and_backs_off() {
    let mut s = schedule(&[setting("a", 1, true)]);
    let mut drawn = String::new();
    for t in 1..=8 {
        drawn.push_str(match s.deliver(0, 1) {
            Delivered::Idle(closed) if closed.whole == Some(Outcome::NotReady) => "n",
            Delivered::Open if t < 8 => {
                let closed = s.refuse("no".into()).closed.unwrap();
                assert_eq!(closed.whole, Some(Outcome::NotReady));
                "A"
            }
            Delivered::Open => {
                s.enter();
                s.finish(ended(Outcome::Ok));
                "R"
            }
            other => panic!("{other:?}"),
        });
    }
    // Attempts after 0, 1, 3 … ticks passed over; no counter has moved meanwhile.
    assert_eq!(drawn, "AAnAnnnR");
    assert_eq!((s.row.moved, s.ticks_to_skip(0)), (1, 1));
    assert_eq!(s.row.totals.sum(), s.row.expected);
}

#[test]
fn s08_where_the_next_instance_fails_the_rest_of_the_tick_is_not_ready() {
    let mut s = schedule(&[setting("a", 0, false), setting("b", 3, true), setting("c", 5, false)]);
    assert_eq!(s.deliver(0, 1), Delivered::Open);
    s.enter();
    assert_eq!(s.finish(ended(Outcome::Trap)).closed, None);
    let closed = s.refuse("no".into()).closed.unwrap();
    let outcomes: Vec<_> = (0..3).filter_map(|t| closed.outcome(&s, t)).collect();
    assert_eq!(outcomes, [Outcome::Trap, Outcome::NotReady, Outcome::Skipped]);
    assert_eq!([0, 1, 2].map(|t| s.ticks_to_skip(t)), [0, 3, 4], "no phase is shifted");
    assert_eq!(s.row.totals.sum(), s.row.expected);
}

#[test]
fn s19_a_lost_run_is_repeated_once_where_the_task_says_so() {
    let mut settings = [setting("a", 0, false)];
    settings[0].on_lost = OnLost::Repeat;
    let mut s = schedule(&settings);
    assert_eq!(s.deliver(7, 1), Delivered::Open);
    let mut s = restarted(&s, &settings);
    assert_eq!(s.recover(|_| true), Recovered::Repeat);
    assert_eq!(s.current().map(|c| (c.attempt, c.tick.get(), c.at_ms)), Some((2, 1, 7)));
    let mut again = restarted(&s, &settings);
    assert_eq!(again.recover(|_| true), Recovered::Lost, "once only");
    again.finish(ended(Outcome::Lost));
    assert_eq!(again.tasks[0].record.ladder.quarantined, Some(0), "it may be what kills the host");
    s.finish(ended(Outcome::Ok));
    assert_eq!(s.tasks[0].record.ladder.lost, 0);
}

#[test]
fn s25_counters_follow_names_through_an_upgrade() {
    let mut s = schedule(&[
        setting("keep", 9, false),
        setting("gone", 0, false),
        setting("short", 9, false),
    ]);
    tick(&mut s, |_| ended(Outcome::Ok));
    let new = [setting("short", 3, false), setting("fresh", 4, false), setting("keep", 9, false)];
    let s = Schedule::new(s.row.clone(), &s.records(), &new, Policy::default(), true);
    assert_eq!([0, 1, 2].map(|t| s.ticks_to_skip(t)), [3, 4, 8]);
    assert_eq!(s.index("gone"), None);
}

// ---- the schedule against models ----

#[derive(Debug, Clone)]
enum Op {
    Tick,
    Miss,
    Trigger(usize),
    PauseTask(usize, bool),
    PauseManager(bool),
    Restart,
    /// The host dies in the run of the n-th due task, if there is one; it comes back at once.
    KillIn(usize),
    Upgrade(Vec<TaskSetting>),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        12 => Just(Op::Tick),
        2 => Just(Op::Miss),
        2 => (0..6usize).prop_map(Op::Trigger),
        2 => (0..6usize, any::<bool>()).prop_map(|(t, p)| Op::PauseTask(t, p)),
        1 => any::<bool>().prop_map(Op::PauseManager),
        1 => Just(Op::Restart),
        2 => (0..3usize).prop_map(Op::KillIn),
        1 => settings().prop_map(Op::Upgrade),
    ]
}

/// Finishes an open tick with `first` for the run in progress and `ok` for the rest.
fn play_out(s: &mut Schedule, first: Outcome) -> Vec<(usize, Outcome)> {
    let mut outcome = first;
    loop {
        let finished = s.finish(ended(outcome));
        outcome = Outcome::Ok;
        if let Some(closed) = finished.closed {
            return closed.due.to_vec();
        }
    }
}

fn check(first: Vec<TaskSetting>, ops: Vec<Op>) {
    let mut settings = first;
    let mut model = Loop::new(&settings);
    let mut s = schedule(&settings);
    // Quarantine has tests of its own: here losses only mean that a run is lost.
    s.policy.quarantine_after = u32::MAX;
    let (mut ticks, mut missed) = (0, 0);
    for op in ops {
        match op {
            Op::Tick => {
                ticks += 1;
                assert_eq!(tick(&mut s, |_| ended(Outcome::Ok)), model.periodic_tasks());
            }
            Op::Miss => {
                missed += 1;
                s.miss(0);
            }
            Op::Trigger(t) if t < settings.len() => {
                s.by_hand(t, 0);
                s.enter();
                play_out(&mut s, Outcome::Ok);
            }
            Op::PauseTask(t, paused) if t < settings.len() => {
                s.pause_task(t, paused);
                model.tasks[t].3 = paused;
            }
            Op::PauseManager(paused) => {
                s.pause_manager(paused);
                model.paused = paused;
            }
            Op::Restart => {
                s = restarted(&s, &settings);
                assert_eq!(s.recover(|_| true), Recovered::Nothing);
            }
            Op::KillIn(n) => {
                ticks += 1;
                kill_in(&mut s, &settings, &mut model, n);
            }
            Op::Upgrade(new) => {
                settings = new;
                s = Schedule::new(s.row.clone(), &s.records(), &settings, s.policy.clone(), true);
                model.upgrade(&settings);
            }
            Op::Trigger(_) | Op::PauseTask(..) => {}
        }
        let counters: Vec<_> = (0..settings.len()).map(|t| s.ticks_to_skip(t)).collect();
        let expect: Vec<_> = model.tasks.iter().map(|t| u64::try_from(t.2).unwrap()).collect();
        assert_eq!(counters, expect, "the counters are the loop's");
        assert_eq!(s.row.tick.get(), ticks + missed);
        assert_eq!(s.row.totals.sum(), s.row.expected, "S11: the sums balance");
    }
}

fn kill_in(s: &mut Schedule, settings: &[TaskSetting], model: &mut Loop, n: usize) {
    let due: Vec<_> = model.periodic_tasks().into_iter().enumerate().collect();
    let due: Vec<_> = due.into_iter().filter(|(_, o)| *o == Outcome::Ok).map(|(t, _)| t).collect();
    let Delivered::Open = s.deliver(0, 1) else {
        assert!(due.is_empty(), "{due:?}");
        return;
    };
    let mut lost = 0;
    if n > 0 {
        s.enter();
        while lost < n && lost + 1 < due.len() {
            assert_eq!(s.finish(ended(Outcome::Ok)).closed, None);
            lost += 1;
        }
    }
    *s = restarted(s, settings);
    assert_eq!(s.recover(|_| true), Recovered::Lost);
    let rest = play_out(s, Outcome::Lost);
    let expect: Vec<_> = due[lost..]
        .iter()
        .enumerate()
        .map(|(i, t)| (*t, if i == 0 { Outcome::Lost } else { Outcome::Ok }))
        .collect();
    assert_eq!(rest, expect);
    // Losses are kills, and this model knows no back-off.
    for t in 0..settings.len() {
        s.clear_task(t);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn s01_s25_the_schedule_is_the_originals_loop(
        first in settings(),
        ops in proptest::collection::vec(op(), 1..40),
    ) {
        check(first, ops);
    }

    #[test]
    fn s01_s02_the_schedule_is_a_closed_formula(n in 0..50u32, now in any::<bool>(), ticks in 1..200u64) {
        let mut s = schedule(&[setting("a", n, now)]);
        let drawn = runs(&mut s, ticks, |_, _| ended(Outcome::Ok)).remove(0);
        for (t, c) in (1..).zip(drawn.chars()) {
            let period = u64::from(n) + 1;
            let due = if now { t % period == 1 % period } else { t % period == 0 };
            prop_assert_eq!(c == 'R', due, "tick {}", t);
        }
    }
}
