//! What no host saw: ticks that downtime left out (S13), and ticks that came while a component was
//! exchanged (S21, S25).

use std::sync::Arc;

use super::rig::{Disk, Rig, candidate, core};
use super::script::Script;
use crate::schedule::model::setting;
use crate::store::{FreezingStore, MemoryStore, SpanKind, Stage, Store};
use crate::ticker::install::Interrupted;
use crate::ticker::report::Wanted;
use crate::types::{ManagerName, Outcome};

/// Every ten seconds, which is the default.
const INTERVAL_MS: u64 = 10_000;

impl Rig {
    async fn tick_at(&self, at_ms: u64) {
        self.core.tick(&self.manager(), at_ms, 1, Wanted::All).await.unwrap();
    }

    /// Takes the manager up at `wall_ms` as a driver does that is the first to have it: how many ticks
    /// were left out, when the last one was due that is only late, and how long until the next one.
    fn drive(&self, wall_ms: u64) -> (u64, Option<u64>, u64) {
        let manager = self.manager();
        let mut state = manager.state();
        let next = u64::try_from(state.until_next(wall_ms).as_millis()).unwrap();
        let taken_up = state.drive(wall_ms, wall_ms + next);
        (taken_up.left_out, taken_up.overdue_ms, next)
    }

    fn gaps(&self) -> (u64, u64, u64) {
        let manager = self.manager();
        let state = manager.state();
        let row = state.schedule.row();
        (row.gaps, row.missed_before, row.counted_ms)
    }
}

async fn s13_downtime_is_counted_once(disk: Disk) {
    // `a` runs on every second tick, so that the store has the second one.
    let tasks = [setting("a", 1, false)];
    let mut rig = Rig::new(disk, &tasks).await;
    assert_eq!(rig.drive(5_000), (0, None, INTERVAL_MS), "nothing before the first host");
    rig.tick_at(INTERVAL_MS).await;
    rig.tick_at(2 * INTERVAL_MS).await;

    // Those of 30 to 70 s; that of 80 s is only late, and the beat goes on at 90 s.
    rig.restart(&tasks, 1).await;
    assert_eq!(rig.drive(85_000), (5, Some(80_000), 5_000));
    assert_eq!((rig.gaps(), rig.counters()), ((5, 5, 70_000), vec![1]));
    assert_eq!(rig.drive(85_000).0, 0, "the driver has it");

    // No commit has taken that along: the next host counts all of it.
    rig.restart(&tasks, 1).await;
    assert_eq!(rig.drive(95_000), (6, Some(90_000), 5_000));
    rig.tick_at(90_000).await;
    rig.core.checkpoint().await.unwrap();
    rig.restart(&tasks, 1).await;
    assert_eq!(rig.drive(115_000), (1, Some(110_000), 5_000), "since 90 s");
    rig.tick_at(110_000).await;
    assert_eq!(rig.gaps(), (7, 0, 110_000));

    // A tick by hand of an embedder hides no downtime before it, is the late one itself where it comes
    // after it, and a driver that rests leaves out.
    rig.core.checkpoint().await.unwrap();
    rig.restart(&tasks, 1).await;
    rig.tick_at(142_000).await;
    assert_eq!(rig.drive(145_000), (3, None, 5_000), "120 to 140 s");
    rig.tick_at(150_000).await;
    rig.manager().state().rest();
    assert_eq!(rig.drive(185_000), (2, Some(180_000), 5_000));

    // A clock that was set back leaves out none, nor does a start within the interval.
    rig.tick_at(180_000).await;
    rig.core.checkpoint().await.unwrap();
    for (wall_ms, next) in [(1_000, INTERVAL_MS), (180_000, INTERVAL_MS), (189_999, 1)] {
        rig.restart(&tasks, 1).await;
        assert_eq!(rig.drive(wall_ms), (0, None, next), "{wall_ms}");
    }
    // One that was ahead is no reason to wait until it is reached: the count begins anew.
    rig.restart(&tasks, 1).await;
    assert_eq!(rig.drive(100_000), (0, None, INTERVAL_MS));
    assert_eq!(rig.gaps().2, 100_000);
    rig.core.checkpoint().await.unwrap();
    rig.restart(&tasks, 1).await;
    assert_eq!(rig.drive(111_000), (0, Some(110_000), 9_000));
    rig.tick_at(180_000).await;
    rig.core.checkpoint().await.unwrap();

    // A beat that is due already is the late tick; one that others have set comes when it comes.
    for (next_ms, overdue_ms) in [(205_000, None), (207_000, None), (214_000, Some(200_000))] {
        rig.restart(&tasks, 1).await;
        let taken_up = rig.manager().state().drive(207_000, next_ms);
        assert_eq!((taken_up.left_out, taken_up.overdue_ms), (1, overdue_ms), "{next_ms}");
    }
    rig.check().await;
}

