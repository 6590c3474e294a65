//! What a manager's runs enter: a guest, or in tests of the rules a script that plays one.
//!
//! There is one path into a guest, and it leads through here to `runner`. The script exists so that
//! thousands of generated histories can be held against a model, store and all.

use std::sync::Arc;

use crate::capabilities::Effects;
use crate::runner::{Guest, Instance, RunCall, RunResult, StartFailure};
use crate::store::Usage;

use super::seats::Seat;

/// A loaded manager, from which instances are made.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Guest(Arc<Guest>),
    #[cfg(test)]
    Script(Arc<super::tests::script::Script>),
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
    Guest(Box<Instance>),
    #[cfg(test)]
    Script(Arc<super::tests::script::Script>),
}

impl Body {
    /// Instantiates the manager and calls `init-host`.
    pub(crate) async fn start(
        &self,
        usage: Usage,
        seat: Seat,
    ) -> Result<(Live, Effects), StartFailure> {
        match self {
            Self::Guest(guest) => {
                let (instance, effects) = guest.start(usage).await?;
                Ok((Live { inner: Inner::Guest(Box::new(instance)), _seat: seat }, effects))
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
            Inner::Guest(instance) => instance.run(call).await,
            #[cfg(test)]
            Inner::Script(script) => script.run(&call).await,
        }
    }
}
