//! `cargo xtask toolchain`: which compiler the guests get, and the environment to use it by hand.

use anyhow::Result;

use crate::{process, toolchain};

/// Find or make the compiler for guests, and print the environment that selects it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_args: &Args) -> Result<()> {
    let toolchain = toolchain::find()?;
    process::say(format_args!("guests are compiled by {toolchain}"));
    if let Some(rustc) = toolchain.rustc() {
        process::print(format_args!("export RUSTC={}", rustc.display()));
    }
    Ok(())
}
