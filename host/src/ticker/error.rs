//! What may go wrong with the host itself. What a guest does wrong is an outcome, never one of these.

use crate::store::StoreError;
use crate::types::{ManagerName, TaskName};

/// Why the host did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// No manager of that name is installed.
    #[error("no manager \"{0}\" is installed here")]
    NoManager(ManagerName),
    /// The manager has no such task.
    #[error("manager \"{manager}\" has no task \"{task}\"; it has: {has}")]
    NoTask {
        /// The manager.
        manager: ManagerName,
        /// What was asked for.
        task: TaskName,
        /// The tasks that it has.
        has: String,
    },
    /// A run by hand found the manager busy (S14).
    #[error("manager \"{0}\" is busy with a run; try again when it is over")]
    Busy(ManagerName),
    /// A run by hand found the host busy.
    #[error(
        "the host runs as many managers at once as it may ([host.limits] running, waiting); try again"
    )]
    HostBusy,
    /// A run by hand of a disabled task.
    #[error(
        "task \"{task}\" of manager \"{manager}\" is disabled; enable it in the configuration first"
    )]
    Disabled {
        /// The manager.
        manager: ManagerName,
        /// The task.
        task: TaskName,
    },
    /// Another host's turn.
    #[error("manager \"{0}\" is ticked by another host of the cluster")]
    NotOurs(ManagerName),
    /// More managers than the host may hold.
    #[error(
        "manager \"{manager}\" is one more than this host may hold: {limit} = {max}; raise it, or install fewer"
    )]
    Full {
        /// The manager that was refused.
        manager: ManagerName,
        /// The limit's name in the configuration.
        limit: &'static str,
        /// Its value.
        max: u32,
    },
    /// The store failed; for the managers concerned nothing runs until it was read again (S17).
    #[error("the state of manager \"{manager}\" can't be kept: {source}")]
    Store {
        /// The manager.
        manager: ManagerName,
        /// What the store said.
        source: StoreError,
    },
    /// The store failed earlier and was not read again since (S17).
    #[error("the state of manager \"{manager}\" is not known to be kept: {why}")]
    Suspect {
        /// The manager.
        manager: ManagerName,
        /// What the store said.
        why: String,
    },
    /// The threads for guests could not be started.
    #[error("can't start the threads on which guests run: {0}; see `ulimit -u`")]
    Threads(String),
    /// The thread on which a tick ran has ended.
    #[error("the tick of manager \"{0}\" ended with its thread; it is finished by the next one")]
    Ended(ManagerName),
    /// The host is shutting down.
    #[error("the host is shutting down")]
    Closing,
}
