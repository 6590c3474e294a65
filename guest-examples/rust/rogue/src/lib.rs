//! Misbehaves on purpose, so that one can watch the host contain it.
//!
//! `steady` is a good task that runs on every tick, before and after every disaster. `misbehave`
//! runs on every third tick and does the next thing of a list: it spins for ever, eats memory until
//! it is refused, or panics. The tick number chooses, so a run of the same tick does the same.
//!
//! Configuration: `misdeeds`, names with commas between them, by default `spin,eat,panic`. There
//! are also `fail` (an honest error, which is no misdeed at all) and `rest` (nothing).

use std::hint::black_box;

use tourbillon_sdk::prelude::*;

/// `misbehave` skips this many ticks between two runs.
const TICKS_BETWEEN: u32 = 2;

#[derive(Debug, Default)]
pub struct Rogue;

#[manager]
impl Manager for Rogue {
    fn init_host(&mut self, _host: &str) -> Result<()> {
        // After each kill there is a new instance, and this is called again.
        debug!("a new instance");
        Ok(())
    }

    /// Counts its runs: the number in the store shows that no disaster lost one.
    #[periodic_task(run_immediately)]
    fn steady(&mut self, run: &Run) -> Result<()> {
        // The identity of a run is what a sink outside drops duplicates by.
        debug!("run {} attempt {}", run.id, context::attempt());
        Bucket::own()?.increment("steady", 1)?;
        Ok(())
    }

    /// Does the next thing that it should not.
    #[periodic_task(ticks_between_runs = TICKS_BETWEEN)]
    fn misbehave(&mut self, run: &Run) -> Result<()> {
        // The key-value store is all or nothing: of a run that is killed, nothing is kept.
        Bucket::own()?.set("last", "never seen, unless the misdeed was to rest")?;
        match misdeed(run.tick)?.as_str() {
            "spin" => spin(),
            "eat" => eat(),
            "panic" => panic!("this is what was asked for at tick {}", run.tick),
            "fail" => Err(Error::msg("this task failed as it was told to").skip_ticks(1)),
            "rest" => Ok(()),
            other => Err(Error::msg(format!("config misdeeds: {other:?} is unknown"))),
        }
    }
}

tourbillon_sdk::export!(Rogue);

/// The misdeed of a tick: the list, round and round.
fn misdeed(tick: u64) -> Result<String> {
    let list = config::get("misdeeds")?.unwrap_or_else(|| "spin,eat,panic".into());
    let list: Vec<&str> = list.split(',').map(str::trim).collect();
    // The task is first due at tick N+1, then at 2(N+1), and so on.
    let run = (tick / (u64::from(TICKS_BETWEEN) + 1)).saturating_sub(1);
    let index = usize::try_from(run % list.len() as u64)?;
    Ok(list[index].to_owned())
}

/// Never returns. Fuel or the time limit ends it.
fn spin() -> ! {
    let mut turns: u64 = 0;
    loop {
        // The optimizer must not see that this leads nowhere.
        turns = black_box(turns.wrapping_add(1));
    }
}

/// Takes memory, a mebibyte at a time, until the host refuses; then the allocator aborts.
fn eat() -> ! {
    let mut eaten: Vec<Vec<u8>> = Vec::new();
    loop {
        eaten.push(black_box(vec![1; 1 << 20]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tourbillon_sdk::testing::{Harness, set_config};

    #[test]
    fn misdeeds_go_round() {
        let got: Vec<_> = [3, 6, 9, 12].map(|tick| misdeed(tick).unwrap()).into();
        assert_eq!(got, ["spin", "eat", "panic", "spin"]);
    }

    #[test]
    fn a_failure_keeps_nothing() {
        set_config("misdeeds", "fail, rest");
        let mut rogue = Harness::<Rogue>::new();
        rogue.ticks(3);
        assert_eq!(rogue.stored("last"), None);
        assert_eq!(rogue.stored("steady").as_deref(), Some(&b"3"[..]));
    }
}
