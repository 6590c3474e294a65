//! A manager that others inherit from: it counts things of some kind, and knows not which.
//!
//! In Python this would be a base class. In Rust it is a type that lives in a field of its
//! children, and what they fill in is a trait: [`Kind`] takes the place of the methods that a
//! subclass would override. This crate is a library and makes no component.

use tourbillon_sdk::prelude::*;

/// What is being counted.
pub trait Kind: Default {
    /// Its name, in the plural.
    const PLURAL: &'static str;

    /// How many there are at this tick. A real one would ask an API.
    fn observe(&self, tick: u64) -> u64;
}

/// The tasks that every inventory has.
#[derive(Debug, Default)]
pub struct Inventory<K> {
    kind: K,
}

#[manager]
impl<K: Kind> Manager for Inventory<K> {
    fn init_host(&mut self, host: &str) -> Result<()> {
        info!("counting {} for {host}", K::PLURAL);
        Ok(())
    }

    fn service_version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    /// Counts what is there.
    #[periodic_task(run_immediately)]
    pub fn collect(&mut self, run: &Run) -> Result<()> {
        let count = self.kind.observe(run.tick);
        Bucket::own()?.set("count", count.to_string())?;
        Ok(())
    }

    /// Logs the last count.
    #[periodic_task(ticks_between_runs = 3)]
    pub fn report(&mut self) -> Result<()> {
        let count = Bucket::own()?.get_text("count")?;
        let count = count.ok_or("nothing was counted yet")?;
        info!("{count} {}", K::PLURAL);
        Ok(())
    }
}
