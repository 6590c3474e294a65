//! The manager's durable state, through `wasi:keyvalue`: bytes under string keys, in buckets.
//!
//! What a run writes is kept only if the run succeeds, all of it at once; a run reads its own
//! writes. Values and keys count against the manager's quota.

use std::error::Error as StdError;
use std::fmt;

use crate::{decimal, host};

/// Why the store refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no bucket of this name, or it is not granted to this manager.
    NoSuchStore(String),
    /// The manager may not use the bucket in this way, or not at this moment.
    AccessDenied,
    /// More bytes or keys than granted; nothing was stored. The text says which limit.
    Quota(String),
    /// The bytes under this key are not what was asked for: no UTF-8, or no JSON of that type.
    Invalid {
        /// The key that was read or written.
        key: String,
        /// What is wrong with its value.
        reason: String,
    },
    /// Anything else, in the host's words.
    Other(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchStore(bucket) => {
                write!(f, "no bucket {bucket:?} is granted to this manager")
            }
            Self::AccessDenied => f.write_str("the host denies access to the bucket"),
            Self::Quota(limit) => write!(f, "over the bucket's quota: {limit}"),
            Self::Invalid { key, reason } => write!(f, "value of key {key:?}: {reason}"),
            Self::Other(reason) => write!(f, "the store failed: {reason}"),
        }
    }
}

impl StdError for StoreError {}

/// The result of an operation on a bucket.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// An open bucket. Opening is one call to the host; the handle is good as long as its instance.
#[derive(Debug)]
pub struct Bucket {
    handle: host::Bucket,
}

impl Bucket {
    /// The manager's own bucket.
    ///
    /// # Errors
    ///
    /// [`StoreError::AccessDenied`] while tasks are being declared, when there is no store.
    pub fn own() -> Result<Self> {
        Self::open("default")
    }

    /// A bucket that the operator granted under this name.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoSuchStore`] if none is.
    pub fn open(name: &str) -> Result<Self> {
        host::Bucket::open(name).map(|handle| Self { handle })
    }

    /// The value under `key`, or `None`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Other`] if the host cannot read.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.handle.get(key)
    }

    /// The value under `key` as text, or `None`.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), and [`StoreError::Invalid`] if the value is not UTF-8.
    pub fn get_text(&self, key: &str) -> Result<Option<String>> {
        let Some(bytes) = self.get(key)? else {
            return Ok(None);
        };
        String::from_utf8(bytes).map(Some).map_err(|_| invalid(key, &"not UTF-8"))
    }

    /// The number under `key`, as [`increment`](Self::increment) keeps it, or `None`.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), and [`StoreError::Invalid`] if the value is no number of 64 bits.
    pub fn get_number(&self, key: &str) -> Result<Option<u64>> {
        let Some(bytes) = self.get(key)? else {
            return Ok(None);
        };
        let wanted = || format!("expected a whole number from 0 to {}", u64::MAX);
        decimal::read(&bytes).map(Some).ok_or_else(|| invalid(key, &wanted()))
    }

    /// The value under `key` read as JSON, or `None`.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), and [`StoreError::Invalid`] if the value is no JSON of a `T`.
    #[cfg(feature = "json")]
    pub fn get_json<T: serde::de::DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let Some(bytes) = self.get(key)? else {
            return Ok(None);
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| invalid(key, &error))
    }

    /// Puts `value` under `key`, in place of what was there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Quota`] if it would be more bytes or keys than granted.
    pub fn set(&self, key: &str, value: impl AsRef<[u8]>) -> Result<()> {
        self.handle.set(key, value.as_ref())
    }

    /// Puts `value` under `key` as JSON.
    ///
    /// # Errors
    ///
    /// As [`set`](Self::set), and [`StoreError::Invalid`] if the value cannot be written as JSON.
    #[cfg(feature = "json")]
    pub fn set_json<T: serde::Serialize + ?Sized>(&self, key: &str, value: &T) -> Result<()> {
        let bytes = serde_json::to_vec(value).map_err(|error| invalid(key, &error))?;
        self.set(key, bytes)
    }

    /// Removes `key`; that there was none is no error.
    ///
    /// # Errors
    ///
    /// [`StoreError::Other`] if the host cannot write.
    pub fn delete(&self, key: &str) -> Result<()> {
        self.handle.delete(key)
    }

    /// Whether there is a value under `key`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Other`] if the host cannot read.
    pub fn exists(&self, key: &str) -> Result<bool> {
        self.handle.exists(key)
    }

    /// Adds `delta` to the number under `key`, which starts at 0, and returns the sum. The number
    /// is kept as decimal text.
    ///
    /// # Errors
    ///
    /// [`StoreError::Other`] if the value is no number, or the sum too large.
    pub fn increment(&self, key: &str, delta: u64) -> Result<u64> {
        self.handle.increment(key, delta)
    }

    /// All keys in the order of their bytes, asked for page by page as the iterator advances.
    ///
    /// The list is the one that stood when the first page was asked for: deleting while listing
    /// skips none. After an error it ends.
    pub fn keys(&self) -> Keys<'_> {
        Keys { bucket: self, page: Vec::new().into_iter(), next: Next::First }
    }
}

