//! What a scenario can say, against a manager that is known: Rust's janitor.

use crate::{janitor, played};

/// Plays one scenario; its status must be this, and all of these must be told.
fn check(scenario: &str, status: i32, expect: &[&str]) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("it.toml"), scenario).unwrap();
    let (found, printed) = played(&janitor(), dir.path());
    assert_eq!(found, Some(status), "{printed}");
    for text in expect {
        assert!(printed.contains(text), "{text:?} is not in:\n{printed}");
    }
    let outcomes = expect.iter().any(|text| text.contains("from tick"));
    assert_eq!(printed.contains("outcomes."), outcomes, "{printed}");
}

#[test]
fn a_fault_that_hits_nothing_fails_the_scenario() {
    // Nothing runs on the first two ticks, and every tick has its outcome all the same.
    let idle = "ticks = 3\nonly = ['sweep']\nkills = [2]\n[expect]\noutcomes.sweep = '- - ok'";
    check(idle, 1, &["kills: nothing ran on tick 2", "0 scenarios passed, 1 failed"]);
    // A tick whose run is passed over is none to die on, and keeps its place among the others.
    let passed = "ticks = 4\nonly = ['intake']\nkills = [2, 3, 4]\n[expect]\n\
                  outcomes.intake = 'ok lost lost quarantined'";
    check(passed, 1, &["kills: nothing ran on tick 4"]);
    let hit = passed.replace(", 4]", "]");
    check(&hit, 0, &["1 scenario passed"]);
    check("ticks = 1\nstore_errors = [99]", 1, &["store_errors: there was no read 99"]);
}

#[test]
fn s19_a_kill_loses_its_run_and_the_next_host_goes_on() {
    let lost = "ticks = 4\nonly = ['intake']\nkills = [2, 3]\n[expect]\n";
    check(
        &format!("{lost}outcomes.intake = 'ok lost lost quarantined'"),
        0,
        &["1 scenario passed"],
    );
    check(&format!("{lost}outcomes.intake = 'ok lost ok ok'"), 1, &["from tick 3 on"]);
}

#[test]
fn a_store_that_fails_fails_the_task_and_keeps_nothing() {
    let failing = "ticks = 3\nonly = ['sweep']\nstore_errors = [1]\n[store]\nother = 'kept'\n[expect]\n\
                   outcomes.sweep = '- - failed'\nstore = { other = 'kept' }\nerrors.sweep = '/the store failed/'";
    check(failing, 0, &["1 scenario passed"]);
}

#[test]
fn one_seed_gives_the_same_bytes_every_time() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("it.toml");
    let given =
        "ticks = 20\nseed = 3\nkills = [4]\n[manager]\nconfig = { retention = '30s' }\n[expect]\n";
    let bless = || {
        std::fs::write(&file, given).unwrap();
        let scenarios = dir.path().display().to_string();
        let component = janitor();
        crate::well(
            dir.path(),
            &["test", "--component", &component, "--scenarios", &scenarios, "--bless"],
        );
        std::fs::read_to_string(&file).unwrap()
    };
    assert_eq!(bless(), bless());
}
