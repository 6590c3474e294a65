//! The lock that keeps a second host out of a state directory.
//!
//! The kernel holds it for as long as the process lives, so nothing is stale after a `kill -9`; the pid
//! in the file is for people and proves nothing. The fence in the database is what a commit obeys.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use super::fault::{io_error, open_error};
use super::held::FileId;
use crate::store::{StoreError, StoreResult};

/// The name of the lock file in the state directory.
const FILE: &str = "tourbillon.lock";

/// The most bytes that are read of it: a pid has at most ten digits.
const MAX_PID: u64 = 16;

/// How often a start tries to get the lock: [`holder`] holds it too, for the time of two calls.
const TRIES: u32 = 200;

/// The host that holds a state directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Its process id, where it could be read.
    pub pid: Option<u32>,
}

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(super) struct HostLock {
    file: File,
    /// Where it stood when it was taken, and which file it is.
    pub(super) path: PathBuf,
    pub(super) id: FileId,
}

impl HostLock {
    /// Takes the lock, or says who holds it.
    pub(super) fn take(dir: &Path) -> StoreResult<Self> {
        let path = dir.join(FILE);
        let mut file = regular(&path, open(&path, true))?;
        let mut tries = 0;
        while let Err(error) = flock(&file, FlockOperation::NonBlockingLockExclusive) {
            if error != Errno::WOULDBLOCK {
                return Err(io_error(&path, "locking", &error.into()));
            }
            tries += 1;
            if tries == TRIES {
                return Err(held(dir, pid(&mut file)));
            }
            std::thread::yield_now();
        }
        write_pid(&mut file).map_err(|e| io_error(&path, "writing the lock file", &e))?;
        let meta = file.metadata().map_err(|e| io_error(&path, "looking at the lock", &e))?;
        Ok(Self { file, path, id: FileId::of(&meta) })
    }
}

impl Drop for HostLock {
    fn drop(&mut self) {
        // The kernel frees the lock with the file; an old pid in it would only mislead people.
        drop(self.file.set_len(0));
    }
}

/// Whether a host holds the state in `dir`, and which.
///
/// # Errors
/// [`StoreError::Open`] where the lock file can't be looked at.
pub fn holder(dir: &Path) -> StoreResult<Option<Holder>> {
    let path = dir.join(FILE);
    let mut file = match open(&path, false) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => regular(&path, opened)?,
    };
    match flock(&file, FlockOperation::NonBlockingLockShared) {
        Ok(()) => Ok(None),
        Err(Errno::WOULDBLOCK) => Ok(Some(Holder { pid: pid(&mut file) })),
        Err(error) => Err(io_error(&path, "looking at the lock", &error.into())),
    }
}

/// The lock file, if it is one: nobody is waited for at the other end of a pipe.
fn regular(path: &Path, opened: io::Result<File>) -> StoreResult<File> {
    let failed = |e: io::Error| io_error(path, "opening the lock file", &e);
    let file = opened.map_err(failed)?;
    if file.metadata().map_err(failed)?.is_file() {
        return Ok(file);
    }
    Err(open_error(path, "it is no regular file", "remove it, or name another state directory"))
}

fn open(path: &Path, write: bool) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    OpenOptions::new()
        .read(true)
        .write(write)
        .create(write)
        .mode(0o600)
        .custom_flags(flags)
        .open(path)
}

fn held(dir: &Path, pid: Option<u32>) -> StoreError {
    let (who, remedy) = match pid {
        Some(pid) => (
            format!("a host (process {pid}) holds it"),
            format!("stop process {pid}, or name another state directory"),
        ),
        None => (
            "another host holds it".to_owned(),
            "stop that host, or name another state directory".to_owned(),
        ),
    };
    open_error(dir, who, &remedy)
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(MAX_PID).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
