//! `tourbillon tick`: the contract's lines, their order, and exit statuses.

use std::fs::File;

use crate::stage::Stage;

#[test]
fn lines_of_the_log_come_before_those_of_their_tick() {
    let stage = Stage::with(&["pair"]);
    let mixed = stage.path().join("mixed");
    let file = File::create(&mixed).unwrap();
    let mut command = stage.command_under(&[], "tick pair.wasm --ticks 50");
    let status = command.stdout(file.try_clone().unwrap()).stderr(file).status().unwrap();
    assert_eq!(status.code(), Some(1));
    let (mut logged, mut told) = (0, 0);
    for line in std::fs::read_to_string(&mixed).unwrap().lines() {
        if line.starts_with("pair/steady info") {
            logged += 1;
        } else if line.starts_with("pair/steady") {
            told += 1;
            assert_eq!(logged, told, "{line}");
        }
    }
    assert_eq!(told, 50);
}

#[test]
fn what_was_loaded_once_is_not_compiled_again_for_a_state() {
    let stage = Stage::with(&["pair"]);
    let [cache, data] = ["cache", "data"].map(|name| stage.path().join(name).display().to_string());
    let homes = [("XDG_CACHE_HOME", cache.as_str()), ("XDG_DATA_HOME", data.as_str())];
    let taken_over = |args: &str| {
        let said = stage.run_with(&format!("{args} --log tourbillon=debug"), &homes);
        assert_eq!(said.status, 0, "{}", said.err);
        said.err.contains("taken over from another cache of compiled code")
    };
    assert!(!taken_over("tick pair.wasm --state first"));
    assert!(
        !stage.path().join("cache").exists(),
        "a host with a state keeps nothing in the user's home"
    );
    assert!(!taken_over("inspect pair.wasm"));
    assert!(taken_over("tick pair.wasm --state second"));
    assert_eq!(std::fs::read_dir(stage.path().join("second/cache")).unwrap().count(), 1);
}

