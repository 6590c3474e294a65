//! The trait that every manager implements.

use crate::{Outcome, Result, Run, Tasks};

/// A manager of periodic tasks, as `OpenStack`'s `Manager` is.
///
/// Write the implementation under the attribute [`manager`](macro@crate::manager): it adds the
/// associated items [`TASKS`](Manager::TASKS) and [`run_task`](Manager::run_task) from the methods
/// marked `#[periodic_task]`, so that what is left to write are the methods one wants to change.
///
/// The host may drop an instance at any time and make another one, by [`Default`]: fields are a
/// cache, and what must last belongs into the [`store`](crate::store).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no manager",
    label = "this type has no `#[manager] impl Manager for {Self}`"
)]
pub trait Manager {
    /// The tasks, own and inherited. Written by [`manager`](macro@crate::manager).
    const TASKS: Tasks;

    /// Runs the task that `run` names. Written by [`manager`](macro@crate::manager).
    ///
    /// # Errors
    ///
    /// What the task returned, or that there is no task of that name.
    fn run_task(&mut self, run: &Run) -> Outcome;

    /// Prepares this instance on the host of this name; called before its first run. What it
    /// stores is kept if it succeeds. Does nothing by default, or what the extended manager does.
    ///
    /// # Errors
    ///
    /// Whatever keeps the instance from working: its manager is then *not ready*, and the host
    /// tries again on a later tick.
    #[allow(unused_variables, reason = "the name is for those who write their own")]
    fn init_host(&mut self, host: &str) -> Result<()> {
        Ok(())
    }

    /// The version of the service, for people. Empty by default, or what the extended manager says.
    fn service_version(&self) -> String {
        String::new()
    }

    /// The configuration that the service runs with, for people: names and values. Never put a
    /// secret here. Empty by default, or what the extended manager says.
    fn service_config(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}
