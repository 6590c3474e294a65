//! The one door through which files come in that anybody may have put there: configurations, scenarios,
//! components, manifests of projects.
//!
//! A name may lead to a device, to a pipe, or to a file that waits (`/proc/kmsg`): so it is opened without
//! waiting, what was opened is looked at and not what had the name a moment ago, and no more is read than the
//! caller allows. Knows nothing of what a file holds; what to do about it, the caller says.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::fs::{Mode, OFlags};

use crate::types::ByteSize;

/// So long the end of a pipe is waited for: its writer may have to ask another machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    /// The system refused.
    #[error(transparent)]
    System(#[from] io::Error),
    /// A directory.
    #[error("it is a directory")]
    Directory,
    /// A device, a socket, or a pipe where none is taken.
    #[error("it is no regular file")]
    NotRegular,
    /// A pipe without a writer.
    #[error("it is a pipe that nobody writes to")]
    NoWriter,
    /// A pipe whose writer keeps it open.
    #[error("it is a pipe of which the end did not come within {0:?}")]
    Endless(Duration),
    /// What it holds is not there yet.
    #[error("it has nothing to read and waits for more, as no plain file does")]
    Waits,
    /// It is longer than may be.
    #[error("it has more than {most}")]
    TooLong {
        /// How many bytes it has, as far as is known.
        size: u64,
        /// How many it may have.
        most: ByteSize,
    },
    /// It is no text.
    #[error("it is not UTF-8 (byte {0})")]
    NoText(usize),
}

/// Opens a regular file, or what a link leads to if it is one. Reads of it never wait.
pub(crate) fn open(path: &Path) -> Result<File, FileError> {
    let file = open_any(path)?;
    let kind = file.metadata()?.file_type();
    match (kind.is_file(), kind.is_dir()) {
        (true, _) => Ok(file),
        (_, true) => Err(FileError::Directory),
        _ => Err(FileError::NotRegular),
    }
}

/// Reads a regular file of at most so many bytes.
pub(crate) fn read(path: &Path, most: ByteSize) -> Result<Vec<u8>, FileError> {
    read_open(&open(path)?, most)
}

/// The same, of a text.
pub(crate) fn read_text(path: &Path, most: ByteSize) -> Result<String, FileError> {
    text(read(path, most)?)
}

/// The same; a pipe with a writer, such as a shell's `<(…)`, is read to its end.
pub(crate) fn read_text_or_pipe(path: &Path, most: ByteSize) -> Result<String, FileError> {
    let file = open_any(path)?;
    let kind = file.metadata()?.file_type();
    let bytes = if kind.is_fifo() {
        read_pipe(file, most, PATIENCE)?
    } else if kind.is_dir() {
        return Err(FileError::Directory);
    } else if kind.is_file() {
        read_open(&file, most)?
    } else {
        return Err(FileError::NotRegular);
    };
    text(bytes)
}

/// Opens whatever it is, without waiting for the other end of a pipe.
fn open_any(path: &Path) -> Result<File, FileError> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = rustix::fs::open(path, flags, Mode::empty()).map_err(io::Error::from)?;
    Ok(File::from(file))
}

/// Reads what was opened. What grows meanwhile gets no further than one byte past the limit.
fn read_open(file: &File, most: ByteSize) -> Result<Vec<u8>, FileError> {
    let size = file.metadata()?.len();
    if size > most.get() {
        return Err(FileError::TooLong { size, most });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    bounded(file, most, &mut bytes)?;
    Ok(bytes)
}

fn bounded(from: impl Read, most: ByteSize, to: &mut Vec<u8>) -> Result<(), FileError> {
    let read = from.take(most.get().saturating_add(1)).read_to_end(to);
    read.map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => FileError::Waits,
        _ => FileError::System(error),
    })?;
    let size = to.len() as u64;
    if size > most.get() { Err(FileError::TooLong { size, most }) } else { Ok(()) }
}

/// Reads a pipe to its end, if that comes in time. A thread reads: nothing ends a read but its writer.
fn read_pipe(file: File, most: ByteSize, patience: Duration) -> Result<Vec<u8>, FileError> {
    rustix::fs::fcntl_setfl(&file, OFlags::empty()).map_err(io::Error::from)?;
    let (tell, told) = mpsc::channel();
    let reads = move || {
        let mut bytes = Vec::new();
        let read = bounded(file, most, &mut bytes).map(|()| bytes);
        // Nobody listens any more where it took too long.
        tell.send(read).ok();
    };
    thread::Builder::new().name("pipe".to_owned()).spawn(reads)?;
    let bytes = told.recv_timeout(patience).map_err(|_| FileError::Endless(patience))??;
    if bytes.is_empty() { Err(FileError::NoWriter) } else { Ok(bytes) }
}

fn text(bytes: Vec<u8>) -> Result<String, FileError> {
    String::from_utf8(bytes).map_err(|e| FileError::NoText(e.utf8_error().valid_up_to()))
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::path::PathBuf;

    use super::*;

    const MOST: ByteSize = ByteSize::new(10);

    fn fifo(dir: &Path) -> PathBuf {
        let at = dir.join("fifo");
        assert!(std::process::Command::new("mkfifo").arg(&at).status().unwrap().success());
        at
    }

    #[test]
    fn what_is_no_regular_file_is_refused_whatever_leads_to_it_and_nothing_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("link");
        let check = |to: &Path, expect: &str| {
            std::os::unix::fs::symlink(to, &link).unwrap();
            for path in [to, &link] {
                let said = read(path, MOST).map_or_else(|e| e.to_string(), |b| b.len().to_string());
                assert!(said.contains(expect), "{path:?}: {said}");
            }
            std::fs::remove_file(&link).unwrap();
        };
        check(&fifo(dir.path()), "it is no regular file");
        check(Path::new("/dev/zero"), "it is no regular file");
        check(dir.path(), "it is a directory");
        check(&dir.path().join("none"), "No such file");
        let file = dir.path().join("file");
        std::fs::write(&file, [b'x'; 10]).unwrap();
        check(&file, "10");
        std::fs::write(&file, [b'x'; 11]).unwrap();
        check(&file, "it has more than 10 B");
        // Such files say that they have no bytes, and have some.
        check(Path::new("/proc/self/environ"), "it has more than 10 B");
    }

    #[test]
    fn a_file_that_would_make_its_reader_wait_is_told_as_one() {
        struct Waiting;
        impl Read for Waiting {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::WouldBlock.into())
            }
        }
        let refused = bounded(Waiting, MOST, &mut Vec::new()).unwrap_err();
        assert!(matches!(refused, FileError::Waits), "{refused}");
    }

    #[test]
    fn a_pipe_that_never_ends_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let at = fifo(dir.path());
        // Opened for both: there is a writer, which writes nothing and stays.
        let kept = OpenOptions::new().read(true).write(true).open(&at).unwrap();
        let opened = open_any(&at).unwrap();
        let refused = read_pipe(opened, MOST, Duration::from_millis(20)).unwrap_err();
        assert!(matches!(refused, FileError::Endless(_)), "{refused}");
        drop(kept);
        assert!(matches!(read_text_or_pipe(&at, MOST), Err(FileError::NoWriter)));
    }
}
