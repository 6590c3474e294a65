//! Writing what a commit says: the statements of one transaction, and the order in which they run.
//!
//! Invariant: everything that may be refused for the caller's own fault is checked before the first
//! statement that changes something, as far as that is possible; `touched` tells whether it was.

use rusqlite::{CachedStatement, Connection, params};

use super::fault::Fault;
use super::known::{Known, Managers};
use super::sweep::Sweep;
use super::{entries, packed, past};
use crate::store::{Commit, RunRecord, Span, StoreError, checks};
use crate::types::{ManagerName, ManagerRow, TaskRecord};

/// So many spans over the limit are trimmed at once.
const SPANS_AT_ONCE: i64 = 64;

/// The statements of the hot path, prepared, and what is remembered between them.
pub(super) struct Pen<'a> {
    pub(super) conn: &'a Connection,
    pub(super) managers: &'a mut Managers,
    pub(super) sweep: &'a mut Sweep,
    /// Whether the request in hand has changed anything yet.
    pub(super) touched: bool,
    beat: CachedStatement<'a>,
    task: CachedStatement<'a>,
    run: CachedStatement<'a>,
    /// Where rows are packed.
    pub(super) buffer: Vec<u8>,
}

const BEAT: &str =
    "UPDATE beat SET tick = ?2, runs = ?3, last_run = ?4, state = ?5 WHERE manager = ?1";

const TASK: &str = "UPDATE task SET state = ?2 WHERE id = ?1";

const RUN: &str = "INSERT INTO history VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

impl<'a> Pen<'a> {
    pub(super) fn new(
        conn: &'a Connection,
        managers: &'a mut Managers,
        sweep: &'a mut Sweep,
    ) -> Result<Self, Fault> {
        let (beat, task) = (conn.prepare_cached(BEAT)?, conn.prepare_cached(TASK)?);
        let run = conn.prepare_cached(RUN)?;
        Ok(Self { conn, managers, sweep, touched: false, beat, task, run, buffer: Vec::new() })
    }

    /// Writes one commit.
    pub(super) fn commit(&mut self, commit: &Commit) -> Result<(), Fault> {
        let name = &commit.manager;
        let known = self.managers.get(self.conn, name)?.filter(|known| known.installed);
        let known = known.ok_or_else(|| checks::not_installed(name))?;
        checks::tick_goes_on(name, known.tick, commit.row.tick)?;
        let plan = entries::plan(self.conn, known.id, &commit.writes, known.usage)?;
        checks::within_quota(name, known.quota, known.usage, plan.after)?;
        for task in &commit.tasks {
            let row = known.task(&task.name);
            let row = row.ok_or_else(|| checks::no_such_task(name, task.name.as_str()))?;
            self.touched = true;
            write_task(&mut self.task, &mut self.buffer, row, task)?;
        }
        for run in &commit.history {
            let by_hand = checks::by_hand(name, run)?;
            if known.limit > 0 {
                self.touched = true;
                let seq = self.sweep.next_seq(self.conn)?;
                write_run(&mut self.run, &mut self.buffer, known, seq, run, by_hand)?;
                if known.runs > known.limit {
                    self.sweep.owe();
                }
            }
        }
        self.touched = true;
        for span in &commit.spans {
            write_span(self.conn, known, span)?;
        }
        plan.carry_out(self.conn, known.id)?;
        known.usage = plan.after;
        (known.tick, known.by_hand) = (commit.row.tick, commit.row.by_hand);
        write_beat(&mut self.beat, &mut self.buffer, known, &commit.row)
    }

    /// Writes the row of a manager as it stands after an install.
    pub(super) fn beat(&mut self, name: &ManagerName, row: &ManagerRow) -> Result<(), Fault> {
        match self.managers.get(self.conn, name)? {
            Some(known) => write_beat(&mut self.beat, &mut self.buffer, known, row),
            None => Err(checks::not_installed(name).into()),
        }
    }
}

fn write_beat(
    beat: &mut CachedStatement<'_>,
    buffer: &mut Vec<u8>,
    known: &Known,
    row: &ManagerRow,
) -> Result<(), Fault> {
    let state = packed::pack(buffer, &packed::Beat::of(row, known.usage))?;
    beat.execute(params![known.id, int(row.tick.get())?, known.runs, known.last_run, state])?;
    Ok(())
}

fn write_task(
    statement: &mut CachedStatement<'_>,
    buffer: &mut Vec<u8>,
    id: i64,
    task: &TaskRecord,
) -> Result<(), Fault> {
    statement.execute(params![id, packed::pack(buffer, &packed::Task::of(task))?])?;
    Ok(())
}

fn write_run(
    statement: &mut CachedStatement<'_>,
    buffer: &mut Vec<u8>,
    known: &mut Known,
    seq: i64,
    run: &RunRecord,
    by_hand: Option<u32>,
) -> Result<(), Fault> {
    let nth = known.runs.saturating_add(1);
    statement.execute(params![
        seq,
        known.id,
        nth,
        known.last_run,
        run.task.as_str(),
        int(run.tick.get())?,
        run.outcome.as_str(),
        packed::pack(buffer, &packed::Run::of(run, by_hand))?,
        run.error,
        run.detail,
    ])?;
    (known.runs, known.last_run) = (nth, seq);
    Ok(())
}

fn write_span(conn: &Connection, known: &mut Known, span: &Span) -> Result<(), Fault> {
    let to = int(span.to.get())?;
    if known.joins(span) {
        conn.prepare_cached(
            "UPDATE span SET to_tick = ?3, reason = ifnull(?4, reason) WHERE manager = ?1 AND nth = ?2",
        )?
        .execute(params![known.id, known.spans, to, span.reason])?;
    } else if known.limit > 0 {
        known.spans = known.spans.saturating_add(1);
        let (kind, from) = (past::kind_name(span.kind), int(span.from.get())?);
        conn.prepare_cached("INSERT INTO span VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![known.id, known.spans, kind, from, to, span.reason])?;
        conn.prepare_cached("UPDATE manager SET spans = ?2 WHERE id = ?1")?
            .execute([known.id, known.spans])?;
        if known.spans > known.limit && known.spans % SPANS_AT_ONCE == 0 {
            trim_spans(conn, known.id, known.spans - known.limit)?;
        }
    } else {
        return Ok(());
    }
    known.last_span = Some((span.kind, span.to));
    Ok(())
}

/// Deletes the spans up to and with the `nth` of a manager.
pub(super) fn trim_spans(conn: &Connection, manager: i64, nth: i64) -> Result<(), Fault> {
    conn.prepare_cached("DELETE FROM span WHERE manager = ?1 AND nth <= ?2")?
        .execute(params![manager, nth])?;
    Ok(())
}

/// A number by which something is decided: one that the file can't hold is refused.
pub(super) fn int(n: u64) -> Result<i64, Fault> {
    i64::try_from(n).map_err(|_| {
        StoreError::Refused(format!("the number {n} is larger than the database can hold")).into()
    })
}
