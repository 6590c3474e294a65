//! From a WAT file to a component: what all guests have in common is written once, in `pieces/`.
//!
//! A line `;;@name` is a comment to every tool that reads WAT; here it stands for the text of
//! `pieces/name.wat`, which may hold such lines itself. Knows nothing of what a component does.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The directory of the WAT files.
fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/hostile")
}

/// The names of all WAT files, in order.
pub(crate) fn files() -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(directory())
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".wat").map(str::to_owned)
        })
        .collect();
    names.sort();
    names
}

/// The text of a file as it was written.
pub(crate) fn text(file: &str) -> String {
    let path = directory().join(format!("{file}.wat"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The binary of a file.
pub(crate) fn component(file: &str) -> Arc<[u8]> {
    encode(file, &text(file))
}

/// The binary of a text with pieces in it.
pub(crate) fn encode(what: &str, text: &str) -> Arc<[u8]> {
    let whole = expand(text);
    wat::parse_str(&whole).unwrap_or_else(|e| panic!("{what}: {e}")).into()
}

/// What a file says that is to be expected: the words between `expect:` and the dash.
pub(crate) fn expectation(file: &str) -> String {
    let text = text(file);
    let said = text.split_once("\n;; expect: ").and_then(|(_, rest)| rest.split_once(" — "));
    said.unwrap_or_else(|| panic!("{file}.wat has no line `;; expect: … — why`")).0.to_owned()
}

fn expand(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    for line in text.lines() {
        match line.trim_start().strip_prefix(";;@") {
            Some(piece) => whole.push_str(&expand(&self::text(&format!("pieces/{piece}")))),
            None => whole.push_str(line),
        }
        whole.push('\n');
    }
    whole
}
