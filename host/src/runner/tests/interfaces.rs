//! Each interface, called by a real guest. A guest that is told something else than it expects
//! traps.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::Linker;

use super::super::testing::{Wat, guest, guest_with, instance, run};
use crate::capabilities::testing::{Bench, logged, now};
use crate::capabilities::{Capability, Extensions, GuestState, Identity};
use crate::store::Usage;
use crate::types::Outcome;

const CONTEXT: &str = "tourbillon:manager/context@0.1.0";
const STORE: &str = "wasi:keyvalue/store@0.2.0-draft";
const ATOMICS: &str = "wasi:keyvalue/atomics@0.2.0-draft";
const BATCH: &str = "wasi:keyvalue/batch@0.2.0-draft";
const STREAMS: &str = "wasi:io/streams@0.2.12";

/// Instructions that trap unless the text at the address in `at` and its length behind it is
/// `text`.
fn is_text(wat: &mut Wat, at: u32, text: &str) -> String {
    let text = wat.text(text);
    format!(
        "(if (i32.eqz (call $eq (i32.load (i32.const {at})) (i32.load (i32.const {})) {text})) (then unreachable))",
        at + 4
    )
}

/// Instructions that trap unless two 64-bit values are equal.
fn is_u64(value: &str, expect: u64) -> String {
    format!("(if (i64.ne {value} (i64.const {expect})) (then unreachable))")
}

/// Instructions that trap unless two 32-bit values are equal.
fn is_u32(value: &str, expect: u32) -> String {
    format!("(if (i32.ne {value} (i32.const {expect})) (then unreachable))")
}

async fn check(bench: &Bench, wat: Wat, host_calls: u64) {
    let mut instance = instance(bench, wat).await;
    let result = run(&mut instance, bench, 7).await;
    assert_eq!(result.outcome, Outcome::Ok, "{result:?}");
    assert_eq!(result.effects.host_calls, host_calls);
}

fn asking_context(wat: Wat) -> Wat {
    wat.import(CONTEXT, "manager", "$manager (param i32)")
        .import(CONTEXT, "host", "$host_name (param i32)")
        .import(CONTEXT, "attempt", "$attempt (result i32)")
        .import(CONTEXT, "fence", "$fence (result i64)")
        .import(CONTEXT, "trigger", "$trigger (param i32)")
        .import(CONTEXT, "fuel-granted", "$fuel_granted (result i64)")
        .import(CONTEXT, "fuel-left", "$fuel_left (result i64)")
        .import(CONTEXT, "time-limit-ms", "$time_limit (result i64)")
        .import(CONTEXT, "missed-before", "$missed (result i64)")
}

#[tokio::test]
async fn s21_a_run_is_told_who_it_is() {
    let mut wat = Wat::new();
    let body = [
        "(call $manager (i32.const 256))".to_owned(),
        is_text(&mut wat, 256, "m"),
        "(call $host_name (i32.const 256))".to_owned(),
        is_text(&mut wat, 256, "node-1"),
        "(call $trigger (i32.const 256))".to_owned(),
        is_text(&mut wat, 256, "schedule"),
        is_u32("(call $attempt)", 1),
        is_u64("(call $fence)", 3),
        is_u64("(call $fuel_granted)", 100_000_000),
        is_u64("(call $time_limit)", 5_000),
        is_u64("(call $missed)", 4),
        is_u64("(local.get $tick)", 7),
        is_u64("(local.get $at)", 1_000_000),
        "(i32.store (i32.const 256) (local.get $id)) (i32.store (i32.const 260) (local.get $id_len))".to_owned(),
        is_text(&mut wat, 256, "m/t/7"),
        // What is left shrinks, and has been used at all.
        "(local.set $n (call $fuel_left))
         (if (i64.ge_u (local.get $n) (i64.const 100000000)) (then unreachable))
         (if (i64.ge_u (call $fuel_left) (local.get $n)) (then unreachable))".to_owned(),
    ];
    check(&Bench::new(), asking_context(wat.task("t", 0, &body.concat())), 10).await;
}

#[tokio::test]
async fn s21_outside_a_run_only_manager_host_and_fence_answer() {
    let mut wat = Wat::new();
    let asked = [
        "(call $manager (i32.const 256))".to_owned(),
        is_text(&mut wat, 256, "m"),
        "(call $host_name (i32.const 256))".to_owned(),
        is_text(&mut wat, 256, "node-1"),
        "(call $trigger (i32.const 256))".to_owned(),
        is_text(&mut wat, 256, ""),
        is_u32("(call $attempt)", 0),
        is_u64("(call $fence)", 3),
        is_u64("(call $fuel_granted)", 0),
        is_u64("(call $fuel_left)", 0),
        is_u64("(call $time_limit)", 0),
        is_u64("(call $missed)", 0),
    ];
    let asked = asked.concat();
    let wat = asking_context(wat.init(&asked).declaring(&asked).task("t", 0, ""));
    let guest = guest(&Bench::new(), &wat.build());
    guest.declare().await.unwrap();
    assert_eq!(guest.start(Usage::default()).await.unwrap().1.host_calls, 9);
}

