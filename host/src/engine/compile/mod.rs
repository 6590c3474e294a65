//! Compiling a stranger's component without letting it bring the host down.
//!
//! Nothing interrupts a compiler: 5 kB of component can ask it for gigabytes and minutes. So it runs as
//! a process of its own, under limits, and the host outlives whatever becomes of it. That process is a
//! guard against exhaustion and crashes; against a compiler that is tricked into wrong code there is
//! none. Knows nothing of caches and files.

mod child;
mod process;
mod protocol;

use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Arc;

use tokio::sync::{Semaphore, oneshot};

use self::process::{End, Job};
use self::protocol::{Answer, Order};
use super::error::{CompileLimit, LoadError, said};
use super::trusted::Compiled;
use super::{inside, settings};
use crate::types::{CompileLimits, InstanceMode};

pub use child::compiler_main_if_asked;

/// This very program, also where its file was replaced or removed meanwhile.
const SELF: &str = "/proc/self/exe";

/// Signals by which the system ends a process that exceeds a limit.
const SIGXCPU: i32 = 24;
const SIGXFSZ: i32 = 25;
const SIGABRT: i32 = 6;

/// Where components are compiled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CompileIn {
    /// In a child that runs this same program, whose `main` calls
    /// [`compiler_main_if_asked`] first. The default.
    #[default]
    Child,
    /// In a child that runs another program whose `main` does so: for embedders and tests. It must be
    /// built with this crate and the same features, and is trusted like this program.
    Program(PathBuf),
    /// In this process, without any limit: for components that are trusted.
    ThisProcess,
}

/// Compiles components, a bounded number at once; more wait their turn.
#[derive(Debug)]
pub struct Compiler {
    place: CompileIn,
    limits: CompileLimits,
    turns: Semaphore,
}

/// Half of the cores, at least one.
fn half_of_the_cores() -> usize {
    std::thread::available_parallelism().map_or(1, |n| (n.get() / 2).max(1))
}

impl Compiler {
    /// A compiler that leaves half of the cores alone.
    pub fn new(place: CompileIn, limits: CompileLimits) -> Self {
        Self { place, limits, turns: Semaphore::new(half_of_the_cores()) }
    }

    /// Bounds how many components are compiled at once.
    #[must_use]
    pub fn at_once(mut self, n: usize) -> Self {
        self.turns = Semaphore::new(n.max(1));
        self
    }

    /// Compiles a component for the engine of a mode. `begun` is called when its turn has come.
    /// Dropping the future ends the child.
    pub(super) async fn compile(
        &self,
        component: &Arc<[u8]>,
        mode: InstanceMode,
        begun: impl FnOnce(),
    ) -> Result<Compiled, LoadError> {
        let _turn =
            self.turns.acquire().await.map_err(|e| host("wait for a turn", e.to_string()))?;
        begun();
        match &self.place {
            // A program that does not call `compiler_main_if_asked` would start itself without end.
            CompileIn::Child if child::is_child() => Err(not_asked("this process is a compiler's")),
            CompileIn::Child => self.in_child(SELF.into(), component, mode).await,
            CompileIn::Program(program) => self.in_child(program.clone(), component, mode).await,
            CompileIn::ThisProcess => in_this_process(Arc::clone(component), mode).await,
        }
    }

    async fn in_child(
        &self,
        program: PathBuf,
        component: &Arc<[u8]>,
        mode: InstanceMode,
    ) -> Result<Compiled, LoadError> {
        let order = Order::new(&self.limits, mode, component.len());
        let (wall, component) = (self.limits.wall, Arc::clone(component));
        let (sender, receiver) = oneshot::channel();
        // Whoever dropped the other end cancelled the run and wants no result.
        let done = move |end| drop(sender.send(end));
        let run = process::start(Job { program, order, component, wall }, done);
        let _cancel = run.map_err(|(what, why)| host(what, why.to_string()))?;
        let end = receiver.await.map_err(|_| host("run it", "the thread of its run panicked"))?;
        match end.map_err(|(what, why)| host(what, why.to_string()))? {
            End::OutOfTime => Err(LoadError::TooExpensive(CompileLimit::Wall(wall))),
            End::Cancelled => Err(host("run it", "it was cancelled")),
            End::Ended { status, stdout, stderr } => self.judge(&order, status, stdout, &stderr),
        }
    }

