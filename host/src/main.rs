//! The command `tourbillon`: becomes the compiler where it was started as one, and else the command
//! line.

use std::process::ExitCode;

fn main() -> ExitCode {
    // First of all: before threads, signal handlers and output.
    tourbillon::engine::compiler_main_if_asked();
    tourbillon::cli::main()
}
