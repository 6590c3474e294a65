//! Managers as their authors have them: a directory of sources in one of six languages.
//!
//! `scaffold` makes such a directory, `build` makes a component of it, `tools` knows where the compilers
//! of other people are and what version of each fits. Everything here works for an author on the author's
//! own files; no guest is entered, and no host knows that this room is there.

mod build;
mod component;
mod error;
mod fingerprint;
mod language;
mod packed;
mod process;
mod project;
mod scaffold;
mod tools;

pub use build::{Built, build};
pub use error::AuthoringError;
pub use fingerprint::NO_SOURCES;
pub use language::Language;
pub use process::Running;
pub use project::Project;
pub use scaffold::{Scaffold, scaffold};
pub use tools::Tools;
