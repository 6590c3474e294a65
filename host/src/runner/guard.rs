//! What stands around a guest call: a time limit on what is billed, and a net for a panic of the
//! host.
//!
//! A guest is billed from entry to return, less the time in which it was ready to run and got no
//! core: that is, between being woken and being polled again. (What the system takes from a thread
//! in the midst of a poll can't be told apart and is billed.) Knows nothing of wasmtime: any future
//! will do.
//!
//! A call that returns at its first poll pays for two looks at the clock and nothing else. Only one
//! that has to wait gets a timer and a waker that notes the time; it is then polled again at once,
//! so that whatever it waits for knows the new waker.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures::task::AtomicWaker;
use tokio::time::Sleep;

use crate::capabilities::wasi::Time;

/// How a guarded call ended.
#[derive(Debug)]
pub(super) enum Ended<T> {
    /// It returned.
    Returned(T),
    /// Its time limit passed. It has not been dropped yet.
    TimedOut,
    /// The host panicked in it.
    Panicked(String),
}

/// A waker that notes when it was used. One for each instance, made when first needed.
#[derive(Debug)]
pub(super) struct Note {
    time: Arc<Time>,
    /// When, in nanoseconds of the clock and one more; 0 is not at all.
    woken: AtomicU64,
    task: AtomicWaker,
}

impl Note {
    fn new(time: &Arc<Time>) -> Arc<Self> {
        Arc::new(Self {
            time: Arc::clone(time),
            woken: AtomicU64::new(0),
            task: AtomicWaker::new(),
        })
    }

    /// When it was woken since the last call of this.
    fn take(&self) -> Option<Duration> {
        let woken = self.woken.swap(0, Ordering::Relaxed);
        woken.checked_sub(1).map(Duration::from_nanos)
    }
}

impl Wake for Note {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let now = u64::try_from(self.time.now().as_nanos()).unwrap_or(u64::MAX).saturating_add(1);
        // Only the first wake counts: from then on it was ready.
        self.woken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |w| (w == 0).then_some(now))
            .ok();
        self.task.wake();
    }
}

/// A guest call under guard.
pub(super) struct Guard<'a, F> {
    call: Pin<&'a mut F>,
    time: &'a Arc<Time>,
    note: &'a mut Option<Arc<Note>>,
    timeout: Duration,
    entered: Duration,
    waiting: Option<Waiting>,
}

/// What a call needs once it had to wait.
struct Waiting {
    note: Arc<Note>,
    waker: Waker,
    timer: Option<Pin<Box<Sleep>>>,
    /// How long it was ready and not polled.
    unbilled: Duration,
    /// When the last poll returned.
    returned: Duration,
}

impl Drop for Waiting {
    /// The note outlives the run; it must not hold on to the task that awaited it.
    fn drop(&mut self) {
        drop(self.note.task.take());
    }
}

impl<'a, F: Future> Guard<'a, F> {
    /// Guards a call that is entered now.
    pub(super) fn new(
        call: Pin<&'a mut F>,
        time: &'a Arc<Time>,
        note: &'a mut Option<Arc<Note>>,
        timeout: Duration,
    ) -> Self {
        Self { call, time, note, timeout, entered: time.now(), waiting: None }
    }

    fn billed(&self, now: Duration) -> Duration {
        let unbilled = self.waiting.as_ref().map_or(Duration::ZERO, |waiting| waiting.unbilled);
        now.saturating_sub(self.entered).saturating_sub(unbilled)
    }

    fn end(&self, ended: Ended<F::Output>) -> (Ended<F::Output>, Duration) {
        (ended, self.billed(self.time.now()))
    }

    #[cold]
    fn begin_waiting(&mut self) -> Waiting {
        let note = Arc::clone(self.note.get_or_insert_with(|| Note::new(self.time)));
        note.take();
        Waiting {
            waker: Waker::from(Arc::clone(&note)),
            note,
            timer: None,
            unbilled: Duration::ZERO,
            returned: self.time.now(),
        }
    }

    fn poll_waiting(&mut self, cx: &Context<'_>) -> Poll<(Ended<F::Output>, Duration)> {
        loop {
            let mut waiting = match self.waiting.take() {
                Some(waiting) => waiting,
                None => self.begin_waiting(),
            };
            waiting.note.task.register(cx.waker());
            let now = self.time.now();
            if let Some(woken) = waiting.note.take() {
                waiting.unbilled += now.saturating_sub(woken.max(waiting.returned));
            }
            let waiting = self.waiting.insert(waiting);
            let billed = now.saturating_sub(self.entered).saturating_sub(waiting.unbilled);
            let Some(left) = self.timeout.checked_sub(billed).filter(|left| !left.is_zero()) else {
                return Poll::Ready((Ended::TimedOut, billed));
            };
            let cx = &mut Context::from_waker(&waiting.waker);
            if let Poll::Ready(ended) = caught(self.call.as_mut(), cx) {
                return Poll::Ready(self.end(ended));
            }
            waiting.returned = self.time.now();
            // In simulated time nothing really waits, and no real time is to be looked at.
            if self.time.is_simulated() {
                return Poll::Pending;
            }
            let timer = waiting.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(left)));
            if timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            waiting.timer = None;
        }
    }
}

