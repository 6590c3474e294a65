//! The kinds of value that a configuration has: how each is read, what range it has, and what the
//! JSON Schema says of it. A range stands in the type of a key, so reading and schema can't differ.
//!
//! Knows nothing of which keys there are, and decides nothing about what they mean.

use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use toml::Spanned;
use toml::de::DeValue;

use crate::types::{ByteSize, Fuel, InstanceMode, OnLost};

use super::problem::{Problems, quoted};
use super::units::{read_size, read_time, show_count, show_size, show_time};

/// A value that was read, and where it stands in the file.
#[derive(Debug, Clone)]
pub(crate) struct At<T> {
    /// The value.
    pub(crate) value: T,
    /// Its place.
    pub(crate) span: Range<usize>,
}

/// Where a value stands, for messages.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    /// The key.
    pub(crate) key: &'a str,
    /// The table that holds the key, as `manager.janitor`; empty for the file's top.
    pub(crate) table: &'a str,
    /// Why the range of the value is as it is.
    pub(crate) why: &'static str,
}

/// A kind of value.
pub(crate) trait Kind: Sized {
    /// Reads a value. What is wrong goes to `problems`.
    fn read(
        value: &Spanned<DeValue<'_>>,
        place: &Place<'_>,
        problems: &mut Problems,
    ) -> Option<Self>;
}

/// A kind that is one plain value: refused with a cause and a remedy.
pub(crate) trait Plain: Sized {
    /// Reads a value.
    fn plain(value: &DeValue<'_>, place: &Place<'_>) -> Result<Self, Refused>;
}

/// Why a plain value was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The cause, in one line.
    pub(crate) what: String,
    /// What to do.
    pub(crate) help: String,
}

impl<T: Plain> Kind for T {
    fn read(
        value: &Spanned<DeValue<'_>>,
        place: &Place<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        T::plain(value.get_ref(), place)
            .map_err(|refused| problems.add(value.span(), refused.what, refused.help))
            .ok()
    }
}

/// What a value is, in words.
pub(crate) fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time of day",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The refusal of a value of another kind than is wanted.
pub(crate) fn another_kind(
    value: &DeValue<'_>,
    place: &Place<'_>,
    wanted: &str,
    help: impl Into<String>,
) -> Refused {
    Refused {
        what: format!("{} is {}, but {wanted} is wanted", quoted(place.key), kind_of(value)),
        help: help.into(),
    }
}

fn outside(place: &Place<'_>, shown: &str, range: &str) -> Refused {
    let why = if place.why.is_empty() { String::new() } else { format!(": {}", place.why) };
    Refused {
        what: format!("{} is {shown}, outside of {range}", quoted(place.key)),
        help: format!("choose a value from {range}{why}"),
    }
}

/// A whole number as TOML writes it, whatever its radix.
fn whole(value: &DeValue<'_>) -> Option<i128> {
    let DeValue::Integer(n) = value else { return None };
    i128::from_str_radix(n.as_str(), n.radix()).ok()
}

/// A whole number in a range.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Count<MIN, MAX> {
    fn range() -> String {
        format!("{} to {}", show_count(MIN), show_count(MAX))
    }

    /// Checks a number.
    pub(crate) fn check(n: u64, place: &Place<'_>) -> Result<Self, Refused> {
        if (MIN..=MAX).contains(&n) {
            Ok(Self(n))
        } else {
            Err(outside(place, &show_count(n), &Self::range()))
        }
    }

    /// Checks a number that may be below zero, or more than any setting.
    pub(crate) fn check_any(n: i128, place: &Place<'_>) -> Result<Self, Refused> {
        match u64::try_from(n) {
            Ok(n) => Self::check(n, place),
            Err(_) => Err(outside(place, &n.to_string(), &Self::range())),
        }
    }
}

