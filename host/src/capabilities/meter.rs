//! The one place in which imported calls, and the bytes that they hand over, are counted.
//!
//! Every host function begins with [`Meter::call`]; there is no other way to a guest's state that a
//! reviewer would accept. wasmtime's own call hook can't serve: it counts leaving a guest for any
//! reason, also to grow a memory or because a millisecond went by, and the count would differ from
//! run to run.

use std::fmt;

use crate::types::RunLimits;

/// A quota of a run that its guest exceeded: the outcome is `over-quota`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// More imported calls than granted.
    HostCalls {
        /// The limit.
        limit: u64,
    },
    /// More bytes handed over, or asked for, in one call than granted.
    CallBytes {
        /// The limit.
        limit: u64,
    },
    /// More bytes handed over, or read of the store, in all calls of the run than granted.
    RunBytes {
        /// The limit.
        limit: u64,
    },
    /// More handles open at once than granted.
    Handles {
        /// The limit.
        limit: u64,
    },
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HostCalls { limit } => write!(f, "more than {limit} host calls in one run"),
            Self::CallBytes { limit } => write!(f, "more than {limit} bytes in one host call"),
            Self::RunBytes { limit } => {
                write!(f, "more than {limit} bytes handed over or read of the store in one run")
            }
            Self::Handles { limit } => write!(f, "more than {limit} handles open at once"),
        }
    }
}

impl std::error::Error for Exceeded {}

/// Counts one run's imported calls.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    calls: u64,
    bytes: u64,
    max_calls: u64,
    max_call_bytes: u64,
    max_bytes: u64,
    exceeded: Option<Exceeded>,
}

impl Meter {
    /// Starts at nothing, under the limits of a run.
    pub(crate) fn begin(&mut self, limits: &RunLimits) {
        *self = Self {
            max_calls: limits.host_calls,
            max_call_bytes: limits.call_bytes.get(),
            max_bytes: limits.run_bytes.get(),
            ..Self::default()
        };
    }

    /// Counts one imported call that hands over so many bytes. `Err` ends the guest.
    pub(crate) fn call(&mut self, bytes: usize) -> wasmtime::Result<()> {
        let bytes = bytes as u64;
        self.calls += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.calls > self.max_calls {
            return self.exceed(Exceeded::HostCalls { limit: self.max_calls });
        }
        if self.bytes > self.max_bytes {
            return self.exceed(Exceeded::RunBytes { limit: self.max_bytes });
        }
        self.answer(bytes)
    }

    /// Counts so many bytes that the host hands over in answer to a call. `Err` ends the guest.
    pub(crate) fn answered(&mut self, bytes: usize) -> wasmtime::Result<()> {
        let bytes = bytes as u64;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > self.max_bytes {
            return self.exceed(Exceeded::RunBytes { limit: self.max_bytes });
        }
        self.answer(bytes)
    }

    /// Counts so many bytes that the host read of the store to answer a call. `Err` ends the guest. What
    /// one read may come to is bounded by the limits of the store, not by those of a call.
    pub(crate) fn read(&mut self, bytes: u64) -> wasmtime::Result<()> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > self.max_bytes {
            return self.exceed(Exceeded::RunBytes { limit: self.max_bytes });
        }
        Ok(())
    }

    /// Checks how many bytes a guest asks the host to make for it in one call.
    pub(crate) fn answer(&mut self, bytes: u64) -> wasmtime::Result<()> {
        if bytes > self.max_call_bytes {
            return self.exceed(Exceeded::CallBytes { limit: self.max_call_bytes });
        }
        Ok(())
    }

    /// Notes what was exceeded, the first time, and makes the error that ends the guest.
    #[cold]
    fn exceed(&mut self, what: Exceeded) -> wasmtime::Result<()> {
        self.exceeded.get_or_insert(what);
        Err(what.into())
    }

    /// Imported calls so far.
    pub(crate) const fn calls(&self) -> u64 {
        self.calls
    }

    /// What was exceeded.
    pub(crate) const fn exceeded(&self) -> Option<Exceeded> {
        self.exceeded
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::ByteSize;

    fn meter() -> Meter {
        let mut meter = Meter::default();
        meter.begin(&RunLimits {
            host_calls: 3,
            call_bytes: ByteSize::new(10),
            run_bytes: ByteSize::new(15),
            ..RunLimits::default()
        });
        meter
    }

    #[test]
    fn each_quota_holds_to_the_last_unit_and_is_named() {
        let check = |calls: &[usize], expect: Option<Exceeded>| {
            let mut meter = meter();
            let ended = calls.iter().map(|bytes| meter.call(*bytes)).find_map(Result::err);
            assert_eq!(meter.exceeded(), expect, "{calls:?}");
            assert_eq!(ended.and_then(|e| e.downcast::<Exceeded>().ok()), expect, "{calls:?}");
        };
        check(&[0, 0, 0], None);
        check(&[0, 0, 0, 0], Some(Exceeded::HostCalls { limit: 3 }));
        check(&[10, 5], None);
        check(&[11], Some(Exceeded::CallBytes { limit: 10 }));
        check(&[10, 6], Some(Exceeded::RunBytes { limit: 15 }));
        check(&[usize::MAX, usize::MAX], Some(Exceeded::RunBytes { limit: 15 }));
    }

    #[test]
    fn what_is_read_counts_for_the_run_and_not_for_a_call() {
        let mut meter = meter();
        assert!(meter.read(11).is_ok());
        assert!(meter.call(4).is_ok());
        assert!(meter.read(1).is_err());
        assert_eq!(meter.exceeded(), Some(Exceeded::RunBytes { limit: 15 }));
    }

    #[test]
    fn a_new_run_starts_at_nothing() {
        let mut meter = meter();
        assert!((0..4).map(|_| meter.call(0)).any(|r| r.is_err()));
        meter.begin(&RunLimits::default());
        assert_eq!((meter.calls(), meter.exceeded()), (0, None));
    }
}
