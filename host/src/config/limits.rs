//! From the keys of a file to the checked limits and back: each key is tied to its field once, and
//! reading, showing (`tourbillon check`) and the schema's defaults follow from that.
//!
//! Knows no range: the kinds of the raw keys have them.

use std::fmt;
use std::time::Duration;

use crate::types::{self, ByteSize, Fuel};

use super::kinds::{Count, Fit, Size, Time};
use super::raw;
use super::tables::Key;
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
}

impl Value {
    /// The value as JSON: what a file may hold in its place.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Count(n) => (*n).into(),
            Self::Size(size) => show_size(*size).into(),
            Self::Time(time) => show_time(*time).into(),
        }
    }
}

impl fmt::Display for Value {
    /// As TOML has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(n) => f.pad(&show_count(*n)),
            Self::Size(_) | Self::Time(_) => f.pad(&self.to_json().to_string()),
        }
    }
}

/// How a kind of key tells a checked setting.
trait Tell<T> {
    fn tell(setting: T) -> Value;
}

impl<const MIN: u64, const MAX: u64> Tell<u64> for Count<MIN, MAX> {
    fn tell(n: u64) -> Value {
        Value::Count(n)
    }
}

impl<const MIN: u64, const MAX: u64> Tell<u32> for Count<MIN, MAX> {
    fn tell(n: u32) -> Value {
        Value::Count(n.into())
    }
}

impl<const MIN: u64, const MAX: u64> Tell<Fuel> for Count<MIN, MAX> {
    fn tell(fuel: Fuel) -> Value {
        Value::Count(fuel.get())
    }
}

impl<const MIN: u64, const MAX: u64> Tell<ByteSize> for Size<MIN, MAX> {
    fn tell(size: ByteSize) -> Value {
        Value::Size(size)
    }
}

impl<const MIN: u64, const MAX: u64> Tell<u32> for Size<MIN, MAX> {
    fn tell(bytes: u32) -> Value {
        Value::Size(ByteSize::new(bytes.into()))
    }
}

impl<const MIN: u64, const MAX: u64> Tell<Duration> for Time<MIN, MAX> {
    fn tell(time: Duration) -> Value {
        Value::Time(time)
    }
}

/// Tells a setting as the kind of its key does.
fn told<R, K: Tell<T>, T>(_key: impl Fn(&R) -> &Key<K>, setting: T) -> Value {
    K::tell(setting)
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
            vec![$(Shown {
                key: stringify!($key),
                value: told(|raw: &$raw| &raw.$key, of.$($field).+),
            }),*]
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
