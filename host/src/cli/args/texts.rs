//! Reading what was typed: names, counts and settings.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::authoring::Language;
use crate::types::{ManagerName, Outcome, TaskName};

pub(super) fn manager_name(text: &str) -> Result<ManagerName, String> {
    ManagerName::new(text).map_err(|e| e.to_string())
}

/// The same, where a task may follow.
pub(super) fn subject_name(text: &str) -> Result<ManagerName, String> {
    manager_name(text).map_err(|why| {
        // As lines of `tourbillon run` begin, and runs are named.
        let mut words = text.split('/');
        let (Some(manager), Some(task)) = (words.next(), words.next()) else { return why };
        match (ManagerName::new(manager), TaskName::new(task)) {
            (Ok(manager), Ok(task)) => {
                format!("a manager and its task are two words: write {manager} {task}")
            }
            _ => why,
        }
    })
}

/// A whole number within bounds, as files have it: with `_` between digits, if you like.
pub(super) fn whole<const MIN: u64, const MAX: u64, T: TryFrom<u64>>(
    text: &str,
) -> Result<T, String> {
    let within = |n: &u64| (MIN..=MAX).contains(n);
    let n = text.replace('_', "").parse().ok().filter(within).and_then(|n| T::try_from(n).ok());
    n.ok_or_else(|| match MAX {
        u64::MAX => format!("write a whole number from {MIN}"),
        max => format!("write a whole number from {MIN} to {max}"),
    })
}

/// The names of languages, with a tip for a slip of the pen.
pub(super) fn language() -> impl TypedValueParser<Value = Language> {
    let name = |language: Language| {
        PossibleValue::new(language.as_str()).aliases(language.aliases().iter().copied())
    };
    PossibleValuesParser::new(Language::ALL.map(name)).try_map(|text| text.parse::<Language>())
}

pub(super) fn task_name(text: &str) -> Result<TaskName, String> {
    TaskName::new(text).map_err(|e| e.to_string())
}

pub(super) fn outcome(text: &str) -> Result<Outcome, String> {
    let names = || Outcome::ALL.map(Outcome::as_str).join(", ");
    Outcome::from_name(text).ok_or_else(|| format!("outcomes are {}", names()))
}

pub(super) fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE, such as retention=7d".to_owned()),
    }
}
