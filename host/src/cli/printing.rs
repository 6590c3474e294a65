//! How things are printed: lines for people, JSON for programs, on writers that the caller owns.
//!
//! Nothing here opens a stream or decides what is shown. Data and messages never mix: what is said goes
//! to stderr through [`say`]. Texts of guests are harmless before they get here; file names are made so.

use std::io::{self, Write};
use std::time::Duration;

use rustix::termios::tcgetwinsize;
use serde::Serialize;
use serde_json::ser::Formatter;

use crate::config::show_count;
use crate::types::{
    ByteSize, RunDetails, TaskReport, TickReport, Trigger, harmless, harmless_line, is_harmful,
};

/// The longest detail of a failure that is printed, in bytes.
const MAX_DETAIL: usize = 16 << 10;

/// Says something to the person at the terminal, on stderr.
pub(super) fn say(text: impl std::fmt::Display) {
    super::voice::say(text.to_string());
}

/// Writes a value as one line of JSON. What could repaint a terminal is escaped, also where JSON need not.
pub(super) fn json_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut to = serde_json::Serializer::with_formatter(&mut *out, Escaped);
    value.serialize(&mut to).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// JSON without blanks, and with nothing harmful in its texts.
struct Escaped;

impl Formatter for Escaped {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        to: &mut W,
        text: &str,
    ) -> io::Result<()> {
        let mut rest = text;
        while let Some(at) = rest.find(is_harmful) {
            let (before, from) = rest.split_at(at);
            to.write_all(before.as_bytes())?;
            let mut chars = from.chars();
            for unit in chars.next().into_iter().flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec())
            {
                write!(to, "\\u{unit:04x}")?;
            }
            rest = chars.as_str();
        }
        to.write_all(rest.as_bytes())
    }
}

/// A point in time, in seconds, as the contract's lines have it.
pub(super) fn timestamp(ms: u64) -> String {
    let seconds = i64::try_from(ms / 1_000).unwrap_or(i64::MAX);
    // jiff's last second is in the year 9999; a guest's simulated clock may be later.
    jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX).to_string()
}

/// A measured time, in three digits.
pub(super) fn short_time(time: Duration) -> String {
    let micros = time.as_micros();
    match micros {
        0..1_000 => format!("{micros}µs"),
        1_000..10_000 => format!("{:.1}ms", time.as_secs_f64() * 1e3),
        10_000..1_000_000 => format!("{}ms", micros / 1_000),
        1_000_000..100_000_000 => format!("{:.1}s", time.as_secs_f64()),
        _ => format!("{}s", time.as_secs()),
    }
}

/// A measured size, in about three digits.
pub(super) fn short_size(bytes: u64) -> String {
    ByteSize::new(bytes).to_string().replace(' ', "")
}

/// A number of things, in words.
pub(super) fn counted(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

/// A path as people read it.
pub(super) fn shown(path: &std::path::Path) -> String {
    harmless_line(&path.display().to_string(), 4_096)
}

/// Prints ticks as lines: one for each task, in columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lines {
    /// The longest `manager/task` so far.
    width: usize,
    /// Whether ticks of a task without a run are shown.
    idle: bool,
}

impl Lines {
    /// Lines also for tasks that did not run.
    pub(super) const fn of_all() -> Self {
        Self { width: 0, idle: true }
    }

    /// Lines only where something other than a skip happened.
    pub(super) const fn of_runs() -> Self {
        Self { width: 0, idle: false }
    }

    /// Makes room for a name.
    pub(super) fn expect(&mut self, manager: &str, task: &str) {
        self.width = self.width.max(manager.len() + 1 + task.len());
    }

    /// Prints one tick of one manager, for stdout: on a terminal as wide as that is now.
    pub(super) fn report(&mut self, out: &mut dyn Write, report: &TickReport) -> io::Result<()> {
        self.report_within(terminal_width(), out, report)
    }

    fn report_within(
        &mut self,
        room: Option<usize>,
        out: &mut dyn Write,
        report: &TickReport,
    ) -> io::Result<()> {
        for task in &report.tasks {
            self.expect(report.manager.as_str(), task.task.as_str());
        }
        for task in &report.tasks {
            if self.idle || task.outcome != crate::types::Outcome::Skipped {
                self.task(room, out, report, task)?;
            }
        }
        Ok(())
    }

    fn task(
        self,
        room: Option<usize>,
        out: &mut dyn Write,
        report: &TickReport,
        task: &TaskReport,
    ) -> io::Result<()> {
        let name = format!("{}/{}", report.manager, task.task);
        let next = task.ticks_to_skip.saturating_add(1);
        let mut line = format!(
            "{name:width$}  tick {:<5} {:<13} due in {next:<5}",
            report.tick.get(),
            task.outcome,
            width = self.width
        );
        let mut rest = String::new();
        if let Some(reason) = &task.reason {
            rest.push_str(&format!("  {reason}"));
        }
        if report.trigger == Trigger::Operator {
            rest.push_str("  by hand");
        }
        let figures = task.run.as_ref().map(figures).unwrap_or_default();
        let whole = [&*line, &*figures, &*rest].concat();
        match room {
            Some(room) if !figures.is_empty() && whole.trim_end().chars().count() > room => {
                // Columns only help where they stand below each other.
                let figures: Vec<_> = figures.split("  ").map(str::trim).collect();
                let figures: Vec<_> = figures.into_iter().filter(|text| !text.is_empty()).collect();
                line.truncate(line.trim_end().len());
                line.push_str(&format!("\n    {}{rest}", figures.join("  ")));
            }
            _ => line = whole,
        }
        writeln!(out, "{}", line.trim_end())?;
        if let Some(run) = &task.run {
            failure(out, run)?;
        }
        Ok(())
    }
}

