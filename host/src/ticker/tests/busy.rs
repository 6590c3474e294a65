//! What is kept of a manager that is busy, and what becomes of ticks that wait when the host ends.

use std::sync::Arc;
use std::time::Duration;

use super::rig::{Disk, Rig, candidate, core};
use super::script::{Play, Script};
use crate::schedule::TaskSetting;
use crate::schedule::model::setting;
use crate::store::{FailingStore, Fault, MemoryStore, Store};
use crate::ticker::core::Core;
use crate::ticker::error::HostError;
use crate::ticker::install::Interrupted;
use crate::ticker::manager::Manager;
use crate::ticker::report::Wanted;
use crate::ticker::seats::Places;
use crate::ticker::together::{DueTick, Together};
use crate::types::{ManagerName, Outcome, Tick};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap().block_on(future)
}

/// A host in which one tick goes on at a time.
fn narrow(store: Arc<dyn Store>) -> Arc<Core> {
    let mut core = core(store);
    Arc::get_mut(&mut core).unwrap().places = Places::new(1, 10);
    core
}

/// A manager of a script in a core.
async fn install(core: &Core, name: &str, script: &Arc<Script>) -> Arc<Manager> {
    install_with(core, name, script, &[setting("a", 0, false)]).await
}

async fn install_with(
    core: &Core,
    name: &str,
    script: &Arc<Script>,
    tasks: &[TaskSetting],
) -> Arc<Manager> {
    let name = ManagerName::new(name).unwrap();
    let (spec, candidate) = candidate(script, &name, tasks, 1);
    core.install(spec, candidate, Interrupted::Finish).await.unwrap();
    core.manager(&name).unwrap()
}

fn due(managers: &[Arc<Manager>]) -> Vec<DueTick> {
    let due = |(nth, manager): (usize, &Arc<Manager>)| DueTick {
        held: manager.try_hold().unwrap(),
        at_ms: 0,
        nth,
    };
    managers.iter().enumerate().map(due).collect()
}

/// Leaves a tick in the middle of the first run of it, as a caller does that drops it.
async fn leave(core: &Core, manager: &Arc<Manager>, script: &Script) {
    let mut running = Box::pin(core.tick(manager, 0, 1, Wanted::All));
    assert!(futures::poll!(&mut running).is_pending());
    script.hung.notified().await;
}

/// Until another task of this thread has something to do no more.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn s16_s19_a_task_that_is_passed_over_before_another_runs_is_kept_as_it_is() {
    block_on(async {
        let tasks = [setting("a", 1, true), setting("b", 0, false)];
        let mut rig = Rig::new(Disk::memory(), &tasks).await;
        rig.script.set("a", Play::End(Outcome::Trap));
        for expect in [Outcome::Trap, Outcome::Skipped, Outcome::Trap, Outcome::Skipped] {
            assert_eq!(rig.outcomes().await, [expect, Outcome::Ok]);
        }
        assert_eq!(rig.outcomes().await, [Outcome::BackingOff, Outcome::Ok]);
        assert_eq!(rig.counters(), [1, 0]);
        rig.restart(&tasks, 1).await;
        assert_eq!(rig.counters(), [1, 0], "no outcome shifts a phase (S7)");
        assert_eq!(rig.outcomes().await, [Outcome::Skipped, Outcome::Ok]);
        assert_eq!(rig.outcomes().await, [Outcome::Trap, Outcome::Ok], "it was passed over once");
        rig.check().await;
    });
}

