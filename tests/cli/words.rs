//! Commands that print texts: check, inspect, schema, completions; and wrong use.

use crate::stage::Stage;

#[test]
fn check_shows_what_is_in_force_and_its_output_is_a_configuration() {
    let stage = Stage::with(&["pair"]);
    stage.write(
        "tourbillon.toml",
        "[host]\nstate = \"state\"\n[manager.pair]\ncomponent = \"pair.wasm\"\n\
         config = { \"a b\" = \"x\\\"y\" }\n[manager.pair.task.fails]\nenabled = false\nlimits = { fuel = 5 }\n",
    );
    let said = stage.run("check");
    assert_eq!(
        (said.status, said.err.as_str()),
        (0, "tourbillon.toml is valid: 1 manager, all components load\n")
    );
    assert!(!stage.path().join("state").exists(), "check has made a state directory");
    stage.write("again.toml", &said.out);
    assert_eq!(stage.run("check --file again.toml").out, said.out);
    stage.write("none.toml", "");
    let said = stage.run("check --file none.toml");
    let expect = "none.toml is valid, and has no managers to run: add a [manager.NAME]\n";
    assert_eq!((said.status, said.err.as_str()), (0, expect));
    let json = stage.run("check --json").json();
    assert_eq!(json[0]["valid"], true);
    assert_eq!(json[0]["managers"][0]["limits"]["memory"], "64MiB");
    assert_eq!(json[0]["managers"][0]["tasks"][1], "fails");
}

