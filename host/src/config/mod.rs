//! `tourbillon.toml`: raw → checked.
//!
//! [`parse`] reads a text and needs neither an environment nor a file system; [`read`] is the one
//! place that opens a file, and bounds what it reads. Whether components exist and load, which
//! state there is, and what an environment says are no business of this room.

mod check;
mod flags;
mod kinds;
mod limits;
mod problem;
mod raw;
mod schema;
mod tables;
mod units;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::files::{self, FileError};
use crate::types::{ByteSize, HostLimits, ManagerName, ManagerSpec, harmless_line};

pub use flags::{fuel, interval, memory, timeout};
pub use limits::{Shown, Value, show_host_limits, show_limits, show_run_limits};
pub use problem::Findings;
pub use schema::schema;
pub(crate) use tables::closest;
pub use units::{read_size, read_time, show_count, show_size, show_time};

use problem::{Problems, quoted};
use tables::Table;

/// How files are read in which this room's own tables stand among others: scenarios.
pub(crate) mod reading {
    pub(crate) use super::check::texts_of;
    pub(crate) use super::kinds::{At, Count, Fit, Kind, Place, Plain, Refused, another_kind};
    pub(crate) use super::problem::{LineEnds, Problems, quoted};
    pub(crate) use super::raw::MANAGER as MANAGER_KEYS;
    pub(crate) use super::tables::{
        Key, List, Many, Named, Reader, Table, Texts, keys, read_table,
    };
    pub(crate) use super::{manager, parse_one};
}

/// The file name that is taken where none is given.
pub const FILE: &str = "tourbillon.toml";

/// The most bytes that a configuration file may have: some 100,000 managers.
const MAX_FILE: ByteSize = ByteSize::new(16 << 20);

/// The longest text of which every slip of syntax is told; of a longer one, the first. Each slip that the
/// reader of TOML finds costs it some 500 bytes, and two bytes are enough for one.
const ALL_SLIPS: usize = 256 << 10;

/// A host and its managers, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct HostConfig {
    /// The name that guests are told.
    pub name: String,
    /// The state directory; without one nothing outlives the process.
    pub state: Option<PathBuf>,
    /// What the whole host may hold.
    pub limits: HostLimits,
    /// The managers, in the order of the file.
    pub managers: Vec<ManagerSpec>,
    /// The line of the file on which each manager begins, for messages.
    pub lines: BTreeMap<ManagerName, usize>,
}

impl Default for HostConfig {
    /// What an empty file says.
    fn default() -> Self {
        Self {
            name: check::DEFAULT_NAME.to_owned(),
            state: None,
            limits: HostLimits::default(),
            managers: Vec::new(),
            lines: BTreeMap::new(),
        }
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file can't be read.
    #[error("can't read the configuration {path}: {why}; {remedy}")]
    Read {
        /// The path that was tried.
        path: String,
        /// What went wrong.
        why: String,
        /// What to do about it.
        remedy: &'static str,
        /// The error of the system, where there is one.
        source: Option<io::Error>,
    },
    /// The file was read, and what it says is wrong.
    #[error("{0}")]
    Invalid(Findings),
}

/// Reads a configuration file.
///
/// # Errors
/// [`ConfigError::Read`] where there is no such file of reasonable size; [`ConfigError::Invalid`]
/// with everything that is wrong in it.
pub fn read(path: &Path) -> Result<HostConfig, ConfigError> {
    let text = files::read_text_or_pipe(path, MAX_FILE).map_err(|error| ConfigError::Read {
        path: harmless_line(&path.to_string_lossy(), 4_096),
        why: error.to_string(),
        remedy: remedy(&error),
        source: match error {
            FileError::System(source) => Some(source),
            _ => None,
        },
    })?;
    parse(&text, path)
}

/// What to do about a file that was not read.
fn remedy(error: &FileError) -> &'static str {
    match error {
        FileError::System(e) if e.kind() == io::ErrorKind::NotFound => {
            "write one, or name another with --file"
        }
        FileError::System(e) if e.kind() == io::ErrorKind::PermissionDenied => {
            "make it readable for this user"
        }
        FileError::System(_) => "check the path",
        FileError::Directory => "name the file in it",
        FileError::NotRegular | FileError::Waits => "name the file itself",
        FileError::NoWriter => "name the file itself, or start the writer first",
        FileError::Endless(_) => "name the file itself, or see why its writer does not end",
        FileError::TooLong { .. } => "is it the right file?",
        FileError::NoText(_) => "save it as UTF-8",
    }
}

