//! The tables of the database and the versions through which they came to be.
//!
//! Nothing here opens a file. A released migration is never edited: a change is a new one at the end.
//! Tables are `STRICT`, so that a damaged or foreign value is an error and not a conversion.

/// Marks a file as a state of this program (`PRAGMA application_id`): "tbln".
pub(super) const APPLICATION_ID: i32 = 0x7462_6c6e;

/// Each entry leads from the schema version of its index to the next one.
pub(super) const MIGRATIONS: &[&str] = &[FIRST];

/// The schema version that this program reads and writes.
pub(super) fn version() -> i32 {
    i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX)
}

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
    moved INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    by_hand INTEGER NOT NULL,
    missed_before INTEGER NOT NULL,
    gaps INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    keys INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    last_run INTEGER NOT NULL,
    totals TEXT NOT NULL,
    by_hand_totals TEXT,
    readiness TEXT,
    open TEXT
) STRICT;

CREATE TABLE task (
    id INTEGER PRIMARY KEY,
    manager INTEGER NOT NULL REFERENCES manager (id),
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    ticks_between_runs INTEGER NOT NULL,
    due INTEGER NOT NULL,
    frozen INTEGER,
    paused INTEGER NOT NULL,
    enabled INTEGER NOT NULL,
    kills INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    pass INTEGER NOT NULL,
    quarantined INTEGER,
    runs INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    last_tick INTEGER,
    last_outcome TEXT,
    last_fuel INTEGER,
    last_fuel_granted INTEGER,
    UNIQUE (manager, name)
) STRICT;

CREATE TABLE history (
    seq INTEGER PRIMARY KEY,
    manager INTEGER NOT NULL,
    nth INTEGER NOT NULL,
    prev INTEGER NOT NULL,
    task TEXT NOT NULL,
    tick INTEGER NOT NULL,
    by_hand INTEGER,
    at_ms INTEGER NOT NULL,
    \"trigger\" TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    ticks_to_skip INTEGER NOT NULL,
    fuel INTEGER NOT NULL,
    fuel_granted INTEGER NOT NULL,
    micros INTEGER NOT NULL,
    memory INTEGER NOT NULL,
    host_calls INTEGER NOT NULL,
    logs_dropped INTEGER NOT NULL,
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

/// The reset of a manager's hot row when it is removed: its tick, its runs by hand and its history stay.
pub(super) const FORGET_BEAT: &str = "UPDATE beat SET moved = 0, paused = 0, missed_before = 0, \
    gaps = 0, expected = 0, bytes = 0, keys = 0, totals = '{}', by_hand_totals = NULL, \
    readiness = NULL, open = NULL WHERE manager = ?1";
