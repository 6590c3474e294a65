//! Managers that beat together against the same managers ticked one by one: whatever is done to them
//! between two beats, and however seldom they are looked at, both come to the same (S3, S11 to S14).

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use tokio::sync::broadcast::Receiver;

use super::rig::{candidate, limits};
use super::script::{Play, Script};
use crate::clock::SimulatedClock;
use crate::cluster::Solo;
use crate::schedule::TaskSetting;
use crate::schedule::model::settings;
use crate::store::MemoryStore;
use crate::ticker::core::Core;
use crate::ticker::group::Group;
use crate::ticker::install::Interrupted;
use crate::ticker::manager::{Held, Manager};
use crate::ticker::report::Wanted;
use crate::ticker::together::{DueTick, Together};
use crate::types::{HostLimits, ManagerName, Outcome, TickReport};

#[derive(Debug, Clone)]
enum Op {
    /// So many beats, before the first of which some were left out.
    Beats(u64, u64),
    Install(usize, Vec<TaskSetting>),
    Remove(usize),
    Trigger(usize, usize),
    Tick(usize),
    PauseTask(usize, usize, bool),
    PauseManager(usize, bool),
    Clear(usize),
    Play(usize, usize, Play),
    FailToStart(usize),
    /// Somebody holds it until he lets go.
    Hold(usize),
    LetGo,
    /// Somebody listens, or nobody does.
    Hear(bool),
    Look(usize),
}

const MANAGERS: usize = 4;
const INTERVAL_MS: u64 = 10_000;

fn op() -> impl Strategy<Value = Op> {
    let (who, task) = (0..MANAGERS, 0..6usize);
    let play = prop_oneof![
        Just(Play::End(Outcome::Ok)),
        Just(Play::End(Outcome::Failed)),
        Just(Play::End(Outcome::Trap)),
        (0..6u32).prop_map(Play::Ask),
    ];
    prop_oneof![
        10 => (1..6u64, prop_oneof![4 => Just(0), 1 => 1..4u64]).prop_map(|(n, out)| Op::Beats(n, out)),
        4 => (who.clone(), settings()).prop_map(|(who, tasks)| Op::Install(who, tasks)),
        1 => who.clone().prop_map(Op::Remove),
        2 => (who.clone(), task.clone()).prop_map(|(who, task)| Op::Trigger(who, task)),
        1 => who.clone().prop_map(Op::Tick),
        2 => (who.clone(), task.clone(), any::<bool>())
            .prop_map(|(who, task, on)| Op::PauseTask(who, task, on)),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, on)| Op::PauseManager(who, on)),
        1 => who.clone().prop_map(Op::Clear),
        2 => (who.clone(), task, play).prop_map(|(who, task, play)| Op::Play(who, task, play)),
        1 => who.clone().prop_map(Op::FailToStart),
        2 => who.clone().prop_map(Op::Hold),
        1 => Just(Op::LetGo),
        1 => any::<bool>().prop_map(Op::Hear),
        2 => who.prop_map(Op::Look),
    ]
}

/// One of the two sides.
struct Side {
    core: Arc<Core>,
    scripts: Vec<Arc<Script>>,
    /// Where this side beats together.
    group: Option<Group>,
    held: Vec<Held>,
    heard: Option<Receiver<Arc<TickReport>>>,
    version: u8,
    /// When the last beat was due.
    at_ms: u64,
}

impl Side {
    fn new(together: bool) -> Self {
        let interval = Duration::from_millis(INTERVAL_MS);
        Self {
            // Fewer places than managers: ticks together go in waves.
            core: core_of(HostLimits { running: 2, ..limits() }),
            scripts: (0..MANAGERS).map(|_| Script::new()).collect(),
            group: together.then(|| Group::new(interval, interval)),
            held: Vec::new(),
            heard: None,
            version: 0,
            at_ms: 1_000,
        }
    }

    fn manager(&self, who: usize) -> Option<Arc<Manager>> {
        self.core.find(&name(who))
    }

    fn is_held(&self, who: usize) -> bool {
        self.manager(who).is_some_and(|m| m.is_held())
    }

    async fn apply(&mut self, op: &Op) {
        match op {
            Op::Beats(n, left_out) => {
                for beat in 0..*n {
                    self.beat(if beat == 0 { *left_out } else { 0 }).await;
                }
            }
            Op::Install(who, tasks) if !self.is_held(*who) => self.install(*who, tasks).await,
            Op::Remove(who) if self.manager(*who).is_some() && !self.is_held(*who) => {
                self.core.remove(&name(*who)).await.unwrap();
            }
            Op::Hold(who) => self.held.extend(self.manager(*who).and_then(|m| m.try_hold())),
            Op::LetGo => self.held.clear(),
            Op::Hear(true) => self.heard = Some(self.core.listen()),
            Op::Hear(false) => self.heard = None,
            Op::Play(who, task, play) => {
                self.scripts[*who].set(["a", "b", "c", "d", "e", "f"][*task], *play);
            }
            Op::FailToStart(who) => *self.scripts[*who].failing_starts.lock().unwrap() += 1,
            Op::Install(..) | Op::Remove(_) => {}
            Op::Trigger(who, _)
            | Op::Tick(who)
            | Op::PauseTask(who, ..)
            | Op::PauseManager(who, _)
            | Op::Clear(who)
            | Op::Look(who) => {
                if let Some(manager) = self.manager(*who) {
                    self.touch(op, &manager).await;
                }
            }
        }
    }

