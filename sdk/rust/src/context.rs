//! What a manager may ask about the run in progress.
//!
//! Outside of a run [`manager`], [`host`] and [`fence`] answer; the rest are 0 or empty. Each
//! function is one call to the host and one more use of the import `tourbillon:manager/context`.

use crate::host;

/// The manager's name on this host.
pub fn manager() -> String {
    host::context::manager()
}

/// The name of the host.
pub fn host() -> String {
    host::context::host()
}

/// 1, or 2 where a run that was lost with its host is repeated (`on_lost = "repeat"`).
pub fn attempt() -> u32 {
    host::context::attempt()
}

/// The host's fencing number; it grows with every start of a host. A sink that remembers the
/// highest one can refuse writers of the past.
pub fn fence() -> u64 {
    host::context::fence()
}

/// What started this run: `schedule` or `operator`.
pub fn trigger() -> String {
    host::context::trigger()
}

/// The fuel granted to this run.
pub fn fuel_granted() -> u64 {
    host::context::fuel_granted()
}

/// The fuel that is left of it.
pub fn fuel_left() -> u64 {
    host::context::fuel_left()
}

/// This run's time limit in milliseconds, from entry, without the time that it waited for a core.
pub fn time_limit_ms() -> u64 {
    host::context::time_limit_ms()
}

/// How many ticks were missed directly before this one.
pub fn missed_before() -> u64 {
    host::context::missed_before()
}
