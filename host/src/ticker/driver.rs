//! The driver: turns the clock into ticks (S3: the only place that does), by each manager's interval.
//!
//! Ticks that a late driver or a suspended machine left out are not made up; they are counted (S13).

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::core::Core;
use super::error::HostError;
use super::manager::Manager;
use super::report::Wanted;
use crate::cluster::Turn;
use crate::types::ManagerName;

/// How often the driver looks for managers that were installed or removed.
const LOOK: Duration = Duration::from_millis(200);

/// When each manager is ticked next.
#[derive(Debug, Default)]
struct Agenda {
    next: BinaryHeap<Reverse<(Duration, ManagerName)>>,
    known: HashMap<ManagerName, Arc<Manager>>,
}

/// A tick that is due now.
struct DueTick {
    manager: Arc<Manager>,
    /// How long ago it was due.
    late: Duration,
}

impl Agenda {
    /// Takes up what was installed, lets go of what was removed.
    fn look(&mut self, now: Duration, all: Vec<Arc<Manager>>) {
        self.known.retain(|_, m| !m.state().removed);
        for manager in all {
            if !self.known.contains_key(&manager.name) {
                let first = now + manager.state().interval;
                self.next.push(Reverse((first, manager.name.clone())));
                self.known.insert(manager.name.clone(), manager);
            }
        }
    }

    /// All that is due, each manager once; what was left out in between is counted as a gap.
    fn due(&mut self, now: Duration) -> Vec<DueTick> {
        let mut due = Vec::new();
        while let Some(Reverse((at, _))) = self.next.peek()
            && *at <= now
        {
            let Some(Reverse((at, name))) = self.next.pop() else { break };
            let Some(manager) = self.known.get(&name).cloned() else { continue };
            let interval = manager.state().interval.max(Duration::from_millis(1));
            let late = now.saturating_sub(at);
            let left_out = u64::try_from(late.as_nanos() / interval.as_nanos()).unwrap_or(u64::MAX);
            if left_out > 0 {
                let mut state = manager.state();
                state.schedule.gap(left_out);
                state.dirty = true;
            }
            let steps = u32::try_from(left_out.saturating_add(1)).unwrap_or(u32::MAX);
            self.next.push(Reverse((at.saturating_add(interval.saturating_mul(steps)), name)));
            due.push(DueTick { manager, late });
        }
        due
    }

    fn next(&self) -> Option<Duration> {
        self.next.peek().map(|Reverse((at, _))| *at)
    }
}

/// The threads on which guests run. Its settings are what keeps neighbours punctual: a task that was
/// woken from outside waits for one slice of each spinning guest before it, not for 61.
fn workers(threads: usize) -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads.max(1))
        .thread_name("tourbillon-guests")
        .global_queue_interval(1)
        .event_interval(1)
        .enable_time()
        .build()
}

/// Ticks every manager at its interval until `shutdown`.
pub(super) async fn run(
    core: &Arc<Core>,
    threads: usize,
    shutdown: impl Future<Output = ()>,
) -> Result<(), HostError> {
    let runtime = workers(threads).map_err(|e| HostError::Threads(e.to_string()))?;
    let mut shutdown = pin!(shutdown);
    let mut agenda = Agenda::default();
    let mut checkpoint = tokio::time::interval(core.limits.checkpoint);
    checkpoint.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let now = core.clock.monotonic();
        agenda.look(now, core.all());
        for due in agenda.due(now) {
            deliver(core, &runtime, due);
        }
        let wait = agenda.next().map_or(LOOK, |at| at.saturating_sub(now).min(LOOK));
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            () = tokio::time::sleep(wait) => {}
            _ = checkpoint.tick() => {
                if let Err(error) = core.checkpoint().await {
                    tracing::error!(%error, "idle ticks were not committed");
                }
            }
        }
    }
    core.begin_closing();
    for manager in core.all() {
        drop(manager.work.lock().await);
    }
    runtime.shutdown_background();
    Ok(())
}

/// Hands a tick to the guests' threads. What is busy, or still waits for a thread with its last tick,
/// has missed this one: nothing queues (S12).
fn deliver(core: &Arc<Core>, runtime: &Runtime, due: DueTick) {
    let DueTick { manager, late } = due;
    let late = u64::try_from(late.as_millis()).unwrap_or(u64::MAX);
    let at_ms = core.clock.wall_ms().saturating_sub(late);
    if core.cluster.turn(&manager.name) == Turn::Theirs {
        return;
    }
    let Ok(mut work) = manager.work.clone().try_lock_owned() else {
        core.miss(&manager, at_ms, Wanted::Due);
        return;
    };
    let core = core.clone();
    runtime.spawn(async move {
        let told = core.tick_held(&manager, &mut work, at_ms, 1, Wanted::Due).await;
        if let Err(error) = told {
            tracing::error!(manager = %manager.name, %error, "the tick was not delivered");
        }
    });
}