    /// What is done to one manager that is there.
    async fn touch(&self, op: &Op, manager: &Arc<Manager>) {
        let tasks = manager.state().schedule.tasks().len();
        match op {
            Op::Tick(_) => drop(self.core.tick(manager, self.at_ms, 1, Wanted::All).await.unwrap()),
            Op::Look(_) => drop(manager.state()),
            _ if manager.is_held() => {}
            Op::Trigger(_, task) => {
                drop(self.core.trigger(manager, task % tasks).await.unwrap());
            }
            Op::PauseTask(_, task, on) => {
                let task = manager.state().schedule.tasks()[task % tasks].record.name.clone();
                self.core.pause(manager, Some(&task), *on).await.unwrap();
            }
            Op::PauseManager(_, on) => self.core.pause(manager, None, *on).await.unwrap(),
            _ => self.core.clear(manager, None).await.unwrap(),
        }
    }

    async fn install(&mut self, who: usize, tasks: &[TaskSetting]) {
        self.version = self.version.wrapping_add(1);
        let (spec, candidate) = candidate(&self.scripts[who], &name(who), tasks, self.version);
        let new = self.manager(who).is_none();
        // A new component that does not start leaves the old one running, on both sides.
        let installed = self.core.install(spec, candidate, Interrupted::Finish).await.is_ok();
        if let (true, true, Some(group)) = (new, installed, &mut self.group) {
            group.join(self.core.find(&name(who)).unwrap());
        }
    }

    async fn beat(&mut self, left_out: u64) {
        self.at_ms += INTERVAL_MS * (left_out + 1);
        let at_ms = self.at_ms;
        let Some(group) = &mut self.group else {
            for manager in self.core.all() {
                manager.state().schedule.gap(left_out, at_ms - INTERVAL_MS);
                self.core.tick(&manager, at_ms, 1, Wanted::Due).await.unwrap();
            }
            return;
        };
        let beat = group.beat(&self.core, at_ms, left_out);
        beat.moved.into_iter().for_each(|manager| group.join(manager));
        let mut due = Vec::new();
        for (nth, manager) in beat.due.into_iter().enumerate() {
            match manager.try_hold() {
                Some(held) => due.push(DueTick { held, at_ms, nth }),
                None => drop(self.core.busy(&manager, at_ms, Wanted::Due).unwrap()),
            }
        }
        let (done, mut answers) = tokio::sync::mpsc::unbounded_channel();
        let core = Arc::clone(&self.core);
        let together = Together { core, wanted: Wanted::Due, done: Some(done) };
        together.tick(due).await;
        while let Some(some) = answers.recv().await {
            for (_, answer) in some {
                answer.unwrap();
            }
        }
    }
}

fn core_of(limits: HostLimits) -> Arc<Core> {
    let clock = Arc::new(SimulatedClock::new(1_000));
    Arc::new(Core::new(limits, Arc::new(MemoryStore::recording()), clock, Arc::new(Solo)))
}

fn name(who: usize) -> ManagerName {
    ManagerName::new(&format!("m{who}")).unwrap()
}

fn compare(together: &Side, alone: &Side) {
    for (one, other) in together.core.all().iter().zip(alone.core.all()) {
        let (one, other) = (one.state(), other.state());
        assert_eq!(one.schedule.row(), other.schedule.row());
        assert_eq!(one.schedule.records(), other.schedule.records());
        assert_eq!(one.schedule.row().totals.sum(), one.schedule.row().expected, "S11");
    }
    for (one, other) in together.scripts.iter().zip(&alone.scripts) {
        assert_eq!(*one.started.lock().unwrap(), *other.started.lock().unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn s03_s11_s14_a_beat_of_many_is_a_tick_of_each(
        first in prop::collection::vec(settings(), MANAGERS),
        ops in prop::collection::vec(op(), 1..30),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (mut together, mut alone) = (Side::new(true), Side::new(false));
            for side in [&mut together, &mut alone] {
                for (who, tasks) in first.iter().enumerate() {
                    side.apply(&Op::Install(who, tasks.clone())).await;
                }
                for op in &ops {
                    side.apply(op).await;
                }
                side.held.clear();
            }
            compare(&together, &alone);
        });
    }
}
