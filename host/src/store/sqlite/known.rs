//! What the writing thread remembers of each manager, so that a commit asks the database nothing.
//!
//! It is only ever a copy of what is committed or about to be: whenever a transaction is rolled back,
//! all of it is forgotten and read again.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};
use smallvec::SmallVec;

use super::cells::Cells;
use super::fault::Fault;
use super::packed::Beat;
use super::tables::{SPAN, TASK_ROW};
use super::{past, reads};
use crate::store::{Span, Usage};
use crate::types::{ManagerName, TaskName, Tick};

/// A name beside what it names: of thousands of managers in a row each would be a miss of the processor's
/// cache more, where its letters lay elsewhere.
type Name = SmallVec<[u8; 24]>;

/// One manager whose name was ever installed.
#[derive(Debug)]
pub(super) struct Known {
    name: Name,
    pub(super) id: i64,
    pub(super) installed: bool,
    pub(super) tick: Tick,
    pub(super) by_hand: u32,
    pub(super) quota: Usage,
    pub(super) usage: Usage,
    /// Rows of history to keep, the rows written so far, and the last one.
    pub(super) limit: i64,
    pub(super) floor: i64,
    pub(super) runs: i64,
    pub(super) last_run: i64,
    /// Spans written so far, and the last one of them.
    pub(super) spans: i64,
    pub(super) last_span: Option<Box<Span>>,
    /// The rows of the tasks, by name.
    tasks: SmallVec<[(Name, i64); 1]>,
}

impl Known {
    /// The row of a task.
    pub(super) fn task(&self, name: &str) -> Option<i64> {
        let at = self.tasks.binary_search_by(|(task, _)| (**task).cmp(name.as_bytes())).ok()?;
        Some(self.tasks[at].1)
    }

    /// Replaces the rows of the tasks.
    pub(super) fn set_tasks(&mut self, tasks: &[(TaskName, i64)]) {
        self.tasks = in_order(tasks);
    }

    /// Whether a span goes on where the last one ended, for the same reason.
    pub(super) fn joins(&self, span: &Span) -> bool {
        self.last_span.as_ref().is_some_and(|last| last.goes_on(span))
    }
}

/// All managers met since the last rollback: at most as many as names that were ever installed.
#[derive(Debug, Default)]
pub(super) struct Managers {
    /// Where each stands in `known`; `None` for one that was forgotten.
    places: HashMap<ManagerName, usize>,
    known: Vec<Option<Known>>,
    /// The one behind the last that was asked for: managers that tick together come in one order.
    next: usize,
}

impl Managers {
    /// What is known of a manager; `None` for a name that was never installed.
    pub(super) fn get(
        &mut self,
        conn: &Connection,
        name: &str,
    ) -> Result<Option<&mut Known>, Fault> {
        let guessed = self.known.get(self.next).and_then(Option::as_ref);
        if guessed.is_some_and(|known| *known.name == *name.as_bytes()) {
            self.next += 1;
            return Ok(self.known[self.next - 1].as_mut());
        }
        let place = match self.places.get(name) {
            Some(place) if self.known[*place].is_some() => *place,
            place => {
                let place = place.copied();
                let Ok(manager) = ManagerName::new(name) else { return Ok(None) };
                let Some(known) = read(conn, &manager)? else { return Ok(None) };
                let place = place.unwrap_or_else(|| {
                    self.known.push(None);
                    self.places.insert(manager, self.known.len() - 1);
                    self.known.len() - 1
                });
                self.known[place] = Some(known);
                place
            }
        };
        self.next = place + 1;
        Ok(self.known[place].as_mut())
    }

    /// Forgets one manager: its install or removal has changed it.
    pub(super) fn forget(&mut self, name: &ManagerName) {
        if let Some(place) = self.places.get(name) {
            self.known[*place] = None;
        }
    }

    /// Forgets all: a transaction was rolled back.
    pub(super) fn forget_all(&mut self) {
        self.places.clear();
        self.known.clear();
    }
}

fn read(conn: &Connection, manager: &ManagerName) -> Result<Option<Known>, Fault> {
    reads::two_rows(conn, manager, "", |id, stated, beat| {
        let name = manager.as_str();
        let spans = stated.count("spans")?;
        let state: Beat<'_> = beat.packed("state")?;
        Ok(Known {
            name: Name::from_slice(name.as_bytes()),
            id,
            installed: stated.flag("installed")?,
            tick: Tick::new(beat.u64("tick")?),
            by_hand: state.by_hand,
            quota: Usage { bytes: stated.u64("quota_bytes")?, keys: stated.u64("quota_keys")? },
            usage: usage(beat)?,
            limit: i64::from(stated.u32("history_limit")?),
            floor: stated.count("history_floor")?,
            runs: beat.count("runs")?,
            last_run: beat.count("last_run")?,
            spans,
            last_span: last_span(conn, name, id, spans)?,
            tasks: in_order(&tasks(conn, name, id)?),
        })
    })
}

/// What the buckets of a manager hold.
pub(super) fn usage(beat: &Cells<'_>) -> Result<Usage, Fault> {
    Ok(Usage { bytes: beat.u64("bytes")?, keys: beat.u64("keys")? })
}

fn last_span(conn: &Connection, name: &str, id: i64, nth: i64) -> Result<Option<Box<Span>>, Fault> {
    let mut statement = conn.prepare_cached(&SPAN.select("WHERE manager = ?1 AND nth = ?2"))?;
    let mut rows = statement.query([id, nth])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    past::span(&SPAN.row(row, name)).map(Box::new).map(Some)
}

fn tasks(conn: &Connection, name: &str, id: i64) -> Result<Vec<(TaskName, i64)>, Fault> {
    let mut statement = conn.prepare_cached(&TASK_ROW.select("WHERE manager = ?1"))?;
    let mut rows = statement.query([id])?;
    let mut tasks = Vec::new();
    while let Some(row) = rows.next()? {
        let cells = TASK_ROW.row(row, name);
        tasks.push((cells.parsed("name", TaskName::new)?, cells.count("id")?));
    }
    Ok(tasks)
}

/// Rows of tasks by the letters of their names.
fn in_order(tasks: &[(TaskName, i64)]) -> SmallVec<[(Name, i64); 1]> {
    let name = |(task, row): &(TaskName, i64)| (Name::from_slice(task.as_str().as_bytes()), *row);
    let mut tasks: SmallVec<_> = tasks.iter().map(name).collect();
    tasks.sort();
    tasks
}

/// The row and the size of an entry of a bucket.
pub(super) fn entry(
    conn: &Connection,
    manager: i64,
    bucket: &str,
    key: &str,
) -> Result<Option<(i64, u64)>, Fault> {
    let sql = "SELECT id, length(value) FROM entry WHERE manager = ?1 AND bucket = ?2 AND key = ?3";
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement
        .query_row(rusqlite::params![manager, bucket, key], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })
        .optional()?;
    Ok(found.map(|(id, value)| (id, key.len() as u64 + value.unsigned_abs())))
}
