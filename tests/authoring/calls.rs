//! What a scenario answers to a manager's calls.

use std::path::Path;

use crate::scenarios::check;
use crate::{played, root};

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
fn a_function_of_resources_is_refused_and_nothing_panics() {
    let increment = "ticks = 1\nonly = ['steady']\n[calls.'wasi:keyvalue/atomics@0.2.0-draft']\n\
                     increment = { always = 'ok(1)' }\n";
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("it.toml"), increment).unwrap();
    let (status, printed) = played(&crate::guest("rogue"), dir.path());
    assert_eq!(status, Some(1), "{printed}");
    assert!(printed.contains("#increment\n          it takes a resource"), "{printed}");
    let open = "ticks = 1\nonly = ['steady']\n[calls.'wasi:keyvalue/store@0.2.0-draft']\n\
                open = { always = 'ok(1)' }\n";
    std::fs::write(dir.path().join("it.toml"), open).unwrap();
    let (status, printed) = played(&crate::guest("rogue"), dir.path());
    assert_eq!(status, Some(1), "{printed}");
    assert!(printed.contains("#open\n          it answers with a resource"), "{printed}");
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
