//! Tourbillon: a sandbox in which other people's periodic jobs tick.
//!
//! A *manager* is a WebAssembly component that declares periodic tasks. The host instantiates it in
//! a sandbox, runs its due tasks on every *tick* under limits of fuel, memory and time, and keeps all
//! state on its own side, durably.
//!
//! # Embedding
//!
//! The command is a thin user of this library. A host is put together with
//! [`Host::builder`](ticker::Host::builder), holds managers, and is ticked by hand or by a clock:
//!
//! ```no_run
//! use tourbillon::ticker::Host;
//! use tourbillon::types::{ComponentSource, ManagerName, ManagerSpec};
//!
//! # async fn embed() -> anyhow::Result<()> {
//! let host = Host::builder("node-1").state("state").build()?;
//! let janitor = ManagerName::new("janitor")?;
//! let component = ComponentSource::Path("janitor.wasm".into());
//! host.install(ManagerSpec::new(janitor.clone(), component)).await?;
//!
//! let report = host.tick(&janitor).await?;
//! for task in &report.tasks {
//!     println!("{} {}", task.task, task.outcome);
//! }
//! host.close().await?;
//! # Ok(())
//! # }
//! # // First of all: a host compiles what it doesn't trust in a child of this same program.
//! # fn main() {
//! tourbillon::engine::compiler_main_if_asked(); // first in `main`, see `CompileIn`
//! # }
//! ```
//!
//! Two programs in `host/examples` show the rest, and the tests run both: `embed` ticks, advances,
//! triggers, pauses, listens, and goes on from the state of an earlier host; `own_capability` lets a
//! manager import an interface of the embedder's own ([`capabilities::Capability`]).

pub mod authoring;
pub mod capabilities;
pub mod cli;
pub mod clock;
pub mod cluster;
pub mod config;
pub mod engine;
mod files;
pub mod registry;
pub mod runner;
pub mod schedule;
pub mod selftest;
pub mod store;
pub mod testing;
pub mod ticker;
pub mod types;

/// The wasmtime that this host is built with: what a [`capabilities::Capability`] is linked by.
pub use wasmtime;
