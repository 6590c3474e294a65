//! What a task may return, and what the host gets of it.

use crate::{Error, Result};

/// How a run ended, as the host is told: well, with an optional number of ticks to skip, or not.
pub type Outcome = Result<Option<u32>>;

/// "Skip this many ticks, then run me again", once; afterwards the declared number holds again.
///
/// The host clamps it to a configured range (0 to 1,000,000 by default). `Skip(0)` asks for the
/// very next tick. To say the same with a failure, see [`Error::skip_ticks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skip(pub u32);

/// A type that a task may return: nothing, [`Skip`], `Option<Skip>`, `Option<u32>` (both `None` for
/// no wish), or a `Result` of one of them with any error that converts into [`Error`].
#[diagnostic::on_unimplemented(
    message = "a periodic task cannot return `{Self}`",
    label = "this is no outcome of a task",
    note = "a task returns nothing, `Skip`, `Option<Skip>`, `Option<u32>`, or a `Result` of one of them",
    note = "the error of a `Result` is `tourbillon_sdk::Error` or converts into it"
)]
pub trait IntoOutcome {
    /// The same, as the host is told.
    fn into_outcome(self) -> Outcome;
}

impl IntoOutcome for () {
    fn into_outcome(self) -> Outcome {
        Ok(None)
    }
}

impl IntoOutcome for Skip {
    fn into_outcome(self) -> Outcome {
        Ok(Some(self.0))
    }
}

impl IntoOutcome for Option<Skip> {
    fn into_outcome(self) -> Outcome {
        Ok(self.map(|skip| skip.0))
    }
}

impl IntoOutcome for Option<u32> {
    fn into_outcome(self) -> Outcome {
        Ok(self)
    }
}

impl<T: IntoOutcome, E: Into<Error>> IntoOutcome for std::result::Result<T, E> {
    fn into_outcome(self) -> Outcome {
        self.map_err(Into::into)?.into_outcome()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(returned: impl IntoOutcome, expect: Result<Option<u32>, &str>) {
        let got = returned.into_outcome();
        assert_eq!(got.as_ref().map_err(Error::message).copied(), expect);
    }

    #[test]
    fn s10_every_kind_of_return_is_understood() {
        check((), Ok(None));
        check(Skip(3), Ok(Some(3)));
        check(None::<Skip>, Ok(None));
        check(Some(4), Ok(Some(4)));
        check(Ok::<_, Error>(()), Ok(None));
        check(Ok::<_, std::fmt::Error>(Skip(5)), Ok(Some(5)));
        check(Err::<(), _>("no"), Err("no"));
        check(Err::<Skip, _>(anyhow::anyhow!("no")), Err("no"));
    }
}
