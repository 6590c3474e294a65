//! `wasi:keyvalue/store`: opening the bucket, and one key at a time.

use std::sync::Arc;

use wasmtime::component::{HasSelf, Linker, Resource};

use super::buffer::Seen;
use super::listing::Keys;
use super::{Answer, Bucket, OWN};
use crate::capabilities::GuestState;
use crate::capabilities::bindings::keyvalue::store::{self, Error, Host, HostBucket, KeyResponse};

pub(super) fn add_to_linker(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    store::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

impl Host for GuestState {
    fn open(&mut self, identifier: String) -> Answer<Resource<Bucket>> {
        self.host_call(identifier.len())?;
        if self.run().store_refused {
            return Ok(Err(Error::AccessDenied));
        }
        if !identifier.is_empty() && identifier != OWN {
            return Ok(Err(Error::NoSuchStore));
        }
        Ok(Ok(self.table.push(Bucket)?))
    }
}

/// Passes an error of the bucket on as the guest's answer.
macro_rules! told {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(error) => return Ok(Err(error)),
        }
    };
}
pub(super) use told;

impl HostBucket for GuestState {
    async fn get(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<Option<Vec<u8>>> {
        told!(self.on_bucket(&bucket, key.len())?);
        self.value(&key).await
    }

    async fn set(&mut self, bucket: Resource<Bucket>, key: String, value: Vec<u8>) -> Answer<()> {
        told!(self.on_bucket(&bucket, key.len() + value.len())?);
        let below = told!(self.below(&key).await);
        let limits = self.store_limits();
        let put = self.keyvalue.put(vec![(key, value)], |_| below, &limits);
        Ok(put.map_err(Error::Other))
    }

    async fn delete(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<()> {
        told!(self.on_bucket(&bucket, key.len())?);
        let below = told!(self.below(&key).await);
        self.keyvalue.remove(key, below);
        Ok(Ok(()))
    }

    async fn exists(&mut self, bucket: Resource<Bucket>, key: String) -> Answer<bool> {
        told!(self.on_bucket(&bucket, key.len())?);
        match self.keyvalue.look(&key) {
            Seen::Written(_) => Ok(Ok(true)),
            Seen::Deleted => Ok(Ok(false)),
            Seen::Untouched => Ok(self.committed_length(&key).await.map(|length| length.is_some())),
        }
    }

    async fn list_keys(
        &mut self,
        bucket: Resource<Bucket>,
        cursor: Option<u64>,
    ) -> Answer<KeyResponse> {
        told!(self.on_bucket(&bucket, 0)?);
        let page = if let Some(cursor) = cursor {
            told!(self.keyvalue.listings.go_on(cursor).map_err(Error::Other))
        } else {
            let keys = match self.keyvalue.listings.current() {
                Some(keys) => keys,
                None => told!(self.all_keys().await),
            };
            self.keyvalue.listings.start(keys)
        };
        self.read(page.counts)?;
        Ok(Ok(KeyResponse { keys: page.keys, cursor: page.cursor }))
    }

    fn drop(&mut self, bucket: Resource<Bucket>) -> wasmtime::Result<()> {
        self.table.delete(bucket)?;
        Ok(())
    }
}

impl GuestState {
    /// All keys as this run sees them. Those of the store are read once: a run is alone with its bucket
    /// (S12), so only its own writes change the list, and these lie over what was read.
    async fn all_keys(&mut self) -> Result<Keys, Error> {
        if self.keyvalue.listings.committed.is_none() {
            let shared = Arc::clone(self.shared());
            let manager = shared.identity.manager.clone();
            let read = shared.store.keys(manager, OWN.to_owned()).await;
            let keys = read.map_err(|error| self.unreadable(&error))?;
            self.keyvalue.listings.committed = Some(keys.into_iter().map(Arc::from).collect());
        }
        Ok(self.keyvalue.keys())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::testing::{Bench, now};
    use crate::capabilities::{Entry, Exceeded};
    use crate::store::{Usage, Write};
    use crate::types::{ByteSize, RunLimits};

    fn open(state: &mut GuestState) -> u32 {
        state.open(String::new()).unwrap().unwrap().rep()
    }

    fn at(rep: u32) -> Resource<Bucket> {
        Resource::new_borrow(rep)
    }

    fn text(value: Option<Vec<u8>>) -> Option<String> {
        value.map(|v| String::from_utf8(v).unwrap())
    }

    #[test]
    fn the_own_bucket_has_two_names_and_no_other_is_there() {
        let check = |name: &str, expect: &str| {
            let opened = Bench::new().running().open(name.to_owned()).unwrap();
            assert_eq!(opened.map_or_else(|e| format!("{e:?}"), |_| "bucket".to_owned()), expect);
        };
        check("", "bucket");
        check("default", "bucket");
        check("Default", "Error::NoSuchStore");
        check("other", "Error::NoSuchStore");
    }

    #[test]
    fn s18_while_it_declares_its_tasks_a_guest_is_refused_the_store() {
        let mut state = Bench::new().state();
        state.begin(Entry::Declare, &RunLimits::default(), Usage::default());
        let refused = state.open(String::new()).unwrap().unwrap_err();
        assert!(matches!(refused, Error::AccessDenied), "{refused:?}");
    }

    #[test]
    fn s17_a_run_reads_its_own_writes_over_what_is_committed() {
        let bench = Bench::new().holding(&[("a", "1"), ("b", "2")]);
        let mut state = bench.running();
        let own = open(&mut state);
        let get = |state: &mut GuestState, key: &str| {
            text(now(state.get(at(own), key.to_owned())).unwrap().unwrap())
        };
        assert_eq!(get(&mut state, "a").as_deref(), Some("1"));
        now(state.set(at(own), "a".to_owned(), b"new".to_vec())).unwrap().unwrap();
        now(state.delete(at(own), "b".to_owned())).unwrap().unwrap();
        now(state.delete(at(own), "missing".to_owned())).unwrap().unwrap();
        assert_eq!(get(&mut state, "a").as_deref(), Some("new"));
        assert_eq!(get(&mut state, "b"), None);
        assert!(now(state.exists(at(own), "a".to_owned())).unwrap().unwrap());
        assert!(!now(state.exists(at(own), "b".to_owned())).unwrap().unwrap());
        let effects = state.finish();
        assert_eq!(effects.usage, Usage { bytes: 4, keys: 1 });
        let write = |key: &str, value: Option<&str>| Write {
            bucket: "default".to_owned(),
            key: key.to_owned(),
            value: value.map(|v| v.as_bytes().to_vec()),
        };
        assert_eq!(effects.writes, [write("a", Some("new")), write("b", None)]);
    }

    #[test]
    fn s17_the_next_run_of_an_instance_starts_with_nothing_written() {
        let bench = Bench::new();
        let mut state = bench.running();
        let own = open(&mut state);
        now(state.set(at(own), "a".to_owned(), vec![1])).unwrap().unwrap();
        bench.begin(&mut state);
        assert_eq!(now(state.get(at(own), "a".to_owned())).unwrap().unwrap(), None);
        assert_eq!(state.finish().writes, []);
    }

    #[test]
    fn deleting_while_listing_skips_none() {
        let names: Vec<String> = (0..2_300).map(|i| format!("{i:04}")).collect();
        let pairs: Vec<(&str, &str)> = names.iter().map(|n| (n.as_str(), "")).collect();
        let mut state = Bench::new().holding(&pairs).running();
        let own = open(&mut state);
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = now(state.list_keys(at(own), cursor)).unwrap().unwrap();
            for key in &page.keys {
                now(state.delete(at(own), key.clone())).unwrap().unwrap();
            }
            seen.extend(page.keys);
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, names);
        assert_eq!(now(state.list_keys(at(own), None)).unwrap().unwrap().keys, [""; 0]);
        assert_eq!(state.finish().usage.keys, 0);
    }

    #[test]
    fn a_new_listing_shows_what_came_and_went_since_the_last() {
        let mut state = Bench::new().holding(&[("a", "1"), ("b", "2")]).running();
        let own = open(&mut state);
        let check = |state: &mut GuestState, expect: &[&str]| {
            let listed = now(state.list_keys(at(own), None)).unwrap().unwrap().keys;
            assert_eq!(listed, expect);
        };
        check(&mut state, &["a", "b"]);
        now(state.delete(at(own), "a".to_owned())).unwrap().unwrap();
        check(&mut state, &["b"]);
        now(state.set(at(own), "a".to_owned(), vec![])).unwrap().unwrap();
        check(&mut state, &["a", "b"]);
        now(state.set(at(own), "c".to_owned(), vec![])).unwrap().unwrap();
        check(&mut state, &["a", "b", "c"]);
        now(state.set(at(own), "c".to_owned(), vec![1])).unwrap().unwrap();
        now(state.delete(at(own), "c".to_owned())).unwrap().unwrap();
        check(&mut state, &["a", "b"]);
    }

    #[test]
    fn a_run_reads_the_keys_of_the_store_once() {
        let bench = Bench::new().holding(&[("a", "1"), ("b", "2")]);
        let mut state = bench.running();
        let own = open(&mut state);
        let list = |state: &mut GuestState| now(state.list_keys(at(own), None)).unwrap();
        assert_eq!(list(&mut state).unwrap().keys, ["a", "b"]);
        now(state.set(at(own), "c".to_owned(), vec![])).unwrap().unwrap();
        now(state.delete(at(own), "a".to_owned())).unwrap().unwrap();
        bench.store.fail(true);
        assert_eq!(list(&mut state).unwrap().keys, ["b", "c"]);
        // What was read does not outlive its run.
        bench.begin(&mut state);
        list(&mut state).unwrap_err();
        bench.store.fail(false);
        bench.store.put(&[("d", "4")]);
        assert_eq!(list(&mut state).unwrap().keys, ["a", "b", "d"]);
    }

    #[test]
    fn what_needs_no_value_reads_none() {
        let bench = Bench::new().holding(&[("a", "1"), ("b", "22"), ("c", "333")]);
        let mut state = bench.running();
        let own = open(&mut state);
        assert!(now(state.exists(at(own), "a".to_owned())).unwrap().unwrap());
        now(state.set(at(own), "b".to_owned(), vec![])).unwrap().unwrap();
        now(state.delete(at(own), "c".to_owned())).unwrap().unwrap();
        assert_eq!(state.finish().usage, Usage { bytes: 3, keys: 2 });
        assert_eq!(bench.store.values_read(), 0);
    }

    /// A run that may read 2,500 bytes of a bucket with 1,000 bytes of keys and one value of 1,000.
    fn with_little_to_read() -> GuestState {
        let (long, value) = ("k".repeat(990), "v".repeat(1_000));
        let mut bench = Bench::new().holding(&[(&long, ""), ("0123456789", &value)]);
        bench.limits.run.run_bytes = ByteSize::new(2_500);
        bench.running()
    }

    #[test]
    fn s15_what_a_listing_reads_counts_for_the_run() {
        let mut state = with_little_to_read();
        let own = open(&mut state);
        for _ in 0..2 {
            now(state.list_keys(at(own), None)).unwrap().unwrap();
            now(state.set(at(own), "new".to_owned(), vec![])).unwrap().unwrap();
        }
        assert!(now(state.list_keys(at(own), None)).is_err());
        assert_eq!(state.finish().exceeded, Some(Exceeded::RunBytes { limit: 2_500 }));
    }

    #[test]
    fn s15_values_that_are_read_count_for_the_run_and_lengths_do_not() {
        let mut state = with_little_to_read();
        let own = open(&mut state);
        let key = || "0123456789".to_owned();
        for _ in 0..20 {
            assert!(now(state.exists(at(own), key())).unwrap().unwrap());
        }
        now(state.get(at(own), key())).unwrap().unwrap();
        now(state.get(at(own), key())).unwrap().unwrap();
        assert!(now(state.get(at(own), key())).is_err());
        assert_eq!(state.finish().exceeded, Some(Exceeded::RunBytes { limit: 2_500 }));
    }

    #[test]
    fn a_failing_store_is_an_error_of_the_call_and_nothing_else() {
        let bench = Bench::new().holding(&[("a", "1")]);
        bench.store.fail(true);
        let mut state = bench.running();
        let own = open(&mut state);
        let told = now(state.get(at(own), "a".to_owned())).unwrap().unwrap_err();
        assert!(matches!(told, Error::Other(_)), "{told:?}");
        let told = now(state.set(at(own), "a".to_owned(), vec![])).unwrap().unwrap_err();
        assert!(matches!(told, Error::Other(_)), "{told:?}");
        bench.store.fail(false);
        assert!(now(state.exists(at(own), "a".to_owned())).unwrap().unwrap());
        assert_eq!(state.finish().writes, []);
    }

    #[test]
    fn calls_and_bytes_over_the_limit_end_the_guest() {
        let mut bench = Bench::new();
        bench.limits.run.host_calls = 2;
        let mut state = bench.running();
        let own = open(&mut state);
        now(state.get(at(own), "a".to_owned())).unwrap().unwrap();
        assert!(now(state.get(at(own), "a".to_owned())).is_err());
        assert_eq!(state.finish().exceeded, Some(Exceeded::HostCalls { limit: 2 }));
    }
}
