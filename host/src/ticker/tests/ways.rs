//! The way of a tick by example, one rule at a time.

use std::sync::Arc;
use std::task::Poll;

use super::rig::{Disk, Rig, candidate};
use super::script::{Play, Script};
use crate::schedule::model::setting;
use crate::store::{FailingStore, Fault, FreezingStore, MemoryStore, Stage, Store};
use crate::ticker::core::Core;
use crate::ticker::error::HostError;
use crate::ticker::install::{InstallError, Interrupted};
use crate::ticker::manager::{Held, Manager};
use crate::ticker::report::Wanted;
use crate::ticker::together::{DueTick, Together};
use crate::types::{ManagerName, OnLost, Outcome, Tick, TickReport};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap().block_on(future)
}

#[test]
fn s04_managers_made_from_one_component_share_no_counter() {
    block_on(async {
        let tasks = [setting("a", 1, true)];
        let rig = Rig::new(Disk::memory(), &tasks).await;
        let other = ManagerName::new("other").unwrap();
        let (spec, candidate) = candidate(&rig.script, &other, &tasks, 1);
        rig.core.install(spec, candidate, Interrupted::Finish).await.unwrap();
        assert_eq!(rig.outcomes().await, [Outcome::Ok]);
        let report = rig.core.tick(&rig.core.manager(&other).unwrap(), 0, 1, Wanted::All).await;
        assert_eq!(report.unwrap().tasks[0].outcome, Outcome::Ok, "it has its own first run");
        assert_eq!(rig.outcomes().await, [Outcome::Skipped]);
    });
}

#[test]
fn s07_counter_is_reset_before_the_guest_is_entered() {
    block_on(async {
        let inner: Arc<dyn Store> = Arc::new(MemoryStore::recording());
        for k in 1.. {
            let store = Arc::new(FreezingStore::new(inner.clone(), k, Stage::Before));
            let core = super::rig::core(store);
            let script = Script::new();
            let name = ManagerName::new(&format!("m{k}")).unwrap();
            let (spec, candidate) = candidate(&script, &name, &[setting("a", 0, false)], 1);
            if core.install(spec, candidate, Interrupted::Finish).await.is_err() {
                continue;
            }
            let manager = core.manager(&name).unwrap();
            let frozen = core.tick(&manager, 0, 1, Wanted::All).await;
            assert!(matches!(frozen, Err(HostError::Store { .. })), "{frozen:?}");
            assert_eq!(*script.started.lock().unwrap(), [], "the plan was not committed");
            break;
        }
    });
}

#[test]
fn s17_a_commit_that_is_refused_spoils_no_other_managers_tick() {
    const MANAGERS: usize = 4;
    block_on(async {
        let mut spoilt = 0;
        for k in 1..60 {
            let store = FailingStore::once(Arc::new(MemoryStore::recording()), k, Fault::Refused);
            let core = super::rig::core(Arc::new(store));
            let mut managers = Vec::new();
            for n in 0..MANAGERS {
                let name = ManagerName::new(&format!("m{n}")).unwrap();
                let tasks = [setting("a", 0, false), setting("b", 0, false)];
                let (spec, candidate) = candidate(&Script::new(), &name, &tasks, 1);
                if core.install(spec, candidate, Interrupted::Finish).await.is_ok() {
                    managers.push(core.manager(&name).unwrap());
                }
            }
            if managers.len() < MANAGERS {
                continue;
            }
            let failed = together(&core, &managers).await.iter().filter(|t| t.is_err()).count();
            assert!(failed <= 1, "k = {k}: one commit was refused, {failed} ticks failed");
            spoilt += failed;
            if failed == 0 {
                continue;
            }
            assert!(together(&core, &managers).await.iter().all(Result::is_ok), "k = {k}");
            for manager in &managers {
                let state = manager.state();
                let row = state.schedule.row();
                assert_eq!(row.totals.sum(), row.expected, "S11");
            }
        }
        // The plan and both outcomes of each.
        assert_eq!(spoilt, 3 * MANAGERS);
    });
}

/// One tick of each, at the same time.
async fn together(
    core: &Arc<Core>,
    managers: &[Arc<Manager>],
) -> Vec<Result<Arc<TickReport>, HostError>> {
    let hold = |(nth, manager): (usize, &Arc<Manager>)| DueTick {
        held: manager.try_hold().unwrap(),
        at_ms: 0,
        nth,
    };
    let due = managers.iter().enumerate().map(hold).collect();
    let (done, mut answers) = tokio::sync::mpsc::unbounded_channel();
    let core = Arc::clone(core);
    Together { core, wanted: Wanted::All, done: Some(done) }.tick(due).await;
    let mut all = Vec::new();
    while let Some(some) = answers.recv().await {
        all.extend(some.into_iter().map(|(_, answer)| answer));
    }
    all
}

