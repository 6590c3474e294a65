//! A system clock that is set while a host runs, forwards and backwards, by seconds and by years.
//!
//! What measures is monotonic. The time on the wall is shown, and tells how long no host ran; nothing else follows
//! from it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tourbillon::clock::{Clock, SystemClock};
use tourbillon::store::{HistoryQuery, SqliteReader};
use tourbillon::ticker::Host;
use tourbillon::types::{ComponentSource, ManagerName, ManagerSpec, Outcome, TickReport, Trigger};

use crate::compile;

/// How often the manager ticks.
const INTERVAL: Duration = Duration::from_millis(10);

/// What the wall shows, look by look: a year after 2033 the clock is set back, to the last second and to
/// the beginning of time.
const WALL: [u64; 6] = [
    2_000_000_000_000,
    2_000_000_000_001,
    1_999_999_999_000,
    2_031_536_000_000,
    0,
    u64::MAX / 2_000_000,
];

/// Its wall jumps at each look; its monotonic time is the system's.
#[derive(Debug, Default)]
struct Jumping {
    looks: AtomicUsize,
    steady: SystemClock,
}

impl Clock for Jumping {
    fn wall_ms(&self) -> u64 {
        WALL[self.looks.fetch_add(1, Ordering::Relaxed) % WALL.len()]
    }

    fn monotonic(&self) -> Duration {
        self.steady.monotonic()
    }
}

/// A host on a state with one manager.
async fn host(state: &Path, interval: Duration, clock: Arc<dyn Clock>) -> Host {
    let host = Host::builder("node").state(state).compile_in(compile()).clock(clock);
    let host = host.build().unwrap();
    let component = wat::parse_str(include_str!("../../host/examples/embed.wat")).unwrap();
    let name = ManagerName::new("greeter").unwrap();
    let mut spec = ManagerSpec::new(name, ComponentSource::Bytes(component.into()));
    spec.interval = interval;
    host.install(spec).await.unwrap();
    host
}

/// Drives a host on a state until so many reports were heard, and says what was heard.
async fn drive(state: &Path, reports: usize, clock: Arc<dyn Clock>) -> Vec<Arc<TickReport>> {
    let host = host(state, INTERVAL, clock).await;
    let mut heard = host.subscribe();
    let mut all = Vec::new();
    let enough = async {
        while all.len() < reports {
            all.push(heard.recv().await.unwrap());
        }
    };
    host.run(1, enough).await.unwrap();
    while let Ok(late) = heard.try_recv() {
        all.push(late);
    }
    // A tick that was missed is told at once, before the one in progress.
    all.sort_by_key(|report| report.tick);
    let status = host.status();
    let last = all.last().unwrap().tick;
    assert_eq!(status[0].tick, last, "{status:?}");
    all
}

#[tokio::test]
async fn s03_s13_a_clock_that_is_set_changes_no_tick_and_no_order() {
    let state = tempfile::tempdir().unwrap();
    let jumping = || Arc::new(Jumping::default());
    let mut all = drive(state.path(), 40, jumping()).await;
    // The next host finds a wall that may be decades before the last one's.
    all.extend(drive(state.path(), 20, jumping()).await);

    let numbers: Vec<u64> = all.iter().map(|report| report.tick.get()).collect();
    let expect: Vec<u64> = (1..=numbers.len() as u64).collect();
    assert_eq!(numbers, expect, "every tick has the next number, and each is told");
    assert!(all.iter().all(|report| report.trigger == Trigger::Schedule));
    let times = || all.iter().map(|report| report.at_ms);
    assert!(times().zip(times().skip(1)).any(|(a, b)| b < a), "the wall went back");
    // `tidy` runs on every third tick that was not missed, whatever the wall says.
    let tidy = |report: &&Arc<TickReport>| report.tasks.iter().any(|t| t.task.as_str() == "tidy");
    for (nth, report) in all.iter().filter(|r| !missed(r)).enumerate() {
        assert_eq!(nth % 3 == 2, Some(report).filter(tidy).is_some_and(ran_tidy), "{report:?}");
    }

    let reader = SqliteReader::open(state.path()).unwrap();
    let history = reader.history(&HistoryQuery { limit: 1_000, ..Default::default() }).unwrap();
    let ticks: Vec<_> = history.iter().map(|row| row.run.tick).collect();
    assert!(ticks.is_sorted_by(|a, b| a >= b), "newest first: {ticks:?}");
    let ids: BTreeSet<_> = history.iter().map(|row| row.id().to_string()).collect();
    assert_eq!(ids.len(), history.len(), "no run stands twice");

    let record = reader.load(&ManagerName::new("greeter").unwrap()).unwrap().unwrap();
    assert_eq!(record.row.totals.sum(), record.row.expected, "S11: the sums balance");
    assert_eq!(record.row.expected, 2 * all.len() as u64);
}

