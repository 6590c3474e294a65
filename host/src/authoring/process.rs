//! Runs somebody else's compiler: what it says is kept, and told where it fails.
//!
//! A tool has a process group of its own, so that it ends with all that it started: where it takes too long,
//! where it leaves something behind that holds its pipes, and where somebody ends the build.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::io::retry_on_intr;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::error::AuthoringError;
use crate::types::{harmless, harmless_line};

/// So much of the end of what a tool said is told.
const SAID: usize = 16 << 10;

/// So much is kept of the end of what a tool printed: cargo's messages, of which the last ones count.
const PRINTED: usize = 16 << 20;

/// So long a tool may take; it is ended then.
pub(super) const LONGEST: Duration = Duration::from_hours(1);

/// So long is waited for the end of a tool's pipes once the tool itself has ended.
const LINGER: Duration = Duration::from_secs(2);

/// The tools that run at present, for whoever has to end them.
#[derive(Debug, Clone, Default)]
pub struct Running(Arc<Mutex<Groups>>);

#[derive(Debug, Default)]
struct Groups {
    /// Whether they were ended: then none is started any more.
    ended: bool,
    leaders: Vec<Pid>,
}

impl Running {
    /// Ends them with all that they have started; none is started afterwards.
    pub fn end(&self) {
        let mut groups = self.groups();
        groups.ended = true;
        groups.leaders.iter().for_each(|leader| end(*leader));
    }

    fn groups(&self) -> MutexGuard<'_, Groups> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a process group. Its leader was not waited for yet, so the number is nobody else's.
fn end(leader: Pid) {
    // One that has ended by itself can't be ended, and needn't be.
    kill_process_group(leader, Signal::KILL).ok();
}

/// One run of a tool.
#[derive(Debug)]
pub(super) struct Run {
    command: Command,
    running: Running,
    longest: Duration,
    linger: Duration,
}

impl Run {
    pub(super) fn new(program: impl AsRef<OsStr>, running: &Running) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        Self { command, running: running.clone(), longest: LONGEST, linger: LINGER }
    }

    pub(super) fn args<I: IntoIterator<Item: AsRef<OsStr>>>(mut self, arguments: I) -> Self {
        self.command.args(arguments);
        self
    }

    pub(super) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(super) fn without(mut self, names: &[&str]) -> Self {
        for name in names {
            self.command.env_remove(name);
        }
        self
    }

