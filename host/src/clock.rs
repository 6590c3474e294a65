//! The one door through which time comes in, so that tests and simulations own it.
//!
//! Nothing else in this crate asks the system for the time; clippy's `disallowed-methods` says so.
//! The rules of a tick read no clock at all (S3): only the driver, the bill of a run and the guests'
//! `wasi:clocks` do.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::types::millis;

/// Where time comes from.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Milliseconds since the Unix epoch. May jump, also backwards: for people, for guests, and for the
    /// time in which no host ran (S13), which no other clock saw; never for measuring else.
    fn wall_ms(&self) -> u64;

    /// Time since some fixed point in the past. Never goes back.
    fn monotonic(&self) -> Duration;
}

/// The system's clocks.
#[derive(Debug, Clone)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this file is the door")]
    fn default() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this file is the door")]
    fn wall_ms(&self) -> u64 {
        // A clock before 1970 reads as 1970.
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        millis(since)
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

/// A clock that moves only when it is told to: for simulated runs under a seed (S20) and for tests.
#[derive(Debug, Default)]
pub struct SimulatedClock {
    start_ms: u64,
    passed_ms: AtomicU64,
}

impl SimulatedClock {
    /// A clock that stands at `start_ms` milliseconds since the Unix epoch.
    pub fn new(start_ms: u64) -> Self {
        Self { start_ms, passed_ms: AtomicU64::new(0) }
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        self.passed_ms.fetch_add(millis(by), Ordering::Relaxed);
    }
}

impl Clock for SimulatedClock {
    fn wall_ms(&self) -> u64 {
        self.start_ms.saturating_add(self.passed_ms.load(Ordering::Relaxed))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.passed_ms.load(Ordering::Relaxed))
    }
}
