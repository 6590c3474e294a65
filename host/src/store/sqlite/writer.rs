//! The one thread that writes: it takes what all callers ask for and writes it together.
//!
//! A durable commit costs one wait for the disk, so whatever is in the queue shares a transaction. All
//! of one request is written or none of it. Where a request spoils the transaction of others, the group is
//! halved until it is alone: nobody is refused for somebody else's fault.
//!
//! Before COMMIT every error means: nothing was written. An error of COMMIT itself means that nobody
//! knows; then nothing is written any more until the connections were opened again and read (S17).

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::fault::{Fault, told};
use super::held::Held;
use super::known::Managers;
use super::parcel::{Parcel, Parceled};
use super::pen::Pen;
use super::place::Place;
use super::pool::Slots;
use super::sweep::Sweep;
use super::{open, reads};
use crate::store::{Install, StoreError, StoreResult, Write};
use crate::types::{Fence, ManagerName};

/// Requests that wait for the thread; a caller beyond that waits to be taken in.
pub(super) const QUEUE: usize = 1_024;

/// A transaction takes in no further request once it has so many commits,
const GROUP_COMMITS: usize = 20_000;

/// or so many bytes of keys and values.
const GROUP_BYTES: usize = 32 << 20;

/// Something that is asked for, and where the answers go: one for each of its works.
pub(super) struct Request {
    pub(super) asked: Asked,
    pub(super) reply: oneshot::Sender<Vec<Answer>>,
}

/// Why something was not written, if it was not. There are many at once, and nearly all are `None`.
pub(super) type Answer = Option<Box<StoreError>>;

/// What is asked for.
pub(super) enum Asked {
    /// All of them, or none.
    Commits(Parcel),
    /// Commits that have nothing to do with each other.
    EachOf(Parcel),
    Install(Box<Install>),
    Remove(ManagerName),
    Reopen,
}

