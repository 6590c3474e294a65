//! Standard input, output and error: output goes to the log line by line, input is at its end.
//!
//! A line of output is a line of the log in every way: it counts in the run's allowance, and it is
//! made harmless. One that does not end is cut into lines at [`MAX_LINE`], so that nothing grows
//! here. What a run left without a line end is logged when it ends. There is no terminal.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use wasmtime::component::{HasSelf, Linker, Resource};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::bindings::cli::{
    stderr, stdin, stdout, terminal_input, terminal_output, terminal_stderr, terminal_stdin,
    terminal_stdout,
};
use wasmtime_wasi::p2::pipe::ClosedInputStream;
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, OutputStream, Pollable, StreamError, StreamResult,
};

use crate::capabilities::GuestState;
use crate::capabilities::bindings::logging::logging::Level;

/// The longest line, in bytes.
const MAX_LINE: usize = 4_096;

/// How much a guest may write at once.
const MAX_WRITE: usize = 16_384;

/// What was written and not yet logged; both ends hold it.
#[derive(Debug, Default, Clone)]
pub(super) struct Pipe(Arc<Mutex<Vec<u8>>>);

impl Pipe {
    fn write(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    }

    /// Takes the complete lines out, without their ends; with `rest` also what follows the last.
    fn lines(&self, rest: bool) -> Vec<Vec<u8>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut lines, mut from) = (Vec::new(), 0);
        while let Some(at) = end_of_line(&held[from..]) {
            lines.push(held[from..from + at.end].to_vec());
            from += at.next;
        }
        if rest && from < held.len() {
            lines.push(held[from..].to_vec());
            from = held.len();
        }
        held.drain(..from);
        lines
    }
}

/// Where a line ends, and where the next begins.
struct LineEnd {
    end: usize,
    next: usize,
}

fn end_of_line(text: &[u8]) -> Option<LineEnd> {
    let within = &text[..text.len().min(MAX_LINE)];
    if let Some(at) = within.iter().position(|byte| *byte == b'\n') {
        let end = if at > 0 && text[at - 1] == b'\r' { at - 1 } else { at };
        return Some(LineEnd { end, next: at + 1 });
    }
    (text.len() >= MAX_LINE).then_some(LineEnd { end: MAX_LINE, next: MAX_LINE })
}

impl GuestState {
    /// Logs the lines that are complete: after each call that may have written some.
    pub(super) fn log_stdio(&mut self) {
        self.log_pipes(false);
    }

    /// Logs everything that was written: at the end of a run.
    pub(crate) fn log_rest_of_stdio(&mut self) {
        self.log_pipes(true);
    }

    fn log_pipes(&mut self, rest: bool) {
        let Some(wasi) = &self.wasi else { return };
        let (out, err) = (wasi.stdout.lines(rest), wasi.stderr.lines(rest));
        for line in out {
            self.log_line(Level::Info, "stdout", &String::from_utf8_lossy(&line));
        }
        for line in err {
            self.log_line(Level::Warn, "stderr", &String::from_utf8_lossy(&line));
        }
    }

    fn output(
        &mut self,
        pipe: fn(&super::Wasi) -> &Pipe,
    ) -> wasmtime::Result<Resource<DynOutputStream>> {
        self.host_call(0)?;
        let pipe = self.wasi.as_deref().map(pipe).cloned().unwrap_or_default();
        let stream: DynOutputStream = Box::new(pipe);
        Ok(self.table.push(stream)?)
    }
}

#[async_trait]
impl Pollable for Pipe {
    async fn ready(&mut self) {}
}

#[async_trait]
impl OutputStream for Pipe {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        if bytes.len() > MAX_WRITE {
            return Err(StreamError::trap("wrote more than `check-write` allows"));
        }
        Pipe::write(self, &bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(MAX_WRITE)
    }
}

