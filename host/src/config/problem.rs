//! What is wrong with a configuration, and how a person is shown it: file, line, column, the line
//! itself with a caret, the cause, and what to do.
//!
//! Knows nothing of the keys that a configuration has. A file may come from a stranger: whatever is
//! shown of it has been made harmless, and neither a long line nor a thousand mistakes flood a screen.

use std::fmt;
use std::ops::Range;

use crate::types::harmless_line;

/// So many problems are shown; of the rest, only the number.
const MAX_SHOWN: usize = 20;

/// So many characters are shown of a line, around the place that is meant.
const MAX_LINE: usize = 100;

/// So many bytes are shown of a text that a file holds, inside a message.
const MAX_QUOTE: usize = 80;

/// So many are held before all but the ones to be shown are counted and let go: a file of mistakes is
/// no way to fill the memory.
const MAX_HELD: usize = 1_024;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The cause, in one line.
    pub(crate) what: String,
    /// The bytes of the file that are meant.
    pub(crate) span: Option<Range<usize>>,
    /// What to do about it, in one line.
    pub(crate) help: String,
}

/// All that is wrong, as it is found.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    /// Those that may be shown.
    held: Vec<Problem>,
    /// How many there were besides.
    more: usize,
}

impl Problems {
    /// Notes one more.
    pub(crate) fn add(
        &mut self,
        span: impl Into<Option<Range<usize>>>,
        what: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.held.push(Problem { what: what.into(), span: span.into(), help: help.into() });
        if self.held.len() == MAX_HELD {
            self.keep_first();
        }
    }

    /// Whether nothing was found.
    pub(crate) const fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// How many were found so far.
    pub(crate) const fn count(&self) -> usize {
        self.held.len() + self.more
    }

    /// Keeps those that are shown: the first of the file.
    fn keep_first(&mut self) {
        self.held.sort_by_key(|p| p.span.as_ref().map_or(0, |s| s.start));
        self.more += self.held.len().saturating_sub(MAX_SHOWN);
        self.held.truncate(MAX_SHOWN);
    }

    /// The findings as people read them, in the order of the file.
    pub(crate) fn shown(mut self, text: &str, origin: &str) -> Findings {
        self.keep_first();
        let origin = harmless_line(origin, 4_096);
        let shown = self.held.into_iter().map(|p| Finding::new(p, text)).collect();
        Findings { origin, shown, more: self.more }
    }
}

/// A text out of a file, in quotes of the house, harmless and short.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", harmless_line(text, MAX_QUOTE))
}

/// Everything that is wrong with one configuration, ready for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    origin: String,
    shown: Vec<Finding>,
    more: usize,
}

impl Findings {
    /// How many things are wrong.
    pub const fn count(&self) -> usize {
        self.shown.len() + self.more
    }

    /// The same for a file in which one manager stands without a name.
    pub(crate) fn without_name(mut self, name: &str) -> Self {
        for finding in &mut self.shown {
            for text in [&mut finding.what, &mut finding.help] {
                *text = text.replace(&format!("[manager.{name}"), "[manager");
            }
        }
        self
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, finding) in self.shown.iter().enumerate() {
            if i > 0 {
                f.write_str("\n\n")?;
            }
            finding.write(&self.origin, f)?;
        }
        if self.more > 0 {
            write!(f, "\n\n… and {} more", self.more)?;
        }
        Ok(())
    }
}

/// One problem with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    what: String,
    help: String,
    place: Option<Spot>,
}

/// A place as people count: from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spot {
    line: usize,
    column: usize,
    /// What is shown of the line.
    shown: String,
    /// How many characters of `shown` stand before the place that is meant.
    before: usize,
    /// How many are meant.
    carets: usize,
}

impl Finding {
    fn new(problem: Problem, text: &str) -> Self {
        Self {
            what: harmless_line(&problem.what, 1_024),
            help: harmless_line(&problem.help, 1_024),
            place: problem.span.map(|span| spot(text, &span)),
        }
    }

    fn write(&self, origin: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        let Some(spot) = &self.place else {
            return write!(f, "\n  in {origin}\n  help: {}", self.help);
        };
        let number = spot.line.to_string();
        let gutter = " ".repeat(number.len());
        write!(f, "\n {gutter}--> {origin}:{}:{}", spot.line, spot.column)?;
        write!(f, "\n {gutter} |\n {number} | {}", spot.shown)?;
        let (before, carets) = (" ".repeat(spot.before), "^".repeat(spot.carets));
        write!(f, "\n {gutter} | {before}{carets}\n {gutter} = help: {}", self.help)
    }
}

