//! The beat: one thread that increments the epochs of all engines each millisecond, while a guest
//! runs, and parks while none does.
//!
//! A guest that computes yields at each beat, so that timers, shutdown and its neighbours get their
//! turn. The beat knows nothing of deadlines. Invariant: nobody else increments an epoch, and never to
//! end a guest, for that would end all its neighbours.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;

use wasmtime::Engine;

/// The time between two beats. The system adds its timer slack, some 60 µs.
const BEAT: Duration = Duration::from_millis(1);

/// Beats without a guest before the thread parks: runs that follow one another wake it once.
const IDLE_BEATS: u32 = 8;

/// What the thread and the guards share.
#[derive(Debug, Default)]
struct Shared {
    active: AtomicUsize,
    parked: AtomicBool,
    stopping: AtomicBool,
    beats: AtomicU64,
    engines: [OnceLock<Engine>; 2],
    thread: OnceLock<Thread>,
}

/// The beat of a set of engines. Dropping it ends the thread.
#[derive(Debug)]
pub(super) struct Beat {
    shared: Arc<Shared>,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the thread ends by itself; tests wait for it")
    )]
    thread: Option<JoinHandle<()>>,
}

/// While one of these lives, epochs advance. Hold it around each call into a guest; it costs 10 ns.
#[derive(Debug)]
pub struct Active<'a>(&'a Shared);

impl Beat {
    /// Starts the thread.
    pub(super) fn start() -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread =
            thread::Builder::new().name("tourbillon-beat".into()).spawn(move || theirs.run())?;
        shared.thread.get_or_init(|| thread.thread().clone());
        Ok(Self { shared, thread: Some(thread) })
    }

    /// The engine in a place, made by `make` if there is none yet; from then on it gets the beat.
    pub(super) fn engine(
        &self,
        place: usize,
        make: impl FnOnce() -> wasmtime::Result<Engine>,
    ) -> wasmtime::Result<&Engine> {
        let cell = &self.shared.engines[place];
        if let Some(engine) = cell.get() {
            return Ok(engine);
        }
        // Two threads may both make one; the second is dropped unused.
        let engine = make()?;
        Ok(cell.get_or_init(|| engine))
    }

    /// See [`Active`].
    #[inline]
    pub(super) fn active(&self) -> Active<'_> {
        let shared = &*self.shared;
        // Sequentially consistent on both sides: either the thread sees this guest before it parks, or
        // this guest sees that the thread is parking.
        if shared.active.fetch_add(1, Ordering::SeqCst) == 0 && shared.parked.load(Ordering::SeqCst)
        {
            shared.wake();
        }
        Active(shared)
    }

    /// How often the epochs were incremented so far.
    pub(super) fn beats(&self) -> u64 {
        self.shared.beats.load(Ordering::Relaxed)
    }

    /// Whether the thread has parked because no guest is active.
    pub(super) fn is_parked(&self) -> bool {
        self.shared.parked.load(Ordering::SeqCst)
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        self.shared.wake();
    }
}

impl Drop for Active<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.active.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Shared {
    #[cold]
    fn wake(&self) {
        // Before the handle is there the thread has not parked: it parks only after idle beats, and
        // `start` stores the handle before anybody can hold a guard.
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    fn run(&self) {
        let mut idle = 0;
        loop {
            if self.stopping.load(Ordering::SeqCst) {
                return;
            }
            if self.active.load(Ordering::SeqCst) > 0 {
                idle = 0;
            } else if idle < IDLE_BEATS {
                idle += 1;
            } else {
                self.park();
                idle = 0;
                continue;
            }
            thread::park_timeout(BEAT);
            for engine in self.engines.iter().filter_map(OnceLock::get) {
                engine.increment_epoch();
            }
            self.beats.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn park(&self) {
        self.parked.store(true, Ordering::SeqCst);
        if self.active.load(Ordering::SeqCst) == 0 && !self.stopping.load(Ordering::SeqCst) {
            thread::park();
        }
        self.parked.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waits for a state, never for a time: the test's own time limit is the guard.
    fn wait_until(state: impl Fn() -> bool) {
        while !state() {
            thread::yield_now();
        }
    }

    #[test]
    fn it_beats_while_a_guest_is_active_and_parks_when_none_is() {
        let beat = Beat::start().unwrap();
        wait_until(|| beat.is_parked());
        let before = beat.beats();
        let guards = [beat.active(), beat.active()];
        wait_until(|| beat.beats() > before + 2 * u64::from(IDLE_BEATS));
        drop(guards);
        wait_until(|| beat.is_parked());
        drop(beat.active());
        wait_until(|| beat.is_parked());
    }

    #[test]
    fn it_ends_when_dropped() {
        for parked in [false, true] {
            let mut beat = Beat::start().unwrap();
            let thread = beat.thread.take().unwrap();
            wait_until(|| beat.is_parked() || !parked);
            drop(beat);
            thread.join().unwrap();
        }
    }
}
