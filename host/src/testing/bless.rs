//! Writing what was found as what is expected.
//!
//! A scenario is its author's text: comments, order and all that fits stay as they are written.

use toml_edit::{Array, DocumentMut, Item, TableLike, Value};

use super::expect::{Expect, Text};
use super::found::Found;
use super::judge::{OF_TEXTS, Of, kept_words, shown, words};
use super::scenario::{LARGEST, Scenario};
use crate::types::DeclaredTask;

/// The part of a scenario that says what is expected.
const EXPECT: &str = "expect";

/// How a line of a list stands in a file.
const LINE: &str = "\n  ";

/// The text of a scenario that expects whatever was found: all of it is written anew, at the end. What is
/// given stays as it is, and so does `fuel_below`.
///
/// # Errors
/// A text for people, where it can't be written so that it reads as what is meant.
pub fn record(scenario: &Scenario, found: &Found) -> Result<String, String> {
    let mut document = document(scenario)?;
    let before = document.remove(EXPECT);
    let comment = before.as_ref().and_then(Item::as_table).and_then(|table| table.decor().prefix());
    let comment = comment.and_then(|prefix| prefix.as_str()).unwrap_or_default().trim();
    let line = if comment.is_empty() { "" } else { "\n" };
    let given = document.to_string();
    let expectations = expectations(scenario, found);
    let text = format!("{}\n\n{comment}{line}[{EXPECT}]\n{expectations}", given.trim_end());
    sound(scenario, text)
}

/// The text of a scenario in which whatever was expected and found otherwise is what was found. What fits
/// stays as it is written, patterns among it; what was not mentioned stays so, where anything was. Two things
/// are the author's and stay, whether they hold or not: `fuel_below`, which is a bound, and `logs_with`,
/// which names what matters. So does an error's text where not all failed runs say the same.
///
/// # Errors
/// As of [`record`].
pub fn bless(scenario: &Scenario, found: &Found) -> Result<String, String> {
    if scenario.expect.is_empty() {
        return record(scenario, found);
    }
    let mut document = document(scenario)?;
    let expect = document.get_mut(EXPECT).and_then(Item::as_table_like_mut);
    accept(expect.ok_or("there is no [expect] in it")?, &scenario.expect, found);
    sound(scenario, document.to_string())
}

fn document(scenario: &Scenario) -> Result<DocumentMut, String> {
    scenario.text.parse().map_err(|e: toml_edit::TomlError| e.to_string())
}