#[test]
fn a_guest_logs_with_its_run() {
    let mut wat = Wat::new();
    let (context, message) = (wat.text("disk"), wat.text("full"));
    let wat = wat.task("t", 0, &format!("(call $log (i32.const 3) {context} {message})")).import(
        "wasi:logging/logging@0.1.0-draft",
        "log",
        "$log (param i32 i32 i32 i32 i32)",
    );
    let lines = logged(|| now(check(&Bench::new(), wat, 1)));
    assert_eq!(
        lines,
        ["2026 WARN guest: full manager=\"m\" task=\"t\" run=\"m/t/7\" context=\"disk\""
            .replace("2026 ", " ")]
    );
}

#[tokio::test]
async fn a_guest_reads_its_configuration() {
    let mut bench = Bench::new();
    bench.identity.config.insert("retention".to_owned(), "7d".to_owned());
    let mut wat = Wat::new();
    let (known, unknown) = (wat.text("retention"), wat.text("color"));
    let config = "wasi:config/store@0.2.0-rc.1";
    // result<option<string>, error>: ok at 0, some at 4, text at 8.
    let body = [
        format!("(call $get {known} (i32.const 256))"),
        is_u32("(i32.load8_u (i32.const 260))", 1),
        is_text(&mut wat, 264, "7d"),
        format!("(call $get {unknown} (i32.const 256))"),
        is_u32("(i32.load8_u (i32.const 260))", 0),
        "(call $all (i32.const 256))".to_owned(),
        is_u32("(i32.load (i32.const 264))", 1),
    ];
    let wat = wat
        .task("t", 0, &body.concat())
        .import(config, "get", "$get (param i32 i32 i32)")
        .import(config, "get-all", "$all (param i32)");
    check(&bench, wat, 3).await;
}

#[tokio::test]
async fn a_guest_uses_its_bucket_one_key_at_a_time() {
    let mut wat = Wat::new();
    let (own, old, new) = (wat.text("default"), wat.text("old"), wat.text("new"));
    let bucket = "(local.get $i)";
    // get: result<option<list<u8>>, error>: some at 4, bytes at 8. list-keys: list at 4, cursor at
    // 12.
    let body = [
        format!("(call $open {own} (i32.const 256)) (local.set $i (i32.load (i32.const 260)))"),
        format!("(call $get {bucket} {old} (i32.const 256))"),
        is_u32("(i32.load8_u (i32.const 260))", 1),
        is_text(&mut wat, 264, "1"),
        format!("(call $set {bucket} {new} {new} (i32.const 256))"),
        format!("(call $exists {bucket} {new} (i32.const 256))"),
        is_u32("(i32.load8_u (i32.const 260))", 1),
        format!("(call $delete {bucket} {old} (i32.const 256))"),
        format!("(call $list {bucket} (i32.const 0) (i64.const 0) (i32.const 256))"),
        is_u32("(i32.load (i32.const 268))", 1),
        is_u32("(i32.load8_u (i32.const 272))", 0),
        format!("(call $drop {bucket})"),
    ];
    let wat = wat
        .task("t", 0, &body.concat())
        .import(STORE, "open", "$open (param i32 i32 i32)")
        .import(STORE, "[method]bucket.get", "$get (param i32 i32 i32 i32)")
        .import(STORE, "[method]bucket.set", "$set (param i32 i32 i32 i32 i32 i32)")
        .import(STORE, "[method]bucket.delete", "$delete (param i32 i32 i32 i32)")
        .import(STORE, "[method]bucket.exists", "$exists (param i32 i32 i32 i32)")
        .import(STORE, "[method]bucket.list-keys", "$list (param i32 i32 i64 i32)")
        .import(STORE, "[resource-drop]bucket", "$drop (param i32)");
    let bench = Bench::new().holding(&[("old", "1")]);
    let mut instance = instance(&bench, wat).await;
    let result = run(&mut instance, &bench, 1).await;
    assert_eq!(result.outcome, Outcome::Ok, "{result:?}");
    assert_eq!(result.effects.host_calls, 6, "dropping a handle is no call");
    assert_eq!(result.effects.usage, Usage { bytes: 6, keys: 1 });
}

