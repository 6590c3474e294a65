//! Everything that the SDK for Rust can do: what `tests/conformance/README.md` asks of every language.
//!
//! A task does its deed only where the configuration has a key of its name.

use std::hint::black_box;

use tourbillon_sdk::prelude::*;

/// What the other manager inherits.
#[derive(Debug, Default)]
pub struct Base;

#[manager]
impl Manager for Base {
    /// Inherited as it is
    #[periodic_task]
    pub fn inherited(&mut self) {
        info!("inherited");
    }

    /// Of the base
    #[periodic_task(ticks_between_runs = 1)]
    pub fn overridden(&mut self) {
        info!("base");
    }

    /// Runs on the first tick
    #[periodic_task(ticks_between_runs = 3, run_immediately)]
    pub fn immediate(&mut self) {
        info!("immediate");
    }

    /// Of the base
    #[periodic_task(ticks_between_runs = 1, run_immediately)]
    pub fn kept(&mut self) {
        info!("kept");
    }
}

/// One task for each scenario.
#[derive(Debug, Default)]
pub struct Conformance {
    base: Base,
    runs: u64,
}

#[manager(extends(base: Base))]
impl Manager for Conformance {
    fn init_host(&mut self, host: &str) -> Result<()> {
        info!("init on {host}");
        match config::get("fail-init")? {
            Some(message) => Err(Error::msg(message)),
            None => Ok(()),
        }
    }

    fn service_version(&self) -> String {
        "1.2.3".to_owned()
    }

    fn service_config(&self) -> Vec<(String, String)> {
        vec![("suite".to_owned(), "conformance".to_owned())]
    }

    /// Of the child
    #[periodic_task(overrides, ticks_between_runs = 2)]
    fn overridden(&mut self) {
        info!("child, then");
        self.base.overridden();
    }

    #[periodic_task(overrides, as_inherited)]
    fn kept(&mut self) {
        info!("kept, by the child");
        self.base.kept();
    }

    #[periodic_task]
    fn fail(&mut self) -> Result<()> {
        config::get("fail")?.map_or(Ok(()), |message| Err(Error::msg(message)))
    }

    #[periodic_task(name = "fail-later")]
    fn fail_later(&mut self) -> Result<()> {
        match config::parse("fail-later")? {
            Some(ticks) => Err(Error::msg("later").skip_ticks(ticks)),
            None => Ok(()),
        }
    }

    #[periodic_task]
    fn trap(&mut self) -> Result<()> {
        if armed("trap")? {
            deep_in();
        }
        Ok(())
    }

    #[periodic_task]
    fn crash(&mut self) -> Result<()> {
        assert!(!armed("crash")?, "uncaught on purpose");
        Ok(())
    }

    #[periodic_task]
    fn delay(&mut self) -> Result<Option<Skip>> {
        Ok(config::parse("delay")?.map(Skip))
    }

    #[periodic_task]
    fn spin(&mut self) -> Result<()> {
        if armed("spin")? {
            loop {
                black_box(&self.runs);
            }
        }
        Ok(())
    }

    #[periodic_task]
    fn grow(&mut self) -> Result<()> {
        if armed("grow")? {
            let mut kept = Vec::new();
            loop {
                kept.push(black_box(vec![1_u8; 1 << 20]));
            }
        }
        Ok(())
    }

    #[periodic_task]
    fn config(&mut self) -> Result<()> {
        let text = config::get("text")?;
        info!("config: {}", text.as_deref().unwrap_or("none"));
        info!("config: {} keys", config::all()?.len());
        Ok(())
    }

    #[periodic_task]
    fn store(&mut self) -> Result<()> {
        let Some(how) = config::get("store")? else { return Ok(()) };
        let store = Bucket::own()?;
        if how == "fail" {
            store.set("poison", "1")?;
            return Err(Error::msg("on purpose"));
        }
        store.set("a", "1")?;
        if store.get_text("a")?.as_deref() != Some("1") || !store.exists("a")? {
            return Err(Error::msg("a run does not read its own writes"));
        }
        store.increment("n", 2)?;
        store.set("b", "x")?;
        store.delete("b")?;
        let keys = store.keys().collect::<Result<Vec<_>, _>>()?;
        let known = |key: &&String| ["a", "b", "n"].contains(&key.as_str());
        let keys: Vec<_> = keys.iter().filter(known).map(String::as_str).collect();
        info!("store: {}", keys.join(","));
        Ok(())
    }

    #[periodic_task]
    fn unicode(&mut self) -> Result<()> {
        if armed("unicode")? {
            let store = Bucket::own()?;
            store.set("ключ/🦀", "значение ✓ 漢字")?;
            info!("unicode: {}", store.get_text("ключ/🦀")?.unwrap_or_default());
        }
        Ok(())
    }

    #[periodic_task]
    fn values(&mut self) -> Result<()> {
        if !armed("values")? {
            return Ok(());
        }
        let store = Bucket::own()?;
        let huge: Vec<u8> = (0..=250).cycle().take(61_440).collect();
        store.set("empty", "")?;
        store.set("huge", &huge)?;
        let (empty, read) = (store.get("empty")?, store.get("huge")?);
        if read.as_ref() != Some(&huge) {
            return Err(Error::msg("what was read is not what was written"));
        }
        let length = |value: Option<Vec<u8>>| value.map_or(0, |value| value.len());
        info!("values: {} and {}", length(empty), length(read));
        Ok(())
    }

    #[periodic_task]
    fn instances(&mut self) -> Result<()> {
        if armed("instances")? {
            self.runs += 1;
            let stored = Bucket::own()?.increment("instances", 1)?;
            info!("instances: {} in memory, {stored} stored", self.runs);
        }
        Ok(())
    }

    #[periodic_task]
    fn levels(&mut self) -> Result<()> {
        if armed("levels")? {
            trace!("a trace");
            debug!("a debug");
            info!("an info");
            warn!("a warn");
            error!("an error");
            critical!("a critical");
        }
        Ok(())
    }

    #[periodic_task]
    fn identity(&mut self, run: &Run) -> Result<()> {
        if armed("identity")? {
            let Run { id, task, tick, scheduled_at_ms: at, .. } = run;
            let (manager, host) = (context::manager(), context::host());
            let (attempt, trigger) = (context::attempt(), context::trigger());
            info!("identity: {id} {task} {tick} {at} {manager} {host} {attempt} {trigger}");
        }
        Ok(())
    }
}

tourbillon_sdk::export!(Conformance);

fn armed(key: &str) -> Result<bool> {
    Ok(config::get(key)?.is_some())
}

#[inline(never)]
fn deep_in() {
    black_box(the_cage)();
}

#[inline(never)]
fn the_cage() {
    core::arch::wasm32::unreachable()
}
