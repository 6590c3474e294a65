//! A guest that brings the whole host down: what the next host makes of it (S16, S19).
//!
//! The host is dropped in the midst of the run; to the store that looks like `kill -9`. (Real kills of a
//! real process are the business of the crash tests.)

use std::sync::Arc;
use std::time::Duration;

use tourbillon::store::{MemoryStore, Store};
use tourbillon::types::{Fuel, ManagerSpec, Outcome, TickReport};

use crate::cases::spec;
use crate::stage::{compile_limits, host, name};

/// Runs for as long as it is let.
fn deadly() -> ManagerSpec {
    spec("loop-in-task", |spec| {
        spec.limits.run.fuel = Fuel::new(u64::MAX / 2);
        spec.limits.run.timeout = Duration::from_hours(1);
    })
}

/// A host that dies while the manager's run is in progress.
async fn dies_during_a_run(store: &MemoryStore) {
    let host = host(Arc::new(store.restarted()), compile_limits());
    host.install(deadly()).await.unwrap();
    let deadly = name("hostile");
    let started = async {
        // The run has begun once its start is committed and the guest has yielded at a beat.
        loop {
            let found = store.load(deadly.clone()).await.unwrap();
            if found.is_some_and(|record| record.row.open.is_some()) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        report = host.tick(&deadly) => panic!("it ended: {report:?}"),
        () = started => {}
    }
}

/// What a host with a run that can't harm it finds.
async fn next_tick(store: &MemoryStore) -> Arc<TickReport> {
    let host = host(Arc::new(store.restarted()), compile_limits());
    host.install(spec("loop-in-task", |_| {})).await.unwrap();
    let status = host.status();
    let task = &status[0].tasks[0];
    assert_eq!(task.last.unwrap().outcome, Outcome::Lost, "{task:?}");
    host.tick(&name("hostile")).await.unwrap()
}

#[tokio::test]
async fn s16_a_guest_that_kills_the_host_once_is_let_in_again() {
    let store = MemoryStore::recording();
    dies_during_a_run(&store).await;
    let report = next_tick(&store).await;
    assert_eq!(report.tasks[0].outcome, Outcome::OutOfFuel, "{report:?}");
}

#[tokio::test]
async fn s16_a_guest_that_kills_the_host_twice_is_quarantined() {
    let store = MemoryStore::recording();
    dies_during_a_run(&store).await;
    dies_during_a_run(&store).await;
    let report = next_tick(&store).await;
    assert_eq!(report.tasks[0].outcome, Outcome::Quarantined, "{report:?}");
}
