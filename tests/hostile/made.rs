//! Components that WAT can't say: noise, halves of components, and small ones that are dear to compile.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use tourbillon::types::{ByteSize, CompileLimits, ComponentSource, ManagerSpec};

use crate::cases::small;
use crate::pieces;
use crate::stage::{Stage, compile_limits, name, words};

/// The eight bytes with which every component begins.
const PREAMBLE: &[u8] = b"\0asm\x0d\0\x01\0";

/// How many generated components each property is held against.
const TRIES: u32 = 48;

fn spec(bytes: &[u8]) -> ManagerSpec {
    let component = ComponentSource::Bytes(Arc::from(bytes));
    let mut spec = ManagerSpec::new(name("hostile"), component);
    small(&mut spec);
    spec.limits.run.timeout = Duration::from_millis(50);
    spec.limits.load.run.timeout = Duration::from_millis(50);
    spec
}

/// The words of a refusal.
async fn refusal(stage: &Stage, bytes: &[u8]) -> String {
    words(&stage.install(spec(bytes)).await.map(drop).unwrap_err())
}

/// Plays generated components on one stage: whatever becomes of them, nothing becomes of anybody else.
fn whatever_comes<S: Strategy>(strategy: &S, bytes: impl Fn(S::Value) -> Vec<u8>) -> Range<u32> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stage = runtime.block_on(Stage::new());
    let (mut refused, mut loaded) = (0, 0);
    let config = Config { cases: TRIES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    for _ in 0..TRIES {
        let component = bytes(strategy.new_tree(&mut runner).unwrap().current());
        runtime.block_on(async {
            if let Err(error) = stage.install(spec(&component)).await {
                refused += 1;
                words(&error);
            } else {
                loaded += 1;
                stage.tick(&name("hostile")).await;
                stage.host.remove(&name("hostile")).await.unwrap();
            }
        });
    }
    runtime.block_on(stage.end());
    refused..refused + loaded
}

#[test]
fn noise_is_refused() {
    let noise = prop::collection::vec(any::<u8>(), 0..2_000);
    let seen = whatever_comes(&(noise, any::<bool>()), |(noise, preamble)| {
        if preamble { [PREAMBLE, &noise].concat() } else { noise }
    });
    // Nothing but the preamble is a component, though no manager.
    assert_eq!(seen.start, TRIES);
}

/// Where the last section ends that is not custom: what follows is names, which a component can miss.
fn end_of_substance(component: &[u8]) -> usize {
    let (mut at, mut end) = (PREAMBLE.len(), PREAMBLE.len());
    while let Some(id) = component.get(at) {
        let mut length = 0;
        for shift in (0..).step_by(7) {
            at += 1;
            length |= usize::from(component[at] & 0x7f) << shift;
            if component[at] < 0x80 {
                break;
            }
        }
        at += 1 + length;
        if *id != 0 {
            end = at;
        }
    }
    end
}

#[test]
fn half_a_component_is_refused() {
    let whole = pieces::component("neighbour");
    let substance = end_of_substance(&whole);
    assert!(substance < whole.len(), "its names come last");
    let seen = whatever_comes(&any::<Index>(), |at| whole[..at.index(substance)].to_vec());
    assert_eq!(seen.start, TRIES);
}

#[tokio::test]
async fn a_component_without_its_names_is_the_same() {
    let stage = Stage::new().await;
    let whole = pieces::component("neighbour");
    stage.install(spec(&whole[..end_of_substance(&whole)])).await.unwrap();
    stage.end().await;
}

#[test]
fn a_component_with_bytes_changed_harms_nobody() {
    let whole = pieces::component("neighbour");
    let changes = prop::collection::vec((any::<Index>(), any::<u8>()), 1..4);
    let seen = whatever_comes(&changes, |changes| {
        let mut bytes = whole.to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    });
    assert_eq!(seen.end, TRIES);
}

#[tokio::test]
async fn what_is_no_component_is_named() {
    let stage = Stage::new().await;
    let mut page = String::new();
    for (what, bytes) in [
        ("nothing", b"".as_slice()),
        ("four bytes", b"\0asm"),
        ("the preamble alone", PREAMBLE),
        ("text", b"(component)"),
        ("a program", b"\x7fELF\x02\x01\x01\0"),
    ] {
        writeln!(page, "{what}:\n    {}", refusal(&stage, bytes).await).unwrap();
    }
    insta::assert_snapshot!("no-component", page);
    stage.end().await;
}

/// A component whose parts are written by `core`.
fn with_core(core: &str) -> Arc<[u8]> {
    let text = pieces::text("trap-in-service");
    pieces::encode("made", &text.replacen("  ;;@guest", &format!("{core}\n  ;;@guest"), 1))
}

#[tokio::test]
async fn a_component_of_too_many_bytes_is_refused_before_it_is_compiled() {
    let stage = Stage::new().await;
    let data = "x".repeat(300_000);
    let bytes = with_core(&format!("(core module (memory 5) (data (i32.const 0) \"{data}\"))"));
    let mut spec = spec(&bytes);
    spec.limits.load.component = ByteSize::kib(256);
    let error = stage.install(spec).await.map(drop).unwrap_err().to_string();
    assert!(error.contains("a component may have 256.0 KiB"), "{error}");
    stage.end().await;
}

