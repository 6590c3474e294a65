//! What the host holds for one instance: the `T` of its wasmtime store.
//!
//! Some of it belongs to the instance (its handles, its limiter), some to the run in progress (what
//! it may use, what it wrote, what it logged): [`GuestState::begin`] sets the latter anew, and
//! [`GuestState::finish`] hands it out. Neither knows how a run ends: whether what was written is
//! kept is decided outside (S17).

use std::collections::BTreeMap;
use std::sync::Arc;

use wasmtime::component::ResourceTable;

use super::extensions::Extensions;
use super::keyvalue::Buffer;
use super::logging::{Allowance, LastWords};
use super::meter::{Exceeded, Meter};
use super::wasi::{Time, Wasi};
use crate::clock::Clock;
use crate::engine::Limiter;
use crate::store::{Store, Usage, Write};
use crate::types::{Fence, Limits, ManagerName, RunId, RunLimits, TaskName, Trigger, millis};

/// Who a guest is, and what it was loaded with: the same for all instances of a manager.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The manager's name.
    pub manager: ManagerName,
    /// The name of the host.
    pub host: String,
    /// The host's fencing number.
    pub fence: Fence,
    /// What `wasi:config/store` answers.
    pub config: BTreeMap<String, String>,
    /// What `wasi:cli/environment` answers.
    pub environment: BTreeMap<String, String>,
    /// Given where the whole run is simulated (S20): randomness then follows from it, the manager
    /// and the run, and sleeping moves a guest's clock instead of waiting.
    pub seed: Option<u64>,
}

/// What all instances of a manager share.
pub struct Shared {
    /// Who they are.
    pub identity: Identity,
    /// What they may use; a run may have other limits.
    pub limits: Limits,
    /// Where committed values are read.
    pub store: Arc<dyn Store>,
    /// The time that they are told, and by which they are billed.
    pub clock: Arc<dyn Clock>,
    /// What was said last by one that was asked about itself.
    pub last_words: LastWords,
}

/// Why a guest is entered.
#[derive(Debug, Clone, Copy)]
pub enum Entry<'a> {
    /// To ask for its tasks, or for what it says about itself: the store is refused.
    Declare,
    /// To instantiate it and call `init-host`.
    Init,
    /// To run a task.
    Run(RunFacts<'a>),
}

/// What a run is told about itself (S21).
#[derive(Debug, Clone, Copy)]
pub struct RunFacts<'a> {
    /// Its identity.
    pub id: &'a RunId,
    /// The task.
    pub task: &'a TaskName,
    /// 1, or 2 for a repeated run.
    pub attempt: u32,
    /// What started it.
    pub trigger: Trigger,
    /// Ticks missed directly before this one.
    pub missed_before: u64,
}

/// What a run did to the world outside its instance.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Effects {
    /// What it wrote, in the order of the keys.
    pub writes: Vec<Write>,
    /// What the manager's buckets hold once `writes` are committed.
    pub usage: Usage,
    /// Imported calls, dropped log lines included.
    pub host_calls: u64,
    /// Log lines dropped because the run was over its allowance.
    pub logs_dropped: u64,
    /// The quota that it exceeded, if one.
    pub exceeded: Option<Exceeded>,
}

/// The run in progress. Its text is kept from run to run, so that a run allocates nothing here.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) task: Option<TaskName>,
    pub(crate) id: String,
    pub(crate) attempt: u32,
    pub(crate) trigger: Option<Trigger>,
    pub(crate) missed_before: u64,
    pub(crate) fuel: u64,
    pub(crate) time_limit_ms: u64,
    pub(crate) store_refused: bool,
}

impl Run {
    /// Whether a task is running, as against `init-host` and the like.
    pub(crate) const fn is_run(&self) -> bool {
        self.task.is_some()
    }

    /// Whether the component is asked about itself.
    pub(crate) const fn is_asked(&self) -> bool {
        self.store_refused
    }