#[tokio::test]
async fn s13_downtime_is_counted_once_in_memory() {
    s13_downtime_is_counted_once(Disk::memory()).await;
}

#[tokio::test]
async fn s13_downtime_is_counted_once_on_disk() {
    s13_downtime_is_counted_once(Disk::sqlite()).await;
}

/// Hosts that live for less than its interval: its ticks come, each as soon as somebody is there for it.
#[tokio::test]
async fn s13_who_outlives_its_hosts_is_ticked_and_counted() {
    let tasks = [setting("a", 0, false)];
    let mut rig = Rig::new(Disk::sqlite(), &tasks).await;
    let mut ticks = Vec::new();
    for host in 1..=10 {
        // Each lives for seven of eight seconds; the seventh starts 24 s later than that.
        let wall_ms = 8_000 * host + if host < 7 { 0 } else { 24_000 };
        let (_, overdue_ms, next) = rig.drive(wall_ms);
        let in_time = (next <= 7_000).then_some(wall_ms + next);
        for at_ms in overdue_ms.into_iter().chain(in_time) {
            rig.tick_at(at_ms).await;
            ticks.push(at_ms / 1_000);
        }
        rig.core.checkpoint().await.unwrap();
        rig.restart(&tasks, 1).await;
    }
    // Each ten seconds from the first host's start on.
    assert_eq!((ticks, rig.gaps().0), (vec![18, 28, 38, 48, 78, 88, 98, 108], 2));
}

#[tokio::test]
async fn s21_s25_a_tick_that_came_while_a_component_was_exchanged_keeps_its_number() {
    let name = ManagerName::new("m").unwrap();
    let (script, tasks) = (Script::new(), [setting("a", 0, false)]);
    // An install reads, writes and reads; a tick writes twice; the exchange writes.
    let store = MemoryStore::recording();
    let store = Arc::new(FreezingStore::new(Arc::new(store), 6, Stage::After));
    let core = core(store.clone());
    let install = async |version| {
        let (spec, candidate) = candidate(&script, &name, &tasks, version);
        core.install(spec, candidate, Interrupted::Finish).await.unwrap();
    };
    install(1).await;
    let manager = core.manager(&name).unwrap();
    core.tick(&manager, 1, 1, Wanted::All).await.unwrap();

    let meanwhile = async {
        store.reached().await;
        manager.state().schedule.gap(2, 2);
        let report = core.tick(&manager, 3, 1, Wanted::All).await.unwrap();
        assert_eq!((report.tick.get(), report.tasks[0].outcome), (2, Outcome::Missed));
        store.thaw();
    };
    tokio::join!(install(2), meanwhile);
    let report = core.tick(&manager, 4, 1, Wanted::All).await.unwrap();
    assert_eq!((report.tick.get(), report.tasks[0].outcome), (3, Outcome::Ok));
    let row = manager.state().schedule.row().clone();
    assert_eq!((row.gaps, row.totals.sum(), row.expected), (2, 3, 3));
    let spans = store.spans(name.clone(), 9).await.unwrap();
    assert_eq!(
        spans.iter().map(|s| (s.kind, s.from.get())).collect::<Vec<_>>(),
        [(SpanKind::Missed, 2)]
    );
}
