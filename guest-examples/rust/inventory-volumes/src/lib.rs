//! An inventory of volumes: it replaces an inherited task, in its place.
//!
//! The order on a tick is `collect`, `report`, as in the parent, but `report` is the one below and
//! runs on every second tick. The parent, and whoever else inherits from it, is not changed.

use inventory_base::{Inventory, Kind};
use tourbillon_sdk::prelude::*;

/// Volumes only grow in number.
#[derive(Debug, Default)]
pub struct Volumes;

impl Kind for Volumes {
    const PLURAL: &'static str = "volumes";

    fn observe(&self, tick: u64) -> u64 {
        100 + tick / 3
    }
}

/// The field is the parent; `extends` below says so.
#[derive(Debug, Default)]
pub struct VolumeInventory {
    base: Inventory<Volumes>,
}

#[manager(extends(base: Inventory<Volumes>))]
impl Manager for VolumeInventory {
    /// Logs the last count, and keeps how often it did.
    #[periodic_task(overrides, ticks_between_runs = 1)]
    fn report(&mut self) -> Result<()> {
        // The parent's task is a method like any other.
        self.base.report()?;
        let reports = Bucket::own()?.increment("reports", 1)?;
        debug!("report number {reports}");
        Ok(())
    }
}

tourbillon_sdk::export!(VolumeInventory);

#[cfg(test)]
mod tests {
    use super::*;
    use tourbillon_sdk::testing::Harness;

    #[test]
    fn the_replaced_task_keeps_its_place() {
        let names: Vec<_> = VolumeInventory::TASKS
            .all()
            .iter()
            .map(|t| t.name)
            .collect();
        assert_eq!(names, ["collect", "report"]);
        let mut inventory = Harness::<VolumeInventory>::new();
        inventory.ticks(4);
        assert_eq!(inventory.stored("reports").as_deref(), Some(&b"2"[..]));
    }
}
