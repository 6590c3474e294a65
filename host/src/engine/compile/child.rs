//! The compiler's process: this same program, started with a hidden argument.
//!
//! Binds itself with rlimits before it reads a byte of the component, validates, compiles, answers and
//! ends. It knows no host, no cache and no configuration, and its environment is empty.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::panic::catch_unwind;

use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};

use super::protocol::{ARGUMENT, Answer, Order};
use crate::engine::{inside, settings};
use crate::types::InstanceMode;

/// How much less important than the host it is.
const NICE: i32 = 10;

/// Descriptors that it may hold: stdio, and what the system's libraries open now and then.
const FILES: u64 = 16;

/// Bytes kept of the message of a panic or an error.
const TEXT: usize = 8 << 10;

/// Whether this process was started as the compiler. Where it still runs, nobody asked in its `main`.
pub(super) fn is_child() -> bool {
    std::env::args_os().nth(1).is_some_and(|first| first == ARGUMENT)
}

/// Becomes the compiler and never returns, where this process was started as one; does nothing
/// otherwise. **Call it first in `main`**: before threads, signal handlers and output. A program that
/// can't must name another program that does, see [`CompileIn`](super::CompileIn).
pub fn compiler_main_if_asked() {
    if !is_child() {
        return;
    }
    let numbers = std::env::args_os().skip(2).map(|a| a.into_string().unwrap_or_default());
    let status = Order::from_arguments(numbers).map_or(2, |order| compile(&order));
    std::process::exit(status)
}

fn compile(order: &Order) -> i32 {
    let work = || -> Result<Vec<u8>, Errno> {
        bind(order)?;
        read(order.input)
    };
    let component = match work() {
        Ok(component) => component,
        Err(e) => return answer(&Answer::Host(e.to_string().as_bytes())),
    };
    if let Err(why) = inside::check(&component) {
        return answer(&Answer::Refused(why.as_bytes()));
    }
    let mode = if order.per_run { InstanceMode::PerRun } else { InstanceMode::Resident };
    match catch_unwind(|| settings::compiler(mode).map(|e| e.precompile_component(&component))) {
        Ok(Ok(Ok(code))) if code.len() as u64 > order.output => {
            answer(&Answer::TooLong(code.len() as u64))
        }
        Ok(Ok(Ok(code))) => answer(&Answer::Code(&code)),
        Ok(Ok(Err(e))) => answer(&Answer::Invalid(cut(&format!("{e:#}")))),
        Ok(Err(e)) => answer(&Answer::Host(cut(&format!("{e:#}")))),
        Err(panic) => answer(&Answer::Panicked(cut(message(&*panic)))),
    }
}

/// Gives up what a compiler needs not. Processor time first, for all that follows counts.
fn bind(order: &Order) -> Result<(), Errno> {
    // Where the parent died before this line, the child ends by its limits.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // At the soft limit SIGXCPU ends it, which tells the parent why; a second later SIGKILL does.
    bound(Resource::Cpu, order.cpu, 1)?;
    bound(Resource::Core, 0, 0)?;
    bound(Resource::As, order.memory, 0)?;
    bound(Resource::Fsize, order.answer_bytes(), 0)?;
    bound(Resource::Nofile, FILES, 0)?;
    rustix::process::chdir("/")?;
    rustix::process::nice(NICE)?;
    prefer_as_victim();
    Ok(())
}

/// Sets a limit, or keeps the one that is there where that is lower: only root may raise one.
fn bound(resource: Resource, soft: u64, more: u64) -> Result<(), Errno> {
    let most = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let maximum = soft.saturating_add(more).min(most);
    setrlimit(resource, Rlimit { current: Some(soft.min(maximum)), maximum: Some(maximum) })
}

/// If the machine runs out of memory, this process shall go and not the host.
fn prefer_as_victim() {
    if let Err(e) = std::fs::write("/proc/self/oom_score_adj", "1000") {
        // Without /proc the kernel chooses by size alone, which is likely to be the same choice.
        complain(&e.to_string());
    }
}

fn read(length: u64) -> Result<Vec<u8>, Errno> {
    let length = usize::try_from(length).map_err(|_| Errno::FBIG)?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| Errno::NOMEM)?;
    bytes.resize(length, 0);
    std::io::stdin().read_exact(&mut bytes).map_err(|e| errno(&e))?;
    Ok(bytes)
}

/// Writes the answer straight to the descriptor: stdout's buffer would look for line ends in it.
fn answer(answer: &Answer<'_>) -> i32 {
    let (line, rest) = answer.parts();
    let written = rustix::io::dup(std::io::stdout())
        .map_err(std::io::Error::from)
        .map(|fd: OwnedFd| File::from(fd))
        .and_then(|mut out| out.write_all(line.as_bytes()).and_then(|()| out.write_all(rest)));
    match written {
        Ok(()) => 0,
        Err(e) => {
            complain(&e.to_string());
            1
        }
    }
}

/// To stderr, which the parent keeps the end of. Nobody is left to tell where even that fails.
fn complain(text: &str) {
    std::io::stderr().write_all(text.as_bytes()).unwrap_or_default();
}

fn cut(text: &str) -> &[u8] {
    let bytes = text.as_bytes();
    &bytes[..bytes.len().min(TEXT)]
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message")
}

fn errno(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}
