//! A disk that fills up: what is said, what is kept, and that it goes on once there is room.
//!
//! The disk is a file system of one mebibyte in memory, mounted in a mount namespace of its own, so that
//! it goes with the process that holds it. Where nothing may be mounted, which is said on stderr, a
//! limit on the size of files stands in for it; that one is tested everywhere.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::Signal;

use crate::stage::{Said, Stage};

/// Takes room away from the state, and gives it back.
const FILLER: usize = 400 << 10;

/// Bytes that a file may have, where that is the limit: the write-ahead log meets it first.
const FILE: u64 = 300 << 10;

/// How a program is put in front of a disk that fills up.
struct Disk {
    starter: Vec<String>,
    /// Under which namespace it is mounted; the mount goes with it.
    holder: Option<Child>,
    filler: Option<PathBuf>,
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Some(holder) = &mut self.holder {
            drop(holder.stdin.take());
            holder.wait().unwrap();
        }
    }
}

impl Disk {
    /// Mounts a file system on `disk` in the stage, as root or as root of a user namespace.
    fn mounted(stage: &Stage) -> Result<Self, String> {
        std::fs::create_dir(stage.path().join("disk")).unwrap();
        let ways: [(&[&str], &[&str]); 2] = [
            (&["--mount"], &["--mount"]),
            (
                &["--user", "--map-root-user", "--mount"],
                &["--user", "--preserve-credentials", "--mount"],
            ),
        ];
        let mut why = String::new();
        for (unshare, nsenter) in ways {
            // It ends when its stdin does, and the mount with it.
            let script = "mount -t tmpfs -o size=1m tmpfs disk && echo mounted && exec cat";
            let spawned = Command::new("unshare")
                .args(unshare)
                .args(["sh", "-c", script])
                .current_dir(stage.path())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn();
            let mut holder = spawned.map_err(|e| format!("unshare: {e}"))?;
            let mut line = String::new();
            BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
            if line != "mounted\n" {
                let output = holder.wait_with_output().unwrap();
                why = format!("unshare: {}", String::from_utf8_lossy(&output.stderr).trim());
                continue;
            }
            let (target, words) = (holder.id().to_string(), |w: &[&str]| -> Vec<String> {
                w.iter().map(|w| (*w).to_owned()).collect()
            });
            let starter =
                [words(&["nsenter", "--target", &target]), words(nsenter), words(&["--wd", "--"])]
                    .concat();
            let filler = PathBuf::from(format!("/proc/{target}/root"))
                .join(stage.path().strip_prefix("/").unwrap())
                .join("disk/filler");
            let disk = Self { starter, holder: Some(holder), filler: Some(filler) };
            if disk.command(stage, "--version").status == 0 {
                return Ok(disk);
            }
            why = format!("nsenter can't enter the mounts of process {target}");
        }
        Err(why)
    }

    /// No file may have more than [`FILE`] bytes; more is an error, and the signal for it ends nothing.
    fn limited(stage: &Stage) -> Self {
        std::fs::create_dir_all(stage.path().join("disk")).unwrap();
        let script = format!("ulimit -f {}; exec \"$@\"", FILE / 512);
        let starter = ["sh", "-c", &script, "sh"].map(str::to_owned).to_vec();
        Self { starter, holder: None, filler: None }
    }

    fn starter(&self) -> Vec<&str> {
        self.starter.iter().map(String::as_str).collect()
    }

    fn command(&self, stage: &Stage, args: &str) -> Said {
        Said::of(&mut stage.command_under(&self.starter(), args))
    }

    fn take_room(&self) {
        if let Some(filler) = &self.filler {
            std::fs::write(filler, vec![0; FILLER]).unwrap();
        }
    }

    fn give_room(&mut self) {
        match &self.filler {
            Some(filler) => std::fs::remove_file(filler).unwrap(),
            None => self.starter.clear(),
        }
    }
}

