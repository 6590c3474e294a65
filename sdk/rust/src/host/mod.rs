//! The one door to the host: in WebAssembly the imports, elsewhere a small host in memory.
//!
//! Both files offer the same functions, so that the rest of the crate, and a manager's own tests,
//! need not know where they run.

#[cfg(not(target_family = "wasm"))]
pub(crate) mod memory;
#[cfg(target_family = "wasm")]
mod wasm;

#[cfg(not(target_family = "wasm"))]
pub(crate) use memory::{Bucket, config_all, config_get, context, log};
#[cfg(target_family = "wasm")]
pub(crate) use wasm::{Bucket, config_all, config_get, context, log};
