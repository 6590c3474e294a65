//! What the table shows, and which part of it. Pure: no terminal, no clock, no host.

use super::keys::Key;
use crate::cli::status::{state_of, task_state};
use crate::ticker::{ManagerStatus, TaskStatus};
use crate::types::Outcome;

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) manager: String,
    pub(super) tick: u64,
    pub(super) task: String,
    pub(super) left: Option<u64>,
    pub(super) last: Option<Outcome>,
    /// Fuel used and granted.
    pub(super) fuel: Option<(u64, u64)>,
    pub(super) runs: u64,
    pub(super) failures: u64,
    pub(super) state: String,
}

/// The table.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) rows: Vec<Row>,
    pub(super) managers: usize,
    pub(super) busy: usize,
    pub(super) instances: u32,
    pub(super) waiting: u32,
    pub(super) ending: bool,
    /// The first row that is shown.
    top: usize,
    /// How many rows fit, as last drawn.
    fit: usize,
    filled: bool,
}

impl Model {
    /// Whether nothing was told yet.
    pub(super) const fn is_new(&self) -> bool {
        !self.filled
    }

    /// Takes in how the host stands.
    pub(super) fn update(&mut self, all: &[ManagerStatus], load: (u32, u32), ending: bool) {
        self.filled = true;
        self.managers = all.len();
        self.busy = all.iter().filter(|manager| manager.busy).count();
        (self.instances, self.waiting) = load;
        self.ending = ending;
        self.rows.clear();
        for manager in all {
            if manager.tasks.is_empty() {
                self.rows.push(row(manager, None));
            }
            self.rows.extend(manager.tasks.iter().map(|task| row(manager, Some(task))));
        }
    }

    /// Scrolls.
    pub(super) fn key(&mut self, key: Key) {
        let page = self.fit.saturating_sub(1).max(1);
        self.top = match key {
            Key::Up => self.top.saturating_sub(1),
            Key::Down => self.top.saturating_add(1),
            Key::PageUp => self.top.saturating_sub(page),
            Key::PageDown => self.top.saturating_add(page),
            Key::Top => 0,
            Key::Bottom => usize::MAX,
            Key::End | Key::Redraw => self.top,
        };
        self.stay();
    }

    /// The rows to draw where `fit` of them fit, and the place of the first.
    pub(super) fn window(&mut self, fit: usize) -> (usize, &[Row]) {
        self.fit = fit;
        self.stay();
        let end = self.top.saturating_add(fit).min(self.rows.len());
        (self.top, self.rows.get(self.top..end).unwrap_or(&[]))
    }

    /// Keeps the last page full.
    fn stay(&mut self) {
        self.top = self.top.min(self.rows.len().saturating_sub(self.fit.max(1)));
    }
}

fn row(manager: &ManagerStatus, task: Option<&TaskStatus>) -> Row {
    let last = task.and_then(|task| task.last);
    let mut state = vec![state_of(manager)];
    state.extend(task.map(task_state));
    state.retain(|text| !text.is_empty());
    Row {
        manager: manager.name.to_string(),
        tick: manager.tick.get(),
        task: task.map_or_else(String::new, |task| task.name.to_string()),
        left: task.map(|task| task.ticks_to_skip),
        last: last.map(|last| last.outcome),
        fuel: last.map(|last| (last.fuel.get(), last.fuel_granted.get())),
        runs: task.map_or(0, |task| task.runs),
        failures: task.map_or(0, |task| task.failures),
        state: state.join(", "),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn filled(n: u64) -> Model {
        let outcomes = Outcome::ALL;
        let row = |i: u64| Row {
            manager: format!("m{i}"),
            tick: i + 7,
            task: "sweep".to_owned(),
            left: Some(i),
            last: (i > 0).then(|| outcomes[usize::try_from(i).unwrap() % 9]),
            fuel: (i > 0).then_some((i * 13_000_000, 100_000_000)),
            runs: i * 1_000,
            failures: i,
            state: if i == 2 { "quarantined".to_owned() } else { String::new() },
        };
        Model {
            rows: (0..n).map(row).collect(),
            managers: usize::try_from(n).unwrap(),
            filled: true,
            ..Model::default()
        }
    }

    #[test]
    fn scrolling_stays_within_the_rows() {
        let mut model = filled(25);
        let mut check = |key: Key, expect: usize| {
            model.key(key);
            let (top, rows) = model.window(10);
            assert_eq!((top, rows.len()), (expect, 10), "{key:?}");
        };
        check(Key::Redraw, 0);
        check(Key::Up, 0);
        check(Key::Down, 1);
        check(Key::PageDown, 10);
        check(Key::PageDown, 15);
        check(Key::Down, 15);
        check(Key::PageUp, 6);
        check(Key::Bottom, 15);
        check(Key::Top, 0);
    }

    #[test]
    fn fewer_rows_or_a_larger_terminal_leave_no_gap() {
        let mut model = filled(25);
        model.key(Key::Bottom);
        assert_eq!(model.window(10).0, 15);
        assert_eq!(model.window(20).0, 5);
        model.rows.truncate(3);
        let (top, rows) = model.window(20);
        assert_eq!((top, rows.len()), (0, 3));
        assert_eq!(model.window(0).1, &[]);
    }
}
