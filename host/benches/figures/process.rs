//! Whole processes: `tourbillon tick` from a warm cache; and the peers, other ways to run periodic jobs.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::house;
use crate::table::Table;
use crate::timing::{each, median, time};

/// Asks this program to end at once: the process of a peer that starts one for each run.
pub(crate) const NOTHING: &str = "--nothing";

pub(crate) fn measure(table: &mut Table) {
    let home = tempfile::tempdir().unwrap();
    let tick = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tourbillon"));
        command
            .args(["tick", "--ticks", "1", "--json"])
            .arg(house::guest("heartbeat"))
            .env("XDG_CACHE_HOME", home.path())
            .stdout(Stdio::null());
        time(|| assert!(command.status().unwrap().success()))
    };
    let cold = tick();
    let warm = median((0..61).map(|_| each(tick(), 1) / 1e6).collect());
    table.at_most("`tourbillon tick` on heartbeat, the whole process", warm, 25.0, "ms");
    table.beside("the first time, compiled", each(cold, 1) / 1e6, "ms");
}

pub(crate) fn peers(table: &mut Table) {
    println!("  peers:");
    let program = std::env::current_exe().unwrap();
    let process =
        || time(|| assert!(Command::new(&program).arg(NOTHING).status().unwrap().success()));
    let each_run = median((0..201).map(|_| each(process(), 1) / 1e3).collect());
    table.beside("a process for each run", each_run, "µs");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/figures/original.py");
    match Command::new("python3").arg(script).output() {
        Ok(said) if said.status.success() => {
            let said = String::from_utf8_lossy(&said.stdout).into_owned();
            for line in said.lines() {
                let (name, nanoseconds) = line.split_once('\t').unwrap();
                table.beside(name, nanoseconds.parse().unwrap(), "ns");
            }
        }
        _ => println!("  (the original's loop is not measured: there is no python3 here)"),
    }
}
