//! What the store is told of tasks that are paused alone (S14): also where an upgrade disables or removes
//! them (S25), and where their manager is removed.

use super::rig::{Disk, Rig, candidate};
use crate::schedule::TaskSetting;
use crate::schedule::model::setting;
use crate::ticker::install::Interrupted;
use crate::types::{TaskName, TaskOverride};

impl Rig {
    async fn pause(&self, task: &str, paused: bool) {
        let task = TaskName::new(task).unwrap();
        self.core.pause(&self.manager(), Some(&task), paused).await.unwrap();
    }

    async fn ticks(&self, n: usize) {
        for _ in 0..n {
            self.tick().await.unwrap();
        }
    }

    /// Installs the tasks, of which one is disabled.
    async fn disable(&self, settings: &[TaskSetting], task: &str) {
        let (mut spec, candidate) = candidate(&self.script, &self.name, settings, 1);
        let disabled = TaskOverride { enabled: Some(false), ..TaskOverride::default() };
        spec.tasks.insert(TaskName::new(task).unwrap(), disabled);
        self.core.install(spec, candidate, Interrupted::Finish).await.unwrap();
    }

    /// The spans of tasks, the newest first.
    async fn told(&self) -> Vec<String> {
        let spans = self.core.store.spans(self.name.clone(), 99).await.unwrap();
        let span = |s: &crate::store::Span| {
            let task = s.task.as_ref().map_or("all", TaskName::as_str);
            format!("{task} {} {}-{}", s.kind.outcome(), s.from, s.to)
        };
        spans.iter().map(span).collect()
    }
}

async fn check(disk: Disk) {
    let tasks = [setting("a", 0, false), setting("b", 0, false)];
    let mut rig = Rig::new(disk, &tasks).await;
    rig.ticks(1).await;
    rig.pause("b", true).await;
    rig.ticks(2).await;
    assert_eq!(rig.told().await, [""; 0], "it is paused still");

    rig.disable(&tasks, "b").await;
    assert_eq!(rig.told().await, ["b paused 2-3"]);
    rig.ticks(2).await;
    rig.restart(&tasks, 1).await;
    assert_eq!(rig.told().await, ["b paused 2-3"], "of a disabled task nothing is told");
    rig.ticks(1).await;
    rig.restart(&tasks[..1], 2).await;
    assert_eq!(rig.told().await, ["b paused 6-6", "b paused 2-3"]);

    // It comes again, as a new one.
    rig.install(&tasks, 3).await.unwrap();
    rig.ticks(1).await;
    rig.pause("b", true).await;
    rig.pause("b", false).await;
    assert_eq!(rig.told().await.len(), 2, "a pause without a tick is none");
    rig.pause("a", true).await;
    rig.pause("b", true).await;
    rig.ticks(2).await;
    rig.pause("b", false).await;
    let told = ["b paused 8-9", "b paused 6-6", "b paused 2-3"];
    assert_eq!(rig.told().await, told);
    rig.check().await;
    rig.core.remove(&rig.name).await.unwrap();
    assert_eq!(rig.told().await, [&["a paused 8-9"], &told[..]].concat());
}

#[tokio::test]
async fn s14_s25_what_ends_a_pause_of_a_task_tells_its_ticks_in_memory() {
    check(Disk::memory()).await;
}

#[tokio::test]
async fn s14_s25_what_ends_a_pause_of_a_task_tells_its_ticks_on_disk() {
    check(Disk::sqlite()).await;
}
