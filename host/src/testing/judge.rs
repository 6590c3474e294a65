//! What was expected beside what was found.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use similar::{ChangeTag, DiffTag, TextDiff};

use super::bless::toml_key;
use super::expect::{ABSENT, Expect, Outcomes, Text, Wanted};
use super::found::Found;
use super::lines::steps;
use super::stored::{StoredValue, sha256};
use crate::types::{Outcome, TaskReport, is_harmful};

/// So long a shortest difference is looked for; after that a longer one is told.
const DIFF: Duration = Duration::from_secs(2);

/// The longest value of the store that is shown.
const SHOWN: usize = 200;

/// So many lines that are as expected are shown before and after those that are not.
const AROUND: usize = 3;

/// What of a run is expected.
pub(super) type Of = fn(&TaskReport) -> Option<&str>;

/// What may be expected of every failed run of a task, by the name of the table in which it is.
pub(super) const OF_TEXTS: [(&str, Of); 2] = [("errors", error), ("details", detail)];

/// One thing that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about, as the scenario names it: `outcomes.sweep`.
    pub what: String,
    /// What was expected and what was found, on one line or more.
    pub text: String,
}

impl Difference {
    /// A fault of the scenario that hit nothing.
    pub(super) fn unhit(what: String) -> Self {
        let text =
            "this fault of the scenario hit nothing: take it out, or give it something to hit";
        Self { what, text: text.to_owned() }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.what)?;
        self.text.lines().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

impl Found {
    /// Everything that is not as expected.
    pub fn judge(&self, expect: &Expect) -> Vec<Difference> {
        let mut found = Vec::new();
        let mut differs = |what: String, text: String| found.push(Difference { what, text });
        for misfit in &self.misfits {
            differs(misfit.what.clone(), misfit.text.clone());
        }
        for (task, outcomes) in &expect.outcomes {
            if let Some(text) = self.outcomes_differ(task, outcomes) {
                differs(format!("outcomes.{task}"), text);
            }
        }
        for ((name, of), texts) in OF_TEXTS.into_iter().zip([&expect.errors, &expect.details]) {
            for (task, text) in texts {
                if let Some(text) = self.texts_differ(task, text, of) {
                    differs(format!("{name}.{task}"), text);
                }
            }
        }
        let logged: Vec<_> = self.logs.iter().map(ToString::to_string).collect();
        if let Some(logs) = &expect.logs
            && let Some(text) = logs_differ(logs, &logged)
        {
            differs("logs".to_owned(), text);
        }
        if let Some(text) = logs_lack(&expect.logs_with, &logged) {
            differs("logs_with".to_owned(), text);
        }
        let calls: Vec<_> = self.calls.iter().map(ToString::to_string).collect();
        if let Some(text) = expect.calls.as_ref().and_then(|expect| logs_differ(expect, &calls)) {
            differs("calls".to_owned(), text);
        }
        if let Some(text) = self.upgrades_differ(expect.upgrades.as_deref()) {
            differs("upgrades".to_owned(), text);
        }
        if let Some(store) = &expect.store
            && let Some(text) = self.store_differs(store)
        {
            differs("store".to_owned(), text);
        }
        for (task, below) in &expect.fuel_below {
            if let Some(text) = self.fuel_over(task, *below) {
                differs(format!("fuel_below.{task}"), text);
            }
        }
        if let Some(tasks) = &expect.tasks {
            let declared = self.declared();
            if *tasks != declared {
                differs("tasks".to_owned(), diff(&tasks.join("\n"), &declared.join("\n")));
            }
        }
        if let Some(why) = &self.untold {
            if expect.version.is_some() || expect.service_config.is_some() {
                let what = "asked for its version and configuration, the component failed";
                differs("version".to_owned(), format!("{what}: {why}"));
            }
            return found;
        }
        if let Some(version) = expect.version.as_ref().filter(|version| **version != self.version) {
            differs("version".to_owned(), diff(version, &self.version));
        }
        if let Some(config) = &expect.service_config
            && *config != self.service_config
        {
            let text = |of: &BTreeMap<String, String>| {
                lines(of.iter().map(|(key, value)| format!("{key} = {value}")))
            };
            differs("service_config".to_owned(), diff(&text(config), &text(&self.service_config)));
        }
        found
    }

    /// The outcome of a task on each tick, in order.
    pub(super) fn outcomes_of(&self, task: &str) -> Vec<Option<Outcome>> {
        let of = |report: &crate::types::TickReport| {
            report.tasks.iter().find(|t| t.task.as_str() == task).map(|t| t.outcome)
        };
        self.ticks.iter().map(|report| of(report)).collect()
    }