/// Ticks until the disk is full, looks at what is left, and goes on with more room.
fn tick_until_full(stage: &Stage, disk: &mut Disk) {
    disk.take_room();
    let said = disk.command(stage, "tick pair.wasm -n 100000 --state disk/state --json");
    assert_eq!(said.status, 3, "{}", said.err);
    let error = said.err.lines().last().unwrap();
    assert!(error.starts_with("error: the state of manager \"pair\" can't be kept: "), "{error}");
    assert!(error.contains("/disk/state/tourbillon.db: "), "{error}");
    let remedies = ["free space on the disk of the state directory", "check the disk"];
    assert!(remedies.iter().any(|remedy| error.contains(remedy)), "{error}");
    let told = said.json();
    let last = told.last().unwrap()["tick"].as_u64().unwrap();
    assert!(last > 3, "it ran for a while: {last}");
    let runs: Vec<_> = told.iter().flat_map(runs).collect();

    // What was told is there, while there is still no room.
    let status = disk.command(stage, "status --state disk/state --json");
    let kept = status.json()[0]["tick"].as_u64().unwrap();
    assert!(kept == last || kept == last + 1, "{kept}, and {last} was told");
    let kept = disk.command(stage, "history --state disk/state --limit 1000000 --json").json();
    let kept: Vec<_> = kept.iter().map(|row| row["run"].as_str().unwrap().to_owned()).collect();
    // Each manager keeps its newest thousand rows.
    let newest = runs.len().saturating_sub(990);
    assert!(runs[newest..].iter().all(|run| kept.contains(run)), "{kept:?}");

    disk.give_room();
    let said = disk.command(stage, "tick pair.wasm -n 2 --state disk/state --json");
    assert_eq!(said.status, 1, "`fails` failed, the host did not: {}", said.err);
    let next: Vec<_> = said.json().iter().map(|line| line["tick"].as_u64().unwrap()).collect();
    assert!(next[0] > last && next[1] == next[0] + 1, "{next:?} after {last}");
    let again: Vec<_> = said.json().iter().flat_map(runs_ok).collect();
    assert!(again.iter().all(|run| !runs.contains(run)), "no run is started twice");
}

fn runs(line: &serde_json::Value) -> Vec<String> {
    let tasks = line["tasks"].as_array().unwrap();
    tasks.iter().filter_map(|task| task["run"].as_str()).map(str::to_owned).collect()
}

fn runs_ok(line: &serde_json::Value) -> Vec<String> {
    let tasks = line["tasks"].as_array().unwrap();
    let ok = tasks.iter().filter(|task| task["outcome"] == "ok");
    ok.filter_map(|task| task["run"].as_str()).map(str::to_owned).collect()
}

/// The disk, or what stands in for it.
#[expect(
    clippy::print_stderr,
    reason = "whoever reads the test's output is to know what was tested"
)]
fn disk(stage: &Stage) -> Disk {
    Disk::mounted(stage).unwrap_or_else(|why| {
        eprintln!("no file system can be mounted here ({why}): a limit on files stands in for it");
        Disk::limited(stage)
    })
}

#[test]
fn s17_s19_a_full_file_system_ends_ticks_and_loses_none_that_was_told() {
    let stage = Stage::with(&["pair"]);
    let mut disk = disk(&stage);
    tick_until_full(&stage, &mut disk);
}

#[test]
fn s17_s19_a_limit_on_files_does_the_same() {
    let stage = Stage::with(&["pair"]);
    let mut disk = Disk::limited(&stage);
    tick_until_full(&stage, &mut disk);
}

#[test]
fn s17_a_host_that_runs_waits_for_room_and_says_at_its_end_where_there_was_none() {
    let stage = Stage::with(&["pair"]);
    let mut disk = disk(&stage);
    disk.take_room();
    let run = "run pair.wasm --interval 5ms --state disk/state --json";
    // Opening the state again folds its log, which may leave room for some ticks more, and then the host
    // ends well.
    let ended = (0..100).map(|_| {
        let mut running = stage.start_under(&disk.starter(), run);
        running.wait_for_message("the store failed");
        running.signal(Signal::TERM);
        running.end()
    });
    let again = |said: &Said| said.status == 0 && said.err.contains("the store answers again");
    let said = { ended }.find(|said| !again(said)).unwrap();
    assert_eq!(said.status, 3, "{}", said.err);
    let error = said.err.lines().last().unwrap();
    assert!(error.starts_with("error: the state of manager \"pair\" is not known to be kept: "));
    assert!(error.contains("/disk/state/tourbillon.db: "), "{error}");
    let status = disk.command(&stage, "status --state disk/state --json").json();
    let kept = status[0]["tick"].as_u64().unwrap();
    disk.give_room();
    let mut running = stage.start_under(&disk.starter(), run);
    let first: serde_json::Value = serde_json::from_str(&running.line().unwrap()).unwrap();
    assert!(first["tick"].as_u64().unwrap() >= kept, "{first} after {kept}");
    running.signal(Signal::TERM);
    assert_eq!(running.end().status, 0);
}