    fn begin(&mut self, entry: Entry<'_>, limits: &RunLimits) {
        self.id.clear();
        self.store_refused = matches!(entry, Entry::Declare);
        if let Entry::Run(facts) = entry {
            self.id.push_str(facts.id.as_str());
            // Nearly always it is the one of the run before.
            if self.task.as_ref() != Some(facts.task) {
                self.task = Some(facts.task.clone());
            }
            self.attempt = facts.attempt;
            self.trigger = Some(facts.trigger);
            self.missed_before = facts.missed_before;
            self.fuel = limits.fuel.get();
            self.time_limit_ms = millis(limits.timeout);
        } else {
            *self = Self {
                id: std::mem::take(&mut self.id),
                store_refused: self.store_refused,
                ..Self::default()
            };
        }
    }
}

/// What the host holds for one instance.
pub struct GuestState {
    /// What the instance may hold.
    pub limiter: Limiter,
    /// Data of capabilities that an embedder brings.
    pub extensions: Extensions,
    pub(crate) meter: Meter,
    pub(crate) keyvalue: Buffer,
    pub(crate) log: Allowance,
    pub(crate) table: ResourceTable,
    pub(crate) wasi: Option<Box<Wasi>>,
    pub(crate) time: Arc<Time>,
    run: Run,
    shared: Arc<Shared>,
}

impl GuestState {
    /// The state of a new instance; `wasi` says whether its component imports any of the interfaces
    /// of WASI that keep something for each guest.
    pub fn new(shared: Arc<Shared>, wasi: bool) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(
            usize::try_from(shared.limits.instance.handles).unwrap_or(usize::MAX),
        );
        let time = Arc::new(Time::new(Arc::clone(&shared.clock), shared.identity.seed.is_some()));
        Self {
            limiter: Limiter::new(&shared.limits.instance),
            extensions: Extensions::default(),
            meter: Meter::default(),
            keyvalue: Buffer::default(),
            log: Allowance::default(),
            table,
            wasi: wasi.then(Box::default),
            time,
            run: Run::default(),
            shared,
        }
    }

    /// Sets everything that belongs to a run anew. `usage` is what the manager's buckets hold.
    pub fn begin(&mut self, entry: Entry<'_>, limits: &RunLimits, usage: Usage) {
        self.limiter.start_run();
        self.meter.begin(limits);
        self.keyvalue.begin(usage);
        self.log.begin(limits);
        self.run.begin(entry, limits);
        if let Some(wasi) = &mut self.wasi {
            wasi.begin();
        }
    }

    /// Hands out what the run did. Text without a line end is logged now.
    pub fn finish(&mut self) -> Effects {
        if self.wasi.is_some() {
            self.log_rest_of_stdio();
        }
        let logs_dropped = self.log.dropped();
        if logs_dropped > 0 {
            self.log_dropped(logs_dropped);
        }
        let (writes, usage) = self.keyvalue.take();
        Effects {
            writes,
            usage,
            host_calls: self.meter.calls(),
            logs_dropped,
            exceeded: self.meter.exceeded(),
        }
    }

    /// Counts one imported call that hands so many bytes over to the host. The first thing that
    /// every host function does, those of embedders included; `Err` must be passed on, for it ends
    /// the guest.
    pub fn host_call(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.meter.call(bytes)
    }

    /// Counts so many bytes of an answer that is costly to make; `Err` must be passed on.
    pub(crate) fn answered(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.meter.answered(bytes)
    }

    /// Counts so many bytes that were read of the store for the guest; `Err` must be passed on.
    pub(crate) fn read(&mut self, bytes: u64) -> wasmtime::Result<()> {
        self.meter.read(bytes)
    }

    /// Who the guest is.
    pub fn identity(&self) -> &Identity {
        &self.shared.identity
    }

    /// The tick and the task of the run in progress; `None` outside a run.
    pub fn in_run(&self) -> (Option<u64>, Option<&str>) {
        (RunId::tick_of(&self.run.id), self.run.task.as_ref().map(TaskName::as_str))
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub(crate) const fn run(&self) -> &Run {
        &self.run
    }
}
