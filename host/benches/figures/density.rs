//! 10,000 resident heartbeats in one process, each called at least once: what memory each takes, page
//! tables and the host's records included. Runs in a process of its own, so that nothing else counts.

use std::process::Command;
use std::sync::Arc;

use tourbillon::store::MemoryStore;
use tourbillon::types::{HostLimits, InstanceMode};

use crate::house;
use crate::table::Table;

/// Asks this program to be that process.
pub(crate) const CHILD: &str = "--density";

pub(crate) fn measure(table: &mut Table) {
    let child = Command::new(std::env::current_exe().unwrap()).arg(CHILD).output().unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success(), "{said}{}", String::from_utf8_lossy(&child.stderr));
    let mut lines = said.lines();
    let mut figure = || lines.next().unwrap().parse::<f64>().unwrap();
    let (rss, page_tables, mappings) = (figure(), figure(), figure());
    table.at_most("10,000 resident heartbeats, VmRSS + VmPTE each", rss + page_tables, 48.0, "KiB");
    table.beside("VmRSS", rss, "KiB");
    table.beside("VmPTE", page_tables, "KiB");
    table.beside("memory mappings", mappings, "");
    println!("  one more is refused: {}", lines.next().unwrap());
}

/// The other process: prints what it measured.
pub(crate) fn child() {
    let runtime = house::runtime(1);
    runtime.block_on(async {
        let limits = HostLimits::default();
        let most = limits.instances;
        let host = house::host(Arc::new(MemoryStore::recording()), limits);
        // What the first one costs is the program's: engine, compiled code, allocator.
        let spec = |n: u32| house::manager(&format!("m{n:05}"), InstanceMode::Resident);
        install_and_tick(&host, spec(0)).await;
        let before = memory();
        for n in 1..most {
            install_and_tick(&host, spec(n)).await;
        }
        let after = memory();
        for (before, after) in before.iter().zip(after) {
            println!("{}", (after - before) / f64::from(most - 1));
        }
        println!("{}", host.install(spec(most)).await.unwrap_err());
    });
}

async fn install_and_tick(host: &tourbillon::ticker::Host, spec: tourbillon::types::ManagerSpec) {
    let name = spec.name.clone();
    host.install(spec).await.unwrap();
    assert!(!host.tick(&name).await.unwrap().failed());
}

/// `VmRSS` and `VmPTE` in KiB, and the number of mappings.
pub(crate) fn memory() -> [f64; 3] {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let field = |name: &str| -> f64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim_matches([':', '\t', ' ']).trim_end_matches(" kB").trim().parse().unwrap()
    };
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap().lines().count();
    [field("VmRSS"), field("VmPTE"), maps as f64]
}
