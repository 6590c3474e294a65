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
    // Of a number the error alone would not say that one is wanted.
    let wanted = std::any::type_name::<T>();
    let no_such = |error: T::Err| format!("expected a value of type {wanted}: {error}");
    parse_with(key, |text| text.trim().parse().map_err(no_such))
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
        crate::testing::set_config("limit", "many");
        let error = parse::<u32>("limit").unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"config limit = "many": expected a value of type u32: invalid digit found in string"#
        );
        assert_eq!(parse::<u32>("absent"), Ok(None));
    }
}
