//! Places that are limited for the whole host: live instances, and ticks in progress.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

/// Counts live instances. An instance holds a [`Seat`].
#[derive(Debug)]
pub(crate) struct Seats {
    taken: Arc<AtomicU32>,
    max: u32,
}

/// One live instance's place.
#[derive(Debug)]
pub(crate) struct Seat(Arc<AtomicU32>);

impl Seats {
    pub(crate) fn new(max: u32) -> Self {
        Self { taken: Arc::default(), max }
    }

    /// A place for one more instance, if there is one.
    pub(crate) fn take(&self) -> Option<Seat> {
        let room = |n: u32| (n < self.max).then_some(n + 1);
        self.taken.fetch_update(Ordering::AcqRel, Ordering::Acquire, room).ok()?;
        Some(Seat(self.taken.clone()))
    }

    pub(crate) fn max(&self) -> u32 {
        self.max
    }

    pub(crate) fn taken(&self) -> u32 {
        self.taken.load(Ordering::Acquire)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Ticks that may be in progress at once, and how many may wait for that.
#[derive(Debug)]
pub(crate) struct Places {
    running: Semaphore,
    waiting: AtomicU32,
    most_waiting: u32,
}

/// Takes one from the number of the waiting when it goes, also where its future is dropped.
struct Waiting<'a>(&'a AtomicU32);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Places {
    pub(crate) fn new(running: u32, most_waiting: u32) -> Self {
        Self { running: Semaphore::new(running as usize), waiting: AtomicU32::new(0), most_waiting }
    }

    /// A place for a tick; `None` where too many wait for one already.
    pub(crate) async fn take(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(place) = self.running.try_acquire() {
            return Some(place);
        }
        let room = |n: u32| (n < self.most_waiting).then_some(n + 1);
        self.waiting.fetch_update(Ordering::AcqRel, Ordering::Acquire, room).ok()?;
        let _waiting = Waiting(&self.waiting);
        self.running.acquire().await.ok()
    }

    pub(crate) fn waiting(&self) -> u32 {
        self.waiting.load(Ordering::Acquire)
    }
}