impl<F: Future> Future for Guard<'_, F> {
    type Output = (Ended<F::Output>, Duration);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.waiting.is_none()
            && let Poll::Ready(ended) = caught(self.call.as_mut(), cx)
        {
            return Poll::Ready(self.end(ended));
        }
        self.poll_waiting(cx)
    }
}

/// Polls, and catches a panic. The call, and everything that it had to do with, is dropped
/// afterwards, so nobody sees what the panic left half done.
fn caught<F: Future>(call: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<Ended<F::Output>> {
    match catch_unwind(AssertUnwindSafe(|| call.poll(cx))) {
        Ok(polled) => polled.map(Ended::Returned),
        Err(panic) => Poll::Ready(Ended::Panicked(said(&*panic))),
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SimulatedClock;
    use futures::future::{pending, poll_fn};
    use futures::task::noop_waker_ref;
    use std::pin::pin;

    const MS: Duration = Duration::from_millis(1);

    fn time() -> (Arc<SimulatedClock>, Arc<Time>) {
        let clock = Arc::new(SimulatedClock::new(0));
        (Arc::clone(&clock), Arc::new(Time::new(clock, false)))
    }

    fn poll<F: Future>(guard: &mut Guard<'_, F>) -> Poll<(Ended<F::Output>, Duration)> {
        Pin::new(guard).poll(&mut Context::from_waker(noop_waker_ref()))
    }

    #[test]
    fn a_call_that_returns_at_once_needs_no_runtime_and_no_waker() {
        let (clock, time) = time();
        let (mut note, call) = (None, pin!(async { clock.advance(3 * MS) }));
        let mut guard = Guard::new(call, &time, &mut note, 5 * MS);
        let ended = poll(&mut guard);
        assert!(matches!(ended, Poll::Ready((Ended::Returned(()), t)) if t == 3 * MS), "{ended:?}");
        assert!(note.is_none());
    }

    /// A call that is ready again 2 ms after each poll and runs 1 ms each time, `turns` times.
    async fn turns(clock: &SimulatedClock, turns: u32) {
        let mut left = turns;
        poll_fn(|cx| {
            clock.advance(MS);
            left -= 1;
            cx.waker().wake_by_ref();
            if left == 0 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_a_core_is_not_billed() {
        let (clock, time) = time();
        let (mut note, call) = (None, pin!(turns(&clock, 6)));
        let mut guard = Guard::new(call, &time, &mut note, 7 * MS);
        let ended = loop {
            match poll(&mut guard) {
                Poll::Ready(ended) => break ended,
                Poll::Pending => clock.advance(100 * MS),
            }
        };
        assert!(matches!(ended, (Ended::Returned(()), t) if t == 6 * MS), "{ended:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn running_is_billed_and_ended_at_the_limit() {
        let (clock, time) = time();
        let (mut note, call) = (None, pin!(turns(&clock, 100)));
        let mut guard = Guard::new(call, &time, &mut note, 7 * MS);
        let ended = loop {
            match poll(&mut guard) {
                Poll::Ready(ended) => break ended,
                Poll::Pending => clock.advance(100 * MS),
            }
        };
        assert!(matches!(ended, (Ended::TimedOut, t) if t == 7 * MS), "{ended:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_anything_else_is_billed() {
        let (clock, time) = time();
        let (mut note, call) = (None, pin!(pending::<()>()));
        let mut guard = Guard::new(call, &time, &mut note, 7 * MS);
        assert!(poll(&mut guard).is_pending());
        clock.advance(6 * MS);
        assert!(poll(&mut guard).is_pending());
        clock.advance(MS);
        let ended = poll(&mut guard);
        assert!(matches!(ended, Poll::Ready((Ended::TimedOut, t)) if t == 7 * MS), "{ended:?}");
    }

    #[test]
    fn a_panic_of_the_host_is_caught_with_its_text() {
        let (_, time) = time();
        let (mut note, call) = (None, pin!(async { panic!("no {}", "luck") }));
        let mut guard = Guard::new(call, &time, &mut note, MS);
        let ended: Poll<(Ended<()>, _)> = poll(&mut guard);
        assert!(
            matches!(&ended, Poll::Ready((Ended::Panicked(t), _)) if t == "no luck"),
            "{ended:?}"
        );
    }
}
