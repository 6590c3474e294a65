//! A fresh instance for each run, beside raw instantiate, init and call from a prepared instance on the
//! best pooled setting.

use std::sync::Arc;

use tourbillon::store::MemoryStore;
use tourbillon::types::{HostLimits, InstanceMode};

use crate::alone::{Alone, Memory};
use crate::house;
use crate::table::Table;
use crate::timing::by_turns;

pub(crate) fn measure(table: &mut Table) {
    let runtime = house::runtime(1);
    let host = house::host(Arc::new(MemoryStore::default()), HostLimits::default());
    let spec = house::manager("heartbeat", InstanceMode::PerRun);
    let name = spec.name.clone();
    runtime.block_on(host.install(spec)).unwrap();
    let alone = Alone::new(&house::heartbeat(), Memory::Pooled);
    let sides = by_turns(
        61,
        1_000,
        |n| runtime.block_on(house::tick(&host, &name, n)),
        |n| {
            runtime.block_on(async {
                for tick in 0..n {
                    let mut raw = alone.instance().await;
                    raw.init().await;
                    raw.run(tick).await;
                }
            });
        },
    );
    table.at_most("per-run through the host ÷ raw", sides.ratio, 1.5, "");
    table.beside("through the host", sides.ours / 1_000.0, "µs");
    table.beside("raw instantiate, init and call, pooled", sides.theirs / 1_000.0, "µs");
}
