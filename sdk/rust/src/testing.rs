//! Tests of a manager without a host, on native targets only.
//!
//! Every thread has a small host in memory, and Rust runs each test on a thread of its own.
//! [`Harness`] drives a manager through ticks by the same rules as the real host (periods, first
//! runs, asked-for delays, writes kept only on success), but without limits: a task that never
//! ends hangs the test.
//!
//! ```
//! use tourbillon_sdk::prelude::*;
//! use tourbillon_sdk::testing::Harness;
//!
//! #[derive(Default)]
//! struct Counter;
//!
//! #[manager]
//! impl Manager for Counter {
//!     #[periodic_task(ticks_between_runs = 1)]
//!     fn count(&mut self) -> Result<()> {
//!         Bucket::own()?.increment("count", 1)?;
//!         Ok(())
//!     }
//! }
//!
//! let mut harness = Harness::<Counter>::new();
//! harness.ticks(10);
//! assert_eq!(harness.stored("count").as_deref(), Some(&b"5"[..]));
//! ```

use crate::__private::log_failure;
use crate::host::memory::{self, Running};
use crate::log::Level;
use crate::{Error, Manager, Outcome, Run};

/// One message that the manager logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// How serious it is.
    pub level: Level,
    /// What it belongs to; the macros put the module here.
    pub context: String,
    /// The message.
    pub message: String,
}

/// Sets a value of this thread's configuration.
pub fn set_config(key: &str, value: &str) {
    memory::with(|state| state.config.insert(key.to_owned(), value.to_owned()));
}

/// Grants this thread's manager an empty bucket of this name, beside its own.
pub fn grant_bucket(name: &str) {
    memory::with(|state| {
        state.granted.entry(name.to_owned()).or_default();
    });
}

/// Takes what was logged on this thread since the last call.
pub fn take_log() -> Vec<LogLine> {
    memory::with(|state| std::mem::take(&mut state.log))
}

/// Drives one manager, tick by tick.
#[derive(Debug)]
pub struct Harness<M> {
    manager: M,
    counters: Vec<Counter>,
    tick: u64,
    tick_ms: u64,
}

#[derive(Debug)]
struct Counter {
    task: &'static str,
    ticks_between_runs: u32,
    ticks_to_skip: u32,
}

impl<M: Manager + Default> Default for Harness<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Manager + Default> Harness<M> {
    /// A manager that has not been initialized, before its first tick, 10 s between ticks.
    pub fn new() -> Self {
        memory::with(|state| "test".clone_into(&mut state.running.manager));
        let counters = M::TASKS.all().into_iter().map(|task| Counter {
            task: task.name,
            ticks_between_runs: task.ticks_between_runs,
            ticks_to_skip: if task.run_immediately { 0 } else { task.ticks_between_runs },
        });
        Self { manager: M::default(), counters: counters.collect(), tick: 0, tick_ms: 10_000 }
    }

    /// Sets how many milliseconds pass from tick to tick.
    #[must_use]
    pub fn every_ms(self, tick_ms: u64) -> Self {
        Self { tick_ms, ..self }
    }

    /// Calls `init_host`.
    ///
    /// # Errors
    ///
    /// What the manager returned; what it stored is then undone.
    pub fn init_host(&mut self) -> Result<(), Error> {
        kept_if_ok("init_host", || self.manager.init_host("test"))
    }

    /// One tick: the outcome of each task that was due, in order.
    pub fn tick(&mut self) -> Vec<(&'static str, Outcome)> {
        self.tick += 1;
        let mut due = Vec::new();
        for counter in &mut self.counters {
            if counter.ticks_to_skip == 0 {
                counter.ticks_to_skip = counter.ticks_between_runs;
                due.push(counter.task);
            } else {
                counter.ticks_to_skip -= 1;
            }
        }
        due.into_iter().map(|task| (task, self.run_now(task, "schedule"))).collect()
    }

    /// So many ticks: the outcomes of all of them.
    pub fn ticks(&mut self, ticks: u64) -> Vec<(&'static str, Outcome)> {
        (0..ticks).flat_map(|_| self.tick()).collect()
    }

    /// Runs a task now, as an operator would, and leaves its counter alone.
    ///
    /// # Errors
    ///
    /// What the task returned; what it stored is then undone.
    pub fn trigger(&mut self, task: &str) -> Outcome {
        self.run_now(task, "operator")
    }

    fn run_now(&mut self, task: &str, trigger: &'static str) -> Outcome {
        let run = Run {
            id: format!("test/{task}/{}", self.tick),
            task: task.to_owned(),
            tick: self.tick,
            scheduled_at_ms: self.tick * self.tick_ms,
        };
        set_running(1, trigger);
        let outcome = kept_if_ok(task, || self.manager.run_task(&run));
        set_running(0, "");
        let asked = match &outcome {
            Ok(ticks) => *ticks,
            Err(error) => error.ticks_to_skip(),
        };
        if let (Some(ticks), "schedule") = (asked, trigger)
            && let Some(counter) = self.counters.iter_mut().find(|c| c.task == task)
        {
            counter.ticks_to_skip = ticks;
        }
        outcome
    }

    /// The value in the manager's own bucket.
    pub fn stored(&self, key: &str) -> Option<Vec<u8>> {
        memory::with(|state| state.own.get(key).cloned())
    }

    /// The manager itself.
    pub fn manager(&mut self) -> &mut M {
        &mut self.manager
    }
}

fn set_running(attempt: u32, trigger: &'static str) {
    memory::with(|state| {
        state.running =
            Running { manager: std::mem::take(&mut state.running.manager), attempt, trigger };
    });
}

/// All or nothing: what `f` stored is undone if it fails. The failure is logged, as in a component.
fn kept_if_ok<T>(what: &str, f: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let before = memory::with(|state| (state.own.clone(), state.granted.clone()));
    f().inspect_err(|error| {
        log_failure(what, error);
        memory::with(|state| (state.own, state.granted) = before);
    })
}
