//! The figures of this project, printed by `cargo xtask bench`: what the host costs beside wasmtime
//! alone, and beside other ways to run periodic jobs.
//!
//! Every ratio is taken in one process, the sides by turns, and is a median. The raw side is written
//! against wasmtime alone, with the same guest and the same strings. Refuses to be a test: a busy
//! machine prints other figures, and `--check` is for people and for quiet machines.

#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::large_futures,
    reason = "a benchmark prints, measures time, and may panic"
)]

mod alone;
mod authoring;
mod deciding;
mod density;
mod durable;
mod floor;
mod house;
mod lateness;
mod per_run;
#[path = "../../../tests/hostile/pieces.rs"]
#[expect(dead_code, reason = "the guests of the tests, of which two serve here")]
mod pieces;
mod process;
mod resident;
mod table;
mod timing;

use std::process::ExitCode;

use clap::Parser;
use table::Table;

/// That of the program `tourbillon`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Print the figures of this project
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench")]
struct Args {
    /// End with status 1 where a figure falls short of its bound
    #[arg(long)]
    check: bool,
    /// Only the figures whose name has this in it
    only: Option<String>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// A group of figures.
type Group = (&'static str, fn(&mut Table));

const GROUPS: &[Group] = &[
    ("resident", resident::measure),
    ("per-run", per_run::measure),
    ("durable", durable::measure),
    ("deciding", deciding::measure),
    ("density", density::measure),
    ("lateness", lateness::measure),
    ("process", process::measure),
    ("peers", process::peers),
    ("authoring", authoring::measure),
];

fn main() -> ExitCode {
    tourbillon::engine::compiler_main_if_asked();
    match std::env::args().nth(1).as_deref() {
        Some(density::CHILD) => {
            density::child();
            return ExitCode::SUCCESS;
        }
        Some(authoring::CHILD) => {
            authoring::child();
            return ExitCode::SUCCESS;
        }
        Some(process::NOTHING) => return ExitCode::SUCCESS,
        _ => {}
    }
    let args = Args::parse();
    let mut table = Table::begin();
    for (name, measure) in GROUPS {
        if args.only.as_ref().is_none_or(|only| name.contains(only.as_str())) {
            measure(&mut table);
        }
    }
    match table.end() {
        short if short > 0 && args.check => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}
