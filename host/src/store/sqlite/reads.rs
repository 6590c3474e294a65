//! The questions that can be asked of a database, on whichever connection.
//!
//! Each runs in one read transaction, so that what it tells was true at one instant. History and spans
//! have a file of their own.

use rusqlite::{Connection, OptionalExtension, params};

use super::cells::Cells;
use super::fault::Fault;
use super::known;
use super::packed;
use super::tables::{BEAT, ENTRY, HOST, KEY, MANAGER, TASK};
use crate::store::{ManagerRecord, StoreError};
use crate::types::{Digest, Fence, ManagerName, TaskName, TaskRecord, Tick};

/// Asks in one read transaction.
pub(super) fn ask<T>(
    conn: &Connection,
    question: impl FnOnce(&Connection) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let snapshot = conn.unchecked_transaction()?;
    let answer = question(&snapshot)?;
    snapshot.finish()?;
    Ok(answer)
}

/// The fence that the file carries.
pub(super) fn fence(conn: &Connection) -> Result<Fence, Fault> {
    let mut statement = conn.prepare_cached(&HOST.select("WHERE id = 1"))?;
    let mut rows = statement.query([])?;
    match rows.next()? {
        Some(row) => HOST.row(row, "-").u64("fence").map(Fence::new),
        None => Err(StoreError::Read("table host has no row".to_owned()).into()),
    }
}

/// The internal number of a manager, if its name was ever installed.
pub(super) fn id(conn: &Connection, manager: &ManagerName) -> Result<Option<i64>, Fault> {
    let mut statement = conn.prepare_cached("SELECT id FROM manager WHERE name = ?1")?;
    Ok(statement.query_row([manager.as_str()], |row| row.get(0)).optional()?)
}

pub(super) fn managers(conn: &Connection) -> Result<Vec<ManagerName>, Fault> {
    let sql = MANAGER.select("WHERE installed = 1 ORDER BY name");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut names = Vec::new();
    while let Some(row) = rows.next()? {
        names.push(MANAGER.row(row, "?").parsed("name", ManagerName::new)?);
    }
    Ok(names)
}

pub(super) fn load(
    conn: &Connection,
    manager: &ManagerName,
) -> Result<Option<ManagerRecord>, Fault> {
    two_rows(conn, manager, "AND installed = 1", |id, stated, beat| {
        let hex = |text: &str| Digest::from_hex(text).ok_or("is not a SHA-256");
        let state: packed::Beat<'_> = beat.packed("state")?;
        let row = state.row(Tick::new(beat.u64("tick")?));
        Ok(ManagerRecord {
            row: row.map_err(|why| beat.bad("state", why))?,
            component: stated.parsed("component", hex)?,
            tasks: tasks(conn, manager, id)?,
            usage: known::usage(beat)?,
        })
    })
}

/// Reads the two rows of a manager, by their internal number: what was stated at its install, and how it
/// stands. `None` where its name was never installed, or not as `also` wants it.
pub(super) fn two_rows<T>(
    conn: &Connection,
    manager: &ManagerName,
    also: &str,
    read: impl FnOnce(i64, &Cells<'_>, &Cells<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    let name = manager.as_str();
    let sql = MANAGER.select(&format!("WHERE name = ?1 {also}"));
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([name])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let stated = MANAGER.row(row, name);
    let id = stated.count("id")?;
    let mut statement = conn.prepare_cached(&BEAT.select("WHERE manager = ?1"))?;
    let mut rows = statement.query([id])?;
    let row = rows.next()?.ok_or_else(|| stated.bad("id", "has no row in the table beat"))?;
    read(id, &stated, &BEAT.row(row, name)).map(Some)
}

fn tasks(conn: &Connection, manager: &ManagerName, id: i64) -> Result<Vec<TaskRecord>, Fault> {
    let mut statement = conn.prepare_cached(&TASK.select("WHERE manager = ?1"))?;
    let mut rows = statement.query([id])?;
    let mut tasks = Vec::new();
    while let Some(row) = rows.next()? {
        tasks.push(task(&TASK.row(row, manager.as_str()))?);
    }
    tasks.sort_by_key(|task| task.position);
    Ok(tasks)
}

fn task(cells: &Cells<'_>) -> Result<TaskRecord, Fault> {
    let name = cells.parsed("name", TaskName::new)?;
    let state: packed::Task = cells.packed("state")?;
    state.record(name).map_err(|why| cells.bad("state", why))
}

pub(super) fn get(
    conn: &Connection,
    manager: &ManagerName,
    bucket: &str,
    key: &str,
) -> Result<Option<Vec<u8>>, Fault> {
    let Some(id) = id(conn, manager)? else { return Ok(None) };
    let sql = ENTRY.select("WHERE manager = ?1 AND bucket = ?2 AND key = ?3");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![id, bucket, key])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(ENTRY.row(row, manager.as_str()).blob("value")?.to_vec()))
}

/// As [`get`], of the value's length alone: the engine has it in the head of the row and leaves the pages
/// of a long value where they are.
pub(super) fn length(
    conn: &Connection,
    manager: &ManagerName,
    bucket: &str,
    key: &str,
) -> Result<Option<u64>, Fault> {
    let Some(id) = id(conn, manager)? else { return Ok(None) };
    let entry = known::entry(conn, id, bucket, key)?;
    Ok(entry.map(|(_, bytes)| bytes.saturating_sub(key.len() as u64)))
}

pub(super) fn keys(
    conn: &Connection,
    manager: &ManagerName,
    bucket: &str,
) -> Result<Vec<String>, Fault> {
    let Some(id) = id(conn, manager)? else { return Ok(Vec::new()) };
    // Only keys: the index alone answers.
    let sql = KEY.select("WHERE manager = ?1 AND bucket = ?2 ORDER BY key");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![id, bucket])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        keys.push(KEY.row(row, manager.as_str()).text("key")?.to_owned());
    }
    Ok(keys)
}