#[test]
fn s08_s15_a_kill_ends_that_run_alone_and_the_next_has_a_new_instance() {
    block_on(async {
        let rig = Rig::new(Disk::memory(), &[setting("a", 0, false), setting("b", 0, false)]).await;
        rig.script.set("a", Play::End(Outcome::Trap));
        assert_eq!(rig.outcomes().await, [Outcome::Trap, Outcome::Ok]);
        assert_eq!(rig.core.seats.taken(), 1, "the killed instance is gone, a new one is there");
        rig.check().await;
    });
}

#[test]
fn s10_an_asked_for_delay_reaches_the_counter() {
    block_on(async {
        let rig = Rig::new(Disk::memory(), &[setting("a", 0, false)]).await;
        rig.script.set("a", Play::Ask(2));
        assert_eq!(rig.outcomes().await, [Outcome::Ok]);
        assert_eq!(rig.outcomes().await, [Outcome::Skipped]);
        assert_eq!(rig.counters(), [1]);
        assert_eq!(rig.outcomes().await, [Outcome::Skipped]);
        assert_eq!(rig.outcomes().await, [Outcome::Ok]);
    });
}

#[test]
fn s12_a_tick_on_a_busy_manager_is_missed_whole_and_counted() {
    block_on(async {
        let rig = Rig::new(Disk::memory(), &[setting("a", 0, false), setting("b", 3, false)]).await;
        rig.script.set("a", Play::Hang);
        let mut first = Box::pin(rig.tick());
        tokio::select! {
            biased;
            _ = &mut first => panic!("it hangs"),
            () = rig.script.hung.notified() => {}
        }
        let counters = rig.counters();
        assert_eq!(rig.outcomes().await, [Outcome::Missed, Outcome::Missed]);
        assert_eq!(rig.counters(), counters);
        let by_hand = rig.core.trigger(&rig.manager(), 1).await;
        assert!(matches!(by_hand, Err(HostError::Busy(_))), "S14");
        drop(first);
        // The caller went away in the middle: that run is lost, and the tick is finished first.
        rig.script.set("a", Play::End(Outcome::Ok));
        let mut heard = rig.core.listen();
        assert_eq!(rig.outcomes().await, [Outcome::Ok, Outcome::Skipped]);
        let interrupted = heard.try_recv().unwrap();
        assert_eq!((interrupted.tick, interrupted.tasks[0].outcome), (Tick::new(1), Outcome::Lost));
        assert_eq!(heard.try_recv().unwrap().tick, Tick::new(3));
        rig.check().await;
    });
}

#[test]
fn s12_a_manager_is_handed_on_in_order_and_who_gave_up_keeps_nobody_waiting() {
    block_on(async {
        let rig = Rig::new(Disk::memory(), &[setting("a", 0, true)]).await;
        let manager = rig.manager();
        let held = manager.try_hold().unwrap();
        let mut waiting: Vec<_> = (0..4).map(|_| Box::pin(manager.hold())).collect();
        for one in &mut waiting {
            assert!(futures::poll!(one).is_pending());
        }
        let turn = |polled: Poll<Held>| match polled {
            Poll::Ready(held) => held,
            Poll::Pending => panic!("it is the turn of the first in line"),
        };
        drop(waiting.remove(0));
        drop(held);
        assert!(manager.try_hold().is_none(), "nobody goes before who waits");
        let held = turn(futures::poll!(&mut waiting[0]));
        assert!(futures::poll!(&mut waiting[2]).is_pending(), "one after the other");
        drop(held);
        // It has been handed to the next one, who never looks.
        drop(waiting.remove(1));
        drop(turn(futures::poll!(&mut waiting[1])));
        assert!(!manager.is_held());
        rig.tick().await.unwrap();
        rig.check().await;
    });
}

#[test]
fn s14_s21_runs_by_hand_have_numbers_of_their_own() {
    block_on(async {
        let rig = Rig::new(Disk::memory(), &[setting("a", 5, false)]).await;
        rig.tick().await.unwrap();
        for k in 1..=2 {
            let report = rig.core.trigger(&rig.manager(), 0).await.unwrap();
            let id = report.run_id(&report.tasks[0].task);
            assert_eq!(id.as_str(), format!("{}/a/1+{k}", rig.name));
        }
        assert_eq!(rig.counters(), [4]);
        rig.check().await;
    });
}

