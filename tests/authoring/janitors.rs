//! The six janitors: the same scenario, the same outcomes, ticks, lines and store contents. And the six
//! inventories, two managers each that inherit from a third.

use std::path::Path;

use crate::{built, guest, janitor, played, root, well};

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

/// What a component's tasks came to on five ticks under one seed.
fn outcomes(component: &str) -> Vec<String> {
    let words = ["tick", component, "--name", "inventory", "--ticks", "5", "--seed", "1", "--json"];
    let printed = well(Path::new("."), &words);
    let line = |line: &str| {
        let tick: serde_json::Value = serde_json::from_str(line).unwrap();
        let tasks = tick["tasks"].as_array().unwrap().iter();
        let told = tasks.map(|t| format!("{} {} {}", t["task"], t["outcome"], t["ticks_to_skip"]));
        told.collect::<Vec<_>>().join(", ")
    };
    printed.lines().map(line).collect()
}

#[test]
fn inventories_do_the_same_in_every_language() {
    for manager in ["inventory-servers", "inventory-volumes"] {
        let expected = outcomes(&guest(manager));
        assert_eq!(expected.len(), 5);
        for language in ["python", "typescript", "c", "cpp", "go"] {
            let dir = root().join("guest-examples").join(language).join(manager);
            assert_eq!(outcomes(&built(&dir)), expected, "{language}: {manager}");
        }
    }
}
