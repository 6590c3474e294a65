//! One instance of a manager: a store with a component in it, entered once for each run.
//!
//! After a kill it is gone: its store is dropped before the result is handed out, and nothing
//! enters it again (S15). A failure leaves it alive. Handles to exports are looked up once, and the
//! text of a run is handed to the guest without a copy.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;

use wasmtime::Store;

use super::guard::{Ended, Guard, Note};
use super::guest::arm;
use super::verdict::{MAX_ERROR, is_unread, judge};
use super::{RunCall, RunResult};
use crate::capabilities::bindings::Manager;
use crate::capabilities::bindings::lifecycle::Run;
use crate::capabilities::bindings::types::TaskError;
use crate::capabilities::wasi::Time;
use crate::capabilities::{Effects, Entry, GuestState, RunFacts};
use crate::types::{Fuel, Outcome, harmless_line};

/// An instance of a manager, ready to run its tasks.
pub struct Instance {
    /// Boxed, so that a run moves a pointer and not the whole of it.
    live: Option<Box<Live>>,
    time: Arc<Time>,
    note: Option<Arc<Note>>,
}

struct Live {
    store: Store<GuestState>,
    manager: Manager,
}

/// What `run-periodic-task` answers.
type Answer = Result<Option<u32>, TaskError>;

impl Instance {
    pub(super) fn new(store: Store<GuestState>, manager: Manager, note: Option<Arc<Note>>) -> Self {
        let time = Arc::clone(&store.data().time);
        Self { live: Some(Box::new(Live { store, manager })), time, note }
    }

    /// Whether it may be entered.
    pub const fn lives(&self) -> bool {
        self.live.is_some()
    }

    /// Bytes of linear memory that it holds.
    pub fn memory(&self) -> u64 {
        self.live.as_ref().map_or(0, |live| live.store.data().limiter.memory_bytes())
    }

    /// Runs one task. Needs a tokio runtime with a timer as soon as the guest waits for anything or
    /// runs for more than a millisecond. Dropping the future ends the guest: the instance must be
    /// dropped with it.
    pub async fn run(&mut self, call: RunCall<'_>) -> RunResult {
        // Taken, not borrowed: if this future is dropped half-way the instance is gone with it
        // (S15).
        let Some(mut live) = self.live.take() else {
            return host_failed("a discarded instance was to be entered", Effects::default());
        };
        let facts = RunFacts {
            id: call.id,
            task: call.task,
            attempt: call.attempt,
            trigger: call.trigger,
            missed_before: call.missed_before,
        };
        if let Err(error) = arm(&mut live.store, Entry::Run(facts), call.limits, call.usage) {
            return host_failed(&error.to_string(), Effects::default());
        }
        let (ended, time) = {
            let run = Run {
                id: call.id.as_str(),
                task: call.task.as_str(),
                tick: call.tick.get(),
                scheduled_at_ms: call.at_ms,
            };
            let lifecycle = live.manager.tourbillon_manager_lifecycle();
            let entered = pin!(lifecycle.call_run_periodic_task(&mut live.store, run));
            Guard::new(entered, &self.time, &mut self.note, call.limits.timeout).await
        };
        let mut result = match ended {
            Ended::Returned(Ok(answer)) => returned(&mut live, &call, answer),
            Ended::Returned(Err(error)) if is_unread(&error) => unread(&mut live, &call),
            Ended::Returned(Err(error)) => killed(&mut live, &call, &error),
            Ended::TimedOut => timed_out(&mut live, &call),
            Ended::Panicked(text) => host_failed(&text, live.store.data_mut().finish()),
        };
        result.time = time;
        if result.outcome != Outcome::Ok {
            result.effects.writes.clear();
            result.effects.usage = call.usage;
        }
        if result.lives {
            self.live = Some(live);
        }
        result
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("lives", &self.lives()).finish_non_exhaustive()
    }
}

/// The guest returned: `ok` or `failed`, and it lives on.
fn returned(live: &mut Live, call: &RunCall<'_>, answer: Answer) -> RunResult {
    let mut result = ended(live, call);
    result.lives = true;
    match answer {
        Ok(asked_for) => (result.outcome, result.asked_for) = (Outcome::Ok, asked_for),
        Err(error) => {
            (result.outcome, result.asked_for) = (Outcome::Failed, error.ticks_to_skip);
            result.error = Some(harmless_line(&error.message, MAX_ERROR));
        }
    }
    result
}

/// The guest returned more than the host reads. All that it can return of any length is the text of an
/// error, so it failed; why, and the delay that it asked for (S10), stay unread. The engine can't enter
/// it again: nobody has told it that its text was taken.
#[cold]
fn unread(live: &mut Live, call: &RunCall<'_>) -> RunResult {
    let limit = call.limits.call_bytes;
    RunResult {
        outcome: Outcome::Failed,
        error: Some(format!(
            "the task failed; its error text has more than {limit} (`call_bytes`) and was not read"
        )),
        ..ended(live, call)
    }
}

/// The guest trapped, or a host function ended it.
#[cold]
fn killed(live: &mut Live, call: &RunCall<'_>, error: &wasmtime::Error) -> RunResult {
    let result = ended(live, call);
    let state = live.store.data();
    let denied = state.limiter.denied();
    let limits = &state.shared().limits;
    let verdict = judge(error, result.effects.exceeded, denied, call.limits, limits);
    RunResult {
        outcome: verdict.outcome,
        error: Some(verdict.error),
        detail: verdict.detail,
        effects: Effects { exceeded: verdict.exceeded, ..result.effects },
        ..result
    }
}

/// The time limit passed. What fuel was used by then is not known: all of it is billed.
#[cold]
fn timed_out(live: &mut Live, call: &RunCall<'_>) -> RunResult {
    let limit = call.limits.timeout;
    RunResult {
        outcome: Outcome::TimedOut,
        error: Some(format!("the time limit of {limit:?} passed")),
        fuel: call.limits.fuel,
        ..ended(live, call)
    }
}

/// The host itself failed inside a run: the guest is not to blame, but its instance is gone.
#[cold]
fn host_failed(text: &str, effects: Effects) -> RunResult {
    let text = harmless_line(text, 1_024);
    tracing::error!(error = text, "the host failed during a run");
    RunResult {
        outcome: Outcome::Trap,
        asked_for: None,
        effects,
        fuel: Fuel::new(0),
        time: std::time::Duration::ZERO,
        memory: 0,
        error: Some(format!("the host failed, not the guest: {text}")),
        detail: None,
        lives: false,
    }
}

/// The figures of a run that is over, for an instance that is not to live on.
fn ended(live: &mut Live, call: &RunCall<'_>) -> RunResult {
    // The engine meters fuel: arming would have failed otherwise.
    let left = live.store.get_fuel().unwrap_or(0);
    let state = live.store.data_mut();
    RunResult {
        outcome: Outcome::Trap,
        asked_for: None,
        fuel: Fuel::new(call.limits.fuel.get().saturating_sub(left)),
        time: std::time::Duration::ZERO,
        memory: state.limiter.memory_bytes(),
        effects: state.finish(),
        error: None,
        detail: None,
        lives: false,
    }
}
