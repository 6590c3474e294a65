//! Eight guests that spin, on two threads: how late a neighbour comes into its guest.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tourbillon::capabilities::{Capability, GuestState};
use tourbillon::clock::SystemClock;
use tourbillon::engine::{Cache, CompileIn, Compiler, Engines, Loader};
use tourbillon::store::MemoryStore;
use tourbillon::ticker::{Host, HostOptions};
use tourbillon::types::{ComponentSource, Fuel, HostLimits, InstanceLimits, ManagerSpec};

use crate::house;
use crate::pieces;
use crate::table::Table;
use crate::timing::p99;

const SPINNERS: u32 = 8;
const CORES: u32 = 2;

/// The neighbour's interval.
const INTERVAL: Duration = Duration::from_millis(5);

/// How long the spinners spin, and how long is measured without and with them.
const SPIN: Duration = Duration::from_secs(14);
const QUIET: Duration = Duration::from_secs(2);
const LOUD: Duration = Duration::from_secs(10);

const PROBE: &str = "bench:probe/probe@0.1.0";

/// Notes when its guest comes in.
#[derive(Default)]
struct Probe(Arc<Mutex<Vec<Instant>>>);

impl Capability for Probe {
    fn interfaces(&self) -> Vec<&str> {
        vec![PROBE]
    }

    fn add_to_linker(
        &self,
        linker: &mut wasmtime::component::Linker<GuestState>,
    ) -> wasmtime::Result<()> {
        let seen = Arc::clone(&self.0);
        linker.instance(PROBE)?.func_wrap(
            "here",
            move |mut store: wasmtime::StoreContextMut<'_, GuestState>, (): ()| {
                store.data_mut().host_call(0)?;
                seen.lock().unwrap().push(Instant::now());
                Ok(())
            },
        )
    }
}

pub(crate) fn measure(table: &mut Table) {
    let seen: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let runtime = house::runtime(1);
    runtime.block_on(async {
        let host = host(Probe(Arc::clone(&seen)));
        host.install(neighbour()).await.unwrap();
        let quiet = async {
            tokio::time::sleep(QUIET).await;
            for n in 0..SPINNERS {
                host.install(spinner(n)).await.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
            let from = Instant::now();
            tokio::time::sleep(LOUD).await;
            (from, Instant::now())
        };
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let (ran, ()) = tokio::join!(
            host.run(CORES as usize, async {
                drop(ended.await);
            }),
            async {
                let (from, to) = quiet.await;
                print(table, &seen.lock().unwrap(), from, to);
                drop(end);
            }
        );
        ran.unwrap();
    });
}

fn print(table: &mut Table, seen: &[Instant], from: Instant, to: Instant) {
    // The driver beats on a fixed grid. Where it lies, the earliest entry says, of a time without
    // spinners: what that one was late itself, some 100 µs, is not seen.
    let origin = seen[0];
    let late = |at: &Instant| at.duration_since(origin).as_nanos() % INTERVAL.as_nanos();
    let quiet: Vec<_> = seen.iter().filter(|at| **at + Duration::from_millis(600) < from).collect();
    let half = INTERVAL.as_nanos() / 2;
    let shifted = |at: &Instant| (late(at) + half) % INTERVAL.as_nanos();
    let grid = quiet.iter().map(|at| shifted(at)).min().unwrap();
    let loud: Vec<_> = seen.iter().filter(|at| (from..to).contains(at)).collect();
    let lateness = |at: &&Instant| {
        let late = (shifted(at) + INTERVAL.as_nanos() - grid) % INTERVAL.as_nanos();
        late as f64 / 1e6
    };
    let late: Vec<f64> = loud.iter().map(lateness).collect();
    let expected = LOUD.as_nanos() / INTERVAL.as_nanos();
    let bound = f64::from(SPINNERS / CORES + 2) + 2.0;
    table.at_most(
        "8 spinning guests, 2 cores: a neighbour's p99 lateness",
        p99(late.clone()),
        bound,
        "ms",
    );
    table.beside("median", crate::timing::median(late), "ms");
    table.beside("ticks without a run, of all", 1.0 - loud.len() as f64 / expected as f64, "");
}

fn host(probe: Probe) -> Host {
    let limits = HostLimits::default();
    let engines = Engines::new(64, &InstanceLimits::default()).unwrap();
    let compiler = Compiler::new(CompileIn::ThisProcess, limits.compile.clone());
    let loader = Loader::new(engines, compiler, Cache::none());
    let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(SystemClock::default()));
    let mut options = HostOptions::new("bench", limits, store, clock, loader);
    options.capabilities.push(Arc::new(probe));
    Host::new(options).unwrap()
}

/// Says that it is in, and nothing else.
const NEIGHBOUR: &str = r#"
(component
  ;;@types
  ;;@memory
  (import "bench:probe/probe@0.1.0" (instance $probe (export "here" (func))))
  (core func $here (canon lower (func $probe "here")))
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "probe" "here" (func $here))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $here)
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "probe" (instance (export "here" (func $here))))))
  ;;@lifecycle
)"#;

fn neighbour() -> ManagerSpec {
    let component = ComponentSource::Bytes(pieces::encode("neighbour", NEIGHBOUR));
    let mut spec = ManagerSpec::new(house::name("neighbour"), component);
    spec.interval = INTERVAL;
    spec.grants.interfaces.insert(PROBE.to_owned());
    spec
}

fn spinner(n: u32) -> ManagerSpec {
    let component = ComponentSource::Bytes(pieces::component("loop-in-task"));
    let mut spec = ManagerSpec::new(house::name(&format!("spinner-{n}")), component);
    spec.interval = Duration::from_millis(100);
    spec.limits.run.timeout = SPIN;
    spec.limits.run.fuel = Fuel::new(u64::MAX / 4);
    spec
}
