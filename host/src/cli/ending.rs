//! How a command ends: its exit status, and whose fault an error is.
//!
//! The exit statuses are the contract's. An error that a person can remedy by another command line,
//! configuration or component is 2; what only the host's machine can remedy is 3.

use std::io;
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::engine::{EngineError, LoadError};
use crate::registry::RegistryError;
use crate::store::StoreError;
use crate::ticker::{BuildError, HostError, InstallError};

/// How a command ended that did its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// All went well.
    Well,
    /// Some run failed.
    RunFailed,
}

/// Why a command did not do its work.
#[derive(Debug)]
pub(super) enum Stop {
    /// Wrong use, configuration or component.
    Wrong(anyhow::Error),
    /// The host failed.
    Host(anyhow::Error),
    /// Whoever read the output has gone: nothing is wrong, and nobody is left to tell.
    Unread,
    /// All was said already.
    Said(ExitStatus),
}

/// The exit statuses of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExitStatus {
    Well = 0,
    RunFailed = 1,
    Wrong = 2,
    HostFailed = 3,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status as u8)
    }
}

/// How a command ends.
pub(super) type Ended = Result<Status, Stop>;

impl Stop {
    /// Wrong use, said in one text.
    pub(super) fn wrong(text: impl std::fmt::Display) -> Self {
        Self::Wrong(anyhow::anyhow!("{text}"))
    }

    /// The same of something, which its words do not name yet.
    pub(super) fn about(self, what: impl std::fmt::Display) -> Self {
        match self {
            Self::Wrong(error) => Self::Wrong(anyhow::anyhow!("{what}: {error}")),
            Self::Host(error) => Self::Host(anyhow::anyhow!("{what}: {error}")),
            unread_or_said => unread_or_said,
        }
    }

    /// The status, and what is still to be said on stderr.
    pub(super) fn told(self) -> (ExitStatus, Option<String>) {
        match self {
            Self::Wrong(error) => (ExitStatus::Wrong, Some(text(&error))),
            Self::Host(error) => (ExitStatus::HostFailed, Some(text(&error))),
            Self::Unread => (ExitStatus::Well, None),
            Self::Said(status) => (status, None),
        }
    }
}

/// An error as people read it. The errors of this crate say their causes themselves.
fn text(error: &anyhow::Error) -> String {
    let text = error.to_string();
    if text.starts_with("error: ") { text } else { format!("error: {text}") }
}

impl From<Status> for ExitStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Well => Self::Well,
            Status::RunFailed => Self::RunFailed,
        }
    }
}

impl From<ConfigError> for Stop {
    fn from(error: ConfigError) -> Self {
        Self::Wrong(error.into())
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Open { .. } => Self::Wrong(error.into()),
            _ => Self::Host(error.into()),
        }
    }
}

impl From<EngineError> for Stop {
    fn from(error: EngineError) -> Self {
        Self::Host(error.into())
    }
}

impl From<LoadError> for Stop {
    fn from(error: LoadError) -> Self {
        if error.is_hosts() { Self::Host(error.into()) } else { Self::Wrong(error.into()) }
    }
}

impl From<RegistryError> for Stop {
    fn from(error: RegistryError) -> Self {
        let hosts = match &error {
            RegistryError::Load(load) => load.is_hosts(),
            RegistryError::Host(_) | RegistryError::NoRoom(_) => true,
            _ => false,
        };
        if hosts { Self::Host(error.into()) } else { Self::Wrong(error.into()) }
    }
}

impl From<BuildError> for Stop {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Store(error) => error.into(),
            BuildError::Engine(error) => error.into(),
            BuildError::Registry(error) => error.into(),
        }
    }
}

impl From<HostError> for Stop {
    fn from(error: HostError) -> Self {
        match error {
            HostError::Store { .. }
            | HostError::Suspect { .. }
            | HostError::Threads(_)
            | HostError::Closing => Self::Host(error.into()),
            _ => Self::Wrong(error.into()),
        }
    }
}

impl From<InstallError> for Stop {
    fn from(error: InstallError) -> Self {
        let hosts = match &error {
            InstallError::Refused { source, .. } => match &**source {
                RegistryError::Load(load) => load.is_hosts(),
                RegistryError::Host(_) | RegistryError::NoRoom(_) => true,
                _ => false,
            },
            InstallError::Host(
                HostError::Store { .. } | HostError::Suspect { .. } | HostError::Closing,
            ) => true,
            _ => false,
        };
        if hosts { Self::Host(error.into()) } else { Self::Wrong(error.into()) }
    }
}

/// The one use of `io::Error` in this room is writing to stdout: other errors are mapped where they
/// arise.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Unread;
        }
        let remedy = "free space where it goes, or send it elsewhere, such as to /dev/null";
        Self::Host(anyhow::anyhow!("can't write to standard output: {error}; {remedy}"))
    }
}
