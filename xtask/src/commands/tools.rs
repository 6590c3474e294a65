//! `cargo xtask tools`: the compilers of other languages, brought into the user's cache.

use anyhow::Result;

use crate::tools;

/// Bring the tools that managers in other languages are built with, in the versions of sdk/tools.toml
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args) -> Result<()> {
    tools::bring()
}