    /// What a child's end and answer mean.
    fn judge(
        &self,
        order: &Order,
        status: ExitStatus,
        stdout: Vec<u8>,
        stderr: &str,
    ) -> Result<Compiled, LoadError> {
        let out_of_memory = || LoadError::TooExpensive(CompileLimit::Memory(self.limits.memory));
        let out_of_room = || LoadError::TooExpensive(CompileLimit::Output(self.limits.output));
        let crashed = |detail: &str| LoadError::CompilerCrashed {
            how: process::how_it_ended(status),
            detail: said(detail),
        };
        match status.signal() {
            Some(SIGXCPU) => {
                return Err(LoadError::TooExpensive(CompileLimit::Cpu(order.cpu_limit())));
            }
            Some(SIGXFSZ) => return Err(out_of_room()),
            // Rust's words where an allocation fails, after which it aborts.
            Some(SIGABRT) if stderr.contains("memory allocation of ") => {
                return Err(out_of_memory());
            }
            Some(_) => return Err(crashed(stderr)),
            None => {}
        }
        let text = |bytes: &[u8]| said(String::from_utf8_lossy(bytes));
        let length = match Answer::read(&stdout) {
            Some(Answer::Code(code)) => code.len(),
            Some(Answer::TooLong(_)) => return Err(out_of_room()),
            Some(Answer::Panicked(message)) => return Err(panicked(text(message))),
            Some(Answer::Refused(why)) => return Err(LoadError::Inside { why: text(why) }),
            Some(Answer::Host(why)) => return Err(host("prepare it", text(why))),
            Some(Answer::Invalid(why)) => {
                let why = text(why);
                return Err(if is_out_of_memory(&why) {
                    out_of_memory()
                } else {
                    LoadError::Invalid { why }
                });
            }
            None => return Err(no_answer(status, stderr)),
        };
        let mut code = stdout;
        code.drain(..code.len() - length);
        Ok(Compiled::vouched(code))
    }
}

/// A panic of the compiler is a fault of its own, but for one that stands for an answer: between memories of
/// one component strings are copied by code that needs several memories, and that it makes all the same.
fn panicked(message: String) -> LoadError {
    if message.contains("multiple memories") || message.contains("multi-memory") {
        let why = "it passes values between components inside of it, which needs the proposal for several memories".into();
        return LoadError::Invalid { why };
    }
    LoadError::CompilerCrashed { how: "it panicked".into(), detail: message }
}

/// wasmtime reports a failed `mmap` or allocation as an error like any other.
fn is_out_of_memory(why: &str) -> bool {
    why.contains("out of memory") || why.contains("Cannot allocate memory")
}

/// The child ended by itself and said nothing that can be read: it is not the compiler at all.
fn no_answer(status: ExitStatus, stderr: &str) -> LoadError {
    not_asked(&format!("{} {stderr}", process::how_it_ended(status)))
}

fn not_asked(why: &str) -> LoadError {
    LoadError::Compiler {
        what: "understand its answer",
        why: said(why),
        remedy: "a program that embeds this host must call `engine::compiler_main_if_asked()` first in its `main`, or name a program that does (`CompileIn::Program`)",
    }
}

fn host(what: &'static str, why: impl Into<String>) -> LoadError {
    LoadError::Compiler {
        what,
        why: said(why.into()),
        remedy: "check that /proc is mounted and that the limits on processes, threads and memory leave room",
    }
}

async fn in_this_process(component: Arc<[u8]>, mode: InstanceMode) -> Result<Compiled, LoadError> {
    let compile = move || {
        inside::check(&component).map_err(|why| LoadError::Inside { why })?;
        let invalid = |e: wasmtime::Error| LoadError::Invalid { why: said(format!("{e:#}")) };
        let engine = settings::compiler(mode).map_err(invalid)?;
        engine.precompile_component(&component).map(Compiled::vouched).map_err(invalid)
    };
    match tokio::task::spawn_blocking(compile).await {
        Ok(compiled) => compiled,
        Err(e) => Err(LoadError::CompilerCrashed {
            how: "a panic in this process".into(),
            detail: said(e.to_string()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(place: CompileIn, component: &[u8], expect: &str) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let compiler = Compiler::new(place, CompileLimits::default()).at_once(0);
        let result =
            runtime.block_on(compiler.compile(&component.into(), InstanceMode::Resident, || ()));
        let said = result.map_or_else(|e| e.to_string(), |_| "compiled".into());
        assert!(said.contains(expect), "{said}");
    }

    #[test]
    fn a_trusted_component_is_compiled_in_this_process() {
        check(CompileIn::ThisProcess, &wat::parse_str("(component)").unwrap(), "compiled");
        check(CompileIn::ThisProcess, b"\0asm\x0d\0\x01\0\xff", "is not valid");
    }

    #[test]
    fn a_program_that_is_no_compiler_is_told_from_one_that_crashed() {
        let program = |path: &str| CompileIn::Program(path.into());
        check(program("/bin/true"), b"", "call `engine::compiler_main_if_asked()` first");
        check(program("/bin/cat"), b"", "exit status 1 without an answer");
        check(program("/nowhere"), b"", "can't use the compiler's process: start it: No such file");
    }
}
