//! What `--bless` writes into a scenario, and what it leaves as its author wrote it.

use crate::{janitor, played};

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
