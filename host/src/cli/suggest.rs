//! `tourbillon tick --suggest-limits`: what each task used over the ticks, and limits with head-room.
//!
//! The head-room is a choice, not a measurement: fuel and host calls are the same on every machine but
//! follow the data, so four times the most that was seen; time depends on the machine and on who else is
//! busy on it, so twenty times; memory grows in steps and is never given back, so twice. Nothing is
//! proposed for a task of which too little was seen: one that never ran, or one that a limit ended.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::printing::{Align, json_line, short_size, short_time, table};
use crate::config::{show_count, show_size, show_time};
use crate::types::{ByteSize, Outcome, TickReport};

/// Times the most fuel, and the most host calls, that were seen.
const FUEL: u64 = 4;
/// Times the longest run.
const TIME: u32 = 20;
/// Times the most memory.
const MEMORY: u64 = 2;
/// Less is not proposed: what a task needs grows by more than its multiple when it is next to nothing.
const LEAST_FUEL: u64 = 100_000;
const LEAST_TIME: Duration = Duration::from_millis(100);
const LEAST_CALLS: u64 = 100;
const LEAST_MEMORY: u64 = 1 << 20;

/// What was seen, manager by manager and task by task, in the order of the first tick.
#[derive(Debug, Default)]
pub(super) struct Seen(Vec<Manager>);

#[derive(Debug)]
struct Manager {
    name: String,
    memory: u64,
    tasks: Vec<Task>,
}

#[derive(Debug, Default)]
struct Task {
    name: String,
    runs: u64,
    failed: u64,
    /// The last outcome that a limit or a trap brought about.
    killed: Option<Outcome>,
    fuel: u64,
    time: Duration,
    memory: u64,
    calls: u64,
}

impl Seen {
    /// Takes one tick in.
    pub(super) fn tick(&mut self, report: &Arc<TickReport>) {
        let name = report.manager.as_str();
        let known = self.0.iter().position(|manager| manager.name == name);
        let at = known.unwrap_or_else(|| {
            self.0.push(Manager { name: name.to_owned(), memory: 0, tasks: Vec::new() });
            self.0.len() - 1
        });
        let manager = &mut self.0[at];
        for told in &report.tasks {
            let name = told.task.as_str();
            let known = manager.tasks.iter().position(|task| task.name == name);
            let at = known.unwrap_or_else(|| {
                manager.tasks.push(Task { name: name.to_owned(), ..Task::default() });
                manager.tasks.len() - 1
            });
            let (task, Some(run)) = (&mut manager.tasks[at], &told.run) else { continue };
            task.runs += 1;
            task.failed += u64::from(told.outcome.is_failure());
            if told.outcome.is_failure() && told.outcome != Outcome::Failed {
                task.killed = Some(told.outcome);
            }
            task.fuel = task.fuel.max(run.fuel.get());
            task.time = task.time.max(run.time);
            task.memory = task.memory.max(run.memory);
            task.calls = task.calls.max(run.host_calls);
            manager.memory = manager.memory.max(run.memory);
        }
    }

    /// Prints what was seen, then what it comes to in a configuration file.
    pub(super) fn print(&self, ticks: u64, out: &mut dyn Write) -> io::Result<()> {
        use Align::{Left, Right};
        let columns = [
            ("MANAGER", Left),
            ("TASK", Left),
            ("RUNS", Right),
            ("FAILED", Right),
            ("FUEL", Right),
            ("TIME", Right),
            ("MEMORY", Right),
            ("HOST CALLS", Right),
        ];
        let rows: Vec<_> = self.tasks().map(|(manager, task)| task.row(&manager.name)).collect();
        writeln!(out, "the most that one run used, over {ticks} ticks:\n")?;
        table(out, &columns, &rows)?;
        for (manager, task) in self.tasks() {
            if let Some(why) = task.unknown() {
                writeln!(out, "\n{}/{}: no limits are proposed: {why}", manager.name, task.name)?;
            }
        }
        writeln!(out, "\nwith head-room, for tourbillon.toml:")?;
        for manager in &self.0 {
            let name = &manager.name;
            if !manager.ran() {
                writeln!(out, "\n# of {name} nothing ran")?;
                continue;
            }
            let memory = show_size(ByteSize::new(proposed_memory(manager.memory)));
            writeln!(out, "\n[manager.{}]\nlimits = {{ memory = \"{memory}\" }}", key(name))?;
            for task in &manager.tasks {
                let Some(limits) = task.proposed() else { continue };
                let timeout = limits.timeout.map_or(String::new(), |timeout| {
                    format!("timeout = \"{}\", ", show_time(timeout))
                });
                let (fuel, calls) = (show_count(limits.fuel), show_count(limits.calls));
                writeln!(out, "[manager.{}.task.{}]", key(name), key(&task.name))?;
                writeln!(out, "limits = {{ fuel = {fuel}, {timeout}host_calls = {calls} }}")?;
            }
        }
        Ok(())
    }

