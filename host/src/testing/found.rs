//! What happened while a scenario was played.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::types::{DeclaredTask, TickReport};

/// What happened.
#[derive(Debug, Clone)]
pub struct Found {
    /// The report of every tick, in order.
    pub ticks: Vec<Arc<TickReport>>,
    /// What the manager logged, in order.
    pub logs: Vec<LogLine>,
    /// What its own bucket holds at the end.
    pub store: BTreeMap<String, Vec<u8>>,
    /// What it declares.
    pub tasks: Vec<DeclaredTask>,
    /// Its version.
    pub version: String,
    /// The configuration that it says to run with.
    pub service_config: BTreeMap<String, String>,
    /// Faults of the scenario that hit nothing, in words.
    pub unhit: Vec<String>,
}

/// One line that a manager logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// The tick of the run; `None` outside a run.
    pub tick: Option<u64>,
    /// The task; `None` outside a run.
    pub task: Option<String>,
    /// `trace` to `critical`.
    pub level: &'static str,
    /// The text.
    pub text: String,
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(tick), Some(task)) = (self.tick, &self.task) {
            write!(f, "{tick} {task} ")?;
        }
        write!(f, "{} {}", self.level, self.text)
    }
}

impl Found {
    /// A declared task as a scenario writes it: its name, its N, and whether it runs immediately.
    pub(super) fn declared(task: &DeclaredTask) -> String {
        let immediately = if task.run_immediately { " immediately" } else { "" };
        format!("{} {}{immediately}", task.name, task.ticks_between_runs.get())
    }
}
