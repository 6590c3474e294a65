//! The limits of a run, of an instance and of the store: tasks that exceed them, run by hand.

use std::time::Duration;

use crate::ticker::Host;
use crate::types::{
    ByteSize, CompileLimits, Fuel, HostLimits, ManagerSpec, RunLimits, TaskOverride,
};

use super::bench::{Bench, EXCEED, guest, manager, task};
use super::{Proofs, Seen, SelfTestError};

/// Runs the guest's tasks under limits of which each exceeds one.
pub(super) async fn prove(bench: &Bench, proofs: &mut Proofs) -> Result<(), SelfTestError> {
    let host = bench.host(HostLimits::default())?;
    Box::pin(host.install(tight())).await?;
    let by_hand = |name: &'static str| run(&host, name);
    let fuel = "out-of-fuel … the 100000 fuel granted";
    proofs.add("run.fuel", "100000", fuel, by_hand("a-fuel")).await?;
    let timeout = "timed-out … the time limit of 20ms";
    proofs.add("run.timeout", "20ms", timeout, by_hand("b-timeout")).await?;
    let calls = "over-quota … more than 100 host calls";
    proofs.add("run.host_calls", "100", calls, by_hand("c-host-calls")).await?;
    let bytes = "over-quota … more than 4096 bytes in one host call";
    proofs.add("run.call_bytes", "4 KiB", bytes, by_hand("d-call-bytes")).await?;
    let bytes = "over-quota … more than 131072 bytes handed over";
    proofs.add("run.run_bytes", "128 KiB", bytes, by_hand("e-run-bytes")).await?;
    let dropped = "ok, 45 of 50 log lines dropped";
    proofs.add("run.log_lines", "5", dropped, by_hand("f-log-lines")).await?;
    let dropped = "ok, 1 of 2 log lines dropped";
    proofs.add("run.log_bytes", "1500 B", dropped, by_hand("g-log-bytes")).await?;
    let memory = "out-of-memory … asked for 1.1 MiB … limited to 1.0 MiB (`memory`)";
    proofs.add("instance.memory", "1 MiB", memory, by_hand("h-memory")).await?;
    let table = "out-of-memory … asked for 1001 … limited to 1000 (`table_elements`)";
    proofs.add("instance.table_elements", "1000", table, by_hand("i-table-elements")).await?;
    structure(bench, proofs).await?;
    let handles = "over-quota … more than 50 handles";
    proofs.add("instance.handles", "50", handles, by_hand("j-handles")).await?;
    let bytes = "failed … quota … bytes of 20000";
    proofs.add("store.bytes", "20000 B", bytes, by_hand("l-store-bytes")).await?;
    let keys = "failed … quota … keys of 10";
    proofs.add("store.keys", "10", keys, by_hand("k-store-keys")).await?;
    let key = "failed … quota … a key of 4000 bytes of 100";
    proofs.add("store.key_bytes", "100", key, by_hand("m-store-key-bytes")).await?;
    let value = "failed … quota … a value of 50000 bytes of 10000";
    proofs.add("store.value_bytes", "10000 B", value, by_hand("n-store-value-bytes")).await
}

/// Of what the guest has, it is granted one less.
async fn structure(bench: &Bench, proofs: &mut Proofs) -> Result<(), SelfTestError> {
    let less = |set: fn(&mut ManagerSpec)| bench.load(EXCEED, CompileLimits::default(), set);
    let memories = less(|spec| spec.limits.instance.memories = 0);
    proofs.add("instance.memories", "0", "refused … memory count too high", memories).await?;
    let tables = less(|spec| spec.limits.instance.tables = 0);
    proofs.add("instance.tables", "0", "refused … table count too high", tables).await?;
    let instances = less(|spec| spec.limits.instance.instances = 1);
    proofs.add("instance.instances", "1", "refused … instance count too high", instances).await
}

/// Sets one limit.
type Set = fn(&mut RunLimits);

/// The guest, with each limit small enough to be exceeded soon by the one task that is to exceed it.
fn tight() -> ManagerSpec {
    let mut spec = guest("exceed");
    let (instance, store) = (&mut spec.limits.instance, &mut spec.limits.store);
    instance.memory = ByteSize::mib(1);
    instance.table_elements = 1_000;
    instance.handles = 50;
    store.bytes = ByteSize::new(20_000);
    store.keys = 10;
    store.key_bytes = 100;
    store.value_bytes = ByteSize::new(10_000);
    let set: [(&str, Set); 7] = [
        ("a-fuel", |run| run.fuel = Fuel::new(100_000)),
        ("b-timeout", |run| run.timeout = Duration::from_millis(20)),
        ("c-host-calls", |run| run.host_calls = 100),
        ("d-call-bytes", |run| run.call_bytes = ByteSize::kib(4)),
        ("e-run-bytes", |run| run.run_bytes = ByteSize::kib(128)),
        ("f-log-lines", |run| run.log_lines = 5),
        ("g-log-bytes", |run| run.log_bytes = ByteSize::new(1_500)),
    ];
    for (name, set) in set {
        let mut limits = RunLimits::default();
        set(&mut limits);
        let own = TaskOverride { limits: Some(limits), ..TaskOverride::default() };
        spec.tasks.insert(task(name), own);
    }
    spec
}

/// Runs a task by hand and says what became of it.
async fn run(host: &Host, name: &'static str) -> Seen {
    let report = host.trigger(&manager("exceed"), &task(name)).await?;
    let Some(task) = report.tasks.first() else { return Ok("nothing ran".to_owned()) };
    let Some(run) = &task.run else { return Ok(task.outcome.to_string()) };
    Ok(match &run.error {
        Some(error) => format!("{}: {error}", task.outcome),
        None => format!(
            "{}, {} of {} log lines dropped",
            task.outcome, run.logs_dropped, run.host_calls
        ),
    })
}
