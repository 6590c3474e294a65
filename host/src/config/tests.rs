//! What people read when a configuration is wrong, and that the schema, the example and the reader
//! speak of the same keys.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;
use crate::types::{
    ByteSize, ComponentSource, Fuel, InstanceMode, Limits, OnLost, Policy, RunLimits, TaskName,
};

const EXAMPLE: &str = include_str!("../../../docs/tourbillon.toml");

fn parsed(text: &str) -> HostConfig {
    parse(text, Path::new("etc/tourbillon.toml")).unwrap_or_else(|e| panic!("{e}"))
}

fn said(text: &str) -> String {
    match parse(text, Path::new("tourbillon.toml")) {
        Ok(config) => format!("no error: {config:?}"),
        Err(e) => e.to_string(),
    }
}

#[test]
fn an_empty_file_is_all_defaults() {
    assert_eq!(parsed(""), HostConfig::default());
}

#[test]
fn the_example_of_the_contract_means_what_it_says() {
    let config = parsed(
        r#"
        [host]
        name = "node-1"
        state = "state"
        [defaults.limits]
        fuel = 100_000_000
        timeout = "5s"
        memory = "64MiB"
        [manager.janitor]
        component = "janitor.wasm"
        interval = "10s"
        instance = "resident"
        config = { retention = "7d" }
        [manager.janitor.task.sweep]
        limits = { fuel = 5_000_000 }
        "#,
    );
    assert_eq!(config.name, "node-1");
    assert_eq!(config.state.as_deref(), Some(Path::new("etc/state")));
    let [janitor] = &config.managers[..] else { panic!("{config:?}") };
    assert_eq!(janitor.component, ComponentSource::Path("etc/janitor.wasm".into()));
    assert_eq!(janitor.limits, Limits::default());
    assert_eq!(janitor.config["retention"], "7d");
    let sweep = &janitor.tasks[&TaskName::new("sweep").unwrap()];
    let expect = RunLimits { fuel: Fuel::new(5_000_000), ..RunLimits::default() };
    assert_eq!(sweep.limits, Some(expect));
    assert_eq!(config.lines[&janitor.name], 9);
}

#[test]
fn what_a_manager_says_lies_over_the_defaults_and_a_task_over_both() {
    let config = parsed(
        r#"
        defaults = { interval = "1m", instance = "per-run", delay_max = 9, limits = { fuel = 0xff, host_calls = 7 } }
        [manager.z]
        component = "/abs/z.wasm"
        limits = { fuel = 2_000 }
        config = { n = 1_000, hex = 0x10, f = 1.50, b = true, day = 2026-11-22, t = "x" }
        grants = { clocks = false, environment = { A = 1 }, interfaces = ["a:b/c@0.1.0"] }
        task.t = { ticks_between_runs = 3, enabled = false, on_lost = "repeat", limits = { log_lines = 0 } }
        [manager.a]
        component = "a.wasm"
        instance = "resident"
        raise_on_error = true
        quarantine_after = 2
        probe_every = 3
        delay_min = 1
        "#,
    );
    // In the order of the file, not of the alphabet: managers without an order of their own run so.
    let [z, a] = &config.managers[..] else { panic!("{config:?}") };
    assert_eq!(z.component, ComponentSource::Path("/abs/z.wasm".into()));
    assert_eq!((z.interval, z.mode), (Duration::from_secs(60), InstanceMode::PerRun));
    assert_eq!((z.limits.run.fuel, a.limits.run.fuel), (Fuel::new(2_000), Fuel::new(255)));
    assert_eq!(z.limits.run.host_calls, 7);
    let texts: Vec<_> = z.config.values().map(String::as_str).collect();
    assert_eq!(texts, ["true", "2026-11-22", "1.50", "16", "1000", "x"]);
    assert!(!z.grants.clocks && z.grants.random);
    assert_eq!(z.grants.environment["A"], "1");
    assert!(z.grants.interfaces.contains("a:b/c@0.1.0"));
    let task = &z.tasks[&TaskName::new("t").unwrap()];
    assert_eq!(task.ticks_between_runs.map(|n| n.get()), Some(3));
    assert_eq!((task.enabled, task.on_lost), (Some(false), Some(OnLost::Repeat)));
    let limits = task.limits.clone().unwrap();
    assert_eq!((limits.log_lines, limits.fuel), (0, Fuel::new(2_000)));
    assert_eq!(a.mode, InstanceMode::Resident);
    let expect = Policy { quarantine_after: 2, probe_every: 3, delay: 1..=9, raise_on_error: true };
    assert_eq!(a.policy, expect);
}

