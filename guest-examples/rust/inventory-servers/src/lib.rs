//! An inventory of servers: the inherited tasks, then one of its own.
//!
//! The order on a tick is `collect`, `report`, `alarm`.

use inventory_base::{Inventory, Kind};
use tourbillon_sdk::prelude::*;

/// Servers come and go.
#[derive(Debug, Default)]
pub struct Servers;

impl Kind for Servers {
    const PLURAL: &'static str = "servers";

    fn observe(&self, tick: u64) -> u64 {
        20 + tick % 7
    }
}

/// The field is the parent; `extends` below says so.
#[derive(Debug, Default)]
pub struct ServerInventory {
    base: Inventory<Servers>,
}

#[manager(extends(base: Inventory<Servers>))]
impl Manager for ServerInventory {
    /// Warns when there are many, and then rests for a while.
    #[periodic_task]
    fn alarm(&mut self) -> Result<Option<Skip>> {
        let limit: u64 = config::parse("limit")?.unwrap_or(25);
        let count: u64 = Bucket::own()?
            .get_text("count")?
            .unwrap_or_default()
            .parse()?;
        if count < limit {
            return Ok(None);
        }
        warn!("{count} servers, {limit} are many");
        Ok(Some(Skip(5)))
    }
}

tourbillon_sdk::export!(ServerInventory);

#[cfg(test)]
mod tests {
    use super::*;
    use tourbillon_sdk::testing::Harness;

    #[test]
    fn inherited_tasks_run_first() {
        let mut inventory = Harness::<ServerInventory>::new();
        inventory.init_host().unwrap();
        let ran: Vec<_> = inventory
            .ticks(4)
            .into_iter()
            .map(|(task, _)| task)
            .collect();
        let expect = [
            "collect", "alarm", "collect", "alarm", "collect", "alarm", "collect", "report",
            "alarm",
        ];
        assert_eq!(ran, expect);
    }

    #[test]
    fn an_alarm_rests_for_five_ticks() {
        let mut inventory = Harness::<ServerInventory>::new();
        // At tick 5 there are 25 servers; the next look is at tick 11.
        let alarms = |outcomes: Vec<(&str, _)>| outcomes.iter().filter(|o| o.0 == "alarm").count();
        assert_eq!(alarms(inventory.ticks(5)), 5);
        assert_eq!(alarms(inventory.ticks(5)), 0);
        assert_eq!(alarms(inventory.ticks(1)), 1);
    }
}
