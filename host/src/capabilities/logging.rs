//! `wasi:logging`, and every other line that a guest gets into the host's log.
//!
//! A line goes to `tracing` under the target `guest` with the fields manager, task, run and
//! context; what becomes of it there is the subscriber's affair. A run has an allowance of lines
//! and of bytes: what is over it is dropped and counted, and one line at the end says so. Dropping
//! never depends on the subscriber, so that a run is the same whoever listens.

use std::sync::{Mutex, PoisonError};

use wasmtime::component::{HasSelf, Linker};

use super::GuestState;
use super::bindings::logging::logging::{self, Host, Level};
use crate::types::{RunLimits, harmless_line};

/// The longest context that is shown, in bytes.
const MAX_CONTEXT: usize = 256;

/// Adds `wasi:logging` to a linker.
pub(crate) fn add_to_linker(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    logging::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

impl Host for GuestState {
    fn log(&mut self, level: Level, context: String, message: String) -> wasmtime::Result<()> {
        self.host_call(context.len() + message.len())?;
        self.log_line(level, &context, &message);
        Ok(())
    }
}

/// The longest last words that are kept, in bytes: as long as an error's text may be.
const MAX_WORDS: usize = 4 << 10;

/// What a component logged last, as critical, while it was asked about itself: where that ends in a trap, the
/// message of the panic, which the trap does not hold.
#[derive(Debug, Default)]
pub struct LastWords(Mutex<Option<String>>);

impl LastWords {
    /// Hands them out.
    pub(crate) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn say(&self, text: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }
}

/// What a run may still log.
#[derive(Debug, Default)]
pub(crate) struct Allowance {
    lines: u32,
    bytes: u64,
    dropped: u64,
}

impl Allowance {
    pub(crate) fn begin(&mut self, limits: &RunLimits) {
        *self = Self { lines: limits.log_lines, bytes: limits.log_bytes.get(), dropped: 0 };
    }

    /// Lines dropped so far.
    pub(crate) const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Takes one line off the allowance, or counts it as dropped. Once a line was too long for what
    /// is left a shorter one may still fit.
    fn admit(&mut self, bytes: usize) -> bool {
        let (Some(lines), Some(left)) =
            (self.lines.checked_sub(1), self.bytes.checked_sub(bytes as u64))
        else {
            self.dropped += 1;
            return false;
        };
        (self.lines, self.bytes) = (lines, left);
        true
    }
}

macro_rules! line {
    ($level:ident, $run:expr, $manager:expr, $context:expr, $message:expr $(, $mark:ident)?) => {
        tracing::event!(
            target: "guest",
            tracing::Level::$level,
            manager = $manager,
            task = $run.task.as_ref().map(|task| task.as_str()),
            run = $run.is_run().then_some($run.id.as_str()),
            context = $context,
            $($mark = true,)?
            "{}",
            $message
        )
    };
}

impl GuestState {
    /// Logs one line of the guest, if its allowance has room for it.
    pub(crate) fn log_line(&mut self, level: Level, context: &str, message: &str) {
        let bytes = context.len() + message.len();
        if !self.log.admit(bytes) {
            return;
        }
        if self.run().is_asked() && matches!(level, Level::Critical) {
            self.shared().last_words.say(harmless_line(message, MAX_WORDS));
        }
        // Spelling a character out takes up to ten bytes, and all of an admitted line is shown.
        let message = harmless_line(message, bytes.saturating_mul(10));
        let context = (!context.is_empty()).then(|| harmless_line(context, MAX_CONTEXT));
        let (run, manager, context) =
            (self.run(), self.identity().manager.as_str(), context.as_deref());
        match level {
            Level::Trace => line!(TRACE, run, manager, context, message),
            Level::Debug => line!(DEBUG, run, manager, context, message),
            Level::Info => line!(INFO, run, manager, context, message),
            Level::Warn => line!(WARN, run, manager, context, message),
            Level::Error => line!(ERROR, run, manager, context, message),
            Level::Critical => line!(ERROR, run, manager, context, message, critical),
        }
    }

    /// Says, in the name of the host, how many lines were dropped.
    pub(crate) fn log_dropped(&self, dropped: u64) {
        let (run, manager) = (self.run(), self.identity().manager.as_str());
        let message =
            format_args!("{dropped} log lines were dropped: the run is over its allowance");
        line!(WARN, run, manager, Some("host"), message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::capabilities::Entry;
    use crate::capabilities::testing::{Bench, logged};
    use crate::store::Usage;
    use crate::types::ByteSize;

    #[test]
    fn levels_fields_and_the_mark_of_critical_reach_the_log() {
        let lines = logged(|| {
            let mut state = Bench::new().running();
            for level in [
                Level::Trace,
                Level::Debug,
                Level::Info,
                Level::Warn,
                Level::Error,
                Level::Critical,
            ] {
                state.log(level, "disk".to_owned(), format!("{level:?}")).unwrap();
            }
        });
        let check = |at: usize, expect: &str| assert_eq!(lines[at].trim(), expect);
        let fields = "manager=\"m\" task=\"t\" run=\"m/t/1\" context=\"disk\"";
        check(0, &format!("TRACE guest: Level::Trace {fields}"));
        check(1, &format!("DEBUG guest: Level::Debug {fields}"));
        check(2, &format!("INFO guest: Level::Info {fields}"));
        check(3, &format!("WARN guest: Level::Warn {fields}"));
        check(4, &format!("ERROR guest: Level::Error {fields}"));
        check(5, &format!("ERROR guest: Level::Critical {fields} critical=true"));
    }

    #[test]
    fn what_is_said_last_is_kept_of_one_that_is_asked_about_itself() {
        let bench = Bench::new();
        let shared = bench.shared();
        let mut state = GuestState::new(Arc::clone(&shared), false);
        let mut said = |entry, lines: &[(Level, &str)]| {
            state.begin(entry, &bench.limits.run, Usage::default());
            for (level, text) in lines {
                state.log_line(*level, "panic", text);
            }
            shared.last_words.take()
        };
        let lines = [(Level::Critical, "first"), (Level::Critical, "why\n"), (Level::Error, "no")];
        assert_eq!(said(Entry::Declare, &lines).as_deref(), Some("why\\n"));
        assert_eq!(said(Entry::Declare, &[]), None);
        assert_eq!(said(Entry::Init, &lines), None);
    }

    #[test]
    fn a_line_cannot_forge_another_nor_repaint_a_terminal() {
        let lines = logged(|| {
            let mut state = Bench::new().running();
            state.log_line(Level::Info, "a\nb", "one\n2026 INFO two\u{1b}[2J");
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains("one\\n2026 INFO two\\u{1b}[2J"), "{lines:?}");
        assert!(!lines[0].contains('\u{1b}'), "{lines:?}");
    }

    #[test]
    fn lines_over_the_allowance_are_dropped_counted_and_told_once() {
        let mut bench = Bench::new();
        bench.limits.run.log_lines = 3;
        bench.limits.run.log_bytes = ByteSize::new(10);
        let lines = logged(|| {
            let mut state = bench.running();
            for message in ["12345", "123456", "12", "123", "4"] {
                state.log(Level::Info, String::new(), message.to_owned()).unwrap();
            }
            let effects = state.finish();
            assert_eq!((effects.logs_dropped, effects.host_calls), (2, 5));
            assert_eq!(effects.exceeded, None);
        });
        let said: Vec<_> =
            lines.iter().map(|l| l.split(" manager").next().unwrap().trim()).collect();
        assert_eq!(
            said,
            [
                "INFO guest: 12345",
                "INFO guest: 12",
                "INFO guest: 123",
                "WARN guest: 2 log lines were dropped: the run is over its allowance"
            ]
        );
    }
}
