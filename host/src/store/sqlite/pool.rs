//! A few threads that read, each with a connection that can't write, so that no caller blocks.
//!
//! A read begins after whatever was acknowledged before it was asked: the engine shows each new read
//! transaction all that is committed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::fault::{Fault, io_error};
use super::open;
use super::place::Place;
use crate::store::{StoreError, StoreResult};

/// Threads that read.
const READERS: usize = 2;

/// Questions that wait for a thread; a caller beyond that waits to be taken in.
const QUEUE: usize = 1_024;

/// A question, run on a connection or told why there is none.
pub(super) type Question = Box<dyn FnOnce(StoreResult<&Connection>) + Send>;

/// The reading connections, one for each thread; empty while the store is closed.
#[derive(Debug, Default)]
pub(super) struct Slots([Mutex<Option<Connection>>; READERS]);

/// All of them, held: no read is in progress.
pub(super) struct Held<'a>(Vec<MutexGuard<'a, Option<Connection>>>);

impl Slots {
    /// Waits for the reads in progress and keeps further ones out.
    pub(super) fn lock(&self) -> Held<'_> {
        Held(self.0.iter().map(locked).collect())
    }
}

impl Held<'_> {
    /// Closes the connections.
    pub(super) fn clear(&mut self) {
        self.0.iter_mut().for_each(|slot| **slot = None);
    }

    /// Opens them, to a database that a writing connection holds open.
    pub(super) fn fill(&mut self, place: &Place) -> StoreResult<()> {
        for slot in &mut self.0 {
            let conn = open::reading_live(place).map_err(|f| f.of_open(&place.database))?;
            **slot = Some(conn);
        }
        Ok(())
    }
}

/// A question leaves its connection as it found it, so a poisoned lock is none.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The threads.
#[derive(Debug)]
pub(super) struct Pool {
    queue: Option<mpsc::Sender<Question>>,
    threads: Vec<JoinHandle<()>>,
    slots: Arc<Slots>,
}

impl Pool {
    pub(super) fn start(place: &Place, slots: &Arc<Slots>) -> StoreResult<Self> {
        let (queue, questions) = mpsc::channel(QUEUE);
        let questions = Arc::new(Mutex::new(questions));
        let threads = Vec::with_capacity(READERS);
        let mut pool = Self { queue: Some(queue), threads, slots: Arc::clone(slots) };
        for at in 0..READERS {
            let (slots, questions) = (Arc::clone(slots), Arc::clone(&questions));
            let thread = std::thread::Builder::new()
                .name(format!("store-read-{at}"))
                .spawn(move || answer_all(&slots.0[at], &questions))
                .map_err(|e| io_error(&place.dir, "starting a thread", &e))?;
            pool.threads.push(thread);
        }
        Ok(pool)
    }

    /// Where questions go; `None` once the pool is being closed.
    pub(super) fn queue(&self) -> Option<&mpsc::Sender<Question>> {
        self.queue.as_ref()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            // A thread that panicked has told so on its own; there is nothing to close with it.
            drop(thread.join());
        }
        self.slots.lock().clear();
    }
}

fn answer_all(slot: &Mutex<Option<Connection>>, questions: &Mutex<mpsc::Receiver<Question>>) {
    loop {
        let next = locked(questions).blocking_recv();
        let Some(question) = next else { return };
        match &*locked(slot) {
            Some(conn) => question(Ok(conn)),
            None => question(Err(closed())),
        }
    }
}

fn closed() -> StoreError {
    StoreError::Read("the database is closed; the store must be opened again first".to_owned())
}

/// Asks a question of the pool and answers as the trait wants it.
pub(super) async fn ask<T: Send + 'static>(
    pool: &Pool,
    question: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
) -> StoreResult<T> {
    let gone = || StoreError::Read("the reading threads of the store have ended".to_owned());
    let (reply, answer) = tokio::sync::oneshot::channel();
    let question = move |conn: StoreResult<&Connection>| {
        let said = conn.and_then(|conn| super::reads::ask(conn, question).map_err(Fault::of_read));
        // A caller that no longer waits misses nothing: a read changes nothing.
        drop(reply.send(said));
    };
    let queue = pool.queue().ok_or_else(gone)?;
    queue.send(Box::new(question)).await.map_err(|_| gone())?;
    answer.await.map_err(|_| gone())?
}
