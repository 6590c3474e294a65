//! Reading history and spans.
//!
//! What is shown never depends on when old rows were swept away: a row is part of a manager's history if its
//! number is above a bound, and every row above the bound must be there. The rows of one manager are
//! found along its chain; a question over all managers walks back from the newest row.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use rusqlite::{Connection, params};

use super::cells::Cells;
use super::fault::Fault;
use super::packed;
use super::reads;
use super::tables::{HISTORY, MANAGER, SPAN};
use crate::store::{HistoryQuery, HistoryRow, RunRecord, Span, SpanKind, StoreError};
use crate::types::{ManagerName, Outcome, TaskName, Tick};

/// A question over all managers looks at the newest so many rows: no question walks the whole disk.
const SCANNED: i64 = 1_000_000;

pub(super) fn history(conn: &Connection, query: &HistoryQuery) -> Result<Vec<HistoryRow>, Fault> {
    if query.limit == 0 {
        return Ok(Vec::new());
    }
    match &query.manager {
        Some(manager) => along_chain(conn, manager, query),
        None => from_newest(conn, query),
    }
}

fn along_chain(
    conn: &Connection,
    manager: &ManagerName,
    query: &HistoryQuery,
) -> Result<Vec<HistoryRow>, Fault> {
    let found = reads::two_rows(conn, manager, "", |id, stated, beat| {
        let name = manager.as_str();
        let (mut nth, mut seq) = (beat.count("runs")?, beat.count("last_run")?);
        let bound = (nth - stated.count("history_limit")?).max(stated.count("history_floor")?);
        let mut statement = conn.prepare_cached(&HISTORY.select("WHERE seq = ?1"))?;
        let mut found = Vec::new();
        while nth > bound && found.len() < query.limit as usize {
            let mut rows = statement.query([seq])?;
            let Some(row) = rows.next()? else {
                let missing = format_args!("row {seq} of the history is missing");
                return Err(beat.bad("last_run", missing));
            };
            let here = HISTORY.row(row, name);
            if here.count("manager")? != id || here.count("nth")? != nth {
                let other = format_args!("row {seq} is not number {nth} of its manager");
                return Err(here.bad("nth", other));
            }
            let run = run(&here)?;
            let wanted = query.task.as_ref().is_none_or(|t| *t == run.task)
                && query.outcome.is_none_or(|o| o == run.outcome);
            if wanted {
                found.push(HistoryRow { manager: manager.clone(), run });
            }
            (nth, seq) = (nth - 1, here.count("prev")?);
        }
        Ok(found)
    });
    Ok(found?.unwrap_or_default())
}

fn from_newest(conn: &Connection, query: &HistoryQuery) -> Result<Vec<HistoryRow>, Fault> {
    let mut statement = conn.prepare_cached(&HISTORY.select(
        "JOIN manager m ON m.id = t.manager JOIN beat b ON b.manager = t.manager
         WHERE t.seq > (SELECT max(seq) FROM history) - ?1
           AND t.nth > max(m.history_floor, b.runs - m.history_limit)
           AND (?2 IS NULL OR t.task = ?2) AND (?3 IS NULL OR t.outcome = ?3)
         ORDER BY t.seq DESC LIMIT ?4",
    ))?;
    let task = query.task.as_ref().map(TaskName::as_str);
    let outcome = query.outcome.map(Outcome::as_str);
    let mut rows = statement.query(params![SCANNED, task, outcome, query.limit])?;
    let (mut found, mut names) = (Vec::new(), BTreeMap::new());
    while let Some(row) = rows.next()? {
        let id = HISTORY.row(row, "?").count("manager")?;
        let manager = known(conn, id, &mut names)?;
        let run = run(&HISTORY.row(row, manager.as_str()))?;
        found.push(HistoryRow { manager, run });
    }
    Ok(found)
}

