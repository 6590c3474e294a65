//! Runs somebody else's compiler: what it says is kept, and told where it fails.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use super::error::AuthoringError;
use crate::types::{harmless, harmless_line};

/// So much of the end of what a tool said is told.
const SAID: usize = 16 << 10;

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
    pub(super) fn run(mut self, what: &str) -> Result<String, AuthoringError> {
        let tool = self.shown();
        let output = self
            .command
            .output()
            .map_err(|source| AuthoringError::Start { tool: tool.clone(), source })?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(printed);
        }
        let said = format!("{printed}{}", String::from_utf8_lossy(&output.stderr));
        let said = harmless(tail(said.trim()), SAID * 2);
        Err(AuthoringError::Tool { what: what.to_owned(), tool, status: output.status, said })
    }

    /// The command line, for people.
    fn shown(&self) -> String {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        harmless_line(&words.join(" "), SAID)
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

    #[test]
    fn a_tool_that_fails_is_told_with_what_it_said() {
        let run = Run::new("sh").args(["-c", "echo out; echo \u{1b}[31mwrong >&2; exit 3"]);
        let error = run.run("compiling").unwrap_err().to_string();
        assert!(error.starts_with("compiling failed (exit status: 3):\nout\n"), "{error}");
        assert!(!error.contains('\u{1b}') && error.contains("wrong"), "{error}");
        let absent = Run::new("no-such-tool").args(["-x"]).run("compiling").unwrap_err();
        assert!(absent.to_string().starts_with("can't start no-such-tool -x: "), "{absent}");
    }

    #[test]
    fn of_a_long_text_the_end_is_told() {
        let long = format!("{}\nlast line", "é".repeat(SAID));
        assert_eq!(tail(&long), "last line");
        assert_eq!(tail("short"), "short");
    }
}