    pub(super) fn outcomes_differ(&self, task: &str, expect: &Outcomes) -> Option<String> {
        let found = self.outcomes_of(task);
        let same =
            expect.0.len() == found.len() && expect.0.iter().zip(&found).all(|(e, f)| e.fits(*f));
        if same {
            return None;
        }
        let wrong = expect.0.iter().zip(&found).position(|(e, f)| !e.fits(*f));
        let tick = wrong.map_or(expect.0.len().min(found.len()), |place| place) + 1;
        let expected: Vec<_> = expect.0.iter().map(Wanted::as_str).collect();
        let why = self.ticks.get(tick - 1).and_then(|report| {
            let told = report.tasks.iter().find(|told| told.task.as_str() == task)?;
            error(told).or(told.reason.as_deref())
        });
        let why = why.map_or(String::new(), |why| format!(": {why}"));
        Some(format!("- {}\n+ {}\nfrom tick {tick} on{why}", expected.join(" "), words(&found)))
    }

    pub(super) fn texts_differ(&self, task: &str, expect: &Text, of: Of) -> Option<String> {
        let mut any = false;
        for report in &self.ticks {
            let failed = report.tasks.iter().find(|t| t.task.as_str() == task);
            let Some(failed) = failed.filter(|t| t.outcome.is_failure()) else { continue };
            any = true;
            let found = of(failed).unwrap_or_default();
            if !expect.fits(found) {
                return Some(format!("tick {}:\n{}", report.tick, diff(expect.as_str(), found)));
            }
        }
        (!any).then(|| format!("- {}\nno run of it failed", expect.as_str()))
    }

    fn store_differs(&self, expect: &BTreeMap<String, StoredValue>) -> Option<String> {
        let same = expect.len() == self.store.len()
            && expect.iter().all(|(k, v)| self.store.get(k).is_some_and(|found| v.fits(found)));
        if same {
            return None;
        }
        let expected = expect.iter().map(|(k, v)| format!("{} = {}", toml_key(k), written(v)));
        let found = self.store.iter().map(|(key, found)| match expect.get(key) {
            // A length stays a length, where it fits.
            Some(value) if value.fits(found) => format!("{} = {}", toml_key(key), written(value)),
            _ => format!("{} = {}", toml_key(key), shown(found)),
        });
        Some(diff(&lines(expected), &lines(found)))
    }

    fn upgrades_differ(&self, expect: Option<&[Text]>) -> Option<String> {
        let ok = || vec!["ok".to_owned(); self.upgrades.len()].join("\n");
        match expect {
            Some(expect) => logs_differ(expect, &self.upgrades),
            None => self
                .upgrades
                .iter()
                .any(|ended| ended != "ok")
                .then(|| diff(&ok(), &self.upgrades.join("\n"))),
        }
    }

    fn fuel_over(&self, task: &str, below: u64) -> Option<String> {
        let runs = self.ticks.iter().flat_map(|report| {
            let of = report.tasks.iter().filter(|t| task == "*" || t.task.as_str() == task);
            of.filter_map(|t| Some((t.run.as_ref()?.fuel.get(), t.task.as_str(), report.tick)))
        });
        let Some((fuel, task, tick)) = runs.max() else {
            return Some(format!("- below {below}\nno run of it"));
        };
        if fuel < below {
            return None;
        }
        Some(format!("- below {below}\n+ {fuel}, {task} on tick {tick}"))
    }
}

fn error(task: &TaskReport) -> Option<&str> {
    task.run.as_ref()?.error.as_deref()
}

fn detail(task: &TaskReport) -> Option<&str> {
    task.run.as_ref()?.detail.as_deref()
}

/// Outcomes as a scenario writes them.
pub(super) fn words(outcomes: &[Option<Outcome>]) -> String {
    outcomes.iter().map(|outcome| word(*outcome)).collect::<Vec<_>>().join(" ")
}

/// The same, where each of them that fits what is expected stays as that is written.
pub(super) fn kept_words(expect: &Outcomes, outcomes: &[Option<Outcome>]) -> String {
    let expected = |(at, found): (usize, &Option<Outcome>)| match expect.0.get(at) {
        Some(wanted) if wanted.fits(*found) => wanted.as_str().to_owned(),
        _ => word(*found).to_owned(),
    };
    outcomes.iter().enumerate().map(expected).collect::<Vec<_>>().join(" ")
}

fn word(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        None => ABSENT,
        Some(Outcome::Skipped) => "-",
        Some(outcome) => outcome.as_str(),
    }
}

fn logs_differ(expect: &[Text], found: &[String]) -> Option<String> {
    let same = expect.len() == found.len() && expect.iter().zip(found).all(|(e, f)| e.fits(f));
    if same {
        return None;
    }
    let mut shown = Shown::default();
    for step in steps(expect, 0..expect.len(), found, 0..found.len()) {
        let (tag, old, new) = step.as_tag_tuple();
        // A pattern that fits is shown as the line that it fits.
        if tag != DiffTag::Equal {
            expect[old].iter().for_each(|text| shown.line('-', text.as_str()));
        }
        let sign = if tag == DiffTag::Equal { ' ' } else { '+' };
        found[new].iter().for_each(|line| shown.line(sign, line));
    }
    Some(shown.end())
}

