//! What a scenario can say, against a manager that is known: Rust's janitor.

use crate::{janitor, played};

/// Plays one scenario; its status must be this, and all of these must be told.
pub(crate) fn check(scenario: &str, status: i32, expect: &[&str]) {
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
    // What can't be given is the scenario's fault, and stops no other.
    let many: String = (0..10_001).map(|n| format!("k{n} = ''\n")).collect();
    let told = "what [store] says can't be given to the manager: ";
    check(&format!("ticks = 1\n[store]\n{many}"), 2, &[told, "its quota is 10000"]);
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

#[test]
fn one_scenario_that_is_none_stops_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("a.toml", "ticks = 1\n[manager]\nlimits = { feul = 1 }");
    write("b.toml", "ticks = 1\n[expect]\noutcomes.intake = 'ok'");
    write("c.toml", "ticks = 1\nonly = ['sweeep']");
    write("d.toml", "ticks = 1\n[expect]\n");
    let (status, printed) = played(&janitor(), dir.path());
    assert_eq!(status, Some(2), "{printed}");
    let dir = dir.path().display().to_string();
    insta::assert_snapshot!(printed.replace(&dir, "DIR"), @"
ERROR   a
        DIR/a.toml
          error: [manager.limits] has no key `feul`
            --> DIR/a.toml:3:12
             |
           3 | limits = { feul = 1 }
             |            ^^^^
             = help: did you mean `fuel`?
ok      b
ERROR   c
        DIR/c.toml
          the manager has no task `sweeep`: it declares intake, sweep, report; did you mean `sweep`?
ok      d  (it expects nothing: `tourbillon test --bless` writes down what happens)

2 scenarios passed, 2 failed
");
}

#[test]
fn an_upgrade_that_is_not_there_is_a_slip_and_never_blessed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("it.toml");
    let given = "ticks = 2\nonly = ['intake']\n[[upgrade]]\ntick = 2\ncomponent = 'nxt.wasm'\n";
    std::fs::write(&file, given).unwrap();
    let scenarios = dir.path().display().to_string();
    let words = ["test", "--component", &janitor(), "--scenarios", &scenarios, "--bless"];
    let output = crate::tourbillon(dir.path(), &words);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{printed}");
    let path = dir.path().join("nxt.wasm").display().to_string();
    let told = format!("[[upgrade]] on line 3: can't read the component {path}: No such file");
    assert!(printed.contains(&told) && printed.contains("check the path"), "{printed}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), given);
}

#[test]
fn of_what_is_as_expected_only_what_is_near_is_shown() {
    let dir = tempfile::tempdir().unwrap();
    let scenarios = dir.path().display().to_string();
    let file = dir.path().join("it.toml");
    std::fs::write(&file, "ticks = 24\n").unwrap();
    let words = ["test", "--component", &janitor(), "--scenarios", &scenarios, "--bless"];
    crate::well(dir.path(), &words);
    let blessed = std::fs::read_to_string(&file).unwrap();
    let mut told: Vec<_> = blessed.lines().filter(|line| line.contains(" report info ")).collect();
    let (last, gone) = (told.pop().unwrap(), told[2]);
    let other = blessed.replace(&format!("{gone}\n"), "").replace(last, "  \"wrong\",");
    std::fs::write(&file, other).unwrap();
    let (status, printed) = played(&janitor(), dir.path());
    assert_eq!(status, Some(1), "{printed}");
    let report = printed.split_once("logs\n").unwrap().1.replace("\n          ", "\n");
    insta::assert_snapshot!(report.trim_start(), @"
    info cleaning on test-host: records live for 60s
      2 report info 4 records kept, 0 swept so far
      4 report info 8 records kept, 0 swept so far
    + 6 report info 12 records kept, 0 swept so far
      8 report info 16 records kept, 0 swept so far
      10 report info 16 records kept, 4 swept so far
      12 report info 14 records kept, 10 swept so far
      ... 2 lines as expected
      18 report info 14 records kept, 22 swept so far
      20 report info 18 records kept, 22 swept so far
      22 report info 16 records kept, 28 swept so far
    - wrong
    + 24 report info 14 records kept, 34 swept so far

    0 scenarios passed, 1 failed
    ");
}

#[test]
fn a_record_lies_where_it_is_looked_for_and_nowhere_else() {
    let dir = tempfile::tempdir().unwrap();
    let scenarios = dir.path().display().to_string();
    std::fs::write(dir.path().join("it.toml"), "ticks = 1\nonly = ['intake']\n").unwrap();
    let (precious, record) = (dir.path().join("precious"), dir.path().join("it.found"));
    std::fs::write(&precious, "kept").unwrap();
    std::os::unix::fs::symlink(&precious, &record).unwrap();
    let words = ["test", "--component", &janitor(), "--scenarios", &scenarios, "--record"];
    crate::well(dir.path(), &words);
    assert_eq!(std::fs::read_to_string(&precious).unwrap(), "kept");
    assert!(!record.is_symlink());
    assert!(std::fs::read_to_string(&record).unwrap().contains("[expect.store]"));
}

#[test]
fn nothing_is_printed_raw_and_nothing_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let text = "ticks = 1\nonly = ['intake']\n[store]\n\"k\\u001b[31m\\u202e\" = 'x\\u009b'\n[expect.store]\n";
    std::fs::write(dir.path().join("a.toml"), text).unwrap();
    let made = std::process::Command::new("mkfifo").arg(dir.path().join("b.toml")).status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink("/dev/zero", dir.path().join("c.toml")).unwrap();
    let (status, printed) = played(&janitor(), dir.path());
    assert_eq!(status, Some(2), "{printed}");
    assert_eq!(printed.matches("it is no regular file; put a file").count(), 2, "{printed}");
    assert!(!printed.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{printed:?}");
}
