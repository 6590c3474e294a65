//! Changes to a manager whose host is not running, in the middle of a tick as that host left it.

use super::rig::{Disk, Rig};
use crate::schedule::TaskSetting;
use crate::schedule::model::setting;
use crate::ticker::control::Change;
use crate::ticker::stopped::change_stopped;
use crate::types::{OnLost, Outcome, TaskName};

async fn check(task: Option<&str>, change: Change, then: [Outcome; 2]) {
    let tasks = [setting("a", 0, false), setting("b", 0, false)];
    let mut rig = Rig::new(Disk::memory(), &tasks).await;
    rig.die_in("a").await;
    let store = rig.disk.open();
    let task = task.map(|task| TaskName::new(task).unwrap());
    let stopped = change_stopped(&*store, &rig.name, task.as_ref(), change).await.unwrap();
    assert_eq!(stopped.changed, change == Change::Pause, "{task:?} {change:?}");
    let again = change_stopped(&*store, &rig.name, task.as_ref(), change).await.unwrap();
    assert!(!again.changed, "{task:?} {change:?}");
    assert!(again.status.busy, "the interrupted tick is the next host's to finish");
    rig.restart(&tasks, 1).await;
    rig.check().await;
    assert_eq!(rig.outcomes().await, then, "{task:?} {change:?}");
    rig.check().await;
}

#[tokio::test(start_paused = true)]
async fn s14_s19_an_interrupted_tick_is_finished_under_what_was_decided_meanwhile() {
    use Outcome::{Ok, Paused};
    check(None, Change::Pause, [Paused, Paused]).await;
    check(Some("a"), Change::Pause, [Paused, Ok]).await;
    check(Some("b"), Change::Pause, [Ok, Paused]).await;
    check(None, Change::Resume, [Ok, Ok]).await;
    check(None, Change::Clear, [Ok, Ok]).await;
    check(Some("a"), Change::Clear, [Ok, Ok]).await;
}

/// Whoever pauses a manager whose guest took the host down does not get it entered once more.
#[tokio::test(start_paused = true)]
async fn s14_s19_nothing_of_a_paused_manager_is_entered_to_finish_its_tick() {
    for on_lost in [OnLost::Lost, OnLost::Repeat] {
        let lost = TaskSetting { on_lost, ..setting("a", 0, false) };
        let tasks = [lost, setting("b", 0, false), setting("c", 5, false)];
        let mut rig = Rig::new(Disk::memory(), &tasks).await;
        rig.die_in("a").await;
        let before = rig.script.started.lock().unwrap().clone();
        let store = rig.disk.open();
        change_stopped(&*store, &rig.name, None, Change::Pause).await.unwrap();
        // A start that is attempted all the same fails, and is counted.
        *rig.script.failing_starts.lock().unwrap() = 1;
        rig.restart(&tasks, 1).await;
        rig.check().await;
        assert_eq!(*rig.script.started.lock().unwrap(), before, "{on_lost:?}");
        assert_eq!(
            std::mem::take(&mut *rig.script.failing_starts.lock().unwrap()),
            1,
            "{on_lost:?}"
        );
        let totals = rig.manager().state().schedule.row().totals;
        let counted = [Outcome::Lost, Outcome::Paused, Outcome::Skipped].map(|o| totals.get(o));
        assert_eq!(counted, [1, 2, 0], "{on_lost:?}");
        assert_eq!(rig.outcomes().await, [Outcome::Paused; 3]);
        rig.core.pause(&rig.manager(), None, false).await.unwrap();
        assert_eq!(rig.outcomes().await, [Outcome::Ok, Outcome::Ok, Outcome::Skipped]);
        rig.check().await;
    }
}
