//! Why a task failed: one line of text, and perhaps a wish when to be run again.
//!
//! The host wants text, so an [`Error`] holds nothing but text: the chain of causes is written
//! out when the error is made. It does not know what the host does with it.

use std::fmt::{self, Write as _};
use std::panic::Location;

/// The result of a task or of `init_host`.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// The failure of a run. `?` makes one of any [`std::error::Error`], of `anyhow`'s and `eyre`'s
/// errors, and of a string.
///
/// Its message is the chain of causes on one line, joined with `": "`. The host cuts it after
/// 4 KiB.
///
/// It knows the line of the source that made it, the `?` or the call, and the SDK logs that beside a
/// failure; two errors are equal wherever they were made.
///
/// It does not implement [`std::error::Error`] itself, which is what lets `?` convert all others.
#[derive(Debug, Clone)]
pub struct Error {
    message: String,
    ticks_to_skip: Option<u32>,
    place: &'static Location<'static>,
}

impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        (&self.message, self.ticks_to_skip) == (&other.message, other.ticks_to_skip)
    }
}

impl Eq for Error {}

impl Error {
    /// An error with this message; a string with `?`, or `Err("…".into())`, does the same.
    #[track_caller]
    pub fn msg(message: impl fmt::Display) -> Self {
        let message = one_line(&message.to_string());
        Self { message, ticks_to_skip: None, place: Location::caller() }
    }

    /// The same error, with `context` and a colon before its message.
    #[must_use]
    pub fn context(self, context: impl fmt::Display) -> Self {
        Self { message: one_line(&format!("{context}: {}", self.message)), ..self }
    }

    /// The same error, asking the host to skip `ticks` ticks before the next run, once. The host
    /// clamps it to a configured range.
    #[must_use]
    pub fn skip_ticks(self, ticks: u32) -> Self {
        Self { ticks_to_skip: Some(ticks), ..self }
    }

    /// One line for people.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// How many ticks to skip before the next run, if asked for.
    pub fn ticks_to_skip(&self) -> Option<u32> {
        self.ticks_to_skip
    }

    /// The line of the source that made it.
    pub fn place(&self) -> &'static Location<'static> {
        self.place
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl<E: Into<Box<dyn std::error::Error>>> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Self {
        let error = error.into();
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            // Some errors already repeat their cause at their end; twice helps nobody.
            if !message.ends_with(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            source = cause.source();
        }
        Self::msg(message)
    }
}

/// What [`Error`] can do, on a result, before the `?`.
pub trait ResultExt<T> {
    /// Puts `context` and a colon before the error's message.
    #[track_caller]
    fn context(self, context: impl fmt::Display) -> Result<T>;

    /// Asks the host, in case of an error, to skip `ticks` ticks before the next run, once.
    #[track_caller]
    fn skip_ticks(self, ticks: u32) -> Result<T>;
}

impl<T, E: Into<Error>> ResultExt<T> for std::result::Result<T, E> {
    fn context(self, context: impl fmt::Display) -> Result<T> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(error.into().context(context)),
        }
    }

    fn skip_ticks(self, ticks: u32) -> Result<T> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(error.into().skip_ticks(ticks)),
        }
    }
}

/// Line breaks and other control characters become spaces: the message is one line of a log.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for part in text.split(char::is_control).filter(|part| !part.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        // Writing to a string cannot fail.
        if line.write_str(part).is_err() {
            break;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Layer(&'static str, Option<Box<Layer>>);

    impl fmt::Display for Layer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl std::error::Error for Layer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            self.1.as_deref().map(|layer| layer as _)
        }
    }

    fn check(error: impl Into<Error>, expect: &str) {
        assert_eq!(error.into().message(), expect);
    }

    #[test]
    fn the_message_is_the_chain_of_causes() {
        let disk = Layer("disk full", None);
        check(Layer("cannot save", Some(Box::new(disk))), "cannot save: disk full");
        let repeating = Layer("cannot save: disk full", Some(Box::new(Layer("disk full", None))));
        check(repeating, "cannot save: disk full");
    }

    #[test]
    fn strings_and_anyhow_errors_convert() {
        check("plain", "plain");
        check(String::from("owned"), "owned");
        check(anyhow::anyhow!("inner").context("outer"), "outer: inner");
    }

    #[test]
    fn the_message_is_one_line() {
        check("first\r\nsecond\tthird\n", "first second third");
    }

    #[test]
    fn the_place_is_the_authors_line() {
        fn failing(how: u32) -> Result {
            match how {
                0 => Err("not a number").context("a word"),
                1 => Err("as it is".into()),
                2 => Err(Error::msg("made")),
                _ => {
                    "x".parse::<u32>()?;
                    Ok(())
                }
            }
        }
        let first = line!() - 12;
        for (how, line) in [(0, first + 3), (1, first + 4), (2, first + 5), (3, first + 7)] {
            let Err(error) = failing(how) else { panic!("{how} fails") };
            assert_eq!(error.place().file(), file!());
            assert_eq!(error.place().line(), line, "{how}");
        }
    }

    #[test]
    fn context_and_wish_are_kept() {
        let failed: std::result::Result<(), _> = Err("refused");
        let Err(error) = failed.skip_ticks(7).context("cannot connect") else {
            panic!("an error stays an error")
        };
        assert_eq!(error.message(), "cannot connect: refused");
        assert_eq!(error.ticks_to_skip(), Some(7));
    }
}
