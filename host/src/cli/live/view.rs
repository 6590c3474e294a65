//! How the table looks. Colours only add: every state has its word, and `NO_COLOR` leaves them out.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Cell, Paragraph, Row as TableRow, Table};

use super::model::{Model, Row};
use crate::cli::printing::counted;
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
    let table = table(rows, body.width, look);
    frame.render_widget(table, body);
    let log: Vec<_> = log.iter().map(|line| Line::from(line.as_str())).collect();
    frame.render_widget(Paragraph::new(log), below);
    let all = model.rows.len();
    let foot_text = if model.ending {
        "ENDING, once the runs in progress have; q once more ends at once".to_owned()
    } else if shown < all {
        format!(
            "q ends   ↑ ↓ PgUp PgDn Home End scroll   rows {}-{} of {all}",
            top + 1,
            top + shown
        )
    } else {
        "q ends".to_owned()
    };
    frame.render_widget(Paragraph::new(foot_text), foot);
}

fn summary(model: &Model) -> String {
    let mut text = format!(
        "tourbillon  {}, {} in a tick, {}",
        counted(model.managers, "manager"),
        show_count(model.busy as u64),
        counted(model.instances as usize, "instance"),
    );
    if model.waiting > 0 {
        text.push_str(&format!(", {} ticks waiting", show_count(model.waiting.into())));
    }
    text
}

/// One column, as wide as its widest cell.
struct Column {
    head: &'static str,
    /// Where what it says changes all the time it is so wide at least, and the others keep their places.
    least: usize,
    right: bool,
    text: fn(&Row) -> Cow<'_, str>,
}

impl Column {
    fn width(&self, rows: &[Row]) -> u16 {
        let cells = rows.iter().map(|row| (self.text)(row).chars().count());
        let widest = cells.chain([self.head.len(), self.least]).max().unwrap_or(0);
        u16::try_from(widest).unwrap_or(u16::MAX)
    }

    fn padded(&self, text: &str, width: u16) -> String {
        let width = usize::from(width);
        if self.right { format!("{text:>width$}") } else { text.to_owned() }
    }
}

const fn left(head: &'static str, least: usize, text: fn(&Row) -> Cow<'_, str>) -> Column {
    Column { head, least, right: false, text }
}

const fn right(head: &'static str, least: usize, text: fn(&Row) -> Cow<'_, str>) -> Column {
    Column { head, least, right: true, text }
}

/// Where the outcome stands among the columns.
const LAST: usize = 4;

/// The columns, in order.
const COLUMNS: [Column; 9] = [
    left("MANAGER", 0, |row| row.manager.as_str().into()),
    right("TICK", 6, |row| row.tick.to_string().into()),
    left("TASK", 0, |row| row.task.as_str().into()),
    right("LEFT", 4, |row| row.left.map_or_else(String::new, |n| n.to_string()).into()),
    left("LAST", 13, |row| row.last.map_or("", Outcome::as_str).into()),
    left("FUEL", 13, |row| row.fuel.map_or_else(String::new, |(used, of)| bar(used, of)).into()),
    right("RUNS", 6, |row| show_count(row.runs).into()),
    right("FAILURES", 0, |row| show_count(row.failures).into()),
    left("STATE", 11, |row| row.state.as_str().into()),
];

/// Where it stands what is unusual.
const STATE: usize = 8;

/// The columns in the order in which they get their place: what says how a task stands comes before how
/// much it uses. First of all the names.
const RANKS: [usize; 9] = [0, 2, LAST, 1, 3, STATE, 6, 7, 5];

/// The same where something unusual is to be said: that stays, too.
const UNUSUAL: [usize; 9] = [0, 2, STATE, LAST, 1, 3, 6, 7, 5];

/// Spaces between two columns.
const SPACING: u16 = 2;

/// So many letters of a name are left, where names have to be cut for what is unusual.
const NAME: u16 = 6;

/// The columns that have a place, in order, each with its width.
fn places(rows: &[Row], width: u16) -> Vec<(usize, u16)> {
    let unusual = rows.iter().any(|row| !row.state.is_empty());
    let (ranks, stay) = if unusual { (UNUSUAL, 3) } else { (RANKS, 2) };
    let mut kept = Vec::new();
    let mut left = width.saturating_add(SPACING);
    for i in ranks {
        let width = COLUMNS[i].width(rows);
        let needed = width.saturating_add(SPACING);
        if kept.len() >= stay && needed > left {
            break;
        }
        kept.push((i, width));
        left = left.saturating_sub(needed);
    }
    if kept.len() == stay {
        squeeze(&mut kept, width);
    }
    kept.sort_unstable();
    kept
}

/// Makes columns narrower until they fit: the longest name first, and the state last.
fn squeeze(kept: &mut [(usize, u16)], width: u16) {
    let spaces = SPACING.saturating_mul(u16::try_from(kept.len().saturating_sub(1)).unwrap_or(0));
    let needed = |kept: &[(usize, u16)]| {
        kept.iter().fold(spaces, |sum, (_, width)| sum.saturating_add(*width))
    };
    while needed(kept) > width {
        let names = kept.iter_mut().filter(|(i, width)| *i != STATE && *width > NAME);
        let narrower = match names.max_by_key(|(_, width)| *width) {
            Some((_, width)) => width,
            None => match kept.iter_mut().max_by_key(|(_, width)| *width) {
                Some((_, width)) if *width > 0 => width,
                _ => return,
            },
        };
        *narrower -= 1;
    }
}

