//! Hosts as the figures need them, and the guest of all of them: `heartbeat`, a real one in Rust.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tourbillon::clock::SystemClock;
use tourbillon::engine::{Cache, CompileIn, Compiler, Engines, Loader};
use tourbillon::store::Store;
use tourbillon::ticker::{Host, HostOptions};
use tourbillon::types::{
    ComponentSource, HostLimits, InstanceLimits, InstanceMode, ManagerName, ManagerSpec,
};

/// Where the components of the examples are.
pub(crate) fn guest(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/guests");
    let directory = std::env::var_os("TOURBILLON_GUESTS").map_or(target, PathBuf::from);
    directory.join(format!("{name}.wasm"))
}

/// The guest: one task on every tick that does nothing.
pub(crate) fn heartbeat() -> Arc<[u8]> {
    static BYTES: OnceLock<Arc<[u8]>> = OnceLock::new();
    let read = || {
        let path = guest("heartbeat");
        let bytes = std::fs::read(&path);
        bytes.unwrap_or_else(|e| panic!("{}: {e}; run `cargo xtask guests`", path.display())).into()
    };
    Arc::clone(BYTES.get_or_init(read))
}

pub(crate) fn host(store: Arc<dyn Store>, limits: HostLimits) -> Host {
    let engines = Engines::new(64, &InstanceLimits::default()).unwrap();
    let compiler = Compiler::new(CompileIn::ThisProcess, limits.compile.clone());
    let loader = Loader::new(engines, compiler, Cache::none());
    let clock = Arc::new(SystemClock::default());
    Host::new(HostOptions::new("bench", limits, store, clock, loader)).unwrap()
}

pub(crate) fn name(name: &str) -> ManagerName {
    ManagerName::new(name).unwrap()
}

/// A heartbeat under a name.
pub(crate) fn manager(named: &str, mode: InstanceMode) -> ManagerSpec {
    let mut spec = ManagerSpec::new(name(named), ComponentSource::Bytes(heartbeat()));
    spec.mode = mode;
    spec.interval = Duration::from_secs(1);
    spec
}

/// Ticks a manager so many times, one after the other.
pub(crate) async fn tick(host: &Host, name: &ManagerName, n: u32) {
    for _ in 0..n {
        assert!(!host.tick(name).await.unwrap().failed());
    }
}

/// A runtime such as the host's own.
pub(crate) fn runtime(workers: usize) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .unwrap()
}
