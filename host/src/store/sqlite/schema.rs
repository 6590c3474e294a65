//! The tables of the database and the versions through which they came to be.
//!
//! Nothing here opens a file. A released migration is never edited: a change is a new one at the end.
//! Tables are `STRICT`, so that a damaged or foreign value is an error and not a conversion.

use super::packed::{self, Beat, Task};
use crate::types::Tick;

/// Marks a file as a state of this program (`PRAGMA application_id`): "tbln".
pub(super) const APPLICATION_ID: i32 = 0x7462_6c6e;

/// Each entry leads from the schema version of its index to the next one.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration::Tables(FIRST),
    Migration::States(packed::of_first),
    Migration::Tasks(TASKS_IN_SPANS, packed::of_second),
];

/// What leads from one schema version to the next.
#[derive(Debug, Clone, Copy)]
pub(super) enum Migration {
    /// SQL that makes or changes tables.
    Tables(&'static str),
    /// The states of managers are packed anew.
    States(for<'a> fn(&'a [u8]) -> Result<Beat<'a>, String>),
    /// SQL that changes tables; then the states of tasks are packed anew, for which the tick is told that
    /// their manager has reached.
    Tasks(&'static str, fn(&[u8], Tick) -> Result<Task, String>),
}

/// The schema version that this program reads and writes.
pub(super) fn version() -> i32 {
    i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX)
}

/// What no question asks by is packed (`state`, `run`; see `packed`).
///
/// `manager` is what an install says and is kept after a removal (S21); `beat` is what a tick
/// changes, all of it in one row; `task` is changed by the runs of that task alone.
///
/// `history` is only ever appended to, whatever manager a row belongs to, so that a transaction over
/// 10,000 managers dirties few pages. Each row names the one before it of the same manager (`prev`), and
/// its number among them (`nth`): that chain is the index. `beat.last_run` is its head.
const FIRST: &str = "
CREATE TABLE host (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    fence INTEGER NOT NULL
) STRICT;
INSERT INTO host (id, fence) VALUES (1, 0);

CREATE TABLE manager (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    installed INTEGER NOT NULL,
    component TEXT NOT NULL,
    quota_bytes INTEGER NOT NULL,
    quota_keys INTEGER NOT NULL,
    history_limit INTEGER NOT NULL,
    history_floor INTEGER NOT NULL,
    spans INTEGER NOT NULL
) STRICT;

CREATE TABLE beat (
    manager INTEGER PRIMARY KEY REFERENCES manager (id),
    tick INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    last_run INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    keys INTEGER NOT NULL,
    state BLOB NOT NULL
) STRICT;

CREATE TABLE task (
    id INTEGER PRIMARY KEY,
    manager INTEGER NOT NULL REFERENCES manager (id),
    name TEXT NOT NULL,
    state BLOB NOT NULL,
    UNIQUE (manager, name)
) STRICT;

CREATE TABLE history (
    seq INTEGER PRIMARY KEY,
    manager INTEGER NOT NULL,
    nth INTEGER NOT NULL,
    prev INTEGER NOT NULL,
    task TEXT NOT NULL,
    tick INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    run BLOB NOT NULL,
    error TEXT,
    detail TEXT
) STRICT;

CREATE TABLE span (
    manager INTEGER NOT NULL REFERENCES manager (id),
    nth INTEGER NOT NULL,
    kind TEXT NOT NULL,
    from_tick INTEGER NOT NULL,
    to_tick INTEGER NOT NULL,
    reason TEXT,
    PRIMARY KEY (manager, nth)
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    manager INTEGER NOT NULL REFERENCES manager (id),
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (manager, bucket, key)
) STRICT;
";

/// A span may be of one task alone.
const TASKS_IN_SPANS: &str = "ALTER TABLE span ADD COLUMN task TEXT";
