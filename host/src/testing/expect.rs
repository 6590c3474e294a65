//! What a scenario expects. What is not mentioned is not looked at.

use std::cell::Cell;
use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde::de::Error as _;
use toml::Value;

use crate::types::Outcome;

/// The most bytes of one compiled pattern.
const PATTERN: usize = 256 << 10;

/// The most patterns of a scenario: some hundred megabytes at the very most.
const MOST_PATTERNS: usize = 1_000;

thread_local! {
    /// Patterns of the scenario that is being read on this thread: a value that is read knows of no other.
    static PATTERNS: Cell<usize> = const { Cell::new(0) };
}

/// Reads a scenario, whose patterns are counted anew.
pub(super) fn counting<T>(read: impl FnOnce() -> T) -> T {
    PATTERNS.set(0);
    read()
}

/// What is expected of a scenario's end.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// For each task named, its outcome on every tick: words with blanks between them, `-` for *skipped*,
    /// `*` for any, `absent` where the task is not there, `failed|trap` for one of them.
    #[serde(default)]
    pub outcomes: BTreeMap<String, Outcomes>,
    /// All lines that the manager logged, in order: `tick task level text`, without the task where there was
    /// none.
    pub logs: Option<Vec<Text>>,
    /// Lines that are among those logged, in this order.
    #[serde(default)]
    pub logs_with: Vec<Text>,
    /// For each task named, the error of every failed run.
    #[serde(default)]
    pub errors: BTreeMap<String, Text>,
    /// For each task named, the detail (a backtrace) of every failed run.
    #[serde(default)]
    pub details: BTreeMap<String, Text>,
    /// All that the manager's own bucket holds at the end.
    pub store: Option<BTreeMap<String, StoredValue>>,
    /// For each task named, or `*` for all: no run used so much fuel.
    #[serde(default)]
    pub fuel_below: BTreeMap<String, u64>,
    /// The declared tasks in their order: `name N`, and `immediately` where that is so.
    pub tasks: Option<Vec<String>>,
    /// What `service-version` answers.
    pub version: Option<String>,
    /// What `service-config` answers.
    pub service_config: Option<BTreeMap<String, String>>,
    /// All calls that were answered from the recording, in order: `tick task function(…) -> answer`.
    pub calls: Option<Vec<Text>>,
    /// How each upgrade ends: `ok`, or why it is refused. Where it is not mentioned, each must be `ok`.
    pub upgrades: Option<Vec<Text>>,
}

/// A text that is expected: as it is, or a pattern between slashes.
#[derive(Debug, Clone)]
pub struct Text {
    written: String,
    pattern: Option<Regex>,
}

/// The outcomes of one task: for each tick one, or some of which it is one, or any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes(pub(super) Vec<Wanted>);

/// The word for a task that a tick does not know: it is not enabled, or not declared any more.
pub(super) const ABSENT: &str = "absent";

/// The outcome of one tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    written: String,
    /// One of them, `None` where the task is not there; any, where the list is empty.
    of: Vec<Option<Outcome>>,
}

impl Wanted {
    pub(super) fn fits(&self, found: Option<Outcome>) -> bool {
        self.of.is_empty() || self.of.contains(&found)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.written
    }
}

/// A value of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredValue {
    /// Its text.
    Text(String),
    /// Its bytes; written as pairs of hexadecimal digits.
    Bytes(Vec<u8>),
    /// Only its length in bytes; can't be given, only expected.
    Length(usize),
    /// Only its SHA-256, in hexadecimal digits; can't be given, only expected.
    Sha256(String),
}

/// The SHA-256 of some bytes, in hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    crate::types::Digest::new(Sha256::digest(bytes).into()).to_string()
}

