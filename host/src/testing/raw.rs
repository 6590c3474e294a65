//! The keys of a scenario's file, read by the reader of `tourbillon.toml`: unknown ones are errors with the one
//! that was probably meant, and every mistake is told at once, with its place and what is wanted there.
//!
//! Knows nothing of what a scenario means; what is given to the manager, `config` reads.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::expect::{Outcomes, Text};
use super::scenario::MOST_TICKS;
use super::stored::StoredValue;
use crate::config::reading::{
    At, Count, Kind, List, MANAGER_KEYS, Many, Named, Place, Problems, Table as _, Texts,
    another_kind, keys, read_table,
};

/// Numbers of TOML are signed.
const MOST: u64 = i64::MAX.cast_unsigned();

const WHY_TICKS: &str = "each leaves a report in memory";

/// A number of ticks, or of one of them.
pub(super) type Ticks = Count<1, MOST_TICKS>;

/// Any number of TOML that is none below zero.
pub(super) type Number = Count<0, MOST>;

keys! {
    home_of;
    /// A scenario.
    File {
        /// One line for people.
        summary: String;
        /// How many ticks are driven.
        ticks: Ticks, WHY_TICKS;
        /// What time and randomness are simulated from.
        seed: Number;
        /// The manager, which `config` has taken out.
        manager: Nothing;
        /// If given, only these tasks are enabled.
        only: List;
        /// What the manager's bucket holds before.
        store: Named<StoredValue>;
        /// The reads of the store that fail.
        store_errors: Many<Count<1, MOST>>, "reads are counted from 1";
        /// The ticks in which the host dies.
        kills: Many<Ticks>, WHY_TICKS;
        /// What host calls are answered, by interface and function.
        calls: Named<Named<Answers>>;
        /// Exchanges of the component.
        upgrade: Many<Upgrade>;
        /// What is expected.
        expect: Expect;
    }
}

keys! {
    home_of;
    /// One exchange of the component, or of its configuration.
    Upgrade {
        /// The tick before which it happens.
        tick: Ticks, WHY_TICKS;
        /// The new component.
        component: String;
        /// The new configuration.
        config: Texts;
    }
}

keys! {
    home_of;
    /// What is expected.
    Expect {
        /// The outcomes of tasks.
        outcomes: Named<Outcomes>;
        /// All lines.
        logs: Many<Text>;
        /// Some lines.
        logs_with: Many<Text>;
        /// Errors of tasks.
        errors: Named<Text>;
        /// Backtraces of tasks.
        details: Named<Text>;
        /// All that the bucket holds.
        store: Named<StoredValue>;
        /// Bounds of fuel.
        fuel_below: Named<Number>;
        /// What is declared.
        tasks: List;
        /// What `service-version` answers.
        version: String;
        /// What `service-config` answers.
        service_config: Texts;
        /// All calls that were answered.
        calls: Many<Text>;
        /// How the exchanges end.
        upgrades: Many<Text>;
    }
}

keys! {
    home_of;
    /// One answer, where it is for certain arguments.
    Answer {
        /// The arguments that the call must have.
        with: String;
        /// What it is answered.
        answer: String;
    }
}

keys! {
    home_of;
    /// An answer for every call.
    Always {
        /// What it is answered.
        always: String;
    }
}

/// The answers of one function.
#[derive(Debug)]
pub(super) enum Answers {
    /// One for each call: the arguments that it must have, if any, and the answer.
    Each(Vec<At<(Option<String>, String)>>),
    /// The same for every call.
    Always(At<String>),
}

const ANSWERS: &str = "write a list, an answer for each call: [\"ok(3)\", { with = '(\"x\")', answer = \"ok(4)\" }]; \
     or one for all of them: { always = \"ok(3)\" }";

impl Kind for Answers {
    fn read(
        value: &Spanned<DeValue<'_>>,
        place: &Place<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        match value.get_ref() {
            DeValue::Array(each) => {
                let each = each.iter().filter_map(|one| answer(one, place, problems));
                Some(Self::Each(each.collect()))
            }
            DeValue::Table(_) => {
                let table: Always = read_table(value, place, problems)?;
                let always = table.always.at().cloned();
                if always.is_none() {
                    let what = format!("`{}` is a table without `always`", place.key);
                    problems.add(value.span(), what, ANSWERS);
                }
                always.map(Self::Always)
            }
            other => {
                let refused = another_kind(other, place, "a list of answers", ANSWERS);
                problems.add(value.span(), refused.what, refused.help);
                None
            }
        }
    }
}

fn answer(
    value: &Spanned<DeValue<'_>>,
    place: &Place<'_>,
    problems: &mut Problems,
) -> Option<At<(Option<String>, String)>> {
    let span = value.span();
    match value.get_ref() {
        DeValue::String(text) => Some(At { value: (None, text.clone().into_owned()), span }),
        DeValue::Table(_) => {
            let table: Answer = read_table(value, place, problems)?;
            let Some(answer) = table.answer.get().cloned() else {
                let what = format!("an answer of `{}` has no `answer`", place.key);
                problems.add(span, what, ANSWERS);
                return None;
            };
            Some(At { value: (table.with.get().cloned(), answer), span })
        }
        other => {
            let refused = another_kind(other, place, "a text in each place", ANSWERS);
            problems.add(span, refused.what, refused.help);
            None
        }
    }
}

/// A value that somebody else has read.
#[derive(Debug)]
pub(super) struct Nothing;

impl Kind for Nothing {
    fn read(_: &Spanned<DeValue<'_>>, _: &Place<'_>, _: &mut Problems) -> Option<Self> {
        Some(Self)
    }
}

/// Reads all keys, but those of the manager.
pub(super) fn read(document: &DeTable<'_>, problems: &mut Problems) -> File {
    if document.get("ticks").is_none() {
        let help = "write how many are driven, at the file's top: ticks = 3";
        problems.add(None, "the scenario has no `ticks`", help);
    }
    let file = File::table(document, String::new(), problems);
    debug_assert!(file.manager.at().is_none(), "`config` has taken it out");
    file
}

/// Where a key is at home: a section that was begun takes all that follows it.
fn home_of(key: &str, path: &str) -> Option<String> {
    let homes: [(&str, &str, &[&str]); 4] = [
        ("", "the file itself: write it above all [sections]", File::KEYS),
        ("manager", "[manager]", MANAGER_KEYS),
        ("expect", "[expect]", Expect::KEYS),
        ("upgrade", "[[upgrade]]", Upgrade::KEYS),
    ];
    let other = |(home, _, keys): &&(&str, &str, &[&str])| *home != path && keys.contains(&key);
    homes.iter().find(other).map(|(_, shown, _)| (*shown).to_owned())
}
