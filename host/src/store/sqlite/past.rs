//! Reading history and spans.
//!
//! What is shown never depends on when old rows were swept away: a row is part of a manager's history if its
//! number is above a bound, and every row above the bound must be there. The rows of one manager are
//! found along its chain; a question over all managers walks back from the newest row.

use rusqlite::types::ToSql;
use rusqlite::{Connection, Row, params};

use super::cells::Cells;
use super::fault::Fault;
use super::json;
use super::reads;
use crate::store::{HistoryQuery, HistoryRow, RunRecord, Span, SpanKind};
use crate::types::{ManagerName, RunId, TaskName, Tick};

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
    let mut head = conn.prepare_cached(
        "SELECT m.id AS id, b.runs AS runs, b.last_run AS last_run, m.history_limit AS history_limit,
                m.history_floor AS history_floor
         FROM manager m JOIN beat b ON b.manager = m.id WHERE m.name = ?1",
    )?;
    let mut heads = head.query([manager.as_str()])?;
    let Some(head) = heads.next()? else { return Ok(Vec::new()) };
    let cells = Cells::new(head, "beat", manager.as_str());
    let (id, mut nth, mut seq) = (cells.u64("id")?, cells.u64("runs")?, cells.u64("last_run")?);
    let bound = nth.saturating_sub(cells.u64("history_limit")?).max(cells.u64("history_floor")?);

    let mut statement = conn.prepare_cached("SELECT * FROM history WHERE seq = ?1")?;
    let mut found = Vec::new();
    while nth > bound && found.len() < query.limit as usize {
        let mut rows = statement.query([i64::try_from(seq).unwrap_or(i64::MAX)])?;
        let Some(row) = rows.next()? else {
            return Err(cells.bad("last_run", format_args!("row {seq} of the history is missing")));
        };
        let here = Cells::new(row, "history", manager.as_str());
        if here.u64("manager")? != id || here.u64("nth")? != nth {
            return Err(here.bad("nth", format_args!("row {seq} is not the {nth}th of its manager")));
        }
        let run = run(&here, manager)?;
        let wanted = query.task.as_ref().is_none_or(|t| *t == run.task)
            && query.outcome.is_none_or(|o| o == run.outcome);
        if wanted {
            found.push(HistoryRow { manager: manager.clone(), run });
        }
        (nth, seq) = (nth - 1, here.u64("prev")?);
    }
    Ok(found)
}

fn from_newest(conn: &Connection, query: &HistoryQuery) -> Result<Vec<HistoryRow>, Fault> {
    let mut statement = conn.prepare_cached(
        "SELECT m.name AS name, h.* FROM history h
         JOIN manager m ON m.id = h.manager JOIN beat b ON b.manager = h.manager
         WHERE h.seq > (SELECT max(seq) FROM history) - ?1
           AND h.nth > max(m.history_floor, b.runs - m.history_limit)
           AND (?2 IS NULL OR h.task = ?2) AND (?3 IS NULL OR h.outcome = ?3)
         ORDER BY h.seq DESC LIMIT ?4",
    )?;
    let task = query.task.as_ref().map(TaskName::as_str);
    let outcome = query.outcome.map(crate::types::Outcome::as_str);
    let asked: [&dyn ToSql; 4] = [&SCANNED, &task, &outcome, &query.limit];
    let mut rows = statement.query(asked)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(with_manager(row)?);
    }
    Ok(found)
}

fn with_manager(row: &Row<'_>) -> Result<HistoryRow, Fault> {
    let cells = Cells::new(row, "history", "?");
    let manager = cells.parsed("name", ManagerName::new)?;
    let run = run(&Cells::new(row, "history", manager.as_str()), &manager)?;
    Ok(HistoryRow { manager, run })
}

fn run(cells: &Cells<'_>, manager: &ManagerName) -> Result<RunRecord, Fault> {
    let task = cells.parsed("task", TaskName::new)?;
    let tick = Tick::new(cells.u64("tick")?);
    Ok(RunRecord {
        id: RunId::new(manager, &task, tick, cells.opt_u32("by_hand")?),
        task,
        tick,
        at_ms: cells.u64("at_ms")?,
        trigger: cells.parsed("trigger", json::trigger)?,
        attempt: cells.u32("attempt")?,
        outcome: cells.parsed("outcome", json::outcome)?,
        ticks_to_skip: cells.u64("ticks_to_skip")?,
        fuel: cells.u64("fuel")?,
        fuel_granted: cells.u64("fuel_granted")?,
        micros: cells.u64("micros")?,
        memory: cells.u64("memory")?,
        host_calls: cells.u64("host_calls")?,
        logs_dropped: cells.u64("logs_dropped")?,
        error: cells.opt_text("error")?.map(str::to_owned),
        detail: cells.opt_text("detail")?.map(str::to_owned),
    })
}

pub(super) fn spans(
    conn: &Connection,
    manager: &ManagerName,
    limit: u32,
) -> Result<Vec<Span>, Fault> {
    let Some(id) = reads::id(conn, manager)? else { return Ok(Vec::new()) };
    let mut statement = conn.prepare_cached(
        "SELECT * FROM span WHERE manager = ?1 ORDER BY nth DESC
         LIMIT min(?2, (SELECT history_limit FROM manager WHERE id = ?1))",
    )?;
    let mut rows = statement.query(params![id, limit])?;
    let mut spans = Vec::new();
    while let Some(row) = rows.next()? {
        let cells = Cells::new(row, "span", manager.as_str());
        spans.push(Span {
            kind: cells.parsed("kind", kind)?,
            from: Tick::new(cells.u64("from_tick")?),
            to: Tick::new(cells.u64("to_tick")?),
            reason: cells.opt_text("reason")?.map(str::to_owned),
        });
    }
    Ok(spans)
}

/// The name under which a kind of span is kept: that of its outcome in the contract.
pub(super) const fn kind_name(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Missed => "missed",
        SpanKind::NotReady => "not-ready",
        SpanKind::Paused => "paused",
    }
}

pub(super) fn kind(name: &str) -> Result<SpanKind, &'static str> {
    [SpanKind::Missed, SpanKind::NotReady, SpanKind::Paused]
        .into_iter()
        .find(|kind| kind_name(*kind) == name)
        .ok_or("is no kind of span that this version knows")
}
