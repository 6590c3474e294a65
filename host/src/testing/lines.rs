//! A list in a scenario's file, made to say what was found, with its author's lines and comments kept.

use std::ops::Range;

use similar::algorithms::{Capture, Replace, myers};
use similar::{DiffOp, DiffTag};
use toml_edit::{Array, Item, RawString, TableLike, Value};

use super::bless::{literal, put};
use super::expect::Text;

/// So many lines, expected and found, are laid beside each other; more are replaced one by one.
const ALIGNED: usize = 5_000;

/// How a line of a list stands in a file.
const LINE: &str = "\n  ";

/// Makes a list say what was found: lines that fit stay as they are written, with their comments; one that is
/// replaced keeps its comments, and those of one that is no more go with it.
/// Returns whether anything was other than expected.
pub(super) fn align(
    table: &mut dyn TableLike,
    name: &str,
    wanted: &[Text],
    found: &[String],
) -> bool {
    let fits = |(text, line): &(&Text, &String)| text.fits(line);
    let head = wanted.iter().zip(found).take_while(fits).count();
    if head == wanted.len() && head == found.len() {
        return false;
    }
    let rest = wanted.len().min(found.len()) - head;
    let tail = wanted.iter().rev().zip(found.iter().rev()).take(rest).take_while(fits).count();
    if !table.get(name).is_some_and(Item::is_array) {
        let written: Array = wanted.iter().map(Text::as_str).collect();
        put(Some(table), name, written.into());
    }
    let Some(array) = table.get_mut(name).and_then(Item::as_array_mut) else { return false };
    let mut before = Written::of(array).into_iter();
    let mut now: Vec<_> = before.by_ref().take(head).collect();
    for step in steps(wanted, head..wanted.len() - tail, found, head..found.len() - tail) {
        let (_, old, new) = step.as_tag_tuple();
        let (kept, lines) = (step.tag() == DiffTag::Equal, &found[new]);
        let mut old = before.by_ref().take(old.len()).collect::<Vec<_>>().into_iter();
        now.extend(lines.iter().map(|line| match old.next() {
            Some(written) if kept => written,
            Some(written) => written.saying(line),
            None => Written::new(line),
        }));
    }
    now.extend(before);
    Written::put(now, array);
    if wanted.len() != found.len() {
        one_a_line(array);
    }
    true
}

/// What leads from the lines that are expected to those that were found.
pub(super) fn steps(
    wanted: &[Text],
    old: Range<usize>,
    found: &[String],
    new: Range<usize>,
) -> Vec<DiffOp> {
    if old.len() + new.len() > ALIGNED {
        let (old_index, new_index) = (old.start, new.start);
        return vec![DiffOp::Replace {
            old_index,
            old_len: old.len(),
            new_index,
            new_len: new.len(),
        }];
    }
    let lines: Vec<_> = found.iter().map(|line| Line(line)).collect();
    let mut steps = Replace::new(Capture::new());
    let Ok(()) = myers::diff(&mut steps, wanted, old, &lines[..], new);
    steps.into_inner().into_ops()
}

/// A line that was found; it is the same as an expected one that it fits.
struct Line<'a>(&'a str);

impl PartialEq<Text> for Line<'_> {
    fn eq(&self, text: &Text) -> bool {
        text.fits(self.0)
    }
}

/// A value of a list with what its author wrote above it and, behind its comma, beside it.
struct Written {
    above: String,
    value: Value,
    beside: String,
}

impl Written {
    fn new(line: &str) -> Self {
        Self { above: LINE.to_owned(), value: literal(line), beside: String::new() }
    }

    /// Another line in its place, with the comments around it.
    fn saying(mut self, line: &str) -> Self {
        let before = std::mem::replace(&mut self.value, literal(line));
        if let Some(behind) = before.decor().suffix().and_then(RawString::as_str) {
            self.value.decor_mut().set_suffix(behind);
        }
        self
    }

    /// The values of a list. The file has what stands behind a comma before the next value.
    fn of(array: &mut Array) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::with_capacity(array.len());
        for value in array.iter() {
            let prefix = value.decor().prefix().and_then(RawString::as_str).unwrap_or_default();
            let mut above = prefix;
            if let (Some(last), Some(end)) = (all.last_mut(), prefix.find('\n')) {
                (last.beside, above) = (prefix[..end].to_owned(), &prefix[end..]);
            }
            all.push(Self { above: above.to_owned(), value: value.clone(), beside: String::new() });
        }
        if let Some(last) = all.last_mut() {
            // Without a comma behind it, what stands beside the last value is its own suffix.
            let suffix = last.value.decor().suffix().and_then(RawString::as_str);
            let behind = suffix.unwrap_or_default().to_owned()
                + array.trailing().as_str().unwrap_or_default();
            if let Some(end) = behind.find('\n') {
                behind[..end].clone_into(&mut last.beside);
                last.value.decor_mut().set_suffix("");
                array.set_trailing(&behind[end..]);
                array.set_trailing_comma(true);
            }
        }
        array.clear();
        all
    }

    fn put(all: Vec<Self>, array: &mut Array) {
        let mut before = String::new();
        for Self { above, mut value, beside } in all {
            let line = if before.contains('#') && !above.contains('\n') { LINE } else { "" };
            value.decor_mut().set_prefix(format!("{before}{line}{above}"));
            array.push_formatted(value);
            before = beside;
        }
        let trailing = array.trailing().as_str().unwrap_or_default();
        let line = if before.contains('#') && !trailing.starts_with('\n') { "\n" } else { "" };
        array.set_trailing(format!("{before}{line}{trailing}"));
    }
}

/// One value on each line, unless somebody has put comments between them.
pub(super) fn one_a_line(array: &mut Array) {
    let bare = |value: &Value| {
        let around = [value.decor().prefix(), value.decor().suffix()];
        around.into_iter().flatten().all(|it| it.as_str().unwrap_or_default().trim().is_empty())
    };
    if !array.iter().all(bare) || !array.trailing().as_str().unwrap_or_default().trim().is_empty() {
        return;
    }
    for value in array.iter_mut() {
        value.decor_mut().set_prefix(LINE);
        value.decor_mut().set_suffix("");
    }
    let some = !array.is_empty();
    array.set_trailing(if some { "\n" } else { "" });
    array.set_trailing_comma(some);
}
