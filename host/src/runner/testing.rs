//! Managers written in WebAssembly text, for tests: one closure-like body for each task, and
//! everything around it that the component model wants.
//!
//! A body is a sequence of instructions that leaves nothing on the stack; it may use the locals
//! `$id $id_len $task $task_len` (i32), `$tick $at` (i64), `$i $j` (i32) and `$n` (i64), call
//! `$skip` and `$fail`, and what it imported. A body that does neither returns `ok(none)`.
//! Addresses below 1 KiB are the bodies' own from 256 on; texts lie from 1 KiB, what the host hands
//! over from 32 KiB.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use wasmtime::component::Component;
use wasmtime::{Config, Engine};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::{Guest, GuestParts, Instance, RunCall, RunResult};
use crate::capabilities::testing::Bench;
use crate::capabilities::{Capability, Shared, linker};
use crate::types::{InstanceMode, RunId, TaskName, Tick, Trigger};

/// A manager, as text.
#[derive(Clone)]
pub(crate) struct Wat {
    imports: String,
    functions: String,
    init: String,
    declaring: String,
    start: String,
    pages: u32,
    tasks: Vec<TaskWat>,
    texts: Vec<u8>,
}

#[derive(Clone)]
struct TaskWat {
    name: String,
    ticks_between_runs: u32,
    run_immediately: bool,
    body: String,
}

