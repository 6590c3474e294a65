//! `cargo xtask bench`: the figures of the project, from a release build on this machine.
//!
//! Builds the guests first, for the figures are those of real ones. What is measured stands in
//! `host/benches/figures`; none of it is a test.

use anyhow::Result;

use super::guests;
use crate::process::Tool;
use crate::{tools, workspace};

/// Print the figures of the project; the machine should have nothing else to do
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// End with status 1 where a figure falls short of its bound
    #[arg(long)]
    check: bool,
    /// Only the figures whose group has this in its name
    only: Option<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let out = workspace::guests_out();
    guests::build(&out)?;
    if args.only.as_ref().is_none_or(|only| "authoring".contains(only.as_str())) {
        tools::bring()?;
    }
    let mut cargo = Tool::new(env!("CARGO"));
    cargo.current_dir(&workspace::root()).env("TOURBILLON_GUESTS", &out).args([
        "bench",
        "--locked",
        "--package",
        "tourbillon",
        "--bench",
        "figures",
        "--",
    ]);
    if args.check {
        cargo.arg("--check");
    }
    cargo.args(&args.only).print()
}