fn logs_lack(expect: &[Text], found: &[String]) -> Option<String> {
    let mut rest = found.iter();
    let lacking = expect.iter().find(|text| !rest.any(|line| text.fits(line)))?;
    let before = found.iter().any(|line| lacking.fits(line));
    let why = if before {
        "is among the lines, but only before what `logs_with` has above it:"
    } else {
        "is not among the lines:"
    };
    let found = lines(found.iter().map(|line| format!("  {line}")));
    Some(format!("- {}\n{why}\n{found}", lacking.as_str()))
}

fn lines(of: impl Iterator<Item = String>) -> String {
    of.collect::<Vec<_>>().join("\n")
}

fn diff(expect: &str, found: &str) -> String {
    let mut shown = Shown::default();
    let diff = TextDiff::configure().timeout(DIFF).diff_lines(expect, found);
    for change in diff.iter_all_changes() {
        let sign = match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => ' ',
        };
        shown.line(sign, change.value().trim_end_matches('\n'));
    }
    shown.end()
}

/// Lines that differ, with some of those around them that do not.
#[derive(Default)]
struct Shown<'a> {
    text: String,
    /// Lines that are as expected since the last one that is not.
    same: Vec<&'a str>,
}

impl<'a> Shown<'a> {
    fn line(&mut self, sign: char, line: &'a str) {
        if sign == ' ' {
            self.same.push(line);
            return;
        }
        let before = if self.text.is_empty() { 0 } else { AROUND };
        self.same(before, AROUND);
        self.text.push_str(&format!("{sign} {line}\n"));
    }

    /// Shows so many of them at the beginning and at the end, and of the rest how many they are.
    fn same(&mut self, first: usize, last: usize) {
        let same = std::mem::take(&mut self.same);
        let rest = same.len().saturating_sub(first + last);
        for (at, line) in same.iter().enumerate() {
            if rest > 1 && at == first {
                self.text.push_str(&format!("  ... {rest} lines as expected\n"));
            }
            if rest <= 1 || at < first || at >= first + rest {
                self.text.push_str(&format!("  {line}\n"));
            }
        }
    }

    fn end(mut self) -> String {
        self.same(AROUND, 0);
        self.text
    }
}

/// A value as a scenario writes it.
fn written(value: &StoredValue) -> String {
    match value {
        StoredValue::Length(length) => format!("{{ length = {length} }}"),
        StoredValue::Sha256(digest) => format!("{{ sha256 = {digest:?} }}"),
        _ => shown(value.bytes().unwrap_or_default()),
    }
}

/// A text as TOML writes it, on one line whatever it holds: the ends of lines in a file are its editor's, and
/// what may repaint a terminal is spelled out in a file, too.
pub(super) fn on_one_line(text: &str) -> String {
    if text.contains(is_harmful) {
        return quoted(text);
    }
    toml::Value::from(text).to_string()
}

/// A text between quotation marks: a string of JSON is one of TOML's, where what may repaint a terminal or
/// reorder a text is spelled out.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    for c in serde_json::Value::from(text).to_string().chars() {
        match u32::from(c) {
            _ if !is_harmful(c) => quoted.push(c),
            code @ ..=0xffff => quoted.push_str(&format!("\\u{code:04x}")),
            code => quoted.push_str(&format!("\\U{code:08x}")),
        }
    }
    quoted
}

/// A value that was found, as a scenario would write it.
pub(super) fn shown(value: &[u8]) -> String {
    if value.len() > SHOWN {
        return format!("{{ sha256 = \"{}\" }}", sha256(value));
    }
    if let Ok(text) = std::str::from_utf8(value) {
        return on_one_line(text);
    }
    let mut hex = String::new();
    for byte in value {
        hex.push_str(&format!("{byte:02x}"));
    }
    format!("{{ hex = \"{hex}\" }}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_repaint_a_terminal_is_spelled_out_in_a_file_and_read_as_it_was() {
        let check = |text: &str, expect: &str| {
            assert_eq!(on_one_line(text), expect);
            let read: toml::Table = format!("a = {expect}").parse().unwrap();
            assert_eq!(read["a"].as_str(), Some(text));
        };
        check("plain \u{e9} \u{6f22}", "\"plain \u{e9} \u{6f22}\"");
        check("a\u{202e}b\u{1b}[2J\u{9b}c", r#""a\u202eb\u001b[2J\u009bc""#);
        check("tag \u{e0041}\u{7f}", r#""tag \U000e0041\u007f""#);
        check("two\nlines \\ \"", r#""two\nlines \\ \"""#);
    }
}
