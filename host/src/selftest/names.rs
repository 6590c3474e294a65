//! The names of all limits, taken from the limits themselves.
//!
//! A field that is added to one of them and not named here does not compile; one that is named here and
//! not proved fails a test.

use crate::types::{
    CompileLimits, HostLimits, InstanceLimits, Limits, LoadLimits, RunLimits, StoreLimits,
};

macro_rules! names {
    ($($group:literal $limits:ident { $($field:ident),* } and $apart:tt;)*) => {
        /// Every limit that is to be proved, in the order of the proofs.
        pub const LIMITS: &[&str] = &[$($(concat!($group, ".", stringify!($field))),*),*];

        $(names!(@all $limits [$($field)*] $apart);)*
    };
    (@all $limits:ident [$($field:ident)*] { $($apart:ident),* }) => {
        const _: fn($limits) = |$limits { $($field: _,)* $($apart: _,)* }| {};
    };
}

names! {
    "run" RunLimits {
        fuel, timeout, host_calls, call_bytes, run_bytes, log_lines, log_bytes
    } and {};
    "instance" InstanceLimits { memory, table_elements, memories, tables, instances, handles } and {};
    "store" StoreLimits { bytes, keys, key_bytes, value_bytes } and {};
    "load" LoadLimits { component, tasks, text, run } and {};
    "compile" CompileLimits { cpu, wall, memory, output } and {};
    "host" HostLimits {
        running, waiting, instances, managers, history, reports, commit, checkpoint
    } and { compile };
}

/// No group of limits is forgotten.
const _: fn(Limits) = |Limits { run: _, instance: _, store: _, load: _ }| {};