/// Where the lines of a text end, found once: a file may ask for the lines of 100,000 managers.
#[derive(Debug)]
pub(crate) struct LineEnds(Vec<usize>);

impl LineEnds {
    /// Those of a text.
    pub(crate) fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// The line number of a place in the text, from 1.
    pub(crate) fn line(&self, at: usize) -> usize {
        self.0.partition_point(|end| *end < at) + 1
    }
}

fn spot(text: &str, span: &Range<usize>) -> Spot {
    let start = floor(text, span.start);
    let (head, rest) = text.split_at(start);
    let line_start = head.rfind('\n').map_or(0, |at| at + 1);
    let before = &head[line_start..];
    let after = rest.lines().next().unwrap_or("");
    let meant = &after[..floor(after, span.end.saturating_sub(start))];
    // Long lines are shown from some way before the place, so that the place is in sight.
    let far = before.chars().count();
    let from = far.saturating_sub(MAX_LINE / 2);
    let lead: String = before.chars().skip(from).collect();
    let lead = harmless_line(&lead, usize::MAX);
    let tail: String = after.chars().take(MAX_LINE).collect();
    let meant: String = meant.chars().take(MAX_LINE).collect();
    Spot {
        line: LineEnds::of(head).line(start),
        column: far + 1,
        before: lead.chars().count(),
        carets: harmless_line(&meant, usize::MAX).chars().count().max(1),
        shown: lead + &harmless_line(&tail, usize::MAX),
    }
}

/// The last boundary of a character at or before a place.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str, span: Range<usize>) -> String {
        let mut problems = Problems::default();
        problems.add(span, "it is wrong", "do it right");
        problems.shown(text, "some.toml").to_string()
    }

    #[test]
    fn the_caret_stands_under_the_place_that_is_meant() {
        insta::assert_snapshot!(show("a = 1\nbé = \t22\n", 13..15), @r"
        error: it is wrong
          --> some.toml:2:7
           |
         2 | bé = \t22
           |        ^^
           = help: do it right
        ");
    }

    #[test]
    fn no_span_however_wrong_leaves_the_text() {
        let text = "é\n\u{1b}[2J = 'x'";
        for start in 0..20 {
            for end in 0..20 {
                let shown = show(text, start..end);
                assert!(!shown.contains('\u{1b}'), "{shown:?}");
            }
        }
    }

    #[test]
    fn a_long_line_is_shown_around_the_place() {
        let text = format!("{}HERE{}", "x".repeat(5_000), "y".repeat(5_000));
        let shown = show(&text, 5_000..5_004);
        assert!(shown.contains(":1:5001"), "{shown}");
        assert!(shown.contains("xHEREy"), "{shown}");
        assert!(shown.lines().all(|l| l.len() < 200), "{shown}");
    }

    #[test]
    fn a_file_of_mistakes_is_counted_and_not_held() {
        let mut problems = Problems::default();
        for at in (0..10_000).rev() {
            problems.add(at..at + 1, "it is wrong", "do it right");
            assert!(problems.held.len() < MAX_HELD);
        }
        let shown = problems.shown(&"x\n".repeat(5_000), "some.toml");
        assert_eq!(shown.count(), 10_000);
        assert!(
            shown.to_string().contains("--> some.toml:1:1\n"),
            "the first of the file are shown"
        );
    }

    #[test]
    fn a_place_is_on_the_line_that_holds_it() {
        let text = "a\n\nbc\n";
        let lines = LineEnds::of(text);
        let told: Vec<_> = (0..=text.len()).map(|at| lines.line(at)).collect();
        assert_eq!(told, [1, 1, 2, 3, 3, 3, 4]);
    }

    #[test]
    fn a_thousand_problems_do_not_flood_the_screen() {
        let mut problems = Problems::default();
        for _ in 0..1_000 {
            problems.add(0..1, "it is wrong", "do it right");
        }
        let shown = problems.shown("x", "some.toml");
        assert_eq!(shown.count(), 1_000);
        assert!(shown.to_string().ends_with("… and 980 more"));
    }
}
