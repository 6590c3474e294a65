//! The ticks on which one task alone was paused (S14): from the record of since when it is.
//!
//! Its outcome on each of them is `paused`, but for those on which the whole manager came to another one. No
//! tick writes anything down for it: the record knows the last tick before the pause, and whatever ends the
//! pause (a resume, an upgrade that disables or removes the task) has its last.

use super::{Schedule, Task, TaskSetting};
use crate::types::{ManagerRow, TaskName, TaskPause, TaskRecord, Tick, Trigger};

/// The last tick that is over: what becomes of an open one is told by how the task stands at its end.
pub(super) fn settled(row: &ManagerRow) -> Tick {
    match &row.open {
        Some(open) if open.trigger == Trigger::Schedule => {
            Tick::new(open.tick.get().saturating_sub(1))
        }
        _ => row.tick,
    }
}

/// The same for one task, whose turn on an open tick may have come already.
pub(super) fn settled_for(task: &TaskName, row: &ManagerRow) -> Tick {
    let turn = row.open.as_ref().is_some_and(|open| {
        let come = (open.started as usize).saturating_add(1);
        open.planned.iter().take(come).any(|planned| planned.task == *task)
    });
    if turn { row.tick } else { settled(row) }
}

impl Schedule {
    /// The ticks so far on which a task is paused, told from records; `None` where there are none.
    pub fn pause_of(task: &TaskRecord, row: &ManagerRow) -> Option<TaskPause> {
        let from = task.paused_after.filter(|_| task.enabled)?.next();
        let to = settled(row);
        (from <= to).then(|| TaskPause { task: task.name.clone(), from, to })
    }

    /// The pauses that end where tasks are disabled by new settings, or are not among them (S25). Commit
    /// them together with the schedule that is made of these.
    pub fn pauses_ended(
        row: &ManagerRow,
        known: &[TaskRecord],
        settings: &[TaskSetting],
    ) -> Vec<TaskPause> {
        let stays = |task: &TaskRecord| settings.iter().any(|s| s.name == task.name && s.enabled);
        let ended = known.iter().filter(|task| !stays(task));
        ended.filter_map(|task| Self::pause_of(task, row)).collect()
    }

