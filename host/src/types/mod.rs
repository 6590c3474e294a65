//! The words of the house: names, numbers, outcomes, limits and reports.
//!
//! Knows nothing of wasmtime, of a database, of a clock or of a file, and derives no `Serialize`:
//! whatever crosses a boundary has a type of its own in the room that owns the boundary.

mod bytes;
mod limits;
mod names;
mod numbers;
mod outcome;
mod policy;
mod report;
mod spec;
mod state;
mod text;

pub use bytes::ByteSize;
pub use limits::{
    CompileLimits, HostLimits, InstanceLimits, Limits, LoadLimits, RunLimits, StoreLimits,
};
pub use names::{ManagerName, NameError, RunId, TaskName};
pub(crate) use numbers::millis;
pub use numbers::{Digest, Fence, Fuel, Tick, TicksBetweenRuns};
pub use outcome::{Outcome, OutcomeCounts};
pub use policy::{InstanceMode, OnLost, Policy};
pub use report::{RunDetails, TaskReport, TickReport, Trigger};
pub use spec::{ComponentSource, DeclaredTask, Grants, ManagerSpec, TaskOverride};
pub use state::{Ladder, ManagerRow, OpenTick, Planned, Readiness, TaskPause, TaskRecord};
pub(crate) use text::Bounded;
pub use text::{harmless, harmless_line, is_harmful};
