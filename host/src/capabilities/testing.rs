//! A bench on which host functions are tested without a guest: a state, a store of pairs that can
//! fail, a clock that moves when told, and the lines that reach the log.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures::FutureExt as _;
use futures::future::{BoxFuture, ready};

use super::{Entry, GuestState, Identity, RunFacts, Shared};
use crate::clock::SimulatedClock;
use crate::store::{
    Commit, HistoryQuery, HistoryRow, Install, ManagerRecord, Span, Store, StoreError, StoreResult,
    Usage,
};
use crate::types::{Fence, Limits, ManagerName, RunId, TaskName, Tick, Trigger};

/// The result of a future that must not wait.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(future)
}

/// What is logged meanwhile on this thread, without times and colours.
pub(crate) fn logged(act: impl FnOnce()) -> Vec<String> {
    let written = Written::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("guest=trace")
        .with_ansi(false)
        .without_time()
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, act);
    let bytes = written.0.lock().unwrap().clone();
    let text = String::from_utf8(bytes).unwrap();
    text.lines().filter(|line| line.contains(" guest: ")).map(str::to_owned).collect()
}

#[derive(Debug, Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Everything that a [`GuestState`] is made from.
pub(crate) struct Bench {
    pub(crate) identity: Identity,
    pub(crate) limits: Limits,
    pub(crate) store: Arc<Pairs>,
    pub(crate) clock: Arc<SimulatedClock>,
    wasi: bool,
    id: RunId,
    task: TaskName,
}

impl Bench {
    /// Manager `m` with task `t` at tick 1, and default limits.
    pub(crate) fn new() -> Self {
        let (manager, task) = (ManagerName::new("m").unwrap(), TaskName::new("t").unwrap());
        Self {
            id: RunId::new(&manager, &task, Tick::new(1), None),
            task,
            identity: Identity {
                manager,
                host: "node-1".to_owned(),
                fence: Fence::new(3),
                config: BTreeMap::new(),
                environment: BTreeMap::new(),
                seed: None,
            },
            limits: Limits::default(),
            store: Arc::default(),
            clock: Arc::new(SimulatedClock::new(1_000_000)),
            wasi: false,
        }
    }

    pub(crate) fn with_wasi() -> Self {
        Self { wasi: true, ..Self::new() }
    }

    /// With pairs that are committed.
    pub(crate) fn holding(self, pairs: &[(&str, &str)]) -> Self {
        self.store.put(pairs);
        self
    }

    pub(crate) fn run_of(&mut self, manager: &str, task: &str, tick: u64) {
        self.identity.manager = ManagerName::new(manager).unwrap();
        self.task = TaskName::new(task).unwrap();
        self.id = RunId::new(&self.identity.manager, &self.task, Tick::new(tick), None);
    }

    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::new(Shared {
            identity: self.identity.clone(),
            limits: self.limits.clone(),
            store: Arc::clone(&self.store) as Arc<dyn Store>,
            clock: Arc::clone(&self.clock) as Arc<dyn crate::clock::Clock>,
            last_words: crate::capabilities::LastWords::default(),
        })
    }

    /// A state outside a run, as in `init-host`.
    pub(crate) fn state(&self) -> GuestState {
        let mut state = GuestState::new(self.shared(), self.wasi);
        state.begin(Entry::Init, &self.limits.run, self.store.usage());
        state
    }

    /// A state in a run.
    pub(crate) fn running(&self) -> GuestState {
        let mut state = self.state();
        self.begin(&mut state);
        state
    }

    pub(crate) fn begin(&self, state: &mut GuestState) {
        let facts = RunFacts {
            id: &self.id,
            task: &self.task,
            attempt: 1,
            trigger: Trigger::Schedule,
            missed_before: 0,
        };
        state.begin(Entry::Run(facts), &self.limits.run, self.store.usage());
    }
}

/// A store that answers reads of one bucket, and fails when it is told to.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
    failing: AtomicBool,
    values_read: AtomicUsize,
}

impl Pairs {
    pub(crate) fn put(&self, pairs: &[(&str, &str)]) {
        let mut held = self.kept.lock().unwrap();
        held.extend(pairs.iter().map(|(k, v)| ((*k).to_owned(), v.as_bytes().to_vec())));
    }

    pub(crate) fn fail(&self, failing: bool) {
        self.failing.store(failing, Ordering::Relaxed);
    }

    /// How many values were read, as against their lengths.
    pub(crate) fn values_read(&self) -> usize {
        self.values_read.load(Ordering::Relaxed)
    }

    pub(crate) fn usage(&self) -> Usage {
        let held = self.kept.lock().unwrap();
        let bytes = held.iter().map(|(k, v)| (k.len() + v.len()) as u64).sum();
        Usage { bytes, keys: held.len() as u64 }
    }

    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&BTreeMap<String, Vec<u8>>) -> T,
    ) -> BoxFuture<'_, StoreResult<T>> {
        let answer = if self.failing.load(Ordering::Relaxed) {
            Err(StoreError::Read("told to fail".to_owned()))
        } else {
            Ok(read(&self.kept.lock().unwrap()))
        };
        ready(answer).boxed()
    }
}

fn not_here<T: Send + 'static>() -> BoxFuture<'static, StoreResult<T>> {
    ready(Err(StoreError::Refused("a guest only reads".to_owned()))).boxed()
}

impl Store for Pairs {
    fn fence(&self) -> Fence {
        Fence::new(3)
    }

    fn keeps_records(&self) -> bool {
        false
    }

    fn commit(&self, _: Vec<Commit>) -> BoxFuture<'_, StoreResult<()>> {
        not_here()
    }

    fn install(&self, _: Install) -> BoxFuture<'_, StoreResult<()>> {
        not_here()
    }

    fn remove(&self, _: ManagerName) -> BoxFuture<'_, StoreResult<()>> {
        not_here()
    }

    fn managers(&self) -> BoxFuture<'_, StoreResult<Vec<ManagerName>>> {
        not_here()
    }

    fn load(&self, _: ManagerName) -> BoxFuture<'_, StoreResult<Option<ManagerRecord>>> {
        not_here()
    }

    fn get(
        &self,
        _: ManagerName,
        bucket: String,
        key: String,
    ) -> BoxFuture<'_, StoreResult<Option<Vec<u8>>>> {
        assert_eq!(bucket, "default");
        self.values_read.fetch_add(1, Ordering::Relaxed);
        self.read(|pairs| pairs.get(&key).cloned())
    }

    fn length(
        &self,
        _: ManagerName,
        bucket: String,
        key: String,
    ) -> BoxFuture<'_, StoreResult<Option<u64>>> {
        assert_eq!(bucket, "default");
        self.read(|pairs| pairs.get(&key).map(|value| value.len() as u64))
    }

    fn keys(&self, _: ManagerName, bucket: String) -> BoxFuture<'_, StoreResult<Vec<String>>> {
        assert_eq!(bucket, "default");
        self.read(|pairs| pairs.keys().cloned().collect())
    }

    fn history(&self, _: HistoryQuery) -> BoxFuture<'_, StoreResult<Vec<HistoryRow>>> {
        not_here()
    }

    fn spans(&self, _: ManagerName, _: u32) -> BoxFuture<'_, StoreResult<Vec<Span>>> {
        not_here()
    }

    fn reopen(&self) -> BoxFuture<'_, StoreResult<()>> {
        not_here()
    }
}
