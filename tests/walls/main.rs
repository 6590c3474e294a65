//! The walls of the house: which room may use which, who may name which crate, how files are made.
//!
//! Reads the sources as text, so that a new `use` across a wall fails here, by name, before anybody
//! has to notice it in a review. `docs/ARCHITECTURE.md` holds the same table for people.

#![allow(
    clippy::unwrap_used,
    clippy::large_futures,
    clippy::format_collect,
    reason = "a test may panic, and a future of it may be large"
)]

mod bindings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What each room of `host/src` may use of the others.
const ROOMS: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("clock", &["types"]),
    ("files", &["types"]),
    ("schedule", &["types"]),
    ("config", &["types", "files"]),
    ("store", &["types"]),
    ("engine", &["types", "clock", "files"]),
    ("capabilities", &["types", "clock", "engine", "store"]),
    ("runner", &["types", "clock", "engine", "capabilities", "store"]),
    ("registry", &["types", "clock", "engine", "capabilities", "runner", "store"]),
    ("cluster", &["types"]),
    (
        "ticker",
        &[
            "types",
            "clock",
            "schedule",
            "store",
            "engine",
            "capabilities",
            "runner",
            "registry",
            "cluster",
        ],
    ),
    ("selftest", &["types", "clock", "engine", "store", "registry", "runner", "ticker"]),
    ("authoring", &["types", "files"]),
    (
        "testing",
        &[
            "types",
            "clock",
            "files",
            "config",
            "engine",
            "capabilities",
            "registry",
            "store",
            "ticker",
        ],
    ),
    (
        "cli",
        &[
            "types",
            "clock",
            "config",
            "engine",
            "registry",
            "runner",
            "selftest",
            "store",
            "ticker",
            "authoring",
            "testing",
        ],
    ),
];

/// Crates that only some rooms may name.
const CRATES: &[(&str, &[&str])] = &[
    ("wasmtime", &["engine", "capabilities", "runner", "registry", "ticker", "testing"]),
    ("wasmtime_wasi", &["capabilities"]),
    ("rusqlite", &["store"]),
    ("toml", &["config", "authoring", "testing"]),
    ("regex", &["testing"]),
    ("similar", &["testing"]),
    ("wit_component", &["authoring"]),
    ("wasm_encoder", &["authoring"]),
    ("wasmparser", &["authoring", "engine"]),
    ("rust_embed", &["authoring"]),
    ("clap", &["cli"]),
    ("signal_hook", &["cli"]),
    ("ratatui", &["cli"]),
];

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 50, "the sources are found");
    found
}

fn room(path: &Path) -> String {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn is_test(path: &Path) -> bool {
    path.components().any(|c| matches!(c.as_os_str().to_str(), Some("tests" | "tests.rs")))
        || path.file_name().is_some_and(|n| n == "testing.rs")
}

/// The part of a file that is compiled outside tests: up to its test module, without comments.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let lines = code.lines().filter(|l| !l.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn no_room_reaches_past_its_walls() {
    let rooms: BTreeMap<_, _> = ROOMS.iter().copied().collect();
    let mut breaches = Vec::new();
    for (path, text) in sources() {
        let here = room(&path);
        if here == "lib" || here == "main" || is_test(&path) {
            continue;
        }
        let Some(may) = rooms.get(here.as_str()) else {
            breaches.push(format!("{}: a room that is not in the table", path.display()));
            continue;
        };
        let code = code(&text);
        for (other, _) in ROOMS.iter().filter(|(other, _)| *other != here) {
            let used = code.contains(&format!("crate::{other}::"))
                || code.contains(&format!("crate::{other};"));
            if used && !may.contains(other) {
                breaches.push(format!("{}: {here} uses {other}", path.display()));
            }
        }
        for (krate, may) in CRATES {
            let used =
                code.contains(&format!("{krate}::")) && !code.contains(&format!("_{krate}::"));
            if used && !may.contains(&here.as_str()) {
                breaches.push(format!("{}: {here} names the crate {krate}", path.display()));
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn every_file_says_what_it_is_and_holds_one_idea() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        if !text.starts_with("//!") {
            found.push(format!("{} does not open with `//!`", path.display()));
        }
        let lines = text.lines().count();
        if lines > 500 {
            found.push(format!("{} has {lines} lines: two ideas?", path.display()));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn unsafe_code_stands_in_one_file() {
    let with: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| code(text).contains("unsafe {") || code(text).contains("unsafe fn"))
        .map(|(path, _)| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(with, ["trusted.rs"]);
}

/// A published version of the WIT package never changes: `wit/README.md`.
#[test]
fn wit_frozen_versions_never_change() {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let frozen: toml::Table =
        toml::from_str(&std::fs::read_to_string(wit.join("frozen.toml")).unwrap()).unwrap();
    let text = std::fs::read_to_string(wit.join("manager.wit")).unwrap();
    let version = text.split_once('@').unwrap().1.split_once(';').unwrap().0;
    for (name, digest) in &frozen {
        let file = if name == version {
            wit.join("manager.wit")
        } else {
            wit.join("frozen").join(name).join("manager.wit")
        };
        let text = std::fs::read_to_string(&file).unwrap();
        let bare: String = text
            .lines()
            .map(|l| l.split("//").next().unwrap_or(""))
            .flat_map(str::split_whitespace)
            .collect::<Vec<_>>()
            .join(" ");
        let found = hex(&bare);
        assert_eq!(digest.as_str(), Some(found.as_str()), "{} changed", file.display());
    }
    assert!(frozen.contains_key(version), "wit/frozen.toml knows the version that is served");
}

fn hex(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}
