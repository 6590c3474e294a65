//! `cargo xtask test`: everything that tests this repository, guests included.
//!
//! Brings what the tests need (a toolchain for guests, the examples as components), then runs the
//! tests of the workspace, those of its documentation, and those of the examples. Prints the time of
//! each step.

use std::time::Instant;

use anyhow::Result;

use super::guests;
use crate::process::{self, Tool};
use crate::workspace;

/// Test everything: the host, the SDK, the examples, the documentation
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Passed on to the test runner, such as the part of a test's name
    #[arg(last = true)]
    rest: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let mut times = Vec::new();
    let mut step = |name: &str, work: &mut dyn FnMut() -> Result<()>| -> Result<()> {
        process::say(format_args!("{name}"));
        let from = Instant::now();
        work()?;
        times.push(format!("{:>6.1} s  {name}", from.elapsed().as_secs_f64()));
        Ok(())
    };
    let out = workspace::guests_out();
    step("build the guests", &mut || guests::build(&out).map(drop))?;
    let cargo = || {
        let mut cargo = Tool::new(env!("CARGO"));
        cargo.current_dir(&workspace::root()).env("TOURBILLON_GUESTS", &out);
        cargo
    };
    step("test the workspace", &mut || match has_nextest() {
        true => cargo().args(["nextest", "run", "--locked", "--workspace"]).args(&args.rest).run(),
        false => cargo()
            .args(["test", "--locked", "--workspace", "--lib", "--bins", "--tests"])
            .args(&args.rest)
            .run(),
    })?;
    step("test the documentation", &mut || {
        cargo().args(["test", "--quiet", "--locked", "--workspace", "--doc"]).run()
    })?;
    step("test the examples", &mut || {
        cargo()
            .args(["test", "--quiet", "--locked", "--release", "--manifest-path"])
            .arg(workspace::root().join("guest-examples/rust/Cargo.toml"))
            .env("CARGO_TARGET_DIR", workspace::target().join("guests-test"))
            .run()
    })?;
    for time in times {
        process::print(format_args!("{time}"));
    }
    Ok(())
}

/// nextest runs each test in a process of its own and is quicker; without it cargo's own runner does.
fn has_nextest() -> bool {
    Tool::new(env!("CARGO")).args(["nextest", "--version"]).output().is_ok()
}
