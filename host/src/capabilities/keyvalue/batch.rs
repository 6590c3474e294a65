//! `wasi:keyvalue/batch`: many keys in one call. `set-many` is checked as a whole before it writes
//! anything.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use wasmtime::component::{HasSelf, Linker, Resource};

use super::store::told;
use super::{Answer, Bucket};
use crate::capabilities::GuestState;
use crate::capabilities::bindings::keyvalue::batch::{self, Host};
use crate::capabilities::bindings::keyvalue::store::Error;

/// What each key of a call counts for the run, as if so many bytes were read of the store: no other limit looks at
/// how many keys one call names, and each of them is looked up.
const LOOKUP: u64 = 1 << 10;

/// What `get-many` answers for each key.
type Found = Option<(String, Vec<u8>)>;

pub(super) fn add_to_linker(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    batch::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

impl Host for GuestState {
    /// One key named often is answered as often: the answer may be as long as the whole bucket, no
    /// longer.
    async fn get_many(
        &mut self,
        bucket: Resource<Bucket>,
        keys: Vec<String>,
    ) -> Answer<Vec<Found>> {
        told!(self.on_bucket(&bucket, keys.iter().map(String::len).sum())?);
        self.read(LOOKUP.saturating_mul(keys.len() as u64))?;
        let mut room = self.store_limits().bytes.get();
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            let value = told!(self.value(&key).await?);
            let len = value.as_ref().map_or(0, |value| (key.len() + value.len()) as u64);
            let Some(left) = room.checked_sub(len) else {
                return Ok(Err(Error::Other(
                    "quota: the answer is longer than a bucket".to_owned(),
                )));
            };
            room = left;
            found.push(value.map(|value| (key, value)));
        }
        Ok(Ok(found))
    }

    async fn set_many(
        &mut self,
        bucket: Resource<Bucket>,
        pairs: Vec<(String, Vec<u8>)>,
    ) -> Answer<()> {
        let bytes = pairs.iter().map(|(key, value)| key.len() + value.len()).sum();
        told!(self.on_bucket(&bucket, bytes)?);
        self.read(LOOKUP.saturating_mul(pairs.len() as u64))?;
        let mut below = BTreeMap::new();
        for (key, _) in &pairs {
            if !below.contains_key(key) {
                below.insert(key.clone(), told!(self.below(key).await));
            }
        }
        let limits = self.store_limits();
        let below = |key: &str| below.get(key).copied().flatten();
        Ok(self.keyvalue.put(pairs, below, &limits).map_err(Error::Other))
    }

    async fn delete_many(&mut self, bucket: Resource<Bucket>, keys: Vec<String>) -> Answer<()> {
        told!(self.on_bucket(&bucket, keys.iter().map(String::len).sum())?);
        self.read(LOOKUP.saturating_mul(keys.len() as u64))?;
        // Each key is read once, however often it is named: no guard interrupts a host call.
        let mut all = BTreeMap::new();
        for key in keys {
            if let Entry::Vacant(place) = all.entry(key) {
                let below = told!(self.below(place.key()).await);
                place.insert(below);
            }
        }
        for (key, below) in all {
            self.keyvalue.remove(key, below);
        }
        Ok(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::Exceeded;
    use crate::capabilities::bindings::keyvalue::store::Host as _;
    use crate::capabilities::testing::{Bench, now};
    use crate::store::Usage;
    use crate::types::ByteSize;

    fn pairs(all: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
        all.iter().map(|(k, v)| ((*k).to_owned(), v.as_bytes().to_vec())).collect()
    }

    fn names(all: &[&str]) -> Vec<String> {
        all.iter().map(|k| (*k).to_owned()).collect()
    }

    #[test]
    fn many_keys_are_answered_in_the_order_asked() {
        let mut state = Bench::new().holding(&[("a", "1"), ("b", "2")]).running();
        let own = state.open(String::new()).unwrap().unwrap().rep();
        let at = || Resource::new_borrow(own);
        now(state.set_many(at(), pairs(&[("c", "3"), ("a", "x"), ("a", "y")]))).unwrap().unwrap();
        now(state.delete_many(at(), names(&["b", "b", "nothing"]))).unwrap().unwrap();
        let found = now(state.get_many(at(), names(&["c", "b", "a", "c"]))).unwrap().unwrap();
        let expect = pairs(&[("c", "3"), ("a", "y"), ("c", "3")]);
        let [c, a, again] = <[_; 3]>::try_from(expect).unwrap();
        assert_eq!(found, [Some(c), None, Some(a), Some(again)]);
        assert_eq!(state.finish().usage, Usage { bytes: 4, keys: 2 });
    }

    #[test]
    fn s15_each_key_of_a_call_counts_for_the_run() {
        let mut bench = Bench::new();
        bench.limits.run.run_bytes = ByteSize::new(9 * LOOKUP);
        let mut state = bench.running();
        let own = state.open(String::new()).unwrap().unwrap().rep();
        let at = || Resource::new_borrow(own);
        now(state.get_many(at(), names(&["", "", ""]))).unwrap().unwrap();
        now(state.delete_many(at(), names(&["", "", ""]))).unwrap().unwrap();
        now(state.set_many(at(), pairs(&[("", ""), ("", ""), ("", "")]))).unwrap().unwrap();
        assert!(now(state.get_many(at(), names(&[""]))).is_err());
        assert_eq!(state.finish().exceeded, Some(Exceeded::RunBytes { limit: 9 * LOOKUP }));
    }

    #[test]
    fn s17_set_many_stores_all_or_nothing() {
        let mut bench = Bench::new();
        bench.limits.store.keys = 2;
        let mut state = bench.running();
        let own = state.open(String::new()).unwrap().unwrap().rep();
        let at = || Resource::new_borrow(own);
        let set = pairs(&[("a", "1"), ("b", "2"), ("c", "3")]);
        let told = now(state.set_many(at(), set)).unwrap().unwrap_err();
        assert!(matches!(&told, Error::Other(t) if t == "quota: 3 keys of 2"), "{told:?}");
        now(state.set_many(at(), pairs(&[("a", "1"), ("a", "2"), ("b", "2")]))).unwrap().unwrap();
        assert_eq!(state.finish().usage.keys, 2);
    }

    #[test]
    fn an_answer_is_no_longer_than_a_bucket() {
        let mut bench = Bench::new().holding(&[("a", "12345")]);
        bench.limits.store.bytes = crate::types::ByteSize::new(12);
        let mut state = bench.running();
        let own = state.open(String::new()).unwrap().unwrap().rep();
        let at = || Resource::new_borrow(own);
        assert!(now(state.get_many(at(), names(&["a", "a"]))).unwrap().is_ok());
        assert!(now(state.get_many(at(), names(&["a", "a", "a"]))).unwrap().is_err());
    }
}
