//! A Rust compiler that can make guests: one whose standard library has the target
//! `wasm32-unknown-unknown`.
//!
//! What is installed is used. Otherwise rustup adds the target, but only where the user says so
//! with `GUEST_RUSTUP=1`, for it changes their installation. Otherwise `debian` unpacks a compiler
//! into the user's cache, and installs nothing. Each way that fails says why, and the error at the
//! end holds all of them.

mod debian;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::process::{self, Tool};

/// The target of guests.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler for guests.
#[derive(Debug)]
pub(crate) enum Toolchain {
    /// The compiler that cargo takes anyway.
    Installed,
    /// This one, under the user's cache.
    Cached {
        /// The compiler to run.
        rustc: PathBuf,
    },
}

impl Toolchain {
    /// The compiler, where cargo must be told.
    pub(crate) fn rustc(&self) -> Option<&Path> {
        match self {
            Self::Installed => None,
            Self::Cached { rustc } => Some(rustc),
        }
    }

    /// Makes a run of cargo use it.
    pub(crate) fn select(&self, cargo: &mut Tool) {
        if let Some(rustc) = self.rustc() {
            cargo.env("RUSTC", rustc);
        }
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installed => write!(f, "the installed rustc"),
            Self::Cached { rustc } => write!(f, "{}", rustc.display()),
        }
    }
}

/// Finds a compiler, or makes one: 2 to 4 minutes the first time, no time later.
pub(crate) fn find() -> Result<Toolchain> {
    let installed = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    if has_target(Path::new(&installed))? {
        return Ok(Toolchain::Installed);
    }
    let mut tried = vec![format!("{} has no {TARGET}", installed.display())];

    if std::env::var_os("GUEST_RUSTUP").is_some_and(|value| value == "1") {
        process::say(format_args!("GUEST_RUSTUP=1: asking rustup for {TARGET}"));
        let added = Tool::new("rustup").args(["target", "add", TARGET]).run();
        match added {
            Ok(()) if has_target(Path::new(&installed))? => return Ok(Toolchain::Installed),
            Ok(()) => tried.push("rustup added the target to another toolchain".to_owned()),
            Err(error) => tried.push(format!("{error:#}")),
        }
    } else {
        tried.push("rustup was not asked: GUEST_RUSTUP is not 1".to_owned());
    }

    match debian::find_or_make() {
        Ok(rustc) => return Ok(Toolchain::Cached { rustc }),
        Err(error) => tried.push(format!("a compiler from Debian: {error:#}")),
    }
    bail!(
        "no compiler for guests:\n  - {}\nrun `rustup target add {TARGET}`, or set GUEST_RUSTUP=1 \
         to have it done, or set RUSTC to a compiler that has the target",
        tried.join("\n  - ")
    )
}

/// Whether this compiler has a standard library for guests.
fn has_target(rustc: &Path) -> Result<bool> {
    let printed = Tool::new(rustc).args(["--print", "target-libdir", "--target", TARGET]).output();
    let Ok(printed) = printed else {
        return Ok(false);
    };
    let libraries = PathBuf::from(printed.trim());
    let entries = match std::fs::read_dir(&libraries) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot list {}", libraries.display()));
        }
    };
    Ok(entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // rustup's has a hash in its name, one that was built from its sources has none.
        let is_std = name.starts_with("libstd-") || name.starts_with("libstd.");
        is_std && name.ends_with(".rlib")
    }))
}
