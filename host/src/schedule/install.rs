//! A schedule made at install, restart or upgrade: counters follow the names of tasks (S2, S25).

use super::{FROZEN, Progress, Schedule, Task, pauses};
use crate::types::{Ladder, ManagerRow, OnLost, Policy, TaskName, TaskRecord, TicksBetweenRuns};

/// One task as a load and the operator's settings make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskSetting {
    /// Its name.
    pub name: TaskName,
    /// The N in force.
    pub ticks_between_runs: TicksBetweenRuns,
    /// Whether its first run is at tick 1.
    pub run_immediately: bool,
    /// Whether it is enabled.
    pub enabled: bool,
    /// What becomes of a lost run.
    pub on_lost: OnLost,
}

impl Schedule {
    /// The schedule of a manager with these tasks, from what is known of it: nothing at its first
    /// install, its last state at a restart or an upgrade. `upgraded` says that its component is
    /// another one: counters are then clamped to the new N (S25), as they are where N changed.
    pub fn new(
        row: ManagerRow,
        known: &[TaskRecord],
        settings: &[TaskSetting],
        policy: Policy,
        upgraded: bool,
    ) -> Self {
        let moved = row.moved;
        let mut schedule = Self {
            row,
            tasks: Vec::with_capacity(settings.len()),
            policy,
            enabled: 0,
            paused: 0,
            dues: vec![FROZEN; settings.len()],
            next_due: 0,
            progress: Progress::default(),
        };
        for (position, setting) in settings.iter().enumerate() {
            let n = setting.ticks_between_runs.get();
            let known = known.iter().find(|k| k.name == setting.name);
            let (mut record, counter) = match known {
                None => (fresh(setting), if setting.run_immediately { 0 } else { u64::from(n) }),
                Some(known) => {
                    let left = known.due.saturating_sub(moved.saturating_add(1));
                    let counter = known.frozen.unwrap_or(left);
                    let clamp = upgraded || known.ticks_between_runs != n;
                    (known.clone(), if clamp { counter.min(u64::from(n)) } else { counter })
                }
            };
            record.position = u32::try_from(position).unwrap_or(u32::MAX);
            record.ticks_between_runs = n;
            if record.enabled != setting.enabled && record.is_paused() {
                record.paused_after = Some(pauses::settled(&schedule.row));
            }
            record.enabled = setting.enabled;
            schedule.tasks.push(Task { record, on_lost: setting.on_lost });
            schedule.set_counter(position, counter);
        }
        schedule.recount();
        schedule
    }

    /// The settings that this schedule was made with, but for `run_immediately`, which only a new
    /// task looks at.
    pub fn settings(&self) -> Vec<TaskSetting> {
        let setting = |task: &Task| TaskSetting {
            name: task.record.name.clone(),
            ticks_between_runs: TicksBetweenRuns::new(task.record.ticks_between_runs),
            run_immediately: false,
            enabled: task.record.enabled,
            on_lost: task.on_lost,
        };
        self.tasks.iter().map(setting).collect()
    }

    /// How its rules are set.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The records of all tasks, to be committed after a load.
    pub fn records(&self) -> Vec<TaskRecord> {
        self.tasks.iter().map(|t| t.record.clone()).collect()
    }
}

fn fresh(setting: &TaskSetting) -> TaskRecord {
    TaskRecord {
        name: setting.name.clone(),
        position: 0,
        ticks_between_runs: setting.ticks_between_runs.get(),
        due: 0,
        frozen: None,
        paused_after: None,
        enabled: true,
        ladder: Ladder::default(),
        runs: 0,
        failures: 0,
        last: None,
    }
}