#[test]
fn one_tick_is_one_line_of_the_contract() {
    let stage = Stage::with(&["pair"]);
    let said = stage.run("tick pair.wasm --ticks 2 --json --seed 7");
    insta::assert_snapshot!(said.all(), @r#"
    {"manager":"pair","tick":1,"at":"2026-01-01T00:00:10Z","tasks":[{"task":"steady","outcome":"ok","run":"pair/steady/1","fuel":52,"micros":0,"memory":65536,"host_calls":1,"ticks_to_skip":0},{"task":"fails","outcome":"skipped","ticks_to_skip":0}]}
    {"manager":"pair","tick":2,"at":"2026-01-01T00:00:20Z","tasks":[{"task":"steady","outcome":"ok","run":"pair/steady/2","fuel":52,"micros":0,"memory":65536,"host_calls":1,"ticks_to_skip":0},{"task":"fails","outcome":"failed","run":"pair/fails/2","fuel":55,"micros":0,"memory":65536,"host_calls":0,"ticks_to_skip":1,"error":"the disk is full"}]}
    --- stderr
    pair/steady info all is well
    pair/steady info all is well
    --- status 1
    "#);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let stage = Stage::with(&["pair", "neighbour"]);
    let run = || stage.run("tick pair.wasm neighbour.wasm --ticks 5 --json --seed 7").out;
    assert_eq!(run(), run());
}

#[test]
fn people_read_one_line_for_each_task() {
    let stage = Stage::with(&["pair"]);
    let said = stage.run("tick pair.wasm --ticks 2 --seed 7");
    insta::assert_snapshot!(said.all(), @r"
    pair/steady  tick 1     ok            due in 1               52 fuel     0µs  64.0KiB    1 call
    pair/fails   tick 1     skipped       due in 1
    pair/steady  tick 2     ok            due in 1               52 fuel     0µs  64.0KiB    1 call
    pair/fails   tick 2     failed        due in 2               55 fuel     0µs  64.0KiB    0 calls
        error: the disk is full
    --- stderr
    pair/steady info all is well
    pair/steady info all is well
    --- status 1
    ");
}

#[test]
fn all_managers_of_a_tick_come_before_the_next_tick() {
    let stage = Stage::with(&["pair", "neighbour"]);
    let said = stage.run("tick neighbour.wasm pair.wasm --name z --name a -n 2 --json");
    let order: Vec<_> = said
        .json()
        .iter()
        .map(|line| format!("{} {}", line["manager"].as_str().unwrap(), line["tick"]))
        .collect();
    assert_eq!(order, ["z 1", "a 1", "z 2", "a 2"]);
}

#[test]
fn the_exit_status_says_how_the_runs_ended() {
    let stage = Stage::with(&["pair", "neighbour", "trap-in-task", "trap-in-init", "tasks-none"]);
    let check = |args: &str, status: i32| {
        let said = stage.run(args);
        assert_eq!(said.status, status, "{args}: {said:?}");
    };
    check("tick neighbour.wasm", 0);
    check("tick pair.wasm", 0);
    check("tick pair.wasm -n 2", 1);
    check("tick neighbour.wasm trap-in-task.wasm", 1);
    check("tick trap-in-init.wasm", 1);
    check("tick tasks-none.wasm -n 3", 0);
    check("tick", 2);
    check("tick neighbour.wasm --ticks 0", 2);
}

#[test]
fn s09_raise_on_error_ends_that_tick_alone() {
    let stage = Stage::with(&["pair"]);
    let said = stage.run("tick pair.wasm -n 4 --raise-on-error --json");
    let outcomes: Vec<_> =
        said.json().iter().map(|line| line["tasks"][1]["outcome"].clone()).collect();
    assert_eq!(outcomes, ["skipped", "failed", "skipped", "failed"]);
    assert_eq!(said.status, 1);
}

#[test]
fn where_one_component_is_refused_nothing_runs() {
    let stage = Stage::with(&["neighbour", "import-http", "core-module"]);
    let said = stage.run("tick neighbour.wasm import-http.wasm core-module.wasm --json");
    assert_eq!((said.status, said.out.as_str()), (2, ""));
    for text in ["\"import-http\"", "wasi:http", "\"core-module\"", "core module, not a component"]
    {
        assert!(said.err.contains(text), "{text}: {}", said.err);
    }
}

#[test]
fn names_come_from_files_or_from_the_command_line() {
    let stage = Stage::with(&["neighbour"]);
    std::fs::copy(stage.path().join("neighbour.wasm"), stage.path().join("My Job.wasm")).unwrap();
    std::fs::copy(stage.path().join("neighbour.wasm"), stage.path().join("9.wasm")).unwrap();
    let check = |args: &str, expect: &str| {
        let said = stage.run(args);
        assert_eq!(said.status, 2, "{said:?}");
        assert_eq!(said.err.trim_end(), expect);
    };
    check(
        "tick 9.wasm",
        "error: 9.wasm: the file gives no name: manager name \"9\" is not valid: it does not start \
         with a letter a-z; names are 1 to 64 of a-z 0-9 . _ -, starting with a letter; give one \
         with --name",
    );
    check(
        "tick neighbour.wasm neighbour.wasm",
        "error: neighbour.wasm and neighbour.wasm would both be the manager \"neighbour\": tell them apart with one --name for each component",
    );
    check(
        "tick neighbour.wasm 9.wasm --name a",
        "error: there are 2 components and 1 name: give one --name for each, in order, or none",
    );
    assert_eq!(stage.run("tick 9.wasm --name nine").status, 0);
}

#[test]
fn limits_of_the_command_line_hold() {
    let stage = Stage::with(&["loop-in-task", "memory-grow-then-trap"]);
    let outcome = |args: &str| {
        let json = stage.run(args).json();
        json[0]["tasks"][0]["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(outcome("tick loop-in-task.wasm --json --fuel 5_000"), "out-of-fuel");
    let said = stage.run("tick loop-in-task.wasm --json --fuel 5_000").json();
    assert_eq!(said[0]["tasks"][0]["fuel"], 5_000);
    let timed = "tick loop-in-task.wasm --json --timeout 50ms --fuel 1_000_000_000_000";
    assert_eq!(outcome(timed), "timed-out");
    assert_eq!(outcome("tick memory-grow-then-trap.wasm --json --memory 1MiB"), "out-of-memory");
}

#[test]
fn without_a_state_directory_nothing_is_kept_and_with_one_all_is() {
    let stage = Stage::with(&["pair"]);
    let ticks = |args: &str| -> Vec<u64> {
        stage.run(args).json().iter().map(|line| line["tick"].as_u64().unwrap()).collect()
    };
    assert_eq!(ticks("tick pair.wasm --json -n 2"), [1, 2]);
    assert_eq!(ticks("tick pair.wasm --json -n 2"), [1, 2]);
    assert_eq!(ticks("tick pair.wasm --json -n 2 --state state"), [1, 2]);
    assert_eq!(ticks("tick pair.wasm --json -n 2 --state state"), [3, 4]);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let stage = Stage::with(&["neighbour"]);
    let mut running = stage.start("tick neighbour.wasm --ticks 1000000000 --json");
    assert!(running.line().unwrap().starts_with("{\"manager\":\"neighbour\",\"tick\":1,"));
    running.stop_reading();
    let said = running.end();
    assert_eq!((said.status, said.err.as_str()), (0, ""));
}

#[test]
fn limits_are_suggested_and_what_is_suggested_is_taken() {
    let stage = Stage::with(&["pair", "loop-in-task"]);
    let said = stage.run("tick pair.wasm --ticks 4 --seed 7 --suggest-limits --log error");
    insta::assert_snapshot!(said.all(), @r#"
    the most that one run used, over 4 ticks:

    MANAGER  TASK    RUNS  FAILED  FUEL  TIME   MEMORY  HOST CALLS
    pair     steady     4       0    52     -  64.0KiB           1
    pair     fails      2       2    55     -  64.0KiB           0

    with head-room, for tourbillon.toml:

    [manager.pair]
    limits = { memory = "1MiB" }
    [manager.pair.task.steady]
    limits = { fuel = 100_000, host_calls = 100 }
    [manager.pair.task.fails]
    limits = { fuel = 100_000, host_calls = 100 }
    --- stderr
    --- status 1
    "#);
    let config = said.out.split("for tourbillon.toml:").nth(1).unwrap();
    let component = "[manager.pair]\ncomponent = \"pair.wasm\"";
    stage.write("tourbillon.toml", &config.replace("[manager.pair]", component));
    let checked = stage.run("check --json");
    assert_eq!(checked.status, 0, "{checked:?}");
    assert!(checked.out.contains("100000"), "the limit of the task is in force: {checked:?}");

    // Too little was seen: what never ran, and what a limit ended.
    let seldom = stage.run("tick pair.wasm --suggest-limits --json").json();
    assert_eq!(seldom[0]["tasks"][1]["unknown"], "it did not run; give more --ticks");
    assert!(seldom[0]["tasks"][1]["limits"].is_null());
    let spun = stage.run("tick loop-in-task.wasm --fuel 1000000 --suggest-limits --log error");
    assert!(spun.out.contains("a run was out-of-fuel"), "{spun:?}");
    assert_eq!(spun.status, 1);
}