#[test]
fn s12_s19_s21_ticks_that_are_missed_during_a_run_are_kept_before_it_ends() {
    block_on(async {
        let tasks = [setting("a", 1, true), setting("b", 0, false)];
        let mut rig = Rig::new(Disk::memory(), &tasks).await;
        rig.script.set("a", Play::End(Outcome::Trap));
        for _ in 0..4 {
            rig.tick().await.unwrap();
        }
        // On the fifth, `a` is passed over and `b` runs for ever.
        rig.script.set("b", Play::Hang);
        let checkpoint = rig.core.limits.checkpoint;
        {
            let mut running = Box::pin(rig.tick());
            assert!(futures::poll!(&mut running).is_pending());
            for tick in 6..=9 {
                let report = rig.tick().await.unwrap();
                assert_eq!(
                    (report.tick, report.tasks[1].outcome),
                    (Tick::new(tick), Outcome::Missed)
                );
            }
            tokio::select! {
                biased;
                _ = &mut running => panic!("it hangs"),
                () = tokio::time::sleep(2 * checkpoint) => {}
            }
        }
        rig.script.set("b", Play::End(Outcome::Ok));
        rig.restart(&tasks, 1).await;
        assert_eq!(rig.counters(), [1, 0], "`a` was passed over, and `b` was lost");
        let report = rig.tick().await.unwrap();
        assert_eq!(report.tick, Tick::new(10), "numbers that were told are never told again");
        let manager = rig.manager();
        let totals = manager.state().schedule.row().totals;
        assert_eq!((totals.get(Outcome::Missed), totals.get(Outcome::Lost)), (8, 1));
        rig.check().await;
    });
}

#[test]
fn s17_a_store_that_fails_during_a_run_ends_it_and_is_read_again() {
    block_on(async {
        let inner: Arc<dyn Store> = Arc::new(MemoryStore::recording());
        // The operations before: load, install, load, and the plan of the first tick.
        for k in 1.. {
            let store = FailingStore::once(Arc::clone(&inner), k, Fault::UnknownNotDone);
            let core = core(Arc::new(store));
            let script = Script::new();
            let name = format!("m{k}");
            let (spec, candidate) =
                candidate(&script, &ManagerName::new(&name).unwrap(), &[setting("a", 0, false)], 1);
            if core.install(spec, candidate, Interrupted::Finish).await.is_err() {
                continue;
            }
            let manager = core.manager(&ManagerName::new(&name).unwrap()).unwrap();
            script.set("a", Play::Hang);
            let mut running = Box::pin(core.tick(&manager, 0, 1, Wanted::All));
            if futures::poll!(&mut running).is_ready() {
                continue;
            }
            core.tick(&manager, 0, 1, Wanted::All).await.unwrap();
            let failed = running.await;
            assert!(matches!(failed, Err(HostError::Store { .. })), "{failed:?}");
            script.set("a", Play::End(Outcome::Ok));
            let report = core.tick(&manager, 0, 1, Wanted::All).await.unwrap();
            assert_eq!((report.tick, report.tasks[0].outcome), (Tick::new(3), Outcome::Ok));
            let totals = manager.state().schedule.row().totals;
            assert_eq!(totals.get(Outcome::Lost), 1, "what had started is lost");
            break;
        }
    });
}

#[test]
fn s12_s19_ticks_that_are_missed_while_one_waits_for_a_place_are_kept() {
    block_on(async {
        let store = Arc::new(MemoryStore::recording());
        let core = narrow(store.clone());
        let script = Script::new();
        script.set("a", Play::Hang);
        let managers =
            [install(&core, "first", &script).await, install(&core, "second", &script).await];
        let together = Together { core: Arc::clone(&core), wanted: Wanted::Due, done: None };
        let waiting = tokio::spawn(together.tick(due(&managers)));
        script.hung.notified().await;
        core.tick(&managers[1], 0, 1, Wanted::All).await.unwrap();
        tokio::time::sleep(2 * core.limits.checkpoint).await;
        let kept = store.load(managers[1].name.clone()).await.unwrap().unwrap();
        assert_eq!((kept.row.tick, kept.row.open), (Tick::new(1), None));
        waiting.abort();
    });
}

