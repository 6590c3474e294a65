//! The conformance suite: `tests/conformance/README.md`.

use crate::{built, played, root};

/// Builds a language's manager and plays all scenarios against it.
fn check(language: &str) {
    let suite = root().join("tests/conformance");
    let scenarios = suite.join("scenarios");
    let (status, printed) = played(&built(&suite.join(language)), &scenarios);
    assert_eq!(status, Some(0), "{language}:\n{printed}");
    let well = printed.lines().filter(|line| line.starts_with("ok ")).count();
    let written = std::fs::read_dir(scenarios).unwrap().count();
    assert_eq!(well, written, "every scenario is played:\n{printed}");
}

in_each_language!(check);
