//! `tourbillon history`: past runs and ticks without any, newest first, read from the state directory while a
//! host runs or not.
//!
//! Ticks on which a task is paused alone, and still is, are in no row yet: they are told from its record.

use std::io::{self, BufWriter, Write};
use std::time::Duration;

use super::args::History as Args;
use super::ending::{Ended, Status, Stop};
use super::place::unknown;
use super::printing::{Align, json_line, say, short_size, short_time, shown, table, timestamp};
use super::status::{task_state, used};
use super::views::{HistoryView, SpanView};
use crate::config::closest;
use crate::store::{HistoryQuery, HistoryRow, ManagerRecord, Span, SpanKind, SqliteReader};
use crate::ticker::ManagerStatus;
use crate::types::{ManagerName, TaskName, Trigger, harmless_line};

/// The longest error in the table, in bytes; JSON has it whole.
const MAX_ERROR: usize = 120;

/// Prints past runs, and the ticks on which whole managers, or tasks that were paused, did not run.
pub(super) fn history(args: &Args) -> Ended {
    let dir = args.place.state()?;
    let reader = SqliteReader::open(&dir)?;
    let rows = reader.history(&HistoryQuery {
        manager: args.manager.clone(),
        task: args.task.clone(),
        outcome: args.outcome,
        limit: args.limit,
    })?;
    let idle = idle(&reader, args)?;
    let of_it = |idle: &Idle| args.task.is_none() || idle.span.task == args.task;
    if rows.is_empty() && !idle.iter().any(of_it) {
        known(&reader, args, &shown(&dir), idle.is_empty())?;
    }
    let mut out = BufWriter::new(io::stdout().lock());
    if args.json {
        for row in &rows {
            json_line(&mut out, &HistoryView::from(row))?;
        }
        for Idle { manager, span, ongoing } in &idle {
            json_line(&mut out, &SpanView::of(manager, span, *ongoing))?;
        }
    } else {
        if !rows.is_empty() || idle.is_empty() {
            print(&mut out, &rows)?;
        }
        if !rows.is_empty() && !idle.is_empty() {
            writeln!(out)?;
        }
        if !idle.is_empty() {
            print_idle(&mut out, &idle)?;
        }
    }
    out.flush()?;
    if !args.json {
        standing(&reader, args)?;
    }
    Ok(Status::Well)
}

/// Says how the task that was asked for stands: of ticks on which it is disabled, say, nothing is kept.
fn standing(reader: &SqliteReader, args: &Args) -> Result<(), Stop> {
    let (Some(name), Some(task)) = (&args.manager, &args.task) else { return Ok(()) };
    let Some(record) = reader.load(name)? else { return Ok(()) };
    let manager = ManagerStatus::from_record(name.clone(), &record);
    let tasks = manager.tasks.iter().filter(|status| status.name == *task);
    for state in tasks.map(task_state).filter(|state| !state.is_empty()) {
        say(format!("{name}/{task} is {state} now"));
    }
    Ok(())
}

/// Ticks in a row without a run.
struct Idle {
    manager: ManagerName,
    span: Span,
    /// Whether it is not over yet: it goes to the last tick so far.
    ongoing: bool,
}

/// The ticks without a run that fit the question, of each manager the newest first: of the whole manager,
/// and of its tasks, or of the one that is asked for.
fn idle(reader: &SqliteReader, args: &Args) -> Result<Vec<Idle>, Stop> {
    let kind = |outcome| SpanKind::ALL.into_iter().find(|kind| kind.outcome() == outcome);
    let wanted = args.outcome.map(kind);
    // Runs have other outcomes.
    if wanted == Some(None) {
        return Ok(Vec::new());
    }
    let wanted = wanted.flatten();
    let mut all = Vec::new();
    if wanted.is_none_or(|kind| kind == SpanKind::Paused) {
        let records: Vec<_> = match &args.manager {
            Some(name) => {
                reader.load(name)?.map(|record| (name.clone(), record)).into_iter().collect()
            }
            None => reader.load_all()?,
        };
        all.extend(records.into_iter().flat_map(|(name, record)| paused_still(&name, &record)));
    }
    let over = |(manager, span)| Idle { manager, span, ongoing: false };
    match &args.manager {
        // There are as many as the history of a manager may have.
        Some(name) => {
            let spans = reader.spans(name, u32::MAX)?.into_iter();
            let fit = spans.filter(|span| wanted.is_none_or(|kind| kind == span.kind));
            all.extend(fit.map(|span| over((name.clone(), span))));
        }
        None => all.extend(reader.spans_of_all(wanted, args.limit)?.into_iter().map(over)),
    }
    let asked = |task: &TaskName| args.task.as_ref().is_none_or(|asked| asked == task);
    all.retain(|idle| idle.span.task.as_ref().is_none_or(asked));
    // Of each manager those come first that are not over yet.
    all.sort_by(|a, b| a.manager.cmp(&b.manager));
    all.truncate(args.limit as usize);
    Ok(all)
}

