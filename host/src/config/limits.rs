//! From the keys of a file to the checked limits and back: each key is tied to its field once, and
//! reading, showing (`tourbillon check`) and the schema's defaults follow from that.
//!
//! Knows no range: the kinds of the raw keys have them.

use std::fmt;
use std::time::Duration;

use crate::types::{self, ByteSize, Fuel};

use super::kinds::Fit;
use super::raw;
use super::units::{show_count, show_size, show_time};

/// A setting with its value, as a file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The key.
    pub key: &'static str,
    /// The value.
    pub value: Value,
}

/// A value as a file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// A whole number.
    Count(u64),
    /// A number of bytes.
    Size(ByteSize),
    /// A time.
    Time(Duration),
    /// True or false.
    Flag(bool),
    /// A text.
    Text(String),
}

impl Value {
    /// The value as JSON: what a file may hold in its place.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Count(n) => (*n).into(),
            Self::Size(size) => show_size(*size).into(),
            Self::Time(time) => show_time(*time).into(),
            Self::Flag(b) => (*b).into(),
            Self::Text(text) => text.clone().into(),
        }
    }
}

impl fmt::Display for Value {
    /// As TOML has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(n) => f.pad(&show_count(*n)),
            Self::Flag(b) => f.pad(if *b { "true" } else { "false" }),
            Self::Size(_) | Self::Time(_) | Self::Text(_) => f.pad(&self.to_json().to_string()),
        }
    }
}

impl From<u64> for Value {
    fn from(n: u64) -> Self {
        Self::Count(n)
    }
}

impl From<u32> for Value {
    fn from(n: u32) -> Self {
        Self::Count(n.into())
    }
}

impl From<Fuel> for Value {
    fn from(fuel: Fuel) -> Self {
        Self::Count(fuel.get())
    }
}

impl From<ByteSize> for Value {
    fn from(size: ByteSize) -> Self {
        Self::Size(size)
    }
}

impl From<Duration> for Value {
    fn from(time: Duration) -> Self {
        Self::Time(time)
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Flag(b)
    }
}

/// Ties each key of a raw table to its field of a checked one.
macro_rules! tie {
    ($raw:ty, $checked:ty, $shown:ident: $($key:ident = $($field:ident).+;)*) => {
        impl $raw {
            /// Sets what the file has over what holds so far.
            pub(super) fn over(&self, so_far: &mut $checked) {
                $(if let Some(set) = self.$key.get() {
                    so_far.$($field).+ = set.fit();
                })*
            }
        }

        /// Every limit, under its key.
        pub fn $shown(of: &$checked) -> Vec<Shown> {
            vec![$(Shown { key: stringify!($key), value: of.$($field).+.into() }),*]
        }
    };
}

tie! { raw::RunLimits, types::RunLimits, show_run_limits:
    fuel = fuel;
    timeout = timeout;
    host_calls = host_calls;
    call_bytes = call_bytes;
    run_bytes = run_bytes;
    log_lines = log_lines;
    log_bytes = log_bytes;
}

tie! { raw::Limits, types::Limits, show_limits:
    fuel = run.fuel;
    timeout = run.timeout;
    host_calls = run.host_calls;
    call_bytes = run.call_bytes;
    run_bytes = run.run_bytes;
    log_lines = run.log_lines;
    log_bytes = run.log_bytes;
    memory = instance.memory;
    table_elements = instance.table_elements;
    memories = instance.memories;
    tables = instance.tables;
    instances = instance.instances;
    handles = instance.handles;
    store_bytes = store.bytes;
    store_keys = store.keys;
    key_bytes = store.key_bytes;
    value_bytes = store.value_bytes;
    component = load.component;
    tasks = load.tasks;
    text = load.text;
    load_fuel = load.run.fuel;
    load_timeout = load.run.timeout;
    load_host_calls = load.run.host_calls;
    load_call_bytes = load.run.call_bytes;
    load_run_bytes = load.run.run_bytes;
    load_log_lines = load.run.log_lines;
    load_log_bytes = load.run.log_bytes;
}

tie! { raw::HostLimits, types::HostLimits, show_host_limits:
    running = running;
    waiting = waiting;
    instances = instances;
    managers = managers;
    history = history;
    reports = reports;
    commit_timeout = commit;
    checkpoint = checkpoint;
    compile_cpu = compile.cpu;
    compile_wall = compile.wall;
    compile_memory = compile.memory;
    compile_output = compile.output;
}

#[cfg(test)]
mod tests {
    use super::super::tables::Table;
    use super::*;

    #[test]
    fn every_key_of_a_limit_is_tied_to_a_field() {
        let check = |shown: Vec<Shown>, keys: &[&str]| {
            assert_eq!(shown.iter().map(|s| s.key).collect::<Vec<_>>(), keys);
        };
        check(show_limits(&types::Limits::default()), raw::Limits::KEYS);
        check(show_run_limits(&types::RunLimits::default()), raw::RunLimits::KEYS);
        check(show_host_limits(&types::HostLimits::default()), raw::HostLimits::KEYS);
    }
}
