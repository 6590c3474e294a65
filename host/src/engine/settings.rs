//! How wasmtime is set for code that nobody trusts: each setting with its reason.
//!
//! Resident and per-run instances get an engine each, for what is cheap to keep is not what is cheap
//! to make. They share all but where memory comes from and how it gets its first contents; the latter
//! is compiled in, so code for one is not code for the other. This file knows nothing of components,
//! limits of one manager, or files.

use std::hash::{Hash, Hasher};
use std::num::NonZeroUsize;

use sha2::{Digest as _, Sha256};
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, Strategy,
    WasmBacktraceDetails,
};

use super::inside::INSTANCE_BYTES;
use crate::types::{Digest, InstanceLimits, InstanceMode};

/// What a guest's calls may take of a fiber's stack: wasmtime's default, which Python and JavaScript
/// guests are built for. It is no part of a manager's memory limit.
const WASM_STACK: usize = 512 << 10;

/// What is left below it for host functions, which run on the same stack.
const HOST_STACK: usize = 256 << 10;

/// Frames kept in the backtrace of a trap: enough to see the caller of a panic's machinery.
const BACKTRACE_FRAMES: NonZeroUsize = NonZeroUsize::new(32).unwrap();

/// Address space for each linear memory: all that 32 bits can name, so that it never moves.
const MEMORY_RESERVATION: u64 = 4 << 30;

/// Unmapped space behind each linear memory: what lets the compiler leave out bounds checks.
const MEMORY_GUARD: u64 = 32 << 20;

/// What a slot of the pool keeps mapped of a memory and a table between two guests: wiping these bytes
/// is faster than giving the pages back and faulting them in again.
const KEEP_RESIDENT: usize = 64 << 10;

/// The settings of both engines, all but where memory comes from.
fn base() -> Config {
    let mut config = Config::new();
    config
        .strategy(Strategy::Cranelift)
        // Three guards: fuel bounds work and makes runs repeatable (S20), epochs make a spinning guest
        // yield so that timers fire; neither costs anything per call.
        .consume_fuel(true)
        .epoch_interruption(true)
        // Component-model async is not in the contract, and makes each call three times as dear.
        .concurrency_support(false)
        // S20: the same inputs give the same bits on every machine.
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true)
        // Names in backtraces come from the name section; DWARF is a parser of strangers' input, and
        // `Environment`, the default, would let a variable change what is compiled.
        .wasm_backtrace_max_frames(Some(BACKTRACE_FRAMES))
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .max_wasm_stack(WASM_STACK)
        .async_stack_size(WASM_STACK + HOST_STACK)
        // Traps through signals keep the compiler's Spectre mitigations, which explicit checks lose.
        .signals_based_traps(true)
        // A memory that never moves and needs no bounds checks costs address space only: 128 TiB hold
        // 32,000 of them, and `Engines::admit` counts the mappings, which run out first.
        .memory_reservation(MEMORY_RESERVATION)
        .memory_guard_size(MEMORY_GUARD)
        .memory_reservation_for_growth(0)
        .memory_may_move(false)
        // A guard before each memory would cost nothing either, but help only against an engine that
        // computes negative addresses; it is the defence in depth that we can afford.
        .guard_before_linear_memory(true)
        .cranelift_opt_level(OptLevel::Speed);
    proposals(&mut config);
    config
}

/// Proposals that Rust, C, Zig, Go, Python and JavaScript guests are built with stay on; every other one
/// is code in the compiler that only an attacker would reach.
fn proposals(config: &mut Config) {
    config
        .wasm_bulk_memory(true)
        .wasm_multi_value(true)
        .wasm_reference_types(true)
        .wasm_simd(true)
        .wasm_relaxed_simd(true)
        .wasm_extended_const(true)
        .wasm_tail_call(true)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_gc(false)
        .wasm_function_references(false)
        .wasm_exceptions(false)
        .wasm_wide_arithmetic(false)
        .wasm_custom_page_sizes(false)
        .gc_support(false)
        .shared_memory(false);
}

/// The engine of resident instances: memory on demand, so that a guest costs what it touches.
///
/// No copy-on-write images: a small guest's start dirties the pages of its data anyway, and an image
/// takes two more of the 65,530 mappings of a process (measured: 6.5 for each guest instead of 4.5, so
/// that 10,000 leave no room). The price: a start copies all data, and pays fuel for each byte of it.
pub(super) fn resident() -> wasmtime::Result<Engine> {
    let mut config = base();
    config.memory_init_cow(false).allocation_strategy(InstanceAllocationStrategy::OnDemand);
    Engine::new(&config)
}