impl<const MIN: u64, const MAX: u64> Plain for Count<MIN, MAX> {
    fn plain(value: &DeValue<'_>, place: &Place<'_>) -> Result<Self, Refused> {
        match (value, whole(value)) {
            (_, Some(n)) => Self::check_any(n, place),
            (DeValue::String(text), _) if text.replace('_', "").parse::<u64>().is_ok() => {
                let help = format!("leave out the quotes: {} = {text}", place.key);
                Err(another_kind(value, place, "a whole number", help))
            }
            _ => {
                let help = format!("write a whole number from {}", Self::range());
                Err(another_kind(value, place, "a whole number", help))
            }
        }
    }
}

/// A number of bytes in a range.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size<const MIN: u64, const MAX: u64>(ByteSize);

impl<const MIN: u64, const MAX: u64> Size<MIN, MAX> {
    fn range() -> String {
        format!("{} to {}", show_size(ByteSize::new(MIN)), show_size(ByteSize::new(MAX)))
    }

    /// Checks a size.
    pub(crate) fn check(size: ByteSize, place: &Place<'_>) -> Result<Self, Refused> {
        if (MIN..=MAX).contains(&size.get()) {
            Ok(Self(size))
        } else {
            Err(outside(place, &show_size(size), &Self::range()))
        }
    }
}

impl<const MIN: u64, const MAX: u64> Plain for Size<MIN, MAX> {
    fn plain(value: &DeValue<'_>, place: &Place<'_>) -> Result<Self, Refused> {
        if let Some(n) = whole(value) {
            return match u64::try_from(n) {
                Ok(n) => Self::check(ByteSize::new(n), place),
                Err(_) => Err(outside(place, &n.to_string(), &Self::range())),
            };
        }
        let DeValue::String(text) = value else {
            let help = format!("write it in quotes with a unit, such as {} = \"1MiB\"", place.key);
            return Err(another_kind(value, place, "a size", help));
        };
        let size = read_size(text).map_err(|help| Refused {
            what: format!("{} is no size: {}", quoted(place.key), quoted(text)),
            help,
        })?;
        Self::check(size, place)
    }
}

/// A time in a range, told in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time<const MIN: u64, const MAX: u64>(Duration);

impl<const MIN: u64, const MAX: u64> Time<MIN, MAX> {
    fn range() -> String {
        let show = |ms| show_time(Duration::from_millis(ms));
        format!("{} to {}", show(MIN), show(MAX))
    }

    /// Checks a time.
    pub(crate) fn check(time: Duration, place: &Place<'_>) -> Result<Self, Refused> {
        if (Duration::from_millis(MIN)..=Duration::from_millis(MAX)).contains(&time) {
            Ok(Self(time))
        } else {
            Err(outside(place, &show_time(time), &Self::range()))
        }
    }
}

impl<const MIN: u64, const MAX: u64> Plain for Time<MIN, MAX> {
    fn plain(value: &DeValue<'_>, place: &Place<'_>) -> Result<Self, Refused> {
        let DeValue::String(text) = value else {
            let example = whole(value).map_or_else(|| "5s".to_owned(), |n| format!("{n}s"));
            let help =
                format!("write it in quotes with a unit, such as {} = \"{example}\"", place.key);
            return Err(another_kind(value, place, "a time", help));
        };
        let time = read_time(text).map_err(|help| Refused {
            what: format!("{} is no time: {}", quoted(place.key), quoted(text)),
            help,
        })?;
        Self::check(time, place)
    }
}

impl Plain for bool {
    fn plain(value: &DeValue<'_>, place: &Place<'_>) -> Result<Self, Refused> {
        let DeValue::Boolean(b) = value else {
            let help = format!("write {key} = true or {key} = false", key = place.key);
            return Err(another_kind(value, place, "true or false", help));
        };
        Ok(*b)
    }
}

impl Plain for String {
    fn plain(value: &DeValue<'_>, place: &Place<'_>) -> Result<Self, Refused> {
        let DeValue::String(text) = value else {
            let help = format!("write it in quotes: {} = \"…\"", place.key);
            return Err(another_kind(value, place, "a text", help));
        };
        Ok(text.clone().into_owned())
    }
}

