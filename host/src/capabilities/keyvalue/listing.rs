//! Pages of a key list: what a cursor means.
//!
//! A cursor belongs to the list as it was when the run asked for the first page, so that a guest
//! which deletes while it lists skips none. Such a list is kept until its last page was given out
//! or the run ends; a guest that leaves many of them unfinished loses the one it used longest ago.
//!
//! All lists of a run share their keys, which are kept once.

use std::sync::Arc;

/// Keys in one page.
pub(super) const PAGE: usize = 1_000;

/// Unfinished lists that are kept for one run: each may be as long as the manager's quota of keys.
const KEPT: usize = 4;

/// A list of keys, in byte order.
pub(super) type Keys = Arc<[Arc<str>]>;

/// One page, and where the next begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) keys: Vec<String>,
    pub(super) cursor: Option<u64>,
    /// Bytes that count for the run. The first page stands for its whole list, which was read and made
    /// for it, so that those behind it are free; but for one that is asked for again.
    pub(super) counts: u64,
}

/// A list of which pages are still to come.
#[derive(Debug)]
struct Unfinished {
    id: u32,
    keys: Keys,
    /// How many of the keys were given out.
    given: usize,
}

/// The unfinished lists of a run, the one used last at the end.
#[derive(Debug, Default)]
pub(super) struct Listings {
    kept: Vec<Unfinished>,
    started: u32,
    /// The newest list, as long as no key came or went since: another listing may share it.
    current: Option<Keys>,
    /// The keys of the store, once this run has read them: at most as many, and as long, as the manager
    /// may keep (`store_keys`, `store_bytes`).
    pub(super) committed: Option<Keys>,
}

impl Listings {
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The key list has changed, if `changed`.
    pub(super) fn forget_order_if(&mut self, changed: bool) {
        if changed && self.current.is_some() {
            self.current = None;
        }
    }

    /// The list as it is now, if it is known.
    pub(super) fn current(&self) -> Option<Keys> {
        self.current.clone()
    }

    /// Begins with the first page of a list.
    pub(super) fn start(&mut self, keys: Keys) -> Page {
        self.started = self.started.wrapping_add(1).max(1);
        self.current = Some(Arc::clone(&keys));
        let counts = bytes(&keys);
        Page { counts, ..self.page(Unfinished { id: self.started, keys, given: 0 }, 0) }
    }

    /// Goes on with the page to which a cursor points.
    pub(super) fn go_on(&mut self, cursor: u64) -> Result<Page, String> {
        let (id, from) = (cursor >> 32, cursor & u64::from(u32::MAX));
        let found = self.kept.iter().position(|list| {
            u64::from(list.id) == id && from % PAGE as u64 == 0 && from < list.keys.len() as u64
        });
        let Some(at) = found else {
            return Err(
                "this cursor belongs to no list of this run: ask for the first page".to_owned()
            );
        };
        let list = self.kept.remove(at);
        Ok(self.page(list, usize::try_from(from).unwrap_or(usize::MAX)))
    }

    fn page(&mut self, mut list: Unfinished, from: usize) -> Page {
        let to = list.keys.len().min(from.saturating_add(PAGE));
        let page = &list.keys[from..to];
        let counts = if from < list.given { bytes(page) } else { 0 };
        let keys = page.iter().map(|key| String::from(&**key)).collect();
        let cursor = (to < list.keys.len()).then(|| u64::from(list.id) << 32 | to as u64);
        if cursor.is_some() {
            if self.kept.len() == KEPT {
                self.kept.remove(0);
            }
            list.given = list.given.max(to);
            self.kept.push(list);
        }
        Page { keys, cursor, counts }
    }
}

/// The bytes of keys.
fn bytes(keys: &[Arc<str>]) -> u64 {
    keys.iter().map(|key| key.len() as u64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(n: usize) -> Keys {
        (0..n).map(|i| Arc::from(format!("{i:05}"))).collect()
    }

    #[test]
    fn a_list_counts_whole_at_its_first_page_and_a_page_that_is_asked_for_again() {
        let mut listings = Listings::default();
        let first = listings.start(keys(2_500));
        assert_eq!(first.counts, 12_500);
        let second = listings.go_on(first.cursor.unwrap()).unwrap();
        assert_eq!(second.counts, 0);
        assert_eq!(listings.go_on(first.cursor.unwrap()).unwrap().counts, 5_000);
        assert_eq!(listings.go_on(second.cursor.unwrap()).unwrap().counts, 0);
        assert_eq!(listings.start(keys(2_500)).counts, 12_500);
    }

    #[test]
    fn pages_hold_a_thousand_keys_and_every_key_once() {
        for n in [0, 1, 999, 1_000, 1_001, 2_000, 2_500] {
            let mut listings = Listings::default();
            let mut page = listings.start(keys(n));
            let mut all = page.keys.clone();
            while let Some(cursor) = page.cursor {
                assert_eq!(page.keys.len(), PAGE);
                page = listings.go_on(cursor).unwrap();
                all.extend(page.keys.clone());
            }
            assert!(all.iter().map(String::as_str).eq(keys(n).iter().map(|key| &**key)), "{n}");
            assert!(listings.kept.is_empty(), "a finished list is not kept");
        }
    }

    #[test]
    fn cursors_of_two_lists_do_not_mix_and_wrong_ones_are_refused() {
        let mut listings = Listings::default();
        let first = listings.start(keys(1_500)).cursor.unwrap();
        let second = listings.start(keys(1_200)).cursor.unwrap();
        assert_eq!(listings.go_on(second).unwrap().keys.len(), 200);
        for wrong in [0, 1, 1_000, first + 1, first + 1_000, second, u64::MAX] {
            assert!(listings.go_on(wrong).is_err(), "{wrong}");
        }
        assert_eq!(listings.go_on(first).unwrap().keys.len(), 500);
    }

    #[test]
    fn unfinished_lists_are_bounded_and_the_used_one_stays() {
        let mut listings = Listings::default();
        let outer = listings.start(keys(5_000)).cursor.unwrap();
        let dropped = listings.start(keys(5_000)).cursor.unwrap();
        let outer = listings.go_on(outer).unwrap().cursor.unwrap();
        for _ in 0..3 {
            listings.start(keys(5_000));
        }
        assert_eq!(listings.kept.len(), KEPT);
        assert!(listings.go_on(dropped).is_err());
        assert!(listings.go_on(outer).is_ok());
    }
}