/// The engine of per-run instances: `slots` places prepared once, reused by one guest after another.
/// `largest` holds the highest limits that any manager was given.
///
/// Copy-on-write images: a run then pays for the pages of its data that it writes, not for all (8 MiB
/// of data: under 60 µs instead of several ms), and the pool's mappings are few.
pub(super) fn per_run(slots: u32, largest: &InstanceLimits) -> wasmtime::Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    let page_bytes = largest.memory.get().next_multiple_of(64 << 10).min(MEMORY_RESERVATION);
    pool.total_stacks(slots)
        .total_component_instances(slots)
        .total_core_instances(slots.saturating_mul(largest.instances))
        .total_memories(slots.saturating_mul(largest.memories))
        .total_tables(slots.saturating_mul(largest.tables))
        .max_core_instances_per_component(largest.instances)
        .max_memories_per_component(largest.memories)
        .max_tables_per_component(largest.tables)
        .max_memories_per_module(largest.memories)
        .max_tables_per_module(largest.tables)
        .max_memory_size(usize::try_from(page_bytes).unwrap_or(usize::MAX))
        .table_elements(usize::try_from(largest.table_elements).unwrap_or(usize::MAX))
        .max_component_instance_size(INSTANCE_BYTES)
        .max_core_instance_size(INSTANCE_BYTES)
        .linear_memory_keep_resident(KEEP_RESIDENT)
        .table_keep_resident(KEEP_RESIDENT)
        // Slots that nobody uses are given to the next guest rather than kept warm for the last one.
        .max_unused_warm_slots(slots);
    let mut config = base();
    config.memory_init_cow(true).allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config)
}

/// The compiler for instances that live as long as `mode` says: an engine without a pool, whose code
/// the engine of that mode accepts.
pub(super) fn compiler(mode: InstanceMode) -> wasmtime::Result<Engine> {
    match mode {
        InstanceMode::Resident => resident(),
        InstanceMode::PerRun => Engine::new(base().memory_init_cow(true)),
    }
}

/// What compiled code depends on: wasmtime's version, the processor and every setting above, and by the
/// number what was looked at before it was compiled (`inside`). Code under one digest is never loaded
/// under another.
pub(super) fn digest(engine: &Engine) -> Digest {
    let mut sha = Sha(Sha256::new_with_prefix(b"tourbillon-compiled-3\0"));
    engine.precompile_compatibility_hash().hash(&mut sha);
    Digest::new(sha.0.finalize().into())
}

/// A hasher that keeps all 256 bits, where [`Hasher::finish`] keeps 64.
struct Sha(Sha256);

impl Hasher for Sha {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let full: [u8; 32] = self.0.clone().finalize().into();
        full.iter().take(8).fold(0, |n, &b| n << 8 | u64::from(b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_of_a_mode_makes_code_for_the_engine_of_that_mode() {
        let limits = InstanceLimits::default();
        let check = |mode, engine: Engine| {
            assert_eq!(digest(&compiler(mode).unwrap()), digest(&engine), "{mode:?}");
        };
        check(InstanceMode::Resident, resident().unwrap());
        check(InstanceMode::PerRun, per_run(2, &limits).unwrap());
        check(InstanceMode::PerRun, per_run(5, &limits).unwrap());
    }

    #[test]
    fn another_setting_is_another_digest() {
        let digest = |mode| digest(&compiler(mode).unwrap());
        assert_ne!(digest(InstanceMode::Resident), digest(InstanceMode::PerRun));
    }

    #[test]
    fn proposals_outside_the_list_are_refused_and_those_of_real_guests_accepted() {
        let engine = resident().unwrap();
        let check = |wat: &str, accepted: bool| {
            let bytes = wat::parse_str(wat).unwrap();
            let said = engine.precompile_module(&bytes);
            assert_eq!(said.is_ok(), accepted, "{wat}: {:?}", said.err());
        };
        check(
            "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))",
            true,
        );
        check("(module (func (result i32 i32) i32.const 1 i32.const 2))", true);
        check("(module (table 1 funcref) (table 1 funcref) (func (drop (ref.null func))))", true);
        check("(module (table 1 externref))", false);
        check("(module (func (result v128) v128.const i64x2 0 0))", true);
        check("(module (global i32 (i32.add (i32.const 1) (i32.const 2))))", true);
        check("(module (func $f return_call $f))", true);
        check("(module (func (param i32) (result i32) (i32.extend8_s (local.get 0))))", true);
        check("(module (func (param f32) (result i32) (i32.trunc_sat_f32_s (local.get 0))))", true);
        check("(module (memory i64 1))", false);
        check("(module (memory 1 1 shared))", false);
        check("(module (memory 1) (memory 1))", false);
        check("(module (type (struct)))", false);
        check("(module (tag))", false);
        check("(module (memory 1 (pagesize 1)))", false);
    }
}