/// The tasks of a manager that are paused alone, and the ticks on which they were so far.
fn paused_still(manager: &ManagerName, record: &ManagerRecord) -> Vec<Idle> {
    let status = ManagerStatus::from_record(manager.clone(), record);
    let tasks = status.tasks.into_iter();
    let paused = tasks.filter_map(|task| Some((task.name, task.paused_over?)));
    let idle = |(task, (from, to))| {
        let span = Span { kind: SpanKind::Paused, task: Some(task), from, to, reason: None };
        Idle { manager: manager.clone(), span, ongoing: true }
    };
    paused.map(idle).collect()
}

/// Whether that of which there is no row is there at all: a removed manager, or task, has its history still.
/// `nothing` says that its manager has none either.
fn known(reader: &SqliteReader, args: &Args, place: &str, nothing: bool) -> Result<(), Stop> {
    let Some(name) = &args.manager else { return Ok(()) };
    let Some(manager) = reader.load(name)? else {
        if !nothing {
            return Ok(());
        }
        let names = reader.managers()?;
        let names: Vec<_> = names.iter().map(ManagerName::as_str).collect();
        return Err(unknown(name.as_str(), place, &names));
    };
    let tasks: Vec<_> = manager.tasks.iter().map(|task| task.name.as_str()).collect();
    match args.task.as_ref().map(TaskName::as_str) {
        Some(task) if !tasks.contains(&task) && !has_run(reader, args)? => {
            let near = closest(task, &tasks)
                .map_or(String::new(), |near| format!("; did you mean \"{near}\"?"));
            Err(Stop::wrong(format!(
                "{name} has no task \"{task}\": it has {}{near}",
                tasks.join(", ")
            )))
        }
        _ => Ok(()),
    }
}

/// Whether the task has a run with whatever outcome.
fn has_run(reader: &SqliteReader, args: &Args) -> Result<bool, Stop> {
    let (manager, task) = (args.manager.clone(), args.task.clone());
    let rows = reader.history(&HistoryQuery { manager, task, outcome: None, limit: 1 })?;
    Ok(!rows.is_empty())
}

fn print(out: &mut dyn Write, rows: &[HistoryRow]) -> io::Result<()> {
    let columns = [
        ("DUE", Align::Left),
        ("RUN", Align::Left),
        ("OUTCOME", Align::Left),
        ("FUEL", Align::Right),
        ("TIME", Align::Right),
        ("MEMORY", Align::Right),
        ("CALLS", Align::Right),
        ("", Align::Left),
    ];
    let rows: Vec<_> = rows.iter().map(cells).collect();
    table(out, &columns, &rows)
}

fn print_idle(out: &mut dyn Write, all: &[Idle]) -> io::Result<()> {
    let columns = [
        ("MANAGER", Align::Left),
        ("TASK", Align::Left),
        ("TICKS WITHOUT A RUN", Align::Left),
        ("OUTCOME", Align::Left),
        ("", Align::Left),
    ];
    let cells = |Idle { manager, span, ongoing }: &Idle| {
        let task = span.task.as_ref().map_or("(all)", TaskName::as_str);
        let ticks = match (span.from.get(), span.to.get()) {
            (from, to) if from == to => from.to_string(),
            (from, to) => format!("{from} to {to}"),
        };
        let why = match (span.kind, &span.reason) {
            (_, Some(reason)) => harmless_line(reason, MAX_ERROR),
            (SpanKind::Missed, None) => "the manager, or the host, was still busy".to_owned(),
            _ if *ongoing => "so far: it is paused still".to_owned(),
            (SpanKind::NotReady | SpanKind::Paused, None) => String::new(),
        };
        vec![manager.to_string(), task.to_owned(), ticks, span.kind.outcome().to_string(), why]
    };
    let rows: Vec<_> = all.iter().map(cells).collect();
    table(out, &columns, &rows)
}

fn cells(row: &HistoryRow) -> Vec<String> {
    let run = &row.run;
    let mut notes = Vec::new();
    if run.trigger == Trigger::Operator {
        notes.push("by hand".to_owned());
    }
    if run.attempt > 1 {
        notes.push(format!("attempt {}", run.attempt));
    }
    if run.logs_dropped > 0 {
        notes.push(format!("{} log lines dropped", run.logs_dropped));
    }
    notes.extend(run.error.as_deref().map(|error| harmless_line(error, MAX_ERROR)));
    let mut cells = vec![timestamp(run.at_ms), row.id().into_string(), run.outcome.to_string()];
    if run.outcome.is_run() {
        cells.push(used(run.fuel, run.fuel_granted));
        cells.push(short_time(Duration::from_micros(run.micros)));
        cells.push(short_size(run.memory));
        cells.push(run.host_calls.to_string());
    } else {
        cells.extend(std::iter::repeat_n("-".to_owned(), 4));
    }
    cells.push(notes.join("; "));
    cells
}
