//! Names of managers and tasks, and the identity of a run, checked where they are made.
//!
//! The alphabet is that of the contract: 1 to 64 of `a-z 0-9 . _ -`, starting with a letter. A value
//! of these types has been checked; nothing past this file checks a name again.

use std::fmt;
use std::sync::Arc;

use super::{Tick, harmless_line};

/// The longest name, in bytes (contract: "1 to 64").
const MAX_NAME: usize = 64;

/// Why a text is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{what} name \"{shown}\" is not valid: {why}; names are 1 to 64 of a-z 0-9 . _ -, starting with a letter"
)]
pub struct NameError {
    what: &'static str,
    shown: String,
    why: &'static str,
}

fn check(what: &'static str, text: &str) -> Result<Arc<str>, NameError> {
    let why = if text.is_empty() {
        "it is empty"
    } else if text.len() > MAX_NAME {
        "it is too long"
    } else if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        "it does not start with a letter a-z"
    } else if !text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-'))
    {
        "it holds a character that is not allowed"
    } else {
        return Ok(text.into());
    };
    Err(NameError { what, shown: harmless_line(text, MAX_NAME), why })
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks a text and makes it a name.
            ///
            /// # Errors
            /// [`NameError`] where the text is outside the alphabet or the length of a name.
            pub fn new(text: &str) -> Result<Self, NameError> {
                check($what, text).map(Self)
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

name!(
    /// The name of a manager on its host: what its state is kept under.
    ManagerName,
    "manager"
);
name!(
    /// The name of a task in its manager: what its counter is kept under.
    TaskName,
    "task"
);

/// The identity of a run: `manager/task/tick`, or `manager/task/tick+k` for the k-th run by hand
/// after that tick. A repeated attempt keeps it (rules S19 and S21).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct RunId(String);

impl RunId {
    /// The identity of the run of `task` at `tick`; `by_hand` is the k of a run by hand.
    pub fn new(manager: &ManagerName, task: &TaskName, tick: Tick, by_hand: Option<u32>) -> Self {
        let mut id = Self(String::with_capacity(manager.0.len() + task.0.len() + 16));
        id.renew(manager, task, tick, by_hand);
        id
    }

    /// Makes it the identity of another run, in the same memory.
    pub(crate) fn renew(
        &mut self,
        manager: &ManagerName,
        task: &TaskName,
        tick: Tick,
        by_hand: Option<u32>,
    ) {
        let text = &mut self.0;
        text.clear();
        text.push_str(&manager.0);
        text.push('/');
        text.push_str(&task.0);
        text.push('/');
        // The formatting machinery would be a fifth of a no-op run.
        text.push_str(itoa::Buffer::new().format(tick.get()));
        if let Some(k) = by_hand {
            text.push('+');
            text.push_str(itoa::Buffer::new().format(k));
        }
    }

    /// The tick of the run that a text identifies.
    pub(crate) fn tick_of(id: &str) -> Option<u64> {
        let (_, tick) = id.rsplit_once('/')?;
        tick.split_once('+').map_or(tick, |(tick, _)| tick).parse().ok()
    }

    /// The identity as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The identity as text, taken.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_outside_the_alphabet_are_refused_with_the_reason() {
        let check = |text: &str, expect: &str| {
            let said = TaskName::new(text).map_or_else(|e| e.why.to_owned(), |n| n.to_string());
            assert_eq!(said, expect, "{text:?}");
        };
        check("sweep", "sweep");
        check("a.b_c-9", "a.b_c-9");
        check("", "it is empty");
        check("9a", "it does not start with a letter a-z");
        check("Sweep", "it does not start with a letter a-z");
        check("sw\u{7}eep", "it holds a character that is not allowed");
        check("sweép", "it holds a character that is not allowed");
        check(&"a".repeat(65), "it is too long");
    }

    #[test]
    fn a_refused_name_is_shown_without_its_control_characters() {
        let said = ManagerName::new("a\u{1b}[31m\u{202e}").unwrap_err().to_string();
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
    }

    #[test]
    fn s21_a_run_id_is_manager_task_tick_and_the_count_by_hand() {
        let (m, t) = (ManagerName::new("m").unwrap(), TaskName::new("t").unwrap());
        for tick in [0, 9, 10, 1234, u64::MAX] {
            assert_eq!(RunId::new(&m, &t, Tick::new(tick), None).as_str(), format!("m/t/{tick}"));
        }
        assert_eq!(RunId::new(&m, &t, Tick::new(7), Some(12)).as_str(), "m/t/7+12");
        assert_eq!(RunId::tick_of("m/t/7+12"), Some(7));
        assert_eq!(RunId::tick_of("m/t/18446744073709551615"), Some(u64::MAX));
        assert_eq!((RunId::tick_of(""), RunId::tick_of("m/t/x")), (None, None));
    }
}
