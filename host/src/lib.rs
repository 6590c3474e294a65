//! Tourbillon: a sandbox in which other people's periodic jobs tick.
//!
//! A *manager* is a WebAssembly component that declares periodic tasks. The host instantiates it in
//! a sandbox, runs its due tasks on every *tick* under limits of fuel, memory and time, and keeps all
//! state on its own side, durably.

pub mod capabilities;
pub mod cli;
pub mod clock;
pub mod cluster;
pub mod config;
pub mod engine;
pub mod registry;
pub mod runner;
pub mod schedule;
pub mod selftest;
pub mod store;
pub mod ticker;
pub mod types;
