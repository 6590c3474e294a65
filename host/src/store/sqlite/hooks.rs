//! Faults that only tests can cause: a disk that is full, a COMMIT that fails.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use rusqlite::Connection;

use super::fault::Fault;
use crate::store::StoreError;

#[derive(Debug, Default)]
pub(in crate::store) struct Hooks {
    /// The most pages that the database may have; 0 stands for no limit.
    pub(in crate::store) max_pages: AtomicU32,
    /// The next COMMIT fails.
    pub(in crate::store) fail_commit: AtomicBool,
}

impl Hooks {
    pub(super) fn before_transaction(&self, conn: &Connection) -> Result<(), Fault> {
        let pages = match self.max_pages.load(Ordering::SeqCst) {
            0 => u32::MAX - 1,
            pages => pages,
        };
        conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
        Ok(())
    }

    pub(super) fn at_commit(&self) -> Result<(), Fault> {
        if self.fail_commit.swap(false, Ordering::SeqCst) {
            return Err(StoreError::Unknown("a test said so".to_owned()).into());
        }
        Ok(())
    }
}
