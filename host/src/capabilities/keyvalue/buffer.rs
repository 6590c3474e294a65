//! What a run wrote and has not committed: a layer over the committed values, with their quota.
//!
//! Pure: it never reads the store. Whoever writes a key for the first time in a run says how long
//! its committed value is; from then on the layer knows. Sums are those of keys and values after a
//! commit.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::OWN;
use super::listing::{Keys, Listings};
use crate::store::{Usage, Write};
use crate::types::StoreLimits;

/// The writes of one run.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    entries: BTreeMap<String, Entry>,
    usage: Usage,
    pub(super) listings: Listings,
    /// Whether a read of the store has failed in this run.
    failed: bool,
}

#[derive(Debug)]
struct Entry {
    /// The value as the run sees it; `None` where it deleted the key.
    value: Option<Vec<u8>>,
    /// Whether the key has a committed value.
    below: bool,
}

/// What a run did to a key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen<'a> {
    /// Nothing: its value is the committed one.
    Untouched,
    /// It deleted it.
    Deleted,
    /// It wrote this value.
    Written(&'a [u8]),
}

impl Buffer {
    /// Forgets the run before. `usage` is what the buckets hold as committed.
    pub(crate) fn begin(&mut self, usage: Usage) {
        self.entries.clear();
        self.listings.clear();
        self.usage = usage;
        self.failed = false;
    }

    /// Notes that a read of the store failed; true the first time in a run.
    pub(super) fn note_failed_read(&mut self) -> bool {
        !std::mem::replace(&mut self.failed, true)
    }

    /// Takes the writes, in the order of the keys, and what the buckets hold with them.
    pub(crate) fn take(&mut self) -> (Vec<Write>, Usage) {
        self.listings.clear();
        if self.entries.is_empty() {
            return (Vec::new(), self.usage);
        }
        let write = |(key, entry): (String, Entry)| Write {
            bucket: OWN.to_owned(),
            key,
            value: entry.value,
        };
        (std::mem::take(&mut self.entries).into_iter().map(write).collect(), self.usage)
    }

