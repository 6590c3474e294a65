//! The keys of `tourbillon.toml`: their kinds, ranges and texts for people. The JSON Schema, the
//! messages about unknown keys and `docs/tourbillon.toml` all follow from this file.
//!
//! Knows no defaults: those stand beside the checked types, and the schema takes them from there.

use crate::types::{InstanceMode, OnLost};

use super::kinds::{Count, Size, Time};
use super::tables::{List, Named, Table, Texts, table};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const SECOND: u64 = 1_000;
const HOUR: u64 = 3_600 * SECOND;
const DAY: u64 = 24 * HOUR;
const U32: u64 = u32::MAX as u64;

/// 10¹⁵: some nine days of computing, more than any timeout allows.
const MOST_FUEL: u64 = 1_000_000_000_000_000;

/// Fuel of a run.
pub(super) type FuelOfRun = Count<1, MOST_FUEL>;
/// Time limit of a run.
pub(super) type TimeOfRun = Time<1, DAY>;
pub(super) type Interval = Time<1, { 366 * DAY }>;
/// Memory of an instance.
pub(super) type Memory = Size<{ 64 * KIB }, { 4 * GIB }>;

/// A number of ticks.
pub(super) type Ticks = Count<0, U32>;

/// Why fuel has the range it has.
pub(super) const WHY_FUEL: &str =
    "without fuel no instruction runs; 1_000_000_000 is about 0.8 s of an empty loop";
/// Why a time limit has the range it has.
pub(super) const WHY_INTERVAL: &str = "the host's timer has milliseconds";
pub(super) const WHY_TIMEOUT: &str = "the host measures in milliseconds, and a run that takes \
     longer than a day is no periodic task";
/// Why memory has the range it has.
pub(super) const WHY_MEMORY: &str =
    "a page of WebAssembly has 64KiB, and a 32-bit guest can address 4GiB";

const WHY_U32: &str = "ticks are counted in 32 bits";
const WHY_LOGS: &str = "logs are written while the guest waits";
const WHY_BYTES: &str = "the host copies them before it can look at them";
const WHY_CALLS: &str = "a guest that may call nothing can't even log";

table! {
    /// The settings of a Tourbillon host and of its managers.
    File {
        /// This host.
        host: Host;
        /// What holds for every manager that does not say otherwise.
        defaults: Defaults;
        /// The managers, by name: 1 to 64 of a-z 0-9 . _ -, starting with a letter.
        manager: Named<Manager>;
    }
}

table! {
    /// This host.
    Host {
        /// The name that guests are told in `init-host`.
        name: String;
        /// The directory for the database, compiled code and the access token; relative to this
        /// file. Without it nothing outlives the process.
        state: String;
        /// What the whole host may hold.
        limits: HostLimits;
    }
}

table! {
    /// What the whole host may hold.
    HostLimits {
        /// Managers whose tick is in progress at once.
        running: Count<1, 100_000>, "with none, nothing ever runs";
        /// Ticks that wait for a place among those in progress; one more is `missed`.
        waiting: Count<0, 10_000_000>, "each waiting tick holds memory";
        /// Live instances of guests; one more is refused.
        instances: Count<1, 1_000_000>, "each costs memory and up to 7 of the system's mappings (vm.max_map_count)";
        /// Managers.
        managers: Count<1, 1_000_000>, "each costs memory and rows of the database";
        /// Rows of history kept for each manager.
        history: Count<1, 1_000_000>, "each is a row of the database, for each manager";
        /// Reports that a slow subscriber may lag behind before it loses the oldest.
        reports: Count<1, 1_000_000>, "each is held in memory";
        /// How long one commit may take before its result counts as unknown.
        commit_timeout: Time<100, {10 * 60 * SECOND}>, "a sound disk answers within milliseconds, and nothing runs while one waits";
        /// How long idle ticks may wait to be committed; a crash loses at most these.
        checkpoint: Time<1, {60 * SECOND}>, "so much idle time may be lost in a crash";
        /// Processor time for compiling one component.
        compile_cpu: Time<SECOND, HOUR>, "nothing else interrupts the compiler";
        /// Time on the wall for compiling one component.
        compile_wall: Time<SECOND, HOUR>, "nothing else interrupts the compiler";
        /// Address space for compiling one component.
        compile_memory: Size<{256 * MIB}, {256 * GIB}>, "the compiler itself needs some 200MiB of address space";
        /// Bytes of compiled code that one component may become.
        compile_output: Size<{64 * KIB}, {8 * GIB}>, "compiled code is several times as large as the component";
    }
}

