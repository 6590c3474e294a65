//! `wasi:keyvalue`: a manager's own bucket, which opens as `""` and as `"default"`.
//!
//! What a run writes stays in its [`Buffer`] until the ticker commits it with the outcome (S17);
//! what it did not write itself is read from the store as last committed. Knows no database. A
//! failing store, a full quota and a wrong key are errors that the guest is told; none of them ends
//! it.

mod atomics;
mod batch;
mod buffer;
mod listing;
mod store;

use std::sync::Arc;

use wasmtime::component::{Linker, Resource};

use super::GuestState;
use super::bindings::keyvalue::store::Error;
use crate::store::StoreError;
use crate::types::StoreLimits;

pub(crate) use buffer::Buffer;
use buffer::Seen;
use store::told;

/// The name under which a manager's own bucket is kept.
pub(crate) const OWN: &str = "default";

/// What a handle of a bucket stands for: the manager's own, the only one there is.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "the generated bindings name it in a public place")]
pub struct Bucket;

/// What a key-value function answers: the outer error ends the guest.
type Answer<T> = wasmtime::Result<Result<T, Error>>;

/// Adds the three interfaces of `wasi:keyvalue` to a linker.
pub(crate) fn add_to_linker(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    store::add_to_linker(linker)?;
    atomics::add_to_linker(linker)?;
    batch::add_to_linker(linker)
}

impl GuestState {
    /// Begins a function on a bucket: counts the call, and checks the handle and that the store may
    /// be used at all.
    fn on_bucket(&mut self, bucket: &Resource<Bucket>, bytes: usize) -> Answer<()> {
        self.host_call(bytes)?;
        self.table.get(bucket)?;
        Ok(if self.run().store_refused { Err(Error::AccessDenied) } else { Ok(()) })
    }

    /// The value of a key as this run sees it. Its bytes count for the run, wherever they come from: the
    /// host copies those of the run itself as well.
    async fn value(&mut self, key: &str) -> Answer<Option<Vec<u8>>> {
        let value = match self.keyvalue.look(key) {
            Seen::Written(value) => Some(value.to_vec()),
            Seen::Deleted => None,
            Seen::Untouched => told!(self.committed(key).await),
        };
        self.read(value.as_ref().map_or(0, |value| value.len() as u64))?;
        Ok(Ok(value))
    }

    /// The value of a key as last committed. Also of a key longer than may be written: the limit may
    /// have been lowered since.
    async fn committed(&mut self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        let shared = Arc::clone(self.shared());
        let manager = shared.identity.manager.clone();
        let read = shared.store.get(manager, OWN.to_owned(), key.to_owned()).await;
        read.map_err(|error| self.unreadable(&error))
    }

    /// How long the committed value of a key is; the value itself is not read for that.
    async fn committed_length(&mut self, key: &str) -> Result<Option<u64>, Error> {
        let shared = Arc::clone(self.shared());
        let manager = shared.identity.manager.clone();
        let read = shared.store.length(manager, OWN.to_owned(), key.to_owned()).await;
        read.map_err(|error| self.unreadable(&error))
    }

    /// The same, where this run has not touched the key yet.
    async fn below(&mut self, key: &str) -> Result<Option<u64>, Error> {
        if self.keyvalue.look(key) != Seen::Untouched {
            return Ok(None);
        }
        self.committed_length(key).await
    }

    /// The host's own trouble, told to the guest as an error and to the operator as it is: once for
    /// each run, however often the guest tries.
    fn unreadable(&mut self, error: &StoreError) -> Error {
        if self.keyvalue.note_failed_read() {
            let manager = self.identity().manager.as_str();
            tracing::warn!(manager, %error, "a guest's read of its store failed");
        }
        Error::Other("the host can't read the store now".to_owned())
    }

    fn store_limits(&self) -> StoreLimits {
        self.shared().limits.store.clone()
    }
}
