//! The columns that are read of each table, in the order in which they are asked for.
//!
//! A value is found by its place in these lists: asking the engine for the names of its columns costs
//! more than reading them.

use rusqlite::Row;

use super::cells::Cells;

/// What is read of one table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
}

impl Table {
    /// A question for its columns; `tail` follows the name of the table, which is `t` in it.
    pub(super) fn select(&self, tail: &str) -> String {
        let columns: Vec<_> = self.columns.iter().map(|c| format!("t.\"{c}\"")).collect();
        format!("SELECT {} FROM {} t {tail}", columns.join(", "), self.name)
    }

    /// A row that answers it, which belongs to the manager `of`.
    pub(super) fn row<'a>(&'static self, row: &'a Row<'a>, of: &'a str) -> Cells<'a> {
        Cells::new(row, self, of)
    }
}

pub(super) static HOST: Table = Table { name: "host", columns: &["fence"] };

pub(super) static MANAGER: Table = Table {
    name: "manager",
    columns: &[
        "id",
        "name",
        "installed",
        "component",
        "quota_bytes",
        "quota_keys",
        "history_limit",
        "history_floor",
        "spans",
    ],
};

pub(super) static BEAT: Table =
    Table { name: "beat", columns: &["tick", "runs", "last_run", "bytes", "keys", "state"] };

pub(super) static TASK: Table = Table { name: "task", columns: &["name", "state"] };

pub(super) static TASK_ROW: Table = Table { name: "task", columns: &["id", "name"] };

pub(super) static HISTORY: Table = Table {
    name: "history",
    columns: &["manager", "nth", "prev", "task", "tick", "outcome", "run", "error", "detail"],
};

pub(super) static SPAN: Table =
    Table { name: "span", columns: &["kind", "from_tick", "to_tick", "reason", "task", "manager"] };

pub(super) static ENTRY: Table = Table { name: "entry", columns: &["value"] };

pub(super) static KEY: Table = Table { name: "entry", columns: &["key"] };
