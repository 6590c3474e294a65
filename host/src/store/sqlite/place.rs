//! Where a state lies on the disk, and what is checked there before the engine may open anything.
//!
//! A database is never created over anything, never followed through a symbolic link, and comes
//! into being whole: it is built under another name and then renamed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::fault::{DAMAGED, io_error, open_error};
use crate::store::StoreResult;

/// The name of the database in the state directory.
pub(super) const DATABASE: &str = "tourbillon.db";

/// What every file of the engine begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// A state directory, its path without symbolic links.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) dir: PathBuf,
    pub(super) database: PathBuf,
}

impl Place {
    /// The state directory, made if it is missing: readable by its owner alone.
    pub(super) fn make(dir: &Path) -> StoreResult<Self> {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(dir).map_err(|e| io_error(dir, "making the directory", &e))?;
        Self::find(dir)
    }

    /// A state directory that is there.
    pub(super) fn find(dir: &Path) -> StoreResult<Self> {
        let found = dir.canonicalize();
        let dir = found.map_err(|e| io_error(dir, "looking for the directory", &e))?;
        // Looked into, so that a directory of others is named, and not the first file that is sought in it.
        fs::read_dir(&dir).map_err(|e| io_error(&dir, "looking into the directory", &e))?;
        Ok(Self { database: dir.join(DATABASE), dir })
    }

    /// A file of the engine beside the database: `-wal`, `-shm`, `-journal`.
    pub(super) fn beside(&self, suffix: &str) -> PathBuf {
        beside(&self.database, suffix)
    }

    /// Whether there is a database. Refuses what only looks like one.
    pub(super) fn has_database(&self) -> StoreResult<bool> {
        let beside = ["-wal", "-shm", "-journal"].map(|suffix| self.beside(suffix));
        for path in beside.iter().chain([&self.database]) {
            match fs::symlink_metadata(path) {
                Ok(meta) if meta.is_file() => {}
                Ok(_) => {
                    return Err(open_error(
                        path,
                        "it is a symbolic link or no regular file",
                        "put the file itself there, or name another state directory",
                    ));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(io_error(path, "looking at it", &error)),
            }
        }
        if self.database.exists() {
            return self.begins_like_one().map(|()| true);
        }
        if self.beside("-wal").exists() {
            return Err(open_error(
                &self.database,
                "it is missing, but its last changes (-wal) are there",
                "put the database back; to begin anew, name an empty state directory",
            ));
        }
        Ok(false)
    }

    fn begins_like_one(&self) -> StoreResult<()> {
        let path = &self.database;
        let mut magic = [0; MAGIC.len()];
        let read = File::open(path).and_then(|mut file| file.read_exact(&mut magic));
        match read {
            Ok(()) if magic == *MAGIC => Ok(()),
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
                Err(io_error(path, "reading it", &error))
            }
            _ => Err(open_error(path, "it is no SQLite database, or a damaged one", DAMAGED)),
        }
    }

    /// An empty file for a database that is being built, private to its owner.
    pub(super) fn new_file(&self) -> StoreResult<PathBuf> {
        let path = beside(&self.database, ".new");
        for old in
            [beside(&path, "-wal"), beside(&path, "-shm"), beside(&path, "-journal"), path.clone()]
        {
            match fs::remove_file(&old) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => {
                    return Err(io_error(&old, "removing a half-made database", &e));
                }
                _ => {}
            }
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        options.open(&path).map_err(|e| io_error(&path, "making the database", &e))?;
        Ok(path)
    }

    /// Puts a finished database into its place, durably.
    pub(super) fn put(&self, finished: &Path) -> StoreResult<()> {
        let put = || {
            File::open(finished)?.sync_all()?;
            fs::rename(finished, &self.database)?;
            File::open(&self.dir)?.sync_all()
        };
        put().map_err(|e| io_error(&self.database, "putting the new database in its place", &e))
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