/// One of a few words.
fn word<T: Copy>(
    value: &DeValue<'_>,
    place: &Place<'_>,
    words: &[(&str, T)],
) -> Result<T, Refused> {
    let list: Vec<_> = words.iter().map(|(w, _)| format!("\"{w}\"")).collect();
    let help = format!("write {} = {}", place.key, list.join(" or "));
    let DeValue::String(text) = value else {
        return Err(another_kind(value, place, "one of a few words", help));
    };
    words.iter().find(|(w, _)| *w == text.as_ref()).map(|(_, t)| *t).ok_or_else(|| Refused {
        what: format!("{} can't be {}", quoted(place.key), quoted(text)),
        help,
    })
}

/// The words for an instance's life.
pub(crate) const MODES: [(&str, InstanceMode); 2] =
    [("resident", InstanceMode::Resident), ("per-run", InstanceMode::PerRun)];

/// The words for what becomes of a lost run.
pub(crate) const ON_LOST: [(&str, OnLost); 2] =
    [("lost", OnLost::Lost), ("repeat", OnLost::Repeat)];

impl Plain for InstanceMode {
    fn plain(value: &DeValue<'_>, place: &Place<'_>) -> Result<Self, Refused> {
        word(value, place, &MODES)
    }
}

impl Plain for OnLost {
    fn plain(value: &DeValue<'_>, place: &Place<'_>) -> Result<Self, Refused> {
        word(value, place, &ON_LOST)
    }
}

/// Turns a value of a range into the type of a checked setting that the range fits.
pub(crate) trait Fit<T> {
    /// The checked value.
    fn fit(&self) -> T;
}

impl<const MIN: u64, const MAX: u64> Fit<u64> for Count<MIN, MAX> {
    fn fit(&self) -> u64 {
        self.0
    }
}

impl<const MIN: u64, const MAX: u64> Fit<u32> for Count<MIN, MAX> {
    fn fit(&self) -> u32 {
        const { assert!(MAX <= u32::MAX as u64, "the range does not fit") };
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }
}

impl<const MIN: u64, const MAX: u64> Fit<Fuel> for Count<MIN, MAX> {
    fn fit(&self) -> Fuel {
        Fuel::new(self.0)
    }
}

impl<const MIN: u64, const MAX: u64> Fit<ByteSize> for Size<MIN, MAX> {
    fn fit(&self) -> ByteSize {
        self.0
    }
}

impl<const MIN: u64, const MAX: u64> Fit<u32> for Size<MIN, MAX> {
    fn fit(&self) -> u32 {
        const { assert!(MAX <= u32::MAX as u64, "the range does not fit") };
        u32::try_from(self.0.get()).unwrap_or(u32::MAX)
    }
}

impl<const MIN: u64, const MAX: u64> Fit<Duration> for Time<MIN, MAX> {
    fn fit(&self) -> Duration {
        self.0
    }
}

/// A schema that stands where it is used, under no name of its own.
macro_rules! inline_schema {
    ([$($generics:tt)*] $name:ty => $schema:expr) => {
        impl<$($generics)*> JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}
pub(crate) use inline_schema;

inline_schema!([const MIN: u64, const MAX: u64] Count<MIN, MAX> => json_schema!({
    "type": "integer", "minimum": MIN, "maximum": MAX,
}));
inline_schema!([const MIN: u64, const MAX: u64] Size<MIN, MAX> => json_schema!({
    "type": ["string", "integer"],
    "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*([kKmMgGtTpP][iI]?)?[bB]?\s*$",
    "minimum": MIN, "maximum": MAX, "x-range": Self::range(),
}));
inline_schema!([const MIN: u64, const MAX: u64] Time<MIN, MAX> => json_schema!({
    "type": "string", "minLength": 2, "x-range": Self::range(),
}));
inline_schema!([] InstanceMode => json_schema!({
    "type": "string", "enum": MODES.map(|(word, _)| word),
}));
inline_schema!([] OnLost => json_schema!({
    "type": "string", "enum": ON_LOST.map(|(word, _)| word),
}));
