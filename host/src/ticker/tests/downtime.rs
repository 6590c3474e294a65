//! What no host saw: ticks that downtime left out (S13), and ticks that came while a component was
//! exchanged (S21, S25).

use std::sync::Arc;

use super::rig::{Disk, Rig, candidate, core};
use super::script::Script;
use crate::schedule::model::setting;
use crate::store::{FreezingStore, MemoryStore, SpanKind, Stage, Store};
use crate::ticker::report::Wanted;
use crate::types::{ManagerName, Outcome};

/// Every ten seconds, which is the default.
const INTERVAL_MS: u64 = 10_000;

impl Rig {
    async fn tick_at(&self, at_ms: u64) {
        self.core.tick(&self.manager(), at_ms, 1, Wanted::All).await.unwrap();
    }

    /// Takes the manager up as a driver does whose first tick is due then; how many were left out.
    fn drive(&self, next_ms: u64) -> u64 {
        self.manager().state().drive(next_ms)
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
    assert_eq!(rig.drive(5_000), 0, "nothing was left out before the first tick");
    rig.tick_at(INTERVAL_MS).await;
    rig.tick_at(2 * INTERVAL_MS).await;

    // Those of 30 to 80 s. That of 90 s comes at 95.
    rig.restart(&tasks, 1).await;
    assert_eq!(rig.drive(95_000), 6);
    assert_eq!((rig.gaps(), rig.counters()), ((6, 6, 85_000), vec![1]));
    assert_eq!(rig.drive(95_000), 0, "the driver has it");

    // No commit has taken that along: the next host counts all of it.
    rig.restart(&tasks, 1).await;
    assert_eq!(rig.drive(105_000), 7);
    rig.core.checkpoint().await.unwrap();
    rig.restart(&tasks, 1).await;
    assert_eq!(rig.drive(125_000), 2, "since 95 s");
    assert_eq!(rig.gaps(), (9, 9, 115_000));

    // A tick by hand of an embedder hides no downtime before it, and a driver that rests leaves out.
    rig.core.checkpoint().await.unwrap();
    rig.restart(&tasks, 1).await;
    rig.tick_at(147_000).await;
    assert_eq!(rig.drive(155_000), 3);
    rig.manager().state().rest();
    assert_eq!(rig.drive(185_000), 3);

    // A clock that was set back leaves out none, nor does a start within the interval.
    rig.tick_at(185_000).await;
    for next_ms in [1_000, 185_000, 204_999] {
        rig.restart(&tasks, 1).await;
        assert_eq!(rig.drive(next_ms), 0, "{next_ms}");
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
        core.install(spec, candidate).await.unwrap();
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
