//! Bad input: each slip is told in the words of whoever made it, with what to do, and harms nothing that
//! was there.
//!
//! One stage, on which a manager has ticked, meets all of it; in the end it stands as it stood.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::stage::{Said, Stage};

/// A stage with a state, two components of one file name, and things that are none.
fn stage() -> Stage {
    let stage = Stage::with(&["pair", "core-module"]);
    let at = |name: &str| stage.path().join(name);
    for dir in ["a", "b", "dir", "dir/with.wasm"] {
        std::fs::create_dir(at(dir)).unwrap();
    }
    for copy in ["a/x.wasm", "b/x.wasm", "Big.wasm"] {
        std::fs::copy(at("pair.wasm"), at(copy)).unwrap();
    }
    stage.write("text.wasm", "hello, world");
    stage.write("file", "");
    symlink("gone.wasm", at("link.wasm")).unwrap();
    let ticked = stage.run("tick pair.wasm -n 3 --state state");
    assert_eq!(ticked.status, 1, "{ticked:?}");
    stage
}

/// How the state stands.
fn standing(stage: &Stage) -> (String, String) {
    let status = stage.run("status --state state --json");
    assert_eq!(status.status, 0, "{status:?}");
    (status.out, stage.run("history --state state --json").out)
}

/// It is refused before anything ran, in one text that says all of `expect`.
fn refused(said: &Said, what: &str, expect: &[&str]) {
    assert_eq!((said.status, said.out.as_str()), (2, ""), "{what}: {}", said.err);
    assert!(said.err.lines().any(|line| line.starts_with("error: ")), "{what}: {}", said.err);
    for part in expect {
        assert!(said.err.contains(part), "{what} does not say {part:?}: {}", said.err);
    }
}

#[test]
fn files_and_directories_that_are_not_what_they_should_be() {
    let stage = stage();
    let before = standing(&stage);
    let check = |args: &str, expect: &[&str]| refused(&stage.run(args), args, expect);
    for command in ["tick", "run", "inspect"] {
        let check = |file: &str, expect: &[&str]| check(&format!("{command} {file}"), expect);
        check("par.wasm", &["there is no file par.wasm: did you mean pair.wasm?"]);
        check(
            "nothing.wasm",
            &["there is no file nothing.wasm: give the .wasm file of a component"],
        );
        check("link.wasm", &["link.wasm is a symbolic link to a file that is not there"]);
        check("a", &["a is a directory: name a component in it, such as a/x.wasm"]);
        check("text.wasm", &["this is no WebAssembly component", "give the .wasm file"]);
        check("core-module.wasm", &["it is a core module, not a component", "wrap it"]);
        check("/dev/null", &["it is no regular file"]);
    }
    check("tick pair.wasm text.wasm --state state", &["manager \"text\": this is no WebAssembly"]);
    check("tick pair.wasm --state file", &["the state in file: ", "a file stands in its place"]);
    check("tick pair.wasm --state file/state", &["file/state: ", "a file stands in its place"]);
    check("status --state file", &["/file: looking into the directory: ", "name a directory"]);
    check("pause pair --state file", &["/file: looking into the directory: ", "name a directory"]);
    check("status --state none", &["the state in none: ", "check the name"]);
    check("pause pair --state none", &["the state in none: ", "check the name"]);
    check("status --state dir", &["there is no state in it", "of a host that has run"]);
    check("pause nobody --state state", &["state has no manager \"nobody\": there are: pair"]);
    check("run none.toml", &["can't read the configuration none.toml: ", "write one"]);
    check("check --file dir", &["it is a directory; name the file in it"]);
    check("check --file text.wasm", &["this is not TOML", "text.wasm:1:"]);
    assert_eq!(standing(&stage), before);
    assert!(!stage.path().join("none").exists(), "a look has made a state directory");
}

#[test]
fn what_may_not_be_read_or_written() {
    let stage = stage();
    let before = standing(&stage);
    // Root reads and writes everything, unless it gives that up.
    let caps = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"];
    let starter = if rustix::process::geteuid().is_root() { &caps[..] } else { &[] };
    let check = |args: &str, expect: &[&str]| {
        refused(&Said::of(&mut stage.command_under(starter, args)), args, expect);
    };
    let lock = |name: &str, mode: u32| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(stage.path().join(name), mode).unwrap();
    };
    lock("state", 0);
    for args in ["tick pair.wasm --state state", "status --state state", "pause pair --state state"]
    {
        check(
            args,
            &["/state: looking into the directory: Permission denied", "the right to read"],
        );
    }
    lock("state", 0o500);
    check("tick pair.wasm --state state", &["/state/tourbillon.db: ", "the right to write"]);
    lock("state", 0o700);
    lock("b", 0);
    check("tick pair.wasm --state b/state", &["Permission denied", "the right to read and write"]);
    check("tick b/x.wasm", &["can't read b/x.wasm: Permission denied"]);
    lock("b", 0o700);
    lock("b/x.wasm", 0);
    check("tick b/x.wasm", &["can't read the component b/x.wasm: Permission denied"]);
    assert_eq!(standing(&stage), before);
}

