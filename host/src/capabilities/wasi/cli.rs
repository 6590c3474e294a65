//! `wasi:cli/environment` and `wasi:cli/exit`: an environment where one was granted, and a way out.
//!
//! A manager has no arguments and no directory. `exit` ends the guest as a trap does, whatever the
//! status: an instance that has exited can't be entered again (S15).

use wasmtime::component::{HasSelf, Linker};
use wasmtime_wasi::p2::bindings::cli::{environment, exit};

use crate::capabilities::GuestState;

pub(super) fn add_to_linker(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    environment::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    exit::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

impl environment::Host for GuestState {
    fn get_environment(&mut self) -> wasmtime::Result<Vec<(String, String)>> {
        self.host_call(0)?;
        let granted = &self.identity().environment;
        Ok(granted.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    fn get_arguments(&mut self) -> wasmtime::Result<Vec<String>> {
        self.host_call(0)?;
        Ok(Vec::new())
    }

    fn initial_cwd(&mut self) -> wasmtime::Result<Option<String>> {
        self.host_call(0)?;
        Ok(None)
    }
}

impl exit::Host for GuestState {
    fn exit(&mut self, status: Result<(), ()>) -> wasmtime::Result<()> {
        self.leave(u8::from(status.is_err()))
    }

    fn exit_with_code(&mut self, status: u8) -> wasmtime::Result<()> {
        self.leave(status)
    }
}

impl GuestState {
    fn leave(&mut self, status: u8) -> wasmtime::Result<()> {
        self.host_call(0)?;
        Err(wasmtime::format_err!("the guest called exit with status {status}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::testing::Bench;
    use environment::Host as _;
    use exit::Host as _;

    #[test]
    fn the_environment_is_empty_unless_granted() {
        let mut bench = Bench::with_wasi();
        assert_eq!(bench.running().get_environment().unwrap(), []);
        bench.identity.environment.insert("TZ".to_owned(), "UTC".to_owned());
        let mut state = bench.running();
        assert_eq!(state.get_environment().unwrap(), [("TZ".to_owned(), "UTC".to_owned())]);
        assert_eq!(state.get_arguments().unwrap(), [""; 0]);
        assert_eq!(state.initial_cwd().unwrap(), None);
    }

    #[test]
    fn s15_exit_ends_the_guest_whatever_the_status() {
        let mut state = Bench::with_wasi().running();
        let said = state.exit(Ok(())).unwrap_err().to_string();
        assert_eq!(said, "the guest called exit with status 0");
        let said = state.exit_with_code(7).unwrap_err().to_string();
        assert_eq!(said, "the guest called exit with status 7");
    }
}
