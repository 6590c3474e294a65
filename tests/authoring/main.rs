//! What authors meet, language by language: the same scenarios against every language's build, and the
//! way from an empty directory to a manager that ticks.
//!
//! A language's tools lie in the user's cache (`cargo xtask tools`); one that is missing fails here by
//! name, with the command that brings it.
#![allow(
    clippy::unwrap_used,
    clippy::large_futures,
    reason = "a test may panic, and a future of it may be large"
)]

mod conformance;
mod janitors;
mod newcomer;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// One run of the program.
fn tourbillon(dir: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tourbillon"));
    command.current_dir(dir).args(words).env_remove("TOURBILLON_LOG");
    // What several projects in Rust depend on is compiled once.
    command.env("CARGO_TARGET_DIR", root().join("target/authoring"));
    command.output().unwrap()
}

/// The same, which must end well; what it printed.
fn well(dir: &Path, words: &[&str]) -> String {
    let output = tourbillon(dir, words);
    let said = String::from_utf8_lossy(&output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{words:?} in {}:\n{printed}\n{said}", dir.display());
    printed.into_owned()
}
