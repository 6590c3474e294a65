//! The embedded database: one file, `tourbillon.db`, in the state directory.
//!
//! One thread writes and shares its transactions among all callers; a few threads read. A commit that was
//! acknowledged is on the disk (write-ahead log, `synchronous=FULL`), and other processes can read beside
//! it. Knows nothing of ticks: it writes the rows that it is handed.
//!
//! Invariant: a file that is damaged, foreign or of a newer version is never written to.

mod cells;
mod entries;
mod fault;
mod held;
#[cfg(test)]
pub(super) mod hooks;
mod install;
mod known;
mod lock;
mod open;
mod packed;
mod parcel;
mod past;
mod pen;
mod place;
mod pool;
mod reader;
mod reads;
mod schema;
mod sweep;
mod tables;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use futures::future::{BoxFuture, FutureExt, ready};
use tokio::sync::{mpsc, oneshot};

use super::{
    Commit, HistoryQuery, HistoryRow, Install, ManagerRecord, Span, Store, StoreError, StoreResult,
};
use crate::types::{Fence, ManagerName};
use fault::io_error;
use held::Held;
use lock::HostLock;
use parcel::Parcel;
use place::Place;
use pool::{Pool, Slots};
use writer::{Answer, Asked, QUEUE, Request, Writer};

pub use lock::{Holder, holder};
pub use reader::SqliteReader;

/// The store of a host: it holds the state directory until it is dropped, and dropping it waits until
/// what was asked for is written.
#[derive(Debug)]
pub struct SqliteStore {
    fence: Fence,
    queue: Option<mpsc::Sender<Request>>,
    writer: Option<JoinHandle<()>>,
    pool: Option<Pool>,
    #[cfg(test)]
    pub(super) hooks: Arc<hooks::Hooks>,
    /// Last: it is dropped once the threads have ended.
    _lock: HostLock,
}

impl SqliteStore {
    /// Opens the state in `dir`, or begins one there, under the next fence. Blocks.
    ///
    /// # Errors
    /// [`StoreError::Open`] where another host holds the state, or where it is damaged, of a newer
    /// version or not accessible; the database is not changed then.
    pub fn open(dir: &Path) -> StoreResult<Self> {
        let place = Place::make(dir)?;
        let lock = HostLock::take(&place.dir)?;
        open::prepare(&place)?;
        let mut conn = open::writing(&place).map_err(|fault| fault.of_open(&place.database))?;
        let fence = open::raise_fence(&place, &mut conn)?;
        let slots = Arc::new(Slots::default());
        slots.lock().fill(&place)?;
        let pool = Pool::start(&place, &slots)?;
        let (queue, requests) = mpsc::channel(QUEUE);
        let held = Held::of(&place, &lock)?;
        let writer = Writer::new(place.clone(), held, fence, conn, slots);
        #[cfg(test)]
        let hooks = Arc::clone(&writer.hooks);
        let thread = std::thread::Builder::new()
            .name("store-write".to_owned())
            .spawn(move || writer.run(requests))
            .map_err(|e| io_error(&place.dir, "starting a thread", &e))?;
        Ok(Self {
            fence,
            queue: Some(queue),
            writer: Some(thread),
            pool: Some(pool),
            #[cfg(test)]
            hooks,
            _lock: lock,
        })
    }

