//! Guests that are ended by force: one for each outcome, and each way to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use wasmtime::component::Linker;

use super::super::testing::{Wat, guest, guest_of, guest_with, instance, run};
use super::super::{Instance, RunResult};
use crate::capabilities::testing::Bench;
use crate::capabilities::{Capability, Exceeded, GuestState};
use crate::clock::Clock;
use crate::types::{ByteSize, Fuel, Outcome};

const STORE: &str = "wasi:keyvalue/store@0.2.0-draft";
const SPIN: &str = "(loop $again (br $again))";

/// Runs a body once and checks that its instance is gone.
async fn killed(bench: &Bench, wat: Wat) -> RunResult {
    let mut instance = instance(bench, wat).await;
    let result = run(&mut instance, bench, 1).await;
    assert!(!result.lives && !instance.lives(), "{result:?}");
    assert_eq!(result.effects.writes, []);
    assert!(result.error.is_some());
    result
}

#[tokio::test]
async fn s15_a_trap_names_its_reason_and_the_guests_frames() {
    let wat = Wat::one("(call $inner)")
        .define("(func $inner (call $innermost)) (func $innermost unreachable)");
    let result = killed(&Bench::new(), wat).await;
    assert_eq!(result.outcome, Outcome::Trap);
    assert_eq!(result.error.as_deref(), Some("wasm trap: wasm `unreachable` instruction executed"));
    assert_eq!(result.detail.as_deref(), Some("innermost ← inner ← run"));
}

