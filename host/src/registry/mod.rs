//! What may become a manager: a component is read, compiled, checked against the world and its grants,
//! linked, and asked for its tasks.
//!
//! Keeps no state and starts no run. Everything that it refuses, it refuses before a manager of that
//! name changes.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::{Component, Linker};

use crate::capabilities::{self, Capability, GuestState, Identity, LastWords, Shared};
use crate::clock::Clock;
use crate::engine::{
    self, EngineError, Engines, LoadError, Loaded, Loader, Progress, Room, Surface, WorldError,
};
use crate::runner::{Description, Guest, GuestParts, Misfit, StartCause, StartFailure};
use crate::store::Store;
use crate::types::{
    ByteSize, ComponentSource, DeclaredTask, Digest, InstanceMode, ManagerName, ManagerSpec,
    TaskName,
};

/// Why a component can't be a manager.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// It can't be read, compiled, or does not fit the world.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// It exports or imports what this host does not serve or grant.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Its imports and exports have the right names, but other types than the host's.
    #[error("{0}; build it against the WIT package that this host serves")]
    Misfit(#[from] Misfit),
    /// It could not say which tasks it has.
    #[error("the component was asked for its tasks and failed: {0}")]
    Declare(StartFailure),
    /// The settings name a task that it does not declare.
    #[error(
        "[manager.{manager}.task.{task}] names a task that its component does not declare; it declares: {has}"
    )]
    NoTask {
        /// The manager.
        manager: ManagerName,
        /// The task in the settings.
        task: TaskName,
        /// The tasks that there are.
        has: String,
    },
    /// There is no room for its code among the memory mappings of this process.
    #[error(transparent)]
    NoRoom(EngineError),
    /// The host's own linker is broken, or a capability of an embedder's does not fit.
    #[error("the host's interfaces could not be linked: {0}")]
    Host(String),
}

/// A component that may become a manager.
pub(crate) struct Prepared {
    pub(crate) guest: Guest,
    pub(crate) component: Component,
    pub(crate) engines: Engines,
    /// Room for its code, also while none of its instances is alive.
    pub(crate) room: Room,
    pub(crate) digest: Digest,
    pub(crate) declared: Arc<[DeclaredTask]>,
    pub(crate) from_cache: bool,
    pub(crate) load_time: Duration,
}

/// What a component is and says about itself.
#[derive(Debug, Clone)]
pub struct Inspected {
    /// The SHA-256 of its bytes.
    pub digest: Digest,
    /// How many bytes these are.
    pub size: ByteSize,
    /// What it imports and exports.
    pub surface: Surface,
    /// The tasks that it declares.
    pub tasks: Vec<DeclaredTask>,
    /// Its version and configuration, or why it could not tell them: one harmless line. A host that runs it
    /// never asks for them.
    pub description: Result<Description, String>,
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
            let engine =
                loader.engines().get(mode).map_err(|e| RegistryError::Host(e.to_string()))?;
            capabilities::linker(engine, &capabilities)
                .map_err(|e| RegistryError::Host(format!("{e:#}")))
        };
        let (resident, per_run) = (linker(InstanceMode::Resident)?, linker(InstanceMode::PerRun)?);
        Ok(Self { host, store, clock, loader, capabilities, resident, per_run, seed })
    }

    /// Loads a component and asks for its tasks (S6, S18).
    pub(crate) async fn prepare(
        &self,
        spec: &ManagerSpec,
        progress: impl Fn(Progress),
    ) -> Result<Prepared, RegistryError> {
        let start = self.clock.monotonic();
        let (loaded, guest) = self.load(spec, progress).await?;
        let active = self.loader.engines().active();
        let declared = declare(spec, &guest).await?;
        drop(active);
        let room = self.loader.engines().admit_code(&loaded.component);
        Ok(Prepared {
            room: room.map_err(RegistryError::NoRoom)?,
            guest,
            digest: loaded.digest,
            component: loaded.component,
            engines: self.loader.engines().clone(),
            declared: declared.into(),
            from_cache: loaded.from_cache,
            load_time: self.clock.monotonic().saturating_sub(start),
        })
    }

    /// What a component is and says about itself, for people.
    pub(crate) async fn inspect(
        &self,
        spec: &ManagerSpec,
        progress: impl Fn(Progress),
    ) -> Result<Inspected, RegistryError> {
        let (loaded, guest) = self.load(spec, progress).await?;
        let _active = self.loader.engines().active();
        let tasks = declare(spec, &guest).await?;
        let described = asked(&guest, guest.describe()).await;
        Ok(Inspected {
            digest: loaded.digest,
            size: loaded.size,
            surface: engine::surface(&loaded.component),
            tasks,
            description: described.map_err(|why| why.to_string()),
        })
    }

    async fn load(
        &self,
        spec: &ManagerSpec,
        progress: impl Fn(Progress),
    ) -> Result<(Loaded, Guest), RegistryError> {
        let bytes = match &spec.component {
            ComponentSource::Bytes(bytes) => bytes.clone(),
            ComponentSource::Path(path) => engine::read_component(path, &spec.limits.load)?,
        };
        let loaded = self.loader.load(bytes, spec.mode, &spec.limits.load, progress).await?;
        let served: Vec<_> = self.capabilities.iter().flat_map(|c| c.interfaces()).collect();
        engine::check_world(&loaded.component, &served, &spec.grants, &spec.name)?;
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
            last_words: LastWords::default(),
        };
        let granted = |c: &&Arc<dyn Capability>| {
            c.interfaces().into_iter().any(|i| spec.grants.interfaces.contains(i))
        };
        let parts = GuestParts {
            shared: Arc::new(shared),
            mode: spec.mode,
            capabilities: self.capabilities.iter().filter(granted).cloned().collect(),
        };
        let guest = Guest::new(&loaded.component, linker, parts)?;
        Ok((loaded, guest))
    }
}

/// What a component answers about itself. Where it is ended, the error holds what it said last: a trap says that
/// it panicked, and its log why.
async fn asked<T>(
    guest: &Guest,
    answer: impl Future<Output = Result<T, StartFailure>>,
) -> Result<T, StartFailure> {
    let words = &guest.shared().last_words;
    drop(words.take());
    answer.await.map_err(|failure| match (failure.cause, words.take()) {
        (StartCause::Killed(_), Some(said)) => {
            StartFailure { error: format!("{said} ({})", failure.error), ..failure }
        }
        _ => failure,
    })
}

/// Asks a component for its tasks; whoever has settings for one of them must have named it rightly.
async fn declare(spec: &ManagerSpec, guest: &Guest) -> Result<Vec<DeclaredTask>, RegistryError> {
    let declared = asked(guest, guest.declare()).await.map_err(RegistryError::Declare)?;
    if let Some(task) = spec.tasks.keys().find(|t| declared.iter().all(|d| d.name != **t)) {
        let has: Vec<_> = declared.iter().map(|d| d.name.as_str()).collect();
        let (manager, task) = (spec.name.clone(), task.clone());
        return Err(RegistryError::NoTask { manager, task, has: has.join(", ") });
    }
    Ok(declared)
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("host", &self.host).finish_non_exhaustive()
    }
}
