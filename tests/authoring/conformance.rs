//! The conformance suite: `tests/conformance/README.md`.

use crate::{built, played, root};

/// Builds a language's manager and plays all scenarios against it.
fn check(language: &str) {
    let suite = root().join("tests/conformance");
    let scenarios = suite.join("scenarios");
    let component = built(&suite.join(language));
    let (status, printed) = played(&component, &scenarios);
    assert_eq!(status, Some(0), "{language}:\n{printed}");
    let well = printed.lines().filter(|line| line.starts_with("ok ")).count();
    let written = std::fs::read_dir(scenarios).unwrap().count();
    assert_eq!(well, written, "every scenario is played:\n{printed}");
    // Nothing of the machine that built it goes out with a component. Python's holds an interpreter that
    // somebody else has built.
    if language != "python" {
        let component = std::fs::read(&component).unwrap();
        let root = root().canonicalize().unwrap().display().to_string();
        let found = component.windows(root.len()).any(|bytes| bytes == root.as_bytes());
        assert!(!found, "{language}: the component holds the path {root}");
    }
}

in_each_language!(check);
