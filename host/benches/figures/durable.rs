//! 10,000 runs due in one tick over 10,000 managers: what it costs that every one is kept on the disk.
//!
//! A process has room for little more than 10,000 instances, so the two sides are taken one after the
//! other, three times by turns.

use std::sync::Arc;

use futures::future::join_all;
use tourbillon::store::{MemoryStore, SqliteStore, Store};
use tourbillon::ticker::Host;
use tourbillon::types::{HostLimits, InstanceMode, ManagerName};

use crate::house;
use crate::table::Table;
use crate::timing::{each, median, time};

const MANAGERS: u32 = 10_000;

/// Ticks in progress at once: whoever has so many managers lets as many begin together.
const RUNNING: u32 = 4_000;

pub(crate) fn measure(table: &mut Table) {
    let directory = tempfile::tempdir().unwrap();
    let (mut memory, mut disk) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        memory.extend(beats(Arc::new(MemoryStore::default())));
        disk.extend(beats(Arc::new(SqliteStore::open(directory.path()).unwrap())));
    }
    let (memory, disk) = (median(memory), median(disk));
    let on_top = disk - memory;
    table.at_most("10,000 due over 10,000 managers, durable: on top, each", on_top, 5.0, "µs");
    table.beside("durable", disk, "µs");
    table.beside("not durable", memory, "µs");
}

/// Microseconds of each run, of several beats.
fn beats(store: Arc<dyn Store>) -> Vec<f64> {
    let runtime = house::runtime(2);
    let limits = HostLimits { running: RUNNING, ..HostLimits::default() };
    let host = house::host(store, limits);
    let names = runtime.block_on(install(&host));
    let beat = || {
        time(|| {
            for report in runtime.block_on(host.tick_together(&names)) {
                assert!(!report.unwrap().failed());
            }
        })
    };
    (0..12).map(|_| each(beat(), MANAGERS) / 1_000.0).skip(3).collect()
}

async fn install(host: &Host) -> Vec<ManagerName> {
    let names: Vec<_> = (0..MANAGERS).map(|n| format!("m{n:05}")).collect();
    let install = |name: &String| {
        let spec = house::manager(name, InstanceMode::Resident);
        async move {
            let name = spec.name.clone();
            host.install(spec).await.unwrap();
            name
        }
    };
    join_all(names.iter().map(install)).await
}