pub(super) fn add_to_linker(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    stdin::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    stdout::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    stderr::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    terminal_input::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    terminal_output::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    terminal_stdin::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    terminal_stdout::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    terminal_stderr::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

impl stdin::Host for GuestState {
    fn get_stdin(&mut self) -> wasmtime::Result<Resource<DynInputStream>> {
        self.host_call(0)?;
        let stream: DynInputStream = Box::new(ClosedInputStream);
        Ok(self.table.push(stream)?)
    }
}

impl stdout::Host for GuestState {
    fn get_stdout(&mut self) -> wasmtime::Result<Resource<DynOutputStream>> {
        self.output(|wasi| &wasi.stdout)
    }
}

impl stderr::Host for GuestState {
    fn get_stderr(&mut self) -> wasmtime::Result<Resource<DynOutputStream>> {
        self.output(|wasi| &wasi.stderr)
    }
}

impl terminal_input::Host for GuestState {}

impl terminal_input::HostTerminalInput for GuestState {
    fn drop(&mut self, terminal: Resource<terminal_input::TerminalInput>) -> wasmtime::Result<()> {
        self.table.delete(terminal)?;
        Ok(())
    }
}

impl terminal_output::Host for GuestState {}

impl terminal_output::HostTerminalOutput for GuestState {
    fn drop(
        &mut self,
        terminal: Resource<terminal_output::TerminalOutput>,
    ) -> wasmtime::Result<()> {
        self.table.delete(terminal)?;
        Ok(())
    }
}

impl terminal_stdin::Host for GuestState {
    fn get_terminal_stdin(
        &mut self,
    ) -> wasmtime::Result<Option<Resource<terminal_input::TerminalInput>>> {
        self.host_call(0)?;
        Ok(None)
    }
}

impl terminal_stdout::Host for GuestState {
    fn get_terminal_stdout(
        &mut self,
    ) -> wasmtime::Result<Option<Resource<terminal_output::TerminalOutput>>> {
        self.host_call(0)?;
        Ok(None)
    }
}

impl terminal_stderr::Host for GuestState {
    fn get_terminal_stderr(
        &mut self,
    ) -> wasmtime::Result<Option<Resource<terminal_output::TerminalOutput>>> {
        self.host_call(0)?;
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::testing::{Bench, logged, now};
    use stderr::Host as _;
    use stdin::Host as _;
    use stdout::Host as _;
    use wasmtime_wasi::p2::bindings::io::streams::{HostInputStream as _, HostOutputStream as _};

    #[test]
    fn lines_are_cut_at_their_ends_and_at_the_longest() {
        let check = |input: &[&[u8]], expect: &[&[u8]], rest: &[&[u8]]| {
            let pipe = Pipe::default();
            let lines: Vec<_> = input
                .iter()
                .flat_map(|bytes| {
                    pipe.write(bytes);
                    pipe.lines(false)
                })
                .collect();
            assert_eq!(lines, expect, "{input:?}");
            assert_eq!(pipe.lines(true), rest, "{input:?}");
        };
        check(&[b""], &[], &[]);
        check(&[b"one\ntwo\r\n\nrest"], &[b"one", b"two", b""], &[b"rest"]);
        check(&[b"o", b"ne", b"\n"], &[b"one"], &[]);
        let long = [b'x'; MAX_LINE];
        check(&[&long[..MAX_LINE - 1]], &[], &[&long[..MAX_LINE - 1]]);
        check(&[&long, b"y\n"], &[&long, b"y"], &[]);
    }

    #[test]
    fn output_is_logged_line_by_line_and_the_rest_at_the_end() {
        let lines = logged(|| {
            let mut state = Bench::with_wasi().running();
            let out = state.get_stdout().unwrap();
            let err = state.get_stderr().unwrap().rep();
            state.write(out, b"hello\nwor".to_vec()).unwrap();
            let write =
                state.blocking_write_and_flush(Resource::new_borrow(err), b"oh\xff\n".to_vec());
            now(write).unwrap();
            assert_eq!(state.finish().host_calls, 4);
        });
        let said: Vec<_> = lines
            .iter()
            .map(|line| line.trim().replace("manager=\"m\" task=\"t\" run=\"m/t/1\" ", ""))
            .collect();
        assert_eq!(
            said,
            [
                "INFO guest: hello context=\"stdout\"",
                "WARN guest: oh\u{fffd} context=\"stderr\"",
                "INFO guest: wor context=\"stdout\""
            ]
        );
    }

    #[test]
    fn input_is_at_its_end() {
        let mut state = Bench::with_wasi().running();
        let input = state.get_stdin().unwrap();
        let told = now(state.blocking_read(input, 10));
        assert!(matches!(told, Err(StreamError::Closed)), "{told:?}");
    }
}
