//! What authors meet, language by language: the same scenarios against every language's build, and the
//! way from an empty directory to a manager that ticks.
//!
//! A language's tools lie in the user's cache (`cargo xtask tools`); one that is missing fails here by
//! name, with the command that brings it.
#![allow(
    clippy::unwrap_used,
    clippy::large_futures,
    clippy::format_collect,
    reason = "a test may panic, and a future of it may be large"
)]

/// One test for each language, called as the program calls it.
macro_rules! in_each_language {
    ($check:ident: $($language:ident)*) => {
        $(#[test]
        fn $language() {
            $check(stringify!($language));
        })*
    };
    ($check:ident) => {
        in_each_language!($check: rust python typescript c cpp go);

        /// A language of the program without a test here is one that nobody tries.
        #[test]
        fn no_language_is_left_out() {
            let tried = ["rust", "python", "typescript", "c", "cpp", "go"];
            assert_eq!(tourbillon::authoring::Language::ALL.map(|l| l.as_str()), tried);
        }
    };
}

mod bless;
mod calls;
mod conformance;
mod dev;
mod frozen;
mod guide;
mod interrupted;
mod janitors;
mod newcomer;
mod scenarios;

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

/// The component of a directory, built now.
fn built(dir: &Path) -> String {
    let printed = well(dir, &["build", "--json"]);
    let built: serde_json::Value = serde_json::from_str(&printed).unwrap();
    built["component"].as_str().unwrap().to_owned()
}

/// Rust's janitor.
fn janitor() -> String {
    guest("janitor")
}

/// An example in Rust, as `cargo xtask guests` left it.
fn guest(name: &str) -> String {
    let built = root().join("target/guests");
    let guests = std::env::var_os("TOURBILLON_GUESTS").map_or(built, PathBuf::from);
    guests.join(format!("{name}.wasm")).display().to_string()
}

/// Plays the scenarios of a directory against a component: its exit status, and what it printed.
fn played(component: &str, scenarios: &Path) -> (Option<i32>, String) {
    let scenarios = scenarios.display().to_string();
    let words = ["test", "--component", component, "--scenarios", &scenarios];
    let output = tourbillon(&root(), &words);
    let said = String::from_utf8_lossy(&output.stderr);
    (output.status.code(), format!("{}{said}", String::from_utf8_lossy(&output.stdout)))
}
