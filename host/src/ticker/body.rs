//! What a manager's runs enter: a guest, or in tests of the rules a script that plays one.
//!
//! There is one path into a guest, and it leads through here to `runner`. The script exists so that
//! thousands of generated histories can be held against a model, store and all.

use std::fmt;
use std::sync::Arc;

use wasmtime::component::Component;

use crate::capabilities::Effects;
use crate::engine::{Engines, Room};
use crate::runner::{Guest, Instance, RunCall, RunResult};
use crate::store::Usage;
use crate::types::InstanceMode;

use super::seats::Seat;

/// A loaded manager, from which instances are made.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Guest(Arc<Real>),
    #[cfg(test)]
    Script(Arc<super::tests::script::Script>),
}

/// A component in its engine.
pub(crate) struct Real {
    pub(crate) guest: Guest,
    pub(crate) component: Component,
    pub(crate) engines: Engines,
    /// Held for as long as the code is.
    pub(crate) _room: Room,
}

/// An instance that came through `init-host`.
#[derive(Debug)]
pub(crate) struct Live {
    inner: Inner,
    /// Its place among the host's instances, given back when it is dropped.
    _seat: Seat,
}

#[derive(Debug)]
enum Inner {
    /// With its room among the process's memory mappings, given back after the instance is gone.
    Guest(Box<Instance>, Engines, Option<Room>),
    #[cfg(test)]
    Script(Arc<super::tests::script::Script>),
}

impl fmt::Debug for Real {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.guest.fmt(f)
    }
}

impl Body {
    /// Instantiates the manager and calls `init-host`; the error is one harmless line.
    pub(crate) async fn start(&self, usage: Usage, seat: Seat) -> Result<(Live, Effects), String> {
        match self {
            Self::Guest(real) => {
                let resident = real.guest.mode() == InstanceMode::Resident;
                let room = resident.then(|| real.engines.admit(&real.component)).transpose();
                let room = room.map_err(|e| e.to_string())?;
                let active = real.engines.active();
                let (instance, effects) =
                    real.guest.start(usage).await.map_err(|f| f.to_string())?;
                drop(active);
                let inner = Inner::Guest(Box::new(instance), real.engines.clone(), room);
                Ok((Live { inner, _seat: seat }, effects))
            }
            #[cfg(test)]
            Self::Script(script) => {
                let effects = script.start(usage)?;
                Ok((Live { inner: Inner::Script(script.clone()), _seat: seat }, effects))
            }
        }
    }
}

impl Live {
    /// Runs one task.
    pub(crate) async fn run(&mut self, call: RunCall<'_>) -> RunResult {
        match &mut self.inner {
            Inner::Guest(instance, engines, _room) => {
                // While it runs, the epoch moves, so that it gives way each millisecond.
                let _active = engines.active();
                instance.run(call).await
            }
            #[cfg(test)]
            Inner::Script(script) => script.run(&call).await,
        }
    }
}
