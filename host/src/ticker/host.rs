//! The host, as an embedder or the command line holds it.

use std::sync::Arc;

use tokio::sync::broadcast;

use super::builder::HostBuilder;
use super::control::task_index;
use super::core::Core;
use super::driver;
use super::error::HostError;
use super::install::{InstallError, Installed, Interrupted};
use super::report::Wanted;
use super::status::ManagerStatus;
use super::together::{DueTick, Together};
use crate::capabilities::Capability;
use crate::clock::Clock;
use crate::cluster::{Cluster, Solo};
use crate::engine::{Loader, Progress};
use crate::registry::{Inspected, Registry, RegistryError};
use crate::store::Store;
use crate::types::{HostLimits, ManagerName, ManagerSpec, TaskName, TickReport};

/// What a host is made of.
pub struct HostOptions {
    /// Its name: what `context.host` and `init-host` tell a guest.
    pub name: String,
    /// Its limits.
    pub limits: HostLimits,
    /// Where its state is kept.
    pub store: Arc<dyn Store>,
    /// Where it has the time from.
    pub clock: Arc<dyn Clock>,
    /// Who says whose turn it is.
    pub cluster: Arc<dyn Cluster>,
    /// How components are read, compiled and cached.
    pub loader: Loader,
    /// Interfaces of the embedder's own that managers may be granted.
    pub capabilities: Vec<Arc<dyn Capability>>,
    /// Given where a whole run is simulated (S20): the guests' randomness follows from it.
    pub seed: Option<u64>,
}

impl HostOptions {
    /// A host alone, without capabilities of its own.
    pub fn new(
        name: impl Into<String>,
        limits: HostLimits,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        loader: Loader,
    ) -> Self {
        Self {
            name: name.into(),
            limits,
            store,
            clock,
            cluster: Arc::new(Solo),
            loader,
            capabilities: Vec::new(),
            seed: None,
        }
    }
}

/// A host: managers, their ticks, their state. Clones share it.
#[derive(Debug, Clone)]
pub struct Host {
    core: Arc<Core>,
    registry: Arc<Registry>,
}

impl Host {
    /// Begins a host of which everything but the name has a default: it keeps its state in memory and
    /// compiles in a child of this program. Guests are told the name.
    pub fn builder(name: impl Into<String>) -> HostBuilder {
        HostBuilder::new(name.into())
    }

    /// Makes a host without managers out of parts; [`Host::builder`] makes the parts, too.
    ///
    /// # Errors
    /// Where wasmtime refuses the engine or a capability does not link.
    pub fn new(options: HostOptions) -> Result<Self, RegistryError> {
        let registry = Registry::new(
            options.name,
            options.store.clone(),
            options.clock.clone(),
            options.loader,
            options.capabilities,
            options.seed,
        )?;
        let core = Core::new(options.limits, options.store, options.clock, options.cluster);
        Ok(Self { core: Arc::new(core), registry: Arc::new(registry) })
    }

    /// Installs a manager and finishes the tick in which an earlier host died, if there is one. Where
    /// a manager of that name is running, its component and settings are exchanged between two ticks
    /// (S25).
    pub async fn install(&self, spec: ManagerSpec) -> Result<Installed, InstallError> {
        self.install_watched(spec, |_| {}).await
    }

    /// The same, telling how far loading has come: compiling a large component takes its time.
    pub async fn install_watched(
        &self,
        spec: ManagerSpec,
        progress: impl Fn(Progress),
    ) -> Result<Installed, InstallError> {
        self.install_and(spec, progress, Interrupted::Finish).await
    }

    /// The same for a host that is about to [`run`](Self::run): the tick in which an earlier host died is
    /// finished once that drives, so that no other manager waits for it (S12).
    pub async fn install_to_run(
        &self,
        spec: ManagerSpec,
        progress: impl Fn(Progress),
    ) -> Result<Installed, InstallError> {
        self.install_and(spec, progress, Interrupted::Leave).await
    }

    async fn install_and(
        &self,
        spec: ManagerSpec,
        progress: impl Fn(Progress),
        interrupted: Interrupted,
    ) -> Result<Installed, InstallError> {
        // Boxed: loading is rare and its future is large.
        match Box::pin(self.registry.prepare(&spec, progress)).await {
            Ok(prepared) => Box::pin(self.core.install(spec, prepared.into(), interrupted)).await,
            Err(source) => {
                Err(InstallError::Refused { manager: spec.name, source: Box::new(source) })
            }
        }
    }

    /// Loads a component without installing it, and asks it what it is.
    pub async fn inspect(
        &self,
        spec: &ManagerSpec,
        progress: impl Fn(Progress),
    ) -> Result<Inspected, RegistryError> {
        self.registry.inspect(spec, progress).await
    }

    /// Removes a manager with its counters and its buckets. Its history stays, and its tick numbers
    /// go on where they stood if the name comes back (S21).
    pub async fn remove(&self, name: &ManagerName) -> Result<(), HostError> {
        self.core.remove(name).await
    }

