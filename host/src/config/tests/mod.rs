//! What a configuration means, what people read when it is wrong, and that the schema, the example and
//! the reader speak of the same keys.

mod keys;
mod messages;

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::types::{
    ByteSize, ComponentSource, Fuel, InstanceMode, Limits, OnLost, Policy, RunLimits, TaskName,
    TicksBetweenRuns,
};

const EXAMPLE: &str = include_str!("../../../../docs/tourbillon.toml");

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
    assert_eq!((z.interval, z.mode), (Duration::from_mins(1), InstanceMode::PerRun));
    assert_eq!((z.limits.run.fuel, a.limits.run.fuel), (Fuel::new(2_000), Fuel::new(255)));
    assert_eq!(z.limits.run.host_calls, 7);
    let texts: Vec<_> = z.config.values().map(String::as_str).collect();
    assert_eq!(texts, ["true", "2026-11-22", "1.50", "16", "1000", "x"]);
    assert!(!z.grants.clocks && z.grants.random);
    assert_eq!(z.grants.environment["A"], "1");
    assert!(z.grants.interfaces.contains("a:b/c@0.1.0"));
    let task = &z.tasks[&TaskName::new("t").unwrap()];
    assert_eq!(task.ticks_between_runs.map(TicksBetweenRuns::get), Some(3));
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
fn a_pipe_is_read_to_its_end_and_one_without_a_writer_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&at).status().unwrap();
    assert!(made.success());
    let said = read(&at).unwrap_err().to_string();
    assert!(said.contains("it is a pipe that nobody writes to; name the file itself"), "{said}");
    // Opened for both, so that the writer is there before the reader and nobody waits.
    let mut writer = OpenOptions::new().read(true).write(true).open(&at).unwrap();
    std::io::Write::write_all(&mut writer, b"[host]\nname = \"piped\"\n").unwrap();
    let reader = std::thread::spawn(move || read(&at));
    while unread(&writer) > 0 {
        std::thread::yield_now();
    }
    drop(writer);
    assert_eq!(reader.join().unwrap().unwrap().name, "piped");
}

/// So many bytes wait in a pipe.
fn unread(pipe: &File) -> u64 {
    rustix::io::ioctl_fionread(pipe).unwrap()
}

#[test]
fn a_file_as_long_as_may_be_is_read_in_a_time_that_grows_with_its_length() {
    use std::fmt::Write as _;
    let mut text = String::new();
    for i in 0..20_000 {
        write!(text, "[manager.m{i}]\n# {}\ncomponent = \"m.wasm\"\n", "x".repeat(200)).unwrap();
    }
    let config = parsed(&text);
    assert_eq!(config.lines[&ManagerName::new("m0").unwrap()], 1);
    assert_eq!(config.lines[&ManagerName::new("m19999").unwrap()], 59_998);
}

#[test]
fn of_a_long_file_that_is_no_toml_the_first_slip_is_told() {
    let told = |text: &str| said(text).matches("error: ").count();
    assert!(told(&"=\n".repeat(3)) > 3);
    let long = format!("{}\n=\n=\n", "#".repeat(ALL_SLIPS));
    assert_eq!(told(&long), 1);
    assert!(said(&long).contains("--> tourbillon.toml:2:1\n"), "{}", said(&long));
}