/// Its wall shows so much more than what passed since it was made.
#[derive(Debug)]
struct Later(Duration, SystemClock);

impl Clock for Later {
    fn wall_ms(&self) -> u64 {
        u64::try_from((self.0 + self.1.monotonic()).as_millis()).unwrap()
    }

    fn monotonic(&self) -> Duration {
        self.1.monotonic()
    }
}

#[tokio::test]
async fn s13_each_interval_of_the_wall_was_a_tick_or_is_counted_as_left_out() {
    let state = tempfile::tempdir().unwrap();
    let name = ManagerName::new("greeter").unwrap();
    let mut first = None;
    // The second host starts an hour later, the third days before.
    for (start, gaps) in [(2_000_000, 0), (2_003_600, 359_000), (1_000_000, 359_000)] {
        let clock = Arc::new(Later(Duration::from_secs(start), SystemClock::default()));
        let heard = drive(state.path(), 5, clock).await;
        let row = SqliteReader::open(state.path()).unwrap().load(&name).unwrap().unwrap().row;
        // A busy machine leaves out some, too.
        assert!((gaps..gaps + 5_000).contains(&row.gaps), "{row:?}");
        let (tick, at_ms) = *first.get_or_insert((heard[0].tick.get(), heard[0].at_ms));
        if row.counted_ms > at_ms {
            let intervals = (row.counted_ms - at_ms) / 10;
            let counted = row.tick.get() - tick + row.gaps;
            assert!(intervals.abs_diff(counted) <= 2, "{intervals} intervals, {counted} counted");
        }
    }
}

/// A manager of an hour on hosts that live for a moment: the tick that came due while none was there comes
/// with the next one, once.
#[tokio::test]
async fn s13_a_tick_that_came_due_while_no_host_ran_is_only_late() {
    const HOUR: u64 = 3_600;
    let state = tempfile::tempdir().unwrap();
    let at = |start| Arc::new(Later(Duration::from_secs(start), SystemClock::default()));
    let first = host(state.path(), Duration::from_secs(HOUR), at(1_000_000)).await;
    first.run(1, std::future::ready(())).await.unwrap();
    drop(first);
    // The third starts before the next tick is due, the fourth three and a half hours after it.
    let starts =
        [(HOUR + 60, Some(HOUR)), (2 * HOUR - 1, None), (5 * HOUR + 1_800, Some(5 * HOUR))];
    for (start, due) in starts {
        let host = host(state.path(), Duration::from_secs(HOUR), at(1_000_000 + start)).await;
        let mut heard = host.subscribe();
        let told = Mutex::new(None);
        let enough = async {
            if due.is_some() {
                *told.lock().unwrap() = Some(heard.recv().await.unwrap());
            }
        };
        host.run(1, enough).await.unwrap();
        let told = told.into_inner().unwrap();
        let at = told.as_ref().map(|report| report.at_ms / 1_000 - 1_000_000);
        assert_eq!(at, due);
        assert!(heard.try_recv().is_err(), "one tick, and no other");
    }
    let name = ManagerName::new("greeter").unwrap();
    let row = SqliteReader::open(state.path()).unwrap().load(&name).unwrap().unwrap().row;
    assert_eq!((row.tick.get(), row.gaps), (2, 3), "of five hours");
}

fn missed(report: &TickReport) -> bool {
    report.tasks.iter().any(|task| task.outcome == Outcome::Missed)
}

fn ran_tidy(report: &Arc<TickReport>) -> bool {
    let tidy = report.tasks.iter().find(|task| task.task.as_str() == "tidy");
    tidy.is_some_and(|task| task.outcome == Outcome::Failed)
}