/// What is written as a whole or not at all.
enum Work<'a> {
    Commits(&'a Parcel),
    Commit(Parceled<'a>),
    Install(&'a Install),
    Remove(&'a ManagerName),
}

impl Asked {
    /// How many answers it gets.
    pub(super) fn works(&self) -> usize {
        if let Self::EachOf(parcel) = self { parcel.len() } else { 1 }
    }

    /// How many commits it is worth, and how many bytes it holds.
    fn weight(&self) -> (usize, usize) {
        match self {
            Self::Commits(parcel) | Self::EachOf(parcel) => (parcel.len(), parcel.bytes()),
            Self::Install(install) => {
                (1 + install.tasks.len(), install.writes.iter().map(Write::bytes).sum())
            }
            Self::Remove(_) | Self::Reopen => (1, 0),
        }
    }

    fn add_to<'a>(&'a self, works: &mut Vec<Work<'a>>) {
        match self {
            Self::Commits(parcel) => works.push(Work::Commits(parcel)),
            Self::EachOf(parcel) => works.extend(parcel.commits().map(Work::Commit)),
            Self::Install(install) => works.push(Work::Install(install)),
            Self::Remove(manager) => works.push(Work::Remove(manager)),
            Self::Reopen => {}
        }
    }
}

/// The state of the thread.
pub(super) struct Writer {
    place: Place,
    held: Held,
    fence: Fence,
    conn: Option<Connection>,
    managers: Managers,
    sweep: Sweep,
    slots: Arc<Slots>,
    /// Why nothing is written until the connections were opened again.
    stopped: Option<StoreError>,
    #[cfg(test)]
    pub(super) hooks: Arc<super::hooks::Hooks>,
}

impl Writer {
    pub(super) fn new(
        place: Place,
        held: Held,
        fence: Fence,
        conn: Connection,
        slots: Arc<Slots>,
    ) -> Self {
        Self {
            place,
            held,
            fence,
            conn: Some(conn),
            managers: Managers::default(),
            sweep: Sweep::default(),
            slots,
            stopped: None,
            #[cfg(test)]
            hooks: Arc::default(),
        }
    }

    /// Works until all callers are gone and the queue is empty.
    pub(super) fn run(mut self, mut queue: mpsc::Receiver<Request>) {
        let mut next = None;
        while let Some(first) = next.take().or_else(|| queue.blocking_recv()) {
            if let Asked::Reopen = first.asked {
                answer(first.reply, vec![self.reopen().err().map(Box::new)]);
                continue;
            }
            let (mut group, mut weight) = (Vec::new(), (0, 0));
            let mut take = |request: Request| {
                let of = request.asked.weight();
                weight = (weight.0 + of.0, weight.1 + of.1);
                group.push(request);
                weight.0 < GROUP_COMMITS && weight.1 < GROUP_BYTES
            };
            let mut room = take(first);
            while room {
                match queue.try_recv() {
                    Ok(request) if matches!(request.asked, Asked::Reopen) => {
                        next = Some(request);
                        break;
                    }
                    Ok(request) => room = take(request),
                    Err(_) => break,
                }
            }
            self.write_group(group);
        }
    }

    /// Writes what some callers ask for, and answers each of them.
    fn write_group(&mut self, group: Vec<Request>) {
        let mut works = Vec::with_capacity(group.iter().map(|r| r.asked.works()).sum());
        for request in &group {
            request.asked.add_to(&mut works);
        }
        let mut results = vec![None; works.len()];
        self.write(&works, &mut results);
        drop(works);
        let mut results = results.into_iter();
        for Request { asked, reply } in group {
            answer(reply, results.by_ref().take(asked.works()).collect());
        }
    }

    /// Writes requests in as few transactions as their faults allow.
    fn write(&mut self, works: &[Work<'_>], results: &mut [Answer]) {
        let Err(fault) = self.transaction(works, results) else { return };
        if works.len() > 1 && fault.may_be_of_one_caller() {
            let half = works.len() / 2;
            let (first, second) = results.split_at_mut(half);
            self.write(&works[..half], first);
            self.write(&works[half..], second);
            return;
        }
        if fault.is_damage() {
            self.stopped = Some(stopped("the database is damaged"));
        }
        results.fill(Some(Box::new(fault.of_write(&self.place.database))));
    }

    /// One transaction. `Err` means that nothing of it was written, for whatever request.
    fn transaction(&mut self, works: &[Work<'_>], results: &mut [Answer]) -> Result<(), Fault> {
        if let Some(error) = &self.stopped {
            return Err(error.clone().into());
        }
        let Some(conn) = &self.conn else { return Err(stopped("the database is closed").into()) };
        self.held.check()?;
        results.fill(None);
        #[cfg(test)]
        self.hooks.before_transaction(conn)?;
        conn.execute_batch("BEGIN IMMEDIATE")?;
        let filled = open::still_ours(conn, self.fence).and_then(|()| {
            let mut pen = Pen::new(conn, &mut self.managers, &mut self.sweep)?;
            fill(&mut pen, &self.place, works, results)?;
            pen.sweep.sweep(conn)
        });
        let committed = match filled {
            Ok(()) => self.commit(),
            Err(fault) => Err(fault),
        };
        if committed.is_err() {
            self.roll_back();
        }
        match committed {
            Err(Fault::Store(unknown @ StoreError::Unknown(_))) => {
                for result in results.iter_mut().filter(|result| result.is_none()) {
                    *result = Some(Box::new(unknown.clone()));
                }
                self.stopped = Some(stopped("the result of an earlier commit is not known"));
                Ok(())
            }
            other => other,
        }
    }

    fn commit(&self) -> Result<(), Fault> {
        let Some(conn) = &self.conn else { return Ok(()) };
        #[cfg(test)]
        self.hooks.at_commit()?;
        let unknown = |e| StoreError::Unknown(told(&self.place.database, &e));
        conn.execute_batch("COMMIT").map_err(|e| unknown(e).into())
    }

    fn roll_back(&mut self) {
        self.managers.forget_all();
        self.sweep.forget();
        let Some(conn) = &self.conn else { return };
        // Some errors of the engine have ended the transaction already.
        if !conn.is_autocommit() && conn.execute_batch("ROLLBACK").is_err() {
            self.stopped = Some(stopped("a transaction could not be taken back"));
        }
    }

    /// Closes all connections and opens them again, under the same fence.
    fn reopen(&mut self) -> StoreResult<()> {
        let mut slots = self.slots.lock();
        slots.clear();
        self.managers.forget_all();
        self.sweep = Sweep::default();
        drop(self.conn.take());
        open::examine(&self.place)?;
        let open = || -> Result<Connection, Fault> {
            let conn = open::writing(&self.place)?;
            reads::ask(&conn, |conn| open::still_ours(conn, self.fence))?;
            Ok(conn)
        };
        let conn = open().map_err(|fault| fault.of_open(&self.place.database))?;
        self.held.opened_again()?;
        slots.fill(&self.place)?;
        (self.conn, self.stopped) = (Some(conn), None);
        Ok(())
    }
}

/// Writes the requests one after the other. A request that is refused before it touched anything is
/// left out; one that is refused later fails the whole transaction.
fn fill(
    pen: &mut Pen<'_>,
    place: &Place,
    works: &[Work<'_>],
    results: &mut [Answer],
) -> Result<(), Fault> {
    for (work, result) in works.iter().zip(results) {
        pen.touched = false;
        let written = match work {
            Work::Commits(parcel) => parcel.commits().try_for_each(|commit| pen.commit(commit)),
            Work::Commit(commit) => pen.commit(*commit),
            Work::Install(install) => pen.install(install),
            Work::Remove(manager) => pen.remove(manager),
        };
        match written {
            Ok(()) => {}
            Err(Fault::Store(error)) if !pen.touched => {
                *result = Some(Box::new(Fault::of_write(error.into(), &place.database)));
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

fn stopped(why: &str) -> StoreError {
    StoreError::Refused(format!("{why}; the store must be opened again and read first"))
}

fn answer(reply: oneshot::Sender<Vec<Answer>>, result: Vec<Answer>) {
    // A caller that no longer waits has taken the result as unknown, and will open again and read.
    drop(reply.send(result));
}
