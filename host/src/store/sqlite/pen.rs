//! Writing what a commit says: the statements of one transaction, and the order in which they run.
//!
//! Invariant: everything that may be refused for the caller's own fault is checked before the first
//! statement that changes something, as far as that is possible; `touched` tells whether it was.

use rusqlite::{CachedStatement, Connection, params};

use super::fault::Fault;
use super::known::{Known, Managers};
use super::sweep::Sweep;
use super::{entries, json, past};
use crate::store::{Commit, RunRecord, Span, StoreError, checks};
use crate::types::{ManagerName, ManagerRow, Outcome, TaskRecord};

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
}

const BEAT: &str = "UPDATE beat SET tick = ?2, moved = ?3, paused = ?4, by_hand = ?5,
    missed_before = ?6, gaps = ?7, expected = ?8, bytes = ?9, keys = ?10, runs = ?11, last_run = ?12,
    totals = ?13, by_hand_totals = ?14, readiness = ?15, open = ?16 WHERE manager = ?1";

const TASK: &str = "UPDATE task SET position = ?2, ticks_between_runs = ?3, due = ?4, frozen = ?5,
    paused = ?6, enabled = ?7, kills = ?8, lost = ?9, pass = ?10, quarantined = ?11, runs = ?12,
    failures = ?13, last_tick = ?14, last_outcome = ?15, last_fuel = ?16, last_fuel_granted = ?17
    WHERE id = ?1";

const RUN: &str =
    "INSERT INTO history VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
    ?14, ?15, ?16, ?17, ?18, ?19, ?20)";

impl<'a> Pen<'a> {
    pub(super) fn new(
        conn: &'a Connection,
        managers: &'a mut Managers,
        sweep: &'a mut Sweep,
    ) -> Result<Self, Fault> {
        let (beat, task) = (conn.prepare_cached(BEAT)?, conn.prepare_cached(TASK)?);
        let run = conn.prepare_cached(RUN)?;
        Ok(Self { conn, managers, sweep, touched: false, beat, task, run })
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
            write_task(&mut self.task, row, task)?;
        }
        for run in &commit.history {
            let by_hand = checks::by_hand(name, run)?;
            if known.limit > 0 {
                self.touched = true;
                let seq = self.sweep.next_seq(self.conn)?;
                write_run(&mut self.run, known, seq, run, by_hand)?;
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
        write_beat(&mut self.beat, known, &commit.row)
    }

    /// Writes the row of a manager as it stands after an install.
    pub(super) fn beat(&mut self, name: &ManagerName, row: &ManagerRow) -> Result<(), Fault> {
        match self.managers.get(self.conn, name)? {
            Some(known) => write_beat(&mut self.beat, known, row),
            None => Err(checks::not_installed(name).into()),
        }
    }

    /// Writes the row of a task as it stands after an install.
    pub(super) fn task(&mut self, name: &ManagerName, task: &TaskRecord) -> Result<(), Fault> {
        let row = self.managers.get(self.conn, name)?.and_then(|known| known.task(&task.name));
        let row = row.ok_or_else(|| checks::no_such_task(name, task.name.as_str()))?;
        write_task(&mut self.task, row, task)
    }
}

fn write_beat(
    beat: &mut CachedStatement<'_>,
    known: &Known,
    row: &ManagerRow,
) -> Result<(), Fault> {
    beat.execute(params![
        known.id,
        int(row.tick.get())?,
        int(row.moved)?,
        row.paused,
        row.by_hand,
        int(row.missed_before)?,
        int(row.gaps)?,
        int(row.expected)?,
        int(known.usage.bytes)?,
        int(known.usage.keys)?,
        known.runs,
        known.last_run,
        json::counts_text(&row.totals).map_err(|e| unwritable(&e))?,
        json::some_counts_text(&row.by_hand_totals).map_err(|e| unwritable(&e))?,
        json::readiness_text(&row.readiness).map_err(|e| unwritable(&e))?,
        json::open_text(row.open.as_ref()).map_err(|e| unwritable(&e))?,
    ])?;
    Ok(())
}

fn write_task(
    statement: &mut CachedStatement<'_>,
    id: i64,
    task: &TaskRecord,
) -> Result<(), Fault> {
    let last = task.last;
    statement.execute(params![
        id,
        task.position,
        task.ticks_between_runs,
        int(task.due)?,
        task.frozen.map(int).transpose()?,
        task.paused,
        task.enabled,
        task.ladder.kills,
        task.ladder.lost,
        task.ladder.pass,
        task.ladder.quarantined,
        int(task.runs)?,
        int(task.failures)?,
        last.map(|(tick, ..)| int(tick.get())).transpose()?,
        last.map(|(_, outcome, ..)| Outcome::as_str(outcome)),
        last.map(|(_, _, used, _)| figure(used)),
        last.map(|(_, _, _, granted)| figure(granted)),
    ])?;
    Ok(())
}

fn write_run(
    statement: &mut CachedStatement<'_>,
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
        by_hand,
        int(run.at_ms)?,
        run.trigger.as_str(),
        run.attempt,
        run.outcome.as_str(),
        int(run.ticks_to_skip)?,
        figure(run.fuel),
        figure(run.fuel_granted),
        figure(run.micros),
        figure(run.memory),
        figure(run.host_calls),
        figure(run.logs_dropped),
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

/// A figure that is only shown: the largest that the file can hold stands for all above it.
fn figure(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn unwritable(error: &serde_json::Error) -> Fault {
    StoreError::Refused(format!("a record can't be written as JSON: {error}")).into()
}
