//! What the documents show as a manager is one: it compiles, and does what its comment says.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::pedantic, reason = "documents show what a user would write")]

use tourbillon_sdk::testing::{Harness, set_config};

// What follows up to the first test stands in the README, word for word.
use tourbillon_sdk::prelude::*;

#[derive(Default)]
struct Janitor;

#[manager]
impl Manager for Janitor {
    /// Expires what is too old. A record's key is the millisecond at which it came in.
    #[periodic_task(ticks_between_runs = 2, run_immediately)]
    fn sweep(&mut self, run: &Run) -> Result<()> {
        let retention = config::duration("retention")?.ok_or("how long do records live?")?;
        let oldest = run.scheduled_at_ms.saturating_sub(retention.as_millis() as u64);
        let store = Bucket::own()?;
        for key in store.keys() {
            let key = key?;
            if key.parse::<u64>()? < oldest {
                store.delete(&key)?;
            }
        }
        Ok(())
    }
}

tourbillon_sdk::export!(Janitor);

#[test]
fn the_readme_shows_the_manager_that_is_tested_here() {
    let readme = include_str!("../../../README.md");
    let shown = readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(shown.contains("#[periodic_task"), "{shown}");
    assert!(include_str!("readme.rs").contains(shown), "copied wrong, or changed:\n{shown}");
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
