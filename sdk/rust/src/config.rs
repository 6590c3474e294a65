//! The manager's configuration, through `wasi:config`: strings under string keys, set by the
//! operator under `[manager.NAME] config = { … }`.
//!
//! A missing key is `None` and no error; a value that cannot be read as what was asked for is an
//! error that names the key and the value.

use std::error::Error as StdError;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::host;

/// Why a value of the configuration could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The host could not read its configuration.
    Host(String),
    /// The value is not what it should be.
    Invalid {
        /// The key that was asked for.
        key: String,
        /// What stands there.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(reason) => write!(f, "the host cannot read its configuration: {reason}"),
            Self::Invalid { key, value, reason } => {
                write!(f, "config {key} = {value:?}: {reason}")
            }
        }
    }
}

impl StdError for ConfigError {}

/// The value under `key`, if it is set.
///
/// # Errors
///
/// [`ConfigError::Host`] if the host cannot read its configuration.
pub fn get(key: &str) -> Result<Option<String>, ConfigError> {
    host::config_get(key)
}

/// Every key and value.
///
/// # Errors
///
/// [`ConfigError::Host`] if the host cannot read its configuration.
pub fn all() -> Result<Vec<(String, String)>, ConfigError> {
    host::config_all()
}

/// The value under `key` as a `T`, if it is set: `config::parse::<u32>("limit")?.unwrap_or(10)`.
///
/// # Errors
///
/// As [`get`], and [`ConfigError::Invalid`] if the value is no `T`.
pub fn parse<T>(key: &str) -> Result<Option<T>, ConfigError>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    let no_such = |error: T::Err| expected(std::any::type_name::<T>(), &error);
    parse_with(key, |text| text.trim().parse().map_err(no_such))
}

/// The whole numbers of Rust, with the least and the largest. Written out, since every component carries it.
const WHOLE: &[(&str, &str, &str)] = &[
    ("u8", "0", "255"),
    ("u16", "0", "65535"),
    ("u32", "0", "4294967295"),
    ("u64", "0", "18446744073709551615"),
    ("i8", "-128", "127"),
    ("i16", "-32768", "32767"),
    ("i32", "-2147483648", "2147483647"),
    ("i64", "-9223372036854775808", "9223372036854775807"),
];

/// What is wanted instead of a value, in the words of the SDKs of all languages; of a type that only Rust
/// has the name, and why its own parser refused.
fn expected(wanted: &str, error: &dyn fmt::Display) -> String {
    let known = match wanted {
        "usize" if usize::BITS == 32 => "u32",
        "usize" => "u64",
        "isize" if isize::BITS == 32 => "i32",
        "isize" => "i64",
        other => other,
    };
    if let Some((_, least, most)) = WHOLE.iter().find(|(name, ..)| *name == known) {
        return format!("expected a whole number from {least} to {most}");
    }
    match known {
        "bool" => "expected true or false".to_owned(),
        "f32" | "f64" => "expected a number".to_owned(),
        other => format!("expected a value of type {other}: {error}"),
    }
}

/// The value under `key` as a length of time, if it is set: a whole number with one of the units
/// `ms`, `s`, `m`, `h`, `d`, `w`; without a unit it counts seconds.
///
/// # Errors
///
/// As [`get`], and [`ConfigError::Invalid`] if the value is no length of time.
pub fn duration(key: &str) -> Result<Option<Duration>, ConfigError> {
    parse_with(key, parse_duration)
}

fn parse_with<T>(
    key: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, ConfigError> {
    let Some(value) = get(key)? else {
        return Ok(None);
    };
    match parse(&value) {
        Ok(parsed) => Ok(Some(parsed)),
        Err(reason) => Err(ConfigError::Invalid { key: key.to_owned(), value, reason }),
    }
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let millis_per_unit: u64 = match unit.trim_start() {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        other => return Err(format!("unknown unit {other:?}: use ms, s, m, h, d or w")),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| "expected a whole number and a unit, like 7d, 90s or 500ms".to_owned())?;
    number
        .checked_mul(millis_per_unit)
        .map(Duration::from_millis)
        .ok_or_else(|| "longer than can be counted".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        let check = |text: &str, expect: Option<u64>| {
            let got = parse_duration(text).ok().map(|time| time.as_millis());
            assert_eq!(got, expect.map(u128::from), "{text:?}");
        };
        check("7d", Some(604_800_000));
        check("90", Some(90_000));
        check(" 90 s ", Some(90_000));
        check("500ms", Some(500));
        check("2h", Some(7_200_000));
        check("1w", Some(604_800_000));
        check("0", Some(0));
        check("", None);
        check("7 days", None);
        check("-1s", None);
        check("1.5h", None);
        check("99999999999999999999", None);
        check("18446744073709551615w", None);
    }

    #[test]
    fn a_bad_value_names_its_key() {
        fn check<T: FromStr<Err: fmt::Display> + fmt::Debug>(expect: &str) {
            let error = parse::<T>("limit").unwrap_err();
            assert_eq!(error.to_string(), format!(r#"config limit = "many": expected {expect}"#));
        }
        macro_rules! whole {
            ($($number:ty)*) => {
                $(check::<$number>(&format!(
                    "a whole number from {} to {}", <$number>::MIN, <$number>::MAX
                ));)*
            };
        }
        crate::testing::set_config("limit", "many");
        whole!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);
        check::<bool>("true or false");
        check::<f64>("a number");
        check::<char>("a value of type char: too many characters in string");
        assert_eq!(parse::<u32>("absent"), Ok(None));
    }
}
