//! Commands on the state of a host that is not running: status, history, pause, resume, clear, trigger.

use crate::stage::Stage;

const CONFIG: &str = "[host]\nstate = \"state\"\n[manager.pair]\ncomponent = \"pair.wasm\"\n";

/// A stage on which `pair` had three ticks.
fn stage() -> Stage {
    let stage = Stage::with(&["pair"]);
    stage.write("tourbillon.toml", CONFIG);
    assert_eq!(stage.run("tick pair.wasm -n 3 --state state").status, 1);
    stage
}

#[test]
fn status_shows_how_every_task_stands() {
    let stage = stage();
    insta::assert_snapshot!(stage.run("status").all(), @r"
    MANAGER  TICK  TASK    LEFT  LAST       FUEL  RUNS  FAILURES  STATE
    pair        3  steady     0  ok      52 (0%)     3         0
                   fails      0  failed  55 (0%)     1         1
    --- stderr
    no host is running on state
    --- status 0
    ");
    let json = stage.run("status --json").json();
    assert_eq!(json[0]["manager"], "pair");
    assert_eq!(json[0]["outcomes"]["ok"], 3);
    assert_eq!(json[0]["tasks"][1]["last"]["outcome"], "failed");
    assert_eq!(stage.run("status --state state pair --json").json(), json);
    // One that is configured no more.
    stage.write("tourbillon.toml", &CONFIG.replace("manager.pair", "manager.two"));
    let said = stage.run("status").err;
    let expect =
        "tourbillon.toml does not name pair: what is kept of it stays, and nothing ticks it";
    assert_eq!(said.lines().nth(1), Some(expect), "{said}");
    assert_eq!(stage.run("status --state state").err, "no host is running on state\n");
}

#[test]
fn history_shows_the_newest_runs_first() {
    let stage = stage();
    let runs = |args: &str| -> Vec<String> {
        let json = stage.run(args).json();
        json.iter().map(|line| line["run"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(runs("history --json -n 2"), ["pair/steady/3", "pair/fails/2"]);
    assert_eq!(runs("history pair fails --json"), ["pair/fails/2"]);
    assert_eq!(runs("history --outcome failed --json"), ["pair/fails/2"]);
    let said = stage.run("history pairs");
    let expect = "error: state has no manager \"pairs\": did you mean \"pair\"?\n";
    assert_eq!((said.status, said.err.as_str()), (2, expect));
    let said = stage.run("history pair stedy");
    let expect =
        "error: pair has no task \"stedy\": it has steady, fails; did you mean \"steady\"?\n";
    assert_eq!((said.status, said.err.as_str()), (2, expect));
    // Ticks on which the whole manager did not run are no news of a task that there never was.
    stage.run("pause pair");
    stage.run("tick pair.wasm --state state");
    let said = stage.run("history pair stedy");
    assert_eq!((said.status, said.out.as_str(), said.err.as_str()), (2, "", expect));
    // One that there is, and of which nothing is told, is no mistake.
    assert_eq!(stage.run("history pair steady --outcome failed").status, 0);
    let people = stage.run("history --outcome failed").out;
    assert!(people.contains("pair/fails/2  failed"), "{people}");
    assert!(people.contains("the disk is full"), "{people}");
}

#[test]
fn s14_a_paused_manager_stands_and_a_resumed_one_goes_on() {
    let stage = stage();
    let outcomes = || -> Vec<String> {
        let json = stage.run("tick pair.wasm --state state --json").json();
        let tasks = json[0]["tasks"].as_array().unwrap().clone();
        tasks.iter().map(|task| task["outcome"].as_str().unwrap().to_owned()).collect()
    };
    let said = stage.run("pause pair");
    assert_eq!((said.status, said.err.as_str()), (0, "pair is paused\n"));
    assert!(said.out.contains("manager paused"), "{}", said.out);
    assert_eq!(outcomes(), ["paused", "paused"]);
    assert_eq!(stage.run("resume pair").status, 0);
    assert_eq!(stage.run("pause pair fails --json").json()[0]["tasks"][1]["paused"], true);
    assert_eq!(outcomes(), ["ok", "paused"]);
    let said = stage.run("pause pair fails").err;
    assert_eq!(said, "pair/fails is paused already: nothing changed\n");
    assert_eq!(stage.run("history pair fails").err, "pair/fails is paused now\n");
    assert_eq!(stage.run("history pair steady").err, "");
    let said = stage.run("resume pair").err;
    let hint = "its task is paused: `tourbillon resume pair fails`\n";
    assert_eq!(said, format!("pair is not paused: nothing changed\n{hint}"));
    assert_eq!(stage.run("resume pair fails").err, "pair/fails is resumed\n");
    let said = stage.run("resume pair fails").err;
    assert_eq!(said, "pair/fails is not paused: nothing changed\n");
    let said = stage.run("clear pair fails").err;
    assert_eq!(said, "pair/fails neither backs off nor is in quarantine: nothing changed\n");
    // Its counter stood at 0 since tick 3.
    assert_eq!(outcomes(), ["ok", "failed"]);
}

#[test]
fn s11_history_tells_of_the_ticks_on_which_nothing_ran() {
    let stage = stage();
    stage.run("pause pair");
    stage.run("tick pair.wasm --state state --ticks 3");
    stage.run("resume pair");
    stage.run("tick pair.wasm --state state");
    let spans = |args: &str| -> Vec<serde_json::Value> {
        let lines = stage.run(args).json();
        lines.into_iter().filter(|line| line.get("from_tick").is_some()).collect()
    };
    let paused = serde_json::json!({
        "manager": "pair", "outcome": "paused", "from_tick": 4, "to_tick": 6,
    });
    for args in ["history --json", "history pair fails --json", "history --outcome paused --json"] {
        assert_eq!(spans(args), std::slice::from_ref(&paused), "{args}");
    }
    assert!(spans("history --outcome missed --json").is_empty());
    let table = "MANAGER  TASK   TICKS WITHOUT A RUN  OUTCOME\n\
                 pair     (all)  4 to 6               paused\n";
    assert_eq!(stage.run("history pair --outcome paused").out, table);
    let people = stage.run("history pair").out;
    assert!(people.starts_with("DUE ") && people.ends_with(&format!("\n\n{table}")), "{people}");
}

#[test]
fn s14_history_tells_on_which_ticks_a_task_alone_was_paused() {
    let stage = stage();
    let spans = |args: &str| -> Vec<serde_json::Value> {
        let lines = stage.run(&format!("history --json {args}")).json();
        lines.into_iter().filter(|line| line.get("from_tick").is_some()).collect()
    };
    let span = |task: &str, from: u64, to: u64| {
        serde_json::json!({
            "manager": "pair", "task": task, "outcome": "paused", "from_tick": from, "to_tick": to,
        })
    };
    let still = |span: serde_json::Value| {
        let mut span = span;
        span["ongoing"] = true.into();
        span
    };
    let tick = |n: u32| stage.run(&format!("tick pair.wasm --state state -n {n}"));
    stage.run("pause pair fails");
    assert_eq!(spans("pair fails"), [] as [serde_json::Value; 0], "no tick yet");
    tick(2);
    for args in ["", "pair", "pair fails", "--outcome paused", "pair fails -n 1"] {
        assert_eq!(spans(args), [still(span("fails", 4, 5))], "{args}");
    }
    for args in ["pair steady", "--outcome missed", "pair fails --outcome ok"] {
        assert_eq!(spans(args), [] as [serde_json::Value; 0], "{args}");
    }
    insta::assert_snapshot!(stage.run("history pair fails --outcome paused").all(), @r"
    MANAGER  TASK   TICKS WITHOUT A RUN  OUTCOME
    pair     fails  4 to 5               paused   so far: it is paused still
    --- stderr
    pair/fails is paused now
    --- status 0
    ");
    assert_eq!(stage.run("resume pair fails").status, 0);
    tick(1);
    for args in ["", "pair fails", "--outcome paused"] {
        assert_eq!(spans(args), [span("fails", 4, 5)], "{args}");
    }
    // A pause without a tick leaves none; the whole manager's are shown for each of its tasks.
    stage.run("pause pair steady");
    stage.run("resume pair steady");
    stage.run("pause pair");
    tick(1);
    stage.run("resume pair");
    stage.run("pause pair steady");
    tick(1);
    let whole = serde_json::json!({
        "manager": "pair", "outcome": "paused", "from_tick": 7, "to_tick": 7,
    });
    assert_eq!(spans("pair fails"), [whole.clone(), span("fails", 4, 5)]);
    assert_eq!(spans("pair steady"), [still(span("steady", 8, 8)), whole.clone()]);
    assert_eq!(spans("pair"), [still(span("steady", 8, 8)), whole, span("fails", 4, 5)]);
    // A task that is disabled while it is paused, and one that is gone.
    stage.write("one.toml", &format!("{CONFIG}[manager.pair.task.steady]\nenabled = false\n"));
    assert_eq!(stage.run("trigger pair fails --file one.toml").status, 1);
    assert_eq!(spans("pair steady")[0], span("steady", 8, 8));
}

#[test]
fn s14_a_run_by_hand_leaves_the_counter_alone() {
    let stage = stage();
    let said = stage.run("trigger pair steady --json");
    let json = said.json();
    assert_eq!(said.status, 0);
    assert_eq!(json[0]["trigger"], "operator");
    assert_eq!(json[0]["tasks"][0]["run"], "pair/steady/3+1");
    assert_eq!(stage.run("trigger pair fails").status, 1);
    let json = stage.run("tick pair.wasm --state state --json").json();
    assert_eq!((&json[0]["tick"], &json[0]["tasks"][1]["outcome"]), (&4.into(), &"failed".into()));
}

#[test]
fn a_quarantine_ends_by_hand() {
    let stage = Stage::with(&["trap-in-task"]);
    stage.write(
        "tourbillon.toml",
        "[host]\nstate = \"state\"\n[manager.bad]\ncomponent = \"trap-in-task.wasm\"\nquarantine_after = 1\n",
    );
    assert_eq!(stage.run("trigger bad work").status, 1);
    let state = |json: bool| stage.run(if json { "status --json" } else { "status" });
    assert_eq!(state(true).json()[0]["tasks"][0]["quarantined"], true);
    assert!(state(false).out.contains("quarantined"));
    assert_eq!(stage.run("clear bad work").status, 0);
    assert_eq!(state(true).json()[0]["tasks"][0]["quarantined"], false);
}

#[test]
fn s14_s16_an_operator_needs_the_records_alone() {
    let stage = Stage::with(&["trap-in-task"]);
    stage.write(
        "tourbillon.toml",
        "[host]\nstate = \"state\"\n[manager.bad]\ncomponent = \"trap-in-task.wasm\"\nquarantine_after = 1\n",
    );
    assert_eq!(stage.run("trigger bad work").status, 1);
    let status = || stage.run("status --state state --json").json()[0].clone();
    assert_eq!(status()["tasks"][0]["quarantined"], true);
    let all_of_it = |what: &str| {
        let said = stage.run("pause bad --state state");
        assert_eq!((said.status, said.err.as_str()), (0, "bad is paused\n"), "{what}");
        assert_eq!(status()["paused"], true, "{what}");
        assert_eq!(stage.run("resume bad --state state").status, 0, "{what}");
        assert_eq!(status()["paused"], false, "{what}");
        assert_eq!(stage.run("pause bad work --state state").status, 0, "{what}");
        assert_eq!(status()["tasks"][0]["paused"], true, "{what}");
        assert_eq!(stage.run("resume bad work --state state").status, 0, "{what}");
    };
    stage.write("trap-in-task.wasm", "no component");
    all_of_it("a component that is none");
    std::fs::remove_file(stage.path().join("trap-in-task.wasm")).unwrap();
    all_of_it("a component that is gone");
    std::fs::remove_file(stage.path().join("tourbillon.toml")).unwrap();
    all_of_it("a configuration that is gone");
    assert_eq!(status()["tasks"][0]["quarantined"], true, "only `clear` ends it");
    assert_eq!(stage.run("clear bad work --state state").status, 0);
    assert_eq!(status()["tasks"][0]["quarantined"], false);
    let said = stage.run("pause good --state state");
    assert_eq!((said.status, said.out.as_str()), (2, ""));
    assert_eq!(said.err, "error: state has no manager \"good\": there are: bad\n");
}

#[test]
fn s14_a_manager_is_paused_before_its_first_tick() {
    let stage = Stage::with(&["pair"]);
    stage.write("tourbillon.toml", CONFIG);
    assert_eq!(stage.run("pause pair").status, 0);
    let json = stage.run("tick pair.wasm --state state --json").json();
    assert_eq!((&json[0]["tick"], &json[0]["tasks"][0]["outcome"]), (&1.into(), &"paused".into()));
}

#[test]
fn a_slip_of_the_pen_begins_no_state() {
    let stage = stage();
    std::fs::create_dir(stage.path().join("empty")).unwrap();
    let check = |args: &str, expect: &str| {
        let said = stage.run(args);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{args}");
        assert!(said.err.contains(expect), "{args}: {}", said.err);
    };
    stage.write("bare.toml", "[manager.pair]\ncomponent = \"pair.wasm\"\n");
    for dir in ["staet", "empty"] {
        let said = format!("error: there is no state in {dir}: name the state directory of a host");
        for command in ["pause pair", "resume pair", "clear pair", "pause pair steady"] {
            check(&format!("{command} --state {dir}"), &said);
        }
        check(&format!("trigger pair steady --state {dir}"), &said);
        let remedy = "or `state` in [host] of bare.toml for one that is yet to be begun\n";
        check(&format!("pause pair --state {dir} --file bare.toml"), remedy);
        // Without a configuration, too.
        check(&format!("pause pair --state {dir} --file none.toml"), dir);
        for command in ["status", "history"] {
            check(&format!("{command} --state {dir}"), dir);
        }
    }
    assert!(!stage.path().join("staet").exists());
    assert_eq!(std::fs::read_dir(stage.path().join("empty")).unwrap().count(), 0);
    // One that the configuration names is begun, also where it is named twice.
    stage.write("new.toml", &CONFIG.replace("\"state\"", "\"new\""));
    assert_eq!(stage.run("pause pair --file new.toml --state ./new/").status, 0);
    // In one that is there, a configured manager is begun.
    stage.write("two.toml", &CONFIG.replace("manager.pair", "manager.two"));
    assert_eq!(stage.run("pause two --file two.toml --state new").status, 0);
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let stage = stage();
    let check = |args: &str, expect: &str| {
        let said = stage.run(args);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{args}");
        assert!(said.err.contains(expect), "{args}: {}", said.err);
    };
    check("status pairs", "has no manager \"pairs\": did you mean \"pair\"?");
    check("pause pairs", "tourbillon.toml has no manager \"pairs\": did you mean \"pair\"?");
    check("pause pair steadi", "has no task \"steadi\": did you mean \"steady\"?");
    check("trigger pair nothing", "it has: steady, fails");
    check("status --state nowhere", "nowhere");
    check("status --file no.toml", "can't read the configuration no.toml");
    stage.write("empty.toml", "");
    check("history --file empty.toml", "names no state directory");
}
