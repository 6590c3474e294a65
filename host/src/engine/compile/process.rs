//! One run of the compiler's process, from start to reaping.
//!
//! Its stdin, stdout and stderr are files in memory: a child that never reads or writes blocks nobody,
//! and what it writes is bounded by a limit of its own. A thread starts it and stays until it is
//! reaped, for the kernel ends the child with the *thread* that started it. Knows nothing of what the
//! answer means.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::Errno;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use super::protocol::Order;

/// The allocator mimalloc would take address space in advance, before the child has bounded itself, and
/// what it hands out of that would count against no limit. It must ask for what it needs when it needs it.
const RESERVE: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "0");

/// Bytes kept of what the child wrote to stderr: its end, where the reason stands.
const STDERR: u64 = 4 << 10;

/// What is to be run, and under which order.
pub(super) struct Job {
    pub(super) program: PathBuf,
    pub(super) order: Order,
    pub(super) component: std::sync::Arc<[u8]>,
    pub(super) wall: Duration,
}

/// How it ended.
pub(super) enum End {
    /// By itself, or by a signal that was not ours.
    Ended { status: ExitStatus, stdout: Vec<u8>, stderr: String },
    /// We killed it when its time on the wall was over.
    OutOfTime,
    /// We killed it because nobody waits for it any more.
    Cancelled,
}

/// What the waiting thread may be told.
enum Event {
    Exited,
    Cancel,
}

/// Cancels a run when dropped.
pub(super) struct Cancel(Sender<Event>);

impl Drop for Cancel {
    fn drop(&mut self) {
        // An error says that the run is over.
        self.0.send(Event::Cancel).unwrap_or_default();
    }
}

/// A step that failed, and what the system said.
pub(super) type Failed = (&'static str, io::Error);

/// Starts a run on a thread of its own. The result comes through `done`.
pub(super) fn start(
    job: Job,
    done: impl FnOnce(Result<End, Failed>) + Send + 'static,
) -> Result<Cancel, Failed> {
    let (sender, events) = mpsc::channel();
    let exited = sender.clone();
    thread::Builder::new()
        .name("tourbillon-compile".into())
        .spawn(move || done(run(&job, exited, &events)))
        .map_err(|e| ("start a thread for it", e))?;
    Ok(Cancel(sender))
}

fn run(job: &Job, exited: Sender<Event>, events: &Receiver<Event>) -> Result<End, Failed> {
    let mut stdin = memory_file("component")?;
    stdin
        .write_all(&job.component)
        .and_then(|()| stdin.rewind())
        .map_err(|e| ("write the component for it", e))?;
    let (stdout, stderr) = (memory_file("code")?, memory_file("messages")?);
    let copy = |file: &File| file.try_clone().map(Stdio::from).map_err(|e| ("copy a file", e));
    let mut child = Command::new(&job.program)
        .arg0("tourbillon-compile")
        .args(job.order.arguments())
        .env_clear()
        .env(RESERVE.0, RESERVE.1)
        .stdin(Stdio::from(stdin))
        .stdout(copy(&stdout)?)
        .stderr(copy(&stderr)?)
        .spawn()
        .map_err(|e| ("start it", e))?;
    // From here to `wait` nothing returns early: a child that was started is reaped.
    let waiting = i32::try_from(child.id())
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| io::Error::other("it has no process id"))
        .and_then(|pid| watch(pid, exited));
    let event = match &waiting {
        Ok(_) => events.recv_timeout(job.wall),
        Err(_) => Ok(Event::Cancel),
    };
    // Not yet reaped, so its number is still its own; killing one that has ended does nothing.
    let killed = child.kill();
    let status = child.wait().map_err(|e| ("wait for it", e))?;
    let watcher = waiting.map_err(|e| ("watch it", e))?;
    killed.map_err(|e| ("end it", e))?;
    watcher.join().map_err(|_| ("watch it", io::Error::other("the watching thread panicked")))?;
    match event {
        Ok(Event::Cancel) => Ok(End::Cancelled),
        Err(RecvTimeoutError::Timeout) => Ok(End::OutOfTime),
        Ok(Event::Exited) | Err(RecvTimeoutError::Disconnected) => {
            let stdout = contents(stdout, job.order.answer_bytes())?;
            Ok(End::Ended { status, stdout, stderr: tail(stderr)? })
        }
    }
}

/// Waits for the child's end without reaping it, on a thread of its own.
fn watch(pid: Pid, exited: Sender<Event>) -> io::Result<thread::JoinHandle<()>> {
    thread::Builder::new().name("tourbillon-compile-wait".into()).spawn(move || {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(pid), options), Err(Errno::INTR)) {}
        // An error says that the other side has given up waiting.
        exited.send(Event::Exited).unwrap_or_default();
    })
}

fn memory_file(name: &'static str) -> Result<File, Failed> {
    memfd_create(name, MemfdFlags::CLOEXEC)
        .map(File::from)
        .map_err(|e| ("make a file in memory for it", e.into()))
}

/// What the child wrote. Its own limit bounds the file; this bound holds if that one failed.
fn contents(mut file: File, limit: u64) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    file.rewind()
        .and_then(|()| file.take(limit).read_to_end(&mut bytes))
        .map_err(|e| ("read what it wrote", e))?;
    Ok(bytes)
}

/// The end of what the child wrote.
fn tail(file: File) -> Result<String, Failed> {
    let mut bytes = Vec::new();
    let from = file.metadata().map(|m| m.len().saturating_sub(STDERR));
    from.and_then(|from| (&file).seek(SeekFrom::Start(from)))
        .and_then(|_| file.take(STDERR).read_to_end(&mut bytes))
        .map_err(|e| ("read its messages", e))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The signal that ended a process, by name where it tells something.
pub(super) fn how_it_ended(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => {
            let name = match signal {
                4 => "SIGILL",
                6 => "SIGABRT",
                7 => "SIGBUS",
                9 => "SIGKILL: the system was out of memory, or somebody ended it",
                11 => "SIGSEGV",
                _ => "a signal",
            };
            format!("signal {signal}, {name}")
        }
        (None, Some(code)) => format!("exit status {code} without an answer"),
        (None, None) => "for no reason that the system told".into(),
    }
}
