//! Opening a database: looking at it without touching it, then opening it for writing.
//!
//! Nothing is written to a file before a read-only look found it whole, ours, and of a version that
//! this program knows. Each start of a host raises the fence; opening again after an error does not.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};

use super::fault::{DAMAGED, Fault, open_error};
use super::packed::{self, Beat};
use super::place::Place;
use super::schema::Migration;
use super::tables::{BEAT, MANAGER, TASK};
use super::{reads, schema};
use crate::store::{StoreError, StoreResult};
use crate::types::{Fence, Tick, harmless_line};

/// How long a connection waits for a lock of another program that looks at the database.
const BUSY: Duration = Duration::from_secs(5);

/// Statements that a connection keeps prepared; there are fewer than that.
const STATEMENTS: usize = 64;

/// Memory for pages that the writing connection keeps, in KiB.
const CACHE_KIB: i64 = 32_768;

/// Pages in the write-ahead log after which it is folded into the database.
const CHECKPOINT_PAGES: i64 = 4_000;

/// Bytes of write-ahead log that stay on the disk after that.
const LOG_BYTES: i64 = 64 << 20;

/// Never creates, never follows a symbolic link; each connection stays with one thread at a time.
const READ_WRITE: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE
    .union(OpenFlags::SQLITE_OPEN_NO_MUTEX)
    .union(OpenFlags::SQLITE_OPEN_NOFOLLOW);

/// The same, without the right to write.
const READ_ONLY: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY
    .union(OpenFlags::SQLITE_OPEN_NO_MUTEX)
    .union(OpenFlags::SQLITE_OPEN_NOFOLLOW);

/// Makes the database if there is none, looks at it, and brings it to the current version.
pub(super) fn prepare(place: &Place) -> StoreResult<()> {
    if !place.has_database()? {
        let file = place.new_file()?;
        build(&file).map_err(|fault| fault.of_open(&file))?;
        place.put(&file)?;
    }
    if examine(place)? == schema::version() {
        return Ok(());
    }
    let migrate = || migrate(&mut writing(place)?);
    migrate().map_err(|fault| fault.of_open(&place.database))
}

fn build(file: &Path) -> Result<(), Fault> {
    let mut conn = Connection::open_with_flags(file, READ_WRITE)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    migrate(&mut conn)?;
    conn.close().map_err(|(_, error)| error.into())
}

/// Looks at a database without touching it: is it ours, of a known version, and whole? Answers the
/// version.
pub(super) fn examine(place: &Place) -> StoreResult<i32> {
    if !place.has_database()? {
        let remedy = "put it back, or stop the host and start it with another state directory";
        return Err(open_error(&place.database, "the database is gone", remedy));
    }
    let conn = reading(place).map_err(|fault| fault.of_open(&place.database))?;
    let version = recognise(place, &conn)?;
    let said: Result<String, _> = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    match said {
        Ok(said) if said == "ok" => Ok(version),
        Ok(said) => Err(open_error(&place.database, harmless_line(&said, 256), DAMAGED)),
        Err(error) => Err(Fault::from(error).of_open(&place.database)),
    }
}

/// Refuses other programs' databases and those of a newer version. Answers the version.
pub(super) fn recognise(place: &Place, conn: &Connection) -> StoreResult<i32> {
    let pragma = |name: &str| -> StoreResult<i32> {
        conn.pragma_query_value(None, name, |row| row.get(0))
            .map_err(|error| Fault::from(error).of_open(&place.database))
    };
    if pragma("application_id")? != schema::APPLICATION_ID {
        let why = "it is a database of another program";
        return Err(open_error(&place.database, why, "name another state directory"));
    }
    let (found, known) = (pragma("user_version")?, schema::version());
    if !(1..=known).contains(&found) {
        let why = format!("its schema version is {found}, this program knows 1 to {known}");
        return Err(open_error(
            &place.database,
            why,
            "start the version that wrote it, or a newer one",
        ));
    }
    Ok(found)
}

