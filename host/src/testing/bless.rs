//! Writing what was found as what is expected.
//!
//! A scenario is its author's text: comments, order and all that fits stay as they are written.

use toml_edit::{Array, Decor, DocumentMut, Item, RawString, TableLike, Value};

use super::comments;
use super::expect::{Expect, Text};
use super::found::Found;
use super::judge::{Difference, OF_TEXTS, Of, kept_words, on_one_line, quoted, shown, words};
use super::lines::{align, one_a_line};
use super::scenario::{LARGEST, Scenario};
use crate::types::DeclaredTask;

/// The part of a scenario that says what is expected.
const EXPECT: &str = "expect";

/// A byte order mark, with which some editors begin a file.
const MARK: char = '\u{feff}';

/// What became of what a scenario expects.
#[derive(Debug, Clone)]
pub struct Blessed {
    /// The text of its file.
    pub text: String,
    /// What says something else than before, as the scenario names it.
    pub changed: Vec<String>,
    /// What still does not hold, and why it was left as it is.
    pub left: Vec<Difference>,
}

/// The text of a scenario that expects whatever was found: all of it is written anew, at the end, with the
/// comments of what was there above it. What is given stays as it is, and so does `fuel_below`.
///
/// # Errors
/// A text for people, where it can't be written so that it reads as what is meant.
pub fn record(scenario: &Scenario, found: &Found) -> Result<String, String> {
    let mut document = document(scenario)?;
    let before = document.as_table_mut().remove_entry(EXPECT);
    let comments =
        before.map_or_else(String::new, |(key, item)| comments::of(key.leaf_decor(), &item));
    let given = document.to_string();
    let expectations = expectations(scenario, found);
    let text = format!("{}\n\n{comments}[{EXPECT}]\n{expectations}", given.trim_end());
    sound(scenario, text).map(|again| again.text)
}

/// The text of a scenario in which whatever was expected and found otherwise is what was found. What fits
/// stays as it is written, patterns among it; what was not mentioned stays so, where anything was. Two things
/// are the author's and stay, whether they hold or not: `fuel_below`, which is a bound, and `logs_with`,
/// which names what matters. So does an error's text where not all failed runs say the same, or none fails.
///
/// # Errors
/// As of [`record`].
pub fn bless(scenario: &Scenario, found: &Found) -> Result<Blessed, String> {
    if scenario.expect.is_empty() {
        let text = record(scenario, found)?;
        return Ok(Blessed { text, changed: vec!["all of it".to_owned()], left: Vec::new() });
    }
    let mut document = document(scenario)?;
    let expect = document.get_mut(EXPECT).and_then(Item::as_table_like_mut);
    let changed = accept(expect.ok_or("there is no [expect] in it")?, &scenario.expect, found);
    let again = sound(scenario, document.to_string())?;
    let mut left = found.judge(&again.expect);
    for difference in &mut left {
        if let Some(why) = why_left(&difference.what, found) {
            difference.text = format!("{}\nleft as it is: {why}", difference.text.trim_end());
        }
    }
    Ok(Blessed { text: again.text, changed, left })
}

/// Why something that does not hold is not replaced.
fn why_left(what: &str, found: &Found) -> Option<&'static str> {
    let (table, task) = what.split_once('.').unwrap_or((what, ""));
    let of = OF_TEXTS.into_iter().find(|(name, _)| *name == table);
    match (table, of) {
        (_, Some((_, of))) if told_by_failed(found, task, of).is_empty() => Some(
            "no run fails any more, so nothing could stand in its place; take it out, or see why",
        ),
        (_, Some(_)) => Some("failed runs differ; write a pattern that fits all of them"),
        ("fuel_below", _) => Some("a bound says what may be; raise it, or see what takes the fuel"),
        ("logs_with", _) => {
            Some("it names what matters; write it anew, or see why it does not come")
        }
        _ => None,
    }
}

fn document(scenario: &Scenario) -> Result<DocumentMut, String> {
    scenario.text.parse().map_err(|e: toml_edit::TomlError| e.to_string())
}

