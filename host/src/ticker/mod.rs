//! The loop: who ticks, when, and what is told of it.
//!
//! Here the rooms meet: `cluster` says whose turn it is, `schedule` decides, `store` commits, `runner`
//! calls the guest, `store` commits again, and the report is published. A tick by hand, a test, a
//! simulated run and a driven one take this same way (`tick`); a crash, a failed store and a dropped
//! caller are taken up in one place (`recover`).
//!
//! Refuses to know: what is inside a component (`registry`), how a guest is entered (`runner`), how
//! state is written (`store`), how anybody is told (`cli`).

mod body;
mod builder;
mod control;
mod core;
mod downtime;
mod driver;
mod error;
mod group;
mod host;
mod install;
mod manager;
mod meanwhile;
mod pulse;
mod recover;
mod report;
mod run;
mod seats;
mod status;
mod stopped;
mod tick;
mod together;

pub use builder::{BuildError, HostBuilder};
pub use control::Change;
pub use error::HostError;
pub use host::{Host, HostOptions};
pub use install::{InstallError, Installed};
pub use status::{LastRun, ManagerStatus, TaskStatus};
pub use stopped::{Stopped, change_stopped};

#[cfg(test)]
mod tests;