impl Wat {
    /// A manager without tasks.
    pub(crate) fn new() -> Self {
        Self {
            imports: String::new(),
            functions: String::new(),
            init: String::new(),
            declaring: String::new(),
            start: String::new(),
            pages: 1,
            tasks: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// A manager with one task, `t`, that runs on every tick.
    pub(crate) fn one(body: &str) -> Self {
        Self::new().task("t", 0, body)
    }

    /// Adds a task; with N = 0 it runs on every tick, else first at tick N+1.
    pub(crate) fn task(mut self, name: &str, ticks_between_runs: u32, body: &str) -> Self {
        self.tasks.push(TaskWat {
            name: name.to_owned(),
            ticks_between_runs,
            run_immediately: false,
            body: body.to_owned(),
        });
        self
    }

    /// Imports a function: `import("tourbillon:manager/context@0.1.0", "fence", "$fence (result
    /// i64)")`.
    pub(crate) fn import(mut self, interface: &str, name: &str, func: &str) -> Self {
        writeln!(self.imports, "(import \"{interface}\" \"{name}\" (func {func}))").unwrap();
        self
    }

    /// Adds a function, a global or a table.
    pub(crate) fn define(mut self, text: &str) -> Self {
        self.functions.push_str(text);
        self
    }

    /// The body of `init-host`; it may call `$refuse` with a text.
    pub(crate) fn init(mut self, body: &str) -> Self {
        body.clone_into(&mut self.init);
        self
    }

    /// What `periodic-tasks` does before it answers.
    pub(crate) fn declaring(mut self, body: &str) -> Self {
        body.clone_into(&mut self.declaring);
        self
    }

    /// What the start function does.
    pub(crate) fn start(mut self, body: &str) -> Self {
        body.clone_into(&mut self.start);
        self
    }

    /// The initial memory, in pages of 64 KiB.
    pub(crate) fn pages(mut self, pages: u32) -> Self {
        self.pages = pages;
        self
    }

    /// Puts a text into memory; the answer is its address and its length, as two instructions.
    pub(crate) fn text(&mut self, text: &str) -> String {
        let at = 1_024 + self.texts.len();
        self.texts.extend_from_slice(text.as_bytes());
        assert!(at + text.len() <= 24_576, "too much text");
        format!("(i32.const {at}) (i32.const {})", text.len())
    }

    /// The component.
    pub(crate) fn build(mut self) -> Vec<u8> {
        let (tasks, run) = self.tables();
        let (data, table) = (escaped(&self.texts), escaped(&tasks));
        let count = self.tasks.len();
        let Self { imports, functions, init, declaring, start, pages, .. } = &self;
        let wat = format!(
            r#"(module {imports}
            (memory (export "memory") {pages})
            (global $heap (mut i32) (i32.const 32768))
            (data (i32.const 1024) "{data}")
            (data (i32.const 24576) "{table}")
            {functions}
            (func $start {start}) (start $start)
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
              (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
              (global.set $heap (i32.add (local.get $at) (local.get 3)))
              (if (i32.gt_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536)))
                (then (drop (memory.grow (i32.add (i32.div_u (local.get 3) (i32.const 65536)) (i32.const 1))))))
              (local.get $at))
            (func $eq (param $a i32) (param $al i32) (param $b i32) (param $bl i32) (result i32)
              (if (i32.ne (local.get $al) (local.get $bl)) (then (return (i32.const 0))))
              (block $done (loop $next
                (br_if $done (i32.eqz (local.get $al)))
                (local.set $al (i32.sub (local.get $al) (i32.const 1)))
                (if (i32.ne (i32.load8_u (i32.add (local.get $a) (local.get $al)))
                            (i32.load8_u (i32.add (local.get $b) (local.get $al))))
                  (then (return (i32.const 0))))
                (br $next)))
              (i32.const 1))
            (func $skip (param i32)
              (i32.store8 (i32.const 20) (i32.const 1)) (i32.store (i32.const 24) (local.get 0)))
            (func $fail (param i32 i32)
              (i32.store8 (i32.const 16) (i32.const 1)) (i32.store (i32.const 20) (local.get 0))
              (i32.store (i32.const 24) (local.get 1)) (i32.store (i32.const 28) (i32.const 0)))
            (func $fail_and_skip (param i32 i32 i32)
              (call $fail (local.get 0) (local.get 1))
              (i32.store8 (i32.const 28) (i32.const 1)) (i32.store (i32.const 32) (local.get 2)))
            (func $refuse (param i32 i32)
              (i32.store8 (i32.const 48) (i32.const 1)) (i32.store (i32.const 52) (local.get 0))
              (i32.store (i32.const 56) (local.get 1)))
            (func (export "tourbillon:manager/lifecycle@0.1.0#init-host")
              (param $host i32) (param $host_len i32) (result i32) (local $i i32) (local $j i32) (local $n i64)
              (i32.store8 (i32.const 48) (i32.const 0))
              {init}
              (global.set $heap (i32.const 32768))
              (i32.const 48))
            (func (export "tourbillon:manager/lifecycle@0.1.0#periodic-tasks") (result i32)
              (local $i i32) (local $j i32) (local $n i64)
              {declaring}
              (i32.store (i32.const 64) (i32.const 24576)) (i32.store (i32.const 68) (i32.const {count}))
              (i32.const 64))
            (func $run (export "tourbillon:manager/lifecycle@0.1.0#run-periodic-task")
              (param $id i32) (param $id_len i32) (param $task i32) (param $task_len i32)
              (param $tick i64) (param $at i64) (result i32)
              (local $i i32) (local $j i32) (local $n i64)
              (memory.fill (i32.const 16) (i32.const 0) (i32.const 20))
              {run}
              (global.set $heap (i32.const 32768))
              (i32.const 16))
            (func (export "tourbillon:manager/lifecycle@0.1.0#service-version") (result i32)
              (i32.store (i32.const 72) (i32.const 84)) (i32.store (i32.const 76) (i32.const 3))
              (i32.store (i32.const 84) (i32.const 0x332e31))
              (i32.const 72))
            (func (export "tourbillon:manager/lifecycle@0.1.0#service-config") (result i32)
              (i32.store (i32.const 96) (i32.const 104)) (i32.store (i32.const 100) (i32.const 1))
              (i32.store (i32.const 104) (i32.const 120)) (i32.store (i32.const 108) (i32.const 1))
              (i32.store (i32.const 112) (i32.const 121)) (i32.store (i32.const 116) (i32.const 2))
              (i32.store (i32.const 120) (i32.const 0x0a626b))
              (i32.const 96))
          )"#
        );
        componentize(&wat)
    }

    /// The records that `periodic-tasks` returns, and the dispatch over the tasks' bodies.
    fn tables(&mut self) -> (Vec<u8>, String) {
        let (mut records, mut run) = (Vec::new(), String::new());
        for task in self.tasks.clone() {
            let at = u32::try_from(1_024 + self.texts.len()).unwrap();
            let name = self.text(&task.name);
            let len = u32::try_from(task.name.len()).unwrap();
            for word in [at, len, task.ticks_between_runs, u32::from(task.run_immediately), at, len]
            {
                records.extend_from_slice(&word.to_le_bytes());
            }
            let eq = format!("(call $eq (local.get $task) (local.get $task_len) {name})");
            writeln!(run, "(if {eq} (then {}))", task.body).unwrap();
        }
        assert!(records.len() < 8_192, "too many tasks");
        (records, run)
    }
}