table! {
    /// What holds for every manager that does not say otherwise.
    Defaults {
        /// How often a manager is ticked.
        interval: Interval, WHY_INTERVAL;
        /// How long an instance lives: from run to run ("resident"), or for one run ("per-run").
        instance: InstanceMode;
        /// Whether the first failing task ends the tick; later tasks are then `not-reached`.
        raise_on_error: bool;
        /// So many kills in a row quarantine a task.
        quarantine_after: Count<1, 1_000>, "a quarantine begins after a kill";
        /// Every so many-th due run of a quarantined task is let through as a probe.
        probe_every: Count<1, 1_000_000>, "1 lets every run through";
        /// The fewest ticks to skip that a task may ask for; less is raised to it.
        delay_min: Ticks, WHY_U32;
        /// The most ticks to skip that a task may ask for; more is lowered to it.
        delay_max: Ticks, WHY_U32;
        /// Limits of a manager.
        limits: Limits;
    }
}

table! {
    /// One manager: a component, its configuration, and the state that is kept under its name.
    Manager {
        /// The component's file; relative to this file.
        component: String;
        /// How often it is ticked.
        interval: Interval, WHY_INTERVAL;
        /// How long an instance lives: from run to run ("resident"), or for one run ("per-run").
        instance: InstanceMode;
        /// Whether the first failing task ends the tick; later tasks are then `not-reached`.
        raise_on_error: bool;
        /// So many kills in a row quarantine a task.
        quarantine_after: Count<1, 1_000>, "a quarantine begins after a kill";
        /// Every so many-th due run of a quarantined task is let through as a probe.
        probe_every: Count<1, 1_000_000>, "1 lets every run through";
        /// The fewest ticks to skip that a task may ask for; less is raised to it.
        delay_min: Ticks, WHY_U32;
        /// The most ticks to skip that a task may ask for; more is lowered to it.
        delay_max: Ticks, WHY_U32;
        /// What `wasi:config/store` answers: texts; numbers and booleans are given as text.
        config: Texts;
        /// Its limits, where they differ from the defaults.
        limits: Limits;
        /// What it may import.
        grants: Grants;
        /// What the operator overrides, by the name of the task.
        task: Named<Task>;
    }
}

table! {
    /// What a manager may import beyond what every manager may.
    Grants {
        /// Whether `wasi:clocks` is granted.
        clocks: bool;
        /// Whether `wasi:random` is granted.
        random: bool;
        /// The environment variables that `wasi:cli/environment` answers.
        environment: Texts;
        /// Interfaces of an embedder's own, as `package:name/interface@version`.
        interfaces: List;
    }
}

table! {
    /// What the operator overrides for one task.
    Task {
        /// Another N than the declared one: the task runs on one tick, then skips N.
        ticks_between_runs: Ticks, WHY_U32;
        /// Whether the task runs at all; a disabled one is not listed and its counter stands.
        enabled: bool;
        /// What becomes of a run that died with its host: it stays "lost", or is started once more ("repeat").
        on_lost: OnLost;
        /// Its own limits for each run.
        limits: RunLimits;
    }
}

table! {
    /// What one run may use.
    RunLimits {
        /// Fuel for each run; used up, the outcome is `out-of-fuel`.
        fuel: FuelOfRun, WHY_FUEL;
        /// Time for each run, less the time that it was ready to run and got no core; over, the outcome is `timed-out`.
        timeout: TimeOfRun, WHY_TIMEOUT;
        /// Imported calls in each run; one more is `over-quota`.
        host_calls: Count<1, 1_000_000_000>, WHY_CALLS;
        /// Bytes handed over to the host in one call; more is `over-quota`.
        call_bytes: Size<64, {128 * MIB}>, WHY_BYTES;
        /// Bytes handed over to the host, and read of the store for it, in all calls of a run; more is `over-quota`.
        run_bytes: Size<64, {64 * GIB}>, WHY_BYTES;
        /// Log lines of each run; more are dropped and counted. 0 drops all.
        log_lines: Count<0, 1_000_000>, WHY_LOGS;
        /// Bytes of log text of each run; more are dropped and counted. 0 drops all.
        log_bytes: Size<0, {64 * MIB}>, WHY_LOGS;
    }
}