#[derive(Debug)]
enum Next {
    First,
    Cursor(u64),
    End,
}

/// The keys of a bucket; see [`Bucket::keys`].
#[derive(Debug)]
pub struct Keys<'a> {
    bucket: &'a Bucket,
    page: std::vec::IntoIter<String>,
    next: Next,
}

impl Iterator for Keys<'_> {
    type Item = Result<String>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(key) = self.page.next() {
                return Some(Ok(key));
            }
            let cursor = match self.next {
                Next::First => None,
                Next::Cursor(cursor) => Some(cursor),
                Next::End => return None,
            };
            match self.bucket.handle.list_keys(cursor) {
                Ok((keys, cursor)) => {
                    self.page = keys.into_iter();
                    self.next = cursor.map_or(Next::End, Next::Cursor);
                }
                Err(error) => {
                    self.next = Next::End;
                    return Some(Err(error));
                }
            }
        }
    }
}

fn invalid(key: &str, reason: &dyn fmt::Display) -> StoreError {
    StoreError::Invalid { key: key.to_owned(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_keeps_what_it_is_given() -> Result<()> {
        let bucket = Bucket::own()?;
        assert_eq!(bucket.get("k")?, None);
        bucket.set("k", "v")?;
        assert_eq!(bucket.get_text("k")?.as_deref(), Some("v"));
        assert!(bucket.exists("k")?);
        bucket.delete("k")?;
        bucket.delete("k")?;
        assert!(!bucket.exists("k")?);
        Ok(())
    }

    #[test]
    fn numbers_are_decimal_text() -> Result<()> {
        let bucket = Bucket::own()?;
        assert_eq!(bucket.increment("n", 2)?, 2);
        assert_eq!(bucket.increment("n", 3)?, 5);
        assert_eq!(bucket.get_text("n")?.as_deref(), Some("5"));
        assert_eq!((bucket.get_number("n")?, bucket.get_number("absent")?), (Some(5), None));
        let told = |error: StoreError| error.to_string();
        for text in ["five", "", "-1", "+1", " 1"] {
            bucket.set("n", text)?;
            assert_eq!(
                bucket.increment("n", 1).map_err(told),
                Err("the store failed: the value is not a decimal number".to_owned()),
            );
            assert_eq!(
                bucket.get_number("n").map_err(told),
                Err("value of key \"n\": expected a whole number from 0 to 18446744073709551615"
                    .to_owned()),
            );
        }
        bucket.set("n", "18446744073709551615")?;
        let full = Err("the store failed: the sum does not fit into 64 bits".to_owned());
        assert_eq!(bucket.increment("n", 1).map_err(told), full);
        bucket.set("n", [0xff])?;
        let no_text = Err("value of key \"n\": not UTF-8".to_owned());
        assert_eq!(bucket.get_text("n").map_err(told), no_text);
        Ok(())
    }

    #[test]
    fn deleting_while_listing_skips_no_key() -> Result<()> {
        let bucket = Bucket::own()?;
        // More than the host gives on one page.
        for n in 0..2_500 {
            bucket.set(&format!("{n:04}"), [])?;
        }
        let mut seen = Vec::new();
        for key in bucket.keys() {
            let key = key?;
            bucket.delete(&key)?;
            seen.push(key);
        }
        assert_eq!(seen.len(), 2_500);
        assert!(seen.is_sorted());
        assert_eq!(bucket.keys().count(), 0);
        Ok(())
    }

    #[test]
    fn refusals_are_told_apart() {
        assert_eq!(Bucket::open("other").err(), Some(StoreError::NoSuchStore("other".into())));
    }

    #[cfg(feature = "json")]
    #[test]
    fn json_is_read_back() -> Result<()> {
        let bucket = Bucket::own()?;
        bucket.set_json("k", &vec![1, 2])?;
        assert_eq!(bucket.get_json::<Vec<u32>>("k")?, Some(vec![1, 2]));
        assert!(matches!(bucket.get_json::<String>("k"), Err(StoreError::Invalid { .. })));
        Ok(())
    }
}
