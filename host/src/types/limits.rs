//! Every limit that the host knows, with its default and the reason for it.
//!
//! A limit that nobody enforces is a defect: `tourbillon check --self-test` exceeds each of these
//! with a guest and shows the outcome. `docs/limits.md` is the same list for people.

use std::time::Duration;

use super::{ByteSize, Fuel};

/// All limits of one manager; tasks may have [`RunLimits`] of their own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Limits {
    /// For each run.
    pub run: RunLimits,
    /// For each instance.
    pub instance: InstanceLimits,
    /// For what the manager keeps.
    pub store: StoreLimits,
    /// For loading it.
    pub load: LoadLimits,
}

/// What one run may use. Exceeding one ends the run, but for the logs: there lines are dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct RunLimits {
    /// Fuel. Outcome `out-of-fuel`.
    pub fuel: Fuel,
    /// Time from entry, less the time that it was ready to run and got no core. Outcome `timed-out`.
    pub timeout: Duration,
    /// Imported calls. Outcome `over-quota`.
    pub host_calls: u64,
    /// Bytes handed over to the host in one call. Outcome `over-quota`.
    pub call_bytes: ByteSize,
    /// Bytes handed over to the host, and read of the store for it, in all calls of the run. Outcome
    /// `over-quota`.
    pub run_bytes: ByteSize,
    /// Log lines; more are dropped and counted.
    pub log_lines: u32,
    /// Bytes of log text; more are dropped and counted.
    pub log_bytes: ByteSize,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            fuel: Fuel::new(100_000_000),
            timeout: Duration::from_secs(5),
            host_calls: 10_000,
            call_bytes: ByteSize::mib(1),
            run_bytes: ByteSize::mib(64),
            log_lines: 100,
            log_bytes: ByteSize::kib(64),
        }
    }
}

/// What one instance may hold, summed over all core instances inside the component.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceLimits {
    /// Linear memory. Growth is denied; a trap after that is `out-of-memory`.
    pub memory: ByteSize,
    /// Elements of all tables together. Growth is denied likewise.
    pub table_elements: u64,
    /// Linear memories. More refuse the load.
    pub memories: u32,
    /// Tables. More refuse the load.
    pub tables: u32,
    /// Core instances. More refuse the load.
    pub instances: u32,
    /// Handles to resources, open at once. Outcome `over-quota`.
    pub handles: u32,
}

impl Default for InstanceLimits {
    fn default() -> Self {
        Self {
            memory: ByteSize::mib(64),
            table_elements: 100_000,
            memories: 8,
            tables: 16,
            instances: 64,
            handles: 1_000,
        }
    }
}

/// What one manager may keep in its key-value store. Exceeding one is an error of the host call.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreLimits {
    /// Bytes of all keys and values.
    pub bytes: ByteSize,
    /// Number of keys.
    pub keys: u64,
    /// Bytes of one key.
    pub key_bytes: u32,
    /// Bytes of one value.
    pub value_bytes: ByteSize,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self {
            bytes: ByteSize::mib(16),
            keys: 10_000,
            key_bytes: 1_024,
            value_bytes: ByteSize::mib(1),
        }
    }
}

/// What a component may be and say when it is loaded. Exceeding one refuses the load.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadLimits {
    /// Bytes of the component.
    pub component: ByteSize,
    /// Declared tasks.
    pub tasks: u32,
    /// Bytes of each text that the guest returns at load: a summary, a version, a setting.
    pub text: u32,
    /// For `init-host`, `periodic-tasks`, start functions and instantiation: as for a run.
    pub run: RunLimits,
}

impl Default for LoadLimits {
    fn default() -> Self {
        Self {
            component: ByteSize::mib(64),
            tasks: 1_000,
            text: 4_096,
            run: RunLimits { fuel: Fuel::new(1_000_000_000), ..RunLimits::default() },
        }
    }
}

/// What the child process that validates and compiles one component may use.
#[derive(Debug, Clone, PartialEq)]
pub struct CompileLimits {
    /// Processor time.
    pub cpu: Duration,
    /// Time on the wall.
    pub wall: Duration,
    /// Address space.
    pub memory: ByteSize,
    /// Bytes of compiled code that it may hand back.
    pub output: ByteSize,
}

impl Default for CompileLimits {
    fn default() -> Self {
        Self {
            cpu: Duration::from_mins(2),
            wall: Duration::from_mins(5),
            memory: ByteSize::mib(4_096),
            output: ByteSize::mib(512),
        }
    }
}

/// What the whole host may hold.
#[derive(Debug, Clone, PartialEq)]
pub struct HostLimits {
    /// Managers whose tick is in progress at once.
    pub running: u32,
    /// Ticks that wait for a place among them; one more is *missed*.
    pub waiting: u32,
    /// Live instances. One more is refused by name.
    pub instances: u32,
    /// Managers.
    pub managers: u32,
    /// Rows of history kept for each manager.
    pub history: u32,
    /// Reports that a slow subscriber may lag behind before it loses the oldest.
    pub reports: u32,
    /// How long one commit may take before its result counts as unknown (S17).
    pub commit: Duration,
    /// How long idle ticks may wait to be committed (S19, `checkpoint`).
    pub checkpoint: Duration,
    /// For compiling.
    pub compile: CompileLimits,
}

impl Default for HostLimits {
    fn default() -> Self {
        Self {
            running: 64,
            waiting: 100_000,
            instances: 10_000,
            managers: 100_000,
            history: 1_000,
            reports: 1_024,
            commit: Duration::from_secs(10),
            checkpoint: Duration::from_secs(1),
            compile: CompileLimits::default(),
        }
    }
}
