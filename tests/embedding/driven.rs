//! A host that is driven by the clock, and how that ends.

use std::future::pending;
use std::path::Path;
use std::time::Duration;

use tourbillon::ticker::Host;
use tourbillon::types::{ComponentSource, ManagerName, ManagerSpec, Outcome};

use crate::compile;

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
