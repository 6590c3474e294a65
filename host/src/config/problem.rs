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

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// The cause, in one line.
    pub(super) what: String,
    /// The bytes of the file that are meant.
    pub(super) span: Option<Range<usize>>,
    /// What to do about it, in one line.
    pub(super) help: String,
}

/// All that is wrong, as it is found.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    /// Notes one more.
    pub(super) fn add(
        &mut self,
        span: impl Into<Option<Range<usize>>>,
        what: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.0.push(Problem { what: what.into(), span: span.into(), help: help.into() });
    }

    /// Whether nothing was found.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The findings as people read them, in the order of the file.
    pub(super) fn shown(mut self, text: &str, origin: &str) -> Findings {
        self.0.sort_by_key(|p| p.span.as_ref().map_or(0, |s| s.start));
        let more = self.0.len().saturating_sub(MAX_SHOWN);
        self.0.truncate(MAX_SHOWN);
        let origin = harmless_line(origin, 4_096);
        let shown = self.0.into_iter().map(|p| Finding::new(p, text)).collect();
        Findings { origin, shown, more }
    }
}

/// A text out of a file, in quotes of the house, harmless and short.
pub(super) fn quoted(text: &str) -> String {
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

/// The line number of a place in a text, from 1.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|b| **b == b'\n').count() + 1
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
        line: line_of(text, start),
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
