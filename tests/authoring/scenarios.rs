//! What a scenario can say, against a manager that is known: Rust's janitor.

use std::path::Path;

use crate::{janitor, played, root};

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

/// The component of the example that brings an interface of its own: it posts a line on every tick.
fn reporter(dir: &Path) -> String {
    let wat = root().join("host/examples/own_capability.wat");
    let path = dir.join("reporter.wasm");
    std::fs::write(&path, wat::parse_file(wat).unwrap()).unwrap();
    path.display().to_string()
}

#[test]
fn host_calls_are_answered_from_the_recording() {
    let dir = tempfile::tempdir().unwrap();
    let component = reporter(dir.path());
    let check = |scenario: &str, status: i32, expect: &[&str]| {
        std::fs::write(dir.path().join("it.toml"), scenario).unwrap();
        let (found, printed) = played(&component, dir.path());
        assert_eq!(found, Some(status), "{printed}");
        for text in expect {
            assert!(printed.contains(text), "{text:?} is not in:\n{printed}");
        }
    };
    let calls = |answers: &str, more: &str| {
        format!("ticks = 2\n[calls.\"example:board/board@1.0.0\"]\npost = {answers}\n{more}")
    };
    // What nobody answers, no host of `tourbillon test` serves.
    check("ticks = 1", 2, &["example:board/board@1.0.0: is served by nothing"]);
    let slip = "ticks = 1\n[calls.'example:bord/board@1.0.0']\npost = ['1']\n";
    let told = "[calls] on line 2 answers for \"example:bord/board@1.0.0\", and the component imports \
                \"example:board/board@1.0.0\": did you mean that?";
    check(slip, 2, &[told]);
    let told = "[expect]\ncalls = ['1 post example:board/board@1.0.0#post(\"all is well\") -> 1', '/-> 2/']\n\
                outcomes.post = 'ok ok'";
    check(&calls("['1', '2']", told), 0, &["1 scenario passed"]);
    check(&calls("{ always = '7' }", told), 1, &["post(\"all is well\") -> 7"]);
    // Too few, too many, for other arguments, of another type.
    check(&calls("['1']", told), 1, &["call 2 of it has no answer", "outcomes.post", "ok trap"]);
    check(&calls("['1', '2', '3']", told), 1, &["the last of its 3 answers was never asked for"]);
    let other = calls("['1', { with = '(\"bye\")', answer = '2' }]", told);
    check(&other, 1, &["- (\"bye\")", "+ (\"all is well\")"]);
    check(&calls("['1', 'two']", told), 1, &["outcomes.post", "ok trap"]);
    // An answer is read anew by each call, and counts among its bytes.
    let long = format!("{{ always = '{}1' }}", " ".repeat(2 << 20));
    check(&calls(&long, told), 1, &["outcomes.post", "over-quota over-quota"]);
}

#[test]
fn a_function_of_the_house_may_be_answered_too() {
    // The configuration itself would keep the manager from becoming ready.
    let asked = "ticks = 3\nonly = ['sweep']\n[manager]\nconfig = { retention = 'soon' }\nCALLS\n[expect]\n\
                 outcomes.sweep = '- - OUTCOME'";
    let check = |calls: &str, outcome: &str| {
        let scenario = asked.replace("CALLS", calls).replace("OUTCOME", outcome);
        check(&scenario, 0, &["1 scenario passed"]);
    };
    check("", "not-ready");
    let slip = "[calls.'wasi:config/store']\nget = { always = 'ok(none)' }";
    let told = "[calls] on line 5 answers for \"wasi:config/store\", which the component does not import; did you mean \
                \"wasi:config/store@0.2.0-rc.1\"?";
    self::check(&asked.replace("CALLS", slip).replace("OUTCOME", "ok"), 2, &[told]);
    let get = |answer: &str| {
        format!("[calls.'wasi:config/store@0.2.0-rc.1']\nget = {{ always = '{answer}' }}")
    };
    check(&get("ok(none)"), "ok");
    check(&get("err(io(\"gone\"))"), "not-ready");
}