/// A text that is to stand in the place of a scenario's.
fn sound(scenario: &Scenario, mut text: String) -> Result<String, String> {
    if scenario.text.contains("\r\n") {
        text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    if text.len() as u64 > LARGEST {
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
    Ok(text)
}

/// Replaces what does not fit.
fn accept(table: &mut dyn TableLike, expect: &Expect, found: &Found) {
    for (task, wanted) in &expect.outcomes {
        if found.outcomes_differ(task, wanted).is_some() {
            put(part(table, "outcomes"), task, kept_words(wanted, &found.outcomes_of(task)).into());
        }
    }
    for ((name, of), texts) in OF_TEXTS.into_iter().zip([&expect.errors, &expect.details]) {
        for (task, text) in texts {
            if found.texts_differ(task, text, of).is_none() {
                continue;
            }
            let told = told_by_failed(found, task, of);
            if told.is_empty() {
                part(table, name).and_then(|part| part.remove(task));
            } else if let Some(text) = common(&told) {
                put(part(table, name), task, literal(text).into());
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
        if let Some(wanted) = wanted {
            align(table, name, wanted, lines);
        }
    }
    if let Some(store) = &expect.store {
        let part = part(table, "store");
        let fits = |key: &str, value: &[u8]| store.get(key).is_some_and(|it| it.fits(value));
        let gone = store.keys().filter(|key| !found.store.contains_key(*key));
        let other = found.store.iter().filter(|(key, value)| !fits(key, value));
        fill(part, gone, other.map(|(key, value)| (key, value_of(value))));
    }
    if expect.tasks.as_ref().is_some_and(|tasks| *tasks != found.declared()) {
        let declared: Array = found.declared().into_iter().collect();
        put(Some(table), "tasks", declared.into());
    }
    if expect.version.as_ref().is_some_and(|version| *version != found.version) {
        put(Some(table), "version", found.version.as_str().into());
    }
    if let Some(config) = &expect.service_config {
        let now = &found.service_config;
        let gone = config.keys().filter(|key| !now.contains_key(*key));
        let other = now.iter().filter(|(key, value)| config.get(*key) != Some(value));
        fill(part(table, "service_config"), gone, other.map(|(k, v)| (k, v.as_str().into())));
    }
}

/// A table in the table of expectations.
fn part<'a>(table: &'a mut dyn TableLike, name: &str) -> Option<&'a mut dyn TableLike> {
    table.get_mut(name).and_then(Item::as_table_like_mut)
}

/// Puts a value where another one stands, or at the end.
fn put(table: Option<&mut (dyn TableLike + '_)>, key: &str, mut value: Value) {
    let Some(table) = table else { return };
    match table.get_mut(key) {
        Some(item) => {
            if let Some(before) = item.as_value() {
                *value.decor_mut() = before.decor().clone();
            }
            *item = Item::Value(value);
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

/// Takes out what is no more, and puts in what is other than expected.
fn fill<'a>(
    table: Option<&mut (dyn TableLike + '_)>,
    gone: impl Iterator<Item = &'a String>,
    other: impl Iterator<Item = (&'a String, Value)>,
) {
    let Some(table) = table else { return };
    for key in gone {
        table.remove(key);
    }
    for (key, value) in other {
        put(Some(table), key, value);
    }
}

/// Makes a list say what was found. Lines that fit stay as they are written: those before the first and
/// behind the last that does not, and those between that have their place still. A line that is replaced
/// keeps its comments.
fn align(table: &mut dyn TableLike, name: &str, wanted: &[Text], found: &[String]) {
    let fits = |(text, line): &(&Text, &String)| text.fits(line);
    let head = wanted.iter().zip(found).take_while(fits).count();
    if head == wanted.len() && head == found.len() {
        return;
    }
    let rest = wanted.len().min(found.len()) - head;
    let behind = wanted.iter().rev().zip(found.iter().rev()).take(rest);
    let tail = behind.take_while(fits).count();
    if !table.get(name).is_some_and(Item::is_array) {
        let written: Array = wanted.iter().map(Text::as_str).collect();
        put(Some(table), name, written.into());
    }
    let Some(array) = table.get_mut(name).and_then(Item::as_array_mut) else { return };
    let (before, now) = (head..wanted.len() - tail, head..found.len() - tail);
    // All at once: there may be a million of them.
    let mut lines: Vec<_> = array.iter().cloned().collect();
    array.clear();
    let both = before.end.min(now.end);
    for at in head..both {
        if !wanted[at].fits(&found[at]) {
            let decor = lines[at].decor().clone();
            lines[at] = literal(&found[at]).into();
            *lines[at].decor_mut() = decor;
        }
    }
    let new = found[both..now.end].iter();
    let new = new.map(|line| Value::from(literal(line)).decorated(LINE, ""));
    lines.splice(both..before.end, new);
    for line in lines {
        array.push_formatted(line);
    }
    if before != now {
        one_a_line(array);
    }
}

/// One value on each line, unless somebody has put comments between them.
fn one_a_line(array: &mut Array) {
    let bare = |value: &Value| {
        let around = [value.decor().prefix(), value.decor().suffix()];
        around.into_iter().flatten().all(|it| it.as_str().unwrap_or_default().trim().is_empty())
    };
    if !array.iter().all(bare) || !array.trailing().as_str().unwrap_or_default().trim().is_empty() {
        return;
    }
    for value in array.iter_mut() {
        value.decor_mut().set_prefix(LINE);
        value.decor_mut().set_suffix("");
    }
    let some = !array.is_empty();
    array.set_trailing(if some { "\n" } else { "" });
    array.set_trailing_comma(some);
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
        text.push_str(&format!("{} = {}\n", toml_key(task), Value::from(literal(error))));
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
fn literal(text: &str) -> String {
    if text.len() > 1 && text.starts_with('/') && text.ends_with('/') {
        return format!("/^{}$/", regex::escape(text));
    }
    text.to_owned()
}

/// A value of the store as a scenario expects it.
fn value_of(value: &[u8]) -> Value {
    shown(value)
        .parse()
        .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(value).into_owned()))
}

/// A name as a key of TOML.
pub(super) fn toml_key(name: &str) -> String {
    let bare = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if bare && !name.is_empty() {
        return name.to_owned();
    }
    // A string of JSON is one of TOML's on one line, but for one character.
    serde_json::Value::from(name).to_string().replace('\u{7f}', "\\u007f")
}
