//! The whole way of a tick, store included, against the port of the original's loop: ticks, runs by
//! hand, pauses, kills of the host in any run, restarts and upgrades, in any order (S1 to S19, S25).

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::rig::{Disk, Rig};
use super::script::Play;
use crate::schedule::model::{Loop, settings};
use crate::schedule::{Schedule, TaskSetting};
use crate::types::Outcome;

#[derive(Debug, Clone)]
enum Op {
    Tick,
    Trigger(usize),
    PauseTask(usize, bool),
    PauseManager(bool),
    /// `kill -9` in the n-th run of a tick; a new host takes over.
    Kill(usize),
    /// A graceful stop and a start.
    Restart,
    Upgrade(Vec<TaskSetting>),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        12 => Just(Op::Tick),
        2 => (0..6usize).prop_map(Op::Trigger),
        2 => (0..6usize, any::<bool>()).prop_map(|(t, p)| Op::PauseTask(t, p)),
        1 => any::<bool>().prop_map(Op::PauseManager),
        2 => (0..3usize).prop_map(Op::Kill),
        1 => Just(Op::Restart),
        1 => settings().prop_map(Op::Upgrade),
    ]
}

struct Case {
    rig: Rig,
    model: Loop,
    /// The model at the last commit: what a killed host goes back to.
    kept: Loop,
    settings: Vec<TaskSetting>,
    version: u8,
    /// Which tasks were paused, and on which ticks.
    paused: BTreeSet<(String, u64)>,
}

impl Case {
    async fn step(&mut self, op: Op) {
        match op {
            Op::Tick => {
                let expect = self.model.periodic_tasks();
                assert_eq!(self.rig.outcomes().await, expect);
                self.note_paused();
                if expect.contains(&Outcome::Ok) {
                    self.kept = self.model.clone();
                }
            }
            Op::Trigger(t) if t < self.settings.len() => {
                let manager = self.rig.manager();
                let report = self.rig.core.trigger(&manager, t).await.unwrap();
                assert_eq!(report.tasks[0].outcome, Outcome::Ok);
                self.kept = self.model.clone();
            }
            Op::PauseTask(t, paused) if t < self.settings.len() => {
                let manager = self.rig.manager();
                let task = self.settings[t].name.clone();
                self.rig.core.pause(&manager, Some(&task), paused).await.unwrap();
                self.model.tasks[t].3 = paused;
                self.kept = self.model.clone();
            }
            Op::PauseManager(paused) => {
                let manager = self.rig.manager();
                self.rig.core.pause(&manager, None, paused).await.unwrap();
                self.model.paused = paused;
                self.kept = self.model.clone();
            }
            Op::Trigger(_) | Op::PauseTask(..) => {}
            Op::Kill(n) => self.kill(n).await,
            Op::Restart => {
                self.rig.core.checkpoint().await.unwrap();
                self.rig.restart(&self.settings, self.version).await;
                self.kept = self.model.clone();
            }
            Op::Upgrade(new) => {
                self.version = self.version.wrapping_add(1);
                self.settings = new;
                self.rig.install(&self.settings, self.version).await.unwrap();
                self.model.upgrade(&self.settings);
                self.kept = self.model.clone();
            }
        }
        let expect: Vec<_> = self.model.tasks.iter().map(|t| u64::try_from(t.2).unwrap()).collect();
        assert_eq!(self.rig.counters(), expect, "the counters are the loop's");
        self.check_paused().await;
        self.rig.check().await;
    }

    fn reached(&self) -> u64 {
        self.rig.manager().state().schedule.row().tick.get()
    }

    /// Takes down which tasks are paused on the last tick.
    fn note_paused(&mut self) {
        let (tick, tasks) = (self.reached(), self.model.tasks.iter().filter(|t| t.3));
        self.paused.extend(tasks.map(|t| (t.0.clone(), tick)));
    }

    /// The store, and the records of tasks that are paused still, tell each of these ticks once.
    async fn check_paused(&mut self) {
        // A host that was killed may have given numbers of idle ticks that the next one gives again.
        let reached = self.reached();
        self.paused.retain(|(_, tick)| *tick <= reached);
        let spans = self.rig.core.store.spans(self.rig.name.clone(), u32::MAX).await.unwrap();
        let over = spans.into_iter().filter_map(|s| Some((s.task?, s.from, s.to)));
        let manager = self.rig.manager();
        let state = manager.state();
        let (row, tasks) = (state.schedule.row(), state.schedule.tasks().iter());
        let still = tasks.filter_map(|t| Schedule::pause_of(&t.record, row));
        let told: Vec<_> = over
            .chain(still.map(|pause| (pause.task, pause.from, pause.to)))
            .flat_map(|(task, from, to)| {
                (from.get()..=to.get()).map(move |t| (task.to_string(), t))
            })
            .collect();
        assert_eq!(told.len(), self.paused.len(), "{told:?}");
        assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), self.paused, "S14");
    }

    /// The host dies in the n-th run of a tick, or after a tick on which nothing was due.
    async fn kill(&mut self, n: usize) {
        let mut next = self.model.clone();
        let due: Vec<_> = next.periodic_tasks().into_iter().enumerate().collect();
        let due: Vec<_> = due.into_iter().filter(|d| d.1 == Outcome::Ok).map(|d| d.0).collect();
        let Some(last) = due.len().checked_sub(1) else {
            self.rig.tick().await.unwrap();
            self.rig.restart(&self.settings, self.version).await;
            // Idle ticks that were not committed are a gap (S19).
            self.model = self.kept.clone();
            return;
        };
        let dies_in = due[n.min(last)];
        let task = self.settings[dies_in].name.clone();
        self.rig.script.set(task.as_str(), Play::Hang);
        tokio::select! {
            biased;
            report = self.rig.tick() => panic!("it was to hang: {report:?}"),
            () = self.rig.script.hung.notified() => {}
        }
        self.rig.script.set(task.as_str(), Play::End(Outcome::Ok));
        let mut reports = Vec::new();
        let before = self.rig.script.started.lock().unwrap().len();
        self.rig.restart(&self.settings, self.version).await;
        let started = self.rig.script.started.lock().unwrap()[before..].to_vec();
        reports.extend(started.iter().map(|(id, _)| id.split('/').nth(1).unwrap().to_owned()));
        let rest: Vec<_> =
            due[n.min(last) + 1..].iter().map(|t| self.settings[*t].name.to_string()).collect();
        assert_eq!(reports, rest, "S19: the rest of the tick runs now, the lost run does not");
        self.note_paused();
        let manager = self.rig.manager();
        // This model knows no back-off: a loss is forgiven at once.
        self.rig.core.clear(&manager, None).await.unwrap();
        self.model = next;
        self.kept = self.model.clone();
    }
}

fn check(disk: Disk, first: Vec<TaskSetting>, ops: Vec<Op>) {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    }
    RUNTIME.with(|runtime| {
        runtime.block_on(async {
            let model = Loop::new(&first);
            let rig = Rig::new(disk, &first).await;
            let kept = model.clone();
            let paused = BTreeSet::new();
            let mut case = Case { rig, model, kept, settings: first, version: 1, paused };
            for op in ops {
                case.step(op).await;
            }
        });
    });
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(10_000))]

    #[test]
    fn s01_s25_with_a_store_in_memory(
        first in settings(),
        ops in proptest::collection::vec(op(), 1..24),
    ) {
        check(Disk::memory(), first, ops);
    }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn s01_s25_with_sqlite(first in settings(), ops in proptest::collection::vec(op(), 1..16)) {
        check(Disk::sqlite(), first, ops);
    }
}