#[test]
fn check_tells_what_is_wrong_and_where() {
    let stage = Stage::with(&["core-module", "import-http"]);
    stage.write("slip.toml", "[manager.a]\ncomponent = \"a.wasm\"\nintervall = \"5s\"\n");
    insta::assert_snapshot!(stage.run("check --file slip.toml").all(), @r#"
    --- stderr
    error: [manager.a] has no key `intervall`
      --> slip.toml:3:1
       |
     3 | intervall = "5s"
       | ^^^^^^^^^
       = help: did you mean `interval`?
    --- status 2
    "#);
    stage.write(
        "tourbillon.toml",
        "[manager.a]\ncomponent = \"core-module.wasm\"\n\n[manager.b]\ncomponent = \"none.wasm\"\n",
    );
    let said = stage.run("check --json");
    assert_eq!(said.status, 2);
    assert!(said.err.contains("error: tourbillon.toml:1: manager \"a\": "), "{}", said.err);
    assert!(said.err.contains("error: tourbillon.toml:4: manager \"b\": "), "{}", said.err);
    assert_eq!(said.json()[0]["valid"], false);
}

#[test]
fn wrong_words_are_told_with_the_right_ones() {
    let stage = Stage::with(&["pair"]);
    stage.write("tourbillon.toml", "[manager.a]\ncomponent = \"pear.wasm\"\n");
    let mut said = String::new();
    for words in [
        "check tourbillon.toml",
        "check pair.wasm",
        "run tourbillon.toml --interval 1s",
        "run --interval 1s",
        "run --file other.toml --interval 1s",
        "run pair.wasm tourbillon.toml",
        "tick pair.wasm --config a=1 --config b=2 --config a=3",
        "history a/steady",
        "history a/steady/3+1",
        "pause a/steady",
        "history a/B",
        "test pair.wasm",
        "test",
    ] {
        let told = stage.run(words);
        assert_eq!(told.status, 2, "{words}: {told:?}");
        said += &format!("{words}\n  {}\n", told.err.lines().next().unwrap_or_default());
    }
    insta::assert_snapshot!(said, @r#"
    check tourbillon.toml
      error: tourbillon.toml:1: manager "a": can't read the component pear.wasm: No such file or directory (os error 2); check the path and that you may read it; did you mean pair.wasm?
    check pair.wasm
      error: pair.wasm is no configuration: `tourbillon inspect` looks at a component
    run tourbillon.toml --interval 1s
      error: --interval is for components given here; in tourbillon.toml each manager has its own, `interval = "…"`
    run --interval 1s
      error: --interval is for components given here; in tourbillon.toml each manager has its own, `interval = "…"`
    run --file other.toml --interval 1s
      error: --interval is for components given here; in other.toml each manager has its own, `interval = "…"`
    run pair.wasm tourbillon.toml
      error: can't run pair.wasm, tourbillon.toml together: a configuration is run alone, and names its components itself
    tick pair.wasm --config a=1 --config b=2 --config a=3
      error: --config sets "a" twice: give it once
    history a/steady
      error: invalid value 'a/steady' for '[MANAGER]': a manager and its task are two words: write a steady
    history a/steady/3+1
      error: invalid value 'a/steady/3+1' for '[MANAGER]': a manager and its task are two words: write a steady
    pause a/steady
      error: invalid value 'a/steady' for '<MANAGER>': a manager and its task are two words: write a steady
    history a/B
      error: invalid value 'a/B' for '[MANAGER]': manager name "a/B" is not valid: it holds a character that is not allowed; names are 1 to 64 of a-z 0-9 . _ -, starting with a letter
    test pair.wasm
      error: pair.wasm is a file: name the directory of a manager's sources; a component is named with --component
    test
      error: can't list ./scenarios: No such file or directory (os error 2); no manager's sources are there either: name their directory, or begin some with `tourbillon new`
    "#);
}

#[test]
fn inspect_shows_tasks_imports_and_exports() {
    let stage = Stage::with(&["pair"]);
    let said = stage.run("inspect pair.wasm");
    assert_eq!(said.status, 0, "{said:?}");
    insta::assert_snapshot!(said.out.lines().filter(|l| !l.contains("sha256")).collect::<Vec<_>>().join("\n"), @r"
    pair.wasm
      size     1.7KiB
      version  -

    TASK    TICKS BETWEEN RUNS  FIRST RUN  SUMMARY
    steady                   0  tick 1
    fails                    1  tick 2

    imports
      tourbillon:manager/types@0.1.0
      wasi:logging/logging@0.1.0-draft
        log: func(level: enum { trace, debug, info, warn, error, critical }, context: string, message: string)

    exports
      tourbillon:manager/lifecycle@0.1.0
        init-host: func(host: string) -> result<_, string>
        periodic-tasks: func() -> list<record { name: string, ticks-between-runs: u32, run-immediately: bool, summary: string }>
        run-periodic-task: func(run: record { id: string, task: string, tick: u64, scheduled-at-ms: u64 }) -> result<option<u32>, record { message: string, ticks-to-skip: option<u32> }>
        service-version: func() -> string
        service-config: func() -> list<tuple<string, string>>
    ");
    let json = stage.run("inspect pair.wasm --json").json();
    assert_eq!(json[0]["component"], "pair.wasm");
    assert_eq!(json[0]["tasks"][1]["ticks_between_runs"], 1);
    assert_eq!(json[0]["imports"][1]["name"], "wasi:logging/logging@0.1.0-draft");
}

#[test]
fn what_a_component_can_not_say_of_itself_hides_nothing_else() {
    let stage = Stage::with(&["trap-in-service"]);
    let said = stage.run("inspect trap-in-service.wasm");
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    let told = "  version  - (asked for it and its configuration, it failed: trap: ";
    assert!(said.out.contains(told) && said.out.contains("\nTASK "), "{}", said.out);
    let json = &stage.run("inspect trap-in-service.wasm --json").json()[0];
    assert_eq!(
        (&json["version"], &json["config"]),
        (&serde_json::Value::Null, &serde_json::json!([]))
    );
    assert!(json["untold"].as_str().is_some_and(|why| why.starts_with("trap: ")), "{json}");
    stage.write("one.toml", "ticks = 1\n[expect]\nversion = \"\"\n");
    let said = stage.run("test --component trap-in-service.wasm --scenarios .");
    assert_eq!(said.status, 1, "{}", said.out);
    let told = "asked for its version and configuration, the component failed: trap: ";
    assert!(said.out.contains(told), "{}", said.out);
    stage.write("one.toml", "ticks = 1\n[expect]\n");
    assert_eq!(stage.run("test --component trap-in-service.wasm --scenarios .").status, 0);
}

#[test]
fn files_that_are_no_components_are_told_apart() {
    let stage = Stage::with(&["core-module", "pair"]);
    stage.write("text.wasm", "hello, world");
    stage.write("empty.wasm", "");
    let check = |args: &str, expect: &str| {
        let said = stage.run(args);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{args}");
        assert!(said.err.contains(expect), "{args}: {}", said.err);
        assert!(said.err.starts_with("error: ") && said.err.lines().count() == 1, "{}", said.err);
    };
    check("inspect core-module.wasm", "it is a core module, not a component");
    check("inspect text.wasm", "error: text.wasm: this is no WebAssembly component");
    check("inspect empty.wasm", "fewer than eight bytes");
    check("inspect paair.wasm", "there is no file paair.wasm: did you mean pair.wasm?");
    check("inspect .", "is a directory");
    check("tick pair.wasm --log loud=very", "--log is no filter of a log");
}

#[test]
fn the_variable_sets_the_log_and_the_flag_wins() {
    let stage = Stage::with(&["pair"]);
    let err = |args: &str, filter: &str| stage.run_with(args, &[("TOURBILLON_LOG", filter)]).err;
    assert_eq!(err("tick pair.wasm", "guest=info"), "pair/steady info all is well\n");
    assert_eq!(err("tick pair.wasm", "guest=warn"), "");
    assert_eq!(err("tick pair.wasm --log guest=info", "off"), "pair/steady info all is well\n");
    assert!(err("tick pair.wasm", "guest=loud").contains("TOURBILLON_LOG is no filter of a log"));
}

#[test]
fn texts_for_other_programs_are_whole() {
    let stage = Stage::with(&[]);
    let schema: serde_json::Value = serde_json::from_str(&stage.run("schema").out).unwrap();
    assert_eq!(schema["title"], "tourbillon.toml");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = stage.run(&format!("completions {shell}"));
        assert!(said.status == 0 && said.out.contains("trigger"), "{said:?}");
    }
}
