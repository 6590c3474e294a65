//! The two engines of a host, and what goes with them: the beat, and room for instances.
//!
//! Resident instances live in one engine, per-run instances in the other. Knows nothing of compiling
//! or of one manager's limits.

use std::sync::Arc;

use wasmtime::Engine;
use wasmtime::component::Component;

use super::epoch::{Active, Beat};
use super::room::{Budget, Room};
use super::settings;
use crate::types::{Digest, InstanceLimits, InstanceMode, harmless_line};

/// Why an engine can't be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// wasmtime refused its configuration, or the system the address space for it.
    #[error(
        "can't create the engine for {mode} instances: {why}; address space is the usual cause: raise `ulimit -v`, or lower `host.limits.running`"
    )]
    Create {
        /// Which of the two.
        mode: &'static str,
        /// wasmtime's reason.
        why: String,
    },
    /// The thread of the beat could not be started.
    #[error(
        "can't start the thread that lets guests yield: {0}; raise the limit on processes (`ulimit -u`)"
    )]
    Thread(#[from] std::io::Error),
    /// The process holds as many instances as it has room for.
    #[error(
        "no room for one more instance: the {held} instances here use {used} of the {budget} memory mappings set aside for guests, and this one takes {wanted}; raise the sysctl `vm.max_map_count`, or run fewer resident managers"
    )]
    Full {
        /// Instances that are alive, and components that have none at the moment.
        held: u64,
        /// Mappings they are counted with.
        used: u64,
        /// Mappings that guests may use in all.
        budget: u64,
        /// Mappings that this one would take.
        wanted: u64,
    },
}

/// The engines of a host. Cheap to clone; they stop with the last clone.
#[derive(Debug, Clone)]
pub struct Engines(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    beat: Beat,
    per_run_slots: u32,
    largest: InstanceLimits,
    budget: Arc<Budget>,
}

impl Engines {
    /// The engines of a host that runs at most `per_run_slots` per-run instances at once, and gives no
    /// instance more than `largest`. The pool for per-run instances is made when first asked for.
    pub fn new(per_run_slots: u32, largest: &InstanceLimits) -> Result<Self, EngineError> {
        let engines = Self(Arc::new(Inner {
            beat: Beat::start()?,
            per_run_slots: per_run_slots.max(1),
            largest: largest.clone(),
            budget: Budget::of_this_process(),
        }));
        engines.get(InstanceMode::Resident)?;
        Ok(engines)
    }

    /// The engine for instances that live as long as `mode` says.
    pub fn get(&self, mode: InstanceMode) -> Result<&Engine, EngineError> {
        let inner = &*self.0;
        let (place, mode) = match mode {
            InstanceMode::Resident => (0, "resident"),
            InstanceMode::PerRun => (1, "per-run"),
        };
        let make = || match place {
            0 => settings::resident(),
            _ => settings::per_run(inner.per_run_slots, &inner.largest),
        };
        inner
            .beat
            .engine(place, make)
            .map_err(|e| EngineError::Create { mode, why: harmless_line(&format!("{e:#}"), 1_000) })
    }

    /// While the returned guard lives, guests get their epochs: hold it around each call into one.
    #[inline]
    pub fn active(&self) -> Active<'_> {
        self.0.beat.active()
    }

    /// How often epochs were incremented so far.
    pub fn beats(&self) -> u64 {
        self.0.beat.beats()
    }

    /// Whether the thread of the beat sleeps because no guest is active.
    pub fn is_parked(&self) -> bool {
        self.0.beat.is_parked()
    }

    /// What code compiled for the engine of a mode depends on: for the keys of a cache.
    pub fn settings_digest(&self, mode: InstanceMode) -> Result<Digest, EngineError> {
        self.get(mode).map(settings::digest)
    }

    /// Sets room aside for one more resident instance of a component, or refuses by name.
    pub fn admit(&self, component: &Component) -> Result<Room, EngineError> {
        self.0.budget.instance(component)
    }

    /// Sets room aside for the code of a component whose instances live for one run each.
    pub fn admit_code(&self, component: &Component) -> Result<Room, EngineError> {
        self.0.budget.code(component)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pool_is_made_only_when_asked_for() {
        let engines = Engines::new(2, &InstanceLimits::default()).unwrap();
        let resident = engines.get(InstanceMode::Resident).unwrap();
        let per_run = engines.get(InstanceMode::PerRun).unwrap();
        assert!(!Engine::same(resident, per_run));
        assert!(Engine::same(resident, engines.clone().get(InstanceMode::Resident).unwrap()));
    }
}
