//! `cargo xtask`: what this repository does beside compiling itself.
//!
//! One file for each command under `commands`, and rooms that commands share: `toolchain` finds or
//! makes a compiler for guests, `tools` brings the compilers of other languages, `component` turns a core module into a component, `process` runs
//! programs, `workspace` knows where things are. Nothing here is part of the product.

#![allow(clippy::disallowed_methods, reason = "a command of the repository tells how long it took")]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod commands;
mod component;
mod process;
mod toolchain;
mod tools;
mod workspace;

/// What this repository does beside compiling itself
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Bench(commands::bench::Args),
    Demo(commands::demo::Args),
    Guests(commands::guests::Args),
    Sdks(commands::sdks::Args),
    Test(commands::test::Args),
    Toolchain(commands::toolchain::Args),
    Tools(commands::tools::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Bench(args) => commands::bench::run(&args),
        Command::Demo(args) => commands::demo::run(&args),
        Command::Guests(args) => commands::guests::run(&args),
        Command::Sdks(args) => commands::sdks::run(&args),
        Command::Test(args) => commands::test::run(&args),
        Command::Toolchain(args) => commands::toolchain::run(&args),
        Command::Tools(args) => commands::tools::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            process::say(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
