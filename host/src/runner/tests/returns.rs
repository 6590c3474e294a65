//! Guests that return: `ok`, `failed`, what they ask for, and what they leave behind.

use std::time::Duration;

use super::super::testing::{Wat, guest, instance, run};
use crate::capabilities::testing::Bench;
use crate::store::Usage;
use crate::types::{Fuel, Outcome};

#[tokio::test]
async fn s15_a_run_that_returns_is_ok_and_its_instance_lives() {
    let bench = Bench::new();
    let mut instance = instance(&bench, Wat::one("")).await;
    for tick in 1..4 {
        let result = run(&mut instance, &bench, tick).await;
        assert_eq!((result.outcome, result.asked_for), (Outcome::Ok, None));
        assert_eq!((result.error, result.detail), (None, None));
        assert!(result.lives && instance.lives());
        assert!(result.fuel > Fuel::new(0) && result.fuel < Fuel::new(1_000), "{:?}", result.fuel);
        assert_eq!(result.memory, 65_536);
        assert_eq!(result.time, Duration::ZERO);
        assert_eq!(result.effects.host_calls, 0);
    }
}

#[tokio::test]
async fn s10_a_guest_may_ask_to_skip_with_success_and_with_failure() {
    let check = async |body: &str, outcome, asked_for, error: Option<&str>| {
        let mut wat = Wat::new();
        let text = wat.text("disk\nfull");
        let bench = Bench::new();
        let wat = wat.task("t", 0, &body.replace("TEXT", &text));
        let mut instance = instance(&bench, wat).await;
        let result = run(&mut instance, &bench, 1).await;
        assert_eq!((result.outcome, result.asked_for), (outcome, asked_for), "{body}");
        assert_eq!(result.error.as_deref(), error, "{body}");
        assert!(result.lives, "{body}");
    };
    check("(call $skip (i32.const 7))", Outcome::Ok, Some(7), None).await;
    check("(call $skip (i32.const -1))", Outcome::Ok, Some(u32::MAX), None).await;
    check("(call $fail TEXT)", Outcome::Failed, None, Some("disk\\nfull")).await;
    let both = "(call $fail_and_skip TEXT (i32.const 9))";
    check(both, Outcome::Failed, Some(9), Some("disk\\nfull")).await;
}

#[tokio::test]
async fn a_long_error_is_cut_at_4_kib_and_the_outcome_stands() {
    let bench = Bench::new();
    let body = "(memory.fill (i32.const 40000) (i32.const 120) (i32.const 20000))
                (call $fail (i32.const 40000) (i32.const 20000))";
    let mut instance = instance(&bench, Wat::one(body)).await;
    let result = run(&mut instance, &bench, 1).await;
    assert_eq!(result.outcome, Outcome::Failed);
    assert_eq!(result.error.map(|e| e.len()), Some(4_096));
}

/// A manager that writes `k` = `v` and then does something else.
fn writing(then: &str) -> Wat {
    let mut wat = Wat::new();
    let (own, key, value) = (wat.text(""), wat.text("k"), wat.text("v"));
    let oops = wat.text("oops");
    let body = format!(
        "(call $open {own} (i32.const 256)) (local.set $i (i32.load (i32.const 260)))
         (call $set (local.get $i) {key} {value} (i32.const 256))
         (if (i32.load8_u (i32.const 256)) (then unreachable))
         {}",
        then.replace("OOPS", &oops)
    );
    wat.import("wasi:keyvalue/store@0.2.0-draft", "open", "$open (param i32 i32 i32)")
        .import(
            "wasi:keyvalue/store@0.2.0-draft",
            "[method]bucket.set",
            "$set (param i32 i32 i32 i32 i32 i32)",
        )
        .task("t", 0, &body)
}

#[tokio::test]
async fn s17_only_a_run_that_is_ok_writes() {
    let check = async |then: &str, outcome, writes, usage| {
        let bench = Bench::new().holding(&[("old", "1")]);
        let mut instance = instance(&bench, writing(then)).await;
        let result = run(&mut instance, &bench, 1).await;
        assert_eq!(result.outcome, outcome, "{then}");
        assert_eq!(result.effects.writes.len(), writes, "{then}");
        assert_eq!(result.effects.usage, usage, "{then}");
        assert_eq!(result.effects.host_calls, 2, "{then}");
    };
    let before = Usage { bytes: 4, keys: 1 };
    check("", Outcome::Ok, 1, Usage { bytes: 6, keys: 2 }).await;
    check("(call $fail OOPS)", Outcome::Failed, 0, before).await;
    check("unreachable", Outcome::Trap, 0, before).await;
}

#[tokio::test]
async fn s20_the_same_run_uses_the_same_fuel() {
    let bench = Bench::new();
    let body = "(loop $again
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $i) (i32.const 12345))))";
    let mut fuel = Vec::new();
    for _ in 0..2 {
        let mut instance = instance(&bench, Wat::one(body)).await;
        for tick in 1..3 {
            fuel.push(run(&mut instance, &bench, tick).await.fuel);
        }
    }
    assert!(fuel.iter().all(|f| *f == fuel[0] && f.get() > 12_345), "{fuel:?}");
}

#[tokio::test]
async fn a_run_and_a_start_may_move_between_threads() {
    fn may_move<T: Send>(future: T) -> T {
        future
    }
    let bench = Bench::new();
    let guest = guest(&bench, &Wat::one("").build());
    may_move(guest.declare()).await.unwrap();
    may_move(guest.describe()).await.unwrap();
    let (mut instance, _) = may_move(guest.start(Usage::default())).await.unwrap();
    assert_eq!(may_move(run(&mut instance, &bench, 1)).await.outcome, Outcome::Ok);
}
