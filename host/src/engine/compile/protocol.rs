//! What the host and its compiling child say to each other.
//!
//! The child gets its limits as arguments and the component as a file on stdin; its answer, a file on
//! stdout, is one line followed by the bytes that the line counts. Both files are in memory and
//! complete when the other side looks at them, so neither side ever waits for the other to read or
//! write. Knows nothing of processes.

use std::time::Duration;

use crate::types::{CompileLimits, InstanceMode};

/// The hidden argument that makes this program a compiler.
pub(super) const ARGUMENT: &str = "__tourbillon-compile";

/// The longest first line of an answer.
const LINE: usize = 64;

/// What the child is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    /// Seconds of processor time.
    pub(super) cpu: u64,
    /// Bytes of address space.
    pub(super) memory: u64,
    /// Bytes of compiled code.
    pub(super) output: u64,
    /// Bytes of the component on stdin.
    pub(super) input: u64,
    /// Whether the code is for per-run instances; else it is for resident ones.
    pub(super) per_run: bool,
}

/// What the child answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer<'a> {
    /// The compiled code.
    Code(&'a [u8]),
    /// Why it is not valid.
    Invalid(&'a [u8]),
    /// Why it was not looked at any further (`inside`).
    Refused(&'a [u8]),
    /// The code has so many bytes: more than it may.
    TooLong(u64),
    /// The compiler panicked, with this message.
    Panicked(&'a [u8]),
    /// The child could not begin.
    Host(&'a [u8]),
}

impl Order {
    /// An order under the host's limits. Less than a second of processor time can't be asked for.
    pub(super) fn new(limits: &CompileLimits, mode: InstanceMode, input: usize) -> Self {
        let partial = u64::from(limits.cpu.subsec_nanos() > 0);
        Self {
            cpu: limits.cpu.as_secs().saturating_add(partial).max(1),
            memory: limits.memory.get(),
            output: limits.output.get(),
            input: input as u64,
            per_run: mode == InstanceMode::PerRun,
        }
    }

    pub(super) fn cpu_limit(&self) -> Duration {
        Duration::from_secs(self.cpu)
    }

    /// Bytes that the file of an answer may have.
    pub(super) fn answer_bytes(&self) -> u64 {
        self.output.saturating_add(LINE as u64)
    }

    pub(super) fn arguments(&self) -> [String; 6] {
        let mode = u64::from(self.per_run);
        let numbers = [self.cpu, self.memory, self.output, self.input, mode];
        let [cpu, memory, output, input, mode] = numbers.map(|n| n.to_string());
        [ARGUMENT.into(), cpu, memory, output, input, mode]
    }

    /// Reads the arguments that follow the hidden one.
    pub(super) fn from_arguments(arguments: impl Iterator<Item = String>) -> Option<Self> {
        let numbers: Option<Vec<u64>> = arguments.map(|a| a.parse().ok()).collect();
        match numbers?.as_slice() {
            &[cpu, memory, output, input, mode @ 0..=1] => {
                Some(Self { cpu, memory, output, input, per_run: mode == 1 })
            }
            _ => None,
        }
    }
}

impl<'a> Answer<'a> {
    /// The first line, and what follows it.
    pub(super) fn parts(&self) -> (String, &'a [u8]) {
        let line = |kind: &str, n: u64| format!("{kind} {n}\n");
        match *self {
            Self::Code(b) => (line("code", b.len() as u64), b),
            Self::Invalid(b) => (line("invalid", b.len() as u64), b),
            Self::Refused(b) => (line("refused", b.len() as u64), b),
            Self::TooLong(n) => (line("too-long", n), &[]),
            Self::Panicked(b) => (line("panicked", b.len() as u64), b),
            Self::Host(b) => (line("host", b.len() as u64), b),
        }
    }

    /// Reads an answer; `None` if it is none, or not whole.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let end = bytes.iter().take(LINE).position(|&b| b == b'\n')?;
        let (kind, number) = std::str::from_utf8(&bytes[..end]).ok()?.split_once(' ')?;
        let (number, rest): (u64, _) = (number.parse().ok()?, &bytes[end + 1..]);
        if kind == "too-long" {
            return Some(Self::TooLong(number));
        }
        if number != rest.len() as u64 {
            return None;
        }
        match kind {
            "code" => Some(Self::Code(rest)),
            "invalid" => Some(Self::Invalid(rest)),
            "refused" => Some(Self::Refused(rest)),
            "panicked" => Some(Self::Panicked(rest)),
            "host" => Some(Self::Host(rest)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_survives_the_command_line() {
        let limits =
            CompileLimits { cpu: Duration::from_millis(1_500), ..CompileLimits::default() };
        let order = Order::new(&limits, InstanceMode::PerRun, 77);
        assert_eq!(order.cpu, 2);
        let arguments = order.arguments();
        assert_eq!(Order::from_arguments(arguments.into_iter().skip(1)), Some(order));
        assert_eq!(Order::from_arguments(["1".into(), "x".into()].into_iter()), None);
    }

    #[test]
    fn an_answer_is_read_whole_or_not_at_all() {
        let all = [
            Answer::Code(b"\0\n\xff"),
            Answer::Invalid(b"no"),
            Answer::Refused(b"a name"),
            Answer::TooLong(9),
            Answer::Panicked(b""),
            Answer::Host(b"rlimit"),
        ];
        for answer in all {
            let (line, rest) = answer.parts();
            let whole = [line.as_bytes(), rest].concat();
            assert_eq!(Answer::read(&whole), Some(answer));
        }
        for bad in ["", "code", "code 3\nab", "code 1\nab", "code x\n", "other 0\n", "\n"] {
            assert_eq!(Answer::read(bad.as_bytes()), None, "{bad:?}");
        }
        assert_eq!(Answer::read(&[b'c'; 4_000]), None);
    }
}