#[test]
fn a_setting_of_a_task_that_is_not_declared() {
    let stage = stage();
    let before = standing(&stage);
    let manager = "[manager.pair]\ncomponent = \"pair.wasm\"\n";
    stage.write(
        "tourbillon.toml",
        &format!("{manager}[manager.pair.task.stedy]\nenabled = false\n"),
    );
    let expect = "[manager.pair.task.stedy] names a task that its component does not declare; it declares: steady, fails";
    for args in ["check", "run --state state"] {
        let said = stage.run(args);
        assert_eq!(said.status, 2, "{args}: {}", said.err);
        assert!(said.err.contains(expect), "{args}: {}", said.err);
    }
    assert_eq!(standing(&stage), before);
}

#[test]
fn limits_of_nothing_and_beyond_all_bounds() {
    let stage = stage();
    let before = standing(&stage);
    let flags = [
        ("tick", "--fuel 0", "outside of 1 to 1_000_000_000_000_000: without fuel"),
        ("tick", "--fuel -1", "`fuel` is -1, outside of 1 to"),
        ("tick", "--fuel 99999999999999999999", "outside of 1 to"),
        ("tick", "--fuel much", "write a whole number"),
        ("tick", "--timeout 0s", "`timeout` is 0s, outside of 1ms to 1d"),
        ("tick", "--timeout 0", "write a number and a unit, such as 500ms"),
        ("tick", "--memory 1", "`memory` is 1B, outside of 64KiB to 4GiB"),
        ("tick", "--memory 9223372036854775808", "outside of 64KiB to 4GiB"),
        ("tick", "--ticks 0", "write a whole number from 1"),
        ("tick", "--ticks -3", "write a whole number from 1"),
        ("tick", "--ticks many", "write a whole number from 1"),
        ("run", "--interval 0s", "`interval` is 0s, outside of 1ms to 366d"),
        ("run", "--interval 3650000d", "outside of 1ms to 366d"),
        ("run", "--interval 10000y", "months and years have no fixed length: write days"),
    ];
    for (command, flag, expect) in flags {
        let args = format!("{command} pair.wasm --state state {flag}");
        refused(&stage.run(&args), &args, &[expect]);
    }
    let keys = [
        ("limits.fuel = 0", "`fuel` is 0, outside of"),
        ("limits.timeout = \"0s\"", "`timeout` is 0s, outside of"),
        ("limits.memory = 1", "`memory` is 1B, outside of"),
        ("limits.memory = 9223372036854775807", "outside of 64KiB to 4GiB"),
        ("limits.memory = 9223372036854775808", "outside of 64KiB to 4GiB"),
        ("interval = 0", "a time is wanted"),
        ("interval = \"0s\"", "`interval` is 0s, outside of"),
        ("interval = \"10000y\"", "write days"),
        ("interval = \"3650000d\"", "outside of 1ms to 366d"),
        ("limits.handles = -1", "`handles` is -1, outside of"),
        ("fule = 3", "[manager.pair] has no key `fule`"),
        ("limits.fule = 3", "did you mean `fuel`?"),
        ("intervall = \"1s\"", "did you mean `interval`?"),
    ];
    for (key, expect) in keys {
        let text = format!(
            "[host]\nstate = \"state\"\n[manager.pair]\ncomponent = \"pair.wasm\"\n{key}\n"
        );
        stage.write("tourbillon.toml", &text);
        for command in ["run", "check", "trigger pair steady"] {
            refused(&stage.run(command), key, &[expect, "tourbillon.toml:5:", "= help: "]);
        }
    }
    assert_eq!(standing(&stage), before);
}

#[test]
fn two_managers_of_one_name() {
    let stage = stage();
    let before = standing(&stage);
    let check = |args: &str, expect: &[&str]| refused(&stage.run(args), args, expect);
    let both = "a/x.wasm and b/x.wasm would both be the manager";
    check("tick a/x.wasm b/x.wasm", &[both, "\"x\": tell them apart with one --name"]);
    let named = "tick a/x.wasm b/x.wasm --name pair --name pair --state state";
    check(named, &[both, "\"pair\": tell them apart with one --name"]);
    check("tick a/x.wasm b/x.wasm --name pair", &["there are 2 components and 1 name: "]);
    check("run a/x.wasm b/x.wasm", &[both, "\"x\": rename a file, or write a configuration"]);
    check("tick Big.wasm", &["Big.wasm: the file gives no name", "give one with --name"]);
    check("tick pair.wasm --name A", &["it does not start with a letter a-z"]);
    let one = "[host]\nstate = \"state\"\n[manager.pair]\ncomponent = \"pair.wasm\"\n";
    stage.write("tourbillon.toml", &format!("{one}[manager.pair]\ncomponent = \"b/x.wasm\"\n"));
    for command in ["run", "check"] {
        check(command, &["`pair` stands here for the second time", ":5:", "rename this one"]);
    }
    assert_eq!(standing(&stage), before);
}

#[test]
fn words_of_the_command_line_repaint_no_terminal() {
    let stage = Stage::with(&[]);
    let check = |args: &str, expect: &str| {
        let said = stage.run(args);
        refused(&said, args, &[expect]);
        let raw = said.err.chars().find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
        assert_eq!(raw, None, "{args:?}: {:?}", said.err);
    };
    check("\u{1b}[2J", "unrecognized subcommand '\\u{1b}[2J'");
    check("tick x.wasm --memory \u{202e}BiM", "invalid value '\\u{202e}BiM'");
    check("tick x.wasm --\u{1b}]0;x\u{7}", "unexpected argument '--\\u{1b}]0;x\\u{7}'");
    check("history \u{9b}2J", "invalid value '\\u{9b}2J'");
}
