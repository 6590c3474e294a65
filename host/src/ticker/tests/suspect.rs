//! A manager whose store failed: until it was read again, nothing is told of it (S17).

use std::sync::Arc;

use super::rig::{candidate, core};
use super::script::Script;
use crate::schedule::model::setting;
use crate::store::{FailingStore, Fault, MemoryStore, Store};
use crate::ticker::error::HostError;
use crate::ticker::install::Interrupted;
use crate::ticker::report::Wanted;
use crate::types::{ManagerName, Outcome};

#[tokio::test(start_paused = true)]
async fn s17_a_tick_that_finds_a_suspect_manager_busy_is_left_out_and_counted_as_a_gap() {
    let sound: Arc<dyn Store> = Arc::new(MemoryStore::recording());
    let counting = Arc::new(FailingStore::counting(sound.clone()));
    let name = ManagerName::new("m").unwrap();
    let install = async |store: Arc<dyn Store>| {
        let core = core(store);
        let (spec, candidate) = candidate(&Script::new(), &name, &[setting("a", 0, false)], 1);
        core.install(spec, candidate, Interrupted::Finish).await.unwrap();
        core
    };
    drop(install(counting.clone()).await);
    // The first commit of a tick fails, and is not done.
    let at = counting.operations() + 1;
    let store = Arc::new(FailingStore::once(sound, at, Fault::Refused));
    let core = install(store).await;
    let manager = core.manager(&name).unwrap();
    let mut heard = core.listen();
    let failed = core.tick(&manager, 0, 1, Wanted::All).await;
    assert!(matches!(failed, Err(HostError::Store { .. })), "{failed:?}");

    let held = manager.hold().await;
    for _ in 0..3 {
        let left_out = core.tick(&manager, 0, 1, Wanted::All).await;
        assert!(matches!(left_out, Err(HostError::Suspect { .. })), "{left_out:?}");
    }
    // What a late driver leaves out meanwhile is not forgotten either.
    manager.state().schedule.gap(2, 0);
    drop(held);
    assert!(heard.is_empty(), "nothing is told of it");

    let report = core.tick(&manager, 0, 1, Wanted::All).await.unwrap();
    assert_eq!(report.tasks[0].outcome, Outcome::Ok);
    assert_eq!(heard.recv().await.unwrap().tick, report.tick);
    let state = manager.state();
    let row = state.schedule.row();
    assert_eq!(
        (row.tick.get(), row.gaps),
        (5, 6),
        "the failed tick, three that were left out, and two"
    );
    assert_eq!(row.totals.sum(), row.expected);
}
