//! The driver: turns the clock into ticks (S3: the only place that does), by each manager's interval.
//!
//! Managers of one interval beat together. Ticks that a late driver, a suspended machine or downtime left
//! out are not made up but for the last one, which is only late; they are counted (S13).

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::core::Core;
use super::downtime::LEAST;
use super::error::HostError;
use super::group::Group;
use super::manager::{Held, Manager};
use super::report::Wanted;
use super::together::{DueTick, Together};
use crate::cluster::Turn;
use crate::types::millis;

/// How often the driver looks for managers that were installed.
const LOOK: Duration = Duration::from_millis(200);

/// Whom the driver ticks, by interval.
#[derive(Debug, Default)]
struct Agenda {
    groups: HashMap<Duration, Group>,
    /// Those whose tick came due while nobody drove them, with when that was.
    overdue: Vec<(Arc<Manager>, u64)>,
    /// Those in whose tick an earlier host died, and that have no other one due.
    interrupted: Vec<Arc<Manager>>,
    /// The changes of the host that were seen.
    seen: Option<u64>,
}

impl Agenda {
    /// Takes up what was installed since the last look. After what is due, so that beats that a late driver
    /// left out are not counted for who was not there yet.
    fn look(&mut self, core: &Core, now: Duration) {
        let changes = core.changes();
        if self.seen == Some(changes) {
            return;
        }
        self.seen = Some(changes);
        let wall_ms = core.clock.wall_ms();
        let (mut managers, mut ticks) = (0_u64, 0_u64);
        for manager in core.all() {
            let left_out = self.take_up(manager, now, wall_ms);
            managers += u64::from(left_out > 0);
            ticks = ticks.saturating_add(left_out);
        }
        if managers > 0 {
            tracing::info!(ticks, managers, "left out while no host ran");
        }
    }

    /// From now on it is ticked with the beat of its interval, which goes on from where it stood when its
    /// first manager rested; and at once where a tick of its own came due meanwhile. Answers how many of
    /// its ticks were left out while nobody drove it.
    fn take_up(&mut self, manager: Arc<Manager>, now: Duration, wall_ms: u64) -> u64 {
        let mut state = manager.state();
        if state.driven {
            return 0;
        }
        let interval = state.interval;
        let new = || Group::new(interval, now.saturating_add(state.until_next(wall_ms)));
        let group = self.groups.entry(interval).or_insert_with(new);
        let next_ms = wall_ms.saturating_add(millis(group.next.saturating_sub(now)));
        let taken_up = state.drive(wall_ms, next_ms);
        let interrupted = state.schedule.row().open.is_some();
        drop(state);
        group.join(Arc::clone(&manager));
        match taken_up.overdue_ms {
            // Whoever delivers that tick finishes the other one first.
            Some(at_ms) => self.overdue.push((manager, at_ms)),
            None if interrupted => self.interrupted.push(manager),
            None => {}
        }
        taken_up.left_out
    }

    /// All that is due by the beats of their intervals, with when it was due.
    fn due(&mut self, core: &Core, now: Duration) -> Vec<(Arc<Manager>, u64)> {
        let wall_ms = core.clock.wall_ms();
        let (mut due, mut moved) = (Vec::new(), Vec::new());
        self.groups.retain(|interval, group| {
            let Some(late) = now.checked_sub(group.next) else { return true };
            let interval = (*interval).max(LEAST);
            let left_out = u64::try_from(late.as_nanos() / interval.as_nanos()).unwrap_or(u64::MAX);
            // When the newest of them was due, of which this is the tick.
            let rest = u64::try_from(late.as_nanos() % interval.as_nanos()).unwrap_or(u64::MAX);
            let late = Duration::from_nanos(rest);
            group.next = now.saturating_sub(late).saturating_add(interval);
            let at_ms = wall_ms.saturating_sub(millis(late));
            let beat = group.beat(core, at_ms, left_out);
            due.extend(beat.due.into_iter().map(|manager| (manager, at_ms)));
            moved.extend(beat.moved);
            !group.is_empty()
        });
        for manager in moved {
            self.take_up(manager, now, wall_ms);
        }
        due
    }