#[test]
fn a_function_that_takes_a_resource_is_refused_and_nothing_panics() {
    let increment = "ticks = 1\nonly = ['steady']\n[calls.'wasi:keyvalue/atomics@0.2.0-draft']\n\
                     increment = { always = 'ok(1)' }\n";
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("it.toml"), increment).unwrap();
    let (status, printed) = played(&crate::guest("rogue"), dir.path());
    assert_eq!(status, Some(1), "{printed}");
    assert!(printed.contains("#increment\n          it takes a resource"), "{printed}");
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
fn an_answer_that_does_not_fit_fails_the_scenario_whatever_it_expects() {
    let dir = tempfile::tempdir().unwrap();
    let component = reporter(dir.path());
    let answered = |answers: &str| {
        let scenario = format!(
            "ticks = 1\n[calls.'example:board/board@1.0.0']\n{answers}\n[expect]\nlogs = []\n"
        );
        std::fs::write(dir.path().join("it.toml"), scenario).unwrap();
        played(&component, dir.path())
    };
    let check = |answers: &str, expect: &str| {
        let (status, printed) = answered(answers);
        assert_eq!(status, Some(1), "{printed}");
        assert!(printed.contains(expect), "{printed}");
    };
    check("post = ['two']", "the answer two is not of its type, u32 (line 3): ");
    check("post = ['1', '2']", "the last of its 2 answers was never asked for");
    assert_eq!(answered("post = ['1']").0, Some(0));
    // What the component can't ask is a slip, whatever is expected.
    let slip = |answers: &str, expect: &str| {
        let (status, printed) = answered(answers);
        assert_eq!(status, Some(2), "{printed}");
        assert!(printed.contains(expect), "{expect} is not in:\n{printed}");
    };
    let post =
        "answers nothing for `post`, which the component imports of \"example:board/board@1.0.0\":";
    slip("psot = ['1']", &format!("[calls] on line 3 {post} did you mean that by `psot`?"));
    slip("size = ['1']", &format!("[calls] on line 2 {post} write post = [ … ]"));
    slip(
        "post = ['1']\nsize = ['3']",
        "[calls] on line 4 answers for `size`, which the component does not import of \
         \"example:board/board@1.0.0\"; it imports:\n            post: func(line: string) -> u32",
    );
    slip("post = [{ wiht = '()', answer = '1' }]", "did you mean `with`?");
}