fn migrate(conn: &mut Connection) -> Result<(), Fault> {
    let found: i32 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let steps = (1_i32..).zip(schema::MIGRATIONS);
    for (version, migration) in steps.filter(|(version, _)| *version > found) {
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        match migration {
            Migration::Tables(sql) => transaction.execute_batch(sql)?,
            Migration::States(anew) => pack_anew(&transaction, anew)?,
            Migration::Tasks(sql, anew) => {
                transaction.execute_batch(sql)?;
                pack_tasks_anew(&transaction, *anew)?;
            }
        }
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Packs the state of every manager anew, one after the other.
fn pack_anew(
    conn: &Connection,
    anew: impl for<'a> Fn(&'a [u8]) -> Result<Beat<'a>, String>,
) -> Result<(), Fault> {
    let mut managers = conn.prepare(&MANAGER.select(""))?;
    let mut rows = managers.query([])?;
    let mut read = conn.prepare(&BEAT.select("WHERE manager = ?1"))?;
    let mut write = conn.prepare("UPDATE beat SET state = ?2 WHERE manager = ?1")?;
    let mut buffer = Vec::new();
    while let Some(row) = rows.next()? {
        let manager = MANAGER.row(row, "?");
        let (id, name) = (manager.count("id")?, manager.text("name")?);
        let mut beats = read.query([id])?;
        let Some(row) = beats.next()? else { continue };
        let beat = BEAT.row(row, name);
        let state = anew(beat.blob("state")?).map_err(|why| beat.bad("state", why))?;
        let packed = packed::pack(&mut buffer, &state)?;
        write.execute(params![id, packed])?;
    }
    Ok(())
}

/// The same for the state of every task.
fn pack_tasks_anew(
    conn: &Connection,
    anew: fn(&[u8], Tick) -> Result<packed::Task, String>,
) -> Result<(), Fault> {
    let mut managers = conn.prepare(&MANAGER.select(""))?;
    let mut rows = managers.query([])?;
    let mut read_beat = conn.prepare(&BEAT.select("WHERE manager = ?1"))?;
    let mut read_tasks = conn.prepare(&TASK.select("WHERE manager = ?1"))?;
    let mut write = conn.prepare("UPDATE task SET state = ?3 WHERE manager = ?1 AND name = ?2")?;
    let mut buffer = Vec::new();
    while let Some(row) = rows.next()? {
        let manager = MANAGER.row(row, "?");
        let (id, name) = (manager.count("id")?, manager.text("name")?);
        let mut beats = read_beat.query([id])?;
        let Some(row) = beats.next()? else { continue };
        let tick = Tick::new(BEAT.row(row, name).u64("tick")?);
        let mut anew_of = Vec::new();
        let mut tasks = read_tasks.query([id])?;
        while let Some(row) = tasks.next()? {
            let task = TASK.row(row, name);
            let state = anew(task.blob("state")?, tick).map_err(|why| task.bad("state", why))?;
            anew_of.push((task.text("name")?.to_owned(), state));
        }
        // Written once all are read: no row is read again that was written.
        for (task, state) in anew_of {
            write.execute(params![id, task, packed::pack(&mut buffer, &state)?])?;
        }
    }
    Ok(())
}

/// The connection of the writing thread.
pub(super) fn writing(place: &Place) -> Result<Connection, Fault> {
    let conn = Connection::open_with_flags(&place.database, READ_WRITE)?;
    settle(&conn)?;
    let mode: String =
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        let why = format!("its file system can't share memory (journal mode {mode})");
        let remedy = "name a state directory on a local disk";
        return Err(open_error(&place.database, why, remedy).into());
    }
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "cache_size", -CACHE_KIB)?;
    conn.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    conn.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    Ok(conn)
}

/// A connection that can't write, to a database that may be at rest. Where no host has left a
/// write-ahead log, the engine is told that the file does not change, or it would make the files of
/// a log beside it.
pub(super) fn reading(place: &Place) -> Result<Connection, Fault> {
    if place.beside("-wal").exists() {
        return reading_live(place);
    }
    let uri = format!("file://{}?immutable=1", escaped(&place.database));
    let conn = Connection::open_with_flags(uri, READ_ONLY | OpenFlags::SQLITE_OPEN_URI)?;
    settle(&conn)?;
    Ok(conn)
}

/// A connection that can't write, to a database with a write-ahead log.
pub(super) fn reading_live(place: &Place) -> Result<Connection, Fault> {
    let conn = Connection::open_with_flags(&place.database, READ_ONLY)?;
    settle(&conn)?;
    Ok(conn)
}

fn settle(conn: &Connection) -> Result<(), Fault> {
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    Ok(())
}

/// A path as a URI has it.
fn escaped(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt as _;
    let mut out = String::new();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            out.push(char::from(byte));
        } else if write!(out, "%{byte:02X}").is_err() {
            break;
        }
    }
    out
}

/// Raises the fence: the first deed of each start of a host (S21).
pub(super) fn raise_fence(place: &Place, conn: &mut Connection) -> StoreResult<Fence> {
    let raise = |conn: &mut Connection| -> Result<Fence, Fault> {
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("UPDATE host SET fence = fence + 1 WHERE id = 1", [])?;
        let fence = reads::fence(&transaction)?;
        transaction.commit()?;
        Ok(fence)
    };
    raise(conn).map_err(|fault| fault.of_open(&place.database))
}

/// Checks that the file still carries our fence (S22).
pub(super) fn still_ours(conn: &Connection, ours: Fence) -> Result<(), Fault> {
    let current = reads::fence(conn)?;
    if current == ours { Ok(()) } else { Err(StoreError::Stale { current, ours }.into()) }
}
