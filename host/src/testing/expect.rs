//! What a scenario expects. What is not mentioned is not looked at.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;
use serde::de::Error as _;

use crate::types::Outcome;

/// What is expected of a scenario's end.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// For each task named, its outcome on every tick: words with blanks between them, `-` for *skipped*,
    /// `*` for any, `failed|trap` for one of them.
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

/// The outcome of one tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    written: String,
    /// One of them; any, where there is none.
    of: Vec<Outcome>,
}

impl Wanted {
    pub(super) fn fits(&self, found: Option<Outcome>) -> bool {
        self.of.is_empty() || found.is_some_and(|found| self.of.contains(&found))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.written
    }
}

/// A value of the store.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum StoredValue {
    /// Its text.
    Text(String),
    /// Something else than a text.
    Other(OtherValue),
}

/// A value of the store that is written down otherwise than as a text. One of the fields is given.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherValue {
    /// Its bytes, as pairs of hexadecimal digits.
    pub hex: Option<String>,
    /// Only its length in bytes; can't be given, only expected.
    pub length: Option<usize>,
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

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = String::deserialize(from)?;
        let inner = written.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        let pattern = inner.map(Regex::new).transpose().map_err(D::Error::custom)?;
        Ok(Self { written, pattern })
    }
}

impl<'de> Deserialize<'de> for Outcomes {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = String::deserialize(from)?;
        let outcome = |word: &str| match word {
            "-" => Ok(Outcome::Skipped),
            word => Outcome::from_name(word).ok_or_else(|| unknown(word)),
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
    format!("there is no outcome {word:?}: write - for skipped, * for any, or one of {names}")
}

impl StoredValue {
    /// Its bytes; `None` where only its length is known, or what was written is not hexadecimal.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let hex = match self {
            Self::Text(text) => return Some(text.clone().into_bytes()),
            Self::Other(other) => other.hex.as_deref()?,
        };
        if hex.len() % 2 != 0 || !hex.is_ascii() {
            return None;
        }
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
        (0..hex.len()).step_by(2).map(byte).collect()
    }

    pub(super) fn fits(&self, value: &[u8]) -> bool {
        match self {
            Self::Other(OtherValue { length: Some(length), hex: None }) => value.len() == *length,
            _ => self.bytes().as_deref() == Some(value),
        }
    }
}
