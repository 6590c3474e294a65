//! How the table looks. Colours only add: every state has its word, and NO_COLOR leaves them out.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Cell, Paragraph, Row as TableRow, Table};

use super::model::{Model, Row};
use crate::config::show_count;
use crate::types::Outcome;

/// How many characters of the fuel column are a bar.
const BAR: usize = 8;

/// The lowest terminal on which the log is shown.
const LOG_FROM: u16 = 14;

/// How the table looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    colours: bool,
}

impl Look {
    /// With colours, unless the variable `NO_COLOR` says otherwise.
    pub(super) fn of_environment() -> Self {
        Self { colours: std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) }
    }

    fn of(self, outcome: Outcome) -> Style {
        let style = Style::default();
        if !self.colours {
            return style;
        }
        match outcome {
            Outcome::Ok => style.fg(Color::Green),
            Outcome::Failed | Outcome::Conflict => style.fg(Color::Yellow),
            outcome if outcome.is_kill() => style.fg(Color::Red),
            _ => style,
        }
    }
}

/// Draws all of it.
pub(super) fn draw(frame: &mut Frame<'_>, model: &mut Model, log: &[String], look: Look) {
    let area = frame.area();
    let lines = if area.height >= LOG_FROM { u16::try_from(log.len()).unwrap_or(0) } else { 0 };
    let [head, body, below, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(lines),
        Constraint::Length(1),
    ])
    .areas(area);
    frame.render_widget(Paragraph::new(summary(model)), head);
    // One line is the table's own head.
    let (top, rows) = model.window(usize::from(body.height.saturating_sub(1)));
    let shown = rows.len();
    let table = table(rows, look);
    frame.render_widget(table, body);
    let log: Vec<_> = log.iter().map(|line| Line::from(line.as_str())).collect();
    frame.render_widget(Paragraph::new(log), below);
    foot_line(frame, foot, top, shown, model.rows.len());
}

fn summary(model: &Model) -> String {
    let mut text = format!(
        "tourbillon  {} managers, {} in a tick, {} instances",
        show_count(model.managers as u64),
        show_count(model.busy as u64),
        show_count(model.instances.into()),
    );
    if model.waiting > 0 {
        text.push_str(&format!(", {} ticks waiting", show_count(model.waiting.into())));
    }
    if model.ending {
        text.push_str("  ENDING: waiting for the runs in progress");
    }
    text
}

fn foot_line(frame: &mut Frame<'_>, area: Rect, top: usize, shown: usize, all: usize) {
    let range = if shown < all {
        format!("rows {}-{} of {all}", top + 1, top + shown)
    } else {
        String::new()
    };
    let text = if range.is_empty() {
        "q ends".to_owned()
    } else {
        format!("q ends   ↑ ↓ PgUp PgDn Home End scroll   {range}")
    };
    frame.render_widget(Paragraph::new(text), area);
}

fn table<'r>(rows: &'r [Row], look: Look) -> Table<'r> {
    let longest = |name: fn(&Row) -> &str, head: usize| {
        let width = rows.iter().map(|row| name(row).len()).max().unwrap_or(0).max(head);
        u16::try_from(width).unwrap_or(u16::MAX)
    };
    let widths = [
        Constraint::Max(longest(|row| &row.manager, 7)),
        Constraint::Length(8),
        Constraint::Max(longest(|row| &row.task, 4)),
        Constraint::Length(6),
        Constraint::Length(13),
        Constraint::Length(13),
        Constraint::Length(9),
        Constraint::Length(8),
        Constraint::Fill(1),
    ];
    let head =
        ["MANAGER", "    TICK", "TASK", "  LEFT", "LAST", "FUEL", "     RUNS", "FAILURES", "STATE"];
    Table::new(rows.iter().map(|row| cells(row, look)), widths)
        .header(TableRow::new(head).style(Style::default().add_modifier(Modifier::BOLD)))
        .column_spacing(2)
}

fn cells<'r>(row: &'r Row, look: Look) -> TableRow<'r> {
    let last = row
        .last
        .map_or_else(Cell::default, |outcome| Cell::from(outcome.as_str()).style(look.of(outcome)));
    TableRow::new([
        Cell::from(row.manager.as_str()),
        Cell::from(format!("{:>8}", row.tick)),
        Cell::from(row.task.as_str()),
        Cell::from(format!("{:>6}", row.left.map_or_else(String::new, |n| n.to_string()))),
        last,
        Cell::from(row.fuel.map_or_else(String::new, |(used, granted)| bar(used, granted))),
        Cell::from(format!("{:>9}", show_count(row.runs))),
        Cell::from(format!("{:>8}", show_count(row.failures))),
        Cell::from(row.state.as_str()),
    ])
}

/// Fuel used of fuel granted: a bar and a percentage.
fn bar(used: u64, granted: u64) -> String {
    let share = |of: usize| {
        let part = u128::from(used) * of as u128 / u128::from(granted.max(1));
        usize::try_from(part).unwrap_or(of).min(of)
    };
    let full = share(BAR);
    format!("{}{} {:>3}%", "█".repeat(full), "░".repeat(BAR - full), share(100))
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::super::model::tests::filled;
    use super::*;

    fn drawn(width: u16, height: u16, model: &mut Model, log: &[String]) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, model, log, Look { colours: false })).unwrap();
        terminal.backend().to_string()
    }

    #[test]
    fn the_table_shows_every_task_with_its_fuel() {
        insta::assert_snapshot!(drawn(100, 8, &mut filled(4), &[]), @"");
    }

    #[test]
    fn what_does_not_fit_is_scrolled_and_said() {
        insta::assert_snapshot!(drawn(70, 7, &mut filled(30), &[]), @"");
    }

    #[test]
    fn the_log_stands_below_where_there_is_room() {
        let log = ["m0/sweep info swept".to_owned()];
        let shown = drawn(100, 14, &mut filled(2), &log);
        assert!(shown.contains("m0/sweep info swept"), "{shown}");
        let shown = drawn(100, 13, &mut filled(2), &log);
        assert!(!shown.contains("m0/sweep info swept"), "{shown}");
    }

    #[test]
    fn no_size_of_a_terminal_makes_it_panic() {
        for (width, height) in [(1, 1), (1, 40), (200, 1), (10, 3), (0, 0), (300, 100)] {
            drawn(width, height, &mut filled(40), &["a line".to_owned()]);
        }
    }

    #[test]
    fn the_bar_never_leaves_its_place() {
        for (used, granted) in [(0, 0), (5, 0), (1, 2), (u64::MAX, 1), (u64::MAX, u64::MAX)] {
            assert_eq!(bar(used, granted).chars().count(), BAR + 5);
        }
    }
}
