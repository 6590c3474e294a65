//! The engine: how a component of a stranger becomes code that may be entered.
//!
//! Compiles in a process of its own under limits, keeps what was compiled, says what a component
//! imports and exports, bounds what an instance holds, and keeps the beat by which guests yield. Knows
//! nothing of managers, ticks, stores or of what an interface does.

mod cache;
mod compile;
mod engines;
mod epoch;
mod error;
mod inside;
mod limiter;
mod load;
mod memo;
mod read;
mod room;
mod settings;
mod surface;
mod trusted;
mod world;

pub use cache::{Cache, CachePlace};
pub use compile::{CompileIn, Compiler, compiler_main_if_asked};
pub use engines::{EngineError, Engines};
pub use epoch::Active;
pub use error::{CompileLimit, LoadError};
pub use limiter::{Denied, Limiter};
pub use load::{Loaded, Loader, Progress};
pub use read::read_component;
pub use room::Room;
pub(crate) use surface::signature;
pub use surface::{Item, ItemKind, Surface, surface};
pub use world::{Grant, Refused, WorldError, check_world};