#[test]
fn an_interface_of_the_house_that_is_mistyped_is_told_with_the_right_one() {
    let check = |interface: &str, expect: &str| {
        let scenario =
            format!("ticks = 1\n[calls.'{interface}']\nget = {{ always = 'ok(none)' }}\n");
        self::check(&scenario, 2, &[expect]);
    };
    let meant = |name: &str| format!("did you mean \"{name}\"?");
    check("wasi:confg/store@0.2.0-rc.1", &meant("wasi:config/store@0.2.0-rc.1"));
    check("wasi:config/stor@0.2.0-rc.1", &meant("wasi:config/store@0.2.0-rc.1"));
    check("wasi:config/store@0.2.0", &meant("wasi:config/store@0.2.0-rc.1"));
    let function =
        "ticks = 1\n[calls.'wasi:config/store@0.2.0-rc.1']\ngte = { always = 'ok(none)' }\n";
    let want = "did you mean get: func(key: string) -> result<option<string>, variant";
    self::check(function, 2, &["[calls] on line 3 answers for `gte`", want]);
    check("wasi:config", "[calls] has no interface `wasi:config`");
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
fn what_is_blessed_and_what_is_left_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let scenarios = dir.path().display().to_string();
    let bless = |given: &str| {
        std::fs::write(dir.path().join("it.toml"), given).unwrap();
        let words = ["test", "--component", &janitor(), "--scenarios", &scenarios, "--bless"];
        let output = crate::tourbillon(dir.path(), &words);
        String::from_utf8(output.stdout).unwrap()
    };
    let some = "ticks = 1\nonly = ['intake']\n[store]\nkept = 'x'\n[expect]\nversion = '0'\n\
                logs_with = ['/no such line/']\nfuel_below = { intake = 1 }\n\
                [expect.outcomes]\nintake = 'failed'\n[expect.errors]\nintake = 'boom'\n\
                [expect.store]\ngone = 'y'\nkept = 'z'\n";
    let printed = bless(some);
    for expect in [
        "FAILED  it\n        changed: outcomes.intake, store.gone (gone), store.kept, store.",
        ", version\n",
        "left as it is: no run fails any more",
        "left as it is: a bound says what may be",
        "left as it is: it names what matters",
    ] {
        assert!(printed.contains(expect), "{expect:?} is not in:\n{printed}");
    }
    let printed = bless("ticks = 1\nonly = ['sweep']\n");
    assert!(printed.starts_with("blessed  it\n        changed: all of it\n"), "{printed}");
    let printed = bless("ticks = 1\nstore_errors = [99]\n[expect]\nversion = '0'\n");
    assert!(printed.contains("nothing was blessed: mend first"), "{printed}");
    let differ = "ticks = 6\nonly = ['sweep']\nstore_errors = [1]\nkills = [6]\n[expect.errors]\nsweep = 'boom'\n";
    let printed = bless(differ);
    assert!(printed.contains("left as it is: failed runs differ"), "{printed}");
}

#[test]
fn what_is_blessed_is_the_file_that_is_meant() {
    let dir = tempfile::tempdir().unwrap();
    let given = "ticks = 1\nonly = ['intake']\n[store]\n\"a\\n\\\"b'\" = 'x'\n";
    let (real, link) = (dir.path().join("real"), dir.path().join("it.toml"));
    std::fs::write(&real, given).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let scenarios = dir.path().display().to_string();
    let bless = || {
        let component = janitor();
        let words = ["test", "--component", &component, "--scenarios", &scenarios, "--bless"];
        crate::tourbillon(dir.path(), &words)
    };
    assert!(bless().status.success());
    assert!(link.is_symlink());
    let blessed = std::fs::read_to_string(&real).unwrap();
    assert!(blessed.starts_with(given) && blessed.contains("[expect.store]"), "{blessed}");
    assert_eq!(played(&janitor(), dir.path()).0, Some(0));
    // Who may not be written to is left alone, and so is what nobody asked about.
    let mut permissions = std::fs::metadata(&real).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::write(&real, given).unwrap();
    std::fs::set_permissions(&real, permissions).unwrap();
    let refused = bless();
    let printed = String::from_utf8_lossy(&refused.stdout);
    assert_eq!(refused.status.code(), Some(2), "{printed}");
    assert!(printed.contains("it is read-only"), "{printed}");
    assert_eq!(std::fs::read_to_string(&real).unwrap(), given);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
}

#[test]
fn blessing_keeps_bounds_and_does_not_widen_them() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("it.toml");
    let scenarios = dir.path().display().to_string();
    let bless = |bound: &str| {
        let given = format!("ticks = 1\nonly = ['intake']\n[expect]\nfuel_below = {{ {bound} }}\n");
        std::fs::write(&file, given).unwrap();
        let words = ["test", "--component", &janitor(), "--scenarios", &scenarios, "--bless"];
        let output = crate::tourbillon(dir.path(), &words);
        assert!(std::fs::read_to_string(&file).unwrap().contains(bound));
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(bless("\"*\" = 1000000").0, Some(0));
    let (status, printed) = bless("intake = 1");
    assert_eq!(status, Some(1), "{printed}");
    assert!(printed.contains("fuel_below.intake") && !printed.contains("outcomes"), "{printed}");
}

/// What the janitor says on its fourth tick.
const LAST: &str = "\"4 report info 8 records kept, 0 swept so far\"";