table! {
    /// All limits of one manager: for each run, for its instance, for what it keeps, and for loading it.
    Limits {
        /// Fuel for each run; used up, the outcome is `out-of-fuel`.
        fuel: FuelOfRun, WHY_FUEL;
        /// Time for each run, less the time that it was ready to run and got no core; over, the outcome is `timed-out`.
        timeout: TimeOfRun, WHY_TIMEOUT;
        /// Imported calls in each run; one more is `over-quota`.
        host_calls: Count<1, 1_000_000_000>, WHY_CALLS;
        /// Bytes handed over to the host in one call; more is `over-quota`.
        call_bytes: Size<64, {128 * MIB}>, WHY_BYTES;
        /// Bytes handed over to the host, and read of the store for it, in all calls of a run; more is `over-quota`.
        run_bytes: Size<64, {64 * GIB}>, WHY_BYTES;
        /// Log lines of each run; more are dropped and counted. 0 drops all.
        log_lines: Count<0, 1_000_000>, WHY_LOGS;
        /// Bytes of log text of each run; more are dropped and counted. 0 drops all.
        log_bytes: Size<0, {64 * MIB}>, WHY_LOGS;

        /// Linear memory of an instance, summed. Growth is denied; a trap after that is `out-of-memory`.
        memory: Memory, WHY_MEMORY;
        /// Elements of all tables of an instance. Growth is denied likewise.
        table_elements: Count<1, 100_000_000>, "each costs 8 bytes of the host's memory";
        /// Linear memories of an instance; more refuse the load.
        memories: Count<1, 1_000>, "each reserves address space";
        /// Tables of an instance; more refuse the load.
        tables: Count<1, 10_000>, "each costs the host's memory";
        /// Core instances in an instance; more refuse the load.
        instances: Count<1, 10_000>, "a component is made of at least one";
        /// Handles to resources, open at once; one more is `over-quota`.
        handles: Count<1, 10_000_000>, "each costs the host's memory";

        /// Bytes of all keys and values that the manager keeps; more is an error of the call.
        store_bytes: Size<1, {1_024 * GIB}>, "to keep nothing, import nothing";
        /// Keys that the manager keeps; more is an error of the call.
        store_keys: Count<1, 1_000_000_000>, "to keep nothing, import nothing";
        /// Bytes of one key.
        key_bytes: Size<1, {64 * KIB}>, "keys are indexed by the database";
        /// Bytes of one value.
        value_bytes: Size<1, GIB>, "a value is held in memory as a whole";

        /// Bytes of the component; more refuse the load.
        component: Size<8, GIB>, "an empty component has 8 bytes; a large one takes long to compile";
        /// Tasks that the component may declare; more refuse the load.
        tasks: Count<1, 100_000>, "a manager without tasks has nothing to do";
        /// Bytes of each text that the guest returns at load: a summary, a version, a setting.
        text: Size<64, MIB>, "people read them";
        /// Fuel for `init-host`, `periodic-tasks`, start functions and instantiation.
        load_fuel: FuelOfRun, WHY_FUEL;
        /// Time for `init-host`, `periodic-tasks`, start functions and instantiation.
        load_timeout: TimeOfRun, WHY_TIMEOUT;
        /// Imported calls while loading.
        load_host_calls: Count<1, 1_000_000_000>, WHY_CALLS;
        /// Bytes handed over to the host in one call while loading.
        load_call_bytes: Size<64, {128 * MIB}>, WHY_BYTES;
        /// Bytes handed over to the host in all calls while loading.
        load_run_bytes: Size<64, {64 * GIB}>, WHY_BYTES;
        /// Log lines while loading; more are dropped and counted. 0 drops all.
        load_log_lines: Count<0, 1_000_000>, WHY_LOGS;
        /// Bytes of log text while loading; more are dropped and counted. 0 drops all.
        load_log_bytes: Size<0, {64 * MIB}>, WHY_LOGS;
    }
}

/// The keys of a manager.
pub(crate) const MANAGER: &[&str] = Manager::KEYS;

/// The table in which a key is at home, for a writer who set it in the table `path`.
pub(super) fn home_of(key: &str, path: &str) -> Option<String> {
    home(key, path).map(|home| format!("[{home}]"))
}

fn home(key: &str, path: &str) -> Option<String> {
    let inside = |parent: &str, child: &str| match path {
        "" => format!("{parent}.{child}"),
        path => format!("{path}.{child}"),
    };
    let parts = path.split('.').count();
    let in_task = path.starts_with("manager.") && path.contains(".task.");
    if in_task && RunLimits::KEYS.contains(&key) && !path.ends_with(".limits") {
        return Some(inside("", "limits"));
    }
    let in_manager = path.starts_with("manager.") && parts == 2;
    if (in_manager || path == "defaults" || path.is_empty()) && Limits::KEYS.contains(&key) {
        return Some(inside("defaults", "limits"));
    }
    if in_manager && Grants::KEYS.contains(&key) {
        return Some(inside("", "grants"));
    }
    let homes: [(&str, &[&str]); 4] = [
        ("host", Host::KEYS),
        ("host.limits", HostLimits::KEYS),
        ("defaults", Defaults::KEYS),
        ("manager.NAME", Manager::KEYS),
    ];
    homes.iter().find(|(home, keys)| *home != path && keys.contains(&key)).map(|(h, _)| (*h).into())
}
