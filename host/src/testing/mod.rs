//! Tests of a manager without a host to run it on: scenarios, played in simulated time under a seed.
//!
//! A [`Scenario`] says what is given and what is expected; [`Scenario::play`] drives the manager's ticks on a
//! host in memory and returns what happened; [`Found::judge`] compares. `tourbillon test` does the same with
//! the files of a directory. Time is simulated, randomness comes from the seed and nothing else is read, so
//! that one scenario gives the same bytes every time (S20).
//!
//! ```no_run
//! use std::path::Path;
//! use tourbillon::engine::CompileIn;
//! use tourbillon::testing::{Scenario, Stage};
//! use tourbillon::types::ComponentSource;
//!
//! # fn main() -> anyhow::Result<()> {
//! # tourbillon::engine::compiler_main_if_asked();
//! let stage = Stage {
//!     component: ComponentSource::Path("build/janitor.wasm".into()),
//!     compile: CompileIn::default(),
//!     cache: None,
//! };
//! let scenario = Scenario::read(Path::new("scenarios/sweeps.toml"))?;
//! let found = scenario.play(&stage)?;
//! assert!(found.judge(&scenario.expect).is_empty());
//! # Ok(())
//! # }
//! ```

mod bless;
mod calls;
mod expect;
mod faults;
mod found;
mod judge;
mod log;
mod play;
mod scenario;

pub use bless::bless;
pub use calls::Calls;
pub use expect::{Expect, StoredValue, Text};
pub use found::{Call, Found, LogLine};
pub use judge::Difference;
pub use play::{PlayError, Stage};
pub use scenario::{Scenario, ScenarioError, Upgrade};