#[tokio::test]
async fn a_guest_counts_and_writes_many_keys() {
    let mut wat = Wat::new();
    let (own, counter, key) = (wat.text(""), wat.text("n"), wat.text("k"));
    let (at, len) = key.split_once(") (").unwrap();
    // One pair: (key, value), both the text `k`.
    let pair = format!(
        "(i32.store (i32.const 512) {at})) (i32.store (i32.const 516) ({len})
         (i32.store (i32.const 520) {at})) (i32.store (i32.const 524) ({len})"
    );
    let bucket = "(local.get $i)";
    let body = [
        format!("(call $open {own} (i32.const 256)) (local.set $i (i32.load (i32.const 260)))"),
        format!("(call $increment {bucket} {counter} (i64.const 41) (i32.const 256))"),
        format!("(call $increment {bucket} {counter} (i64.const 1) (i32.const 256))"),
        is_u64("(i64.load (i32.const 264))", 42),
        pair,
        format!("(call $set {bucket} (i32.const 512) (i32.const 1) (i32.const 256))"),
        is_u32("(i32.load8_u (i32.const 256))", 0),
        format!("(call $get {bucket} (i32.const 512) (i32.const 1) (i32.const 256))"),
        is_u32("(i32.load (i32.const 264))", 1),
        format!("(call $delete {bucket} (i32.const 512) (i32.const 1) (i32.const 256))"),
    ];
    let wat = wat
        .task("t", 0, &body.concat())
        .import(STORE, "open", "$open (param i32 i32 i32)")
        .import(ATOMICS, "increment", "$increment (param i32 i32 i32 i64 i32)")
        .import(BATCH, "set-many", "$set (param i32 i32 i32 i32)")
        .import(BATCH, "get-many", "$get (param i32 i32 i32 i32)")
        .import(BATCH, "delete-many", "$delete (param i32 i32 i32 i32)");
    let bench = Bench::new();
    let mut instance = instance(&bench, wat).await;
    let result = run(&mut instance, &bench, 1).await;
    assert_eq!(result.outcome, Outcome::Ok, "{result:?}");
    let written: Vec<_> = result.effects.writes.iter().map(|w| w.key.as_str()).collect();
    assert_eq!((written, result.effects.host_calls), (vec!["n"], 6));
}

#[tokio::test]
async fn a_guest_reads_clocks_randomness_and_an_empty_environment() {
    let body = [
        "(call $wall (i32.const 256))".to_owned(),
        is_u64("(i64.load (i32.const 256))", 1_000),
        is_u64("(call $resolution)", 1_000_000),
        is_u64("(call $now)", 0),
        "(call $bytes (i64.const 100) (i32.const 256))".to_owned(),
        is_u32("(i32.load (i32.const 260))", 100),
        "(drop (call $random))".to_owned(),
        "(call $environment (i32.const 256))".to_owned(),
        is_u32("(i32.load (i32.const 260))", 0),
    ];
    let wat = Wat::one(&body.concat())
        .import("wasi:clocks/wall-clock@0.2.12", "now", "$wall (param i32)")
        .import("wasi:clocks/monotonic-clock@0.2.12", "resolution", "$resolution (result i64)")
        .import("wasi:clocks/monotonic-clock@0.2.12", "now", "$now (result i64)")
        .import("wasi:random/random@0.2.12", "get-random-bytes", "$bytes (param i64 i32)")
        .import("wasi:random/insecure@0.2.12", "get-insecure-random-u64", "$random (result i64)")
        .import("wasi:cli/environment@0.2.12", "get-environment", "$environment (param i32)");
    check(&Bench::new(), wat, 6).await;
}

#[test]
fn a_guest_that_prints_prints_into_the_log() {
    let mut wat = Wat::new();
    let text = wat.text("one\ntwo");
    let wat = wat
        .task("t", 0, &format!("(call $write (call $stdout) {text} (i32.const 256))"))
        .import("wasi:cli/stdout@0.2.12", "get-stdout", "$stdout (result i32)")
        .import(
            STREAMS,
            "[method]output-stream.blocking-write-and-flush",
            "$write (param i32 i32 i32 i32)",
        );
    let lines = logged(|| now(check(&Bench::new(), wat, 2)));
    let said: Vec<_> = lines.iter().map(|l| l.split(" manager").next().unwrap().trim()).collect();
    assert_eq!(said, ["INFO guest: one", "INFO guest: two"]);
}

/// A capability that answers `get` of `wasi:config` by itself, and counts how often.
struct Own;

struct Asked(u32);

impl Capability for Own {
    fn interfaces(&self) -> Vec<&str> {
        vec!["embedder:demo/counter@1.0.0"]
    }

    fn add_to_linker(&self, linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
        linker.allow_shadowing(true);
        let mut context = linker.instance(CONTEXT)?;
        context.func_wrap("attempt", |mut store: StoreContextMut<'_, GuestState>, (): ()| {
            store.data_mut().host_call(0)?;
            let Some(asked) = store.data_mut().extensions.get_mut::<Asked>() else {
                return Ok((0,));
            };
            asked.0 += 1;
            Ok((asked.0,))
        })
    }

    fn equip(&self, guest: &Identity, data: &mut Extensions) {
        data.insert(Asked(u32::try_from(guest.fence.get()).unwrap()));
    }
}

#[tokio::test]
async fn an_embedders_capability_has_data_of_its_own_for_each_guest() {
    let body = [is_u32("(call $attempt)", 4), is_u32("(call $attempt)", 5)];
    let wat = Wat::one(&body.concat()).import(CONTEXT, "attempt", "$attempt (result i32)");
    let bench = Bench::new();
    let guest = guest_with(&bench, &wat.build(), vec![Arc::new(Own)]);
    for _ in 0..2 {
        let (mut instance, _) = guest.start(Usage::default()).await.unwrap();
        assert_eq!(run(&mut instance, &bench, 1).await.outcome, Outcome::Ok);
    }
}
