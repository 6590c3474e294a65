//! A store that fails, or freezes, at its k-th operation, for every k of a scenario (S17, S19).

use std::sync::Arc;

use super::rig::{Rig, candidate, core};
use super::script::{Play, Script};
use crate::schedule::TaskSetting;
use crate::schedule::model::setting;
use crate::store::{FailingStore, Fault, FreezingStore, MemoryStore, Stage, Store};
use crate::ticker::core::Core;
use crate::ticker::install::Interrupted;
use crate::ticker::report::Wanted;
use crate::types::{ManagerName, Outcome};

fn tasks() -> Vec<TaskSetting> {
    vec![setting("a", 0, false), setting("b", 1, true), setting("c", 0, false)]
}

/// Ticks, runs by hand, a pause, a failure and a kill, whatever the store does; gives the core back,
/// with every report that was told.
async fn scenario(
    store: Arc<dyn Store>,
    script: &Arc<Script>,
) -> (Arc<Core>, Vec<(u64, Vec<Outcome>)>) {
    let core = core(store);
    let name = ManagerName::new("m").unwrap();
    let mut heard = core.listen();
    for _ in 0..4 {
        let (spec, candidate) = candidate(script, &name, &tasks(), 1);
        if core.install(spec, candidate, Interrupted::Finish).await.is_ok() {
            break;
        }
    }
    let manager = core.manager(&name).unwrap();
    for t in 0..8 {
        let play = if t == 3 { Play::End(Outcome::Trap) } else { Play::End(Outcome::Ok) };
        script.set("c", play);
        // What is refused here is the store's failure; what must hold all the same is checked below.
        drop(core.tick(&manager, 0, 1, Wanted::All).await);
        if t == 5 {
            drop(core.trigger(&manager, 1).await);
            drop(core.pause(&manager, Some(&tasks()[0].name), true).await);
        }
    }
    drop(core.checkpoint().await);
    // Whatever happened, one more tick finds the way back.
    for _ in 0..3 {
        if core.tick(&manager, 0, 1, Wanted::All).await.is_ok() {
            break;
        }
    }
    let mut told = Vec::new();
    while let Ok(report) = heard.try_recv() {
        let outcomes = report.tasks.iter().map(|t| t.outcome).collect();
        if report.trigger == crate::types::Trigger::Schedule {
            told.push((report.tick.get(), outcomes));
        }
    }
    (core, told)
}

/// Runs the scenario and checks what it left, looking at the `sound` store beneath the faulty one.
async fn check(
    store: Arc<dyn Store>,
    sound: Arc<dyn Store>,
    script: &Arc<Script>,
    what: &str,
) -> Vec<(u64, Vec<Outcome>)> {
    let (core, told) = scenario(store, script).await;
    let rig = Rig {
        disk: super::rig::Disk::memory(),
        core,
        script: script.clone(),
        name: ManagerName::new("m").unwrap(),
    };
    rig.check_on(&*sound).await;
    let numbers: Vec<_> = told.iter().map(|(tick, _)| *tick).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{what}: S21: numbers never go back: {numbers:?}");
    told
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap()
}

#[test]
fn s17_a_store_that_fails_at_its_kth_operation_for_every_k() {
    let inner = Arc::new(MemoryStore::recording());
    let counting = Arc::new(FailingStore::counting(inner.clone()));
    let script = Script::new();
    let sound = runtime().block_on(check(counting.clone(), inner, &script, "sound"));
    assert!(sound.len() >= 9, "{sound:?}");
    let operations = counting.operations();
    assert!(operations > 20, "{operations}");
    for k in 1..=operations {
        for fault in [Fault::Refused, Fault::UnknownDone, Fault::UnknownNotDone] {
            for lasting in [false, true] {
                let what = format!("operation {k}: {fault:?}, lasting {lasting}");
                let inner = Arc::new(MemoryStore::recording());
                let store = if lasting {
                    FailingStore::lasting(inner.clone(), k, fault)
                } else {
                    FailingStore::once(inner.clone(), k, fault)
                };
                store.refuse_reopening(k % 3);
                let script = Script::new();
                // A lasting fault during install ends only with a reopening, which nobody asks for yet.
                if lasting && k <= 4 {
                    continue;
                }
                runtime().block_on(check(Arc::new(store), inner, &script, &what));
            }
        }
    }
}

#[test]
fn s17_a_store_that_freezes_at_its_kth_operation_for_every_k() {
    let inner = Arc::new(MemoryStore::recording());
    let counting = Arc::new(FailingStore::counting(inner.clone()));
    runtime().block_on(check(counting.clone(), inner, &Script::new(), "sound"));
    for k in 1..=counting.operations() {
        for stage in [Stage::Before, Stage::After] {
            let inner = Arc::new(MemoryStore::recording());
            let store = FreezingStore::new(inner.clone(), k, stage);
            let what = format!("operation {k} freezes: {stage:?}");
            runtime().block_on(check(Arc::new(store), inner, &Script::new(), &what));
        }
    }
}

#[test]
fn s17_a_run_whose_commit_was_written_is_found_and_no_other_is_lost() {
    runtime().block_on(async {
        let inner = Arc::new(MemoryStore::recording());
        // Three operations of the install, the plan, then the outcome of the first run.
        let mut seen = Vec::new();
        for k in 1..12 {
            let store = Arc::new(FailingStore::once(inner.clone(), k, Fault::UnknownDone));
            let script = Script::new();
            let name = ManagerName::new(&format!("m{k}")).unwrap();
            let core = core(store);
            let (spec, candidate) = candidate(&script, &name, &tasks(), 1);
            if core.install(spec, candidate, Interrupted::Finish).await.is_err() {
                continue;
            }
            let manager = core.manager(&name).unwrap();
            let mut heard = core.listen();
            drop(core.tick(&manager, 0, 1, Wanted::All).await);
            drop(core.tick(&manager, 0, 1, Wanted::All).await);
            while let Ok(report) = heard.try_recv() {
                seen.extend(report.tasks.iter().map(|t| t.outcome));
            }
            assert!(script.started.lock().unwrap().len() >= 3, "every due task of the tick ran");
        }
        assert!(!seen.is_empty());
        assert!(!seen.contains(&Outcome::Lost), "what was written is found: {seen:?}");
    });
}
