//! The library as an embedder meets it: the examples, run, and parts of the embedder's own.
//!
//! What the examples print is what they promise. The files of `host/examples` are taken in as they are, so that an example that no longer works fails
//! here. Only where components are compiled differs: this test's `main` is not theirs.
#![allow(
    clippy::unwrap_used,
    clippy::large_futures,
    reason = "a test may panic, and a future of it may be large"
)]

use std::path::PathBuf;

use tourbillon::engine::CompileIn;

mod clock;
mod driven;
#[path = "../../host/examples/embed.rs"]
mod embed;
#[path = "../../host/examples/own_capability.rs"]
mod own_capability;
#[path = "../hostile/pieces.rs"]
#[expect(dead_code, reason = "the guests of other tests, of which one serves here")]
mod pieces;
#[path = "../../host/examples/scenario.rs"]
mod scenario;

fn compile() -> CompileIn {
    CompileIn::Program(PathBuf::from(env!("CARGO_BIN_EXE_tourbillon")))
}

#[tokio::test]
async fn a_host_in_another_program() {
    let (state, mut out) = (tempfile::tempdir().unwrap(), Vec::new());
    embed::run(state.path(), compile(), &mut out).await.unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
    tick: tick 1, greet ok, tidy skipped
    tick: tick 2, greet ok, tidy skipped
    tick: tick 3, greet ok, tidy failed (the disk is full)
    advance by 3: tick 4, greet ok, tidy failed (the disk is full)
    trigger: tick 4, greet ok
    paused: tick 5, greet paused, tidy paused
    status: greet ran 5, failed 0
    status: tidy ran 2, failed 2
    heard of greeter by the clock: true
    after a restart it goes on where it stood: true
    ");
}

#[tokio::test]
async fn a_manager_with_an_interface_of_the_embedders_own() {
    let mut out = Vec::new();
    own_capability::run(compile(), &mut out).await.unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
    not granted: manager "reporter": the component imports what it may not have:
      example:board/board@1.0.0: is not granted
    to grant what can be granted, write under [manager.reporter]:
      grants = { interfaces = ["example:board/board@1.0.0"] }
    posted: reporter: all is well, reporter: all is well
    "#);
}

#[test]
fn a_scenario_from_rust() {
    let mut out = Vec::new();
    scenario::run(compile(), &mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
    3 ticks, 0 differences
    the first call: 1 post example:board/board@1.0.0#post("all is well") -> 1
    outcomes.post
      - ok ok ok
      + ok ok lost
      from tick 3 on: the host died during this run
    "#);
}
