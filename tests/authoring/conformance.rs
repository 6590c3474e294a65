//! The conformance suite: `tests/conformance/README.md`.

use crate::{root, tourbillon, well};

/// Builds a language's manager and plays all scenarios against it.
fn check(language: &str) {
    let suite = root().join("tests/conformance");
    let dir = suite.join(language);
    let built = well(&dir, &["build", "--json"]);
    let built: serde_json::Value = serde_json::from_str(&built).unwrap();
    let scenarios = suite.join("scenarios").display().to_string();
    let component = built["component"].as_str().unwrap();
    let words = ["test", "--component", component, "--scenarios", &scenarios];
    let output = tourbillon(&dir, &words);
    let said = String::from_utf8_lossy(&output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{language}:\n{printed}\n{said}");
    let played = printed.lines().filter(|line| line.starts_with("ok ")).count();
    let written = std::fs::read_dir(suite.join("scenarios")).unwrap().count();
    assert_eq!(played, written, "every scenario is played:\n{printed}");
}

macro_rules! languages {
    ($($name:ident $language:literal)*) => {
        $(#[test]
        fn $name() {
            check($language);
        })*

        /// A language of the program without a test here is one that nobody tries.
        #[test]
        fn every_language_is_played() {
            let played = [$($language),*];
            for language in tourbillon::authoring::Language::ALL {
                assert!(played.contains(&language.as_str()), "{language}");
            }
        }
    };
}

languages! {
    the_scenarios_in_rust "rust"
    the_scenarios_in_python "python"
    the_scenarios_in_typescript "typescript"
    the_scenarios_in_c "c"
    the_scenarios_in_cpp "cpp"
    the_scenarios_in_go "go"
}
