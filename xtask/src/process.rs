//! Runs programs, and talks to the terminal.
//!
//! A program that fails is an error that says what was run and what it said; nothing is retried.

#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a command of the repository speaks to whoever typed it"
)]

use std::ffi::OsStr;
use std::fmt::Arguments;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// Says what is going on, on stderr.
pub(crate) fn say(message: Arguments<'_>) {
    eprintln!("xtask: {message}");
}

/// Prints a result, on stdout.
pub(crate) fn print(line: Arguments<'_>) {
    println!("{line}");
}

/// One run of a program.
#[derive(Debug)]
pub(crate) struct Tool {
    command: Command,
}

impl Tool {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        Self { command }
    }

    pub(crate) fn arg(&mut self, argument: impl AsRef<OsStr>) -> &mut Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn args<I: IntoIterator<Item: AsRef<OsStr>>>(&mut self, arguments: I) -> &mut Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn env(&mut self, name: &str, value: impl AsRef<OsStr>) -> &mut Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn env_remove(&mut self, name: &str) -> &mut Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn current_dir(&mut self, directory: &Path) -> &mut Self {
        self.command.current_dir(directory);
        self
    }

    /// Runs it, its output going to stderr; an exit status other than 0 is an error.
    pub(crate) fn run(&mut self) -> Result<()> {
        // Data on stdout are ours to print.
        self.command.stdout(std::io::stderr());
        self.print()
    }

    /// The same, but what it prints is what was asked for, and goes to stdout.
    pub(crate) fn print(&mut self) -> Result<()> {
        let status =
            self.command.status().with_context(|| format!("cannot start {}", self.shown()))?;
        if !status.success() {
            bail!("{} ended with {status}", self.shown());
        }
        Ok(())
    }

    /// Runs it, and returns what it printed; an exit status other than 0 is an error with what it
    /// said on stderr.
    pub(crate) fn output(&mut self) -> Result<String> {
        let output = self
            .command
            .stderr(Stdio::piped())
            .output()
            .with_context(|| format!("cannot start {}", self.shown()))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("{} ended with {}: {}", self.shown(), output.status, said.trim());
        }
        String::from_utf8(output.stdout)
            .with_context(|| format!("{} printed no UTF-8", self.shown()))
    }

    /// The command line, for people.
    fn shown(&self) -> String {
        let mut line = self.command.get_program().to_string_lossy().into_owned();
        for argument in self.command.get_args() {
            line.push(' ');
            line.push_str(&argument.to_string_lossy());
        }
        format!("`{line}`")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn errors_say_what_was_run_and_what_it_said() {
        let failed = Tool::new("sh").args(["-c", "echo no >&2; exit 3"]).output();
        let message = failed.unwrap_err().to_string();
        assert!(message.contains("sh -c"), "{message}");
        assert!(message.ends_with("3: no"), "{message}");
        let absent = Tool::new("no-such-program").run().unwrap_err().to_string();
        assert_eq!(absent, "cannot start `no-such-program`");
    }
}