    /// Delivers one tick (S3) and waits for its end.
    ///
    /// Dropping the future in the middle of a run discards the guest's instance; the run is *lost* and
    /// the rest of the tick is finished before the next one.
    pub async fn tick(&self, name: &ManagerName) -> Result<Arc<TickReport>, HostError> {
        self.advance(name, 1).await
    }

    /// Moves every counter by `ticks` and runs each task that came due once (S13). It is one tick, with
    /// one number.
    pub async fn advance(
        &self,
        name: &ManagerName,
        ticks: u64,
    ) -> Result<Arc<TickReport>, HostError> {
        let manager = self.core.manager(name)?;
        self.core.tick(&manager, self.core.clock.wall_ms(), ticks, Wanted::All).await
    }

    /// Delivers one tick to each of these managers, at the same time, and waits for the end of all. The
    /// answers come in the order of the names. On a store that keeps records this is much cheaper than
    /// as many calls of [`tick`](Self::tick): plans are committed together.
    ///
    /// Needs a tokio runtime. Ticks that have begun go on where the future is dropped.
    pub async fn tick_together(
        &self,
        names: &[ManagerName],
    ) -> Vec<Result<Arc<TickReport>, HostError>> {
        let at_ms = self.core.clock.wall_ms();
        let (done, mut answers) = tokio::sync::mpsc::unbounded_channel();
        let together =
            Together { core: Arc::clone(&self.core), wanted: Wanted::All, done: Some(done) };
        let mut due = Vec::with_capacity(names.len());
        for (nth, name) in names.iter().enumerate() {
            match self.core.hold(name) {
                Ok((_, Some(held))) => due.push(DueTick { held, at_ms, nth }),
                Ok((manager, None)) => {
                    together.tell(nth, self.core.busy(&manager, at_ms, Wanted::All));
                }
                Err(error) => together.tell(nth, Err(error)),
            }
        }
        tokio::spawn(together.tick(due));
        let mut all: Vec<_> = names.iter().map(|_| None).collect();
        while let Some(some) = answers.recv().await {
            for (nth, answer) in some {
                all[nth] = Some(answer);
            }
        }
        let of = |(name, answer): (&ManagerName, Option<_>)| {
            answer.unwrap_or_else(|| Err(HostError::Ended(name.clone())))
        };
        names.iter().zip(all).map(of).collect()
    }

    /// Runs one task now, by hand (S14).
    pub async fn trigger(
        &self,
        name: &ManagerName,
        task: &TaskName,
    ) -> Result<Arc<TickReport>, HostError> {
        let manager = self.core.manager(name)?;
        let index = task_index(&manager, task)?;
        if !manager.state().schedule.tasks()[index].record.enabled {
            return Err(HostError::Disabled { manager: name.clone(), task: task.clone() });
        }
        self.core.trigger(&manager, index).await
    }

    /// Pauses a manager, or one task of it (S14).
    pub async fn pause(
        &self,
        name: &ManagerName,
        task: Option<&TaskName>,
    ) -> Result<(), HostError> {
        let manager = self.core.manager(name)?;
        self.core.pause(&manager, task, true).await
    }

    /// Resumes a manager, or one task of it. Nothing is caught up.
    pub async fn resume(
        &self,
        name: &ManagerName,
        task: Option<&TaskName>,
    ) -> Result<(), HostError> {
        let manager = self.core.manager(name)?;
        self.core.pause(&manager, task, false).await
    }

    /// Ends the quarantine and back-off of one task; without a task, of all tasks and of the manager's
    /// own start.
    pub async fn clear(
        &self,
        name: &ManagerName,
        task: Option<&TaskName>,
    ) -> Result<(), HostError> {
        let manager = self.core.manager(name)?;
        self.core.clear(&manager, task).await
    }

    /// Hears every tick from now on, once it is committed. A slow subscriber loses the oldest reports
    /// and is told how many ([`HostLimits::reports`]).
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<TickReport>> {
        self.core.listen()
    }

    /// How every manager stands, by name.
    pub fn status(&self) -> Vec<ManagerStatus> {
        self.core.all().iter().map(ManagerStatus::of).collect()
    }

    /// Ticks every manager at its interval until `shutdown` is ready; then waits for the runs in
    /// progress, which end or meet their deadline, and commits all.
    ///
    /// Guests run on threads of their own (as many as `workers`), so that a spinning one delays neither
    /// the driver nor, beyond its share of a core, a neighbour.
    pub async fn run(
        &self,
        workers: usize,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), HostError> {
        driver::run(&self.core, workers, shutdown).await?;
        self.close().await
    }

    /// Begins nothing new, waits for ticks in progress, and commits all that idle ticks left behind: a
    /// graceful stop loses none (S19).
    ///
    /// # Errors
    /// Where the store fails, or failed earlier and was not read since: what was reported is kept, what
    /// came after it may not be.
    pub async fn close(&self) -> Result<(), HostError> {
        self.core.begin_closing();
        for manager in self.core.all() {
            drop(manager.keep().await);
        }
        self.core.checkpoint().await?;
        self.core.all().iter().try_for_each(|manager| manager.sound())
    }

    /// How many instances are alive, and how many ticks wait for a place.
    pub fn load(&self) -> (u32, u32) {
        (self.core.seats.taken(), self.core.places.waiting())
    }
}
