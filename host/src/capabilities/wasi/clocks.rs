//! `wasi:clocks`: the time, in milliseconds, and waiting for it.
//!
//! Knows no system clock: it asks the house's. A guest that waits is billed for it. Where the run
//! is simulated nobody waits: the guest's own clock jumps to the moment it waits for, and the jump
//! is billed like a wait, so that a sleep longer than the time limit ends the same way as in
//! reality (S20). The jump is the guest's alone; the clock of the house, which others read, doesn't
//! move.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use wasmtime::component::{HasSelf, Linker, Resource};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::bindings::clocks::{monotonic_clock, wall_clock};
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use crate::capabilities::GuestState;
use crate::clock::Clock;
use crate::types::millis;

const MILLI: u64 = 1_000_000;

/// The time as one guest sees it.
#[derive(Debug)]
pub(crate) struct Time {
    clock: Arc<dyn Clock>,
    simulated: bool,
    /// Simulated: the guest has waited up to here, in nanoseconds of the monotonic clock.
    waited_to: AtomicU64,
    /// Simulated: the earliest moment that somebody waits for.
    earliest: AtomicU64,
}

impl Time {
    pub(crate) fn new(clock: Arc<dyn Clock>, simulated: bool) -> Self {
        Self { clock, simulated, waited_to: AtomicU64::new(0), earliest: AtomicU64::new(u64::MAX) }
    }

    /// The monotonic clock, with what the guest has waited in simulated time.
    pub(crate) fn now(&self) -> Duration {
        let now = self.clock.monotonic();
        if self.simulated {
            now.max(Duration::from_nanos(self.waited_to.load(Ordering::Relaxed)))
        } else {
            now
        }
    }

    /// Whether nobody really waits.
    pub(crate) const fn is_simulated(&self) -> bool {
        self.simulated
    }

    /// The monotonic clock as the guest is told it: whole milliseconds, in nanoseconds.
    fn told_ns(&self) -> u64 {
        let ms = millis(self.now());
        ms.saturating_mul(MILLI)
    }

    /// The wall clock in milliseconds, moved on by as much as the guest has waited.
    fn wall_ms(&self) -> u64 {
        let ahead = self.now().saturating_sub(self.clock.monotonic());
        self.clock.wall_ms().saturating_add(millis(ahead))
    }

    /// Waits a little towards `deadline`; whoever calls looks again afterwards.
    ///
    /// Simulated: says what it waits for, lets all others that wait at once say so too, and moves
    /// on to the earliest; then gives way once more, so that the time limit is looked at before the
    /// guest goes on.
    async fn wait(&self, deadline: u64) {
        if !self.simulated {
            tokio::time::sleep(Duration::from_nanos(deadline).saturating_sub(self.now())).await;
            return;
        }
        self.earliest.fetch_min(deadline, Ordering::Relaxed);
        GiveWay(false).await;
        let to = self.earliest.swap(u64::MAX, Ordering::Relaxed);
        if to < u64::MAX {
            self.waited_to.fetch_max(to, Ordering::Relaxed);
        }
        GiveWay(false).await;
    }
}

/// Pending once.
struct GiveWay(bool);

impl Future for GiveWay {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// A moment that a guest may wait for, in nanoseconds of the monotonic clock.
struct Timer {
    time: Arc<Time>,
    deadline: u64,
}

#[async_trait]
impl Pollable for Timer {
    async fn ready(&mut self) {
        while self.time.now() < Duration::from_nanos(self.deadline) {
            self.time.wait(self.deadline).await;
        }
    }
}

pub(super) fn add_to_linker(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    wall_clock::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    monotonic_clock::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

impl wall_clock::Host for GuestState {
    fn now(&mut self) -> wasmtime::Result<wall_clock::Datetime> {
        self.host_call(0)?;
        Ok(datetime(self.time.wall_ms()))
    }

    fn resolution(&mut self) -> wasmtime::Result<wall_clock::Datetime> {
        self.host_call(0)?;
        Ok(datetime(1))
    }
}

fn datetime(ms: u64) -> wall_clock::Datetime {
    let time = Duration::from_millis(ms);
    wall_clock::Datetime { seconds: time.as_secs(), nanoseconds: time.subsec_nanos() }
}

impl monotonic_clock::Host for GuestState {
    fn now(&mut self) -> wasmtime::Result<u64> {
        self.host_call(0)?;
        Ok(self.time.told_ns())
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        self.host_call(0)?;
        Ok(MILLI)
    }

    fn subscribe_instant(&mut self, deadline: u64) -> wasmtime::Result<Resource<DynPollable>> {
        self.host_call(0)?;
        self.timer(deadline)
    }

    fn subscribe_duration(&mut self, duration: u64) -> wasmtime::Result<Resource<DynPollable>> {
        self.host_call(0)?;
        let now = u64::try_from(self.time.now().as_nanos()).unwrap_or(u64::MAX);
        self.timer(now.saturating_add(duration))
    }
}

impl GuestState {
    fn timer(&mut self, deadline: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let timer = self.table.push(Timer { time: Arc::clone(&self.time), deadline })?;
        subscribe(&mut self.table, timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::testing::{Bench, now};
    use crate::types::Fuel;
    use monotonic_clock::Host as _;
    use wasmtime_wasi::p2::bindings::io::poll::{Host as _, HostPollable as _};

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn time_is_told_in_whole_milliseconds() {
        let bench = Bench::with_wasi();
        bench.clock.advance(Duration::from_millis(1_234));
        let mut state = bench.running();
        assert_eq!(monotonic_clock::Host::now(&mut state).unwrap(), 1_234 * MILLI);
        assert_eq!(monotonic_clock::Host::resolution(&mut state).unwrap(), MILLI);
        let wall = wall_clock::Host::now(&mut state).unwrap();
        assert_eq!((wall.seconds, wall.nanoseconds), (1_001, 234_000_000));
        let resolution = wall_clock::Host::resolution(&mut state).unwrap();
        assert_eq!((resolution.seconds, resolution.nanoseconds), (0, 1_000_000));
        assert_eq!(state.finish().host_calls, 4);
    }

    #[test]
    fn s20_a_simulated_sleep_takes_no_time_and_moves_the_guests_clock_alone() {
        let mut bench = Bench::with_wasi();
        bench.identity.seed = Some(7);
        let mut state = bench.running();
        let long = state.subscribe_duration(10 * SECOND).unwrap();
        let short = state.subscribe_duration(2 * SECOND).unwrap();
        let both = vec![Resource::new_borrow(long.rep()), Resource::new_borrow(short.rep())];
        assert_eq!(now(state.poll(both)).unwrap(), [1]);
        assert_eq!(monotonic_clock::Host::now(&mut state).unwrap(), 2 * SECOND);
        assert_eq!(wall_clock::Host::now(&mut state).unwrap().seconds, 1_002);
        now(state.block(long)).unwrap();
        assert_eq!(monotonic_clock::Host::now(&mut state).unwrap(), 10 * SECOND);
        assert_eq!(bench.clock.monotonic(), Duration::ZERO);
    }

    #[test]
    fn s20_looking_at_a_timer_does_not_move_the_clock() {
        let mut bench = Bench::with_wasi();
        bench.identity.seed = Some(7);
        bench.limits.run.fuel = Fuel::new(1);
        let mut state = bench.running();
        let timer = state.subscribe_duration(SECOND).unwrap().rep();
        assert!(!now(state.ready(Resource::new_borrow(timer))).unwrap());
        assert_eq!(monotonic_clock::Host::now(&mut state).unwrap(), 0);
    }
}
