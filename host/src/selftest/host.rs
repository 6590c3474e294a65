//! The limits of the host as a whole: too many managers, ticks, rows and readers, and a store that does
//! not answer.

use std::sync::Arc;
use std::time::Duration;

use futures::future;
use tokio::sync::broadcast::error::TryRecvError;

use crate::store::{FreezingStore, HistoryQuery, MemoryStore, Stage, Store};
use crate::ticker::Host;
use crate::types::{HostLimits, TickReport};

use super::bench::{Bench, guest, guest_running, manager, refusal};
use super::{Proofs, Seen, SelfTestError};

/// Takes a task that waits for 50 ms.
const WAIT: &str = "o-wait";

/// Takes a task that does nothing.
const NOTHING: &str = "p-nothing";

/// Exceeds the limits of hosts that live for one proof each.
pub(super) async fn prove(bench: &Bench, proofs: &mut Proofs) -> Result<(), SelfTestError> {
    let expected = "1 at once, 1 waited: ok, ok";
    proofs.add("host.running", "1", expected, running(bench)).await?;
    proofs.add("host.waiting", "0", "ok, missed", waiting(bench)).await?;
    let one = HostLimits { instances: 1, ..HostLimits::default() };
    let expected = "refused … instances = 1";
    proofs.add("host.instances", "1", expected, second(bench, one)).await?;
    let one = HostLimits { managers: 1, ..HostLimits::default() };
    let expected = "refused … managers = 1";
    proofs.add("host.managers", "1", expected, second(bench, one)).await?;
    proofs.add("host.history", "2", "2 rows after 4 runs", history(bench)).await?;
    proofs.add("host.reports", "2", "2 of 4 reports lost, and said so", reports(bench)).await?;
    let expected = "refused … no answer within 50ms";
    proofs.add("host.commit", "50ms", expected, commit(bench)).await?;
    let expected = "idle ticks were committed";
    proofs.add("host.checkpoint", "10ms", expected, checkpoint(bench)).await
}

/// Two managers that wait, ticked at once.
async fn two(bench: &Bench, limits: HostLimits) -> Result<Host, SelfTestError> {
    let host = bench.host(limits)?;
    for name in ["one", "two"] {
        Box::pin(host.install(guest_running(name, WAIT))).await?;
    }
    Ok(host)
}

fn outcome(report: &TickReport) -> String {
    let ran = report.tasks.iter().find(|task| task.task.as_str() == WAIT);
    ran.map_or_else(|| "nothing".to_owned(), |task| task.outcome.to_string())
}

async fn running(bench: &Bench) -> Seen {
    let host = two(bench, HostLimits { running: 1, waiting: 1, ..HostLimits::default() }).await?;
    let (one, two) = (manager("one"), manager("two"));
    // Polled in this order: when it is the turn of the last, the first runs and the second waits.
    let loaded = async { host.load() };
    let (first, second, (instances, waited)) =
        future::join3(host.tick(&one), host.tick(&two), loaded).await;
    let (first, second) = (outcome(&*first?), outcome(&*second?));
    Ok(format!("{instances} at once, {waited} waited: {first}, {second}"))
}

async fn waiting(bench: &Bench) -> Seen {
    let host = two(bench, HostLimits { running: 1, waiting: 0, ..HostLimits::default() }).await?;
    let (one, two) = (manager("one"), manager("two"));
    let (first, second) = future::join(host.tick(&one), host.tick(&two)).await;
    Ok(format!("{}, {}", outcome(&*first?), outcome(&*second?)))
}

/// A second manager, where one is enough.
async fn second(bench: &Bench, limits: HostLimits) -> Seen {
    let host = bench.host(limits)?;
    Box::pin(host.install(guest("one"))).await?;
    Ok(refusal(Box::pin(host.install(guest("two"))).await))
}

async fn history(bench: &Bench) -> Seen {
    let store = Arc::new(MemoryStore::recording());
    let host = bench.host_on(store.clone(), HostLimits { history: 2, ..HostLimits::default() })?;
    Box::pin(host.install(guest_running("one", NOTHING))).await?;
    for _ in 0..4 {
        host.tick(&manager("one")).await?;
    }
    let query = HistoryQuery { manager: None, task: None, outcome: None, limit: 100 };
    let rows = store.history(query).await?;
    Ok(format!("{} rows after 4 runs", rows.len()))
}

async fn reports(bench: &Bench) -> Seen {
    let host = bench.host(HostLimits { reports: 2, ..HostLimits::default() })?;
    Box::pin(host.install(guest_running("one", NOTHING))).await?;
    let mut reader = host.subscribe();
    for _ in 0..4 {
        host.tick(&manager("one")).await?;
    }
    Ok(match reader.try_recv() {
        Err(TryRecvError::Lagged(lost)) => format!("{lost} of 4 reports lost, and said so"),
        other => format!("{:?}", other.map(|report| report.tick)),
    })
}

async fn commit(bench: &Bench) -> Seen {
    let plain: Arc<dyn Store> = Arc::new(MemoryStore::recording());
    // So many operations does installing take; the next one is the first commit of a tick.
    let counting = Arc::new(FreezingStore::new(plain.clone(), 0, Stage::Before));
    let limits = || HostLimits { commit: Duration::from_millis(50), ..HostLimits::default() };
    let host = bench.host_on(counting.clone(), limits())?;
    Box::pin(host.install(guest_running("one", NOTHING))).await?;
    let installed = counting.operations();
    let fresh: Arc<dyn Store> = Arc::new(MemoryStore::recording());
    let freezing = Arc::new(FreezingStore::new(fresh, installed.saturating_add(1), Stage::Before));
    let host = bench.host_on(freezing, limits())?;
    Box::pin(host.install(guest_running("one", NOTHING))).await?;
    Ok(refusal(host.tick(&manager("one")).await))
}

/// A driven manager that is never due: its ticks must reach the store all the same.
async fn checkpoint(bench: &Bench) -> Seen {
    let store = Arc::new(MemoryStore::recording());
    let checkpoint = Duration::from_millis(10);
    let host = bench.host_on(store.clone(), HostLimits { checkpoint, ..HostLimits::default() })?;
    let mut idle = guest("one");
    idle.interval = Duration::from_millis(5);
    Box::pin(host.install(idle)).await?;
    let kept = async {
        let mut look = tokio::time::interval(Duration::from_millis(5));
        loop {
            look.tick().await;
            let found = store.load(manager("one")).await?;
            if found.is_some_and(|record| record.row.tick.get() > 0) {
                return Ok::<_, SelfTestError>(());
            }
        }
    };
    let mut seen = "idle ticks were not committed".to_owned();
    let watched = async {
        if tokio::time::timeout(Duration::from_secs(2), kept).await.is_ok_and(|kept| kept.is_ok()) {
            "idle ticks were committed".clone_into(&mut seen);
        }
    };
    host.run(1, watched).await?;
    Ok(seen)
}
