//! One build of a project at a time: the steps of one hand files to each other.
//!
//! The lock is the system's, on a file in the project's `build` directory that says which process holds it, and
//! goes with that process. Knows nothing of what is built.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::super::error::AuthoringError;

/// The most bytes in which a process is named.
const NAME: u64 = 20;

/// The lock, for as long as it lives.
#[derive(Debug)]
pub(super) struct Lock {
    _held: File,
}

impl Lock {
    /// Takes it, or waits so long until another build has ended.
    pub(super) fn take(
        path: &Path,
        patience: Duration,
        say: &mut dyn FnMut(&str),
    ) -> Result<Self, AuthoringError> {
        let file = File::options().read(true).append(true).create(true).open(path);
        let mut file = file.map_err(AuthoringError::file("make", path))?;
        if file.try_lock().is_err() {
            let holder = holder(path);
            say(&match holder {
                Some(pid) => format!("waiting for another build of it (process {pid})"),
                None => "waiting for another build of it".to_owned(),
            });
            file = wait(file, patience, path, holder)?;
        }
        // Appended to what is empty, it stands at the beginning.
        file.set_len(0)
            .and_then(|()| write!(file, "{}", std::process::id()))
            .map_err(AuthoringError::file("write", path))?;
        Ok(Self { _held: file })
    }
}

/// Waits for it on a thread of its own: nothing else ends that. Where it comes too late it is given back.
fn wait(
    file: File,
    patience: Duration,
    path: &Path,
    holder: Option<u32>,
) -> Result<File, AuthoringError> {
    let (tell, told) = mpsc::channel();
    let waits = move || {
        let locked = file.lock().map(|()| file);
        // Whoever waited may have gone; with the file the lock goes, too.
        tell.send(locked).ok();
    };
    let thread = thread::Builder::new().name("lock".to_owned()).spawn(waits);
    thread.map_err(AuthoringError::file("wait for", path))?;
    match told.recv_timeout(patience) {
        Ok(locked) => locked.map_err(AuthoringError::file("lock", path)),
        Err(_) => Err(AuthoringError::Busy { lock: path.to_owned(), holder, after: patience }),
    }
}

/// The process that the file names.
fn holder(path: &Path) -> Option<u32> {
    let mut text = String::new();
    File::open(path).ok()?.take(NAME).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_that_does_not_end_is_named_and_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".lock");
        let mut said = Vec::new();
        let mut take =
            |patience| Lock::take(&path, patience, &mut |text| said.push(text.to_owned()));
        let held = take(Duration::ZERO).unwrap();
        let busy = take(Duration::from_millis(20)).unwrap_err().to_string();
        let me = std::process::id();
        let expect =
            format!("another build holds {} for longer than 20ms (process {me})", path.display());
        assert!(busy.starts_with(&expect), "{busy}");
        drop(held);
        // Whoever gave up holds it no more, either, as soon as it came.
        drop(take(Duration::from_mins(1)).unwrap());
        assert_eq!(said[0], format!("waiting for another build of it (process {me})"));
    }
}
