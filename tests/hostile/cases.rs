//! The table: every hostile file, what is to be expected of it, and under which limits.
//!
//! The same words stand in the head of each file; a test holds the two together. Limits that are not
//! named here are those of [`small`], so that everything ends soon.

use std::time::Duration;

use tourbillon::types::Outcome::{
    self, Failed, Ok, OutOfFuel, OutOfMemory, OverQuota, TimedOut, Trap,
};
use tourbillon::types::{ByteSize, ComponentSource, Fuel, ManagerSpec};

use crate::pieces;
use crate::stage::name;

/// What is to be expected of a hostile component.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Expect {
    /// It is loaded, and each run of its task ends so: after a second kill in a row it backs off (S16).
    Each(Outcome),
    /// The same, and the task asked to be left alone: it is skipped from then on.
    Once(Outcome),
    /// It is loaded, and its first run is `ok`; then a run ends so; then a new instance begins anew.
    OkThen(Outcome),
    /// It is loaded, and never comes through `init-host` (S16a).
    NotReady,
    /// It is loaded, and there is nothing to run.
    Nothing,
    /// It is refused when it is loaded.
    Refused,
}

use Expect::{Each, NotReady, Nothing, OkThen, Once, Refused};

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) file: &'static str,
    pub(crate) expect: Expect,
    pub(crate) settings: fn(&mut ManagerSpec),
}

impl Expect {
    /// The words that stand in the head of a file.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Each(outcome) | Self::Once(outcome) => outcome.to_string(),
            Self::OkThen(outcome) => format!("ok, then {outcome}"),
            Self::NotReady => Outcome::NotReady.to_string(),
            Self::Nothing => Ok.to_string(),
            Self::Refused => "refused".to_owned(),
        }
    }

    /// The outcomes of the first three ticks.
    pub(crate) fn of_ticks(self) -> [Option<Outcome>; 3] {
        match self {
            Self::Each(kill) if kill.is_kill() => [kill, kill, Outcome::BackingOff].map(Some),
            Self::Each(outcome) => [Some(outcome); 3],
            Self::Once(outcome) => [outcome, Outcome::Skipped, Outcome::Skipped].map(Some),
            Self::OkThen(outcome) => [Ok, outcome, Ok].map(Some),
            Self::NotReady => [Some(Outcome::NotReady); 3],
            Self::Nothing | Self::Refused => [None; 3],
        }
    }
}

/// What a hostile manager is installed with, if nothing else is said.
pub(crate) fn spec(file: &str, settings: fn(&mut ManagerSpec)) -> ManagerSpec {
    let component = ComponentSource::Bytes(pieces::component(file));
    let mut spec = ManagerSpec::new(name("hostile"), component);
    small(&mut spec);
    settings(&mut spec);
    spec
}

/// Limits small enough for a test to be quick.
pub(crate) fn small(spec: &mut ManagerSpec) {
    let limits = &mut spec.limits;
    limits.run.fuel = Fuel::new(3_000_000);
    limits.run.timeout = Duration::from_millis(500);
    limits.run.host_calls = 1_000;
    limits.run.call_bytes = ByteSize::kib(64);
    limits.run.run_bytes = ByteSize::mib(1);
    limits.instance.memory = ByteSize::mib(4);
    limits.instance.table_elements = 10_000;
    limits.instance.handles = 100;
    limits.store.keys = 100;
    limits.store.value_bytes = ByteSize::kib(32);
    limits.load.run = limits.run.clone();
}

fn default(_: &mut ManagerSpec) {}

/// All the fuel, calls and bytes in the world: the clock alone is left.
fn endless(spec: &mut ManagerSpec) {
    let limits = &mut spec.limits;
    limits.run.fuel = Fuel::new(u64::MAX / 2);
    limits.run.host_calls = u64::MAX;
    limits.run.call_bytes = ByteSize::mib(1);
    limits.run.run_bytes = ByteSize::new(u64::MAX);
    limits.store.value_bytes = ByteSize::mib(1);
    limits.load.run = limits.run.clone();
}

