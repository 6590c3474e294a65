//! Runs somebody else's compiler: what it says is kept, and told where it fails.

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use super::error::AuthoringError;
use crate::types::{harmless, harmless_line};

/// So much of the end of what a tool said is told.
const SAID: usize = 16 << 10;

/// So much is kept of the end of what a tool printed: cargo's messages, of which the last ones count.
const PRINTED: usize = 16 << 20;

/// One run of a tool.
#[derive(Debug)]
pub(super) struct Run {
    command: Command,
}

impl Run {
    pub(super) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        Self { command }
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
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().map_err(start)?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let said = thread::spawn(move || stderr.map_or_else(Vec::new, |from| end_of(from, SAID)));
        let printed = stdout.map_or_else(Vec::new, |from| end_of(from, PRINTED));
        let said = said.join().unwrap_or_default();
        let status = child.wait().map_err(start)?;
        let said = String::from_utf8_lossy(&said);
        let printed = String::from_utf8_lossy(&printed).into_owned();
        let said = harmless(tail(said.trim()), SAID * 2);
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

    /// The command line, for people.
    fn shown(&self) -> String {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        harmless_line(&words.join(" "), SAID)
    }
}

/// The end of what comes, with some `limit` bytes at least where there are so many: a tool may say what it
/// likes, as long as it likes.
fn end_of(mut from: impl Read, limit: usize) -> Vec<u8> {
    let (mut kept, mut chunk) = (Vec::new(), vec![0; 64 << 10]);
    // A pipe that breaks is one that has ended.
    while let Ok(n @ 1..) = from.read(&mut chunk) {
        kept.extend_from_slice(&chunk[..n]);
        if kept.len() > 2 * limit {
            kept.drain(..kept.len() - limit);
        }
    }
    kept
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

    #[test]
    fn a_tool_that_fails_is_told_with_what_it_said() {
        let run = Run::new("sh").args(["-c", "echo out; echo \u{1b}[31mwrong >&2; exit 3"]);
        let error = run.run("compiling").unwrap_err().to_string();
        assert!(error.starts_with("compiling failed (exit status: 3):\n"), "{error}");
        assert!(!error.contains('\u{1b}') && error.contains("wrong"), "{error}");
        // What is printed is for a program, unless nothing else is said.
        assert!(!error.contains("out\n"), "{error}");
        let printed = Run::new("sh").args(["-c", "echo out; exit 3"]).run("compiling");
        assert!(printed.unwrap_err().to_string().contains("out\n"));
        let absent = Run::new("no-such-tool").args(["-x"]).run("compiling").unwrap_err();
        assert!(absent.to_string().starts_with("can't start no-such-tool -x: "), "{absent}");
    }

    #[test]
    fn warnings_of_a_tool_that_ends_well_are_told() {
        let mut told = Vec::new();
        let run = |script: &str, told: &mut Vec<String>| {
            let run = Run::new("sh").args(["-c", script]);
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
        let kept = end_of(&*long, 1 << 10);
        assert!(kept.len() <= 2 << 10 && kept.ends_with(b"the end"), "{}", kept.len());
    }

    #[test]
    fn of_a_long_text_the_end_is_told() {
        let long = format!("{}\nlast line", "é".repeat(SAID));
        assert_eq!(tail(&long), "last line");
        assert_eq!(tail("short"), "short");
    }
}
