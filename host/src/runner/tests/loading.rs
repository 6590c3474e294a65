//! Making instances ready, and asking components about themselves.

use std::time::Duration;

use super::super::testing::{Wat, engine, guest, run};
use super::super::{Guest, GuestParts, StartCause};
use crate::capabilities::linker;
use crate::capabilities::testing::Bench;
use crate::store::Usage;
use crate::types::{ByteSize, Fuel, InstanceMode, Outcome};
use wasmtime::component::Component;

const STORE: &str = "wasi:keyvalue/store@0.2.0-draft";

/// A manager that writes `k` = the name of the host in `init-host`.
fn writing() -> Wat {
    let mut wat = Wat::new();
    let (own, key) = (wat.text(""), wat.text("k"));
    wat.import(STORE, "open", "$open (param i32 i32 i32)")
        .import(STORE, "[method]bucket.set", "$set (param i32 i32 i32 i32 i32 i32)")
        .init(&format!(
            "(call $open {own} (i32.const 256))
             (call $set (i32.load (i32.const 260)) {key} (local.get $host) (local.get $host_len) (i32.const 256))"
        ))
        .task("t", 0, "")
}

#[tokio::test]
async fn s18_init_host_is_told_the_host_and_what_it_writes_is_handed_out() {
    let bench = Bench::new();
    let (_, effects) = guest(&bench, &writing().build()).start(Usage::default()).await.unwrap();
    assert_eq!(effects.writes.len(), 1);
    assert_eq!(effects.writes[0].value.as_deref(), Some(&b"node-1"[..]));
    assert_eq!((effects.usage, effects.host_calls), (Usage { bytes: 7, keys: 1 }, 2));
}

#[tokio::test]
async fn s18_what_init_host_wrote_is_not_written_again_by_the_first_run() {
    let bench = Bench::new();
    let (mut instance, _) =
        guest(&bench, &writing().build()).start(Usage::default()).await.unwrap();
    assert_eq!(run(&mut instance, &bench, 1).await.effects.writes, []);
}

#[tokio::test]
async fn s18_a_start_that_fails_says_how() {
    let check = async |change: fn(&mut Bench), wat: Wat, cause, error: &str| {
        let mut bench = Bench::new();
        change(&mut bench);
        let failure = guest(&bench, &wat.build()).start(Usage::default()).await.unwrap_err();
        assert_eq!(failure.cause, cause, "{failure:?}");
        assert!(failure.error.contains(error), "{failure:?}");
    };
    let mut refusing = Wat::new();
    let text = refusing.text("no\ndisk");
    let refusing = refusing.init(&format!("(call $refuse {text})"));
    check(|_| (), refusing, StartCause::Refused, "no\\ndisk").await;
    let trap = "wasm `unreachable` instruction executed";
    let killed = StartCause::Killed;
    check(|_| (), Wat::new().init("unreachable"), killed(Outcome::Trap), trap).await;
    check(|_| (), Wat::new().start("unreachable"), killed(Outcome::Trap), trap).await;
    let spin = "(loop $again (br $again))";
    let little = |bench: &mut Bench| bench.limits.load.run.fuel = Fuel::new(10_000);
    check(little, Wat::new().init(spin), killed(Outcome::OutOfFuel), "10000 fuel").await;
    check(little, Wat::new().start(spin), killed(Outcome::OutOfFuel), "10000 fuel").await;
    let small = |bench: &mut Bench| bench.limits.instance.memory = ByteSize::kib(128);
    check(small, Wat::new().pages(3), StartCause::TooBig, "is limited to 128").await;
    let grow = "(if (i32.eq (memory.grow (i32.const 2)) (i32.const -1)) (then unreachable))";
    check(small, Wat::new().init(grow), killed(Outcome::OutOfMemory), "is limited to 128").await;
    let none = |bench: &mut Bench| bench.limits.instance.memories = 0;
    check(none, Wat::new(), StartCause::TooBig, "memory count too high").await;
    let calls = |bench: &mut Bench| bench.limits.load.run.host_calls = 1;
    check(calls, writing(), killed(Outcome::OverQuota), "more than 1 host calls").await;
}

#[tokio::test]
async fn s18_a_start_that_takes_too_long_is_timed_out() {
    let mut bench = Bench::with_wasi();
    bench.identity.seed = Some(1);
    bench.limits.load.run.timeout = Duration::from_secs(2);
    let wat = Wat::new()
        .init("(call $block (call $wait (i64.const 3600000000000)))")
        .import(
            "wasi:clocks/monotonic-clock@0.2.12",
            "subscribe-duration",
            "$wait (param i64) (result i32)",
        )
        .import("wasi:io/poll@0.2.12", "[method]pollable.block", "$block (param i32)");
    let failure = guest(&bench, &wat.build()).start(Usage::default()).await.unwrap_err();
    assert_eq!(failure.cause, StartCause::Killed(Outcome::TimedOut));
    assert_eq!(failure.to_string(), "timed-out: the time limit of 2s for loading passed");
}

