//! 10,000 runs due in one tick over 10,000 managers: what it costs that every one is kept on the disk.

use std::sync::Arc;

use tourbillon::store::{MemoryStore, SqliteStore, Store};
use tourbillon::ticker::Host;
use tourbillon::types::{HostLimits, InstanceMode, ManagerName};

use crate::house;
use crate::table::Table;
use crate::timing::by_turns;

const MANAGERS: u32 = 10_000;

pub(crate) fn measure(table: &mut Table) {
    let runtime = house::runtime(2);
    let limits = HostLimits { running: 2_000, ..HostLimits::default() };
    let directory = tempfile::tempdir().unwrap();
    let sqlite: Arc<dyn Store> = Arc::new(SqliteStore::open(directory.path()).unwrap());
    let mut pair = [Arc::new(MemoryStore::default()) as Arc<dyn Store>, sqlite].map(|store| {
        let host = house::host(store, limits.clone());
        let names = runtime.block_on(install(&host));
        (host, names)
    });
    let [memory, disk] = &mut pair;
    let beat = |(host, names): &(Host, Vec<ManagerName>)| {
        runtime.block_on(async {
            let ticks: Vec<_> = names
                .iter()
                .map(|name| {
                    let (host, name) = (host.clone(), name.clone());
                    tokio::spawn(async move { host.tick(&name).await })
                })
                .collect();
            for tick in ticks {
                assert!(!tick.await.unwrap().unwrap().failed());
            }
        });
    };
    let sides = by_turns(21, 1, |_| beat(disk), |_| beat(memory));
    let n = f64::from(MANAGERS) * 1_000.0;
    let on_top = (sides.ours - sides.theirs) / n;
    table.at_most("10,000 due over 10,000 managers, durable: on top, each", on_top, 5.0, "µs");
    table.beside("durable", sides.ours / n, "µs");
    table.beside("not durable", sides.theirs / n, "µs");
}

async fn install(host: &Host) -> Vec<ManagerName> {
    let mut names = Vec::new();
    for n in 0..MANAGERS {
        let spec = house::manager(&format!("m{n:05}"), InstanceMode::Resident);
        names.push(spec.name.clone());
        host.install(spec).await.unwrap();
    }
    names
}
