//! Whether the files that a host opened are still those that stand in its state directory.
//!
//! The engine and the lock go on with files that were removed: what they write would be lost with the process,
//! and a second host on the same path would find neither.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::fault::{io_error, open_error};
use super::lock::HostLock;
use super::place::Place;
use crate::store::StoreResult;

/// A file, by its device and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileId(u64, u64);

/// The files of a state directory that this host has opened.
#[derive(Debug)]
pub(super) struct Held {
    lock: (PathBuf, FileId),
    database: (PathBuf, FileId),
}

impl FileId {
    pub(super) fn of(meta: &fs::Metadata) -> Self {
        Self(meta.dev(), meta.ino())
    }

    fn at(path: &Path) -> io::Result<Self> {
        fs::symlink_metadata(path).map(|meta| Self::of(&meta))
    }
}

impl Held {
    /// The lock that was taken, and the database that stands beside it.
    pub(super) fn of(place: &Place, lock: &HostLock) -> StoreResult<Self> {
        let id = |path| FileId::at(path).map_err(|e| io_error(path, "looking at it", &e));
        let database = (place.database.clone(), id(&place.database)?);
        let held = Self { lock: (lock.path.clone(), lock.id), database };
        held.check().map(|()| held)
    }

    /// Refuses to go on where one of them is gone, or another file has its name.
    pub(super) fn check(&self) -> StoreResult<()> {
        [&self.lock, &self.database].into_iter().try_for_each(|(path, id)| stands(path, *id))
    }

    /// The database was opened again, and may be another file: one that was put back.
    pub(super) fn opened_again(&mut self) -> StoreResult<()> {
        let (path, id) = &mut self.database;
        *id = FileId::at(path).map_err(|e| io_error(path, "looking at it", &e))?;
        self.check()
    }
}

fn stands(path: &Path, id: FileId) -> StoreResult<()> {
    if FileId::at(path).is_ok_and(|now| now == id) {
        return Ok(());
    }
    let why = "it was removed while this host runs, or another file stands in its place";
    Err(open_error(path, why, "stop this host: another one may have begun to use the directory"))
}
