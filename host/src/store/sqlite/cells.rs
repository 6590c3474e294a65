//! Reading single values out of a row, each checked: the database is a file that others can write to.
//!
//! A bad value is an error that names table, manager and column, never a panic and never a default.

use rusqlite::Row;
use rusqlite::types::ValueRef;
use serde::Deserialize;

use super::fault::Fault;
use super::packed::{self, Packed};
use super::tables::Table;
use crate::store::StoreError;
use crate::types::harmless_line;

/// The longest text of a complaint, in bytes.
const MAX_TEXT: usize = 512;

/// One row and the words to complain about it.
pub(super) struct Cells<'a> {
    row: &'a Row<'a>,
    table: &'static Table,
    of: &'a str,
}

impl<'a> Cells<'a> {
    /// A row of `table` that belongs to the manager `of`.
    pub(super) fn new(row: &'a Row<'a>, table: &'static Table, of: &'a str) -> Self {
        Self { row, table, of }
    }

    /// The complaint about a column.
    pub(super) fn bad(&self, column: &str, why: impl std::fmt::Display) -> Fault {
        let text =
            format!("table {}, manager {}, column {column}: {why}", self.table.name, self.of);
        Fault::Store(StoreError::Read(harmless_line(&text, MAX_TEXT)))
    }

    /// A number that is not negative.
    pub(super) fn u64(&self, column: &str) -> Result<u64, Fault> {
        match self.value(column)? {
            ValueRef::Null => Err(self.bad(column, "is empty")),
            ValueRef::Integer(n) => match u64::try_from(n) {
                Ok(n) => Ok(n),
                Err(_) => Err(self.bad(column, format_args!("{n} is negative"))),
            },
            _ => Err(self.bad(column, "is not a number")),
        }
    }

    /// The same, as the engine has it.
    pub(super) fn count(&self, column: &str) -> Result<i64, Fault> {
        self.u64(column).map(|n| i64::try_from(n).unwrap_or(i64::MAX))
    }

    pub(super) fn u32(&self, column: &str) -> Result<u32, Fault> {
        let n = self.u64(column)?;
        u32::try_from(n).map_err(|_| self.bad(column, format_args!("{n} is too large")))
    }

    pub(super) fn flag(&self, column: &str) -> Result<bool, Fault> {
        match self.u64(column)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.bad(column, format_args!("{other} is neither 0 nor 1"))),
        }
    }

    pub(super) fn text(&self, column: &str) -> Result<&'a str, Fault> {
        self.opt_text(column)?.ok_or_else(|| self.bad(column, "is empty"))
    }

    pub(super) fn blob(&self, column: &str) -> Result<&'a [u8], Fault> {
        match self.value(column)? {
            ValueRef::Blob(bytes) => Ok(bytes),
            _ => Err(self.bad(column, "is not bytes")),
        }
    }

    /// What a blob holds packed.
    pub(super) fn packed<T: Packed + Deserialize<'a>>(&self, column: &str) -> Result<T, Fault> {
        packed::unpack(self.blob(column)?).map_err(|why| self.bad(column, why))
    }

    pub(super) fn opt_text(&self, column: &str) -> Result<Option<&'a str>, Fault> {
        match self.value(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err(self.bad(column, "is not UTF-8")),
            },
            _ => Err(self.bad(column, "is not text")),
        }
    }

    /// A text that `read` understands.
    pub(super) fn parsed<T, E: std::fmt::Display>(
        &self,
        column: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Fault> {
        let text = self.text(column)?;
        read(text).map_err(|why| self.bad(column, format_args!("\"{text}\": {why}")))
    }

    fn value(&self, column: &str) -> Result<ValueRef<'a>, Fault> {
        match self.table.columns.iter().position(|name| *name == column) {
            Some(at) => Ok(self.row.get_ref(at)?),
            None => Err(self.bad(column, "was not asked for")),
        }
    }
}
