//! The model that the schedule is held against, here and through a store: it shares no code with it.

use proptest::prelude::*;

use super::TaskSetting;
use crate::types::{OnLost, Outcome, TaskName, TicksBetweenRuns};

pub(crate) fn setting(name: &str, n: u32, run_immediately: bool) -> TaskSetting {
    TaskSetting {
        name: TaskName::new(name).unwrap(),
        ticks_between_runs: TicksBetweenRuns::new(n),
        run_immediately,
        enabled: true,
        on_lost: OnLost::Lost,
    }
}

/// Some of six names, in order, with any small period.
pub(crate) fn settings() -> impl Strategy<Value = Vec<TaskSetting>> {
    let names = ["a", "b", "c", "d", "e", "f"];
    let task = (0..4u32, any::<bool>());
    (proptest::sample::subsequence(names.to_vec(), 1..=6), proptest::collection::vec(task, 6))
        .prop_map(|(names, tasks)| {
            names.iter().zip(tasks).map(|(name, (n, now))| setting(name, n, now)).collect()
        })
}

/// The original's loop (Heat's `periodic_tasks`, March 2012), retyped: one counter for each task,
/// looked at and counted down on every tick. Around it, naively, what S12, S14 and S25 add.
#[derive(Clone)]
pub(crate) struct Loop {
    /// Name, ticks between runs, ticks to skip, paused.
    pub(crate) tasks: Vec<(String, u32, i64, bool)>,
    pub(crate) paused: bool,
}

impl Loop {
    pub(crate) fn new(settings: &[TaskSetting]) -> Self {
        let task = |s: &TaskSetting| {
            let n = s.ticks_between_runs.get();
            let first = if s.run_immediately { 0 } else { i64::from(n) };
            (s.name.to_string(), n, first, false)
        };
        Self { tasks: settings.iter().map(task).collect(), paused: false }
    }

    pub(crate) fn periodic_tasks(&mut self) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for (_, ticks_between_runs, ticks_to_skip, paused) in &mut self.tasks {
            if self.paused || *paused {
                outcomes.push(Outcome::Paused);
                continue;
            }
            if *ticks_to_skip > 0 {
                *ticks_to_skip -= 1;
                outcomes.push(Outcome::Skipped);
                continue;
            }
            *ticks_to_skip = i64::from(*ticks_between_runs);
            outcomes.push(Outcome::Ok);
        }
        outcomes
    }

    pub(crate) fn upgrade(&mut self, settings: &[TaskSetting]) {
        let mut new = Self::new(settings);
        for task in &mut new.tasks {
            if let Some(old) = self.tasks.iter().find(|old| old.0 == task.0) {
                (task.2, task.3) = (old.2.min(i64::from(task.1)), old.3);
            }
        }
        new.paused = self.paused;
        *self = new;
    }
}
