//! What happened while a scenario was played.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::judge::Difference;
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
    /// Its version; empty where it could not tell it.
    pub version: String,
    /// Why it could not tell its version and configuration.
    pub untold: Option<String>,
    /// The configuration that it says to run with.
    pub service_config: BTreeMap<String, String>,
    /// The calls that were answered from the scenario's recording, in order.
    pub calls: Vec<Call>,
    /// How each upgrade ended: `ok`, or why the new component was refused and the old one ran on (S25).
    pub upgrades: Vec<String>,
    /// What of the scenario does not fit what happened: faults that hit nothing, calls without an answer,
    /// answers without a call.
    pub misfits: Vec<Difference>,
}

/// One call that was answered from a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The tick of the run; `None` outside a run.
    pub tick: Option<u64>,
    /// The task; `None` outside a run.
    pub task: Option<String>,
    /// The function with its arguments: `package:name/interface@version#function("x", 3)`.
    pub call: String,
    /// What it was answered.
    pub answer: String,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(tick), Some(task)) = (self.tick, &self.task) {
            write!(f, "{tick} {task} ")?;
        }
        write!(f, "{} -> {}", self.call, self.answer)
    }
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
    /// The declared tasks as a scenario writes them: name, N, and whether it runs immediately.
    pub(super) fn declared(&self) -> Vec<String> {
        let declared = |task: &DeclaredTask| {
            let immediately = if task.run_immediately { " immediately" } else { "" };
            format!("{} {}{immediately}", task.name, task.ticks_between_runs.get())
        };
        self.tasks.iter().map(declared).collect()
    }
}
