//! The command `tourbillon`: becomes the compiler where it was started as one, and else the command
//! line.

use std::process::ExitCode;

/// A tick makes many small values on one thread and drops them on another, which the allocator of the
/// C library is slow at: `cargo xtask bench durable` is where that shows.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // First of all: before threads, signal handlers and output.
    tourbillon::engine::compiler_main_if_asked();
    tourbillon::cli::main()
}
