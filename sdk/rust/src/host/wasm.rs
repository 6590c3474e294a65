//! The host behind the imports. Nothing here decides anything: types are translated, no more.

use crate::bindings::wasi;
use crate::config::ConfigError;
use crate::log::Level;
use crate::store::StoreError;

use wasi::config::store as raw_config;
use wasi::keyvalue::store as raw_store;
use wasi::logging::logging as raw_log;

pub(crate) use crate::bindings::tourbillon::manager::context;

pub(crate) fn log(level: Level, context: &str, message: &str) {
    let level = match level {
        Level::Trace => raw_log::Level::Trace,
        Level::Debug => raw_log::Level::Debug,
        Level::Info => raw_log::Level::Info,
        Level::Warn => raw_log::Level::Warn,
        Level::Error => raw_log::Level::Error,
        Level::Critical => raw_log::Level::Critical,
    };
    raw_log::log(level, context, message);
}

pub(crate) fn config_get(key: &str) -> Result<Option<String>, ConfigError> {
    raw_config::get(key).map_err(config_error)
}

pub(crate) fn config_all() -> Result<Vec<(String, String)>, ConfigError> {
    raw_config::get_all().map_err(config_error)
}

fn config_error(error: raw_config::Error) -> ConfigError {
    match error {
        raw_config::Error::Upstream(reason) | raw_config::Error::Io(reason) => {
            ConfigError::Host(reason)
        }
    }
}

#[derive(Debug)]
pub(crate) struct Bucket(raw_store::Bucket);

impl Bucket {
    pub(crate) fn open(name: &str) -> Result<Self, StoreError> {
        raw_store::open(name).map(Self).map_err(|error| match error {
            raw_store::Error::NoSuchStore => StoreError::NoSuchStore(name.to_owned()),
            other => store_error(other),
        })
    }

    pub(crate) fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(key).map_err(store_error)
    }

    pub(crate) fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.0.set(key, value).map_err(store_error)
    }

    pub(crate) fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.0.delete(key).map_err(store_error)
    }

    pub(crate) fn exists(&self, key: &str) -> Result<bool, StoreError> {
        self.0.exists(key).map_err(store_error)
    }

    pub(crate) fn increment(&self, key: &str, delta: u64) -> Result<u64, StoreError> {
        wasi::keyvalue::atomics::increment(&self.0, key, delta).map_err(store_error)
    }

    pub(crate) fn list_keys(
        &self,
        cursor: Option<u64>,
    ) -> Result<(Vec<String>, Option<u64>), StoreError> {
        self.0.list_keys(cursor).map(|page| (page.keys, page.cursor)).map_err(store_error)
    }
}

fn store_error(error: raw_store::Error) -> StoreError {
    match error {
        // Only opening names a store, and says which one; for the rest this is a handle gone bad.
        raw_store::Error::NoSuchStore => StoreError::NoSuchStore(String::new()),
        raw_store::Error::AccessDenied => StoreError::AccessDenied,
        raw_store::Error::Other(reason) => match reason.strip_prefix("quota: ") {
            Some(limit) => StoreError::Quota(limit.to_owned()),
            None => StoreError::Other(reason),
        },
    }
}
