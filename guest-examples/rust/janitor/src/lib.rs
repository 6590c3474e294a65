//! Keeps a store clean: records come in, and those that are too old go.
//!
//! Three tasks, in the order in which they run on a tick where all are due:
//!
//! - `intake` writes some records, so that there is something to see;
//! - `sweep` removes the records that are older than `retention`;
//! - `report` logs how many there are.
//!
//! Configuration: `retention` (a length of time such as `7d` or `90s`, default 60 s), `intake`
//! (records per run, default 2) and `seed` (a number that their contents come from, default 1).
//!
//! Time is the run's scheduled time and never a clock. So the janitor does the same thing in a
//! simulation of a year that takes a second, and in a test.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tourbillon_sdk::prelude::*;

/// Records are stored under this prefix; other keys are left alone.
const PREFIX: &str = "record/";

/// One record, kept as JSON.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    created_ms: u64,
    payload: u64,
}

/// An instance may be dropped and replaced at any time, so what is kept here is only what can be
/// read again: the configuration.
#[derive(Debug, Default)]
pub struct Janitor {
    retention: Duration,
    intake: u64,
    seed: u64,
}

#[manager]
impl Manager for Janitor {
    /// A wrong value fails here, with its name, before any task runs.
    fn init_host(&mut self, host: &str) -> Result<()> {
        self.retention = config::duration("retention")?.unwrap_or(Duration::from_secs(60));
        self.intake = config::parse("intake")?.unwrap_or(2);
        self.seed = config::parse("seed")?.unwrap_or(1);
        info!("cleaning on {host}: records live for {:?}", self.retention);
        Ok(())
    }

    fn service_version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    fn service_config(&self) -> Vec<(String, String)> {
        vec![
            ("retention".into(), format!("{:?}", self.retention)),
            ("intake".into(), self.intake.to_string()),
            ("seed".into(), self.seed.to_string()),
        ]
    }

    /// Takes in new records.
    #[periodic_task(run_immediately)]
    fn intake(&mut self, run: &Run) -> Result<()> {
        let store = Bucket::own()?;
        for n in 0..self.intake {
            // The key holds the tick: the same run, started once more, writes the same records
            // and no others.
            let key = format!("{PREFIX}{:012}-{n}", run.tick);
            let record = Record {
                created_ms: run.scheduled_at_ms,
                payload: mix(self.seed, run.tick, n),
            };
            store.set_json(&key, &record)?;
        }
        Ok(())
    }

    /// Removes records that are older than `retention`.
    #[periodic_task(ticks_between_runs = 2)]
    fn sweep(&mut self, run: &Run) -> Result<()> {
        let retention_ms = u64::try_from(self.retention.as_millis())?;
        let oldest_ms = run.scheduled_at_ms.saturating_sub(retention_ms);
        let store = Bucket::own()?;
        let mut swept = 0;
        // Deleting while listing is allowed: the list is the one from the beginning.
        for key in store.keys() {
            let key = key?;
            if !key.starts_with(PREFIX) {
                continue;
            }
            let record: Option<Record> = store.get_json(&key).context("cannot sweep")?;
            if record.is_some_and(|record| record.created_ms < oldest_ms) {
                store.delete(&key)?;
                swept += 1;
            }
        }
        // If anything above failed, nothing of it was kept, this count included.
        store.increment("swept", swept)?;
        Ok(())
    }

    /// Logs how many records there are.
    #[periodic_task(ticks_between_runs = 1)]
    fn report(&self) -> Result<()> {
        let store = Bucket::own()?;
        let mut kept = 0;
        for key in store.keys() {
            kept += u64::from(key?.starts_with(PREFIX));
        }
        let swept = store.get_text("swept")?.unwrap_or_else(|| "0".into());
        info!("{kept} records kept, {swept} swept so far");
        Ok(())
    }
}

tourbillon_sdk::export!(Janitor);

/// Numbers that look random and are the same every time (splitmix64).
fn mix(seed: u64, tick: u64, n: u64) -> u64 {
    let mut x = seed
        .wrapping_add(tick.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .wrapping_add(n);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A manager is ordinary Rust: natively the SDK brings a small host along, so that this runs under
/// `cargo test` without WebAssembly.
#[cfg(test)]
mod tests {
    use super::*;
    use tourbillon_sdk::testing::{Harness, set_config, take_log};

    #[test]
    fn records_live_as_long_as_the_retention() {
        set_config("retention", "30s");
        set_config("intake", "1");
        let mut janitor = Harness::<Janitor>::new().every_ms(10_000);
        janitor.init_host().unwrap();
        for (task, outcome) in janitor.ticks(12) {
            assert_eq!(outcome, Ok(None), "{task}");
        }
        // Tick 12 is at 120 s: what came in before 90 s, at the ticks 1 to 8, is gone.
        assert_eq!(janitor.stored("swept").as_deref(), Some(&b"8"[..]));
        let last = take_log().pop().unwrap();
        assert_eq!(last.message, "4 records kept, 8 swept so far");
    }

    #[test]
    fn a_bad_retention_is_named() {
        set_config("retention", "a week");
        let error = Harness::<Janitor>::new().init_host().unwrap_err();
        assert!(
            error
                .message()
                .starts_with(r#"config retention = "a week""#)
        );
    }
}
