//! Places that are limited for the whole host: live instances, and ticks in progress.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

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
    running: Arc<Semaphore>,
    waiting: Arc<AtomicU32>,
    most_waiting: u32,
}

/// One tick's place among those in progress.
#[derive(Debug)]
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
}

/// Ticks that wait for places. What is left of them is no longer counted when it goes, also where its
/// future is dropped.
#[derive(Debug)]
pub(crate) struct Line {
    running: Arc<Semaphore>,
    waiting: Arc<AtomicU32>,
    left: u32,
}

impl Places {
    pub(crate) fn new(running: u32, most_waiting: u32) -> Self {
        Self {
            running: Arc::new(Semaphore::new(running as usize)),
            waiting: Arc::default(),
            most_waiting,
        }
    }

    /// A place for a tick, if one is free now.
    pub(crate) fn take_free(&self) -> Option<SemaphorePermit<'_>> {
        self.running.try_acquire().ok()
    }

    /// A place for a tick; `None` where too many wait for one already.
    pub(crate) async fn take(&self) -> Option<SemaphorePermit<'_>> {
        if let Some(place) = self.take_free() {
            return Some(place);
        }
        let line = self.wait_in_line(1);
        if line.left == 0 {
            return None;
        }
        self.running.acquire().await.ok()
    }

    /// Lines up so many ticks, or as many as may wait beside those for which there are places.
    pub(crate) fn line_up(&self, ticks: usize) -> Line {
        let free = self.running.available_permits();
        let ticks = u32::try_from(ticks).unwrap_or(u32::MAX);
        let at_once = ticks.min(u32::try_from(free).unwrap_or(u32::MAX));
        let mut line = self.wait_in_line(ticks - at_once);
        line.left += at_once;
        self.waiting.fetch_add(at_once, Ordering::AcqRel);
        line
    }

    fn wait_in_line(&self, ticks: u32) -> Line {
        let mut left = 0;
        let room = |n: u32| {
            left = ticks.min(self.most_waiting.saturating_sub(n));
            Some(n + left)
        };
        // It always answers Some.
        self.waiting.fetch_update(Ordering::AcqRel, Ordering::Acquire, room).ok();
        Line { running: Arc::clone(&self.running), waiting: Arc::clone(&self.waiting), left }
    }

    pub(crate) fn waiting(&self) -> u32 {
        self.waiting.load(Ordering::Acquire)
    }
}

impl Line {
    /// How many still wait in it.
    pub(crate) fn len(&self) -> usize {
        self.left as usize
    }

    /// Whether there is no place at the moment.
    pub(crate) fn must_wait(&self) -> bool {
        self.running.available_permits() == 0
    }

    /// Places for at most so many of the line, as many as are free, at least one.
    pub(crate) async fn next(&mut self, most: usize) -> Option<Vec<Place>> {
        let place = |permit| Place { _permit: permit };
        let mut places = vec![place(Arc::clone(&self.running).acquire_owned().await.ok()?)];
        while places.len() < most.min(self.len())
            && let Ok(permit) = Arc::clone(&self.running).try_acquire_owned()
        {
            places.push(place(permit));
        }
        let taken = u32::try_from(places.len()).unwrap_or(u32::MAX);
        self.left = self.left.saturating_sub(taken);
        self.waiting.fetch_sub(taken, Ordering::AcqRel);
        Some(places)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.waiting.fetch_sub(self.left, Ordering::AcqRel);
    }
}
