//! Looking at a state directory from outside: for `status` and `history`, while a host runs or not.
//!
//! Never writes and never takes the lock. Each question opens the database anew, so that a reader
//! never stands in the way of a host that starts, stops or folds its write-ahead log.

use std::path::Path;

use rusqlite::Connection;

use super::fault::{Fault, open_error};
use super::open;
use super::place::Place;
use super::{past, reads, schema};
use crate::store::{HistoryQuery, HistoryRow, ManagerRecord, Span, SpanKind, StoreResult};
use crate::types::{Fence, ManagerName};

/// Reads a state directory.
#[derive(Debug, Clone)]
pub struct SqliteReader {
    place: Place,
}

impl SqliteReader {
    /// Whether there is a state in `dir`; without one, nobody has begun it yet.
    ///
    /// # Errors
    /// [`StoreError::Open`](crate::store::StoreError::Open) where that can't be told.
    pub fn is_there(dir: &Path) -> StoreResult<bool> {
        match dir.symlink_metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            _ => Place::find(dir)?.has_database(),
        }
    }

    /// A reader of the state in `dir`. Every call blocks.
    ///
    /// # Errors
    /// [`StoreError::Open`](crate::store::StoreError::Open) where there is none, or none of a version
    /// that this program reads.
    pub fn open(dir: &Path) -> StoreResult<Self> {
        let reader = Self { place: Place::find(dir)? };
        reader.fence()?;
        Ok(reader)
    }

    /// The fence of the host that started last.
    pub fn fence(&self) -> StoreResult<Fence> {
        self.ask(reads::fence)
    }

    /// As [`Store::managers`](crate::store::Store::managers).
    pub fn managers(&self) -> StoreResult<Vec<ManagerName>> {
        self.ask(reads::managers)
    }

    /// As [`Store::load`](crate::store::Store::load).
    pub fn load(&self, manager: &ManagerName) -> StoreResult<Option<ManagerRecord>> {
        self.ask(|conn| reads::load(conn, manager))
    }

    /// The same of all managers that there are, by name, at one moment.
    pub fn load_all(&self) -> StoreResult<Vec<(ManagerName, ManagerRecord)>> {
        self.ask(|conn| {
            let load = |name: ManagerName| {
                let record = reads::load(conn, &name)?;
                Ok(record.map(|record| (name, record)))
            };
            reads::managers(conn)?.into_iter().filter_map(|name| load(name).transpose()).collect()
        })
    }

    /// As [`Store::history`](crate::store::Store::history).
    pub fn history(&self, query: &HistoryQuery) -> StoreResult<Vec<HistoryRow>> {
        self.ask(|conn| past::history(conn, query))
    }

    /// As [`Store::spans`](crate::store::Store::spans).
    pub fn spans(&self, manager: &ManagerName, limit: u32) -> StoreResult<Vec<Span>> {
        self.ask(|conn| past::spans(conn, manager, limit))
    }

    /// The newest spans of all managers, by name; of one kind, where one is wanted.
    pub fn spans_of_all(
        &self,
        wanted: Option<SpanKind>,
        limit: u32,
    ) -> StoreResult<Vec<(ManagerName, Span)>> {
        self.ask(|conn| past::spans_of_all(conn, wanted, limit))
    }

    fn ask<T>(&self, question: impl Fn(&Connection) -> Result<T, Fault>) -> StoreResult<T> {
        let at_rest = self.at_rest()?;
        let answer = self.ask_once(&question);
        // A host may have started, and changed the file under a reader that took it as at rest.
        if at_rest && !self.at_rest()? { self.ask_once(&question) } else { answer }
    }

    fn at_rest(&self) -> StoreResult<bool> {
        let place = &self.place;
        if place.has_database()? {
            return Ok(!place.beside("-wal").exists());
        }
        let remedy = "name the state directory of a host that has run";
        Err(open_error(&place.dir, "there is no state in it", remedy))
    }

    fn ask_once<T>(&self, question: impl Fn(&Connection) -> Result<T, Fault>) -> StoreResult<T> {
        let conn = open::reading(&self.place).map_err(|f| f.of_open(&self.place.database))?;
        let found = open::recognise(&self.place, &conn)?;
        if found < schema::version() {
            let why = format!("its schema version is {found}, an old one");
            let remedy = "start a host of this version once: it brings the state up to date";
            return Err(open_error(&self.place.database, why, remedy));
        }
        reads::ask(&conn, question).map_err(Fault::of_read)
    }
}