/// The name of a manager, which is asked for once.
fn known(
    conn: &Connection,
    id: i64,
    names: &mut BTreeMap<i64, ManagerName>,
) -> Result<ManagerName, Fault> {
    Ok(match names.entry(id) {
        Entry::Occupied(known) => known.get().clone(),
        Entry::Vacant(new) => new.insert(name(conn, id)?).clone(),
    })
}

fn name(conn: &Connection, id: i64) -> Result<ManagerName, Fault> {
    let mut statement = conn.prepare_cached(&MANAGER.select("WHERE id = ?1"))?;
    let mut rows = statement.query([id])?;
    match rows.next()? {
        Some(row) => MANAGER.row(row, "?").parsed("name", ManagerName::new),
        None => Err(StoreError::Read(format!("table manager has no row {id}")).into()),
    }
}

fn run(cells: &Cells<'_>) -> Result<RunRecord, Fault> {
    let task = cells.parsed("task", TaskName::new)?;
    let tick = Tick::new(cells.u64("tick")?);
    let outcome = cells.parsed("outcome", packed::outcome)?;
    let figures: packed::Run = cells.packed("run")?;
    let run = figures.record(task, tick, outcome).map_err(|why| cells.bad("run", why))?;
    let text = |column| cells.opt_text(column).map(|text| text.map(str::to_owned));
    Ok(RunRecord { error: text("error")?, detail: text("detail")?, ..run })
}

pub(super) fn spans(
    conn: &Connection,
    manager: &ManagerName,
    limit: u32,
) -> Result<Vec<Span>, Fault> {
    let Some(id) = reads::id(conn, manager)? else { return Ok(Vec::new()) };
    let mut statement = conn.prepare_cached(&SPAN.select(
        "WHERE manager = ?1 ORDER BY nth DESC
         LIMIT min(?2, (SELECT history_limit FROM manager WHERE id = ?1))",
    ))?;
    let mut rows = statement.query(params![id, limit])?;
    let mut spans = Vec::new();
    while let Some(row) = rows.next()? {
        spans.push(span(&SPAN.row(row, manager.as_str()))?);
    }
    Ok(spans)
}

/// The spans of all managers that there are, by name and the newest first.
pub(super) fn spans_of_all(
    conn: &Connection,
    wanted: Option<SpanKind>,
    limit: u32,
) -> Result<Vec<(ManagerName, Span)>, Fault> {
    let mut statement = conn.prepare_cached(&SPAN.select(
        "JOIN manager m ON m.id = t.manager
         WHERE m.installed AND t.nth > m.spans - m.history_limit AND (?1 IS NULL OR t.kind = ?1)
         ORDER BY m.name, t.nth DESC LIMIT ?2",
    ))?;
    let wanted = wanted.map(|kind| kind.outcome().as_str());
    let mut rows = statement.query(params![wanted, limit])?;
    let (mut found, mut names) = (Vec::new(), BTreeMap::new());
    while let Some(row) = rows.next()? {
        let manager = known(conn, SPAN.row(row, "?").count("manager")?, &mut names)?;
        let span = span(&SPAN.row(row, manager.as_str()))?;
        found.push((manager, span));
    }
    Ok(found)
}

pub(super) fn span(cells: &Cells<'_>) -> Result<Span, Fault> {
    let task = cells.opt_text("task")?.map(|_| cells.parsed("task", TaskName::new));
    Ok(Span {
        kind: cells.parsed("kind", kind)?,
        task: task.transpose()?,
        from: Tick::new(cells.u64("from_tick")?),
        to: Tick::new(cells.u64("to_tick")?),
        reason: cells.opt_text("reason")?.map(str::to_owned),
    })
}

/// The kind of a span by the name under which it is kept: that of its outcome in the contract.
fn kind(name: &str) -> Result<SpanKind, &'static str> {
    SpanKind::ALL
        .into_iter()
        .find(|kind| kind.outcome().as_str() == name)
        .ok_or("is no kind of span that this version knows")
}