    /// The pauses so far, each with the place of its task; they go on from here. Commit them together with
    /// the tasks.
    pub fn take_pauses(&mut self) -> Vec<(usize, TaskPause)> {
        let after = settled(&self.row);
        let pause = |(place, task): (usize, &mut Task)| {
            let pause = Self::pause_of(&task.record, &self.row)?;
            task.record.paused_after = Some(after);
            Some((place, pause))
        };
        self.tasks.iter_mut().enumerate().filter_map(pause).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::model::setting;
    use crate::schedule::{Delivered, Ended, Recovered};
    use crate::types::{Outcome, Policy};

    fn schedule(settings: &[TaskSetting]) -> Schedule {
        Schedule::new(ManagerRow::default(), &[], settings, Policy::default(), false)
    }

    fn again(s: &Schedule, settings: &[TaskSetting]) -> Schedule {
        Schedule::new(s.row.clone(), &s.records(), settings, Policy::default(), false)
    }

    fn idle(s: &mut Schedule, ticks: u64) {
        for _ in 0..ticks {
            assert!(matches!(s.deliver(0, 1), Delivered::Idle(_)));
        }
    }

    fn ticks(pause: Option<TaskPause>) -> Option<(u64, u64)> {
        pause.map(|pause| (pause.from.get(), pause.to.get()))
    }

    fn so_far(s: &Schedule, task: usize) -> Option<(u64, u64)> {
        ticks(Schedule::pause_of(&s.tasks[task].record, &s.row))
    }

    #[test]
    fn s14_a_pause_is_told_from_the_tick_after_it_to_the_last_one() {
        let mut s = schedule(&[setting("a", 99, false), setting("b", 99, false)]);
        idle(&mut s, 3);
        assert_eq!((ticks(s.pause_task(0, true)), so_far(&s, 0)), (None, None));
        idle(&mut s, 2);
        assert_eq!(ticks(s.pause_task(0, true)), None, "it is paused already");
        s.miss(0);
        assert_eq!((so_far(&s, 0), so_far(&s, 1)), (Some((4, 6)), None));
        assert_eq!(ticks(s.pause_task(0, false)), Some((4, 6)));
        assert_eq!((ticks(s.pause_task(0, false)), so_far(&s, 0)), (None, None));
        // No tick between: no span.
        s.pause_task(0, true);
        assert_eq!(ticks(s.pause_task(0, false)), None);
        // One is taken down, and goes on.
        s.pause_task(1, true);
        idle(&mut s, 1);
        let taken = s.take_pauses();
        assert_eq!((taken.len(), taken[0].0, taken[0].1.from.get()), (1, 1, 7));
        assert_eq!(s.take_pauses(), []);
        idle(&mut s, 1);
        assert_eq!(so_far(&s, 1), Some((8, 8)));
    }

    #[test]
    fn s14_s25_a_pause_ends_where_its_task_is_disabled_or_gone() {
        let both = [setting("a", 99, false), setting("b", 99, false)];
        let mut s = schedule(&both);
        s.pause_task(1, true);
        idle(&mut s, 2);
        let disabled = [both[0].clone(), TaskSetting { enabled: false, ..both[1].clone() }];
        let ended = |s: &Schedule, settings: &[TaskSetting]| {
            let ended = Schedule::pauses_ended(&s.row, &s.records(), settings);
            ended.into_iter().map(|pause| (pause.from.get(), pause.to.get())).collect::<Vec<_>>()
        };
        assert_eq!((ended(&s, &both), ended(&s, &both[..1])), (vec![], vec![(1, 2)]));
        assert_eq!(ended(&s, &disabled), [(1, 2)]);
        let mut s = again(&s, &disabled);
        idle(&mut s, 2);
        assert_eq!((so_far(&s, 1), ended(&s, &both[..1])), (None, vec![]));
        assert_eq!(ticks(s.clone().pause_task(1, false)), None, "it had no ticks");
        // It is still paused when it is enabled again.
        let mut s = again(&s, &both);
        idle(&mut s, 1);
        assert_eq!(so_far(&s, 1), Some((5, 5)));
    }

    #[test]
    fn s14_s19_an_open_tick_belongs_to_a_pause_that_holds_at_its_end() {
        let settings = [setting("a", 0, false), setting("b", 0, false), setting("c", 9, false)];
        let mut s = schedule(&settings);
        s.pause_task(2, true);
        assert_eq!(s.deliver(0, 1), Delivered::Open);
        let mut resumed = s.clone();
        assert_eq!(ticks(resumed.pause_task(2, false)), None, "this tick is not over");
        for task in [0, 1] {
            s.pause_task(task, true);
            assert_eq!(so_far(&s, task), None);
        }
        let finish = |s: &Schedule| {
            let mut s = again(s, &settings);
            assert_eq!(s.recover(|_| true), Recovered::Lost);
            let mut outcome = Outcome::Lost;
            loop {
                let finished = s.finish(Ended { outcome, ..Ended::default() });
                outcome = Outcome::Ok;
                if let Some(closed) = finished.closed {
                    return (0..3)
                        .map(|t| (closed.outcome(&s, t).unwrap(), so_far(&s, t)))
                        .collect::<Vec<_>>();
                }
            }
        };
        let paused = (Outcome::Paused, Some((1, 1)));
        assert_eq!(finish(&s), [(Outcome::Lost, None), paused, paused]);
        let others = [(Outcome::Lost, None), (Outcome::Ok, None), (Outcome::Skipped, None)];
        assert_eq!(finish(&resumed), others);
    }
}
