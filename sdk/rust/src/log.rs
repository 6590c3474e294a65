//! Messages to the host's log, through `wasi:logging`.
//!
//! The macros ([`info!`](crate::info) and its sisters) format like `println!` and name the module
//! that they stand in; the host adds the manager, task, tick and run. Lines or bytes over the run's
//! limit are dropped and counted, and never end a run.

use crate::host;

/// How serious a message is, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The finest detail.
    Trace,
    /// For whoever looks for a fault.
    Debug,
    /// Ordinary course of events.
    Info,
    /// Something unexpected that did no harm yet.
    Warn,
    /// Something went wrong.
    Error,
    /// Something went wrong that needs a person.
    Critical,
}

/// Writes one message. `context` says what it belongs to; the host keeps it as a field.
pub fn log(level: Level, context: &str, message: &str) {
    host::log(level, context, message);
}

/// Logs at a [`Level`]: `log!(Level::Warn, "{left} left")`.
#[macro_export]
macro_rules! log {
    ($level:expr, $($message:tt)+) => {
        $crate::log::log($level, ::core::module_path!(), &::std::format!($($message)+))
    };
}

/// Logs the finest detail.
#[macro_export]
macro_rules! trace {
    ($($message:tt)+) => { $crate::log!($crate::log::Level::Trace, $($message)+) };
}

/// Logs for whoever looks for a fault.
#[macro_export]
macro_rules! debug {
    ($($message:tt)+) => { $crate::log!($crate::log::Level::Debug, $($message)+) };
}

/// Logs the ordinary course of events.
#[macro_export]
macro_rules! info {
    ($($message:tt)+) => { $crate::log!($crate::log::Level::Info, $($message)+) };
}

/// Logs something unexpected that did no harm yet.
#[macro_export]
macro_rules! warn {
    ($($message:tt)+) => { $crate::log!($crate::log::Level::Warn, $($message)+) };
}

/// Logs that something went wrong.
#[macro_export]
macro_rules! error {
    ($($message:tt)+) => { $crate::log!($crate::log::Level::Error, $($message)+) };
}

/// Logs that something went wrong that needs a person.
#[macro_export]
macro_rules! critical {
    ($($message:tt)+) => { $crate::log!($crate::log::Level::Critical, $($message)+) };
}