/// The columns of the terminal that stdout is, if it is one.
fn terminal_width() -> Option<usize> {
    // What is no terminal has no width.
    let size = tcgetwinsize(io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

fn figures(run: &RunDetails) -> String {
    let fuel = show_count(run.fuel.get());
    let mut text = format!(
        "  {fuel:>11} fuel  {:>6}  {:>7}  {:>3} {}",
        short_time(run.time),
        short_size(run.memory),
        run.host_calls,
        if run.host_calls == 1 { "call" } else { "calls" }
    );
    if run.attempt > 1 {
        text.push_str(&format!("  attempt {}", run.attempt));
    }
    if run.logs_dropped > 0 {
        text.push_str(&format!("  {} log lines dropped", run.logs_dropped));
    }
    text
}

fn failure(out: &mut dyn Write, run: &RunDetails) -> io::Result<()> {
    if let Some(error) = &run.error {
        writeln!(out, "    error: {error}")?;
    }
    if let Some(detail) = &run.detail {
        for line in harmless(detail, MAX_DETAIL).lines() {
            writeln!(out, "      {line}")?;
        }
    }
    Ok(())
}

/// Where the text of a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// Prints a table: two spaces between columns, no lines, nothing behind the last column.
pub(super) fn table(
    out: &mut dyn Write,
    columns: &[(&str, Align)],
    rows: &[Vec<String>],
) -> io::Result<()> {
    let width = |i: usize| {
        let cells = rows.iter().filter_map(|row| row.get(i)).map(|cell| cell.chars().count());
        cells.chain(columns.get(i).map(|(head, _)| head.chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..columns.len()).map(width).collect();
    let head: Vec<_> = columns.iter().map(|(head, _)| (*head).to_owned()).collect();
    for row in std::iter::once(&head).chain(rows) {
        let mut line = String::new();
        for ((cell, (_, align)), width) in row.iter().zip(columns).zip(&widths) {
            match align {
                Align::Left => line.push_str(&format!("{cell:<width$}  ")),
                Align::Right => line.push_str(&format!("{cell:>width$}  ")),
            }
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Fuel, ManagerName, Outcome, TaskName, Tick};

    #[test]
    fn times_and_sizes_are_short() {
        let check = |micros: u64, expect: &str| {
            assert_eq!(short_time(Duration::from_micros(micros)), expect);
        };
        check(41, "41µs");
        check(1_234, "1.2ms");
        check(56_789, "56ms");
        check(1_500_000, "1.5s");
        check(300_000_000, "300s");
        assert_eq!(short_size(1_179_648), "1.1MiB");
    }

    #[test]
    fn json_says_everything_and_repaints_nothing() {
        let text = "a\n\u{1b}[2J\u{9b}é\u{202e}\u{e0041}\"";
        let mut out = Vec::new();
        json_line(&mut out, &text).unwrap();
        let line = String::from_utf8(out).unwrap();
        assert_eq!(line, "\"a\\n\\u001b[2J\\u009bé\\u202e\\udb40\\udc41\\\"\"\n");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }

    #[test]
    fn a_timestamp_has_whole_seconds_and_no_end_of_days() {
        assert_eq!(timestamp(1_795_334_407_999), "2026-11-22T08:00:07Z");
        assert_eq!(timestamp(0), "1970-01-01T00:00:00Z");
        assert!(timestamp(u64::MAX).starts_with("9999-"));
    }

    #[test]
    fn what_does_not_fit_a_terminal_stands_on_a_line_of_its_own() {
        let run = RunDetails {
            attempt: 1,
            fuel: Fuel::new(11_013),
            fuel_granted: Fuel::new(100_000_000),
            time: Duration::from_micros(278),
            memory: 512 << 10,
            host_calls: 2,
            logs_dropped: 0,
            error: None,
            detail: None,
        };
        let task = TaskReport {
            task: TaskName::new("sweep").unwrap(),
            outcome: Outcome::Ok,
            ticks_to_skip: 6,
            run: Some(run),
            reason: None,
        };
        let idle = TaskReport { outcome: Outcome::Skipped, run: None, ..task.clone() };
        let report = TickReport {
            manager: ManagerName::new("janitor").unwrap(),
            tick: Tick::new(1),
            at_ms: 0,
            trigger: Trigger::Operator,
            by_hand: None,
            tasks: vec![task, idle],
        };
        let printed = |room| {
            let mut out = Vec::new();
            Lines::of_all().report_within(room, &mut out, &report).unwrap();
            String::from_utf8(out).unwrap()
        };
        insta::assert_snapshot!(printed(Some(80)), @r"
        janitor/sweep  tick 1     ok            due in 7
            11_013 fuel  278µs  512.0KiB  2 calls  by hand
        janitor/sweep  tick 1     skipped       due in 7      by hand
        ");
        let piped = printed(None);
        insta::assert_snapshot!(piped, @r"
        janitor/sweep  tick 1     ok            due in 7           11_013 fuel   278µs  512.0KiB    2 calls  by hand
        janitor/sweep  tick 1     skipped       due in 7      by hand
        ");
        let whole = piped.lines().next().unwrap().chars().count();
        assert_eq!(printed(Some(whole)), piped);
        assert_ne!(printed(Some(whole - 1)), piped);
    }

    #[test]
    fn a_table_is_as_wide_as_its_cells() {
        let mut out = Vec::new();
        let columns = [("TASK", Align::Left), ("RUNS", Align::Right)];
        let rows = [["sweep", "7"], ["a", "12345"]].map(|r| r.map(str::to_owned).to_vec());
        table(&mut out, &columns, &rows).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
        TASK    RUNS
        sweep      7
        a      12345
        ");
    }
}
