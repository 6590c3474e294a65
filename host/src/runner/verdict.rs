//! From the error with which a guest call ended to its outcome (contract, "Settled details").
//!
//! The engine tells most things apart by type. Two it tells by text alone, exhausted hostcall fuel
//! and an exhausted table of handles, which would otherwise read like something else; tests here
//! fail when their words change. What a guest had a hand in is made harmless, one line each.

use std::fmt::Write as _;

use rustc_demangle::demangle;
use wasmtime::component::ResourceTableError;
use wasmtime::{Error, Trap, WasmBacktrace};

use crate::capabilities::Exceeded;
use crate::engine::Denied;
use crate::types::{Bounded, Limits, Outcome, RunLimits, harmless_line};

/// The longest error text (contract: 4 KiB).
pub(super) const MAX_ERROR: usize = 4_096;

/// The longest detail.
const MAX_DETAIL: usize = 8_192;

/// Exhausted hostcall fuel, in the engine's words.
const HOSTCALL_FUEL: &str = "too much data is being copied between the host and the guest: \
                             fuel allocated for hostcalls has been exhausted";

/// An exhausted table of handles, in the engine's words: they begin so.
const HANDLES: [&str; 2] = [
    "cannot allocate another handle: store handle limit exceeded",
    "cannot lend resource: store handle limit exceeded",
];

/// How a call that ended with an error is judged.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    /// The quota that was exceeded, where that is what ended the call.
    pub(super) exceeded: Option<Exceeded>,
    pub(super) error: String,
    pub(super) detail: Option<String>,
}

/// Whether a guest returned, and what it returned is more than the host reads.
///
/// The engine says the same in the same words of what a guest hands over in a host call; but there a
/// guest's frames are on the stack, and after a return none are.
pub(super) fn is_unread(error: &Error) -> bool {
    error.downcast_ref::<WasmBacktrace>().is_none()
        && error.root_cause().to_string() == HOSTCALL_FUEL
}

/// Judges an error; `exceeded` and `denied` are what the run is known to have done before it.
pub(super) fn judge(
    error: &Error,
    exceeded: Option<Exceeded>,
    denied: Option<Denied>,
    run: &RunLimits,
    limits: &Limits,
) -> Verdict {
    let trap = error.downcast_ref::<Trap>();
    let exceeded = exceeded.or_else(|| quota(error, run, limits));
    let (outcome, text) = if let Some(exceeded) = exceeded {
        (Outcome::OverQuota, exceeded.to_string())
    } else if trap == Some(&Trap::OutOfFuel) {
        (Outcome::OutOfFuel, format!("the {} fuel granted to the run were used up", run.fuel))
    } else if let Some(denied) = denied {
        (Outcome::OutOfMemory, format!("{denied}; then: {}", error.root_cause()))
    } else {
        (Outcome::Trap, error.root_cause().to_string())
    };
    Verdict { outcome, exceeded, error: harmless_line(&text, MAX_ERROR), detail: backtrace(error) }
}

/// Quotas that the engine keeps for the host.
fn quota(error: &Error, run: &RunLimits, limits: &Limits) -> Option<Exceeded> {
    let text = error.root_cause().to_string();
    if text == HOSTCALL_FUEL {
        return Some(Exceeded::CallBytes { limit: run.call_bytes.get() });
    }
    let full = matches!(error.downcast_ref::<ResourceTableError>(), Some(ResourceTableError::Full));
    (full || HANDLES.iter().any(|words| text.starts_with(words)))
        .then(|| Exceeded::Handles { limit: u64::from(limits.instance.handles) })
}

/// The guest's backtrace on one line: the innermost frame first, Rust's names demangled.
///
/// The engine's own printing demangles C++ too, and a name of some hundred bytes can stand for one of
/// a hundred million letters: a guest chooses its names, so only Rust's are read, which can't grow so.
fn backtrace(error: &Error) -> Option<String> {
    let trace = error.downcast_ref::<WasmBacktrace>()?;
    if trace.frames().is_empty() {
        return None;
    }
    // A guest chooses the names of its functions, megabytes if it likes.
    let mut text = Bounded::new(4 * MAX_DETAIL);
    for (i, frame) in trace.frames().iter().enumerate() {
        let arrow = if i == 0 { "" } else { " ← " };
        let module = frame.module().name().map_or_else(String::new, |name| cut(name, "!"));
        let written = match frame.func_name() {
            Some(name) => write!(text, "{arrow}{module}{:#}", demangle(name)),
            None => write!(text, "{arrow}{module}<wasm function {}>", frame.func_index()),
        };
        // The outermost frames are left out where there is no more room.
        if written.is_err() {
            break;
        }
    }
    Some(harmless_line(&text.text, MAX_DETAIL))
}

/// The name of a module, short enough, with what follows it.
fn cut(name: &str, then: &str) -> String {
    format!("{}{then}", harmless_line(name, 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(error: &Error, denied: bool, outcome: Outcome, text: &str) {
        let denied = denied.then_some(Denied::Table { wanted: 2, limit: 1 });
        let limits = Limits::default();
        let verdict = judge(error, None, denied, &limits.run, &limits);
        assert_eq!((verdict.outcome, verdict.error.as_str()), (outcome, text));
    }

    #[test]
    fn s15_errors_have_the_outcome_of_the_contract() {
        check(
            &Trap::UnreachableCodeReached.into(),
            false,
            Outcome::Trap,
            "wasm trap: wasm `unreachable` instruction executed",
        );
        check(
            &Trap::OutOfFuel.into(),
            false,
            Outcome::OutOfFuel,
            "the 100000000 fuel granted to the run were used up",
        );
        check(
            &Trap::OutOfFuel.into(),
            true,
            Outcome::OutOfFuel,
            "the 100000000 fuel granted to the run were used up",
        );
        check(
            &Error::msg(HOSTCALL_FUEL),
            true,
            Outcome::OverQuota,
            "more than 1048576 bytes in one host call",
        );
        check(
            &ResourceTableError::Full.into(),
            false,
            Outcome::OverQuota,
            "more than 1000 handles open at once",
        );
        check(
            &Error::msg(HANDLES[0]),
            false,
            Outcome::OverQuota,
            "more than 1000 handles open at once",
        );
        check(&Error::msg("no\u{1b}[2J"), false, Outcome::Trap, "no\\u{1b}[2J");
        check(
            &Trap::UnreachableCodeReached.into(),
            true,
            Outcome::OutOfMemory,
            "the guest asked for 2 table elements in all and is limited to 1 (`table_elements`); \
             then: wasm trap: wasm `unreachable` instruction executed",
        );
    }
}
