//! `wasi:io`: errors, polling and streams, done by wasmtime-wasi over the guest's own handles.
//!
//! All that is added here is the count of calls and bytes, and that what was written to standard
//! output reaches the log. A stream of any capability, an embedder's too, comes through here.

use wasmtime::component::{HasSelf, Linker, Resource};
use wasmtime_wasi::p2::bindings::io::{error, poll, streams};
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, DynPollable, IoError, StreamError, StreamResult,
};

use crate::capabilities::GuestState;

type In = Resource<DynInputStream>;
type Out = Resource<DynOutputStream>;

pub(super) fn add_to_linker(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    error::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    poll::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    streams::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

impl GuestState {
    /// As [`GuestState::host_call`], in the terms of streams.
    fn stream_call(&mut self, bytes: usize) -> StreamResult<()> {
        self.host_call(bytes).map_err(StreamError::Trap)
    }
}

impl error::Host for GuestState {}

impl error::HostError for GuestState {
    fn to_debug_string(&mut self, error: Resource<IoError>) -> wasmtime::Result<String> {
        self.host_call(0)?;
        error::HostError::to_debug_string(&mut self.table, error)
    }

    fn drop(&mut self, error: Resource<IoError>) -> wasmtime::Result<()> {
        error::HostError::drop(&mut self.table, error)
    }
}

impl poll::Host for GuestState {
    async fn poll(&mut self, all: Vec<Resource<DynPollable>>) -> wasmtime::Result<Vec<u32>> {
        self.host_call(all.len().saturating_mul(size_of::<u32>()))?;
        poll::Host::poll(&mut self.table, all).await
    }
}

impl poll::HostPollable for GuestState {
    async fn ready(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<bool> {
        self.host_call(0)?;
        poll::HostPollable::ready(&mut self.table, pollable).await
    }

    async fn block(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        self.host_call(0)?;
        poll::HostPollable::block(&mut self.table, pollable).await
    }

    fn drop(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        poll::HostPollable::drop(&mut self.table, pollable)
    }
}

impl streams::Host for GuestState {
    fn convert_stream_error(
        &mut self,
        error: StreamError,
    ) -> wasmtime::Result<streams::StreamError> {
        streams::Host::convert_stream_error(&mut self.table, error)
    }
}

impl streams::HostInputStream for GuestState {
    fn read(&mut self, stream: In, len: u64) -> StreamResult<Vec<u8>> {
        self.stream_call(0)?;
        streams::HostInputStream::read(&mut self.table, stream, len)
    }

    async fn blocking_read(&mut self, stream: In, len: u64) -> StreamResult<Vec<u8>> {
        self.stream_call(0)?;
        streams::HostInputStream::blocking_read(&mut self.table, stream, len).await
    }

    fn skip(&mut self, stream: In, len: u64) -> StreamResult<u64> {
        self.stream_call(0)?;
        streams::HostInputStream::skip(&mut self.table, stream, len)
    }

    async fn blocking_skip(&mut self, stream: In, len: u64) -> StreamResult<u64> {
        self.stream_call(0)?;
        streams::HostInputStream::blocking_skip(&mut self.table, stream, len).await
    }

    fn subscribe(&mut self, stream: In) -> wasmtime::Result<Resource<DynPollable>> {
        self.host_call(0)?;
        streams::HostInputStream::subscribe(&mut self.table, stream)
    }

    async fn drop(&mut self, stream: In) -> wasmtime::Result<()> {
        streams::HostInputStream::drop(&mut self.table, stream).await
    }
}

impl streams::HostOutputStream for GuestState {
    fn check_write(&mut self, stream: Out) -> StreamResult<u64> {
        self.stream_call(0)?;
        streams::HostOutputStream::check_write(&mut self.table, stream)
    }

    fn write(&mut self, stream: Out, bytes: Vec<u8>) -> StreamResult<()> {
        self.stream_call(bytes.len())?;
        let written = streams::HostOutputStream::write(&mut self.table, stream, bytes);
        self.log_stdio();
        written
    }

    async fn blocking_write_and_flush(&mut self, stream: Out, bytes: Vec<u8>) -> StreamResult<()> {
        self.stream_call(bytes.len())?;
        let table = &mut self.table;
        let written =
            streams::HostOutputStream::blocking_write_and_flush(table, stream, bytes).await;
        self.log_stdio();
        written
    }

    fn flush(&mut self, stream: Out) -> StreamResult<()> {
        self.stream_call(0)?;
        streams::HostOutputStream::flush(&mut self.table, stream)
    }

    async fn blocking_flush(&mut self, stream: Out) -> StreamResult<()> {
        self.stream_call(0)?;
        streams::HostOutputStream::blocking_flush(&mut self.table, stream).await
    }

    fn subscribe(&mut self, stream: Out) -> wasmtime::Result<Resource<DynPollable>> {
        self.host_call(0)?;
        streams::HostOutputStream::subscribe(&mut self.table, stream)
    }

    fn write_zeroes(&mut self, stream: Out, len: u64) -> StreamResult<()> {
        self.stream_call(0)?;
        let written = streams::HostOutputStream::write_zeroes(&mut self.table, stream, len);
        self.log_stdio();
        written
    }

    async fn blocking_write_zeroes_and_flush(&mut self, stream: Out, len: u64) -> StreamResult<()> {
        self.stream_call(0)?;
        let table = &mut self.table;
        let written =
            streams::HostOutputStream::blocking_write_zeroes_and_flush(table, stream, len).await;
        self.log_stdio();
        written
    }

    fn splice(&mut self, to: Out, from: In, len: u64) -> StreamResult<u64> {
        self.stream_call(0)?;
        let spliced = streams::HostOutputStream::splice(&mut self.table, to, from, len);
        self.log_stdio();
        spliced
    }

    async fn blocking_splice(&mut self, to: Out, from: In, len: u64) -> StreamResult<u64> {
        self.stream_call(0)?;
        let spliced =
            streams::HostOutputStream::blocking_splice(&mut self.table, to, from, len).await;
        self.log_stdio();
        spliced
    }

    async fn drop(&mut self, stream: Out) -> wasmtime::Result<()> {
        streams::HostOutputStream::drop(&mut self.table, stream).await
    }
}