#[tokio::test]
async fn s05_tasks_are_declared_in_order() {
    let bench = Bench::new();
    let wat = Wat::new().task("sweep", 3, "").task("a.report", 0, "");
    let tasks = guest(&bench, &wat.build()).declare().await.unwrap();
    let said: Vec<_> = tasks
        .iter()
        .map(|t| (t.name.as_str(), t.ticks_between_runs.get(), t.summary.as_str()))
        .collect();
    assert_eq!(said, [("sweep", 3, "sweep"), ("a.report", 0, "a.report")]);
}

#[tokio::test]
async fn s06_a_duplicate_task_refuses_the_load_and_is_named() {
    let wat = Wat::new().task("sweep", 3, "").task("sweep", 0, "");
    let failure = guest(&Bench::new(), &wat.build()).declare().await.unwrap_err();
    assert_eq!(failure.cause, StartCause::Invalid);
    assert_eq!(failure.error, "the task \"sweep\" is declared twice");
}

#[tokio::test]
async fn s18_periodic_tasks_is_refused_the_store_and_asked_under_limits() {
    let mut wat = Wat::new();
    let own = wat.text("");
    // The error is `access-denied`: case 1 of the error, in case 1 of the result.
    let refused = format!(
        "(call $open {own} (i32.const 256))
         (if (i32.ne (i32.load8_u (i32.const 256)) (i32.const 1)) (then unreachable))
         (if (i32.ne (i32.load8_u (i32.const 260)) (i32.const 1)) (then unreachable))"
    );
    let wat = wat.import(STORE, "open", "$open (param i32 i32 i32)").task("t", 0, "");
    let bench = Bench::new();
    guest(&bench, &wat.clone().declaring(&refused).build()).declare().await.unwrap();
    let spinning = wat.declaring("(loop $again (br $again))").build();
    let mut bench = Bench::new();
    bench.limits.load.run.fuel = Fuel::new(10_000);
    let failure = guest(&bench, &spinning).declare().await.unwrap_err();
    assert_eq!(failure.cause, StartCause::Killed(Outcome::OutOfFuel));
}

#[tokio::test]
async fn a_component_describes_itself_in_harmless_lines() {
    let component = Wat::one("").build();
    let bench = Bench::new();
    let said = guest(&bench, &component).describe().await.unwrap();
    assert_eq!(said.version, "1.3");
    assert_eq!(said.config, [("k".to_owned(), "b\\n".to_owned())]);
    let mut bench = Bench::new();
    bench.limits.load.text = 2;
    let failure = guest(&bench, &component).describe().await.unwrap_err();
    assert_eq!(failure.error, "the version is 3 bytes long, of 2 allowed (`text`)");
}

#[tokio::test]
async fn what_is_returned_and_not_read_is_told_by_the_limits_that_it_is_over() {
    let mut bench = Bench::new();
    bench.limits.load.run.call_bytes = ByteSize::new(2);
    let mut wat = Wat::new().task("t", 0, "");
    let text = wat.text("no!");
    let component = wat.clone().init(&format!("(call $refuse {text})")).build();
    let failure = guest(&bench, &component).start(Usage::default()).await.unwrap_err();
    let expect =
        "init-host failed: its error text has more than 2 B (`load_call_bytes`) and was not read";
    assert_eq!(failure.to_string(), expect);
    let guest = guest(&bench, &component);
    let failure = guest.describe().await.unwrap_err();
    let expect = "its version and settings take more than 2 B (`load_call_bytes`), and each text may have at most 4096 bytes (`text`)";
    assert_eq!((failure.cause, failure.error.as_str()), (StartCause::Invalid, expect));
    let failure = guest.declare().await.unwrap_err();
    let expect = "its list of tasks takes more than 2 B (`load_call_bytes`), and may have at most 1000 tasks (`tasks`)";
    assert_eq!((failure.cause, failure.error.as_str()), (StartCause::Invalid, expect));
}

#[test]
fn a_component_that_is_no_manager_is_refused() {
    let component = Component::new(engine(), wat::parse_str("(component)").unwrap()).unwrap();
    let parts = GuestParts {
        shared: Bench::new().shared(),
        mode: InstanceMode::Resident,
        capabilities: vec![],
    };
    let linker = linker(engine(), &[]).unwrap();
    let misfit = Guest::new(&component, &linker, parts).unwrap_err().to_string();
    assert!(misfit.contains("tourbillon:manager/lifecycle"), "{misfit}");
}