    /// Those who are late with a tick of the time in which nobody drove them. Their next beat is still to come.
    fn overdue(&mut self, core: &Core) -> Vec<(Arc<Manager>, u64)> {
        let ours = |due: &(Arc<Manager>, u64)| core.cluster.turn(&due.0.name) == Turn::Ours;
        self.overdue.drain(..).filter(ours).collect()
    }

    /// Those whose interrupted tick is to be finished, unless somebody is at it: they are busy until it is.
    fn interrupted(&mut self, core: &Core) -> Vec<Held> {
        let ours = |manager: &Arc<Manager>| core.cluster.turn(&manager.name) == Turn::Ours;
        let managers = self.interrupted.drain(..).filter(ours);
        managers.filter_map(|manager| manager.try_hold()).collect()
    }

    fn next(&self) -> Option<Duration> {
        self.groups.values().map(|group| group.next).min()
    }
}

impl Drop for Agenda {
    /// Also where the future that drives is dropped half-way: whoever drives next takes them up.
    fn drop(&mut self) {
        std::mem::take(&mut self.groups).into_values().for_each(Group::disband);
    }
}

/// How long the guests' threads may take to end once nothing runs on them any more.
const LAST: Duration = Duration::from_secs(10);

/// The threads on which guests run. Also where the future that drives is dropped half-way they end, in the
/// background: a runtime may not be waited for in another one's midst.
struct Workers(Option<Runtime>);

impl Workers {
    /// Its settings are what keeps neighbours punctual: a task that was woken from outside waits for one
    /// slice of each spinning guest before it, not for 61.
    fn start(threads: usize) -> std::io::Result<Self> {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads.max(1))
            .thread_name("tourbillon-guests")
            .global_queue_interval(1)
            .event_interval(1)
            .enable_time()
            .build()
            .map(|runtime| Self(Some(runtime)))
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.0 {
            runtime.spawn(task);
        }
    }

    /// Waits until they are gone, and what their tasks held with them: the store of the host is free for
    /// the next one then.
    async fn end(mut self) {
        let Some(runtime) = self.0.take() else { return };
        let ended = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(LAST)).await;
        if let Err(error) = ended {
            tracing::error!(%error, "the threads of the guests were not waited for");
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Ticks every manager at its interval until `shutdown`.
pub(super) async fn run(
    core: &Arc<Core>,
    threads: usize,
    shutdown: impl Future<Output = ()>,
) -> Result<(), HostError> {
    let workers = Workers::start(threads).map_err(|e| HostError::Threads(e.to_string()))?;
    let mut shutdown = pin!(shutdown);
    let mut agenda = Agenda::default();
    let mut checkpoint = tokio::time::interval(core.limits.checkpoint);
    checkpoint.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let now = core.clock.monotonic();
        let mut due = agenda.due(core, now);
        agenda.look(core, now);
        due.extend(agenda.overdue(core));
        for held in agenda.interrupted(core) {
            let core = Arc::clone(core);
            workers.spawn(async move { core.finish_interrupted(held).await });
        }
        let due = held(core, due);
        if !due.is_empty() {
            let together = Together { core: Arc::clone(core), wanted: Wanted::Due, done: None };
            workers.spawn(together.tick(due));
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
    drop(agenda);
    for manager in core.all() {
        drop(manager.keep().await);
    }
    workers.end().await;
    Ok(())
}

/// Holds the managers whose ticks are due. What is busy, or still waits for a place with its last tick,
/// has missed this one: nothing queues (S12).
fn held(core: &Core, due: Vec<(Arc<Manager>, u64)>) -> Vec<DueTick> {
    let mut ticks = Vec::with_capacity(due.len());
    for (nth, (manager, at_ms)) in due.into_iter().enumerate() {
        match manager.try_hold() {
            Some(held) => ticks.push(DueTick { held, at_ms, nth }),
            None => {
                if let Err(error) = core.busy(&manager, at_ms, Wanted::Due) {
                    tracing::debug!(manager = %manager.name, %error, "a tick was left out");
                }
            }
        }
    }
    ticks
}