    /// What this run did to a key.
    pub(super) fn look(&self, key: &str) -> Seen<'_> {
        match self.entries.get(key).map(|entry| entry.value.as_deref()) {
            None => Seen::Untouched,
            Some(None) => Seen::Deleted,
            Some(Some(value)) => Seen::Written(value),
        }
    }

    /// Writes all pairs, or none: later pairs win. `below` tells how long the committed value of a
    /// key is; it is asked only for keys that this run has not touched.
    pub(super) fn put(
        &mut self,
        pairs: Vec<(String, Vec<u8>)>,
        below: impl Fn(&str) -> Option<u64>,
        limits: &StoreLimits,
    ) -> Result<(), String> {
        let mut last = BTreeMap::new();
        for (key, value) in &pairs {
            check_sizes(key, value, limits)?;
            last.insert(key.as_str(), value.len() as u64);
        }
        let mut usage = self.usage;
        for (key, len) in last {
            usage = with(without(usage, key, self.length(key, &below)), key, len);
        }
        self.check_quota(usage, limits)?;
        self.usage = usage;
        for (key, value) in pairs {
            let (is_there, below) = match self.entries.get(&key) {
                Some(entry) => (entry.value.is_some(), entry.below),
                None => (below(&key).is_some(), below(&key).is_some()),
            };
            self.listings.forget_order_if(!is_there);
            self.entries.insert(key, Entry { value: Some(value), below });
        }
        Ok(())
    }

    /// Deletes a key. Deleting a missing key is nothing.
    pub(super) fn remove(&mut self, key: String, below: Option<u64>) {
        let Some(len) = self.length(&key, |_| below) else { return };
        self.usage = without(self.usage, &key, Some(len));
        self.listings.forget_order_if(true);
        if self.entries.get(&key).map_or(below.is_some(), |entry| entry.below) {
            self.entries.insert(key, Entry { value: None, below: true });
        } else {
            self.entries.remove(&key);
        }
    }

    /// All keys as the run sees them, in byte order: those that were read of the store, and the
    /// run's own. Both lists are in that order, so one pass merges them, and no committed key is
    /// copied.
    pub(super) fn keys(&self) -> Keys {
        let Some(committed) = &self.listings.committed else { return Keys::default() };
        if self.entries.is_empty() {
            return Arc::clone(committed);
        }
        let mut keys = Vec::with_capacity(committed.len());
        let mut own = self.entries.iter().peekable();
        let new = |(key, entry): (&String, &Entry)| {
            (entry.value.is_some() && !entry.below).then(|| Arc::from(key.as_str()))
        };
        for key in committed.iter() {
            while let Some(before) = own.next_if(|(own, _)| own.as_str() < &**key) {
                keys.extend(new(before));
            }
            let same = own.next_if(|(own, _)| own.as_str() == &**key);
            if same.is_none_or(|(_, entry)| entry.value.is_some()) {
                keys.push(Arc::clone(key));
            }
        }
        keys.extend(own.filter_map(new));
        keys.into()
    }

    /// How long the value of a key is, as the run sees it.
    fn length(&self, key: &str, below: impl Fn(&str) -> Option<u64>) -> Option<u64> {
        match self.entries.get(key) {
            Some(entry) => entry.value.as_ref().map(|value| value.len() as u64),
            None => below(key),
        }
    }

    /// Refuses what goes over the quota. Where less was granted since, a write that makes nothing
    /// bigger is let through.
    fn check_quota(&self, to: Usage, limits: &StoreLimits) -> Result<(), String> {
        if to.bytes > limits.bytes.get() && to.bytes > self.usage.bytes {
            return Err(format!("quota: {} bytes of {}", to.bytes, limits.bytes.get()));
        }
        if to.keys > limits.keys && to.keys > self.usage.keys {
            return Err(format!("quota: {} keys of {}", to.keys, limits.keys));
        }
        Ok(())
    }
}

fn check_sizes(key: &str, value: &[u8], limits: &StoreLimits) -> Result<(), String> {
    if key.len() as u64 > u64::from(limits.key_bytes) {
        return Err(format!("quota: a key of {} bytes of {}", key.len(), limits.key_bytes));
    }
    if value.len() as u64 > limits.value_bytes.get() {
        return Err(format!(
            "quota: a value of {} bytes of {}",
            value.len(),
            limits.value_bytes.get()
        ));
    }
    Ok(())
}

/// What the buckets hold with one more pair.
fn with(usage: Usage, key: &str, len: u64) -> Usage {
    Usage {
        bytes: usage.bytes.saturating_add(key.len() as u64).saturating_add(len),
        keys: usage.keys.saturating_add(1),
    }
}

