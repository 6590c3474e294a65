//! A run of a resident manager that does nothing, through the whole host without durability, beside
//! the same export called raw.

use std::hint::black_box;
use std::sync::Arc;

use tourbillon::store::MemoryStore;
use tourbillon::types::{HostLimits, InstanceMode};

use crate::alone::{Alone, Memory};
use crate::floor::Floor;
use crate::house;
use crate::table::Table;
use crate::timing::by_turns;

pub(crate) fn measure(table: &mut Table) {
    let runtime = house::runtime(1);
    let host = house::host(Arc::new(MemoryStore::default()), HostLimits::default());
    let spec = house::manager("heartbeat", InstanceMode::Resident);
    let name = spec.name.clone();
    runtime.block_on(host.install(spec)).unwrap();
    let alone = Alone::new(&house::heartbeat(), Memory::OnDemand);
    let mut raw = runtime.block_on(alone.instance());
    runtime.block_on(raw.init());
    let mut raw = |n| {
        runtime.block_on(async {
            for tick in 0..n {
                raw.run(tick).await;
            }
        });
    };
    let sides = by_turns(101, 10_000, |n| runtime.block_on(house::tick(&host, &name, n)), &mut raw);
    let floor = runtime.block_on(Floor::new(&alone, name.clone()));
    let least = |n| {
        runtime.block_on(async {
            for _ in 0..n {
                assert!(!floor.tick(&name).await.failed());
            }
        });
    };
    let least = by_turns(101, 10_000, least, &mut raw);
    let looks = |n| {
        for _ in 0..n {
            black_box(floor.looks());
        }
    };
    let looks = by_turns(101, 10_000, looks, |_| ());
    table.at_most("resident no-op run through the host ÷ raw", sides.ratio, 1.4, "");
    table.beside("through the host", sides.ours, "ns");
    table.beside("raw call_async, fuel and epoch armed", sides.theirs, "ns");
    table.beside("the least around a call (see floor.rs) ÷ raw", least.ratio, "");
    table.beside("the least around a call", least.ours, "ns");
    table.beside("of that, three looks at the clocks", looks.ours, "ns");
}
