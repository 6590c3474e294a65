//! `tourbillon history`: past runs, newest first, read from the state directory while a host runs or not.

use std::io::{self, BufWriter, Write};
use std::time::Duration;

use super::args::History as Args;
use super::ending::{Ended, Status};
use super::printing::{Align, json_line, short_size, short_time, table, timestamp};
use super::status::used;
use super::views::HistoryView;
use crate::store::{HistoryQuery, HistoryRow, SqliteReader};
use crate::types::{Trigger, harmless_line};

/// The longest error in the table, in bytes; JSON has it whole.
const MAX_ERROR: usize = 120;

/// Prints past runs.
pub(super) fn history(args: &Args) -> Ended {
    let reader = SqliteReader::open(&args.place.state()?)?;
    let rows = reader.history(&HistoryQuery {
        manager: args.manager.clone(),
        task: args.task.clone(),
        outcome: args.outcome,
        limit: args.limit,
    })?;
    let mut out = BufWriter::new(io::stdout().lock());
    if args.json {
        for row in &rows {
            json_line(&mut out, &HistoryView::from(row))?;
        }
    } else {
        print(&mut out, &rows)?;
    }
    out.flush()?;
    Ok(Status::Well)
}

fn print(out: &mut dyn Write, rows: &[HistoryRow]) -> io::Result<()> {
    let columns = [
        ("AT", Align::Left),
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