#[tokio::test]
async fn s15_names_in_a_backtrace_are_demangled_and_harmless() {
    let wat = Wat::one("(call $_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE)").define(
        "(func $_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE (call $\"a\\1b[2J\\u{202e}\"))
         (func $\"a\\1b[2J\\u{202e}\" unreachable)",
    );
    let result = killed(&Bench::new(), wat).await;
    let detail = "a\\u{1b}[2J\\u{202e} ← core::fmt::Write::write_fmt ← run";
    assert_eq!(result.detail.as_deref(), Some(detail));
}

#[tokio::test]
async fn s15_a_killed_instance_is_never_entered_again() {
    let bench = Bench::new();
    let mut instance = instance(&bench, Wat::one("unreachable")).await;
    run(&mut instance, &bench, 1).await;
    let again = run(&mut instance, &bench, 2).await;
    let said = "the host failed, not the guest: a discarded instance was to be entered";
    assert_eq!((again.outcome, again.error.as_deref()), (Outcome::Trap, Some(said)));
}

#[tokio::test]
async fn s15_a_run_that_is_dropped_half_way_takes_the_instance_with_it() {
    let bench = Bench::new();
    let mut instance = instance(&bench, Wat::one(SPIN)).await;
    {
        let mut running = std::pin::pin!(run(&mut instance, &bench, 1));
        assert!(futures::poll!(running.as_mut()).is_pending());
    }
    assert!(!instance.lives());
}

#[tokio::test]
async fn s15_exit_is_a_trap_whatever_the_status() {
    for status in [0, 1] {
        let wat = Wat::one(&format!("(call $exit (i32.const {status}))"));
        let wat = wat.import("wasi:cli/exit@0.2.12", "exit", "$exit (param i32)");
        let result = killed(&Bench::new(), wat).await;
        assert_eq!(result.outcome, Outcome::Trap);
        let said = format!("the guest called exit with status {status}");
        assert_eq!(result.error, Some(said));
    }
}

#[tokio::test]
async fn s15_used_up_fuel_is_out_of_fuel_and_all_of_it_is_billed() {
    let mut bench = Bench::new();
    bench.limits.run.fuel = Fuel::new(50_000);
    let result = killed(&bench, Wat::one(SPIN)).await;
    assert_eq!((result.outcome, result.fuel), (Outcome::OutOfFuel, Fuel::new(50_000)));
    let said = "the 50000 fuel granted to the run were used up";
    assert_eq!(result.error.as_deref(), Some(said));
}

/// Lets the clock of the bench go on by a millisecond each time the guest gives way.
async fn run_in_time(instance: &mut Instance, bench: &Bench) -> RunResult {
    let mut running = std::pin::pin!(run(instance, bench, 1));
    std::future::poll_fn(|cx| {
        let polled = running.as_mut().poll(cx);
        bench.clock.advance(Duration::from_millis(1));
        polled
    })
    .await
}

#[tokio::test]
async fn s15_a_guest_that_waits_too_long_is_timed_out() {
    let mut bench = Bench::with_wasi();
    bench.limits.run.timeout = Duration::from_millis(20);
    let clocks = "wasi:clocks/monotonic-clock@0.2.12";
    let wat = Wat::one("(call $block (call $wait (i64.const 3600000000000)))")
        .import(clocks, "subscribe-duration", "$wait (param i64) (result i32)")
        .import("wasi:io/poll@0.2.12", "[method]pollable.block", "$block (param i32)");
    let mut instance = instance(&bench, wat).await;
    // Nobody wakes this guest, so the test looks at it again and again, while its clock goes on.
    let mut running = std::pin::pin!(run(&mut instance, &bench, 1));
    let result = loop {
        if let std::task::Poll::Ready(result) = futures::poll!(running.as_mut()) {
            break result;
        }
        bench.clock.advance(Duration::from_millis(1));
    };
    assert_eq!((result.outcome, result.time), (Outcome::TimedOut, Duration::from_millis(20)));
    assert_eq!(result.fuel, bench.limits.run.fuel);
    assert_eq!(result.error.as_deref(), Some("the time limit of 20ms passed"));
    assert_eq!(result.effects.host_calls, 2);
    assert!(!result.lives);
}

#[tokio::test]
async fn s15_a_spinning_guest_gives_way_and_is_not_billed_for_waiting_for_a_core() {
    let mut bench = Bench::new();
    bench.limits.run.fuel = Fuel::new(30_000_000);
    bench.limits.run.timeout = Duration::from_millis(1);
    let mut instance = instance(&bench, Wat::one(SPIN)).await;
    let result = run_in_time(&mut instance, &bench).await;
    assert_eq!((result.outcome, result.time), (Outcome::OutOfFuel, Duration::ZERO));
}

/// A clock that goes on by a millisecond whenever it is looked at.
#[derive(Debug, Default)]
struct Restless(AtomicU64);

impl Clock for Restless {
    fn wall_ms(&self) -> u64 {
        0
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

#[tokio::test]
async fn s15_a_spinning_guest_is_timed_out() {
    let mut bench = Bench::new();
    bench.limits.run.fuel = Fuel::new(u64::MAX / 2);
    bench.limits.run.timeout = Duration::from_millis(50);
    let mut shared = bench.shared();
    Arc::get_mut(&mut shared).unwrap().clock = Arc::new(Restless::default());
    let (mut instance, _) =
        guest_of(shared, &Wat::one(SPIN).build(), vec![]).start(bench.store.usage()).await.unwrap();
    let result = run(&mut instance, &bench, 1).await;
    assert_eq!((result.outcome, result.fuel), (Outcome::TimedOut, bench.limits.run.fuel));
    assert!(result.time >= bench.limits.run.timeout);
    assert!(!instance.lives());
}

#[tokio::test]
async fn s20_a_simulated_sleep_over_the_limit_is_timed_out_without_waiting() {
    let mut bench = Bench::with_wasi();
    bench.identity.seed = Some(1);
    let clocks = "wasi:clocks/monotonic-clock@0.2.12";
    for (ns, outcome) in [(4_000_000_000_u64, Outcome::Ok), (5_000_000_000, Outcome::TimedOut)] {
        let wat = Wat::one(&format!("(call $block (call $wait (i64.const {ns})))"))
            .import(clocks, "subscribe-duration", "$wait (param i64) (result i32)")
            .import("wasi:io/poll@0.2.12", "[method]pollable.block", "$block (param i32)");
        let mut instance = instance(&bench, wat).await;
        let result = run(&mut instance, &bench, 1).await;
        assert_eq!((result.outcome, result.time), (outcome, Duration::from_nanos(ns)));
    }
}

#[tokio::test]
async fn s15_a_trap_after_a_denied_growth_is_out_of_memory() {
    let mut bench = Bench::new();
    bench.limits.instance.memory = ByteSize::kib(128);
    let grow = "(local.set $i (memory.grow (i32.const 2)))";
    let result = killed(&bench, Wat::one(&format!("{grow} unreachable"))).await;
    assert_eq!(result.outcome, Outcome::OutOfMemory);
    let error = result.error.unwrap();
    assert!(error.contains("is limited to 128"), "{error}");
    let mut lives = instance(&bench, Wat::one(grow)).await;
    assert_eq!(run(&mut lives, &bench, 1).await.outcome, Outcome::Ok, "the guest dealt with it");
    let once = Wat::one(&format!(
        "(if (i64.eq (local.get $tick) (i64.const 1)) (then {grow}) (else unreachable))"
    ));
    let mut later = instance(&bench, once).await;
    assert_eq!(run(&mut later, &bench, 1).await.outcome, Outcome::Ok);
    assert_eq!(run(&mut later, &bench, 2).await.outcome, Outcome::Trap, "a run of its own");
}

/// A manager that opens its bucket again and again, and drops the handle each time or never.
fn opening(times: u32, drop: bool) -> Wat {
    let mut wat = Wat::new();
    let own = wat.text("");
    let drop = if drop { "(call $drop (i32.load (i32.const 260)))" } else { "" };
    let body = format!(
        "(loop $again (call $open {own} (i32.const 256)) {drop}
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if $again (i32.lt_u (local.get $i) (i32.const {times}))))"
    );
    wat.import(STORE, "open", "$open (param i32 i32 i32)")
        .import(STORE, "[resource-drop]bucket", "$drop (param i32)")
        .task("t", 0, &body)
}

#[tokio::test]
async fn s15_more_host_calls_than_granted_are_over_quota() {
    let mut bench = Bench::new();
    bench.limits.run.host_calls = 100;
    let mut lives = instance(&bench, opening(100, true)).await;
    for tick in 1..3 {
        let result = run(&mut lives, &bench, tick).await;
        assert_eq!((result.outcome, result.effects.host_calls), (Outcome::Ok, 100));
    }
    let result = killed(&bench, opening(101, true)).await;
    assert_eq!(result.outcome, Outcome::OverQuota);
    assert_eq!(result.effects.exceeded, Some(Exceeded::HostCalls { limit: 100 }));
    assert_eq!(result.error.as_deref(), Some("more than 100 host calls in one run"));
}

#[tokio::test]
async fn s15_more_handles_than_granted_are_over_quota() {
    let mut bench = Bench::new();
    bench.limits.instance.handles = 10;
    let mut lives = instance(&bench, opening(10, false)).await;
    assert_eq!(run(&mut lives, &bench, 1).await.outcome, Outcome::Ok);
    let again = run(&mut lives, &bench, 2).await;
    assert_eq!(again.outcome, Outcome::OverQuota, "handles live as long as the instance");
    let result = killed(&bench, opening(11, false)).await;
    assert_eq!(result.outcome, Outcome::OverQuota);
    assert_eq!(result.effects.exceeded, Some(Exceeded::Handles { limit: 10 }));
}

/// A manager that logs `times` messages of `bytes` bytes.
fn logging(times: u32, bytes: u32) -> Wat {
    Wat::one(&format!(
        "(loop $again
           (call $log (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 40000) (i32.const {bytes}))
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if $again (i32.lt_u (local.get $i) (i32.const {times}))))"
    ))
    .import("wasi:logging/logging@0.1.0-draft", "log", "$log (param i32 i32 i32 i32 i32)")
}

