//! Everything that a guest may import: one small file for each interface, with its `add_to_linker`,
//! its docs and its tests.
//!
//! A host function does three things: it counts itself ([`GuestState::host_call`]), checks what the
//! guest may do, and answers. It never decides how a run ends, and never writes durable state:
//! writes go to a buffer in [`GuestState`] that whoever entered the guest hands on (S17). An error
//! of a host function is a value that the guest is told; only a limit ends a guest, through `Err`.
//!
//! To add an interface: its WIT in `wit/`, one file here, one test. An embedder's own is a
//! [`Capability`].

pub(crate) mod bindings;
mod config;
mod context;
mod extensions;
pub(crate) mod keyvalue;
mod logging;
mod meter;
mod state;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod wasi;

use std::sync::Arc;

use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker};

pub use extensions::Extensions;
pub use logging::LastWords;
pub use meter::Exceeded;
pub use state::{Effects, Entry, GuestState, Identity, RunFacts, Shared};

/// Interfaces that an embedder lets guests import, beside those of the house.
///
/// Host functions get at what they keep for a guest through [`GuestState::extensions`]. Each must
/// call [`GuestState::host_call`] first and pass its error on: that is what bounds a guest's calls.
pub trait Capability: Send + Sync + 'static {
    /// The interfaces, as `package:name/interface@version`: what a manager's grants name.
    fn interfaces(&self) -> Vec<&str>;

    /// Adds the interfaces to a linker.
    fn add_to_linker(&self, linker: &mut Linker<GuestState>) -> wasmtime::Result<()>;

    /// Puts in what is kept for one guest, when its instance is made.
    fn equip(&self, _guest: &Identity, _data: &mut Extensions) {}
}

/// A linker with everything that a manager may import, and the embedder's own.
///
/// It links more than a manager may have: what is granted is checked when a component is loaded.
pub fn linker(
    engine: &Engine,
    capabilities: &[Arc<dyn Capability>],
) -> wasmtime::Result<Linker<GuestState>> {
    let mut linker = Linker::new(engine);
    bindings::types::add_to_linker::<_, HasSelf<GuestState>>(&mut linker, |state| state)?;
    context::add_to_linker(&mut linker)?;
    logging::add_to_linker(&mut linker)?;
    config::add_to_linker(&mut linker)?;
    keyvalue::add_to_linker(&mut linker)?;
    wasi::add_to_linker(&mut linker)?;
    for capability in capabilities {
        capability.add_to_linker(&mut linker)?;
    }
    Ok(linker)
}

/// The types-only interface: there is nothing to answer.
impl bindings::types::Host for GuestState {}
