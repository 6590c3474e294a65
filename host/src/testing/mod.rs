//! Tests of a manager without a host to run it on: scenarios, played in simulated time under a seed.
//!
//! A [`Scenario`] says what is given and what is expected; [`Scenario::play`] drives the manager's ticks on a
//! host in memory and returns what happened; [`Found::judge`] compares. `tourbillon test` does the same with
//! the files of a directory. Time is simulated, randomness comes from the seed and nothing else is read, so
//! that one scenario gives the same bytes every time (S20).
//!
//! The example `scenario` plays one, and the tests run it:
//!
//! ```ignore
#![doc = include_str!("../../examples/scenario.rs")]
//! ```

mod bless;
mod calls;
mod comments;
mod expect;
mod faults;
mod found;
mod judge;
mod lines;
mod log;
mod notation;
mod play;
mod raw;
mod recording;
mod scenario;
mod slips;
mod stored;
mod theatre;

pub use bless::{Blessed, bless, record};
pub use calls::Calls;
pub use expect::{Expect, Text};
pub use found::{Call, Found, LogLine};
pub use judge::Difference;
pub use play::{PlayError, Stage};
pub use scenario::{Scenario, ScenarioError, Upgrade};
pub use stored::StoredValue;
