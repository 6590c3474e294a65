//! The engine: how a component of a stranger becomes code that may be entered.
//!
//! Compiles in a process of its own under limits, keeps what was compiled, says what a component
//! imports and exports, bounds what an instance holds, and keeps the beat by which guests yield. Knows
//! nothing of managers, ticks, stores or of what an interface does.

mod engines;
mod epoch;
mod limiter;
mod settings;

pub use engines::{EngineError, Engines};
pub use epoch::Active;
pub use limiter::{Denied, Limiter};