/// Bytes as they are written in a text of WebAssembly.
fn escaped(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("\\{byte:02x}"))
}

/// Wraps a core module into a component of the world `manager`.
pub(crate) fn componentize(wat: &str) -> Vec<u8> {
    static WORLD: OnceLock<(Resolve, wit_parser::WorldId)> = OnceLock::new();
    let (resolve, world) = WORLD.get_or_init(|| {
        let mut resolve = Resolve::default();
        let (package, _) =
            resolve.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../wit")).unwrap();
        let world = resolve.select_world(&[package], Some("manager")).unwrap();
        (resolve, world)
    });
    let mut module = wat::parse_str(wat).unwrap_or_else(|error| panic!("{error}\n{wat}"));
    embed_component_metadata(&mut module, resolve, *world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}

/// The engine of tests; a thread bumps its epoch each millisecond.
pub(crate) fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let mut config = Config::new();
        config.consume_fuel(true).epoch_interruption(true).gc_support(false);
        let engine = Engine::new(&config).unwrap();
        let beaten = engine.clone();
        std::thread::spawn(move || {
            loop {
                std::thread::park_timeout(Duration::from_millis(1));
                beaten.increment_epoch();
            }
        });
        engine
    })
}

/// Loads a manager.
pub(crate) fn guest(bench: &Bench, component: &[u8]) -> Guest {
    guest_with(bench, component, vec![])
}

/// Loads a manager that has capabilities of an embedder.
pub(crate) fn guest_with(
    bench: &Bench,
    component: &[u8],
    capabilities: Vec<Arc<dyn Capability>>,
) -> Guest {
    guest_of(bench.shared(), component, capabilities)
}

/// Loads a manager into surroundings that the bench does not know.
pub(crate) fn guest_of(
    shared: Arc<Shared>,
    component: &[u8],
    capabilities: Vec<Arc<dyn Capability>>,
) -> Guest {
    let component = Component::new(engine(), component).unwrap();
    let linker = linker(engine(), &capabilities).unwrap();
    let parts = GuestParts { shared, mode: InstanceMode::Resident, capabilities };
    Guest::new(&component, &linker, parts).unwrap()
}

/// A loaded manager with an instance that came through `init-host`.
pub(crate) async fn instance(bench: &Bench, wat: Wat) -> Instance {
    guest(bench, &wat.build()).start(bench.store.usage()).await.unwrap().0
}

/// Runs task `t` of manager `m` once, under the limits of the bench.
pub(crate) async fn run(instance: &mut Instance, bench: &Bench, tick: u64) -> RunResult {
    let task = TaskName::new("t").unwrap();
    let tick = Tick::new(tick);
    let id = RunId::new(&bench.identity.manager, &task, tick, None);
    let call = RunCall {
        id: &id,
        task: &task,
        tick,
        at_ms: 1_000_000,
        attempt: 1,
        trigger: Trigger::Schedule,
        missed_before: 4,
        limits: &bench.limits.run,
        usage: bench.store.usage(),
    };
    instance.run(call).await
}
