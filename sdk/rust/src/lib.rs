//! Write managers of periodic tasks for the Tourbillon runtime.
//!
//! A manager is a component with some periodic tasks. The host counts ticks and decides when a
//! task is due; the manager says what the task does, and knows nothing of clocks, threads or
//! counters. This crate gives that the shape it has in `OpenStack`: a class with decorated methods.
//!
//! ```
//! use tourbillon_sdk::prelude::*;
//!
//! #[derive(Default)]
//! struct Janitor;
//!
//! #[manager]
//! impl Manager for Janitor {
//!     fn init_host(&mut self, host: &str) -> Result<()> {
//!         info!("cleaning on {host}");
//!         Ok(())
//!     }
//!
//!     /// Removes what is too old.
//!     #[periodic_task(ticks_between_runs = 3, run_immediately)]
//!     fn sweep(&mut self, run: &Run) -> Result<()> {
//!         let store = Bucket::own()?;
//!         store.set("last-sweep", run.id.as_bytes())?;
//!         Ok(())
//!     }
//! }
//!
//! tourbillon_sdk::export!(Janitor);
//! ```
//!
//! Where to look: [`macro@manager`] for everything about declaring tasks and inheriting them,
//! [`Manager`] for what else a manager may define, [`IntoOutcome`] for what a task may return,
//! [`store`], [`config`], [`log`](mod@log) and [`context`] for what a task may use, `testing` (on
//! native targets only) for tests that need no host.
//!
//! # What a component imports
//!
//! Only what it uses: an import that no code reaches is dropped when the component is made. With
//! the feature `panic-log`, on by default, that is at least `wasi:logging`, because a panic is
//! reported with its message and place before it becomes a trap. Without default features a
//! manager that calls nothing imports nothing.
//!
//! # Features
//!
//! | feature | default | what it does |
//! | --- | --- | --- |
//! | `panic-log` | yes | logs a panic as *critical* through `wasi:logging` before the trap |
//! | `json` | no | [`Bucket`](store::Bucket) reads and writes any serde type as JSON |

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

// The macros write paths that begin with `::tourbillon_sdk`; this makes them true in here as well.
extern crate self as tourbillon_sdk;

pub mod config;
pub mod context;
mod decimal;
mod error;
pub mod log;
mod manager;
mod outcome;
mod run;
pub mod store;
mod task;

#[cfg(not(target_family = "wasm"))]
pub mod testing;

#[allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::pedantic,
    reason = "generated from the WIT package"
)]
pub mod bindings;
mod host;
mod panic;

#[doc(hidden)]
pub mod __private;

pub use error::{Error, Result, ResultExt};
pub use manager::Manager;
pub use outcome::{IntoOutcome, Outcome, Skip};
pub use run::Run;
pub use task::{Task, Tasks};
pub use tourbillon_sdk_macros::{manager, periodic_task};

/// What almost every manager needs: `use tourbillon_sdk::prelude::*;`.
pub mod prelude {
    pub use crate::store::Bucket;
    pub use crate::{
        Error, Manager, Result, ResultExt, Run, Skip, config, context, critical, debug, error,
        info, manager, periodic_task, trace, warn,
    };
}
