//! The cache of compiled code: a directory of files that only this user can write, each of them
//! authenticated under a key that lies elsewhere.
//!
//! Loading compiled code is running it, so whoever can write here could run code as the host; hence
//! the checks of owner and mode, and the MAC for what a backup, a container's volume or a mistake lets
//! through. A file that fails any check is a miss: it is logged and replaced. A cache that can't be
//! used at all is one warning and no cache. Knows nothing of compiling; names no engine.
//!
//! Several processes may share a cache: files appear whole under their names, by renaming.

mod dir;
mod format;
mod key;

use std::path::{Path, PathBuf};

use tracing::{debug, warn};

use self::dir::Dir;
use self::key::Key;
use super::trusted::Compiled;
use crate::types::{ByteSize, Digest};

/// All files together; the oldest go first.
const TOTAL: ByteSize = ByteSize::mib(1_024);

/// Why the cache, or one file of it, can't be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum CacheError {
    /// The system refused.
    #[error("can't {what} {path}: {why}")]
    System {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        why: rustix::io::Errno,
    },
    /// Somebody else can write it, or it is not what it should be.
    #[error("{path} {why}; {remedy}")]
    NotOurs {
        /// The file or directory.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
        /// What to do about it.
        remedy: &'static str,
    },
    /// The contents fail the check.
    #[error("{path} {why}")]
    Contents {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: &'static str,
    },
    /// No directory was found to put it in.
    #[error("neither XDG_CACHE_HOME and XDG_DATA_HOME nor HOME names an absolute path")]
    NoHome,
    /// No randomness for a key.
    #[error("the system gave no random bytes for a key: {0}")]
    Random(getrandom::Error),
}

/// Where a cache lies: its directory and, outside of it, its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachePlace {
    /// The directory; it is made with mode 0700 where it is missing.
    pub dir: PathBuf,
    /// The file of the key; it is made with mode 0600 where it is missing.
    pub key: PathBuf,
}

/// The cache of compiled code. Never fails: at worst it holds nothing.
#[derive(Debug)]
pub struct Cache {
    open: Option<Open>,
    total: ByteSize,
    fallback: Option<Box<Self>>,
}

#[derive(Debug)]
struct Open {
    dir: Dir,
    key: Key,
}

impl Open {
    fn at(place: &CachePlace) -> Result<Self, CacheError> {
        Ok(Self { dir: Dir::open(&place.dir)?, key: Key::open(&place.key)? })
    }
}

impl CachePlace {
    /// The place in a state directory: `<state>/cache`, with the key beside it.
    pub fn in_state(state: &Path) -> Self {
        Self { dir: state.join("cache"), key: state.join("cache.key") }
    }

    /// The place in the user's home: `$XDG_CACHE_HOME/tourbillon/compiled` and
    /// `$XDG_DATA_HOME/tourbillon/cache.key`, with their usual stand-ins. `var` reads a variable.
    pub fn in_home(var: impl Fn(&str) -> Option<PathBuf>) -> Option<Self> {
        let absolute = |path: PathBuf| path.is_absolute().then_some(path);
        let base = |xdg: &str, usual: &str| {
            var(xdg)
                .and_then(absolute)
                .or_else(|| Some(var("HOME").and_then(absolute)?.join(usual)))
        };
        Some(Self {
            dir: base("XDG_CACHE_HOME", ".cache")?.join("tourbillon/compiled"),
            key: base("XDG_DATA_HOME", ".local/share")?.join("tourbillon/cache.key"),
        })
    }
}

impl Cache {
    /// Opens the cache at a place, or none after one warning.
    pub fn open(place: Option<&CachePlace>) -> Self {
        let open = place.ok_or(CacheError::NoHome).and_then(Open::at).inspect_err(
            |e| warn!(reason = %e, "compiled code is not cached: each start compiles anew"),
        );
        Self { open: open.ok(), ..Self::none() }
    }

    /// Opens the cache at a place where there is one already: nothing is made, and one that can't be used is
    /// none.
    pub fn open_existing(place: Option<&CachePlace>) -> Self {
        let there = place.filter(|place| place.dir.is_dir() && place.key.is_file());
        let open = there.map(Open::at).transpose().inspect_err(
            |e| debug!(reason = %e, "another cache of compiled code is not looked into"),
        );
        Self { open: open.ok().flatten(), ..Self::none() }
    }

    /// A cache that keeps nothing.
    pub const fn none() -> Self {
        Self { open: None, total: TOTAL, fallback: None }
    }

    /// Looks for what is not here in another cache, by the same checks, and takes over what it finds.
    /// Nothing is written there.
    #[must_use]
    pub fn with_fallback(mut self, fallback: Self) -> Self {
        self.fallback = Some(Box::new(fallback));
        self
    }

    /// Bounds all files together; the default is 1 GiB.
    #[must_use]
    pub fn with_total(mut self, total: ByteSize) -> Self {
        self.total = total;
        self
    }

    /// The code of a component under an engine's settings, if it is here, or in the fallback, and passes every
    /// check.
    pub(super) fn get(&self, component: &Digest, settings: &Digest) -> Option<Compiled> {
        match self.read(component, settings) {
            Ok(Some(code)) => return Some(code),
            Ok(None) => debug!(%component, "not in the cache of compiled code"),
            Err(e) => {
                warn!(%component, reason = %e, "a file of the cache of compiled code is not used; it will be replaced");
            }
        }
        let found = self.fallback.as_ref()?.read(component, settings).inspect_err(
            |e| debug!(%component, reason = %e, "a file of another cache of compiled code is not used"),
        );
        let code = found.ok().flatten()?;
        debug!(%component, "taken over from another cache of compiled code");
        self.put(component, settings, &code);
        Some(code)
    }

    fn read(&self, component: &Digest, settings: &Digest) -> Result<Option<Compiled>, CacheError> {
        let Some(open) = &self.open else { return Ok(None) };
        let name = file_name(component, settings);
        let Some(bytes) = open.dir.read(&name, self.total)? else { return Ok(None) };
        let code = format::open(bytes, &open.key, component, settings, &open.dir.path(&name))?;
        Ok(Some(Compiled::vouched(code)))
    }

    /// Keeps code for later; failing to is a warning.
    pub(super) fn put(&self, component: &Digest, settings: &Digest, code: &Compiled) {
        let Some(open) = &self.open else { return };
        let name = file_name(component, settings);
        let head = format::seal(code.bytes(), &open.key, component, settings);
        let size = (head.len() + code.bytes().len()) as u64;
        if size > self.total.get() {
            return debug!(%component, size, "larger than the whole cache of compiled code");
        }
        let written = open
            .dir
            .make_room(size, self.total)
            .and_then(|()| open.dir.write(&name, &[&head, code.bytes()]));
        if let Err(e) = written {
            warn!(%component, reason = %e, "compiled code is not kept");
        }
    }
}

fn file_name(component: &Digest, settings: &Digest) -> String {
    format!("{component}-{:.16}.code", settings.to_string())
}

#[cfg(test)]
mod tests;
