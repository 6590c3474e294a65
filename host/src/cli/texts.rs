//! `tourbillon schema` and `tourbillon completions`: texts for other programs.

use std::io::{self, Write};

use clap::CommandFactory;

use super::args::Cli;
use super::ending::{Ended, Status, Stop};
use crate::config;

/// Prints the JSON Schema of the configuration file.
pub(super) fn schema() -> Ended {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &config::schema())
        .map_err(|e| Stop::from(io::Error::from(e)))?;
    writeln!(out)?;
    out.flush()?;
    Ok(Status::Well)
}

/// Prints completions for a shell.
pub(super) fn completions(shell: clap_complete::Shell) -> Ended {
    // The generator panics where writing fails: it writes into memory, which does not.
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tourbillon", &mut text);
    let mut out = io::stdout().lock();
    out.write_all(&text)?;
    out.flush()?;
    Ok(Status::Well)
}
