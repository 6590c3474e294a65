//! The six janitors: the same scenario, the same outcomes, ticks, lines and store contents.

use std::path::PathBuf;

use crate::{root, tourbillon, well};

/// The scenario, with what Rust's janitor does in it.
const SCENARIOS: &str = "guest-examples/scenarios";

fn check(component: &str) {
    let scenarios = root().join(SCENARIOS).display().to_string();
    let words = ["test", "--component", component, "--scenarios", &scenarios, "--only", "janitor"];
    let output = tourbillon(&root(), &words);
    let printed = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{component}:\n{printed}\n{said}");
}

fn check_language(language: &str) {
    let dir = root().join("guest-examples").join(language).join("janitor");
    let built = well(&dir, &["build", "--json"]);
    let built: serde_json::Value = serde_json::from_str(&built).unwrap();
    check(built["component"].as_str().unwrap());
}

#[test]
fn the_janitor_in_rust() {
    let built = root().join("target/guests");
    let guests = std::env::var_os("TOURBILLON_GUESTS").map_or(built, PathBuf::from);
    check(&guests.join("janitor.wasm").display().to_string());
}

macro_rules! languages {
    ($($name:ident $language:literal)*) => {
        $(#[test]
        fn $name() {
            check_language($language);
        })*
    };
}

languages! {
    the_janitor_in_python "python"
    the_janitor_in_typescript "typescript"
    the_janitor_in_c "c"
    the_janitor_in_cpp "cpp"
    the_janitor_in_go "go"
}
