//! Text from strangers, made harmless: for logs, errors, reports and terminals.
//!
//! What a guest says may hold escape sequences that repaint a terminal, line breaks that forge a log
//! line, or bidirectional marks that make a text read differently from what it is.

use std::fmt;

/// Whether a character may repaint a terminal, break a line or reorder a text.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Keeps line breaks and tabs; every other harmful character becomes `\u{…}`. The result is at most
/// `limit` bytes and then ends in `…` (which is within them, where `limit` is 3 or more).
pub fn harmless(text: &str, limit: usize) -> String {
    clean(text, limit, |c| c == '\n' || c == '\t')
}

/// The same, on one line: line breaks and tabs become `\n` and `\t`, spelled out.
pub fn harmless_line(text: &str, limit: usize) -> String {
    clean(text, limit, |_| false)
}

/// The beginning of what is printed: whoever chooses what that is may choose gigabytes, which are never made.
#[derive(Debug)]
pub(crate) struct Bounded {
    /// What was printed so far.
    pub(crate) text: String,
    most: usize,
}

impl Bounded {
    /// Room for `most` bytes: printing more ends with an error.
    pub(crate) const fn new(most: usize) -> Self {
        Self { text: String::new(), most }
    }
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.most.saturating_sub(self.text.len());
        let end = text.floor_char_boundary(room);
        self.text.push_str(&text[..end]);
        if end < text.len() { Err(fmt::Error) } else { Ok(()) }
    }
}

fn clean(text: &str, limit: usize, keep: impl Fn(char) -> bool) -> String {
    const CUT: char = '…';
    let mut out = String::with_capacity(text.len().min(limit));
    for c in text.chars() {
        let before = out.len();
        if is_harmful(c) && !keep(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
        if out.len() > limit {
            out.truncate(before);
            while out.len() + CUT.len_utf8() > limit && out.pop().is_some() {}
            if limit >= CUT.len_utf8() {
                out.push(CUT);
            }
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_bidi_characters_are_spelled_out() {
        let check = |input: &str, expect: &str| assert_eq!(harmless_line(input, 100), expect);
        check("plain é 漢", "plain é 漢");
        check("a\nb\tc", "a\\nb\\tc");
        check("\u{1b}[2J", "\\u{1b}[2J");
        check("user\u{202e}gpj", "user\\u{202e}gpj");
        check("nul\0", "nul\\u{0}");
        assert_eq!(harmless("a\nb\r\u{7f}", 100), "a\nb\\r\\u{7f}");
    }

    #[test]
    fn long_texts_are_cut_at_the_limit_on_a_character() {
        for limit in 0..40 {
            for text in
                ["", "short", "éééééééééééééééééééé", "\u{1b}\u{1b}\u{1b}\u{1b}\u{1b}\u{1b}\u{1b}"]
            {
                let cut = harmless_line(text, limit);
                assert!(cut.len() <= limit, "{limit}: {cut:?}");
            }
        }
        assert_eq!(harmless_line("abcdef", 5), "ab…");
        assert_eq!(harmless_line("abcde", 5), "abcde");
    }
}
