//! Why a component is not loaded: one value for each reason, each with what to do about it.
//!
//! Texts that come from a component are made harmless where they enter; see [`said`].

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::EngineError;
use crate::types::{ByteSize, harmless_line};

/// Bytes kept of what a stranger's component or its compiler says.
const SAID: usize = 1_000;

/// A text from a stranger, on one line and of bounded length.
pub(super) fn said(text: impl AsRef<str>) -> String {
    harmless_line(text.as_ref().trim(), SAID)
}

/// Why a component can't be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file can't be read.
    #[error("can't read the component {path}: {why}; {remedy}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// The component has more bytes than it may have.
    #[error(
        "can't load {what}: it has {size} and a component may have {limit}; build it smaller (strip names and debug information), or raise `limits.component`"
    )]
    TooBig {
        /// The component.
        what: String,
        /// Its size.
        size: ByteSize,
        /// The limit.
        limit: ByteSize,
    },
    /// It is no WebAssembly, or none that this host reads.
    #[error("this is no WebAssembly component: {why}; {remedy}")]
    NotAComponent {
        /// What it is instead.
        why: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// Validation or compilation refused it.
    #[error(
        "the component is not valid, or uses a WebAssembly proposal that this host leaves off: {why}; build it for the `tourbillon:manager` world with a toolchain of the documentation"
    )]
    Invalid {
        /// The compiler's reason.
        why: String,
    },
    /// Its core modules take more of the host than they may.
    #[error("can't load the component: {why}")]
    Inside {
        /// What of them, and what to do about it.
        why: String,
    },
    /// Compiling it took more than it may take.
    #[error(
        "can't compile the component: {0}; make the component smaller, or raise the limit if you trust it"
    )]
    TooExpensive(CompileLimit),
    /// The compiler's process crashed on it.
    #[error(
        "the compiler crashed on this component ({how}): {detail}; this host is unharmed; report the component to the makers of its toolchain"
    )]
    CompilerCrashed {
        /// The signal or exit status.
        how: String,
        /// The end of what it wrote, on one line.
        detail: String,
    },
    /// The compiler's process could not be used at all: the host's fault.
    #[error("can't use the compiler's process: {what}: {why}; {remedy}")]
    Compiler {
        /// What was tried.
        what: &'static str,
        /// What went wrong.
        why: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// Compiled code was refused by the engine: the host's fault.
    #[error("can't load the compiled code: {why}; remove the cache of compiled code and try again")]
    Code {
        /// wasmtime's reason.
        why: String,
    },
    /// The engine can't be had.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The component is not made for this host's world.
    #[error(transparent)]
    World(#[from] super::WorldError),
}

/// Which limit a compilation exceeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompileLimit {
    /// Processor time.
    Cpu(Duration),
    /// Time on the wall.
    Wall(Duration),
    /// Address space.
    Memory(ByteSize),
    /// Bytes of compiled code.
    Output(ByteSize),
}

impl fmt::Display for CompileLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu(d) => write!(f, "it took more than {d:?} of processor time (`compile_cpu`)"),
            Self::Wall(d) => write!(f, "it took longer than {d:?} (`compile_wall`)"),
            Self::Memory(n) => write!(f, "it took more than {n} of memory (`compile_memory`)"),
            Self::Output(n) => write!(f, "its code is larger than {n} (`compile_output`)"),
        }
    }
}

impl LoadError {
    /// Whether the host is to blame, and not the component or the one who gave it.
    pub fn is_hosts(&self) -> bool {
        matches!(self, Self::Compiler { .. } | Self::Code { .. } | Self::Engine(_))
    }
}