#[test]
fn s12_what_waits_for_a_place_is_missed_when_the_host_ends() {
    block_on(async {
        let core = narrow(Arc::new(MemoryStore::recording()));
        let script = Script::new();
        script.set("a", Play::Sleep(Duration::from_secs(3)));
        let mut managers = Vec::new();
        for n in 0..4 {
            managers.push(install(&core, &format!("m{n}"), &script).await);
        }
        let (done, mut answers) = tokio::sync::mpsc::unbounded_channel();
        let together = Together { core: Arc::clone(&core), wanted: Wanted::All, done: Some(done) };
        tokio::spawn(together.tick(due(&managers)));
        settle().await;
        core.begin_closing();
        let mut outcomes = Vec::new();
        while let Some(some) = answers.recv().await {
            let told = some.into_iter().map(|(nth, told)| (nth, told.unwrap().tasks[0].outcome));
            outcomes.extend(told);
        }
        outcomes.sort_by_key(|(nth, _)| *nth);
        let outcomes: Vec<_> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
        let missed = Outcome::Missed;
        assert_eq!(outcomes, [Outcome::Ok, missed, missed, missed]);
        assert_eq!(script.started.lock().unwrap().len(), 1, "nothing new is begun");
    });
}

#[test]
fn s12_s19_what_is_left_of_a_tick_needs_a_place_as_a_tick_does() {
    block_on(async {
        let core = narrow(Arc::new(MemoryStore::recording()));
        let script = Script::new();
        script.set("a", Play::Hang);
        let tasks = [setting("a", 0, false), setting("b", 0, false)];
        let mut managers = Vec::new();
        for n in 0..3 {
            let manager = install_with(&core, &format!("m{n}"), &script, &tasks).await;
            leave(&core, &manager, &script).await;
            managers.push(manager);
        }
        script.set("b", Play::Hang);
        let started = || script.started.lock().unwrap().len();
        assert_eq!(started(), 3);
        let together = Together { core: Arc::clone(&core), wanted: Wanted::All, done: None };
        let one = tokio::spawn(together.tick(due(&managers[..2])));
        let two = tokio::spawn({
            let (core, manager) = (Arc::clone(&core), Arc::clone(&managers[2]));
            async move { core.tick(&manager, 0, 1, Wanted::All).await.map(drop) }
        });
        settle().await;
        assert_eq!(started(), 4, "one place, one run");
        one.abort();
        two.abort();
    });
}

#[test]
fn s19_s21_whoever_waits_to_finish_a_tick_keeps_what_is_missed_and_begins_nothing_at_the_end() {
    block_on(async {
        let store = Arc::new(MemoryStore::recording());
        let core = narrow(store.clone());
        let script = Script::new();
        script.set("a", Play::Hang);
        let tasks = [setting("a", 0, false), setting("b", 0, false)];
        let left = install_with(&core, "left", &script, &tasks).await;
        leave(&core, &left, &script).await;
        let hog = install(&core, "hog", &script).await;
        let hogging = tokio::spawn({
            let core = Arc::clone(&core);
            async move { core.tick(&hog, 0, 1, Wanted::All).await.map(drop) }
        });
        script.hung.notified().await;
        let waiting = tokio::spawn({
            let (core, held) = (Arc::clone(&core), left.try_hold().unwrap());
            async move { core.finish_interrupted(held).await }
        });
        settle().await;
        for tick in 2..=4 {
            let report = core.tick(&left, 0, 1, Wanted::All).await.unwrap();
            assert_eq!((report.tick, report.tasks[0].outcome), (Tick::new(tick), Outcome::Missed));
        }
        tokio::time::sleep(2 * core.limits.checkpoint).await;
        let kept = store.load(left.name.clone()).await.unwrap().unwrap();
        assert_eq!(kept.row.tick, Tick::new(4), "what was told is kept");
        assert!(kept.row.open.is_some());
        let before = script.started.lock().unwrap().clone();
        core.begin_closing();
        hogging.abort();
        waiting.await.unwrap();
        assert_eq!(*script.started.lock().unwrap(), before, "nothing new is begun");
    });
}