/// Reads the text of a configuration file. `origin` is its path: relative paths are relative to it,
/// and messages name it.
///
/// # Errors
/// [`ConfigError::Invalid`] with everything that is wrong.
pub fn parse(text: &str, origin: &Path) -> Result<HostConfig, ConfigError> {
    parse_with(text, origin, |document, problems| {
        let raw = raw::File::table(document, String::new(), problems);
        Some(check::check(&raw, text, origin, problems))
    })
    .map_err(ConfigError::Invalid)
}

/// Reads the text of a file in which one manager stands without a name, see [`manager`].
///
/// # Errors
/// Everything that is wrong.
pub(crate) fn parse_one<T>(
    text: &str,
    origin: &Path,
    read: impl FnOnce(&mut DeTable<'_>, &mut Problems) -> Option<T>,
) -> Result<T, Findings> {
    parse_with(text, origin, read).map_err(|findings| findings.without_name(ONE))
}

/// Reads the text of a file: `read` is given what it says, and notes what is wrong with that.
fn parse_with<T>(
    text: &str,
    origin: &Path,
    read: impl FnOnce(&mut DeTable<'_>, &mut Problems) -> Option<T>,
) -> Result<T, Findings> {
    let mut problems = Problems::default();
    let mut document = syntax_of(text, &mut problems);
    // After a slip of syntax the rest may be misread: those alone are told then.
    if problems.is_empty()
        && let Some(read) = read(document.get_mut(), &mut problems)
        && problems.is_empty()
    {
        return Ok(read);
    }
    Err(problems.shown(text, &origin.to_string_lossy()))
}

/// What a text says, where its syntax is right.
fn syntax_of<'t>(text: &'t str, problems: &mut Problems) -> Spanned<DeTable<'t>> {
    let (document, errors) = if text.len() <= ALL_SLIPS {
        DeTable::parse_recoverable(text)
    } else {
        match DeTable::parse(text) {
            Ok(document) => (document, Vec::new()),
            Err(error) => (Spanned::new(0..0, DeTable::new()), vec![error]),
        }
    };
    let mut repeated_table = false;
    for error in errors {
        let repeated = error.message().starts_with("duplicate key");
        let line =
            error.span().and_then(|s| text.get(..s.start)).and_then(|t| t.rsplit('\n').next());
        let header = line.is_some_and(|line| line.trim_start().starts_with('['));
        // The keys of a table that stands twice repeat themselves too: one message is enough.
        if !(repeated && repeated_table && !header) {
            syntax(&error, text, problems);
        }
        repeated_table = repeated && (header || repeated_table);
    }
    document
}

/// Takes the one manager of another file out of it, from its table `manager`; `component` is the manager's
/// component, and the table must not name one.
pub(crate) fn manager(
    document: &mut DeTable<'_>,
    text: &str,
    origin: &Path,
    component: &str,
    problems: &mut Problems,
) -> Option<ManagerSpec> {
    let found = document.remove(MANAGER);
    let span = found.as_ref().map_or(0..0, Spanned::span);
    let mut table = match found.map(Spanned::into_inner) {
        None => DeTable::new(),
        Some(DeValue::Table(table)) => table,
        Some(_) => {
            problems.add(span.clone(), "`manager` is no table", "write [manager]");
            DeTable::new()
        }
    };
    if let Some((key, _)) = table.get_key_value("component") {
        let what = "`component` has no place here: it is whatever is tested";
        problems.add(key.span(), what, "take it out");
    }
    let put = |key: &'static str, value| (Spanned::new(span.clone(), key.into()), value);
    let value = DeValue::String(component.to_owned().into());
    table.extend([put("component", Spanned::new(span.clone(), value))]);
    for key in [ONE, MANAGER] {
        let inner = Spanned::new(span.clone(), DeValue::Table(table));
        table = DeTable::from_iter([put(key, inner)]);
    }
    let raw = raw::File::table(&table, String::new(), problems);
    check::check(&raw, text, origin, problems).managers.into_iter().next()
}

/// The table of managers.
const MANAGER: &str = "manager";

/// The name of a manager that is alone in its file.
const ONE: &str = "tested";

/// A slip of syntax, in words that say what to do.
fn syntax(error: &toml::de::Error, text: &str, problems: &mut Problems) {
    let span = error.span();
    let meant = span.clone().and_then(|s| text.get(s)).unwrap_or("");
    let (what, help) = if error.message().starts_with("duplicate key") {
        let what = format!("{} stands here for the second time", quoted(meant));
        (what, "each name and key stands once: rename this one, or join the two")
    } else {
        let what = format!("this is not TOML: {}", error.message());
        (what, "texts stand in quotes, a table's name in [brackets], one key = value on a line")
    };
    problems.add(span, what, help);
}

#[cfg(test)]
mod tests;