    /// Hands work to the writing thread. Once it is handed over it will be done, whether or not the
    /// caller still waits: one that gives up must take the result as unknown.
    fn write(&self, asked: Asked) -> BoxFuture<'_, StoreResult<()>> {
        let written = self.write_each(asked);
        async move { written.await.pop().unwrap_or(Ok(())) }.boxed()
    }

    /// The same for works that have nothing to do with each other; an answer for each.
    fn write_each(&self, asked: Asked) -> BoxFuture<'_, Vec<StoreResult<()>>> {
        async move {
            let n = asked.works();
            let ended = "the writing thread of the store has ended";
            let gone = || vec![Err(StoreError::Refused(ended.to_owned())); n];
            let (reply, result) = oneshot::channel();
            let Some(queue) = self.queue.as_ref() else { return gone() };
            if queue.send(Request { asked, reply }).await.is_err() {
                return gone();
            }
            let Ok(answers) = result.await else {
                return vec![Err(StoreError::Unknown(ended.to_owned())); n];
            };
            let result = |answer: Answer| answer.map_or(Ok(()), |error| Err(*error));
            answers.into_iter().map(result).collect()
        }
        .boxed()
    }

    fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&rusqlite::Connection) -> Result<T, fault::Fault> + Send + 'static,
    ) -> BoxFuture<'_, StoreResult<T>> {
        async move {
            let closed = || StoreError::Read("the store is closed".to_owned());
            pool::ask(self.pool.as_ref().ok_or_else(closed)?, question).await
        }
        .boxed()
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // Readers first: the last connection to close folds the write-ahead log into the database.
        drop(self.pool.take());
        drop(self.queue.take());
        if let Some(thread) = self.writer.take() {
            // A thread that panicked has told so on its own; its connection is closed with it.
            drop(thread.join());
        }
    }
}

impl Store for SqliteStore {
    fn fence(&self) -> Fence {
        self.fence
    }

    fn keeps_records(&self) -> bool {
        true
    }

    fn commit(&self, commits: Vec<Commit>) -> BoxFuture<'_, StoreResult<()>> {
        match Parcel::of(commits) {
            Ok(parcel) => self.write(Asked::Commits(parcel)),
            Err(error) => ready(Err(error)).boxed(),
        }
    }

    fn commit_each(&self, commits: Vec<Commit>) -> BoxFuture<'_, Vec<StoreResult<()>>> {
        let n = commits.len();
        match Parcel::of(commits) {
            Ok(parcel) => self.write_each(Asked::EachOf(parcel)),
            Err(error) => ready(vec![Err(error); n]).boxed(),
        }
    }

    fn install(&self, install: Install) -> BoxFuture<'_, StoreResult<()>> {
        self.write(Asked::Install(Box::new(install)))
    }

    fn remove(&self, manager: ManagerName) -> BoxFuture<'_, StoreResult<()>> {
        self.write(Asked::Remove(manager))
    }

    fn managers(&self) -> BoxFuture<'_, StoreResult<Vec<ManagerName>>> {
        self.read(reads::managers)
    }

    fn load(&self, manager: ManagerName) -> BoxFuture<'_, StoreResult<Option<ManagerRecord>>> {
        self.read(move |conn| reads::load(conn, &manager))
    }

    fn get(
        &self,
        manager: ManagerName,
        bucket: String,
        key: String,
    ) -> BoxFuture<'_, StoreResult<Option<Vec<u8>>>> {
        self.read(move |conn| reads::get(conn, &manager, &bucket, &key))
    }

    fn length(
        &self,
        manager: ManagerName,
        bucket: String,
        key: String,
    ) -> BoxFuture<'_, StoreResult<Option<u64>>> {
        self.read(move |conn| reads::length(conn, &manager, &bucket, &key))
    }

    fn keys(
        &self,
        manager: ManagerName,
        bucket: String,
    ) -> BoxFuture<'_, StoreResult<Vec<String>>> {
        self.read(move |conn| reads::keys(conn, &manager, &bucket))
    }

    fn history(&self, query: HistoryQuery) -> BoxFuture<'_, StoreResult<Vec<HistoryRow>>> {
        self.read(move |conn| past::history(conn, &query))
    }

    fn spans(&self, manager: ManagerName, limit: u32) -> BoxFuture<'_, StoreResult<Vec<Span>>> {
        self.read(move |conn| past::spans(conn, &manager, limit))
    }

    fn reopen(&self) -> BoxFuture<'_, StoreResult<()>> {
        self.write(Asked::Reopen)
    }
}
