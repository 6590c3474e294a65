//! A host with a well-behaved manager on it, on which a hostile one appears.
//!
//! All of it runs on one thread, so that a guest that holds the thread holds up its neighbour, and the
//! test says so. The neighbour ticks for as long as anything is done with the hostile one: each of its
//! ticks must be `ok` and take no longer than [`NEIGHBOUR_WAITS`]; and what the process holds must not
//! have grown by more than [`MEMORY_GROWS`] in the end, not even for a moment.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tourbillon::clock::{Clock as _, SystemClock};
use tourbillon::engine::{Cache, CompileIn, Compiler, Engines, Loader};
use tourbillon::store::{MemoryStore, Store};
use tourbillon::ticker::{Host, HostOptions, InstallError, Installed};
use tourbillon::types::{
    CompileLimits, ComponentSource, HostLimits, InstanceLimits, ManagerName, ManagerSpec, Outcome,
    TickReport,
};

use crate::memory;
use crate::pieces;

/// The longest that the neighbour may be kept from finishing a tick, on a machine that has other things
/// to do.
pub(crate) const NEIGHBOUR_WAITS: Duration = Duration::from_millis(1_500);

/// The most that the process may grow by, at any moment. The largest thing that a guest of these tests
/// is granted has 64 MiB.
pub(crate) const MEMORY_GROWS: u64 = 128 << 20;

/// How often the neighbour ticks.
const PACE: Duration = Duration::from_millis(5);

/// A host, and the manager that stands beside each hostile one.
pub(crate) struct Stage {
    pub(crate) host: Host,
    neighbour: ManagerName,
    ticks: Cell<u64>,
    longest: Cell<Duration>,
    clock: Arc<SystemClock>,
    held_before: u64,
}

/// Limits under which compiling ends soon.
pub(crate) fn compile_limits() -> CompileLimits {
    CompileLimits { cpu: Duration::from_secs(5), ..CompileLimits::default() }
}

/// A name of the contract.
pub(crate) fn name(text: &str) -> ManagerName {
    ManagerName::new(text).unwrap()
}

/// A loader that compiles in the program that is tested.
pub(crate) fn loader(limits: CompileLimits) -> Loader {
    let engines = Engines::new(4, &InstanceLimits::default()).unwrap();
    let program = CompileIn::Program(PathBuf::from(env!("CARGO_BIN_EXE_tourbillon")));
    Loader::new(engines, Compiler::new(program, limits), Cache::none())
}

/// A host on a store.
pub(crate) fn host(store: Arc<dyn Store>, compile: CompileLimits) -> Host {
    let limits = HostLimits { compile: compile.clone(), ..HostLimits::default() };
    let clock = Arc::new(SystemClock::default());
    Host::new(HostOptions::new("stage", limits, store, clock, loader(compile))).unwrap()
}

impl Stage {
    /// A host with a neighbour that has ticked once.
    pub(crate) async fn new() -> Self {
        Self::compiling(compile_limits()).await
    }

    /// The same, with these limits for compiling.
    pub(crate) async fn compiling(compile: CompileLimits) -> Self {
        let host = host(Arc::new(MemoryStore::recording()), compile);
        let neighbour = name("neighbour");
        let bytes = ComponentSource::Bytes(pieces::component("neighbour"));
        host.install(ManagerSpec::new(neighbour.clone(), bytes)).await.unwrap();
        let stage = Self {
            host,
            neighbour,
            ticks: Cell::new(0),
            longest: Cell::new(Duration::ZERO),
            clock: Arc::new(SystemClock::default()),
            held_before: memory::held(),
        };
        stage.tick_neighbour().await;
        stage
    }

    /// Installs a hostile manager, or is refused.
    pub(crate) async fn install(&self, spec: ManagerSpec) -> Result<Installed, InstallError> {
        self.beside(self.host.install(spec)).await
    }

    /// Ticks a hostile manager.
    pub(crate) async fn tick(&self, hostile: &ManagerName) -> Arc<TickReport> {
        let report = self.beside(self.host.tick(hostile)).await.unwrap();
        for task in &report.tasks {
            check_texts(task.reason.iter().map(String::as_str));
            let run = task.run.iter();
            check_texts(
                run.flat_map(|run| [&run.error, &run.detail]).flatten().map(String::as_str),
            );
        }
        report
    }

    /// Does something while the neighbour ticks.
    pub(crate) async fn beside<T>(&self, hostile: impl Future<Output = T>) -> T {
        let ended = Cell::new(false);
        let begun = self.clock.monotonic();
        let hostile = async {
            let value = hostile.await;
            ended.set(true);
            value
        };
        let neighbour = async {
            let mut pace = interval(PACE);
            pace.set_missed_tick_behavior(MissedTickBehavior::Skip);
            let mut last = begun;
            loop {
                pace.tick().await;
                self.tick_neighbour().await;
                let now = self.clock.monotonic();
                self.longest.set(self.longest.get().max(now.saturating_sub(last)));
                last = now;
                if ended.get() {
                    return;
                }
            }
        };
        futures::future::join(hostile, neighbour).await.0
    }

    async fn tick_neighbour(&self) {
        let report = self.host.tick(&self.neighbour).await.unwrap();
        self.ticks.set(self.ticks.get() + 1);
        let outcomes: Vec<_> = report.tasks.iter().map(|task| task.outcome).collect();
        assert_eq!(outcomes, [Outcome::Ok], "the neighbour: {report:?}");
        assert_eq!(report.tick.get(), self.ticks.get(), "the neighbour missed a tick");
    }

    /// The host is alive, the neighbour unharmed, and nothing has grown.
    pub(crate) async fn end(self) {
        self.tick_neighbour().await;
        let status = self.host.status();
        let neighbour = status.iter().find(|m| m.name == self.neighbour).unwrap();
        let ok = neighbour.totals.get(Outcome::Ok);
        assert_eq!(ok, self.ticks.get(), "the neighbour's totals: {neighbour:?}");
        assert_eq!((neighbour.totals.sum(), neighbour.gaps), (ok, 0), "{neighbour:?}");
        let longest = self.longest.get();
        assert!(longest < NEIGHBOUR_WAITS, "the neighbour was kept waiting for {longest:?}");
        let grown = memory::most_held().saturating_sub(self.held_before);
        assert!(grown < MEMORY_GROWS, "the process grew by {} MiB", grown >> 20);
        self.host.close().await.unwrap();
    }
}

/// The words of a refusal. The host may use several lines; a guest's words never begin one.
pub(crate) fn words(error: &InstallError) -> String {
    let text = error.to_string();
    check_texts(text.lines());
    text
}

/// What a guest had a hand in is short, on one line, and harmless where it is printed.
pub(crate) fn check_texts<'a>(texts: impl Iterator<Item = &'a str>) {
    for text in texts {
        assert!(text.len() <= 9_000, "{} bytes: {text:.100}", text.len());
        let bidi = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!text.chars().any(|c| c.is_control() || bidi(c)), "{text:?}");
    }
}
