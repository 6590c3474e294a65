//! `tourbillon run`: lines, signals, and other commands while a host runs.

use rustix::process::Signal;

use crate::stage::{Said, Stage};

fn stage(interval: &str, component: &str) -> Stage {
    let stage = Stage::with(&[component]);
    stage.write(
        "tourbillon.toml",
        &format!(
            "[host]\nname = \"node-1\"\nstate = \"state\"\n[defaults.limits]\ntimeout = \"1h\"\n\
             [manager.it]\ncomponent = \"{component}.wasm\"\ninterval = \"{interval}\"\n"
        ),
    );
    stage
}

#[test]
fn a_signal_ends_it_gracefully_and_all_is_kept() {
    // Two that come together are one wish.
    for signals in
        [&[Signal::TERM][..], &[Signal::INT], &[Signal::HUP], &[Signal::TERM, Signal::INT]]
    {
        let stage = stage("5ms", "pair");
        let mut running = stage.start("run --json");
        let first: serde_json::Value = serde_json::from_str(&running.line().unwrap()).unwrap();
        assert_eq!(first["manager"], "it");
        for signal in signals {
            running.signal(*signal);
        }
        let said = running.end();
        assert_eq!(said.status, 0, "{said:?}");
        assert!(said.err.contains("ending: waiting for the runs in progress"), "{}", said.err);
        let last =
            said.out.lines().last().map_or(first, |line| serde_json::from_str(line).unwrap());
        let status = stage.run("status --json").json();
        assert!(status[0]["tick"].as_u64() >= last["tick"].as_u64(), "{status:?} {last}");
    }
}

#[test]
fn what_is_started_to_outlive_its_terminal_does() {
    let stage = stage("5ms", "pair");
    let mut running = stage.start_under(&["nohup"], "run --json");
    running.line().unwrap();
    running.signal(Signal::HUP);
    // Lines that were written before are read first; then a signal that is listened to ends it.
    let tick =
        |line: String| serde_json::from_str::<serde_json::Value>(&line).unwrap()["tick"].as_u64();
    let mut last = tick(running.line().unwrap());
    let until = last.map(|tick| tick + 200);
    while last < until {
        last = tick(running.line().expect("it ended by a signal that it was to ignore"));
    }
    running.signal(Signal::TERM);
    assert_eq!(running.end().status, 0);
}

#[test]
fn people_read_runs_and_the_guests_logs_apart() {
    let stage = stage("5ms", "pair");
    let mut running = stage.start("run --lines");
    // Ticks that a busy machine misses are told as well, and may come first.
    while !running.line().unwrap().contains("  ok  ") {}
    while running.line().unwrap() != "    error: the disk is full" {}
    running.signal(Signal::TERM);
    let said = running.end();
    assert!(said.err.contains("it/steady info all is well\n"), "{}", said.err);
    assert!(!said.out.contains("all is well"), "{}", said.out);
}

#[test]
fn the_state_is_read_while_a_host_runs_and_changed_only_when_none_does() {
    let stage = stage("5ms", "pair");
    let mut running = stage.start("run --json");
    running.line().unwrap();
    let pid = running.pid();
    let status = stage.run("status");
    assert_eq!(status.status, 0, "{status:?}");
    assert_eq!(status.err, format!("a host (process {pid}) is running on state\n"));
    assert_eq!(stage.run("history").status, 0);
    for args in ["pause it", "resume it", "clear it", "trigger it steady"] {
        let said = stage.run(args);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{args}");
        let expect = format!(
            "error: a host (process {pid}) is running on the state in state: stop it first\n"
        );
        assert_eq!(said.err, expect, "{args}");
    }
    for args in ["run", "tick pair.wasm --state state"] {
        let said = stage.run(args);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{args}: {said:?}");
        assert!(said.err.contains(&pid.to_string()), "{args}: {}", said.err);
    }
    running.signal(Signal::TERM);
    assert_eq!(running.end().status, 0);
}

#[test]
fn s14_history_tells_of_a_task_that_is_paused_while_a_host_runs() {
    let stage = stage("5ms", "pair");
    assert_eq!(stage.run("pause it fails").status, 0);
    let mut running = stage.start("run --json");
    running.line().unwrap();
    // What idle ticks leave behind is written down now and then; a busy machine misses ticks, too.
    let span = || {
        let lines = stage.run("history it fails --outcome paused --json").json();
        lines.into_iter().find(|line| line["task"] == "fails")
    };
    while stage.run("status --json").json()[0]["tick"] == 0 {}
    let first = span().unwrap();
    assert_eq!((&first["from_tick"], &first["ongoing"]), (&1.into(), &true.into()), "{first}");
    running.signal(Signal::TERM);
    assert_eq!(running.end().status, 0);
    let last = stage.run("status --json").json()[0]["tick"].clone();
    assert_eq!(stage.run("resume it fails").status, 0);
    let over = span().unwrap();
    assert_eq!((&over["to_tick"], over.get("ongoing")), (&last, None), "{over}");
}