#[test]
fn sizes_are_read_with_a_unit_and_without() {
    for (text, expect) in [("65536", 65_536), ("\"1MiB\"", 1 << 20), ("\"1MB\"", 1_000_000)] {
        let config = parsed(&format!("[manager.a]\ncomponent='a'\nlimits.memory = {text}"));
        assert_eq!(config.managers[0].limits.instance.memory, ByteSize::new(expect));
    }
}

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
fn all_mistakes_are_told_at_once_in_the_order_of_the_file() {
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

[manager.Janitor]
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

    error: manager name "Janitor" is not valid: it does not start with a letter a-z; names are 1 to 64 of a-z 0-9 . _ -, starting with a letter
       --> tourbillon.toml:14:10
        |
     14 | [manager.Janitor]
        |          ^^^^^^^
        = help: give it another name

    error: `component` can't be `https://example.com/janitor.wasm`
       --> tourbillon.toml:15:13
        |
     15 | component = "https://example.com/janitor.wasm"
        |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        = help: download it first and write the path of the file

    error: `instance` can't be `forever`
       --> tourbillon.toml:16:12
        |
     16 | instance = "forever"
        |            ^^^^^^^^^
        = help: write instance = "resident" or "per-run"

    error: `fuel` is 0, outside of 1 to 1_000_000_000_000_000
       --> tourbillon.toml:17:19
        |
     17 | limits = { fuel = 0, memory = "1KiB", timeout = "soon", host_calls = "10", fuel_ = 1 }
        |                   ^
        = help: choose a value from 1 to 1_000_000_000_000_000: without fuel no instruction runs; 1_000_000_000 is about 0.8 s of an empty loop

    error: `memory` is 1KiB, outside of 64KiB to 4GiB
       --> tourbillon.toml:17:31
        |
     17 | limits = { fuel = 0, memory = "1KiB", timeout = "soon", host_calls = "10", fuel_ = 1 }
        |                               ^^^^^^
        = help: choose a value from 64KiB to 4GiB: a page of WebAssembly has 64KiB, and a 32-bit guest can address 4GiB

    error: `timeout` is no time: `soon`
       --> tourbillon.toml:17:49
        |
     17 | limits = { fuel = 0, memory = "1KiB", timeout = "soon", host_calls = "10", fuel_ = 1 }
        |                                                 ^^^^^^
        = help: write a number and a unit, such as 500ms, 5s, 1m 30s or 7d

    error: `host_calls` is a text, but a whole number is wanted
       --> tourbillon.toml:17:70
        |
     17 | , memory = "1KiB", timeout = "soon", host_calls = "10", fuel_ = 1 }
        |                                                   ^^^^
        = help: leave out the quotes: host_calls = 10

    error: [manager.Janitor.limits] has no key `fuel_`
       --> tourbillon.toml:17:76
        |
     17 | ry = "1KiB", timeout = "soon", host_calls = "10", fuel_ = 1 }
        |                                                   ^^^^^
        = help: did you mean `fuel`?

    error: `list` is a list, but a text is wanted
       --> tourbillon.toml:18:19
        |
     18 | config = { list = [1] }
        |                   ^^^
        = help: guests are given texts: write the value in quotes

    error: `c` is no interface
       --> tourbillon.toml:19:26
        |
     19 | grants = { interfaces = ["c"], random = "no" }
        |                          ^^^
        = help: write it whole, as "package:name/interface@1.2.3"

    error: `random` is a text, but true or false is wanted
       --> tourbillon.toml:19:41
        |
     19 | grants = { interfaces = ["c"], random = "no" }
        |                                         ^^^^
        = help: write random = true or random = false

    error: the manager `b` has no `component`
       --> tourbillon.toml:21:10
        |
     21 | [manager.b]
        |          ^
        = help: write component = "….wasm"

    error: task name "bad name" is not valid: it holds a character that is not allowed; names are 1 to 64 of a-z 0-9 . _ -, starting with a letter
       --> tourbillon.toml:23:17
        |
     23 | [manager.b.task."bad name"]
        |                 ^^^^^^^^^^
        = help: use a name of a task

    error: `on_lost` can't be `again`
       --> tourbillon.toml:24:11
        |
     24 | on_lost = "again"
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
    large.set_len(MAX_FILE + 1).unwrap();
    check("large.toml", "more than 16MiB");
}

