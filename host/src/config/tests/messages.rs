//! What people read when a configuration is wrong.

use proptest::prelude::*;

use super::super::*;
use super::{EXAMPLE, said};

#[test]
fn an_unknown_key_is_an_error_with_what_was_meant() {
    insta::assert_snapshot!(said("[defaults.limits]\nfule = 5\n"), @r"
    error: [defaults.limits] has no key `fule`
      --> tourbillon.toml:2:1
       |
     2 | fule = 5
       | ^^^^
       = help: did you mean `fuel`?
    ");
    insta::assert_snapshot!(said("[managers.a]\ncomponent = 'a'\n"), @r"
    error: the file has no key `managers`
      --> tourbillon.toml:1:2
       |
     1 | [managers.a]
       |  ^^^^^^^^
       = help: did you mean `manager`?
    ");
    insta::assert_snapshot!(said("[manager.a]\ncomponent = 'a'\nfuel = 5\n"), @r"
    error: [manager.a] has no key `fuel`
      --> tourbillon.toml:3:1
       |
     3 | fuel = 5
       | ^^^^
       = help: `fuel` is a key of [manager.a.limits]
    ");
    insta::assert_snapshot!(said("[manager.a]\ncomponent = 'a'\nraise-on-error = true\n"), @r"
    error: [manager.a] has no key `raise-on-error`
      --> tourbillon.toml:3:1
       |
     3 | raise-on-error = true
       | ^^^^^^^^^^^^^^
       = help: did you mean `raise_on_error`?
    ");
    insta::assert_snapshot!(said("[manager.a.b]\ncomponent = 'a'\n"), @r#"
    error: the manager `a` has no `component`
      --> tourbillon.toml:1:10
       |
     1 | [manager.a.b]
       |          ^
       = help: write component = "….wasm"

    error: [manager.a] has no key `b`
      --> tourbillon.toml:1:12
       |
     1 | [manager.a.b]
       |            ^
       = help: a name with a point stands in quotes: [manager."a.b"]
    "#);
    insta::assert_snapshot!(said("[host]\nport = 80\n"), @r"
    error: [host] has no key `port`
      --> tourbillon.toml:2:1
       |
     2 | port = 80
       | ^^^^
       = help: the keys here are name, state, limits
    ");
}

#[test]
fn all_mistakes_of_the_host_are_told_at_once_in_the_order_of_the_file() {
    let text = r#"[host]
name = "two words"
state = ""

[host.limits]
running = 0
checkpoint = "1h"

[defaults]
interval = 10
delay_min = 5
delay_max = 4
"#;
    insta::assert_snapshot!(said(text), @r#"
    error: `two words` is no name of a host
      --> tourbillon.toml:2:8
       |
     2 | name = "two words"
       |        ^^^^^^^^^^^
       = help: use 1 to 253 of a-z A-Z 0-9 . _ -

    error: `state` can't be ``
      --> tourbillon.toml:3:9
       |
     3 | state = ""
       |         ^^
       = help: write a path: state = "…"

    error: `running` is 0, outside of 1 to 100_000
      --> tourbillon.toml:6:11
       |
     6 | running = 0
       |           ^
       = help: choose a value from 1 to 100_000: with none, nothing ever runs

    error: `checkpoint` is 1h, outside of 1ms to 1m
      --> tourbillon.toml:7:14
       |
     7 | checkpoint = "1h"
       |              ^^^^
       = help: choose a value from 1ms to 1m: so much idle time may be lost in a crash

    error: `interval` is a whole number, but a time is wanted
       --> tourbillon.toml:10:12
        |
     10 | interval = 10
        |            ^^
        = help: write it in quotes with a unit, such as interval = "10s"

    error: `delay_min` 5 is over `delay_max` 4
       --> tourbillon.toml:11:13
        |
     11 | delay_min = 5
        |             ^
        = help: set both, the smaller one as `delay_min`
    "#);
}

#[test]
fn all_mistakes_of_managers_are_told_at_once() {
    let text = r#"[manager.Janitor]
component = "https://example.com/janitor.wasm"
instance = "forever"
limits = { fuel = 0, memory = "1KiB", timeout = "soon", host_calls = "10", fuel_ = 1 }
config = { list = [1] }
grants = { interfaces = ["c"], random = "no" }

[manager.b]

[manager.b.task."bad name"]
on_lost = "again"
"#;
    insta::assert_snapshot!(said(text), @r#"
    error: manager name "Janitor" is not valid: it does not start with a letter a-z; names are 1 to 64 of a-z 0-9 . _ -, starting with a letter
      --> tourbillon.toml:1:10
       |
     1 | [manager.Janitor]
       |          ^^^^^^^
       = help: give it another name

    error: `component` can't be `https://example.com/janitor.wasm`
      --> tourbillon.toml:2:13
       |
     2 | component = "https://example.com/janitor.wasm"
       |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       = help: download it first and write the path of the file

    error: `instance` can't be `forever`
      --> tourbillon.toml:3:12
       |
     3 | instance = "forever"
       |            ^^^^^^^^^
       = help: write instance = "resident" or "per-run"

    error: `fuel` is 0, outside of 1 to 1_000_000_000_000_000
      --> tourbillon.toml:4:19
       |
     4 | limits = { fuel = 0, memory = "1KiB", timeout = "soon", host_calls = "10", fuel_ = 1 }
       |                   ^
       = help: choose a value from 1 to 1_000_000_000_000_000: without fuel no instruction runs; 1_000_000_000 is about 0.8 s of an empty loop

    error: `memory` is 1KiB, outside of 64KiB to 4GiB
      --> tourbillon.toml:4:31
       |
     4 | limits = { fuel = 0, memory = "1KiB", timeout = "soon", host_calls = "10", fuel_ = 1 }
       |                               ^^^^^^
       = help: choose a value from 64KiB to 4GiB: a page of WebAssembly has 64KiB, and a 32-bit guest can address 4GiB

    error: `timeout` is no time: `soon`
      --> tourbillon.toml:4:49
       |
     4 | limits = { fuel = 0, memory = "1KiB", timeout = "soon", host_calls = "10", fuel_ = 1 }
       |                                                 ^^^^^^
       = help: write a number and a unit, such as 500ms, 5s, 1m 30s or 7d

    error: `host_calls` is a text, but a whole number is wanted
      --> tourbillon.toml:4:70
       |
     4 | , memory = "1KiB", timeout = "soon", host_calls = "10", fuel_ = 1 }
       |                                                   ^^^^
       = help: leave out the quotes: host_calls = 10

    error: [manager.Janitor.limits] has no key `fuel_`
      --> tourbillon.toml:4:76
       |
     4 | ry = "1KiB", timeout = "soon", host_calls = "10", fuel_ = 1 }
       |                                                   ^^^^^
       = help: did you mean `fuel`?

    error: `list` is a list, but a text is wanted
      --> tourbillon.toml:5:19
       |
     5 | config = { list = [1] }
       |                   ^^^
       = help: guests are given texts: write the value in quotes

    error: `c` is no interface
      --> tourbillon.toml:6:26
       |
     6 | grants = { interfaces = ["c"], random = "no" }
       |                          ^^^
       = help: write it whole, as "package:name/interface@1.2.3"

    error: `random` is a text, but true or false is wanted
      --> tourbillon.toml:6:41
       |
     6 | grants = { interfaces = ["c"], random = "no" }
       |                                         ^^^^
       = help: write random = true or random = false

    error: the manager `b` has no `component`
      --> tourbillon.toml:8:10
       |
     8 | [manager.b]
       |          ^
       = help: write component = "….wasm"

    error: task name "bad name" is not valid: it holds a character that is not allowed; names are 1 to 64 of a-z 0-9 . _ -, starting with a letter
       --> tourbillon.toml:10:17
        |
     10 | [manager.b.task."bad name"]
        |                 ^^^^^^^^^^
        = help: use a name of a task

    error: `on_lost` can't be `again`
       --> tourbillon.toml:11:11
        |
     11 | on_lost = "again"
        |           ^^^^^^^
        = help: write on_lost = "lost" or "repeat"
    "#);
}

#[test]
fn two_managers_of_one_name_are_told_readably() {
    insta::assert_snapshot!(said("[manager.a]\ncomponent='a'\n[manager.a]\ncomponent='b'\n"), @r"
    error: `a` stands here for the second time
      --> tourbillon.toml:3:10
       |
     3 | [manager.a]
       |          ^
       = help: each name and key stands once: rename this one, or join the two

    ");
}

#[test]
fn what_is_no_toml_is_told_with_its_place() {
    insta::assert_snapshot!(said("[manager.a]\ncomponent = a.wasm\n"), @r"
    error: this is not TOML: string values must be quoted, expected literal string
      --> tourbillon.toml:2:13
       |
     2 | component = a.wasm
       |             ^^^^^^
       = help: texts stand in quotes, a table's name in [brackets], one key = value on a line
    ");
    insta::assert_snapshot!(said("manager = 3\n[host\n"), @r"
    error: this is not TOML: unclosed table, expected `]`
      --> tourbillon.toml:2:6
       |
     2 | [host
       |      ^
       = help: texts stand in quotes, a table's name in [brackets], one key = value on a line
    ");
    insta::assert_snapshot!(said("manager = 3\n"), @r"
    error: `manager` is a whole number, but a table is wanted
      --> tourbillon.toml:1:11
       |
     1 | manager = 3
       |           ^
       = help: write manager = { … }, or a section [manager]
    ");
}

#[test]
fn a_text_from_a_stranger_repaints_no_terminal() {
    let said = said("\"\\u001b[2J\u{202e}\" = 1\n[manager.\"\\u001b\"]\ncomponent = \"\\u0000\"\n");
    assert!(!said.contains(['\u{1b}', '\u{202e}', '\0']), "{said:?}");
}

#[test]
fn files_that_are_none_are_refused_with_a_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let check = |name: &str, expect: &str| {
        let said = read(&dir.path().join(name)).map(|_| ()).unwrap_err().to_string();
        assert!(said.contains(expect), "{said}");
    };
    check("missing.toml", "write one, or name another with --file");
    check("", "it is a directory");
    std::fs::write(dir.path().join("latin1.toml"), b"name = \"\xe9\"").unwrap();
    check("latin1.toml", "it is not UTF-8 (byte 8)");
    let large = std::fs::File::create(dir.path().join("large.toml")).unwrap();
    large.set_len(MAX_FILE.get() + 1).unwrap();
    check("large.toml", "more than 16.0 MiB");
}

proptest! {
    #[test]
    fn no_file_makes_the_reader_panic(
        cuts in prop::collection::vec((0..EXAMPLE.len(), 0usize..40, "\\PC{0,6}|[\\[\\]{}=.\"'#\n]{0,4}"), 1..6),
    ) {
        let mut text = EXAMPLE.to_owned();
        for (at, len, put) in cuts {
            let floor = |text: &str, at: usize| (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap();
            let (from, to) = (floor(&text, at), floor(&text, at + len));
            text.replace_range(from..to, &put);
        }
        if let Err(e) = parse(&text, Path::new("x.toml")) {
            prop_assert!(!e.to_string().is_empty());
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(\\PC|\n){0,80}") {
        if let Err(e) = parse(&text, Path::new("x.toml")) {
            prop_assert!(!e.to_string().is_empty());
        }
    }
}