/// Room for megabytes, and the fuel to fill them.
fn roomy(spec: &mut ManagerSpec) {
    let limits = &mut spec.limits;
    limits.run.fuel = Fuel::new(100_000_000);
    limits.run.call_bytes = ByteSize::mib(4);
    limits.run.run_bytes = ByteSize::mib(4);
    limits.instance.memory = ByteSize::mib(64);
    limits.load.run = limits.run.clone();
}

/// The same, but no more than the default in one call.
fn strict(spec: &mut ManagerSpec) {
    roomy(spec);
    spec.limits.run.call_bytes = ByteSize::mib(1);
}

fn no_clocks(spec: &mut ManagerSpec) {
    spec.grants.clocks = false;
}

macro_rules! cases {
    ($($test:ident: $file:literal $expect:expr, $settings:ident;)*) => {
        /// The table.
        pub(crate) const CASES: &[Case] =
            &[$(Case { file: $file, expect: $expect, settings: $settings }),*];

        /// One test for each line of the table.
        mod each {
            use super::*;
            $(#[tokio::test]
            async fn $test() {
                crate::play(Case { file: $file, expect: $expect, settings: $settings }).await;
            })*
        }
    };
}

cases! {
    bytes_storm: "bytes-storm" Each(OverQuota), default;
    call_null: "call-null" Each(Trap), default;
    call_storm: "call-storm" Each(OverQuota), default;
    call_wrong_type: "call-wrong-type" Each(Trap), default;
    core_module: "core-module" Refused, default;
    divide_by_zero: "divide-by-zero" Each(Trap), default;
    error_asks_for_ages: "error-asks-for-ages" Once(Failed), default;
    error_huge: "error-huge" Each(Failed), roomy;
    error_huger_than_what_may_be_handed_over: "error-huge" Each(Failed), strict;
    error_length_wraps: "error-length-wraps" Each(Trap), default;
    error_not_utf8: "error-not-utf8" Each(Trap), default;
    error_out_of_bounds: "error-out-of-bounds" Each(Trap), default;
    error_ugly: "error-ugly" Each(Failed), default;
    exit: "exit" Each(Trap), default;
    half_lifecycle: "half-lifecycle" Refused, default;
    handle_flood_pollables: "handle-flood-pollables" Each(OverQuota), default;
    handle_flood: "handle-flood" Each(OverQuota), default;
    handle_forged: "handle-forged" Each(Trap), default;
    handle_hoard: "handle-hoard" Each(Ok), default;
    handle_twice: "handle-twice" Each(Trap), default;
    import_core_module: "import-core-module" Refused, default;
    import_denied_clock: "import-denied-clock" Refused, no_clocks;
    import_filesystem: "import-filesystem" Refused, default;
    import_function: "import-function" Refused, default;
    import_http: "import-http" Refused, default;
    import_neighbour: "import-neighbour" Refused, default;
    import_sockets: "import-sockets" Refused, default;
    import_unknown: "import-unknown" Refused, default;
    import_wrong_types: "import-wrong-types" Refused, default;
    import_wrong_version: "import-wrong-version" Refused, default;
    init_fails_loudly: "init-fails-loudly" NotReady, roomy;
    instances_many: "instances-many" Refused, default;
    log_bytes: "log-bytes" Each(Ok), default;
    log_line_huge: "log-line-huge" Each(OverQuota), strict;
    log_lines: "log-lines" Each(Ok), default;
    log_not_a_level: "log-not-a-level" Each(Trap), default;
    loop_in_init: "loop-in-init" NotReady, default;
    loop_in_periodic_tasks: "loop-in-periodic-tasks" Refused, default;
    loop_in_post_return: "loop-in-post-return" Each(OutOfFuel), default;
    loop_in_realloc: "loop-in-realloc" Each(OutOfFuel), default;
    loop_in_start: "loop-in-start" Refused, default;
    loop_in_task: "loop-in-task" Each(OutOfFuel), default;
    loop_in_task_with_all_the_fuel: "loop-in-task" Each(TimedOut), endless;
    memories_many: "memories-many" Refused, default;
    memory_fill_storm: "memory-fill-storm" Each(OutOfFuel), default;
    memory_grow_and_cope: "memory-grow-and-cope" Each(Ok), default;
    memory_grow_then_trap: "memory-grow-then-trap" Each(OutOfMemory), default;
    memory_too_large: "memory-too-large" Refused, default;
    name_bomb_at_load: "name-bomb-at-load" Refused, default;
    name_bomb: "name-bomb" Each(Trap), default;
    name_ugly: "name-ugly" Each(Trap), default;
    never_due: "never-due" Each(Ok), default;
    poll_for_ever: "poll-for-ever" Each(TimedOut), default;
    poll_huge: "poll-huge" Each(OverQuota), roomy;
    poll_nothing: "poll-nothing" Each(Trap), default;
    proposal_async: "proposal-async" Refused, default;
    proposal_gc: "proposal-gc" Refused, default;
    proposal_memory64: "proposal-memory64" Refused, default;
    proposal_threads: "proposal-threads" Refused, default;
    random_flood: "random-flood" Each(TimedOut), endless;
    random_huge: "random-huge" Each(OverQuota), default;
    read_out_of_bounds: "read-out-of-bounds" Each(Trap), default;
    realloc_calls_host: "realloc-calls-host" Each(Trap), default;
    realloc_out_of_bounds: "realloc-out-of-bounds" Each(Trap), default;
    realloc_overwrites: "realloc-overwrites" Each(Trap), default;
    realloc_unaligned: "realloc-unaligned" Each(Trap), default;
    recursion: "recursion" Each(Trap), default;
    result_not_a_case: "result-not-a-case" Each(Trap), default;
    result_out_of_bounds: "result-out-of-bounds" Each(Trap), default;
    result_unaligned: "result-unaligned" Each(Trap), default;
    skips_for_ages: "skips-for-ages" Once(Ok), default;
    sleep_for_ever: "sleep-for-ever" Each(TimedOut), default;
    sleep_in_init: "sleep-in-init" NotReady, default;
    sleep_in_start: "sleep-in-start" Refused, default;
    stdin_wait: "stdin-wait" Each(Ok), default;
    stdout_flood: "stdout-flood" Each(Ok), default;
    stdout_zeroes: "stdout-zeroes" Each(Trap), default;
    store_delete_many: "store-delete-many" OkThen(TimedOut), endless;
    store_get_many: "store-get-many" OkThen(TimedOut), endless;
    store_in_periodic_tasks: "store-in-periodic-tasks" Each(Ok), default;
    store_key: "store-key" Each(Ok), default;
    store_keys: "store-keys" Each(Ok), default;
    store_of_others: "store-of-others" Each(Ok), default;
    store_then_trap: "store-then-trap" Each(Trap), default;
    store_value: "store-value" Each(Ok), default;
    summary_huge: "summary-huge" Refused, default;
    summary_ugly: "summary-ugly" Each(Ok), default;
    table_fill_storm: "table-fill-storm" Each(TimedOut), endless;
    table_grow_then_trap: "table-grow-then-trap" Each(OutOfMemory), default;
    table_too_large: "table-too-large" Refused, default;
    tables_many: "tables-many" Refused, default;
    task_name_control: "task-name-control" Refused, default;
    task_name_empty: "task-name-empty" Refused, default;
    task_name_long: "task-name-long" Refused, default;
    task_name_not_utf8: "task-name-not-utf8" Refused, default;
    task_twice: "task-twice" Refused, default;
    tasks_length_wraps: "tasks-length-wraps" Refused, default;
    tasks_million: "tasks-million" Refused, roomy;
    tasks_none: "tasks-none" Nothing, default;
    tasks_out_of_bounds: "tasks-out-of-bounds" Refused, default;
    tasks_too_many: "tasks-too-many" Refused, default;
    trap_in_init: "trap-in-init" NotReady, default;
    trap_in_periodic_tasks: "trap-in-periodic-tasks" Refused, default;
    trap_in_realloc: "trap-in-realloc" Each(Trap), default;
    trap_in_service: "trap-in-service" Each(Ok), default;
    trap_in_start: "trap-in-start" Refused, default;
    trap_in_task: "trap-in-task" Each(Trap), default;
    types_bomb: "types-bomb" Refused, default;
    types_huge: "types-huge" Refused, default;
    wrong_lifecycle: "wrong-lifecycle" Refused, default;
    wrong_version: "wrong-version" Refused, default;
    wrong_world: "wrong-world" Refused, default;
}