/// The definition that a property of the schema leads to, and whether under names of one's choice.
fn leads_to(property: &Json) -> Option<(String, bool)> {
    let last = |value: &'_ Json| value["$ref"].as_str().map(|path| path.to_owned());
    let name = |path: String| path.rsplit('/').next().unwrap_or_default().to_owned();
    match last(property) {
        Some(path) => Some((name(path), false)),
        None => last(&property["additionalProperties"]).map(|path| (name(path), true)),
    }
}

/// Notes each key of the document under the definition that it belongs to.
fn walk(
    schema: &Json,
    table: &Json,
    definition: &str,
    document: &Json,
    seen: &mut BTreeSet<String>,
) {
    for (key, value) in document.as_object().into_iter().flatten() {
        let property = &table["properties"][key];
        seen.insert(format!("{definition}.{key}"));
        if let Some(default) = property.get("default")
            && !matches!(key.as_str(), "config" | "limits" | "name")
        {
            let plain = |v: &Json| v.as_u64().map_or_else(|| v.to_string(), |n| n.to_string());
            assert_eq!(plain(value), plain(default), "the default of {definition}.{key}");
        }
        match leads_to(property) {
            Some((to, false)) => walk(schema, &schema["$defs"][&to], &to, value, seen),
            Some((to, true)) => {
                for (_, value) in value.as_object().into_iter().flatten() {
                    walk(schema, &schema["$defs"][&to], &to, value, seen);
                }
            }
            None => {}
        }
    }
}

#[test]
fn every_key_of_the_schema_stands_in_the_example_with_its_default() {
    let schema = schema();
    let document: Json =
        serde_json::to_value(toml::from_str::<toml::Table>(EXAMPLE).unwrap()).unwrap();
    let mut seen = BTreeSet::new();
    walk(&schema, &schema, "File", &document, &mut seen);
    let mut keys = BTreeSet::new();
    let tables = schema["$defs"].as_object().unwrap().iter().map(|(n, t)| (n.as_str(), t));
    for (name, table) in tables.chain([("File", &schema)]) {
        for (key, property) in table["properties"].as_object().unwrap() {
            keys.insert(format!("{name}.{key}"));
            let told = property["description"].as_str().is_some_and(|text| text.len() > 5);
            assert!(told || key == "limits", "{name}.{key} has no description");
        }
    }
    assert_eq!(keys.difference(&seen).collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(keys.len() >= 80, "{}", keys.len());
}

#[test]
fn the_example_reads_as_all_defaults() {
    let config = parsed(EXAMPLE);
    assert_eq!(config.limits, HostLimits::default());
    let [janitor] = &config.managers[..] else { panic!("{config:?}") };
    assert_eq!(janitor.limits, Limits::default());
    assert_eq!(janitor.policy, Policy::default());
    assert_eq!(janitor.interval, Duration::from_secs(10));
}

#[test]
fn the_schema_has_ranges_and_refuses_unknown_keys() {
    let schema = schema();
    let fuel = &schema["$defs"]["Limits"]["properties"]["fuel"];
    assert_eq!((fuel["minimum"].as_u64(), fuel["default"].as_u64()), (Some(1), Some(100_000_000)));
    let memory = &schema["$defs"]["Limits"]["properties"]["memory"];
    assert!(memory["description"].as_str().unwrap().ends_with("From 64KiB to 4GiB."), "{memory}");
    for (name, table) in schema["$defs"].as_object().unwrap() {
        assert_eq!(table["additionalProperties"], false, "{name}");
    }
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
