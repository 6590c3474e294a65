//! `cargo xtask test`: everything that tests this repository, guests included.
//!
//! Brings what the tests need (a toolchain for guests, the examples as components), then runs the
//! tests of the workspace, those of its documentation, and those of the examples. Prints the time of
//! each step.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};

use super::{guests, sdks};
use crate::process::{self, Tool};
use crate::{tools, workspace};

/// What is tested in one command, and what in another.
const HOST: &[&str] = &["tourbillon"];
const OTHERS: &[&str] = &["tourbillon-sdk", "tourbillon-sdk-macros", "xtask"];

/// Test everything: the host, the SDK, the examples, the documentation
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Begin with nothing prepared: tools, caches and built guests are neither looked for where they usually
    /// are nor left there. Cargo's own crates and the compiled host are used as they are
    #[arg(long)]
    cold: bool,
    /// Passed on to the test runner, such as the part of a test's name
    #[arg(last = true)]
    rest: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    if args.cold { cold(args) } else { warm(args) }
}

/// The same in a process whose caches are empty directories.
fn cold(args: &Args) -> Result<()> {
    let (root, target) = (workspace::root(), workspace::target());
    let caches = target.join("cold");
    let built = ["cold", "guests", "guests-build", "guests-test", "authoring", "sdk-tests"];
    let built = built.iter().map(|name| target.join(name));
    let projects = ["guest-examples", "tests/conformance"].iter().map(|dir| root.join(dir));
    for dir in built.chain(projects.flat_map(|dir| builds(&dir))) {
        if dir.exists() {
            fs::remove_dir_all(&dir).with_context(|| format!("cannot remove {}", dir.display()))?;
        }
    }
    let this = std::env::current_exe().context("cannot tell which program this is")?;
    let mut again = Tool::new(this);
    again.arg("test");
    for (name, dir) in [("XDG_CACHE_HOME", "cache"), ("npm_config_cache", "npm")] {
        let dir = caches.join(dir);
        fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        again.env(name, dir);
    }
    if !args.rest.is_empty() {
        again.arg("--").args(&args.rest);
    }
    again.env("TOURBILLON_COLD", "1").print()
}

/// The directories in which the projects below a directory are built.
fn builds(dir: &Path) -> Vec<PathBuf> {
    let below = |dir: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    };
    let languages = below(dir);
    let projects = languages.iter().flat_map(|language| below(language));
    let all = projects.chain(languages.iter().cloned());
    all.map(|project| project.join("build")).collect()
}

fn warm(args: &Args) -> Result<()> {
    let mut times = Vec::new();
    let mut step = |name: &str, work: &mut dyn FnMut() -> Result<()>| -> Result<()> {
        process::say(format_args!("{name}"));
        let from = Instant::now();
        work()?;
        times.push(format!("{:>6.1} s  {name}", from.elapsed().as_secs_f64()));
        Ok(())
    };
    let out = workspace::guests_out();
    let nextest = has_nextest();
    step("bring the tools of other languages", &mut || tools::bring())?;
    step("build the guests", &mut || guests::build(&out).map(drop))?;
    let cargo = || {
        let mut cargo = Tool::new(env!("CARGO"));
        cargo.current_dir(&workspace::root()).env("TOURBILLON_GUESTS", &out);
        cargo
    };
    // Apart from each other: cargo unifies features over what it builds together, and with the SDK in
    // one command it would compile wasmtime a second time.
    for packages in [HOST, OTHERS] {
        let name = format!("test {}", packages.join(", "));
        step(&name, &mut || {
            let mut cargo = cargo();
            match nextest {
                true => cargo.args(["nextest", "run", "--locked"]),
                false => cargo.args(["test", "--locked", "--lib", "--bins", "--tests"]),
            };
            for package in packages {
                cargo.args(["--package", package]);
            }
            cargo.args(&args.rest).run()
        })?;
    }
    step("test the documentation", &mut || {
        let mut cargo = cargo();
        cargo.args(["test", "--quiet", "--locked", "--doc", "--package", "tourbillon-sdk"]).run()
    })?;
    step("test the examples", &mut || {
        cargo()
            .args(["test", "--quiet", "--locked", "--release", "--manifest-path"])
            .arg(workspace::root().join("guest-examples/rust/Cargo.toml"))
            .env("CARGO_TARGET_DIR", workspace::target().join("guests-test"))
            .run()
    })?;
    step("test the SDK for Python and its examples", &mut sdks::python)?;
    step("test the SDK for TypeScript and its examples", &mut sdks::typescript)?;
    step("test the SDKs for C and C++ and their examples", &mut sdks::c)?;
    step("test the SDK for Go and its examples", &mut sdks::go)?;
    for time in times {
        process::print(format_args!("{time}"));
    }
    Ok(())
}

/// nextest runs each test in a process of its own and is quicker; without it cargo's own runner does.
fn has_nextest() -> bool {
    Tool::new(env!("CARGO")).args(["nextest", "--version"]).output().is_ok()
}
