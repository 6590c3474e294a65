//! The raw side: the same guest in wasmtime alone, as somebody would embed it who wants fuel and epochs
//! and nothing else.

use wasmtime::component::{Component, Instance, Linker};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};

mod generated {
    #![allow(missing_docs, clippy::pedantic, reason = "generated from wit/")]

    wasmtime::component::bindgen!({
        path: "../wit",
        world: "manager",
        exports: { default: async },
    });
}

use generated::exports::tourbillon::manager::lifecycle::Run;
use generated::{Manager, ManagerPre};

/// Fuel for each call: the host's default.
pub(crate) const FUEL: u64 = 100_000_000;

/// How a memory gets there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Memory {
    OnDemand,
    /// A pool that keeps 64 KiB of each memory resident: the best setting for small guests.
    Pooled,
}

/// A component in an engine of its own.
pub(crate) struct Alone {
    engine: Engine,
    pre: ManagerPre<()>,
}

/// One instance of it.
pub(crate) struct Raw {
    store: Store<()>,
    manager: Manager,
}

impl Alone {
    pub(crate) fn new(component: &[u8], memory: Memory) -> Self {
        let mut config = Config::new();
        config
            .consume_fuel(true)
            .epoch_interruption(true)
            .concurrency_support(false)
            .gc_support(false);
        if memory == Memory::Pooled {
            let mut pool = PoolingAllocationConfig::new();
            pool.linear_memory_keep_resident(64 << 10).table_keep_resident(64 << 10);
            config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        }
        let engine = Engine::new(&config).unwrap();
        let component = Component::new(&engine, component).unwrap();
        let mut linker = Linker::new(&engine);
        linker.define_unknown_imports_as_traps(&component).unwrap();
        let pre = ManagerPre::new(linker.instantiate_pre(&component).unwrap()).unwrap();
        Self { engine, pre }
    }

    /// A fresh instance.
    pub(crate) async fn instance(&self) -> Raw {
        let mut store = self.store();
        let manager = self.pre.instantiate_async(&mut store).await.unwrap();
        Raw { store, manager }
    }

    /// The same for whoever brings bindings of its own.
    pub(crate) async fn parts(&self) -> (Store<()>, Instance) {
        let mut store = self.store();
        let instance = self.pre.instance_pre().instantiate_async(&mut store).await.unwrap();
        (store, instance)
    }

    fn store(&self) -> Store<()> {
        let mut store = Store::new(&self.engine, ());
        store.epoch_deadline_async_yield_and_update(1);
        store.set_fuel(FUEL).unwrap();
        store.set_epoch_deadline(1);
        store
    }
}

impl Raw {
    pub(crate) async fn init(&mut self) {
        let lifecycle = self.manager.tourbillon_manager_lifecycle();
        lifecycle.call_init_host(&mut self.store, "bench").await.unwrap().unwrap();
    }

    /// The same call with the same strings, guards armed anew.
    pub(crate) async fn run(&mut self, tick: u32) {
        self.store.set_fuel(FUEL).unwrap();
        self.store.set_epoch_deadline(1);
        let run = Run {
            id: "heartbeat/beat/1000000".to_owned(),
            task: "beat".to_owned(),
            tick: u64::from(tick) + 1_000_000,
            scheduled_at_ms: 1_795_000_000_000,
        };
        let lifecycle = self.manager.tourbillon_manager_lifecycle();
        let answer = lifecycle.call_run_periodic_task(&mut self.store, &run).await.unwrap();
        assert!(answer.is_ok());
    }
}
