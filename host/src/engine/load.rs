//! From bytes to a component that can be instantiated: look, find in the cache or compile, keep, load.
//!
//! Knows nothing of worlds, managers or instances.

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use wasmtime::component::Component;

use super::cache::Cache;
use super::compile::Compiler;
use super::error::LoadError;
use super::{Engines, read, trusted};
use crate::clock::{Clock, SystemClock};
use crate::types::{ByteSize, Digest, InstanceMode, LoadLimits};

/// How far a load has come. Steps come in this order; a cached component skips the middle two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It was not in the cache and waits for its turn to be compiled.
    Waiting,
    /// It is being compiled.
    Compiling,
    /// Its code is being loaded.
    Loading,
}

/// Loads components, with an engine, a compiler and a cache.
#[derive(Debug)]
pub struct Loader {
    engines: Engines,
    compiler: Compiler,
    cache: Arc<Cache>,
    clock: SystemClock,
}

/// A component, ready to be instantiated any number of times.
#[derive(Clone)]
pub struct Loaded {
    /// The component, in the engine of its mode.
    pub component: Component,
    /// The SHA-256 of its bytes.
    pub digest: Digest,
    /// How many bytes these were.
    pub size: ByteSize,
    /// Whether its code was in the cache.
    pub from_cache: bool,
    /// How long it took to compile, or to find, and to load.
    pub compile_time: Duration,
}

impl Loader {
    /// A loader.
    pub fn new(engines: Engines, compiler: Compiler, cache: Cache) -> Self {
        Self { engines, compiler, cache: Arc::new(cache), clock: SystemClock::default() }
    }

    /// The engines into which it loads.
    pub fn engines(&self) -> &Engines {
        &self.engines
    }

    /// Loads a component for instances that live as long as `mode` says. Files are read and written on
    /// the runtime's threads for blocking work; dropping the future ends a compilation.
    pub async fn load(
        &self,
        bytes: Arc<[u8]>,
        mode: InstanceMode,
        limits: &LoadLimits,
        progress: impl Fn(Progress),
    ) -> Result<Loaded, LoadError> {
        let begun = self.clock.monotonic();
        read::precheck(&bytes, limits)?;
        let engine = self.engines.get(mode)?.clone();
        let settings = self.engines.settings_digest(mode)?;
        let size = ByteSize::new(bytes.len() as u64);
        let (cache, hashed) = (Arc::clone(&self.cache), Arc::clone(&bytes));
        let (digest, found) = blocking(move || {
            let digest = Digest::new(Sha256::digest(&hashed).into());
            let found = cache.get(&digest, &settings);
            (digest, found)
        })
        .await?;
        let from_cache = found.is_some();
        let code = if let Some(code) = found {
            code
        } else {
            progress(Progress::Waiting);
            self.compiler.compile(&bytes, mode, || progress(Progress::Compiling)).await?
        };
        progress(Progress::Loading);
        let cache = Arc::clone(&self.cache);
        let component = blocking(move || {
            let component = trusted::load(&engine, &code)?;
            if !from_cache {
                cache.put(&digest, &settings, &code);
            }
            Ok::<_, LoadError>(component)
        })
        .await??;
        let compile_time = self.clock.monotonic().saturating_sub(begun);
        Ok(Loaded { component, digest, size, from_cache, compile_time })
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, LoadError> {
    tokio::task::spawn_blocking(work).await.map_err(|e| LoadError::Code { why: e.to_string() })
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaded")
            .field("digest", &self.digest)
            .field("size", &self.size)
            .field("from_cache", &self.from_cache)
            .field("compile_time", &self.compile_time)
            .finish_non_exhaustive()
    }
}
