//! `wasi:config/store`: what the configuration of the manager says, as strings.
//!
//! Knows no file and no environment: it answers from the map with which the manager was loaded, the
//! same for the life of an instance. An unknown key is `none`; neither function ever answers with
//! an error.

use wasmtime::component::{HasSelf, Linker};

use super::GuestState;
use super::bindings::config::store::{self, Error, Host};

/// Adds `wasi:config/store` to a linker.
pub(crate) fn add_to_linker(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    store::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

impl Host for GuestState {
    fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<String>, Error>> {
        self.host_call(key.len())?;
        Ok(Ok(self.identity().config.get(&key).cloned()))
    }

    fn get_all(&mut self) -> wasmtime::Result<Result<Vec<(String, String)>, Error>> {
        self.host_call(0)?;
        let config = &self.identity().config;
        Ok(Ok(config.iter().map(|(key, value)| (key.clone(), value.clone())).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::testing::Bench;

    #[test]
    fn the_configuration_answers_and_unknown_keys_are_none() {
        let mut bench = Bench::new();
        bench.identity.config.insert("retention".to_owned(), "7d".to_owned());
        let mut state = bench.state();
        assert_eq!(state.get("retention".to_owned()).unwrap().unwrap().as_deref(), Some("7d"));
        assert_eq!(state.get("Retention".to_owned()).unwrap().unwrap(), None);
        assert_eq!(state.get_all().unwrap().unwrap(), [("retention".to_owned(), "7d".to_owned())]);
        assert_eq!(state.finish().host_calls, 3);
    }
}