/// What the buckets hold without a pair, if it is there.
fn without(usage: Usage, key: &str, len: Option<u64>) -> Usage {
    let Some(len) = len else { return usage };
    Usage {
        bytes: usage.bytes.saturating_sub(key.len() as u64).saturating_sub(len),
        keys: usage.keys.saturating_sub(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::ByteSize;

    const LIMITS: StoreLimits = StoreLimits {
        bytes: ByteSize::new(20),
        keys: 3,
        key_bytes: 4,
        value_bytes: ByteSize::new(10),
    };

    /// A layer over the committed pairs `a` = 3 bytes and `b` = 4 bytes: 9 bytes in 2 keys.
    fn buffer() -> Buffer {
        let mut buffer = Buffer::default();
        buffer.begin(Usage { bytes: 9, keys: 2 });
        buffer
    }

    fn below(key: &str) -> Option<u64> {
        match key {
            "a" => Some(3),
            "b" => Some(4),
            _ => None,
        }
    }

    fn put(buffer: &mut Buffer, pairs: &[(&str, usize)]) -> Result<(), String> {
        let pairs = pairs.iter().map(|(key, len)| ((*key).to_owned(), vec![0; *len])).collect();
        buffer.put(pairs, below, &LIMITS)
    }

    #[test]
    fn s17_writes_are_summed_over_committed_and_buffered_values() {
        let check = |pairs: &[(&str, usize)], bytes, keys| {
            let mut buffer = buffer();
            assert_eq!(put(&mut buffer, pairs), Ok(()), "{pairs:?}");
            assert_eq!(buffer.usage, Usage { bytes, keys }, "{pairs:?}");
        };
        check(&[("a", 0)], 6, 2);
        check(&[("a", 10)], 16, 2);
        check(&[("c", 10)], 20, 3);
        check(&[("c", 9), ("c", 1)], 11, 3);
        check(&[("a", 1), ("b", 1), ("c", 1)], 6, 3);
    }

    #[test]
    fn s17_over_the_quota_nothing_is_stored() {
        let check = |pairs: &[(&str, usize)], expect: &str| {
            let mut buffer = buffer();
            assert_eq!(put(&mut buffer, pairs), Err(expect.to_owned()), "{pairs:?}");
            assert_eq!(buffer.take(), (vec![], Usage { bytes: 9, keys: 2 }), "{pairs:?}");
        };
        check(&[("cc", 10)], "quota: 21 bytes of 20");
        check(&[("c", 0), ("d", 0)], "quota: 4 keys of 3");
        check(&[("a", 1), ("long!", 0)], "quota: a key of 5 bytes of 4");
        check(&[("a", 1), ("b", 11)], "quota: a value of 11 bytes of 10");
    }

    #[test]
    fn where_less_is_granted_than_held_nothing_may_grow_but_all_may_shrink() {
        let mut buffer = Buffer::default();
        buffer.begin(Usage { bytes: 100, keys: 5 });
        assert_eq!(put(&mut buffer, &[("a", 2)]), Ok(()));
        assert_eq!(put(&mut buffer, &[("a", 2)]), Ok(()));
        assert_eq!(put(&mut buffer, &[("a", 3)]), Err("quota: 100 bytes of 20".to_owned()));
        buffer.remove("b".to_owned(), Some(4));
        assert_eq!(buffer.usage, Usage { bytes: 94, keys: 4 });
    }

    #[test]
    fn s17_a_deleted_key_gives_its_room_back_and_a_missing_one_is_nothing() {
        let mut buffer = buffer();
        buffer.remove("c".to_owned(), None);
        assert_eq!(buffer.usage, Usage { bytes: 9, keys: 2 });
        buffer.remove("a".to_owned(), Some(3));
        buffer.remove("a".to_owned(), None);
        assert_eq!(buffer.look("a"), Seen::Deleted);
        put(&mut buffer, &[("c", 1)]).unwrap();
        buffer.remove("c".to_owned(), None);
        assert_eq!(buffer.look("c"), Seen::Untouched);
        let (writes, usage) = buffer.take();
        assert_eq!(usage, Usage { bytes: 5, keys: 1 });
        assert_eq!(
            writes,
            [Write { bucket: "default".to_owned(), key: "a".to_owned(), value: None }]
        );
    }

    #[test]
    fn s17_keys_are_those_of_the_store_and_of_the_run_in_byte_order() {
        let mut buffer = buffer();
        buffer.remove("a".to_owned(), Some(3));
        put(&mut buffer, &[("c", 1), ("B", 1)]).unwrap();
        buffer.listings.committed = Some(["a", "b"].map(Arc::from).into());
        assert_eq!(*buffer.keys(), ["B", "b", "c"].map(Arc::from));
        buffer.remove("c".to_owned(), None);
        put(&mut buffer, &[("a", 1)]).unwrap();
        assert_eq!(*buffer.keys(), ["B", "a", "b"].map(Arc::from));
    }
}