impl<'de> Deserialize<'de> for StoredValue {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // By hand: an untagged enum would say of a mistake only that nothing fits.
        let wrong = || {
            D::Error::custom(
                "a value is a text, { hex = \"00ff\" }, or, where it is expected, { length = 3 } or { sha256 = \"…\" }",
            )
        };
        let mut table = match Value::deserialize(from)? {
            Value::String(text) => return Ok(Self::Text(text)),
            Value::Table(table) if table.len() == 1 => table,
            _ => return Err(wrong()),
        };
        if let Some(Value::String(digest)) = table.remove("sha256") {
            return Ok(Self::Sha256(digest));
        }
        match (table.remove("hex"), table.remove("length")) {
            (Some(Value::String(hex)), None) => bytes(&hex).map(Self::Bytes).ok_or_else(wrong),
            (None, Some(Value::Integer(length))) => {
                usize::try_from(length).map(Self::Length).map_err(|_| wrong())
            }
            _ => Err(wrong()),
        }
    }
}

/// Pairs of hexadecimal digits.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    if !hex.len().is_multiple_of(2) || !hex.is_ascii() {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
    (0..hex.len()).step_by(2).map(byte).collect()
}

impl Text {
    /// Whether a text is what is expected.
    pub fn fits(&self, text: &str) -> bool {
        self.pattern.as_ref().map_or(self.written == text, |pattern| pattern.is_match(text))
    }

    /// What is expected, as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

impl From<String> for Text {
    /// Exactly this text.
    fn from(written: String) -> Self {
        Self { written, pattern: None }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = String::deserialize(from)?;
        let inner = written.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        let compiled = |text| {
            PATTERNS.set(PATTERNS.get() + 1);
            if PATTERNS.get() > MOST_PATTERNS {
                return Err(format!("there are more than {MOST_PATTERNS} patterns: write texts"));
            }
            RegexBuilder::new(text).size_limit(PATTERN).build().map_err(|e| e.to_string())
        };
        let pattern = inner.map(compiled).transpose().map_err(D::Error::custom)?;
        Ok(Self { written, pattern })
    }
}

impl<'de> Deserialize<'de> for Outcomes {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = String::deserialize(from)?;
        let outcome = |word: &str| match word {
            ABSENT => Ok(None),
            "-" => Ok(Some(Outcome::Skipped)),
            word => Outcome::from_name(word).map(Some).ok_or_else(|| unknown(word)),
        };
        let wanted = |word: &str| {
            let of = match word {
                "*" => Vec::new(),
                word => word.split('|').map(outcome).collect::<Result<_, _>>()?,
            };
            Ok(Wanted { written: word.to_owned(), of })
        };
        let all = written.split_whitespace().map(wanted).collect::<Result<_, String>>();
        all.map(Self).map_err(D::Error::custom)
    }
}

fn unknown(word: &str) -> String {
    let names = Outcome::ALL.map(Outcome::as_str).join(", ");
    format!(
        "there is no outcome {word:?}: write - for skipped, * for any, {ABSENT} where the task is not there, or one of {names}"
    )
}

impl StoredValue {
    /// Its bytes; `None` where only its length is known.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text.as_bytes()),
            Self::Bytes(bytes) => Some(bytes),
            Self::Length(_) | Self::Sha256(_) => None,
        }
    }

    pub(super) fn fits(&self, value: &[u8]) -> bool {
        match self {
            Self::Length(length) => value.len() == *length,
            Self::Sha256(digest) => sha256(value) == *digest,
            _ => self.bytes() == Some(value),
        }
    }
}

impl Expect {
    /// Whether nothing is expected, so that whatever happens is well.
    pub fn is_empty(&self) -> bool {
        let Self {
            outcomes,
            logs,
            logs_with,
            errors,
            details,
            store,
            fuel_below,
            tasks,
            version,
            service_config,
            calls,
            upgrades,
        } = self;
        outcomes.is_empty()
            && logs.is_none()
            && logs_with.is_empty()
            && errors.is_empty()
            && details.is_empty()
            && store.is_none()
            && fuel_below.is_empty()
            && tasks.is_none()
            && version.is_none()
            && service_config.is_none()
            && calls.is_none()
            && upgrades.is_none()
    }
}
