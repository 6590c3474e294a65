//! `kill -9` at random moments of a running host with 20 managers (S7, S11, S17, S19).
//!
//! The moment is told by what the host has said, not by a clock: it is killed after a random number
//! of reports, some while it still starts. After each death the state is opened and read: what was
//! reported is there, sums balance, what runs wrote is there exactly once, and no run was started twice
//! under one attempt.

#![allow(
    clippy::unwrap_used,
    clippy::large_futures,
    clippy::format_collect,
    reason = "a test may panic, and a future of it may be large"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use sha2::{Digest as _, Sha256};
use tourbillon::store::{HistoryQuery, SqliteStore, Store};
use tourbillon::types::{ManagerName, ManagerRow, Outcome};

const MANAGERS: usize = 20;
/// At least so many, and more than so many starts heard of.
const KILLS: usize = 100;
/// Of which so many must be enough.
const MOST_KILLS: usize = 10 * KILLS;
/// After so many kills the state is looked at.
const LOOK_EVERY: usize = 10;
/// The most reports after which the host is killed.
const MOST_REPORTS: u32 = 150;

/// The `rogue` of the examples: its task `steady` counts its runs in the store and logs each start.
fn rogue() -> PathBuf {
    let guests = std::env::var_os("TOURBILLON_GUESTS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/guests"),
        PathBuf::from,
    );
    let rogue = guests.join("rogue.wasm");
    assert!(rogue.exists(), "{} is missing: run `cargo xtask guests`", rogue.display());
    rogue
}

fn write_config(dir: &Path) -> PathBuf {
    let mut text = String::from(
        "[host]\nname = \"crash\"\nstate = \"state\"\n[host.limits]\nhistory = 100000\n",
    );
    for i in 0..MANAGERS {
        let (interval, misdeeds) =
            (interval_ms(i), ["rest", "rest,fail", "spin,rest", "panic,rest"][i % 4]);
        text += &format!(
            "[manager.m{i:02}]\ncomponent = {:?}\ninterval = \"{interval}ms\"\nquarantine_after = 1000\n\
             limits = {{ fuel = 3_000_000 }}\nconfig = {{ misdeeds = \"{misdeeds}\" }}\n",
            rogue().display().to_string(),
        );
    }
    let file = dir.join("tourbillon.toml");
    std::fs::write(&file, text).unwrap();
    file
}

fn interval_ms(manager: usize) -> u64 {
    4 + manager as u64 % 7
}

/// What the lives of the host have said.
#[derive(Default)]
struct Told {
    /// Runs that were reported, with their outcomes.
    reported: BTreeMap<String, String>,
    /// Starts that the guests logged: run and attempt.
    started: BTreeSet<String>,
    reports: u64,
}

impl Told {
    fn hear(&mut self, line: &str) {
        let report: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        for task in report["tasks"].as_array().into_iter().flatten() {
            if let (Some(run), Some(outcome)) = (task["run"].as_str(), task["outcome"].as_str()) {
                self.reported.insert(run.to_owned(), outcome.to_owned());
            }
        }
    }

    /// A guest's log line of the form `… run ID attempt N`.
    fn hear_start(&mut self, line: &str) {
        let Some((_, start)) = line.split_once("run m") else { return };
        let Some((id, attempt)) = start.split_once(" attempt ") else { return };
        let attempt: String = attempt.chars().take_while(char::is_ascii_digit).collect();
        let start = format!("m{id} attempt {attempt}");
        assert!(self.started.insert(start.clone()), "S7: started twice: {start}");
    }
}

