//! A host that is driven by the clock, and how that ends.

use std::future::pending;
use std::path::Path;
use std::time::Duration;

use tourbillon::ticker::Host;
use tourbillon::types::{
    ComponentSource, Fuel, ManagerName, ManagerSpec, OnLost, Outcome, TaskName, TaskOverride,
};

use crate::{compile, pieces};

async fn host(state: &Path, name: &ManagerName) -> Host {
    let host = Host::builder("node").state(state).compile_in(compile()).build().unwrap();
    let component = wat::parse_str(include_str!("../../host/examples/embed.wat")).unwrap();
    let mut spec = ManagerSpec::new(name.clone(), ComponentSource::Bytes(component.into()));
    spec.interval = Duration::from_millis(1);
    host.install(spec).await.unwrap();
    host
}

#[tokio::test]
async fn the_state_is_free_as_soon_as_a_driven_host_has_ended() {
    let (state, name) = (tempfile::tempdir().unwrap(), ManagerName::new("greeter").unwrap());
    for _ in 0..10 {
        let host = host(state.path(), &name).await;
        let mut heard = host.subscribe();
        host.run(2, async { drop(heard.recv().await) }).await.unwrap();
    }
}

#[tokio::test]
async fn a_host_whose_driving_is_given_up_can_be_ticked_and_driven_again() {
    let (state, name) = (tempfile::tempdir().unwrap(), ManagerName::new("greeter").unwrap());
    let host = host(state.path(), &name).await;
    let mut heard = host.subscribe();
    tokio::select! {
        ended = host.run(2, pending()) => panic!("nobody asked for that: {ended:?}"),
        first = heard.recv() => assert_eq!(first.unwrap().manager, name),
    }
    // A run in which its thread ended is lost; the one after it is not.
    let outcome = async || host.tick(&name).await.unwrap().tasks[0].outcome;
    while outcome().await != Outcome::Ok {}
    // And it can be driven again, to the end.
    let mut heard = host.subscribe();
    host.run(2, async { drop(heard.recv().await) }).await.unwrap();
}

/// A manager whose task spins until its time is over, and is repeated where a host died in it.
fn spinning(name: &ManagerName) -> ManagerSpec {
    let component = ComponentSource::Bytes(pieces::component("loop-in-task"));
    let mut spec = ManagerSpec::new(name.clone(), component);
    spec.limits.run.fuel = Fuel::new(u64::MAX);
    spec.limits.run.timeout = Duration::from_secs(2);
    spec.interval = Duration::from_hours(1);
    let on_lost = Some(OnLost::Repeat);
    let task = TaskName::new("work").unwrap();
    spec.tasks.insert(task, TaskOverride { on_lost, ..TaskOverride::default() });
    spec
}

#[tokio::test]
async fn s12_s19_a_run_that_is_repeated_after_a_crash_keeps_no_neighbour_waiting() {
    let state = tempfile::tempdir().unwrap();
    let [slow, fast] = ["slow", "greeter"].map(|name| ManagerName::new(name).unwrap());
    {
        let host = host(state.path(), &fast).await;
        host.install(spinning(&slow)).await.unwrap();
        let mut tick = Box::pin(host.tick(&slow));
        // It is in its run as soon as it has an instance.
        while host.load().0 == 0 {
            assert!(futures::poll!(&mut tick).is_pending());
            tokio::task::yield_now().await;
        }
        assert!(futures::poll!(&mut tick).is_pending());
    }
    let host = Host::builder("node").state(state.path()).compile_in(compile()).build().unwrap();
    let mut heard = host.subscribe();
    host.install_to_run(spinning(&slow), |_| {}).await.unwrap();
    let component = wat::parse_str(include_str!("../../host/examples/embed.wat")).unwrap();
    let mut spec = ManagerSpec::new(fast.clone(), ComponentSource::Bytes(component.into()));
    spec.interval = Duration::from_millis(1);
    host.install_to_run(spec, |_| {}).await.unwrap();
    let mut managers = Vec::new();
    let asked = async {
        // Both are heard in the end: the run of the slow one is over after its two seconds.
        while !managers.contains(&slow) {
            let report = heard.recv().await.unwrap();
            if report.manager == slow {
                assert_eq!(report.tasks[0].run.as_ref().unwrap().attempt, 2);
            }
            managers.push(report.manager.clone());
        }
    };
    host.run(2, asked).await.unwrap();
    assert_eq!(managers[0], fast, "it does not wait for its neighbour");
}
