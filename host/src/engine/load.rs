//! From bytes to a component that can be instantiated: look, find or compile, keep, load.
//!
//! Knows nothing of worlds, managers or instances.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use wasmtime::component::Component;

use super::cache::Cache;
use super::compile::Compiler;
use super::error::LoadError;
use super::memo::Memo;
use super::{Engines, read, trusted};
use crate::clock::{Clock, SystemClock};
use crate::types::{ByteSize, Digest, InstanceMode, LoadLimits};

/// How far a load has come. Steps come in this order; where the code is in the cache, only the last;
/// where another load is at it, or was lately, none.
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
    memo: Memo,
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
    /// Whether its code was there already, in the cache or in this process.
    pub from_cache: bool,
    /// How long it took to compile, or to find, and to load.
    pub compile_time: Duration,
}

impl Loader {
    /// A loader.
    pub fn new(engines: Engines, compiler: Compiler, cache: Cache) -> Self {
        let (cache, clock) = (Arc::new(cache), SystemClock::default());
        Self { engines, compiler, cache, memo: Memo::default(), clock }
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
        let hashed = Arc::clone(&bytes);
        let digest = blocking(move || Digest::new(Sha256::digest(&hashed).into())).await?;
        let slot = self.memo.slot(&digest, mode);
        let compiled = AtomicBool::new(false);
        let fetch = || self.fetch(&bytes, &digest, mode, &progress, &compiled);
        let component = slot.get_or_try_init(fetch).await?.clone();
        Ok(Loaded {
            component,
            digest,
            size: ByteSize::new(bytes.len() as u64),
            from_cache: !compiled.into_inner(),
            compile_time: self.clock.monotonic().saturating_sub(begun),
        })
    }

    /// Gets a component's code from the cache or the compiler.
    async fn fetch(
        &self,
        bytes: &Arc<[u8]>,
        digest: &Digest,
        mode: InstanceMode,
        progress: &impl Fn(Progress),
        compiled: &AtomicBool,
    ) -> Result<Component, LoadError> {
        let engine = self.engines.get(mode)?.clone();
        let (digest, settings) = (*digest, self.engines.settings_digest(mode)?);
        let cache = Arc::clone(&self.cache);
        let found = blocking(move || cache.get(&digest, &settings)).await?;
        let code = if let Some(code) = found {
            code
        } else {
            compiled.store(true, Ordering::Relaxed);
            progress(Progress::Waiting);
            self.compiler.compile(bytes, mode, || progress(Progress::Compiling)).await?
        };
        progress(Progress::Loading);
        let (cache, is_new) = (Arc::clone(&self.cache), compiled.load(Ordering::Relaxed));
        blocking(move || {
            let component = trusted::load(&engine, &code)?;
            if is_new {
                cache.put(&digest, &settings, &code);
            }
            Ok(component)
        })
        .await?
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