#[test]
fn s16a_a_manager_that_fails_to_start_is_not_ready_and_says_why() {
    block_on(async {
        let rig = Rig::new(Disk::memory(), &[setting("a", 1, true)]).await;
        *rig.script.failing_starts.lock().unwrap() = 2;
        for _ in 0..3 {
            let report = rig.tick().await.unwrap();
            assert_eq!(report.tasks[0].outcome, Outcome::NotReady);
            assert!(report.tasks[0].reason.as_ref().unwrap().contains("the script fails to start"));
            assert_eq!(rig.counters(), [0], "no counter moves");
        }
        assert_eq!(rig.outcomes().await, [Outcome::Ok]);
        rig.check().await;
    });
}

#[test]
fn s19_a_lost_run_is_repeated_under_the_same_id_where_its_task_says_so() {
    block_on(async {
        let mut tasks = [setting("a", 0, false)];
        tasks[0].on_lost = OnLost::Repeat;
        let mut rig = Rig::new(Disk::memory(), &tasks).await;
        rig.die_in("a").await;
        rig.restart(&tasks, 1).await;
        let started = rig.script.started.lock().unwrap().clone();
        assert_eq!(started, [("m/a/1".to_owned(), 1), ("m/a/1".to_owned(), 2)]);
        rig.check().await;
    });
}

#[test]
fn s16_s19_a_guest_that_takes_the_host_down_twice_is_quarantined() {
    block_on(async {
        let tasks = [setting("a", 0, false), setting("b", 0, false)];
        let mut rig = Rig::new(Disk::memory(), &tasks).await;
        for _ in 0..2 {
            rig.script.set("a", Play::Hang);
            tokio::select! {
                biased;
                _ = rig.tick() => panic!("it hangs"),
                () = rig.script.hung.notified() => {}
            }
            rig.restart(&tasks, 1).await;
        }
        assert_eq!(rig.outcomes().await, [Outcome::Quarantined, Outcome::Ok]);
        rig.check().await;
    });
}

#[test]
fn s21_tick_numbers_go_on_after_remove_and_install() {
    block_on(async {
        let tasks = [setting("a", 0, false)];
        let rig = Rig::new(Disk::memory(), &tasks).await;
        for _ in 0..3 {
            rig.tick().await.unwrap();
        }
        rig.core.remove(&rig.name).await.unwrap();
        assert!(matches!(rig.core.manager(&rig.name), Err(HostError::NoManager(_))));
        rig.install(&tasks, 1).await.unwrap();
        assert_eq!(rig.tick().await.unwrap().tick, Tick::new(4));
    });
}

#[test]
fn s25_an_upgrade_that_fails_to_start_leaves_the_old_one_running() {
    block_on(async {
        let rig = Rig::new(Disk::memory(), &[setting("a", 0, false)]).await;
        assert_eq!(rig.outcomes().await, [Outcome::Ok]);
        *rig.script.failing_starts.lock().unwrap() = 1;
        let refused = rig.install(&[setting("b", 0, false)], 2).await;
        assert!(matches!(refused, Err(InstallError::NotStarted { .. })));
        let report = rig.tick().await.unwrap();
        assert_eq!(report.tasks[0].task.as_str(), "a");
        rig.install(&[setting("b", 0, true)], 2).await.unwrap();
        let report = rig.tick().await.unwrap();
        assert_eq!((report.tasks[0].task.as_str(), report.tick), ("b", Tick::new(3)));
        rig.check().await;
    });
}

#[test]
fn a_manager_more_than_the_host_may_hold_is_refused_by_name() {
    block_on(async {
        let mut rig = Rig::new(Disk::memory(), &[setting("a", 0, false)]).await;
        let core = Arc::get_mut(&mut rig.core).unwrap();
        core.limits.instances = 1;
        let (spec, candidate) = candidate(
            &rig.script,
            &ManagerName::new("one-more").unwrap(),
            &[setting("a", 0, false)],
            1,
        );
        let refused =
            rig.core.install(spec, candidate, Interrupted::Finish).await.unwrap_err().to_string();
        assert!(refused.contains("one-more") && refused.contains("instances = 1"), "{refused}");
    });
}
