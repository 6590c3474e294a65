//! A host in memory, one for each thread, for tests of managers on native targets.
//!
//! It keeps the promises that a manager can see (own writes are read, keys come in byte order and
//! in pages, increments are decimal text) and knows no schedule: `testing` has that.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use crate::config::ConfigError;
use crate::decimal;
use crate::log::Level;
use crate::store::StoreError;
use crate::testing::LogLine;

/// As many keys as the real host puts on a page.
const PAGE: usize = 1_000;

/// The values of one bucket.
pub(crate) type Values = BTreeMap<String, Vec<u8>>;

/// What `context` answers, beside constants.
#[derive(Debug, Default)]
pub(crate) struct Running {
    pub(crate) manager: String,
    pub(crate) attempt: u32,
    pub(crate) trigger: &'static str,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) config: BTreeMap<String, String>,
    pub(crate) own: Values,
    pub(crate) granted: BTreeMap<String, Values>,
    pub(crate) log: Vec<LogLine>,
    pub(crate) running: Running,
    lists: HashMap<u64, Vec<String>>,
    last_cursor: u64,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

pub(crate) fn with<T>(f: impl FnOnce(&mut State) -> T) -> T {
    STATE.with_borrow_mut(f)
}

pub(crate) fn log(level: Level, context: &str, message: &str) {
    with(|state| {
        state.log.push(LogLine { level, context: context.to_owned(), message: message.to_owned() });
    });
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "the signature is that of the real host, which can fail"
)]
pub(crate) fn config_get(key: &str) -> Result<Option<String>, ConfigError> {
    Ok(with(|state| state.config.get(key).cloned()))
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "the signature is that of the real host, which can fail"
)]
pub(crate) fn config_all() -> Result<Vec<(String, String)>, ConfigError> {
    Ok(with(|state| state.config.clone().into_iter().collect()))
}

#[derive(Debug)]
pub(crate) struct Bucket(Option<String>);

impl Bucket {
    pub(crate) fn open(name: &str) -> Result<Self, StoreError> {
        if matches!(name, "" | "default") {
            return Ok(Self(None));
        }
        if with(|state| state.granted.contains_key(name)) {
            return Ok(Self(Some(name.to_owned())));
        }
        Err(StoreError::NoSuchStore(name.to_owned()))
    }

    fn with<T>(&self, f: impl FnOnce(&mut Values) -> T) -> T {
        with(|state| match &self.0 {
            None => f(&mut state.own),
            Some(name) => f(state.granted.entry(name.clone()).or_default()),
        })
    }

    #[allow(clippy::unnecessary_wraps, reason = "as the real host")]
    pub(crate) fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.with(|values| values.get(key).cloned()))
    }

    #[allow(clippy::unnecessary_wraps, reason = "as the real host")]
    pub(crate) fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.with(|values| values.insert(key.to_owned(), value.to_vec()));
        Ok(())
    }

    #[allow(clippy::unnecessary_wraps, reason = "as the real host")]
    pub(crate) fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.with(|values| values.remove(key));
        Ok(())
    }

    #[allow(clippy::unnecessary_wraps, reason = "as the real host")]
    pub(crate) fn exists(&self, key: &str) -> Result<bool, StoreError> {
        Ok(self.with(|values| values.contains_key(key)))
    }

    pub(crate) fn increment(&self, key: &str, delta: u64) -> Result<u64, StoreError> {
        let refused = |why: &str| StoreError::Other(why.to_owned());
        let bytes = self.get(key)?.unwrap_or_else(|| b"0".to_vec());
        if !decimal::is_one(&bytes) {
            return Err(refused("the value is not a decimal number"));
        }
        let sum = decimal::read(&bytes).and_then(|number| number.checked_add(delta));
        let sum = sum.ok_or_else(|| refused("the sum does not fit into 64 bits"))?;
        self.set(key, sum.to_string().as_bytes())?;
        Ok(sum)
    }

    pub(crate) fn list_keys(
        &self,
        cursor: Option<u64>,
    ) -> Result<(Vec<String>, Option<u64>), StoreError> {
        let mut rest = match cursor {
            None => self.with(|values| values.keys().cloned().collect()),
            Some(cursor) => with(|state| state.lists.remove(&cursor))
                .ok_or_else(|| StoreError::Other(format!("no list has the cursor {cursor}")))?,
        };
        if rest.len() <= PAGE {
            return Ok((rest, None));
        }
        let later = rest.split_off(PAGE);
        let cursor = with(|state| {
            state.last_cursor += 1;
            state.lists.insert(state.last_cursor, later);
            state.last_cursor
        });
        Ok((rest, Some(cursor)))
    }
}

/// What `tourbillon:manager/context` answers here.
pub(crate) mod context {
    use super::with;

    pub(crate) fn manager() -> String {
        with(|state| state.running.manager.clone())
    }

    pub(crate) fn host() -> String {
        "test".to_owned()
    }

    pub(crate) fn attempt() -> u32 {
        with(|state| state.running.attempt)
    }

    pub(crate) fn fence() -> u64 {
        1
    }

    pub(crate) fn trigger() -> String {
        with(|state| state.running.trigger.to_owned())
    }

    pub(crate) fn fuel_granted() -> u64 {
        u64::from(attempt() > 0) * 100_000_000
    }

    pub(crate) fn fuel_left() -> u64 {
        fuel_granted()
    }

    pub(crate) fn time_limit_ms() -> u64 {
        u64::from(attempt() > 0) * 5_000
    }

    pub(crate) fn missed_before() -> u64 {
        0
    }
}
