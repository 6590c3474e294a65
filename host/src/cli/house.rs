//! Building the host that a command is about, and installing its managers with a sign of progress.
//!
//! Decides nothing about ticks. What is wrong with a component or a state directory, the rooms say.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, StreamExt as _};

use super::ending::Stop;
use super::progress::Progress;
use crate::clock::SimulatedClock;
use crate::config::HostConfig;
use crate::engine::{Cache, CachePlace};
use crate::ticker::{Host, InstallError, Installed};
use crate::types::{HostLimits, InstanceLimits, ManagerName, ManagerSpec};

/// Where the simulated clock of a seeded run stands before its first tick: 2026-01-01T00:00:00Z.
const SIMULATED_START_MS: u64 = 1_767_225_600_000;

/// Managers that are installed at the same time: each may hold the bytes of its component meanwhile.
const AT_ONCE: usize = 16;

/// What a host is built from.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its limits.
    pub(super) limits: &'a HostLimits,
    /// The managers that it will hold.
    pub(super) managers: &'a [ManagerSpec],
    /// Where its state is kept, if it is.
    pub(super) state: Option<&'a Path>,
    /// What time and randomness are simulated from, if they are.
    pub(super) seed: Option<u64>,
}

impl<'a> Plan<'a> {
    /// The host of a configuration.
    pub(super) fn of(config: &'a HostConfig, state: Option<&'a Path>) -> Self {
        Self {
            name: &config.name,
            limits: &config.limits,
            managers: &config.managers,
            state,
            seed: None,
        }
    }
}

/// A host, and what belongs to it.
pub(super) struct House {
    /// The host.
    pub(super) host: Host,
    simulated: Option<Arc<SimulatedClock>>,
}

impl House {
    /// Builds a host without managers.
    pub(super) fn open(plan: &Plan<'_>) -> Result<Self, Stop> {
        let simulated = plan.seed.map(|_| Arc::new(SimulatedClock::new(SIMULATED_START_MS)));
        let mut builder = Host::builder(plan.name)
            .limits(plan.limits.clone())
            .largest_instance(largest(plan.managers));
        // Compiled code is kept beside the state, or else in the user's home, where it is also looked for: what was
        // checked, built or tested need not be compiled once more.
        let home = CachePlace::in_home(|name| std::env::var_os(name).map(PathBuf::from));
        builder = match plan.state {
            Some(dir) => builder.state(dir).cache_fallback(Cache::open_existing(home.as_ref())),
            None => builder.cache(Cache::open(home.as_ref())),
        };
        if let Some(clock) = &simulated {
            builder = builder.clock(clock.clone());
        }
        if let Some(seed) = plan.seed {
            builder = builder.seed(seed);
        }
        Ok(Self { host: builder.build()?, simulated })
    }

    /// Moves a simulated clock on; a real one moves by itself.
    pub(super) fn pass(&self, time: Duration) {
        if let Some(clock) = &self.simulated {
            clock.advance(time);
        }
    }

    /// Installs one manager, and shows that it takes time where it does.
    pub(super) async fn install(
        &self,
        spec: ManagerSpec,
        progress: &Progress,
    ) -> Result<Installed, InstallError> {
        let name = spec.name.clone();
        let shown = progress.begin(name.as_str());
        self.host.install_watched(spec, |step| shown.step(step)).await
    }

    /// Installs all of them, and tells all that is wrong at once; `to_run` is for a host that is about to.
    pub(super) async fn install_all(
        &self,
        specs: Vec<ManagerSpec>,
        to_run: bool,
    ) -> Result<Vec<Installed>, Vec<(ManagerName, InstallError)>> {
        let progress = Progress::new(specs.len());
        let (mut installed, mut refused) = (Vec::new(), Vec::new());
        let install = |spec: ManagerSpec| async {
            let name = spec.name.clone();
            let shown = progress.begin(name.as_str());
            let installed = match to_run {
                true => self.host.install_to_run(spec, |step| shown.step(step)).await,
                false => self.host.install_watched(spec, |step| shown.step(step)).await,
            };
            installed.map_err(|error| (name, error))
        };
        // At the same time: components are compiled side by side, and commits shared.
        let mut all = stream::iter(specs.into_iter().map(install)).buffered(AT_ONCE);
        while let Some(one) = all.next().await {
            match one {
                Ok(one) => installed.push(one),
                Err(error) => refused.push(error),
            }
        }
        drop(all);
        if refused.is_empty() { Ok(installed) } else { Err(refused) }
    }
}

/// The highest of all managers' limits.
fn largest(managers: &[ManagerSpec]) -> InstanceLimits {
    managers.iter().map(|spec| &spec.limits.instance).fold(InstanceLimits::default(), |a, b| {
        InstanceLimits {
            memory: a.memory.max(b.memory),
            table_elements: a.table_elements.max(b.table_elements),
            memories: a.memories.max(b.memories),
            tables: a.tables.max(b.tables),
            instances: a.instances.max(b.instances),
            handles: a.handles.max(b.handles),
        }
    })
}
