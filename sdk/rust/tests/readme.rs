//! What the documents show as a manager is one: it compiles, and does what its comment says.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::pedantic, reason = "documents show what a user would write")]

use tourbillon_sdk::testing::{Harness, set_config};

include!("readme/janitor.rs");

#[test]
fn the_readme_shows_the_manager_that_is_tested_here() {
    let readme = include_str!("../../../README.md");
    assert!(readme.contains(include_str!("readme/janitor.rs")), "copy tests/readme/janitor.rs");
}

#[test]
fn it_expires_what_is_too_old_and_asks_for_what_it_needs() {
    let mut janitor = Harness::<Janitor>::new();
    let failed = janitor.tick();
    assert!(format!("{failed:?}").contains("how long do records live?"), "{failed:?}");

    set_config("retention", "25s");
    let mut janitor = Harness::<Janitor>::new();
    let store = Bucket::own().unwrap();
    for at in ["1000", "9000", "29000"] {
        store.set(at, b"a record").unwrap();
    }
    janitor.ticks(4);
    let left: Vec<_> = store.keys().map(|key| key.unwrap()).collect();
    assert_eq!(left, ["29000"], "it sweeps at 40 s, and what came in before 15 s is too old");
}