/// One function of many blocks and locals: the register allocator's nightmare.
fn huge_function(blocks: usize) -> Arc<[u8]> {
    let mut code = String::from("(core module (func (param i64) (result i64)");
    for i in 0..2_000 {
        write!(code, " (local $l{i} i64)").unwrap();
    }
    for i in 0..blocks {
        let (a, b, c) = (i % 2_000, (i * 7 + 3) % 2_000, (i * 13 + 5) % 2_000);
        write!(
            code,
            " (block (br_if 0 (i32.wrap_i64 (local.get $l{a}))) \
             (local.set $l{b} (i64.mul (local.get $l{c}) (local.get $l{a}))))"
        )
        .unwrap();
    }
    code.push_str(" (local.get 0)))");
    with_core(&code)
}

#[tokio::test]
async fn a_component_that_takes_minutes_to_compile_is_given_a_second() {
    let cpu = Duration::from_secs(1);
    let stage = Stage::compiling(CompileLimits { cpu, ..CompileLimits::default() }).await;
    let error = refusal(&stage, &huge_function(30_000)).await;
    assert!(error.contains("more than 1s of processor time (`compile_cpu`)"), "{error}");
    stage.end().await;
}

/// Components in components, each with eight instances of the next: 8^n core instances.
fn nested(depth: usize) -> Arc<[u8]> {
    let mut inner = String::from("(core module $m (func)) (core instance (instantiate $m))");
    for level in 0..depth {
        let eight = format!("(instance (instantiate $c{level}))").repeat(8);
        inner = format!("(component $c{level} {inner}) {eight}");
    }
    with_core(&inner)
}

#[tokio::test]
async fn a_component_that_takes_gigabytes_to_compile_is_given_what_it_may() {
    let limits = CompileLimits { memory: ByteSize::mib(384), ..compile_limits() };
    let stage = Stage::compiling(limits).await;
    let component = nested(7);
    assert!(component.len() < 3_000, "{}", component.len());
    let error = refusal(&stage, &component).await;
    assert!(error.contains("more than 384.0 MiB of memory (`compile_memory`)"), "{error}");
    stage.end().await;
}

/// A name that the engine would copy for each frame of a backtrace, before anybody could cut it.
#[tokio::test]
async fn a_function_with_a_name_of_megabytes_is_refused() {
    let stage = Stage::new().await;
    let core = format!("(core module (func ${} unreachable))", "a".repeat(3_000_000));
    let error = refusal(&stage, &with_core(&core)).await;
    assert!(error.contains("a name of 3000000 bytes stands in its name section"), "{error}");
    stage.end().await;
}

/// Each of its instances would take so much of the host, and no memory of its own.
#[tokio::test]
async fn a_module_of_very_many_globals_is_refused() {
    let stage = Stage::new().await;
    let globals = "(global i64 (i64.const 77))".repeat(30_000);
    let error = refusal(&stage, &with_core(&format!("(core module {globals})"))).await;
    assert!(error.contains("takes more than 1.0 MiB in each instance"), "{error}");
    stage.end().await;
}

/// Modules that nothing instantiates: the host would keep every name for as long as the component is loaded.
#[tokio::test]
async fn modules_of_very_many_exports_are_refused_though_nothing_instantiates_them() {
    let stage = Stage::new().await;
    let exports: String = (0..50_000).map(|i| format!("(export \"{i}\" (global 0))")).collect();
    let module = format!("(core module (global i32 (i32.const 0)) {exports})");
    stage.install(spec(&with_core(&module))).await.unwrap();
    let error = refusal(&stage, &with_core(&module.repeat(4))).await;
    assert!(error.contains("take more than 20.0 MiB in all, instantiated or not"), "{error}");
    stage.end().await;
}

/// Two components inside of one, each with a memory, pass a text to each other.
#[tokio::test]
async fn a_text_between_two_memories_is_refused_by_name() {
    let stage = Stage::new().await;
    let inner = r#"
      (component $giver
        (core module $m (memory (export "mem") 1) (func (export "f") (param i32 i32))
          (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8)))
        (core instance $i (instantiate $m))
        (func (export "take") (param "text" string)
          (canon lift (core func $i "f") (memory (core memory $i "mem")) (realloc (core func $i "realloc")))))
      (instance $giver (instantiate $giver))
      (component $taker
        (import "take" (func $take (param "text" string)))
        (core module $libc (memory (export "mem") 1))
        (core instance $libc (instantiate $libc))
        (core func $take (canon lower (func $take) (memory (core memory $libc "mem"))))
        (core module $m (import "" "take" (func (param i32 i32))) (func (export "run") (call 0 (i32.const 0) (i32.const 1))))
        (core instance $i (instantiate $m (with "" (instance (export "take" (func $take)))))))
      (instance (instantiate $taker (with "take" (func $giver "take"))))"#;
    let error = refusal(&stage, &with_core(inner)).await;
    assert!(error.contains("which needs the proposal for several memories"), "{error}");
    stage.end().await;
}

#[tokio::test]
async fn code_of_too_many_bytes_is_refused() {
    let limits = CompileLimits { output: ByteSize::kib(128), ..compile_limits() };
    let stage = Stage::compiling(limits).await;
    let function = "(func (result i32) (i32.const 1))";
    let core = format!("(core module {})", function.repeat(4_000));
    let error = refusal(&stage, &with_core(&core)).await;
    assert!(error.contains("its code is larger than 128.0 KiB (`compile_output`)"), "{error}");
    stage.end().await;
}
