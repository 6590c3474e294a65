//! Writing to buckets: what a list of writes comes to, and what the buckets hold after it.
//!
//! Knows sizes and rows, not quotas: the plan tells the usage after it, and whoever asked decides.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::fault::Fault;
use super::known;
use crate::store::{Usage, Write};

/// The effect of a list of writes: at most one change for each key.
pub(super) struct Plan<'a> {
    changes: Vec<Change<'a>>,
    /// What the buckets hold after it.
    pub(super) after: Usage,
}

struct Change<'a> {
    row: Option<i64>,
    bucket: &'a str,
    key: &'a str,
    value: Option<&'a [u8]>,
}

/// Looks up what is there and tells what the writes come to. `manager` may be unknown to the database.
pub(super) fn plan<'a>(
    conn: &Connection,
    manager: i64,
    writes: &'a [Write],
    now: Usage,
) -> Result<Plan<'a>, Fault> {
    let mut plan = Plan { changes: Vec::new(), after: now };
    if writes.is_empty() {
        return Ok(plan);
    }
    let mut last = BTreeMap::new();
    for write in writes {
        last.insert((write.bucket.as_str(), write.key.as_str()), write.value.as_deref());
    }
    for ((bucket, key), value) in last {
        let old = known::entry(conn, manager, bucket, key)?;
        let (bytes, keys) = old.map_or((0, 0), |(_, bytes)| (bytes, 1));
        let new = value.map_or(0, |v| (key.len() + v.len()) as u64);
        let usage = &mut plan.after;
        usage.bytes = usage.bytes.saturating_sub(bytes).saturating_add(new);
        usage.keys = usage.keys.saturating_sub(keys) + u64::from(value.is_some());
        plan.changes.push(Change { row: old.map(|(row, _)| row), bucket, key, value });
    }
    Ok(plan)
}

impl Plan<'_> {
    /// Writes it.
    pub(super) fn carry_out(&self, conn: &Connection, manager: i64) -> Result<(), Fault> {
        for Change { row, bucket, key, value } in &self.changes {
            match (row, value) {
                (Some(row), Some(value)) => conn
                    .prepare_cached("UPDATE entry SET value = ?2 WHERE id = ?1")?
                    .execute(params![row, value])?,
                (Some(row), None) => {
                    conn.prepare_cached("DELETE FROM entry WHERE id = ?1")?.execute([row])?
                }
                (None, Some(value)) => conn
                    .prepare_cached(
                        "INSERT INTO entry (manager, bucket, key, value) VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![manager, bucket, key, value])?,
                (None, None) => 0,
            };
        }
        Ok(())
    }
}
