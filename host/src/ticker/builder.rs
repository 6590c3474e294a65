//! Putting a host together out of the rooms: for embedders, and for the command line.
//!
//! Every part has a default but the name. Whoever needs another part than these (a store of their own
//! behind a cluster, say) makes [`HostOptions`] by hand. Decides nothing about ticks.

use std::path::PathBuf;
use std::sync::Arc;

use super::host::{Host, HostOptions};
use crate::capabilities::Capability;
use crate::clock::{Clock, SystemClock};
use crate::engine::{Cache, CachePlace, CompileIn, Compiler, EngineError, Engines, Loader};
use crate::registry::RegistryError;
use crate::store::{MemoryStore, SqliteStore, Store, StoreError};
use crate::types::{HostLimits, InstanceLimits};

/// Why a host could not be put together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Its state can't be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its engines can't be had.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A capability does not link.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

/// Where state is kept.
enum State {
    /// Nowhere: it ends with the process.
    Memory,
    /// In a directory.
    In(PathBuf),
    /// Where the embedder says.
    Store(Arc<dyn Store>),
}

/// A host that is being put together: see [`Host::builder`].
pub struct HostBuilder {
    name: String,
    limits: HostLimits,
    largest: InstanceLimits,
    state: State,
    cache: Option<Cache>,
    fallback: Option<Cache>,
    clock: Arc<dyn Clock>,
    compile: CompileIn,
    capabilities: Vec<Arc<dyn Capability>>,
    seed: Option<u64>,
}

impl HostBuilder {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            limits: HostLimits::default(),
            largest: InstanceLimits::default(),
            state: State::Memory,
            cache: None,
            fallback: None,
            clock: Arc::new(SystemClock::default()),
            compile: CompileIn::default(),
            capabilities: Vec::new(),
            seed: None,
        }
    }

    /// Keeps the state, and compiled code, in a directory, which it holds until the host is dropped. It
    /// goes on from what is there. Without this, or [`Self::store`], state ends with the process.
    #[must_use]
    pub fn state(mut self, dir: impl Into<PathBuf>) -> Self {
        self.state = State::In(dir.into());
        self
    }

    /// Keeps the state in a store of the embedder's.
    #[must_use]
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.state = State::Store(store);
        self
    }

    /// Keeps compiled code elsewhere than in the state directory.
    #[must_use]
    pub fn cache(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Looks into another cache for compiled code that is not in the one that is kept
    /// ([`Cache::with_fallback`]).
    #[must_use]
    pub fn cache_fallback(mut self, cache: Cache) -> Self {
        self.fallback = Some(cache);
        self
    }

    /// Says where components are compiled. By default in a child of this same program, whose `main`
    /// must then call [`compiler_main_if_asked`](crate::engine::compiler_main_if_asked) first;
    /// [`CompileIn::ThisProcess`] is for components that are trusted.
    #[must_use]
    pub fn compile_in(mut self, place: CompileIn) -> Self {
        self.compile = place;
        self
    }

    /// Sets the limits of the whole host.
    #[must_use]
    pub fn limits(mut self, limits: HostLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the highest limits that any manager with `InstanceMode::PerRun` will be given: the pool of
    /// their instances is made once.
    #[must_use]
    pub fn largest_instance(mut self, limits: InstanceLimits) -> Self {
        self.largest = limits;
        self
    }

    /// Adds an interface of the embedder's own, which managers may then be granted by its name.
    #[must_use]
    pub fn capability(mut self, capability: Arc<dyn Capability>) -> Self {
        self.capabilities.push(capability);
        self
    }

    /// Has the time from another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Simulates the guests' randomness from a number (S20); give a simulated clock as well.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Makes the host, without managers. Opens the state, and blocks while it does.
    ///
    /// # Errors
    /// [`BuildError`], where the state can't be opened, wasmtime refuses the engine, or a capability
    /// does not link.
    pub fn build(self) -> Result<Host, BuildError> {
        let (store, cache): (Arc<dyn Store>, _) = match self.state {
            State::Memory => (Arc::new(MemoryStore::default()), None),
            State::In(dir) => {
                (Arc::new(SqliteStore::open(&dir)?), Some(CachePlace::in_state(&dir)))
            }
            State::Store(store) => (store, None),
        };
        let engines = Engines::new(self.limits.running, &self.largest)?;
        let compiler = Compiler::new(self.compile, self.limits.compile.clone());
        let beside = || cache.map_or_else(Cache::none, |place| Cache::open(Some(&place)));
        let mut cache = self.cache.unwrap_or_else(beside);
        if let Some(fallback) = self.fallback {
            cache = cache.with_fallback(fallback);
        }
        let loader = Loader::new(engines, compiler, cache);
        let mut options = HostOptions::new(self.name, self.limits, store, self.clock, loader);
        options.capabilities = self.capabilities;
        options.seed = self.seed;
        Ok(Host::new(options)?)
    }
}

impl std::fmt::Debug for HostBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostBuilder").field("name", &self.name).finish_non_exhaustive()
    }
}
