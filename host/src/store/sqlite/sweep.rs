//! The history as one growing table: numbering its rows, and sweeping away those that no manager
//! keeps any more.
//!
//! Deleting the oldest row of a manager with every new one would touch a page somewhere in the table
//! each time. Instead a cursor goes round the table: for each row that fell out of some history two
//! rows are looked at, in the order of the file. So the table is at most about twice as long as what is kept.

use rusqlite::{Connection, params};

use super::fault::Fault;

/// Rows that are looked at for each row that fell out of a history.
const LOOKED_AT: i64 = 2;

/// Sweeping begins when at least so many rows are to be looked at.
const AT_ONCE: i64 = 1_024;

/// Where the sweep stands.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    /// The last row of the table; `None` until it was asked.
    last: Option<i64>,
    /// All rows up to here have been looked at in this round, which ends at `end`.
    cursor: i64,
    end: i64,
    owed: i64,
}

impl Sweep {
    /// The number of the next row.
    pub(super) fn next_seq(&mut self, conn: &Connection) -> Result<i64, Fault> {
        let last = match self.last {
            Some(last) => last,
            None => conn.query_row("SELECT ifnull(max(seq), 0) FROM history", [], |r| r.get(0))?,
        };
        self.last = Some(last.saturating_add(1));
        Ok(last.saturating_add(1))
    }

    /// A row has fallen out of the history of its manager.
    pub(super) fn owe(&mut self) {
        self.owed += LOOKED_AT;
    }

    /// A transaction was rolled back: the last row must be asked again.
    pub(super) fn forget(&mut self) {
        self.last = None;
    }

    /// Goes on sweeping, inside a transaction and after its rows are written.
    pub(super) fn sweep(&mut self, conn: &Connection) -> Result<(), Fault> {
        if self.owed < AT_ONCE {
            return Ok(());
        }
        if self.cursor >= self.end {
            self.cursor = 0;
            self.end = self.last.unwrap_or_default();
        }
        let to: Option<i64> = conn
            .prepare_cached(
                "SELECT max(seq) FROM (SELECT seq FROM history WHERE seq > ?1 ORDER BY seq LIMIT ?2)",
            )?
            .query_row(params![self.cursor, self.owed], |row| row.get(0))?;
        let to = to.unwrap_or(self.end);
        conn.prepare_cached(
            "DELETE FROM history WHERE seq > ?1 AND seq <= ?2 AND nth <= (
                 SELECT max(m.history_floor, b.runs - m.history_limit)
                 FROM beat b JOIN manager m ON m.id = b.manager WHERE b.manager = history.manager)",
        )?
        .execute(params![self.cursor, to])?;
        self.cursor = to;
        self.owed = 0;
        Ok(())
    }
}
