//! `tourbillon status`: how managers stood at their last commit, read from the state directory while a
//! host runs or not. Writes nothing and holds nothing up.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};

use super::args::Status as Args;
use super::ending::{Ended, Status, Stop};
use super::place::unknown;
use super::printing::{Align, json_line, say, shown, table};
use super::views::StatusView;
use crate::config::show_count;
use crate::store::{SqliteReader, holder};
use crate::ticker::{ManagerStatus, TaskStatus};
use crate::types::ManagerName;

/// So many managers that are configured no more are named.
const NAMED: usize = 20;

/// Prints how managers stand.
pub(super) fn status(args: &Args) -> Ended {
    let config = args.place.state.is_none().then(|| args.place.config()).transpose()?;
    let dir = match &config {
        Some(config) => args.place.state_of(config)?,
        None => args.place.state()?,
    };
    let reader = SqliteReader::open(&dir)?;
    let mut names = reader.managers()?;
    if let Some(wanted) = &args.manager {
        if !names.contains(wanted) {
            let names: Vec<_> = names.iter().map(ManagerName::as_str).collect();
            return Err(unknown(wanted.as_str(), &shown(&dir), &names));
        }
        names = vec![wanted.clone()];
    }
    let mut all = Vec::with_capacity(names.len());
    for name in names {
        // A manager that was removed meanwhile is left out.
        if let Some(record) = reader.load(&name)? {
            all.push(ManagerStatus::from_record(name, &record));
        }
    }
    let mut out = BufWriter::new(io::stdout().lock());
    if args.json {
        for status in &all {
            json_line(&mut out, &StatusView::from(status))?;
        }
    } else {
        print(&mut out, &all)?;
        match holder(&dir)? {
            Some(holder) => {
                let who = holder.pid.map_or_else(String::new, |pid| format!(" (process {pid})"));
                say(format!("a host{who} is running on {}", shown(&dir)));
            }
            None => say(format!("no host is running on {}", shown(&dir))),
        }
        if let Some(config) = &config {
            let named: BTreeSet<_> = config.managers.iter().map(|spec| &spec.name).collect();
            let left = all.iter().map(|it| &it.name).filter(|name| !named.contains(name));
            let left: Vec<_> = left.map(ManagerName::as_str).collect();
            tell_left(&left, &shown(&args.place.file));
        }
    }
    out.flush().map_err(Stop::from)?;
    Ok(Status::Well)
}

/// Tells of managers that have a state, and are configured no more.
fn tell_left(names: &[&str], file: &str) {
    let more = match names.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    if !names.is_empty() {
        let them = if names.len() == 1 { "it" } else { "them" };
        let named = names[..names.len().min(NAMED)].join(", ");
        say(format!(
            "{file} does not name {named}{more}: what is kept of {them} stays, and nothing ticks {them}"
        ));
    }
}

/// Prints a table of managers and tasks.
pub(super) fn print(out: &mut dyn Write, all: &[ManagerStatus]) -> io::Result<()> {
    let columns = [
        ("MANAGER", Align::Left),
        ("TICK", Align::Right),
        ("TASK", Align::Left),
        ("LEFT", Align::Right),
        ("LAST", Align::Left),
        ("FUEL", Align::Right),
        ("RUNS", Align::Right),
        ("FAILURES", Align::Right),
        ("STATE", Align::Left),
    ];
    let mut rows = Vec::new();
    for manager in all {
        let head = vec![manager.name.to_string(), manager.tick.to_string()];
        if manager.tasks.is_empty() {
            rows.push([head, vec![String::new(); 6], vec![state_of(manager)]].concat());
            continue;
        }
        for (i, task) in manager.tasks.iter().enumerate() {
            let head = if i == 0 { head.clone() } else { vec![String::new(); 2] };
            rows.push([head, cells(manager, task)].concat());
        }
    }
    table(out, &columns, &rows)?;
    for manager in all {
        for (what, why) in [("not ready", &manager.not_ready), ("suspect", &manager.suspect)] {
            if let Some(why) = why {
                writeln!(out, "{} is {what}: {why}", manager.name)?;
            }
        }
    }
    Ok(())
}

fn cells(manager: &ManagerStatus, task: &TaskStatus) -> Vec<String> {
    let last = task.last.as_ref();
    vec![
        task.name.to_string(),
        task.ticks_to_skip.to_string(),
        last.map_or_else(|| "-".to_owned(), |last| last.outcome.to_string()),
        last.map_or_else(|| "-".to_owned(), |last| used(last.fuel.get(), last.fuel_granted.get())),
        show_count(task.runs),
        show_count(task.failures),
        [state_of(manager), task_state(task)]
            .iter()
            .filter(|s| !s.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(", "),
    ]
}

/// How much of what was granted was used.
pub(super) fn used(used: u64, granted: u64) -> String {
    let share = u128::from(used) * 100 / u128::from(granted.max(1));
    format!("{} ({share}%)", show_count(used))
}

/// What is unusual about a manager.
pub(super) fn state_of(manager: &ManagerStatus) -> String {
    let states = [
        (manager.paused, "manager paused"),
        (manager.suspect.is_some(), "suspect"),
        (manager.not_ready.is_some(), "not ready"),
    ];
    join(&states)
}

/// What is unusual about a task.
pub(super) fn task_state(task: &TaskStatus) -> String {
    let states = [
        (!task.enabled, "disabled"),
        (task.paused, "paused"),
        (task.quarantined, "quarantined"),
        (task.backing_off > 0 && !task.quarantined, "backing off"),
    ];
    join(&states)
}

fn join(states: &[(bool, &str)]) -> String {
    states.iter().filter(|(is, _)| *is).map(|(_, text)| *text).collect::<Vec<_>>().join(", ")
}
