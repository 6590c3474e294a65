//! The six janitors: the same scenario, the same outcomes, ticks, lines and store contents.

use crate::{built, janitor, played, root};

/// Plays the scenario, which holds what Rust's janitor does in it.
fn check(language: &str) {
    let examples = root().join("guest-examples");
    let component = match language {
        "rust" => janitor(),
        other => built(&examples.join(other).join("janitor")),
    };
    let (status, printed) = played(&component, &examples.join("scenarios"));
    assert_eq!(status, Some(0), "{language}:\n{printed}");
}

in_each_language!(check);
