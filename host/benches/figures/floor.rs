//! The least that any host does around a call: how near a run through ours can come to the raw one.
//!
//! Written down straight, without rules, rooms or failures: find the manager by name, take a place among
//! the ticks in progress, look at the wall clock, take the instance from behind its lock, arm fuel, quota and
//! epoch, look at the clock before and after, give the instance back, and hand out a report. Each of these is
//! promised (S3, S11, S12, S15, S21, `docs/limits.md`), so a host that leaves none out can't be quicker.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use tokio::sync::Semaphore;
use tourbillon::clock::{Clock, SystemClock};
use tourbillon::types::{
    Fuel, HostLimits, ManagerName, Outcome, RunDetails, RunLimits, TaskName, TaskReport, Tick,
    TickReport, Trigger,
};
use wasmtime::Store;

use crate::alone::Alone;

mod generated {
    #![allow(missing_docs, clippy::pedantic, reason = "generated from wit/")]

    // As the host's own: the texts of a run are lent, not given.
    wasmtime::component::bindgen!({
        path: "../wit",
        world: "manager",
        ownership: Borrowing { duplicate_if_necessary: false },
        exports: { default: async },
    });
}

use generated::exports::tourbillon::manager::lifecycle::Run;

/// A host of one task a manager, and of nothing that could go wrong.
pub(crate) struct Floor {
    clock: Arc<dyn Clock>,
    places: Semaphore,
    managers: RwLock<BTreeMap<ManagerName, Arc<Mutex<Slot>>>>,
    limits: RunLimits,
    task: TaskName,
}

#[derive(Default)]
struct Slot {
    tick: u64,
    live: Option<Box<Live>>,
}

struct Live {
    store: Store<()>,
    manager: generated::Manager,
    id: String,
}

impl Floor {
    pub(crate) async fn new(alone: &Alone, name: ManagerName) -> Self {
        let (mut store, instance) = alone.parts().await;
        let manager = generated::Manager::new(&mut store, &instance).unwrap();
        let lifecycle = manager.tourbillon_manager_lifecycle();
        lifecycle.call_init_host(&mut store, "bench").await.unwrap().unwrap();
        let live = Some(Box::new(Live { store, manager, id: String::new() }));
        let slot = Arc::new(Mutex::new(Slot { tick: 0, live }));
        Self {
            clock: Arc::new(SystemClock::default()),
            places: Semaphore::new(HostLimits::default().running as usize),
            managers: RwLock::new(BTreeMap::from([(name, slot)])),
            limits: RunLimits::default(),
            task: TaskName::new("beat").unwrap(),
        }
    }

    /// The looks at the clocks that a run needs: when it is due, when it is entered, when it has returned.
    pub(crate) fn looks(&self) -> (u64, Duration) {
        let (at_ms, entered) = (self.clock.wall_ms(), self.clock.monotonic());
        (at_ms, self.clock.monotonic().saturating_sub(entered))
    }

    pub(crate) async fn tick(&self, name: &ManagerName) -> Arc<TickReport> {
        let slot = Arc::clone(&self.managers.read().unwrap()[name]);
        let _place = self.places.try_acquire().unwrap();
        let at_ms = self.clock.wall_ms();
        let (tick, mut live) = {
            let mut slot = slot.lock().unwrap();
            slot.tick += 1;
            (slot.tick, slot.live.take().unwrap())
        };
        live.renew(name, &self.task, tick);
        let (fuel, time) = live.run(self, tick, at_ms).await;
        let run = RunDetails {
            attempt: 1,
            fuel,
            fuel_granted: self.limits.fuel,
            time,
            memory: 0,
            host_calls: 0,
            logs_dropped: 0,
            error: None,
            detail: None,
        };
        slot.lock().unwrap().live = Some(live);
        Arc::new(TickReport {
            manager: name.clone(),
            tick: Tick::new(tick),
            at_ms,
            trigger: Trigger::Schedule,
            by_hand: None,
            tasks: vec![TaskReport {
                task: self.task.clone(),
                outcome: Outcome::Ok,
                ticks_to_skip: 0,
                run: Some(run),
                reason: None,
            }],
        })
    }
}

impl Live {
    /// The identity of the next run, in the memory of the last.
    fn renew(&mut self, name: &ManagerName, task: &TaskName, tick: u64) {
        self.id.clear();
        for part in [name.as_str(), "/", task.as_str(), "/"] {
            self.id.push_str(part);
        }
        self.id.push_str(itoa::Buffer::new().format(tick));
    }

    async fn run(&mut self, floor: &Floor, tick: u64, at_ms: u64) -> (Fuel, Duration) {
        let limits = &floor.limits;
        self.store.set_hostcall_fuel(limits.call_bytes.as_usize());
        self.store.set_epoch_deadline(1);
        self.store.set_fuel(limits.fuel.get()).unwrap();
        let run = Run { id: &self.id, task: floor.task.as_str(), tick, scheduled_at_ms: at_ms };
        let lifecycle = self.manager.tourbillon_manager_lifecycle();
        let entered = floor.clock.monotonic();
        let answer = lifecycle.call_run_periodic_task(&mut self.store, run).await.unwrap();
        let time = floor.clock.monotonic().saturating_sub(entered);
        assert!(answer.is_ok());
        let left = self.store.get_fuel().unwrap();
        (Fuel::new(limits.fuel.get() - left), time)
    }
}
