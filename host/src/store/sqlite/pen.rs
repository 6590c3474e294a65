//! Writing what a commit says: the statements of one transaction, and the order in which they run.
//!
//! Invariant: everything that may be refused for the caller's own fault is checked before the first
//! statement that changes something, as far as that is possible; `touched` tells whether it was.

use rusqlite::{CachedStatement, Connection, params};

use super::fault::Fault;
use super::known::{Known, Managers};
use super::parcel::{Parceled, Run};
use super::sweep::Sweep;
use super::{entries, packed};
use crate::store::{Span, StoreError, checks};
use crate::types::{ManagerName, ManagerRow, TaskName, Tick};

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
    "UPDATE beat SET tick = ?2, runs = ?3, last_run = ?4, bytes = ?5, keys = ?6, state = ?7
    WHERE manager = ?1";

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
    pub(super) fn commit(&mut self, commit: Parceled<'_>) -> Result<(), Fault> {
        let (name, tick) = (commit.manager(), commit.tick());
        let known = self.managers.get(self.conn, name)?.filter(|known| known.installed);
        let known = known.ok_or_else(|| checks::not_installed(&name))?;
        checks::tick_goes_on(&name, known.tick, tick)?;
        let plan = entries::plan(self.conn, known.id, commit.writes(), known.usage)?;
        checks::within_quota(&name, known.quota, known.usage, plan.after)?;
        for (task, state) in commit.tasks() {
            let row = known.task(task).ok_or_else(|| checks::no_such_task(&name, task))?;
            self.touched = true;
            self.task.execute(params![row, state])?;
        }
        let kept = known.limit > 0;
        for run in commit.runs().filter(|_| kept) {
            self.touched = true;
            let seq = self.sweep.next_seq(self.conn)?;
            write_run(&mut self.run, known, seq, &run)?;
            if known.runs > known.limit {
                self.sweep.owe();
            }
        }
        self.touched = true;
        for span in commit.spans() {
            write_span(self.conn, known, span)?;
        }
        plan.carry_out(self.conn, known.id)?;
        known.usage = plan.after;
        (known.tick, known.by_hand) = (tick, commit.by_hand());
        write_beat(&mut self.beat, known, tick, commit.state())
    }

    /// Writes the row of a manager as it stands after an install.
    pub(super) fn beat(&mut self, name: &ManagerName, row: &ManagerRow) -> Result<(), Fault> {
        let known = self.managers.get(self.conn, name.as_str())?;
        let known = known.ok_or_else(|| checks::not_installed(name))?;
        let state = packed::pack(&mut self.buffer, &packed::Beat::of(row))?;
        write_beat(&mut self.beat, known, row.tick, state)
    }
}

fn write_beat(
    beat: &mut CachedStatement<'_>,
    known: &Known,
    tick: Tick,
    state: &[u8],
) -> Result<(), Fault> {
    let Known { id, runs, last_run, usage, .. } = known;
    let (bytes, keys) = (int(usage.bytes)?, int(usage.keys)?);
    beat.execute(params![id, int(tick.get())?, runs, last_run, bytes, keys, state])?;
    Ok(())
}

fn write_run(
    statement: &mut CachedStatement<'_>,
    known: &mut Known,
    seq: i64,
    run: &Run<'_>,
) -> Result<(), Fault> {
    let nth = known.runs.saturating_add(1);
    statement.execute(params![
        seq,
        known.id,
        nth,
        known.last_run,
        run.task,
        int(run.tick.get())?,
        run.outcome,
        run.figures,
        run.error,
        run.detail,
    ])?;
    (known.runs, known.last_run) = (nth, seq);
    Ok(())
}

pub(super) fn write_span(conn: &Connection, known: &mut Known, span: &Span) -> Result<(), Fault> {
    let to = int(span.to.get())?;
    if known.joins(span) {
        conn.prepare_cached(
            "UPDATE span SET to_tick = ?3, reason = ifnull(?4, reason) WHERE manager = ?1 AND nth = ?2",
        )?
        .execute(params![known.id, known.spans, to, span.reason])?;
    } else if known.limit > 0 {
        known.spans = known.spans.saturating_add(1);
        let (kind, from) = (span.kind.outcome().as_str(), int(span.from.get())?);
        let task = span.task.as_ref().map(TaskName::as_str);
        conn.prepare_cached("INSERT INTO span VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
            .execute(params![known.id, known.spans, kind, from, to, span.reason, task])?;
        conn.prepare_cached("UPDATE manager SET spans = ?2 WHERE id = ?1")?
            .execute([known.id, known.spans])?;
        if known.spans > known.limit && known.spans % SPANS_AT_ONCE == 0 {
            trim_spans(conn, known.id, known.spans - known.limit)?;
        }
    } else {
        return Ok(());
    }
    known.last_span = Some(Box::new(span.clone()));
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
