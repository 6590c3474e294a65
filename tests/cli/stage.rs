//! A directory with components in it, and the program run in it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::pieces;

/// What the program said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Runs a command to its end.
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// One text with all of it, for snapshots.
    pub(crate) fn all(&self) -> String {
        format!("{}--- stderr\n{}--- status {}", self.out, self.err, self.status)
    }

    /// The lines of JSON that were printed.
    pub(crate) fn json(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// The directory.
pub(crate) struct Stage {
    dir: TempDir,
}

impl Stage {
    /// A directory with the components of the names: of this directory, else of `tests/hostile`.
    pub(crate) fn with(components: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in components {
            let own =
                Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/cli/{name}.wat"));
            let bytes = match std::fs::read_to_string(own) {
                Ok(text) => pieces::encode(name, &text),
                Err(_) => pieces::component(name),
            };
            std::fs::write(dir.path().join(format!("{name}.wasm")), bytes).unwrap();
        }
        Self { dir }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// The program with arguments, in this directory. Compiled code is shared by all tests.
    fn command(&self, args: &str) -> Command {
        self.command_under(&[], args)
    }

    /// The same, started by another program, which is given with its own arguments.
    pub(crate) fn command_under(&self, starter: &[&str], args: &str) -> Command {
        let shared = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli");
        let mut words = starter.iter().copied().chain([env!("CARGO_BIN_EXE_tourbillon")]);
        let mut command = Command::new(words.next().unwrap());
        command
            .args(words)
            .args(args.split_whitespace())
            .current_dir(self.path())
            .env_remove("TOURBILLON_LOG")
            .env("XDG_CACHE_HOME", shared.join("cache"))
            .env("XDG_DATA_HOME", shared.join("data"))
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, args: &str) -> Said {
        self.run_with(args, &[])
    }

    /// The same, with variables set.
    pub(crate) fn run_with(&self, args: &str, variables: &[(&str, &str)]) -> Said {
        Said::of(self.command(args).envs(variables.iter().copied()))
    }

    /// Starts the program.
    pub(crate) fn start(&self, args: &str) -> Running {
        self.start_under(&[], args)
    }

    /// Starts the program by another one.
    pub(crate) fn start_under(&self, starter: &[&str], args: &str) -> Running {
        let mut command = self.command_under(starter, args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Running { child, out: Some(out) }
    }
}

/// A program that runs.
pub(crate) struct Running {
    child: Child,
    out: Option<BufReader<ChildStdout>>,
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line on stdout.
    pub(crate) fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let some = self.out.as_mut()?.read_line(&mut line).unwrap() > 0;
        some.then(|| line.trim_end_matches('\n').to_owned())
    }

    /// Goes away as a reader of stdout.
    pub(crate) fn stop_reading(&mut self) {
        self.out = None;
    }

    /// How many bytes wait in the pipe of stdout.
    pub(crate) fn unread(&self) -> u64 {
        rustix::io::ioctl_fionread(self.out.as_ref().unwrap().get_ref()).unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.pid()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits for a line on stderr that holds a text.
    pub(crate) fn wait_for_message(&mut self, text: &str) {
        let mut line = String::new();
        let err = self.child.stderr.as_mut().unwrap();
        // Byte by byte: a buffer would swallow what the end wants to read.
        let mut byte = [0];
        while !line.contains(text) {
            assert_eq!(err.read(&mut byte).unwrap(), 1, "it ended before it said {text:?}");
            if byte == *b"\n" {
                line.clear();
            } else {
                line.push(char::from(byte[0]));
            }
        }
    }

    /// Waits for the end, and says what was said since.
    pub(crate) fn end(mut self) -> Said {
        let lines = self.out.take().into_iter().flat_map(BufReader::lines);
        let out: Vec<_> = lines.map(Result::unwrap).collect();
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        let status = self.child.wait().unwrap().code().unwrap_or(-1);
        Said { status, out: out.join("\n"), err }
    }

    /// The same where nobody reads stdout: what was said on stderr, and the status.
    pub(crate) fn end_unread(mut self) -> (i32, String) {
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.child.wait().unwrap().code().unwrap_or(-1), err)
    }
}
