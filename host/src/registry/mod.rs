//! What may become a manager: a component is read, compiled, checked against the world and its grants,
//! linked, and asked for its tasks.
//!
//! Keeps no state and starts no run. Everything that it refuses, it refuses before a manager of that
//! name changes.

mod describe;

use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::Linker;

use crate::capabilities::{self, Capability, GuestState, Identity, Shared};
use crate::clock::Clock;
use crate::engine::{self, LoadError, Loaded, Loader};
use crate::runner::{Guest, GuestError, StartFailure};
use crate::store::Store;
use crate::types::{ComponentSource, DeclaredTask, Digest, InstanceMode, ManagerSpec};

pub use describe::Described;

/// Why a component can't be a manager.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// It can't be read, compiled, or does not fit the world.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Its imports are granted, but of other types than the host's.
    #[error("the component does not link: {0}; build it against the WIT package that this host serves")]
    Link(String),
    /// It could not say which tasks it has.
    #[error("the component was asked for its tasks and failed: {0}")]
    Declare(StartFailure),
    /// The host's own linker is broken, or a capability of an embedder's does not fit.
    #[error("the host's interfaces could not be linked: {0}")]
    Host(String),
}

/// A component that may become a manager.
pub(crate) struct Prepared {
    pub(crate) guest: Arc<Guest>,
    pub(crate) digest: Digest,
    pub(crate) declared: Arc<[DeclaredTask]>,
    pub(crate) from_cache: bool,
    pub(crate) load_time: Duration,
}

/// Where managers come from.
pub(crate) struct Registry {
    host: String,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    loader: Loader,
    capabilities: Vec<Arc<dyn Capability>>,
    resident: Linker<GuestState>,
    per_run: Linker<GuestState>,
    seed: Option<u64>,
}

impl Registry {
    pub(crate) fn new(
        host: String,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        loader: Loader,
        capabilities: Vec<Arc<dyn Capability>>,
        seed: Option<u64>,
    ) -> Result<Self, RegistryError> {
        let linker = |mode| {
            let engine = loader.engines().get(mode).map_err(|e| RegistryError::Host(e.to_string()))?;
            capabilities::linker(engine, &capabilities)
                .map_err(|e| RegistryError::Host(format!("{e:#}")))
        };
        let (resident, per_run) = (linker(InstanceMode::Resident)?, linker(InstanceMode::PerRun)?);
        Ok(Self { host, store, clock, loader, capabilities, resident, per_run, seed })
    }

    /// Loads a component and asks for its tasks (S6, S18).
    pub(crate) async fn prepare(&self, spec: &ManagerSpec) -> Result<Prepared, RegistryError> {
        let start = self.clock.monotonic();
        let (loaded, guest) = self.load(spec).await?;
        let declared = guest.declare().await.map_err(RegistryError::Declare)?;
        Ok(Prepared {
            guest: Arc::new(guest),
            digest: loaded.digest,
            declared: declared.into(),
            from_cache: loaded.from_cache,
            load_time: self.clock.monotonic().saturating_sub(start),
        })
    }

    async fn load(&self, spec: &ManagerSpec) -> Result<(Loaded, Guest), RegistryError> {
        let bytes = match &spec.component {
            ComponentSource::Bytes(bytes) => bytes.clone(),
            ComponentSource::Path(path) => engine::read_component(path, &spec.limits.load)?,
        };
        let loaded = self.loader.load(bytes, spec.mode, &spec.limits.load).await?;
        engine::check_world(&loaded.component, &spec.grants, &spec.name)?;
        let linker = match spec.mode {
            InstanceMode::Resident => &self.resident,
            InstanceMode::PerRun => &self.per_run,
        };
        let identity = Identity {
            manager: spec.name.clone(),
            host: self.host.clone(),
            fence: self.store.fence(),
            config: spec.config.clone(),
            environment: spec.grants.environment.clone(),
            seed: self.seed,
        };
        let shared = Shared {
            identity,
            limits: spec.limits.clone(),
            store: self.store.clone(),
            clock: self.clock.clone(),
        };
        let guest = Guest::new(linker, &loaded.component, shared, &self.capabilities)
            .map_err(|e: GuestError| RegistryError::Link(e.to_string()))?;
        Ok((loaded, guest))
    }
}
