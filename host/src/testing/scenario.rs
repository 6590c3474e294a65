//! A scenario file: raw, then checked.
//!
//! What is given to the manager is the table of a manager in `tourbillon.toml`, and `config` checks it; the
//! rest is read here. Unknown keys are errors.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::calls::Calls;
use super::expect::{Expect, StoredValue, counting};
use crate::config;
use crate::files::{self, FileError};
use crate::types::{ByteSize, ManagerSpec, TaskName};

/// The most bytes of a scenario file.
pub(super) const LARGEST: ByteSize = ByteSize::new(4 << 20);

/// The most ticks of a scenario: each leaves a report in memory.
pub(super) const MOST_TICKS: u64 = 100_000;

/// The most upgrades of a scenario: each asks a component for its tasks.
const MOST_UPGRADES: usize = 1_000;

/// What stands for the component until one is tested.
const COMPONENT: &str = "tested.wasm";

/// What is given, and what is expected of it.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// One line for people.
    pub summary: String,
    /// How many ticks are driven.
    pub ticks: u64,
    /// What time and randomness are simulated from.
    pub seed: u64,
    /// The manager: its configuration, limits, interval and overrides. Its component is whatever is tested.
    pub manager: ManagerSpec,
    /// If given, only these tasks are enabled.
    pub only: Option<BTreeSet<TaskName>>,
    /// What the manager's own bucket holds before its first instance is made.
    pub store: BTreeMap<String, StoredValue>,
    /// Reads of the store that fail: the n-th `get`, `exists` or listing of a key page that is not answered
    /// from the run's own writes, counted from 1 over the whole scenario.
    pub store_errors: BTreeSet<u64>,
    /// Ticks in the middle of which the host dies: after the first run of the tick, before its commit. A new
    /// host goes on from what was kept (S19). Something must run on each of them.
    pub kills: BTreeSet<u64>,
    /// Host calls that are answered from a recording, instead of by the host.
    pub calls: Calls,
    /// Exchanges of the component (S25), each before its tick, in the order of the ticks.
    pub upgrades: Vec<Upgrade>,
    /// What is expected.
    pub expect: Expect,
    /// All of it, as it was written.
    pub(super) text: String,
    /// Its file.
    pub(super) origin: PathBuf,
}

/// One exchange of the component, or of its configuration (S25).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upgrade {
    /// The tick before which it happens.
    pub tick: u64,
    /// The new component, relative to the scenario's file; where there is none, the same once more.
    pub component: Option<PathBuf>,
    /// The new configuration; where there is none, the one that it has.
    pub config: Option<BTreeMap<String, String>>,
}

/// Why there is no scenario.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {why}")]
pub struct ScenarioError {
    /// The file.
    pub path: String,
    /// What is wrong with it.
    pub why: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    summary: String,
    ticks: u64,
    #[serde(default = "one")]
    seed: u64,
    /// Read from the text by `config`, which knows its keys.
    #[serde(default, rename = "manager")]
    _manager: Option<IgnoredAny>,
    only: Option<BTreeSet<String>>,
    #[serde(default)]
    store: BTreeMap<String, StoredValue>,
    #[serde(default)]
    store_errors: BTreeSet<u64>,
    #[serde(default)]
    kills: BTreeSet<u64>,
    #[serde(default)]
    calls: Calls,
    #[serde(default)]
    upgrade: Vec<Upgrade>,
    #[serde(default)]
    expect: Expect,
}

fn one() -> u64 {
    1
}

