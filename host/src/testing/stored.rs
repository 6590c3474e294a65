//! A value of the store, as a scenario gives or expects it.

use toml::Spanned;
use toml::de::DeValue;

use crate::config::reading::{
    Count, Fit, Kind, Place, Plain, Problems, Refused, another_kind, keys, quoted, read_table,
};

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

keys! {
    nowhere;
    /// A value of the store that is no text.
    Written {
        /// Its bytes.
        hex: Hex;
        /// Its length.
        length: Count<0, { i64::MAX.cast_unsigned() }>;
        /// Its digest.
        sha256: Digits;
    }
}

/// Its keys are at home nowhere else.
fn nowhere(_: &str, _: &str) -> Option<String> {
    None
}

const VALUE: &str = "write a text, { hex = \"00ff\" }, or, where it is expected, { length = 3 } or { sha256 = \"…\" }";

impl Kind for StoredValue {
    fn read(
        value: &Spanned<DeValue<'_>>,
        place: &Place<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        match value.get_ref() {
            DeValue::String(text) => return Some(Self::Text(text.clone().into_owned())),
            DeValue::Table(_) => {}
            other => {
                let refused = another_kind(other, place, "a value of the store", VALUE);
                problems.add(value.span(), refused.what, refused.help);
                return None;
            }
        }
        let found = problems.count();
        let written: Written = read_table(value, place, problems)?;
        let hex = written.hex.get().map(|hex| Self::Bytes(hex.0.clone()));
        let length = written.length.get().map(|length| {
            Self::Length(usize::try_from(Fit::<u64>::fit(length)).unwrap_or(usize::MAX))
        });
        let digest = written.sha256.get().map(|digits| Self::Sha256(digits.0.clone()));
        let mut all = [hex, length, digest].into_iter().flatten();
        match (all.next(), all.next()) {
            (Some(one), None) => Some(one),
            // What is wrong within is told already.
            _ if problems.count() > found => None,
            _ => {
                let what = format!("{} is no value of the store", quoted(place.key));
                problems.add(value.span(), what, VALUE);
                None
            }
        }
    }
}

/// Pairs of hexadecimal digits.
#[derive(Debug)]
pub(super) struct Hex(Vec<u8>);

impl Plain for Hex {
    fn plain(value: &DeValue<'_>, place: &Place<'_>) -> Result<Self, Refused> {
        let text = String::plain(value, place)?;
        bytes(&text).map(Self).ok_or_else(|| Refused {
            what: format!(
                "{} holds no pairs of hexadecimal digits: {}",
                quoted(place.key),
                quoted(&text)
            ),
            help: "write two digits of 0-9 a-f for each byte, such as \"00ff\"".to_owned(),
        })
    }
}

/// The digits of a SHA-256.
#[derive(Debug)]
pub(super) struct Digits(String);

impl Plain for Digits {
    fn plain(value: &DeValue<'_>, place: &Place<'_>) -> Result<Self, Refused> {
        let text = String::plain(value, place)?;
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 64 && text.bytes().all(digit) {
            return Ok(Self(text));
        }
        Err(Refused {
            what: format!("{} is no SHA-256: {}", quoted(place.key), quoted(&text)),
            help: "write its 64 digits of 0-9 a-f; `--bless` does".to_owned(),
        })
    }
}

/// Pairs of hexadecimal digits; nothing else is one, though a reader of numbers would take a sign.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    if !hex.len().is_multiple_of(2) || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
    (0..hex.len()).step_by(2).map(byte).collect()
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