#[test]
fn blessing_changes_what_does_not_fit_and_nothing_else() {
    let bless = |given: &str, expect: &str, status: i32| {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("it.toml");
        std::fs::write(&file, given).unwrap();
        let scenarios = dir.path().display().to_string();
        let words = ["test", "--component", &janitor(), "--scenarios", &scenarios, "--bless"];
        let output = crate::tourbillon(dir.path(), &words);
        let printed = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(status), "{printed}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), expect, "{printed}");
    };
    let told = |middle: &str, intake: &str| {
        format!(
            "ticks = 4\n[expect] # what matters\n# said by hand\nlogs = [\n  '/cleaning on/', # whoever it is\n  \
             {middle},\n  '/^4 report/',\n]\noutcomes.intake = {intake}   # on each\n\n[manager]\ninterval = '10s'\n"
        )
    };
    let (old, new) = ("'2 report info none'", "\"2 report info 4 records kept, 0 swept so far\"");
    let (before, after) = ("'ok|trap failed * ok'", "\"ok|trap ok * ok\"");
    bless(&told(old, before), &told(new, after), 0);
    // Lines that are too many go, and those that are missing come.
    let short = "ticks = 4\n[expect]\nlogs = ['/cleaning/', 'a', 'b', '/^4/']\n";
    let long = format!("ticks = 4\n[expect]\nlogs = [\n  '/cleaning/',\n  {new},\n  '/^4/',\n]\n");
    bless(short, &long, 0);
    bless("ticks = 4\n[expect]\nlogs = ['/cleaning/', '/^4/']\n", &long, 0);
    let noted = |lines: &str| format!("ticks = 4\n[expect]\nlogs = [\n  # it begins\n{lines}]\n");
    let few = noted("  '/cleaning/', # and\n  'a', # then\n");
    let more = noted(&format!("  '/cleaning/', # and\n  {new}, # then\n  {LAST},\n"));
    bless(&few, &more, 0);
    let open = noted("  '/cleaning/' # last\n");
    let closed = noted(&format!("  '/cleaning/', # last\n  {new},\n  {LAST},\n"));
    bless(&open, &closed, 0);
    // One that is gone takes its comments along, and no other's.
    let lines = |gone: &str, new: &str| {
        noted(&format!("  {new},\n  # gap\n  '/2 report .*/', # two\n{gone}  '/4 .*/', # four\n"))
    };
    let first = "\"info cleaning on test-host: records live for 60s\"";
    bless(&lines("  # no\n  'extra', # more\n", "'wrong'"), &lines("", first), 0);
    // What the component says of itself, and of the store only what is other.
    let says = |version: &str, swept: &str, more: &str| {
        format!(
            "ticks = 4\nonly = ['sweep']\n[store]\nkept = 'x'\n[expect]\nversion = {version} # of it\n\
             [expect.store]\nkept = {{ length = 1 }}\nswept = {swept}\n{more}"
        )
    };
    bless(&says("'0'", "'7'", "gone = 'y'\n"), &says("\"0.1.0\"", "\"0\"", ""), 0);
    // What is written anew keeps the comments of what was there.
    let each = |tasks: &str| format!("# the tasks\ntasks = [ # all\n  {tasks} # last\n]\n");
    let tasks = each("'intake 9', # first\n  'sweep 2',");
    let other = each("\"intake 0 immediately\", # first\n  'sweep 2',\n  \"report 1\",");
    let other = other.replace(" # last", "");
    let only = "ticks = 1\nonly = ['sweep']\n";
    let said = |tasks: &str| format!("{only}[expect]\n{tasks}version = '0.1.0'\n");
    bless(&said(&tasks.replace(" # last", "")), &said(&other), 0);
    let value = "[store]\nkept = 'x'\n[expect.store]\n";
    let table = "# of it\n[expect.store.kept] # how long\nlength = 7 # seven\n";
    let line = "# of it\n# how long\n# seven\nkept = \"x\"\n";
    bless(&format!("{only}{value}{table}"), &format!("{only}{value}{line}"), 0);
    let of_lines = |first: &str| {
        let comments = "# why\n  ,\n  '/2 report .*/'";
        noted(&format!("  {first} {comments},\n  {LAST},\n"))
    };
    bless(&of_lines("'wrong'"), &of_lines(first), 0);
    let within = "# of it\nkept = { length = 7, # how long\n}\n";
    let above = "# of it\n# how long\nkept = \"x\"\n";
    bless(&format!("{only}{value}{within}"), &format!("{only}{value}{above}"), 0);
    let found = "[expect]\nlogs = []\n\n[expect.outcomes]\nsweep = \"-\"\n\n[expect.store]\n";
    let empty = "# of all\n[expect] # mine\n# of outcomes\n[expect.outcomes] # each\n";
    let above = "\n# of all\n# mine\n# of outcomes\n# each\n";
    bless(&format!("{only}{empty}"), &format!("{only}{above}{found}"), 0);
    let inline = "# of all\nexpect = {} # mine\n";
    bless(&format!("{only}{inline}"), &format!("{only}\n# of all\n# mine\n{found}"), 0);
    // What names what matters is nobody's but the author's.
    let kept = "ticks = 1\n[expect]\nlogs_with = ['/^1 intake/']\n";
    bless(kept, kept, 1);
    let failing = "ticks = 1\n[expect.errors]\nintake = 'boom' # mine\n";
    bless(failing, failing, 1);
    // A task that is not there is no reason for green, whatever comes of it later.
    let away =
        |told: &str| format!("ticks = 2\nonly = ['intake']\n[expect.outcomes]\nsweep = {told}\n");
    bless(&away("'ok *'"), &away("\"absent *\""), 0);
    // The ends of lines are the file's, and what stands in a text is the text's.
    let ends = |kept: &str| {
        format!(
            "\u{feff}ticks = 1\r\nonly = ['sweep']\r\n[store]\r\na = 'x'\r\nb = \"y\\nz\"\r\n\
             [expect.store]\r\na = {kept}\r\nb = {kept}\r\n"
        )
    };
    let kept = ends("'x'").replace("b = 'x'", "b = \"y\\nz\"");
    bless(&ends("'x'"), &kept, 0);
    let mixed = "ticks = 1\r\nonly = ['sweep']\n[store]\na = \"\"\"one\ntwo\"\"\"\n[expect]\nversion = '0'\n";
    bless(mixed, &mixed.replace("'0'", "\"0.1.0\"").replace('\r', ""), 0);
    // Nor is anything expected of a fault that hits nothing.
    let unhit = "ticks = 1\nstore_errors = [99]\n";
    bless(unhit, unhit, 1);
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
fn blessing_keeps_the_ends_of_lines_and_what_is_not_mentioned() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("it.toml");
    let scenarios = dir.path().display().to_string();
    let given = "ticks = 1\r\nonly = ['intake']\r\n";
    let parts = "\r\n[expect.outcomes]\r\nintake = 'failed'\r\n";
    std::fs::write(&file, format!("{given}{parts}")).unwrap();
    let words = ["test", "--component", &janitor(), "--scenarios", &scenarios, "--bless"];
    crate::well(dir.path(), &words);
    let blessed = std::fs::read_to_string(&file).unwrap();
    assert_eq!(blessed, format!("{given}{}", parts.replace("'failed'", "\"ok\"")));
    std::fs::write(&file, given).unwrap();
    crate::well(dir.path(), &words);
    let blessed = std::fs::read_to_string(&file).unwrap();
    assert!(blessed.starts_with(&format!("{given}\r\n[expect]\r\n")), "{blessed:?}");
    assert_eq!(blessed.matches('\n').count(), blessed.matches("\r\n").count(), "{blessed:?}");
    assert_eq!(played(&janitor(), dir.path()).0, Some(0));
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
