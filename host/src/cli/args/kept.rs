//! Commands on what a host has kept: its state is read, or changed while no host runs.

use clap::Args;

use super::Place;
use super::texts::{outcome, subject_name, task_name, whole};
use crate::types::{ManagerName, Outcome, TaskName};

/// `tourbillon status`.
#[derive(Debug, Args)]
#[command(
    after_help = "In JSON, `gaps` are ticks that were left out (no host ran, or it was late), `kills` a task's kills
in a row, `backing_off` how many due ticks it is still passed over, and `outcomes` sums over all its
tasks and ticks."
)]
pub(in crate::cli) struct Status {
    #[command(flatten)]
    pub(in crate::cli) place: Place,

    /// Only this manager
    #[arg(value_name = "MANAGER", value_parser = subject_name)]
    pub(in crate::cli) manager: Option<ManagerName>,

    /// Print one line of JSON for each manager
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// `tourbillon history`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tourbillon history janitor sweep
  tourbillon history --outcome out-of-fuel --limit 5 --json

DUE is when a run's tick was due, in JSON `at`: the run itself may begin later, behind other tasks of its \
tick or where the host was busy or restarted. A run by hand was due when it was asked for.")]
pub(in crate::cli) struct History {
    #[command(flatten)]
    pub(in crate::cli) place: Place,

    /// Only runs of this manager
    #[arg(value_name = "MANAGER", value_parser = subject_name)]
    pub(in crate::cli) manager: Option<ManagerName>,

    /// Only runs of this task
    #[arg(value_name = "TASK", value_parser = task_name)]
    pub(in crate::cli) task: Option<TaskName>,

    /// Only runs, and ticks without one, with this outcome
    #[arg(long, value_name = "OUTCOME", value_parser = outcome)]
    pub(in crate::cli) outcome: Option<Outcome>,

    /// At most so many runs, and so many spans of ticks without one
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20, allow_negative_numbers = true, value_parser = whole::<1, 1_000_000, u32>)]
    pub(in crate::cli) limit: u32,

    /// Print one line of JSON for each run
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// A manager or a task of it.
#[derive(Debug, Args)]
#[command(after_help = "The host of this state must not be running.")]
pub(in crate::cli) struct Subject {
    #[command(flatten)]
    pub(in crate::cli) place: Place,

    /// The manager
    #[arg(value_name = "MANAGER", value_parser = subject_name)]
    pub(in crate::cli) manager: ManagerName,

    /// The task; without it, the whole manager
    #[arg(value_name = "TASK", value_parser = task_name)]
    pub(in crate::cli) task: Option<TaskName>,

    /// Print how the manager stands afterwards as JSON
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// `tourbillon trigger`.
#[derive(Debug, Args)]
#[command(after_help = "The host of this state must not be running.")]
pub(in crate::cli) struct Trigger {
    #[command(flatten)]
    pub(in crate::cli) place: Place,

    /// The manager
    #[arg(value_name = "MANAGER", value_parser = subject_name)]
    pub(in crate::cli) manager: ManagerName,

    /// The task
    #[arg(value_name = "TASK", value_parser = task_name)]
    pub(in crate::cli) task: TaskName,

    /// Print the run as a line of JSON
    #[arg(long)]
    pub(in crate::cli) json: bool,
}
