//! What can go wrong between sources and a component.

use std::path::PathBuf;

use super::Language;
use crate::files::FileError;
use crate::types::{harmless, harmless_line};

/// Bytes that are told of the command line of a tool that failed: a compiler's has thousands.
const COMMAND: usize = 160;

/// Why a directory was not made, or no component was made of one.
#[derive(Debug, thiserror::Error)]
pub enum AuthoringError {
    /// The directory shows no language.
    #[error(
        "{} holds no manager that I can build: I looked for {}; `tourbillon new` makes one",
        shown(dir),
        marks()
    )]
    NoLanguage {
        /// The directory.
        dir: PathBuf,
    },
    /// A file stands where a directory is wanted.
    #[error("{} is a file: {remedy}", shown(path))]
    NotADirectory {
        /// The file.
        path: PathBuf,
        /// What to do about it.
        remedy: &'static str,
    },
    /// There is nothing of that name.
    #[error(
        "there is no directory {}: name one with a manager's sources, or begin a manager with `tourbillon new`",
        shown(dir)
    )]
    NotThere {
        /// The directory.
        dir: PathBuf,
    },
    /// A project holds more than is read to tell whether it has changed.
    #[error(
        "the sources are too large to tell whether they have changed: with {} there are {files} files and more than \
         {most}; move what is no source out of the directory, and leave a virtual environment that the manager does \
         not need (VIRTUAL_ENV)",
        shown(file)
    )]
    TooMuch {
        /// The file with which it is too much.
        file: PathBuf,
        /// How many files were looked at.
        files: usize,
        /// What there may be.
        most: String,
    },
    /// Another build of the same project does not end.
    #[error(
        "another build holds {} for longer than {after:?}{}: end that one, and build again",
        shown(lock),
        holder.map_or_else(String::new, |pid| format!(" (process {pid})"))
    )]
    Busy {
        /// The file that it has locked.
        lock: PathBuf,
        /// Its process, where the file says so.
        holder: Option<u32>,
        /// How long it was waited for.
        after: std::time::Duration,
    },
    /// The project has no name that a component can have.
    #[error("{}: {}", shown(place), harmless(.why, 4_096))]
    NoName {
        /// Where the name was looked for.
        place: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A tool is not there.
    #[error("{language} needs {tool}, which is not there; this brings it:\n\n  {}\n", harmless(.command, 16 << 10), language = .language.title())]
    MissingTool {
        /// The language that needs it.
        language: Language,
        /// The tool, with its version.
        tool: String,
        /// The one command that brings it.
        command: String,
    },
    /// A tool could not be started.
    #[error("can't start {tool}: {source}{}", remedy(.tool, .source))]
    Start {
        /// Its command line.
        tool: String,
        /// Why.
        source: std::io::Error,
    },
    /// A tool ended with an error.
    #[error("{what} failed ({status}); the command was: {}{}", cut(.tool), below(.said))]
    Tool {
        /// What it was to do.
        what: String,
        /// Its command line.
        tool: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// The end of what it said.
        said: String,
    },
    /// A tool took longer than any may.
    #[error("{what} did not end within {after:?}; the command was: {}{}", cut(.tool), below(.said))]
    TooLong {
        /// What it was to do.
        what: String,
        /// Its command line.
        tool: String,
        /// How long it was waited for.
        after: std::time::Duration,
        /// The end of what it said.
        said: String,
    },
    /// Somebody ended the tools.
    #[error("{what} was interrupted")]
    Interrupted {
        /// What was being done.
        what: String,
    },
    /// A build would write through a link, or wait for a pipe.
    #[error(
        "{} is a link or no plain file, and a build writes and removes what is there: take it away",
        shown(path)
    )]
    NotPlain {
        /// What is there.
        path: PathBuf,
    },
    /// A tool left something else than was expected.
    #[error("{}: {}", harmless_line(.what, 4_096), harmless(.why, 16 << 10))]
    Output {
        /// What was being done.
        what: String,
        /// What was found.
        why: String,
    },
    /// A file could not be read or written.
    #[error("can't {what} {}: {source}", shown(path))]
    File {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A new project would lie over something.
    #[error("{} is there already: give another name, or another directory with --dir", shown(dir))]
    Exists {
        /// The directory.
        dir: PathBuf,
    },
}

impl AuthoringError {
    pub(super) fn file(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { what, path, source }
    }
}

impl AuthoringError {
    /// A file that was not read.
    pub(super) fn unread(path: &std::path::Path, error: FileError) -> Self {
        let source = match error {
            FileError::System(source) => source,
            error => std::io::Error::other(error.to_string()),
        };
        Self::File { what: "read", path: path.to_owned(), source }
    }
}

/// What to do about a program that is not there. Those that a language brings itself are not pinned: they
/// come with the system.
fn remedy(tool: &str, source: &std::io::Error) -> String {
    if source.kind() != std::io::ErrorKind::NotFound {
        return String::new();
    }
    let program = tool.split(' ').next().unwrap_or(tool);
    let package = match program {
        "python3" => "python3 is Python 3.10 or newer: on Debian, `apt install python3`",
        "node" => "node is Node.js 20 or newer: on Debian, `apt install nodejs`",
        "cargo" => "cargo comes with Rust: https://rustup.rs",
        _ => "put it on the PATH",
    };
    format!("; {package}")
}

/// A command line, short enough to leave the room to what the tool said: which tool it was, and of what.
fn cut(tool: &str) -> String {
    harmless_line(tool, COMMAND)
}

/// What a tool said, where it said anything: last, so that it is what stands above the prompt.
fn below(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!("\n{said}") }
}

/// A path, for people.
fn shown(path: &std::path::Path) -> String {
    harmless_line(&path.to_string_lossy(), 4_096)
}

fn marks() -> String {
    Language::ALL.map(Language::mark).join(", ")
}