#[tokio::test]
async fn s15_more_bytes_in_a_call_or_a_run_than_granted_are_over_quota() {
    let mut bench = Bench::new();
    bench.limits.run.call_bytes = ByteSize::new(1_000);
    bench.limits.run.run_bytes = ByteSize::new(5_000);
    let mut lives = instance(&bench, logging(5, 1_000)).await;
    assert_eq!(run(&mut lives, &bench, 1).await.outcome, Outcome::Ok);
    let result = killed(&bench, logging(1, 1_001)).await;
    assert_eq!(result.outcome, Outcome::OverQuota);
    assert_eq!(result.effects.exceeded, Some(Exceeded::CallBytes { limit: 1_000 }));
    let result = killed(&bench, logging(6, 1_000)).await;
    assert_eq!(result.outcome, Outcome::OverQuota);
    assert_eq!(result.effects.exceeded, Some(Exceeded::RunBytes { limit: 5_000 }));
}

#[tokio::test]
async fn dropped_log_lines_are_host_calls_and_never_a_kill() {
    let mut bench = Bench::new();
    bench.limits.run.log_lines = 3;
    let mut instance = instance(&bench, logging(50, 10)).await;
    let result = run(&mut instance, &bench, 1).await;
    assert_eq!(result.outcome, Outcome::Ok);
    assert_eq!((result.effects.host_calls, result.effects.logs_dropped), (50, 47));
}

/// A capability whose one function panics.
struct Clumsy;

impl Capability for Clumsy {
    fn interfaces(&self) -> Vec<&str> {
        vec!["wasi:logging/logging@0.1.0-draft"]
    }

    fn add_to_linker(&self, linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
        linker.allow_shadowing(true);
        let mut logging = linker.instance("wasi:logging/logging@0.1.0-draft")?;
        logging.func_new("log", |_, _, _, _| panic!("a hole in the host"))
    }
}

#[tokio::test]
async fn s08_a_panic_of_the_host_ends_that_run_alone_and_says_whose_fault_it_is() {
    let bench = Bench::new();
    let clumsy = guest_with(&bench, &logging(1, 1).build(), vec![Arc::new(Clumsy)]);
    let (mut instance, _) = clumsy.start(bench.store.usage()).await.unwrap();
    let result = run(&mut instance, &bench, 1).await;
    let said = "the host failed, not the guest: a hole in the host";
    assert_eq!((result.outcome, result.error.as_deref()), (Outcome::Trap, Some(said)));
    assert!(!instance.lives());
    let (mut other, _) =
        guest(&bench, &Wat::one("").build()).start(bench.store.usage()).await.unwrap();
    assert_eq!(run(&mut other, &bench, 1).await.outcome, Outcome::Ok);
}