#[test]
fn a_second_signal_ends_at_once_and_the_run_is_lost() {
    let stage = stage("5ms", "sleep-for-ever");
    let mut running = stage.start("run --json");
    running.wait_for_message("1 of 1 manager run");
    // Missed ticks are the first that is printed: the run before them is in progress.
    assert!(running.line().unwrap().contains("\"missed\""));
    running.signal(Signal::TERM);
    running.wait_for_message("ending: waiting for the runs in progress");
    running.signal(Signal::TERM);
    let said = running.end();
    assert_eq!(said.status, 3, "{said:?}");
    assert!(said.err.contains("ended at once"), "{}", said.err);
    assert_eq!(stage.run("status --json").json()[0]["busy"], true);
}

#[test]
fn a_reader_that_goes_away_ends_it() {
    let stage = stage("1ms", "pair");
    let mut running = stage.start("run --json --log error");
    running.line().unwrap();
    running.stop_reading();
    let said = running.end();
    assert_eq!((said.status, said.err.as_str()), (0, ""));
}

#[test]
fn output_for_which_there_is_no_room_ends_it_and_is_said() {
    let stage = stage("5ms", "pair");
    let full = ["sh", "-c", "exec \"$@\" >/dev/full", "sh"];
    let remedy = "can't write to standard output: No space left on device (os error 28); free space where \
                  it goes, or send it elsewhere, such as to /dev/null\n";
    for format in ["--json", "--lines"] {
        let said = Said::of(&mut stage.command_under(&full, &format!("run {format} --log error")));
        let why = "error: the host has ended, for nobody would see what it does: ";
        assert_eq!((said.status, said.err), (3, format!("{why}{remedy}")));
    }
    assert!(stage.run("status --json").json()[0]["tick"].as_u64() > Some(1), "all is kept");
    let said = Said::of(&mut stage.command_under(&full, "tick pair.wasm --json --log error"));
    assert_eq!((said.status, said.err), (3, format!("error: {remedy}")));
}

#[test]
fn what_can_not_be_installed_is_left_out_only_where_that_was_asked_for() {
    let stage = Stage::with(&["pair", "core-module"]);
    stage.write(
        "tourbillon.toml",
        "[manager.good]\ncomponent = \"pair.wasm\"\ninterval = \"5ms\"\n\
         [manager.bad]\ncomponent = \"core-module.wasm\"\n[manager.none]\ncomponent = \"none.wasm\"\n",
    );
    let said = stage.run("run --json");
    assert_eq!((said.status, said.out.as_str()), (2, ""));
    assert!(said.err.contains("\"bad\"") && said.err.contains("\"none\""), "{}", said.err);
    let mut running = stage.start("run --json --keep-going");
    assert!(running.line().unwrap().contains("\"good\""));
    running.signal(Signal::TERM);
    assert_eq!(running.end().status, 0);
}

#[test]
fn s12_a_guest_that_floods_a_log_that_nobody_reads_holds_up_neither_neighbour_nor_end() {
    let stage = Stage::with(&["log-bytes", "neighbour"]);
    let mut running = stage.start("run log-bytes.wasm neighbour.wasm --interval 5ms --json");
    // Each run of the flood fills a pipe of its own; nobody reads stderr before the end.
    let (mut floods, mut others) = (0, 0);
    while floods < 40 || others < 40 {
        let line: serde_json::Value = serde_json::from_str(&running.line().unwrap()).unwrap();
        let ran = line["tasks"][0]["outcome"] == "ok";
        match line["manager"].as_str().unwrap() {
            "log-bytes" => floods += u32::from(ran),
            _ => others += u32::from(ran),
        }
    }
    running.signal(Signal::TERM);
    assert_eq!(running.end().status, 0);
}

#[test]
fn a_reader_that_has_stopped_reading_holds_up_neither_ticks_nor_the_end() {
    let stage = stage("1ms", "pair");
    let running = stage.start("run --json");
    let tick = || {
        let status = stage.run("status --json").json();
        status.first().and_then(|status| status["tick"].as_u64()).unwrap_or(0)
    };
    // The pipe is full when ticks go on and nothing more comes.
    loop {
        let (unread, from) = (running.unread(), tick());
        while tick() < from + 100 {}
        if unread > 0 && running.unread() == unread {
            break;
        }
    }
    running.signal(Signal::TERM);
    let (status, err) = running.end_unread();
    assert_eq!(status, 0, "{err}");
    let told = "nobody reads standard output: the last reports were not printed";
    assert!(err.contains(told), "{err}");
}
