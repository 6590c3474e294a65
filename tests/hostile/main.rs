//! Components that mean harm, each beside a manager that does not.
//!
//! Every WAT file here is one misbehaviour, and says in its head what is to be expected. A guest that
//! does wrong has an outcome, or is refused by name; the host lives on, its neighbour does not notice, and
//! nothing grows. What WAT can't say is made in Rust: bytes that are no component, components that are
//! dear to compile, a host that dies.

#![allow(
    clippy::unwrap_used,
    clippy::large_futures,
    clippy::format_collect,
    reason = "a test may panic, and a future of it may be large"
)]

mod cases;
mod details;
mod killed;
mod made;
mod memory;
mod pieces;
mod selftest;
mod stage;

use std::fmt::Write as _;

use cases::{CASES, Case, Expect};
use stage::{Stage, name, words};

/// Plays one line of the table: load, three ticks, and a look around.
async fn play(case: Case) {
    let stage = Stage::new().await;
    let installed = stage.install(cases::spec(case.file, case.settings)).await;
    match installed {
        Err(error) => {
            let text = words(&error);
            assert_eq!(case.expect, Expect::Refused, "{}: {text}", case.file);
        }
        Ok(installed) => {
            for expect in case.expect.of_ticks() {
                let report = stage.tick(&name("hostile")).await;
                assert_eq!(report.tasks.len(), installed.tasks.len(), "{report:?}");
                let seen = report.tasks.first().map(|task| task.outcome);
                assert_eq!(seen, expect, "{}: {report:?}", case.file);
            }
            assert_ne!(case.expect, Expect::Refused, "{} was loaded", case.file);
        }
    }
    stage.end().await;
}

#[test]
fn every_file_stands_in_the_table_and_says_the_same() {
    let mut listed: Vec<_> = CASES.iter().map(|case| case.file.to_owned()).collect();
    listed.push("neighbour".to_owned());
    listed.sort();
    listed.dedup();
    assert_eq!(pieces::files(), listed);
    for file in listed.iter().filter(|file| *file != "neighbour") {
        let said = pieces::expectation(file);
        let mut lines = CASES.iter().filter(|case| case.file == file);
        assert!(lines.any(|case| case.expect.words() == said), "{file}.wat expects {said}");
    }
}

#[tokio::test]
async fn every_refusal_says_what_is_wrong_and_what_to_do() {
    let stage = Stage::new().await;
    let mut page = String::new();
    for case in CASES.iter().filter(|case| case.expect == Expect::Refused) {
        let refused = stage.install(cases::spec(case.file, case.settings)).await;
        let text = words(&refused.map(drop).unwrap_err());
        writeln!(page, "{}:\n    {text}", case.file).unwrap();
    }
    insta::assert_snapshot!("refusals", page);
    stage.end().await;
}
