//! `cargo xtask demo`: the examples together on one host for a while, a rogue in their midst.
//!
//! On a terminal the host draws its live table; elsewhere it prints a line for each run. At the end the
//! state that the host left is read back and summed up in words.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::guests;
use crate::process::{self, Tool};
use crate::workspace;

/// Run the examples together for a while, a rogue contained in their midst
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How long to run, in seconds
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let out = workspace::guests_out();
    guests::build(&out)?;
    process::say(format_args!("building the host (the first time takes minutes)"));
    // With a test beside it the dependencies have the features that all tests have, and are compiled once
    // for both commands of the README.
    Tool::new(env!("CARGO"))
        .current_dir(&workspace::root())
        .args(["build", "--quiet", "--locked", "--package", "tourbillon"])
        .args(["--bin", "tourbillon", "--test", "walls"])
        .run()?;
    let host = workspace::target().join("debug/tourbillon");
    let dir = workspace::target().join("demo");
    if dir.exists() {
        std::fs::remove_dir_all(&dir).with_context(|| format!("cannot clear {}", dir.display()))?;
    }
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let file = dir.join("tourbillon.toml");
    std::fs::write(&file, config(&out))
        .with_context(|| format!("cannot write {}", file.display()))?;
    process::say(format_args!(
        "running {} for {} seconds; its configuration is {}",
        host.display(),
        args.seconds,
        file.display()
    ));
    let child = Command::new(&host)
        .args(["run", "--file"])
        .arg(&file)
        .spawn()
        .with_context(|| format!("cannot start {}", host.display()))?;
    end_after(child, Duration::from_secs(args.seconds))?;
    summarize(&host, &file)
}

fn config(guests: &Path) -> String {
    let mut text = String::from("[host]\nname = \"demo\"\nstate = \"state\"\n");
    let managers = [
        ("heartbeat", "500ms", ""),
        ("inventory-servers", "1s", ""),
        ("inventory-volumes", "1s", ""),
        ("janitor", "500ms", "config = { retention = \"3s\" }\n"),
        ("rogue", "300ms", "limits = { fuel = 50_000_000, memory = \"8MiB\" }\n"),
    ];
    for (name, interval, more) in managers {
        let component = guests.join(format!("{name}.wasm"));
        let component = component.display().to_string();
        // Writing to a text never fails.
        write!(
            text,
            "\n[manager.{name}]\ncomponent = {component:?}\ninterval = \"{interval}\"\n{more}"
        )
        .ok();
    }
    text
}

/// Lets it run, then asks it to end, as Ctrl-C would, and waits for that.
fn end_after(mut child: Child, time: Duration) -> Result<()> {
    let from = Instant::now();
    while from.elapsed() < time {
        if let Some(status) = child.try_wait().context("cannot wait for the host")? {
            if status.success() {
                return Ok(());
            }
            bail!("the host ended by itself with {status}");
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
    let pid = child.id().to_string();
    Tool::new("kill").args(["-INT", &pid]).run()?;
    let status = child.wait().context("cannot wait for the host")?;
    if !status.success() {
        bail!("the host did not end well: {status}");
    }
    Ok(())
}

fn summarize(host: &Path, file: &Path) -> Result<()> {
    let output = Command::new(host)
        .args(["status", "--json", "--file"])
        .arg(file)
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", host.display()))?;
    let text = String::from_utf8(output.stdout).context("the status is no UTF-8")?;
    process::print(format_args!("\nWhat happened:"));
    let mut contained = 0;
    for line in text.lines().filter(|l| !l.is_empty()) {
        let status: Value = serde_json::from_str(line).context("the status is no JSON")?;
        for manager in status.as_array().unwrap_or(&vec![status.clone()]) {
            contained += summarize_manager(manager);
        }
    }
    process::print(format_args!(
        "\n{contained} times a task was stopped by force. Each time only that run ended: its neighbours, and \
         its own manager's other tasks, ran on, and nothing of what the stopped run had written was kept."
    ));
    Ok(())
}

/// One line for a manager; returns how often a task of it was killed.
fn summarize_manager(manager: &Value) -> u64 {
    const KILLS: [&str; 6] =
        ["trap", "out-of-fuel", "timed-out", "out-of-memory", "over-quota", "lost"];
    let count = |name: &str| manager["outcomes"][name].as_u64().unwrap_or(0);
    let killed: Vec<_> =
        KILLS.iter().filter(|k| count(k) > 0).map(|k| format!("{} × {k}", count(k))).collect();
    let why = match &*killed {
        [] => "none stopped by force".to_owned(),
        killed => format!("stopped by force: {}", killed.join(", ")),
    };
    process::print(format_args!(
        "  {:<18} {:>3} ticks, {:>3} runs ok, {} missed; {why}",
        manager["manager"].as_str().unwrap_or("?"),
        manager["tick"].as_u64().unwrap_or(0),
        count("ok"),
        count("missed"),
    ));
    KILLS.iter().map(|k| count(k)).sum()
}
