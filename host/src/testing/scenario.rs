//! A scenario file, checked.
//!
//! What is given to the manager is the table of a manager in `tourbillon.toml`, and `config` checks it; the keys of
//! the rest are those of `raw`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::de::DeTable;

use super::calls::Calls;
use super::expect::{Expect, counting, named};
use super::raw::{self, Number, Ticks};
use super::stored::StoredValue;
use crate::config::reading::{self, At, Fit as _, LineEnds, List, Problems, quoted, texts_of};
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
#[derive(Debug, Clone)]
pub struct Upgrade {
    /// The tick before which it happens.
    pub tick: u64,
    /// The new component, relative to the scenario's file; where there is none, the same once more.
    pub component: Option<PathBuf>,
    /// The new configuration; where there is none, the one that it has.
    pub config: Option<BTreeMap<String, String>>,
    /// Where it stands in its file.
    pub(super) line: usize,
}

/// Where one stands is none of what it says.
impl PartialEq for Upgrade {
    fn eq(&self, other: &Self) -> bool {
        let said = |it: &Self| (it.tick, it.component.clone(), it.config.clone());
        said(self) == said(other)
    }
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
        let read = |document: &mut DeTable<'_>, problems: &mut Problems| {
            let manager = reading::manager(document, text, origin, COMPONENT, problems);
            let raw = raw::read(document, problems);
            Self::checked(&raw, text, origin, manager, problems)
        };
        counting(|| reading::parse_one(text, origin, read)).map_err(|findings| findings.to_string())
    }

    /// What is in a file, checked; what is wrong with it is noted.
    fn checked(
        raw: &raw::File,
        text: &str,
        origin: &Path,
        manager: Option<ManagerSpec>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let ticks = raw.ticks.get().map_or(MOST_TICKS, Ticks::fit);
        let kills = raw.kills.get().map_or(&[][..], |kills| &kills.0);
        for at in kills {
            within(ticks, at, problems);
        }
        let only = raw.only.get().map(|names| only(names, problems));
        for (name, value) in raw.store.get().map_or(&[][..], |store| &store.0) {
            if value.bytes().is_none() {
                let what = format!("the value of {} can't be given", quoted(&name.value));
                let help = "give a text, or { hex = \"…\" }: a length or a digest is only expected";
                problems.add(name.span.clone(), what, help);
            }
        }
        let lines = LineEnds::of(text);
        let calls = raw.calls.get().map(|calls| Calls::of(calls, &lines, problems));
        let upgrades = upgrades(raw, ticks, &lines, problems);
        let expect = raw.expect.get().map(|raw| Expect::of(raw, problems));
        Some(Self {
            summary: raw.summary.get().cloned().unwrap_or_default(),
            ticks,
            seed: raw.seed.get().map_or(1, Number::fit),
            manager: manager?,
            only,
            store: named(&raw.store),
            store_errors: raw
                .store_errors
                .get()
                .map_or_else(BTreeSet::new, |n| n.0.iter().map(|at| at.value.fit()).collect()),
            kills: kills.iter().map(|at| at.value.fit()).collect(),
            calls: calls.unwrap_or_default(),
            upgrades,
            expect: expect.unwrap_or_default(),
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

/// Notes a tick that never comes.
fn within(ticks: u64, at: &At<Ticks>, problems: &mut Problems) {
    let tick: u64 = at.value.fit();
    if tick > ticks {
        let what = format!("there is no tick {tick} among the {ticks}");
        problems.add(
            at.span.clone(),
            what,
            format!("name one from 1 to {ticks}, or raise `ticks`"),
        );
    }
}

fn only(names: &List, problems: &mut Problems) -> BTreeSet<TaskName> {
    let mut tasks = BTreeSet::new();
    for at in &names.0 {
        match TaskName::new(&at.value) {
            Ok(name) => drop(tasks.insert(name)),
            Err(error) => problems.add(at.span.clone(), error.to_string(), "name a task"),
        }
    }
    tasks
}

fn upgrades(
    raw: &raw::File,
    ticks: u64,
    lines: &LineEnds,
    problems: &mut Problems,
) -> Vec<Upgrade> {
    let all = raw.upgrade.get().map_or(&[][..], |all| &all.0);
    if let Some(first) = all.first().filter(|_| all.len() > MOST_UPGRADES) {
        let what = format!("there are {} upgrades, and may be {MOST_UPGRADES}", all.len());
        problems.add(first.span.clone(), what, "write fewer, or several scenarios");
    }
    let mut upgrades = Vec::with_capacity(all.len().min(MOST_UPGRADES));
    for at in all.iter().take(MOST_UPGRADES) {
        let Some(tick) = at.value.tick.at() else {
            if problems.is_empty() {
                let help = "write before which tick it happens: tick = 2";
                problems.add(at.span.clone(), "[[upgrade]] has no `tick`", help);
            }
            continue;
        };
        within(ticks, tick, problems);
        let config = at.value.config.get();
        upgrades.push(Upgrade {
            tick: tick.value.fit(),
            component: at.value.component.get().map(PathBuf::from),
            config: config.map(|texts| texts_of(texts, "config", problems)),
            line: lines.line(at.span.start),
        });
    }
    upgrades.sort_by_key(|upgrade| upgrade.tick);
    upgrades
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
            "ticks = 5\n[[upgrade]]\ntick = 4\ncomponent = 'v3.wasm'\n[[upgrade]]\ntick = 2\n\
             config = { a = 'b', n = 0x10, on = true }\n[manager]\nconfig = { a = 'b', n = 0x10, on = true }",
        );
        let it = it.unwrap();
        // One reader for both.
        assert_eq!(it.upgrades[0].config.as_ref(), Some(&it.manager.config));
        let it = it.upgrades;
        assert_eq!((it[0].tick, it[1].tick), (2, 4));
        assert_eq!((it[0].line, it[1].line), (5, 2));
        assert_eq!(it[1].component.as_deref(), Some(Path::new("v3.wasm")));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let check = |text: &str, expect: &str| {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expect), "{error}");
        };
        check("", "the scenario has no `ticks`");
        check("ticks = 0", "`ticks` is 0, outside of 1 to 100_000");
        check("ticks = '3'", "leave out the quotes: ticks = 3");
        check("ticks = 1\ntick = 2", "the file has no key `tick`");
        check("ticks = 1\nkils = [1]", "did you mean `kills`?");
        check("ticks = 1\nkills = [1, 2]", "there is no tick 2 among the 1");
        check("ticks = 1\nkills = [1, 2]", "scenarios/it.toml:2:13");
        check("ticks = 1\nkills = 1", "`kills` is a whole number, but a list is wanted");
        check("ticks = 1\nstore_errors = [0]", "reads are counted from 1");
        check("ticks = 1\nonly = ['A b']", "task name \"A b\" is not valid");
        check("ticks = 1\nonly = 'sweep'", "write only = [\"…\", \"…\"]");
        check("ticks = 1\n[manager]\ncomponent = 'x'", "it is whatever is tested");
        check("ticks = 1\n[manager]\nlimits = { feul = 1 }", "scenarios/it.toml:3:12");
        check("ticks = 1\n[manager.limits]\nfeul = 1", "[manager.limits] has no key `feul`");
        check("ticks = 1\nmanager = 3", "`manager` is no table");
        check("ticks = 1\nconfig = { a = 'b' }", "`config` is a key of [manager]");
        check("ticks = 1\n[[upgrade]]\ntick = 2", "there is no tick 2 among the 1");
        check("ticks = 1\n[[upgrade]]", "[[upgrade]] has no `tick`");
        check("ticks = 1\n[upgrade]\ntick = 1", "write [[upgrade]], once for each");
        check("ticks = 1\n[calls.'a:b/c@1.0.0']\nf = 'x'", "a list of answers is wanted");
        check("ticks = 1\n[store]\na = { hxe = 'x' }", "did you mean `hex`?");
        check("ticks = 1\n[store]\na = 3", "`a` is a whole number, but a value of the store");
        check("ticks = 1\n[store]\na = { hex = '+f' }", "no pairs of hexadecimal digits: `+f`");
        check("ticks = 1\n[store]\na = { length = 3 }", "the value of `a` can't be given");
        check("ticks = 1\n[expect.store]\na = { sha256 = 'x' }", "`sha256` is no SHA-256: `x`");
        check("ticks = 1\n[expect.store]\na = {}", "`a` is no value of the store");
        check("ticks = 1\n[expect]\nlog = []", "[expect] has no key `log`");
        check("ticks = 1\n[expect]\nkills = [1]", "`kills` is a key of the file itself");
        check("ticks = 1\n[expect]\nlogs = ['/(/']", "`(` is no pattern: unclosed group");
        check("ticks = 1\n[expect]\ntasks = ['sweep']", "`sweep` is no declared task");
        check("ticks = 1\n[expect]\nversion = 1", "write it in quotes: version = \"…\"");
        check("ticks = 1\n[expect.outcomes]\na = 'okk'", "did you mean `ok`?");
        check("ticks = 1\n[expect.outcomes]\na = ['ok']", "scenarios/it.toml:3:5");
        check("ticks = 1\n[expect.fuel_below]\na = '9'", "leave out the quotes: a = 9");
        check("ticks = 1\nkils = [1]\n[expect]\nlog = []", "[expect] has no key `log`");
        let patterns = |n: usize| format!("ticks = 1\n[expect]\nlogs = [{}]", "'/a/', ".repeat(n));
        check(&patterns(1_001), "there are more than 1000 patterns");
        // Each scenario has its own.
        parse(&patterns(1_000)).unwrap();
        parse(&patterns(1_000)).unwrap();
    }
}