impl Scenario {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ScenarioError`], where it can't be read or does not say what a scenario says.
    pub fn read(path: &Path) -> Result<Self, ScenarioError> {
        let wrong = |why: String| ScenarioError { path: path.display().to_string(), why };
        let text = files::read_text(path, LARGEST).map_err(|error| {
            let remedy = match error {
                FileError::System(_) => "check the path, and that you may read it",
                FileError::TooLong { .. } => "is it a scenario? give fewer expectations",
                FileError::NoText(_) => "save it as UTF-8",
                _ => "put a file of text in its place",
            };
            wrong(format!("it can't be read: {error}; {remedy}"))
        })?;
        Self::parse(&text, path).map_err(wrong)
    }

    /// Reads a text; the error says what is wrong, and where. `origin` is its file: paths in it are relative
    /// to that, and messages name it.
    ///
    /// # Errors
    /// A text for people, where the scenario does not say what a scenario says.
    pub fn parse(text: &str, origin: &Path) -> Result<Self, String> {
        let raw: Result<Raw, _> = counting(|| toml::from_str(text));
        let raw = raw.map_err(|e| with_suggestion(&e))?;
        if raw.ticks == 0 || raw.ticks > MOST_TICKS {
            return Err(format!("ticks = {}: write a number from 1 to {MOST_TICKS}", raw.ticks));
        }
        if let Some(tick) = raw.kills.iter().find(|tick| **tick == 0 || **tick > raw.ticks) {
            return Err(format!("kills: there is no tick {tick} among the {}", raw.ticks));
        }
        if raw.store_errors.contains(&0) {
            return Err("store_errors: reads are counted from 1".to_owned());
        }
        raw.calls.check()?;
        let mut upgrades = raw.upgrade;
        upgrades.sort_by_key(|upgrade| upgrade.tick);
        if let Some(it) = upgrades.iter().find(|it| it.tick == 0 || it.tick > raw.ticks) {
            return Err(format!("upgrade: there is no tick {} among the {}", it.tick, raw.ticks));
        }
        if upgrades.len() > MOST_UPGRADES {
            return Err(format!(
                "upgrade: there are {}, and may be {MOST_UPGRADES}",
                upgrades.len()
            ));
        }
        let names = |names: BTreeSet<String>| {
            let task = |name: String| TaskName::new(&name).map_err(|e| format!("only: {e}"));
            names.into_iter().map(task).collect::<Result<_, _>>()
        };
        Ok(Self {
            summary: raw.summary,
            ticks: raw.ticks,
            seed: raw.seed,
            manager: config::parse_manager(text, origin, COMPONENT)
                .map_err(|e| format!("[manager] is not what tourbillon.toml takes:\n{e}"))?,
            only: raw.only.map(names).transpose()?,
            store: raw.store,
            store_errors: raw.store_errors,
            kills: raw.kills,
            calls: raw.calls,
            upgrades,
            expect: raw.expect,
            text: text.to_owned(),
            origin: origin.to_owned(),
        })
    }

    /// All of it, as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether another scenario differs in nothing but what it expects.
    pub(super) fn gives_the_same(&self, other: &Self) -> bool {
        self.summary == other.summary
            && self.ticks == other.ticks
            && self.seed == other.seed
            && self.manager == other.manager
            && self.only == other.only
            && self.store == other.store
            && self.store_errors == other.store_errors
            && self.kills == other.kills
            && self.calls == other.calls
            && self.upgrades == other.upgrades
    }

    /// Time between two ticks.
    pub(super) fn interval(&self) -> Duration {
        self.manager.interval
    }
}

/// Why a text is no scenario; of a key that is not known, with the one that was probably meant.
fn with_suggestion(error: &toml::de::Error) -> String {
    let text = error.to_string().trim_end().to_owned();
    let mut names = error.message().split('`').skip(1).step_by(2);
    let unknown = names.next().filter(|_| error.message().starts_with("unknown field"));
    let keys: Vec<_> = names.collect();
    match unknown.and_then(|name| config::closest(name, &keys)) {
        Some(meant) => format!("{text}\n  = help: did you mean `{meant}`?"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Scenario, String> {
        Scenario::parse(text, Path::new("scenarios/it.toml"))
    }

    #[test]
    fn a_scenario_says_what_is_given() {
        let it = parse(
            "summary = 's'\nticks = 3\nseed = 7\nonly = ['sweep']\nkills = [2]\nstore_errors = [1, 4]\n\
             [manager]\ninterval = '1s'\nconfig = { retention = '7d' }\nlimits = { fuel = 5_000_000 }\n[store]\na = 'x'",
        );
        let it = it.unwrap();
        assert_eq!((it.ticks, it.seed, it.summary.as_str()), (3, 7, "s"));
        assert_eq!(it.interval(), Duration::from_secs(1));
        assert_eq!(it.manager.config["retention"], "7d");
        assert_eq!(it.manager.limits.run.fuel.get(), 5_000_000);
        assert_eq!(it.store["a"].bytes(), Some(&b"x"[..]));
    }

    #[test]
    fn upgrades_come_in_their_order_and_their_components_lie_beside_the_file() {
        let it = parse(
            "ticks = 5\n[[upgrade]]\ntick = 4\ncomponent = 'v3.wasm'\n[[upgrade]]\ntick = 2\nconfig = { a = 'b' }",
        );
        let it = it.unwrap().upgrades;
        assert_eq!((it[0].tick, it[1].tick), (2, 4));
        assert_eq!(it[1].component.as_deref(), Some(Path::new("v3.wasm")));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let check = |text: &str, expect: &str| {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expect), "{error}");
        };
        check("", "missing field `ticks`");
        check("ticks = 0", "write a number from 1 to 100000");
        check("ticks = 1\ntick = 2", "unknown field `tick`");
        check("ticks = 1\nkils = [1]", "did you mean `kills`?");
        check("ticks = 1\nkills = [2]", "there is no tick 2 among the 1");
        check("ticks = 1\nstore_errors = [0]", "counted from 1");
        check("ticks = 1\nonly = ['A b']", "only: ");
        check("ticks = 1\n[manager]\ncomponent = 'x'", "it is whatever is tested");
        check("ticks = 1\n[manager]\nlimits = { feul = 1 }", "scenarios/it.toml:3:12");
        check("ticks = 1\n[manager.limits]\nfeul = 1", "[manager.limits] has no key `feul`");
        check("ticks = 1\nmanager = 3", "`manager` is no table");
        check("ticks = 1\n[[upgrade]]\ntick = 2", "there is no tick 2 among the 1");
        check("ticks = 1\n[calls.'a:b/c@1.0.0']\nf = 'x'", "answers are a list");
        check("ticks = 1\n[store]\na = { hxe = 'x' }", "{ hex =");
        check("ticks = 1\n[expect]\nlog = []", "unknown field `log`");
        let patterns = |n: usize| format!("ticks = 1\n[expect]\nlogs = [{}]", "'/a/', ".repeat(n));
        check(&patterns(1_001), "there are more than 1000 patterns");
        // Each scenario has its own.
        parse(&patterns(1_000)).unwrap();
        parse(&patterns(1_000)).unwrap();
    }
}
