//! What can go wrong inside the database room, and how it is said to those outside.
//!
//! Outside nobody knows the engine's error type. Each text says what failed and what to do about it.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;

use crate::store::StoreError;
use crate::types::harmless_line;

/// The longest text of the engine or of the system that is passed on, in bytes.
const MAX_TEXT: usize = 1_024;

/// An error on its way out of this room.
#[derive(Debug)]
pub(super) enum Fault {
    /// It already is what the caller is told.
    Store(StoreError),
    /// The engine failed.
    Engine(rusqlite::Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Fault {
    /// As the failure of a read.
    pub(super) fn of_read(self) -> StoreError {
        match self {
            Self::Store(error) => error,
            Self::Engine(error) => {
                StoreError::Read(format!("{}; {}", line(&error.to_string()), remedy(&error)))
            }
        }
    }

    /// As the failure of a write to the database in `path` of which nothing was kept.
    pub(super) fn of_write(self, path: &Path) -> StoreError {
        match self {
            Self::Store(StoreError::Read(text)) => StoreError::Refused(text),
            Self::Store(error) => error,
            Self::Engine(error) => StoreError::Refused(told(path, &error)),
        }
    }

    /// As the failure to open the state in `path`.
    pub(super) fn of_open(self, path: &Path) -> StoreError {
        match self {
            Self::Store(StoreError::Read(text)) => open_error(path, text, DAMAGED),
            Self::Store(error) => error,
            Self::Engine(error) => open_error(path, line(&error.to_string()), remedy(&error)),
        }
    }

    /// Whether one caller's part may have failed where another's would not.
    pub(super) fn may_be_of_one_caller(&self) -> bool {
        match self {
            Self::Store(error) => matches!(error, StoreError::Refused(_) | StoreError::Read(_)),
            Self::Engine(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DiskFull | ErrorCode::TooBig | ErrorCode::ConstraintViolation)
            ),
        }
    }

    /// Whether the file itself is damaged.
    pub(super) fn is_damage(&self) -> bool {
        matches!(self, Self::Engine(error) if is_damage(error))
    }
}

/// What to do about a damaged database.
pub(super) const DAMAGED: &str = "nothing was changed in it: stop the host, keep a copy of the \
    directory, and restore a backup or try `sqlite3 tourbillon.db .recover`";

/// The engine's error and its remedy, for a write to the open database in `path`.
pub(super) fn told(path: &Path, error: &rusqlite::Error) -> String {
    let path = line(&path.display().to_string());
    format!("{path}: {}; {}", line(&error.to_string()), remedy(error))
}

/// An error at opening.
pub(super) fn open_error(path: &Path, why: impl Into<String>, remedy: &str) -> StoreError {
    StoreError::Open {
        path: line(&path.display().to_string()),
        why: why.into(),
        remedy: remedy.to_owned(),
    }
}

/// An error of the file system at opening.
pub(super) fn io_error(path: &Path, doing: &str, error: &io::Error) -> StoreError {
    use io::ErrorKind as Kind;
    let remedy = match error.kind() {
        Kind::PermissionDenied => {
            "give the user that this runs as the right to read and write there"
        }
        Kind::ReadOnlyFilesystem => "name a state directory on a file system that can be written",
        Kind::StorageFull | Kind::QuotaExceeded => "free space on its disk",
        Kind::NotADirectory | Kind::AlreadyExists => "name a directory: a file stands in its place",
        Kind::NotFound => {
            "check the name of the state directory; a host makes it when it first runs"
        }
        _ => "check the disk and the name of the state directory",
    };
    open_error(path, format!("{doing}: {}", line(&error.to_string())), remedy)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

fn remedy(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        _ if is_damage(error) => DAMAGED,
        Some(ErrorCode::DiskFull) => "free space on the disk of the state directory",
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            "give the user that this runs as the right to write in the state directory"
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "end the other program that holds the database"
        }
        Some(ErrorCode::SystemIoFailure) => "check the disk of the state directory",
        Some(ErrorCode::TooBig) => "write smaller values",
        _ => "look into the state directory; this may be a defect of the host",
    }
}

fn line(text: &str) -> String {
    harmless_line(text, MAX_TEXT)
}
