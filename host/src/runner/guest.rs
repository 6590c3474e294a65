//! A loaded manager, from which instances are made: everything about it that is the same for all of
//! them.
//!
//! Knows no file, no compiler and no grant: it is given a compiled component and a linker, and
//! whoever loaded it has checked what it may import. What its component exports is checked here, by
//! type.

use std::fmt;
use std::sync::Arc;

use wasmtime::Store;
use wasmtime::component::{Component, Linker};

use super::fit;
use crate::capabilities::bindings::ManagerPre;
use crate::capabilities::{Capability, Entry, GuestState, Shared, wasi};
use crate::store::Usage;
use crate::types::{InstanceMode, RunLimits, harmless_line};

/// What a [`Guest`] is made from.
pub struct GuestParts {
    /// Who it is, what it may use, where it reads, what time it is told.
    pub shared: Arc<Shared>,
    /// How long its instances live.
    pub mode: InstanceMode,
    /// The embedder's capabilities that were granted to it.
    pub capabilities: Vec<Arc<dyn Capability>>,
}

/// Why a component is no manager on this host: an import that is not there, an export that is
/// missing or has another type.
#[derive(Debug, thiserror::Error)]
#[error("the component is no manager of tourbillon:manager@0.1.0: {why}")]
pub struct Misfit {
    /// One harmless line.
    why: String,
}

/// A loaded manager.
pub struct Guest {
    pub(super) pre: ManagerPre<GuestState>,
    pub(super) shared: Arc<Shared>,
    mode: InstanceMode,
    capabilities: Vec<Arc<dyn Capability>>,
    wasi: bool,
}

impl Guest {
    /// Ties a component to what it imports.
    ///
    /// # Errors
    /// [`Misfit`] where its imports or exports are not those of a manager.
    pub fn new(
        component: &Component,
        linker: &Linker<GuestState>,
        parts: GuestParts,
    ) -> Result<Self, Misfit> {
        let misfit =
            |error: wasmtime::Error| Misfit { why: harmless_line(&format!("{error:#}"), 1_024) };
        let pre = linker.instantiate_pre(component).map_err(misfit)?;
        fit::check(component, &pre).map_err(|why| Misfit { why: harmless_line(&why, 1_024) })?;
        let pre = ManagerPre::new(pre).map_err(misfit)?;
        let ty = component.component_type();
        let wasi = ty.imports(component.engine()).any(|(name, _)| wasi::needed_for(name));
        let GuestParts { shared, mode, capabilities } = parts;
        Ok(Self { pre, shared, mode, capabilities, wasi })
    }

    /// Who it is, and what it may use.
    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// How long its instances live.
    pub const fn mode(&self) -> InstanceMode {
        self.mode
    }

    /// A store for a new instance, with everything that holds for its whole life.
    pub(super) fn store(&self) -> Store<GuestState> {
        let mut state = GuestState::new(Arc::clone(&self.shared), self.wasi);
        for capability in &self.capabilities {
            capability.equip(&self.shared.identity, &mut state.extensions);
        }
        let mut store = Store::new(self.pre.engine(), state);
        store.limiter(|state| &mut state.limiter);
        // A spinning guest gives way each millisecond, so that timers and neighbours get their
        // turn.
        store.epoch_deadline_async_yield_and_update(1);
        let handles = self.shared.limits.instance.handles;
        store.set_max_component_handles(usize::try_from(handles).unwrap_or(usize::MAX));
        store
    }
}

impl fmt::Debug for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guest({})", self.shared.identity.manager)
    }
}

/// Arms the guards of a store for one call: fuel, quotas, and the next yield.
///
/// # Errors
/// Where the engine does not meter fuel: the host made it wrong.
#[inline]
pub(super) fn arm(
    store: &mut Store<GuestState>,
    entry: Entry<'_>,
    limits: &RunLimits,
    usage: Usage,
) -> wasmtime::Result<()> {
    store.data_mut().begin(entry, limits, usage);
    store.set_hostcall_fuel(limits.call_bytes.as_usize());
    store.set_epoch_deadline(1);
    store.set_fuel(limits.fuel.get())
}
