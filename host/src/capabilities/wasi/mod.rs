//! The interfaces of WASI that a manager may import: clocks, randomness, streams and what goes with
//! a command line.
//!
//! None of it touches the machine: clocks answer from the house's [`crate::clock::Clock`], standard
//! output goes to the log, standard input is at its end, and there is an environment only where one
//! was granted. wasmtime-wasi provides the interfaces and its streams; what stands behind them is
//! here, so that each call is counted and nothing is granted that nobody wrote down.

mod cli;
mod clocks;
mod io;
mod random;
mod stdio;

use wasmtime::component::Linker;

use super::GuestState;

pub(crate) use clocks::Time;

/// Prefixes of the interfaces for which a guest has [`Wasi`].
const PREFIXES: [&str; 4] = ["wasi:io/", "wasi:clocks/", "wasi:random/", "wasi:cli/"];

/// Whether an import needs [`Wasi`].
pub(crate) fn needed_for(import: &str) -> bool {
    PREFIXES.iter().any(|prefix| import.starts_with(prefix))
}

/// What is kept for each guest whose component imports some of this.
#[derive(Debug, Default)]
pub(crate) struct Wasi {
    random: random::Source,
    stdout: stdio::Pipe,
    stderr: stdio::Pipe,
}

impl Wasi {
    /// Begins a run.
    pub(crate) fn begin(&mut self) {
        self.random = random::Source::default();
    }
}

/// Adds all of it to a linker.
pub(crate) fn add_to_linker(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    io::add_to_linker(linker)?;
    clocks::add_to_linker(linker)?;
    random::add_to_linker(linker)?;
    stdio::add_to_linker(linker)?;
    cli::add_to_linker(linker)
}