fn spawn(config: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_tourbillon"))
        .args(["run", "--json", "--log", "debug", "--file"])
        .arg(config)
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// One life of the host: killed after so many reports, or with none while it starts.
fn live_and_die(config: &Path, reports: u32, told: &mut Told) {
    let mut child = spawn(config);
    if reports == 0 {
        child.kill().unwrap();
    }
    let mut stderr = child.stderr.take().unwrap();
    let logs = thread::spawn(move || {
        let mut text = Vec::new();
        stderr.read_to_end(&mut text).unwrap();
        String::from_utf8_lossy(&text).into_owned()
    });
    let mut heard = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let Ok(line) = line else { break };
        told.hear(&line);
        heard += 1;
        // Once killed, what it had said is still read to its end.
        if heard == reports {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    let logs = logs.join().unwrap();
    assert!(heard >= reports, "the host ended by itself: {logs}");
    told.reports += u64::from(heard);
    logs.lines().for_each(|line| told.hear_start(line));
}

/// Opens the state that a dead host left and checks it whole.
async fn check_state(state: &Path, told: &Told, rows: &mut BTreeMap<ManagerName, ManagerRow>) {
    let store = SqliteStore::open(state).unwrap();
    let managers = store.managers().await.unwrap();
    assert_eq!(managers.len(), MANAGERS);
    for (nth, manager) in managers.into_iter().enumerate() {
        let record = store.load(manager.clone()).await.unwrap().unwrap();
        let last = rows.insert(manager.clone(), record.row.clone()).unwrap_or_default();
        assert!(record.row.tick >= last.tick, "S21: {manager} went back: {last:?} {record:?}");
        every_tick_is_counted(&last, &record.row, interval_ms(nth));
        if record.row.open.is_none() {
            assert_eq!(record.row.totals.sum(), record.row.expected, "S11: {manager}");
        }
        let query = HistoryQuery {
            manager: Some(manager.clone()),
            limit: u32::MAX,
            ..HistoryQuery::default()
        };
        let history = store.history(query).await.unwrap();
        let mut runs = BTreeMap::new();
        for row in &history {
            let before = runs.insert(row.id().to_string(), row.run.outcome);
            assert_eq!(before, None, "one outcome for {}", row.id());
        }
        for (id, outcome) in
            told.reported.iter().filter(|(id, _)| id.starts_with(&format!("{manager}/")))
        {
            let kept = runs.get(id).map(|o| o.as_str());
            assert_eq!(kept, Some(outcome.as_str()), "S19: reported and kept: {id}");
        }
        let ok = history
            .iter()
            .filter(|r| r.run.task.as_str() == "steady" && r.run.outcome == Outcome::Ok);
        let count = store.get(manager.clone(), "default".into(), "steady".into()).await.unwrap();
        let count = count.map_or(0, |c| String::from_utf8(c).unwrap().parse::<usize>().unwrap());
        assert_eq!(count, ok.count(), "S17: {manager}: each committed run counted once");
    }
}

/// S13, S19: of the time since the last look, each interval was a tick or is counted as left out. A start
/// makes one of them late, by less than an interval, and times are told in whole milliseconds.
fn every_tick_is_counted(last: &ManagerRow, row: &ManagerRow, interval_ms: u64) {
    if last.counted_ms == 0 {
        return;
    }
    let counted = (row.tick.get() + row.gaps) - (last.tick.get() + last.gaps);
    let passed = i128::from(row.counted_ms) - i128::from(last.counted_ms);
    let off = passed - i128::from(counted * interval_ms);
    let starts = LOOK_EVERY as i128 * i128::from(interval_ms);
    assert!((-starts..=2 * starts).contains(&off), "S13: {off} of {passed} ms: {last:?} {row:?}");
}

fn integrity(state: &Path) {
    let db = rusqlite::Connection::open(state.join("tourbillon.db")).unwrap();
    let said: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(said, "ok");
}

#[test]
fn s07_s17_s19_kill_9_a_hundred_times() {
    let dir = tempfile::tempdir().unwrap();
    let config = write_config(dir.path());
    let state = dir.path().join("state");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (mut told, mut rows) = (Told::default(), BTreeMap::new());
    let mut kills = 0_usize;
    // A host that is killed takes the last lines of its log with it, on a busy machine nearly all: it lives
    // and dies until enough starts were heard of.
    while kills < KILLS || (told.started.len() <= KILLS && kills < MOST_KILLS) {
        for _ in 0..LOOK_EVERY {
            let random = *Sha256::digest(kills.to_le_bytes()).first_chunk().unwrap();
            let random = u32::from_le_bytes(random);
            let reports = if random.is_multiple_of(8) { 0 } else { random / 8 % MOST_REPORTS };
            live_and_die(&config, reports, &mut told);
            kills += 1;
        }
        runtime.block_on(check_state(&state, &told, &mut rows));
        integrity(&state);
    }
    assert!(told.reported.len() > KILLS, "runs were reported: {}", told.reported.len());
    assert!(told.started.len() > KILLS, "starts were logged: {}", told.started.len());
}