/// The scenario of a text that is to stand in the place of another's.
fn sound(scenario: &Scenario, mut text: String) -> Result<Scenario, String> {
    let lines = scenario.text.matches('\n').count();
    if lines > 0 && scenario.text.matches("\r\n").count() == lines {
        text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    if scenario.text.starts_with(MARK) && !text.starts_with(MARK) {
        text.insert(0, MARK);
    }
    if text.len() as u64 > LARGEST.get() {
        return Err(format!(
            "it can't be blessed: with all that happened it would have {} bytes, and may have {LARGEST}; give fewer \
             ticks, or write down what matters by hand",
            text.len()
        ));
    }
    let again = Scenario::parse(&text, &scenario.origin);
    let again = again.map_err(|e| format!("it can't be blessed, for it would not read:\n{e}"))?;
    if !scenario.gives_the_same(&again) {
        return Err(
            "it can't be blessed: what is given would change; put [expect] at the end".into()
        );
    }
    Ok(again)
}

/// Replaces what does not fit; returns what that is.
fn accept(table: &mut dyn TableLike, expect: &Expect, found: &Found) -> Vec<String> {
    let mut changed = Vec::new();
    for (task, wanted) in &expect.outcomes {
        if found.outcomes_differ(task, wanted).is_some() {
            put(part(table, "outcomes"), task, kept_words(wanted, &found.outcomes_of(task)).into());
            changed.push(format!("outcomes.{task}"));
        }
    }
    for ((name, of), texts) in OF_TEXTS.into_iter().zip([&expect.errors, &expect.details]) {
        for (task, text) in texts {
            if found.texts_differ(task, text, of).is_none() {
                continue;
            }
            // Where no run fails any more, what is left would expect nothing: that is for the author to say.
            if let Some(text) = common(&told_by_failed(found, task, of)) {
                put(part(table, name), task, literal(text));
                changed.push(format!("{name}.{task}"));
            }
        }
    }
    let logs: Vec<_> = found.logs.iter().map(ToString::to_string).collect();
    let calls: Vec<_> = found.calls.iter().map(ToString::to_string).collect();
    let all_well = vec![Text::from("ok".to_owned()); found.upgrades.len()];
    let upgrades = expect.upgrades.as_ref().unwrap_or(&all_well);
    for (name, wanted, lines) in [
        ("logs", expect.logs.as_ref(), &logs),
        ("calls", expect.calls.as_ref(), &calls),
        ("upgrades", Some(upgrades), &found.upgrades),
    ] {
        if wanted.is_some_and(|wanted| align(table, name, wanted, lines)) {
            changed.push(name.to_owned());
        }
    }
    if let Some(store) = &expect.store {
        let fits = |key: &str, value: &[u8]| store.get(key).is_some_and(|it| it.fits(value));
        let other: Vec<_> = found.store.iter().filter(|(k, value)| !fits(k, value)).collect();
        let gone = store.keys().filter(|key| !found.store.contains_key(*key));
        changed.extend(parts("store", gone, other.iter().map(|(key, _)| *key)));
        let other = other.into_iter().map(|(key, value)| (key, value_of(value)));
        fill(table.get_mut("store"), |key| found.store.contains_key(key), other);
    }
    if let Some(tasks) = &expect.tasks {
        let tasks: Vec<_> = tasks.iter().cloned().map(Text::from).collect();
        if align(table, "tasks", &tasks, &found.declared()) {
            changed.push("tasks".to_owned());
        }
    }
    // What could not be told is nothing to accept.
    if found.untold.is_some() {
        return changed;
    }
    if expect.version.as_ref().is_some_and(|version| *version != found.version) {
        put(Some(table), "version", text_of(&found.version));
        changed.push("version".to_owned());
    }
    if let Some(config) = &expect.service_config {
        let now = &found.service_config;
        let other: Vec<_> =
            { now.iter() }.filter(|(k, value)| config.get(*k) != Some(value)).collect();
        let gone = config.keys().filter(|key| !now.contains_key(*key));
        changed.extend(parts("service_config", gone, other.iter().map(|(key, _)| *key)));
        let other = other.into_iter().map(|(key, value)| (key, text_of(value)));
        fill(table.get_mut("service_config"), |key| now.contains_key(key), other);
    }
    changed
}

/// What was changed in a table, by the names of its entries.
fn parts<'a>(
    table: &str,
    gone: impl Iterator<Item = &'a String>,
    other: impl Iterator<Item = &'a String>,
) -> Vec<String> {
    let name = |key: &String| format!("{table}.{}", toml_key(key));
    let gone = gone.map(|key| format!("{} (gone)", name(key)));
    gone.chain(other.map(name)).collect()
}

/// A table in the table of expectations.
fn part<'a>(table: &'a mut dyn TableLike, name: &str) -> Option<&'a mut dyn TableLike> {
    table.get_mut(name).and_then(Item::as_table_like_mut)
}