    /// The same as one line of JSON for each manager.
    pub(super) fn print_json(&self, ticks: u64, out: &mut dyn Write) -> io::Result<()> {
        for manager in &self.0 {
            let tasks = manager.tasks.iter().map(|task| TaskView {
                task: &task.name,
                seen: SeenView {
                    runs: task.runs,
                    failed: task.failed,
                    fuel: task.fuel,
                    micros: micros(task.time),
                    memory: task.memory,
                    host_calls: task.calls,
                },
                limits: task.proposed().map(|it| LimitsView {
                    fuel: it.fuel,
                    timeout_micros: it.timeout.map(micros),
                    host_calls: it.calls,
                }),
                unknown: task.unknown(),
            });
            let view = View {
                manager: &manager.name,
                ticks,
                memory: manager.ran().then(|| proposed_memory(manager.memory)),
                tasks: tasks.collect(),
            };
            json_line(out, &view)?;
        }
        Ok(())
    }

    fn tasks(&self) -> impl Iterator<Item = (&Manager, &Task)> {
        self.0.iter().flat_map(|manager| manager.tasks.iter().map(move |task| (manager, task)))
    }
}

impl Manager {
    fn ran(&self) -> bool {
        self.tasks.iter().any(|task| task.runs > 0)
    }
}

/// What is proposed for a task.
struct Limits {
    fuel: u64,
    /// None where time was simulated, and none passed.
    timeout: Option<Duration>,
    calls: u64,
}

impl Task {
    fn row(&self, manager: &str) -> Vec<String> {
        let seen = |text: String| if self.runs == 0 { "-".to_owned() } else { text };
        vec![
            manager.to_owned(),
            self.name.clone(),
            show_count(self.runs),
            show_count(self.failed),
            seen(show_count(self.fuel)),
            if self.time.is_zero() { "-".to_owned() } else { short_time(self.time) },
            seen(short_size(self.memory)),
            seen(show_count(self.calls)),
        ]
    }

    /// Why nothing can be proposed.
    fn unknown(&self) -> Option<String> {
        match self.killed {
            Some(killed) => Some(format!(
                "a run was {killed}, so that nobody knows what it needs; mend it, or drive it with larger limits"
            )),
            None if self.runs == 0 => Some("it did not run; give more --ticks".to_owned()),
            None => None,
        }
    }

    fn proposed(&self) -> Option<Limits> {
        if self.unknown().is_some() {
            return None;
        }
        let time = micros(self.time.saturating_mul(TIME).max(LEAST_TIME));
        Some(Limits {
            fuel: round(self.fuel.saturating_mul(FUEL).max(LEAST_FUEL)),
            timeout: (!self.time.is_zero()).then(|| Duration::from_micros(round(time))),
            calls: round(self.calls.saturating_mul(FUEL).max(LEAST_CALLS)),
        })
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn proposed_memory(seen: u64) -> u64 {
    seen.saturating_mul(MEMORY).max(LEAST_MEMORY).next_multiple_of(LEAST_MEMORY)
}

/// Up to the next number of two digits and zeroes: more digits would pretend to know more.
fn round(n: u64) -> u64 {
    let step = 10_u64.pow(n.max(1).ilog10().saturating_sub(1));
    n.div_ceil(step).saturating_mul(step)
}

/// A name as a key of TOML: one with a point stands in quotes.
fn key(name: &str) -> String {
    if name.contains('.') { format!("\"{name}\"") } else { name.to_owned() }
}

#[derive(Debug, Serialize)]
struct View<'a> {
    manager: &'a str,
    ticks: u64,
    memory: Option<u64>,
    tasks: Vec<TaskView<'a>>,
}

#[derive(Debug, Serialize)]
struct TaskView<'a> {
    task: &'a str,
    seen: SeenView,
    limits: Option<LimitsView>,
    unknown: Option<String>,
}

#[derive(Debug, Serialize)]
struct SeenView {
    runs: u64,
    failed: u64,
    fuel: u64,
    micros: u64,
    memory: u64,
    host_calls: u64,
}

#[derive(Debug, Serialize)]
struct LimitsView {
    fuel: u64,
    timeout_micros: Option<u64>,
    host_calls: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_has_two_digits_and_is_never_less_than_asked() {
        let check = |n, expect| assert_eq!(round(n), expect, "{n}");
        check(0, 0);
        check(7, 7);
        check(99, 99);
        check(101, 110);
        check(123_456, 130_000);
        check(100_000, 100_000);
        check(9_999_999, 10_000_000);
        assert_eq!(proposed_memory(0), 1 << 20);
        assert_eq!(proposed_memory(13_000_000), 25 << 20);
    }

    #[test]
    fn what_a_limit_ended_or_never_ran_is_not_guessed() {
        let ran =
            Task { runs: 1, fuel: 30_000, time: Duration::from_micros(80), ..Task::default() };
        let limits = ran.proposed().unwrap();
        assert_eq!((limits.fuel, limits.calls), (120_000, 100));
        assert_eq!(limits.timeout, Some(Duration::from_millis(100)));
        let killed = Task { killed: Some(Outcome::OutOfFuel), ..ran };
        assert!(killed.proposed().is_none() && killed.unknown().unwrap().contains("out-of-fuel"));
        assert!(Task::default().proposed().is_none());
    }
}