fn table<'r>(rows: &'r [Row], width: u16, look: Look) -> Table<'r> {
    let kept = places(rows, width);
    let widths = kept.iter().map(|(_, width)| Constraint::Max(*width));
    let head = kept.iter().map(|(i, width)| COLUMNS[*i].padded(COLUMNS[*i].head, *width));
    let cell = |row: &'r Row, (i, width): &(usize, u16)| {
        let text = COLUMNS[*i].padded(&(COLUMNS[*i].text)(row), *width);
        let style = row.last.filter(|_| *i == LAST).map(|outcome| look.of(outcome));
        Cell::from(text).style(style.unwrap_or_default())
    };
    let rows = rows.iter().map(|row| kept.iter().map(|column| cell(row, column)).collect());
    Table::new(rows.collect::<Vec<TableRow<'r>>>(), widths.collect::<Vec<_>>())
        .header(TableRow::new(head).style(Style::default().add_modifier(Modifier::BOLD)))
        .column_spacing(SPACING)
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
        insta::assert_snapshot!(drawn(100, 8, &mut filled(4), &[]), @r#"
        "tourbillon  4 managers, 0 in a tick, 0 instances                                                    "
        "MANAGER    TICK  TASK   LEFT  LAST           FUEL             RUNS  FAILURES  STATE                 "
        "m0            7  sweep     0                                     0         0                        "
        "m1            8  sweep     1  failed         █░░░░░░░  13%   1_000         1                        "
        "m2            9  sweep     2  conflict       ██░░░░░░  26%   2_000         2  quarantined           "
        "m3           10  sweep     3  trap           ███░░░░░  39%   3_000         3                        "
        "                                                                                                    "
        "q ends                                                                                              "
        "#);
    }

    #[test]
    fn what_does_not_fit_is_scrolled_and_said() {
        insta::assert_snapshot!(drawn(72, 7, &mut filled(30), &[]), @r#"
        "tourbillon  30 managers, 0 in a tick, 0 instances                       "
        "MANAGER    TICK  TASK   LEFT  LAST             RUNS  STATE              "
        "m0            7  sweep     0                      0                     "
        "m1            8  sweep     1  failed          1_000                     "
        "m2            9  sweep     2  conflict        2_000  quarantined        "
        "m3           10  sweep     3  trap            3_000                     "
        "q ends   ↑ ↓ PgUp PgDn Home End scroll   rows 1-4 of 30                 "
        "#);
    }

    /// Four tasks with long names, of which the third is not as usual.
    fn long(state: &str) -> Model {
        let mut model = filled(4);
        for row in &mut model.rows {
            (row.manager, row.task) = ("inventory-servers".to_owned(), "misbehave".to_owned());
        }
        state.clone_into(&mut model.rows[2].state);
        model
    }

    #[test]
    fn what_is_unusual_stays_on_a_narrow_terminal() {
        insta::assert_snapshot!(drawn(60, 6, &mut long("quarantined"), &[]), @r#"
        "tourbillon  4 managers, 0 in a tick, 0 instances            "
        "MANAGER            TASK       LAST           STATE          "
        "inventory-servers  misbehave                                "
        "inventory-servers  misbehave  failed                        "
        "inventory-servers  misbehave  conflict       quarantined    "
        "q ends   ↑ ↓ PgUp PgDn Home End scroll   rows 1-3 of 4      "
        "#);
        insta::assert_snapshot!(drawn(60, 6, &mut long(""), &[]), @r#"
        "tourbillon  4 managers, 0 in a tick, 0 instances            "
        "MANAGER              TICK  TASK       LEFT  LAST            "
        "inventory-servers       7  misbehave     0                  "
        "inventory-servers       8  misbehave     1  failed          "
        "inventory-servers       9  misbehave     2  conflict        "
        "q ends   ↑ ↓ PgUp PgDn Home End scroll   rows 1-3 of 4      "
        "#);
        insta::assert_snapshot!(drawn(80, 6, &mut long("quarantined"), &[]), @r#"
        "tourbillon  4 managers, 0 in a tick, 0 instances                                "
        "MANAGER              TICK  TASK       LEFT  LAST             RUNS  STATE        "
        "inventory-servers       7  misbehave     0                      0               "
        "inventory-servers       8  misbehave     1  failed          1_000               "
        "inventory-servers       9  misbehave     2  conflict        2_000  quarantined  "
        "q ends   ↑ ↓ PgUp PgDn Home End scroll   rows 1-3 of 4                          "
        "#);
        insta::assert_snapshot!(drawn(30, 6, &mut long("quarantined"), &[]), @r#"
        "tourbillon  4 managers, 0 in a"
        "MANAGER   TASK     STATE      "
        "inventor  misbeha             "
        "inventor  misbeha             "
        "inventor  misbeha  quarantined"
        "q ends   ↑ ↓ PgUp PgDn Home En"
        "#);
        let both = "manager paused, quarantined";
        for width in 43..200 {
            let shown = drawn(width, 6, &mut long(both), &[]);
            assert!(shown.contains(both), "{width}: {shown}");
        }
    }

    #[test]
    fn an_end_that_was_asked_for_is_said() {
        let mut model = filled(30);
        model.ending = true;
        let shown = drawn(70, 7, &mut model, &[]);
        assert!(shown.contains("ENDING, once the runs in progress have"), "{shown}");
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
        for (width, height) in [(1, 1), (1, 40), (200, 1), (10, 3), (300, 100)] {
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