    pub(super) fn within(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Runs it to its end; `what` says in words what it is to do. Returns what it printed.
    pub(super) fn run(self, what: &str) -> Result<String, AuthoringError> {
        self.run_telling(what, &mut |_| {})
    }

    /// The same; what it says on stderr though it ends well, warnings, is told.
    pub(super) fn run_telling(
        mut self,
        what: &str,
        say: &mut dyn FnMut(&str),
    ) -> Result<String, AuthoringError> {
        let tool = self.shown();
        let start = |source| AuthoringError::Start { tool: tool.clone(), source };
        let mut child = {
            let mut groups = self.running.groups();
            if groups.ended {
                return Err(AuthoringError::Interrupted { what: what.to_owned() });
            }
            let child = self.command.spawn().map_err(start)?;
            groups.leaders.push(Pid::from_child(&child));
            child
        };
        let ending = self.wait(&mut child);
        let status = {
            let mut groups = self.running.groups();
            let leader = Pid::from_child(&child);
            groups.leaders.retain(|other| *other != leader);
            // It has ended, so this waits for nothing.
            let status = child.wait().map_err(start)?;
            if groups.ended {
                return Err(AuthoringError::Interrupted { what: what.to_owned() });
            }
            status
        };
        let Ending { in_time, said, printed } = ending;
        let said = String::from_utf8_lossy(&said);
        let printed = String::from_utf8_lossy(&printed).into_owned();
        let said = harmless(tail(said.trim()), SAID * 2);
        if !in_time {
            let (what, after) = (what.to_owned(), self.longest);
            return Err(AuthoringError::TooLong { what, tool, after, said });
        }
        if status.success() {
            if !said.is_empty() {
                say(&format!("it says:\n{said}"));
            }
            return Ok(printed);
        }
        // What is meant for people stands on stderr, and what a tool printed for a program is none of theirs.
        let said = if said.is_empty() { harmless(tail(printed.trim()), SAID * 2) } else { said };
        Err(AuthoringError::Tool { what: what.to_owned(), tool, status, said })
    }

    /// Waits until the tool has ended, or ends it; leaves it to be waited for once more.
    fn wait(&self, child: &mut Child) -> Ending {
        let leader = Pid::from_child(child);
        let (stderr, said) = follow(child.stderr.take(), SAID);
        let (stdout, printed) = follow(child.stdout.take(), PRINTED);
        let (tell, ended) = mpsc::channel();
        thread::spawn(move || {
            // What can't be waited for has ended.
            let how = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            retry_on_intr(|| waitid(WaitId::Pid(leader), how)).ok();
            tell.send(()).ok();
        });
        let in_time = ended.recv_timeout(self.longest) != Err(RecvTimeoutError::Timeout);
        if !in_time {
            end(leader);
            // Nothing outlives this signal.
            ended.recv().ok();
        }
        for pipe in [&stderr, &stdout] {
            if pipe.recv_timeout(self.linger) == Err(RecvTimeoutError::Timeout) {
                end(leader);
                // What has left the group may still hold it: what came so far is what there is.
                pipe.recv_timeout(self.linger).ok();
            }
        }
        Ending { in_time, said: taken(&said), printed: taken(&printed) }
    }

    /// The command line, for people.
    fn shown(&self) -> String {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        harmless_line(&words.join(" "), SAID)
    }
}

/// How a tool ended, and what it left in its pipes.
struct Ending {
    in_time: bool,
    said: Vec<u8>,
    printed: Vec<u8>,
}

/// What has come so far.
type Kept = Arc<Mutex<Vec<u8>>>;

/// Keeps the end of what comes; the channel closes with the pipe.
fn follow(pipe: Option<impl Read + Send + 'static>, limit: usize) -> (Receiver<()>, Kept) {
    let (open, closed): (Sender<()>, _) = mpsc::channel();
    let kept = Kept::default();
    if let Some(pipe) = pipe {
        let to = Arc::clone(&kept);
        thread::spawn(move || {
            keep_end(pipe, limit, &to);
            drop(open);
        });
    }
    (closed, kept)
}

fn taken(kept: &Kept) -> Vec<u8> {
    std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The end of what comes, with some `limit` bytes at least where there are so many: a tool may say what it
/// likes, as long as it likes.
fn keep_end(mut from: impl Read, limit: usize, to: &Kept) {
    let mut chunk = vec![0; 64 << 10];
    // A pipe that breaks is one that has ended.
    while let Ok(n @ 1..) = from.read(&mut chunk) {
        let mut kept = to.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&chunk[..n]);
        if kept.len() > 2 * limit {
            let surplus = kept.len() - limit;
            kept.drain(..surplus);
        }
    }
}

/// The end of a text, from the beginning of a line where that is possible.
fn tail(said: &str) -> &str {
    let Some(from) = said.len().checked_sub(SAID) else { return said };
    let from = (from..said.len()).find(|at| said.is_char_boundary(*at)).unwrap_or(said.len());
    let end = &said[from..];
    end.split_once('\n').map_or(end, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Run {
        Run::new("sh", &Running::default()).args(["-c", script])
    }

    /// Whether a process is there and has not ended.
    fn lives(pid: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
        stat.is_ok_and(|stat| !stat.rsplit(')').next().unwrap().trim_start().starts_with('Z'))
    }

    fn ends(pid: &str) {
        while lives(pid) {
            thread::yield_now();
        }
    }

    #[test]
    fn a_tool_that_fails_is_told_with_what_it_said() {
        let run = sh("echo out; echo \u{1b}[31mwrong >&2; exit 3");
        let error = run.run("compiling").unwrap_err().to_string();
        let head = "compiling failed (exit status: 3); the command was: sh -c echo out; ";
        assert!(error.starts_with(head), "{error}");
        assert!(!error.contains('\u{1b}') && error.contains("wrong"), "{error}");
        // What is printed is for a program, unless nothing else is said.
        assert!(!error.contains("out\n"), "{error}");
        let printed = sh("echo out; exit 3").run("compiling");
        assert!(printed.unwrap_err().to_string().ends_with("\nout"));
        // The last thing on the screen is what is wrong, whatever the length of the command.
        let long = format!("echo wrong >&2; exit 3 # {}", "x".repeat(1_000));
        let error = sh(&long).run("compiling").unwrap_err().to_string();
        let (head, said) = error.split_once('\n').unwrap();
        assert!(head.len() < 220 && head.ends_with("xxx…") && said == "wrong", "{error}");
        let absent = Run::new("no-such-tool", &Running::default()).args(["-x"]).run("compiling");
        let absent = absent.unwrap_err();
        assert!(absent.to_string().starts_with("can't start no-such-tool -x: "), "{absent}");
    }

    #[test]
    fn warnings_of_a_tool_that_ends_well_are_told() {
        let mut told = Vec::new();
        let run = |script: &str, told: &mut Vec<String>| {
            let run = sh(script);
            run.run_telling("compiling", &mut |text| told.push(text.to_owned())).unwrap()
        };
        assert_eq!(run("echo out", &mut told), "out\n");
        assert!(told.is_empty());
        run("echo unused >&2", &mut told);
        assert_eq!(told, ["it says:\nunused"]);
    }

    #[test]
    fn of_what_never_ends_the_end_is_kept() {
        let long = [vec![b'a'; 1 << 20], b"the end".to_vec()].concat();
        let kept = Kept::default();
        keep_end(&*long, 1 << 10, &kept);
        let kept = taken(&kept);
        assert!(kept.len() <= 2 << 10 && kept.ends_with(b"the end"), "{}", kept.len());
    }

    #[test]
    fn a_tool_that_never_ends_is_ended_with_all_that_it_started() {
        let mut run = sh("sleep 1000 & echo $! >&2; wait");
        run.longest = Duration::from_millis(300);
        let error = run.run("compiling").unwrap_err();
        let AuthoringError::TooLong { said, .. } = &error else { panic!("{error}") };
        ends(said);
        let told = error.to_string();
        assert!(
            told.starts_with("compiling did not end within 300ms; the command was: sh -c "),
            "{told}"
        );
    }

    #[test]
    fn what_a_tool_leaves_behind_holds_up_nothing() {
        let printed = sh("sleep 1000 & echo $!").run("compiling").unwrap();
        ends(&printed);
        // This one has left the group; it is not waited for, and its end is the test's.
        let mut run = sh("setsid sleep 1000 & echo $!");
        run.linger = Duration::from_millis(100);
        let printed = run.run("compiling").unwrap();
        let pid = printed.trim().parse().ok().and_then(Pid::from_raw).unwrap();
        rustix::process::kill_process(pid, Signal::KILL).unwrap();
        ends(&printed);
    }

    #[test]
    fn whoever_ends_the_tools_ends_those_that_run_and_starts_no_more() {
        let dir = tempfile::tempdir().unwrap();
        let started = dir.path().join("started");
        let running = Running::default();
        let script =
            format!("echo $$ > '{0}.part'; mv '{0}.part' '{0}'; sleep 1000", started.display());
        let run = Run::new("sh", &running).args(["-c", &*script]);
        let tool = thread::spawn(move || run.run("compiling").map_err(|e| e.to_string()));
        while !started.exists() {
            thread::yield_now();
        }
        running.end();
        assert_eq!(tool.join().unwrap(), Err("compiling was interrupted".to_owned()));
        ends(&std::fs::read_to_string(&started).unwrap());
        let next = Run::new("sh", &running).args(["-c", "true"]).run("linking").unwrap_err();
        assert_eq!(next.to_string(), "linking was interrupted");
    }

    #[test]
    fn of_a_long_text_the_end_is_told() {
        let long = format!("{}\nlast line", "é".repeat(SAID));
        assert_eq!(tail(&long), "last line");
        assert_eq!(tail("short"), "short");
    }
}
