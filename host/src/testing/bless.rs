//! Writing what was found as what is expected.

use super::found::Found;
use super::judge::{shown, words};
use super::scenario::{LARGEST, Scenario};
use crate::types::DeclaredTask;

/// The line with which the part of a scenario begins that is written anew,
const EXPECT: &str = "[expect]";

/// where it is not left out.
const PART: &str = "[expect.";

/// The text of a scenario whose expectations are what was found: everything from the line `[expect]` on is
/// written anew, or from its first part, such as `[expect.outcomes]`; what stands before it stays as it is, and
/// so does `fuel_below`.
///
/// # Errors
/// A text for people, where something that is given would be lost: it stands behind `[expect]`, or the
/// expectations are written in another way than as that table.
pub fn bless(scenario: &Scenario, found: &Found) -> Result<String, String> {
    let mut given = String::new();
    let ends = |line: &str| line.starts_with(EXPECT) || line.starts_with(PART);
    for line in scenario.text.lines().take_while(|line| !ends(line.trim_start())) {
        given.push_str(line);
        given.push('\n');
    }
    let given = given.trim_end();
    let mut blessed = format!("{given}\n\n{EXPECT}\n{}", expectations(scenario, found));
    if scenario.text.contains("\r\n") {
        blessed = blessed.replace('\n', "\r\n");
    }
    if blessed.len() as u64 > LARGEST {
        return Err(format!(
            "it can't be blessed: with all that happened it would have {} bytes, and may have {LARGEST}; give fewer \
             ticks, or write down what matters by hand",
            blessed.len()
        ));
    }
    let again = Scenario::parse(&blessed, &scenario.origin).map_err(|e| {
        format!("it can't be blessed: write what is expected under a line {EXPECT} at its end\n{e}")
    })?;
    if !scenario.gives_the_same(&again) {
        return Err(format!(
            "it can't be blessed: what stands behind the line {EXPECT} would be lost; put that line, and all \
             that is expected, at the end"
        ));
    }
    Ok(blessed)
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
    let errors: Vec<_> =
        tasks.iter().filter_map(|task| Some((task, first_error(found, task)?))).collect();
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
    if of.is_empty() {
        return format!("{name} = []\n");
    }
    let mut text = format!("{name} = [\n");
    for line in of {
        text.push_str(&format!("  {},\n", literal(line)));
    }
    text.push_str("]\n");
    text
}

/// What a task's failed runs say, where all say the same.
fn first_error<'a>(found: &'a Found, task: &str) -> Option<&'a str> {
    let tasks = found.ticks.iter().flat_map(|report| &report.tasks);
    let failed = tasks.filter(|t| t.task.as_str() == task && t.outcome.is_failure());
    let mut errors = failed.map(|task| task.run.as_ref()?.error.as_deref());
    let first = errors.next()??;
    errors.all(|error| error == Some(first)).then_some(first)
}

/// A text as TOML writes it; one that would be taken for a pattern is made one that fits itself.
fn literal(text: &str) -> String {
    if text.len() > 1 && text.starts_with('/') && text.ends_with('/') {
        return toml::Value::from(format!("/^{}$/", regex::escape(text))).to_string();
    }
    toml::Value::from(text).to_string()
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