/// Puts a value where another one stands, or at the end.
pub(super) fn put(table: Option<&mut (dyn TableLike + '_)>, key: &str, mut value: Value) {
    let Some(table) = table else { return };
    match table.get_mut(key) {
        Some(item) => {
            if let Some(before) = item.as_value() {
                *value.decor_mut() = before.decor().clone();
            }
            let before = std::mem::replace(item, Item::Value(value));
            let Some(mut name) = table.key_mut(key) else { return };
            // What stood above a table, or within one or a value, stands above the line that it becomes.
            if let Item::Table(_) = before {
                let comments = comments::of(name.leaf_decor(), &before);
                *name.leaf_decor_mut() = Decor::new(comments, " ");
            } else if let Some(comments) = before.as_value().and_then(comments::inside) {
                let above = name.leaf_decor().prefix().and_then(RawString::as_str);
                let comments = format!("{}{comments}", above.unwrap_or_default());
                name.leaf_decor_mut().set_prefix(comments);
            }
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

/// Takes out what is no more, and puts in what is other than expected.
fn fill<'a>(
    item: Option<&mut Item>,
    there: impl Fn(&str) -> bool,
    other: impl Iterator<Item = (&'a String, Value)>,
) {
    let Some(item) = item else { return };
    // At once: one by one, each would move all behind it.
    if let Some(table) = item.as_table_mut() {
        table.retain(|key, _| there(key));
    } else if let Some(table) = item.as_inline_table_mut() {
        table.retain(|key, _| there(key));
    }
    for (key, value) in other {
        put(item.as_table_like_mut(), key, value);
    }
}

/// What was found, as a scenario would expect it.
fn expectations(scenario: &Scenario, found: &Found) -> String {
    let mut text = String::new();
    let enabled =
        |task: &&DeclaredTask| scenario.only.as_ref().is_none_or(|only| only.contains(&task.name));
    let mut tasks: Vec<_> =
        found.tasks.iter().filter(enabled).map(|task| task.name.as_str()).collect();
    // Those of a later component.
    for task in found.ticks.iter().flat_map(|report| &report.tasks).map(|told| told.task.as_str()) {
        if !tasks.contains(&task) {
            tasks.push(task);
        }
    }
    let logs: Vec<_> = found.logs.iter().map(ToString::to_string).collect();
    text.push_str(&list("logs", &logs));
    let calls: Vec<_> = found.calls.iter().map(ToString::to_string).collect();
    for (name, lines) in [("calls", &calls), ("upgrades", &found.upgrades)] {
        if !lines.is_empty() {
            text.push_str(&list(name, lines));
        }
    }
    // A bound is not what happens but what may: it stays the author's.
    let bounds = scenario.expect.fuel_below.iter();
    let bounds: Vec<_> = bounds.map(|(task, n)| format!("{} = {n}", toml_key(task))).collect();
    if !bounds.is_empty() {
        text.push_str(&format!("fuel_below = {{ {} }}\n", bounds.join(", ")));
    }
    text.push_str("\n[expect.outcomes]\n");
    for task in &tasks {
        text.push_str(&format!("{} = \"{}\"\n", toml_key(task), words(&found.outcomes_of(task))));
    }
    let told = |task: &&str| told_by_failed(found, task, OF_TEXTS[0].1);
    let errors: Vec<_> =
        tasks.iter().filter_map(|task| Some((task, common(&told(task))?))).collect();
    if !errors.is_empty() {
        text.push_str("\n[expect.errors]\n");
    }
    for (task, error) in errors {
        text.push_str(&format!("{} = {}\n", toml_key(task), literal(error)));
    }
    text.push_str("\n[expect.store]\n");
    for (name, value) in &found.store {
        text.push_str(&format!("{} = {}\n", toml_key(name), shown(value)));
    }
    text
}

/// A list of texts, a line for each.
fn list(name: &str, of: &[String]) -> String {
    let mut array: Array = of.iter().map(|line| literal(line)).collect();
    one_a_line(&mut array);
    format!("{name} = {array}\n")
}

/// What a task's failed runs say.
fn told_by_failed<'a>(found: &'a Found, task: &str, of: Of) -> Vec<Option<&'a str>> {
    let tasks = found.ticks.iter().flat_map(|report| &report.tasks);
    tasks.filter(|t| t.task.as_str() == task && t.outcome.is_failure()).map(of).collect()
}

/// What all of them say, where all say the same.
fn common<'a>(told: &[Option<&'a str>]) -> Option<&'a str> {
    let first = *told.first()?;
    first.filter(|_| told.iter().all(|it| *it == first))
}

/// A text as a scenario expects it; one that would be taken for a pattern is made one that fits itself.
pub(super) fn literal(text: &str) -> Value {
    if text.len() > 1 && text.starts_with('/') && text.ends_with('/') {
        return text_of(&format!("/^{}$/", regex::escape(text)));
    }
    text_of(text)
}

/// A text as a value of TOML.
fn text_of(text: &str) -> Value {
    on_one_line(text).parse().unwrap_or_else(|_| text.into())
}

/// A value of the store as a scenario expects it.
fn value_of(value: &[u8]) -> Value {
    shown(value).parse().unwrap_or_else(|_| text_of(&String::from_utf8_lossy(value)))
}

/// A name as a key of TOML.
pub(super) fn toml_key(name: &str) -> String {
    let bare = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if bare && !name.is_empty() {
        return name.to_owned();
    }
    quoted(name)
}
