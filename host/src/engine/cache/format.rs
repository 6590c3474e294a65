//! One file of the cache: a head that says what it is for, a MAC over all, and the code.
//!
//! ```text
//! magic 8 | component's SHA-256 32 | settings' SHA-256 32 | length of the code 8, little-endian | MAC 32 | code
//! ```
//!
//! The MAC is HMAC-SHA256 over everything but itself. Reads and writes no file.

use std::path::Path;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::CacheError;
use super::key::Key;
use crate::types::Digest;

/// What the file is, and the version of this layout.
const MAGIC: &[u8; 8] = b"TBcode\0\x01";

/// Bytes before the MAC.
const COVERED: usize = 8 + 32 + 32 + 8;

/// Bytes before the code.
pub(super) const HEAD: usize = COVERED + 32;

fn covered(code: &[u8], component: &Digest, settings: &Digest) -> Vec<u8> {
    let length = (code.len() as u64).to_le_bytes();
    [&MAGIC[..], component.as_bytes(), settings.as_bytes(), &length].concat()
}

fn mac(key: &Key, head: &[u8], code: &[u8]) -> Hmac<Sha256> {
    let mut mac = key.hmac();
    mac.update(head);
    mac.update(code);
    mac
}

/// The head to write before code.
pub(super) fn seal(code: &[u8], key: &Key, component: &Digest, settings: &Digest) -> Vec<u8> {
    let mut head = covered(code, component, settings);
    let tag = mac(key, &head, code).finalize().into_bytes();
    head.extend_from_slice(&tag);
    head
}

/// The code in the bytes of a file, if they were sealed under this key for this component and these
/// settings. The bytes returned are those that were checked.
pub(super) fn open(
    mut bytes: Vec<u8>,
    key: &Key,
    component: &Digest,
    settings: &Digest,
    path: &Path,
) -> Result<Vec<u8>, CacheError> {
    let bad = |why| Err(CacheError::Contents { path: path.to_owned(), why });
    let Some((head, code)) = bytes.split_at_checked(HEAD) else {
        return bad("is too short to be compiled code");
    };
    let (head, tag) = head.split_at(COVERED);
    if !head.starts_with(MAGIC) {
        return bad("is no compiled code, or of another version of this host");
    }
    if head != covered(code, component, settings) {
        return bad("is compiled code of something else, or was cut");
    }
    // Compares in constant time.
    if mac(key, head, code).verify_slice(tag).is_err() {
        return bad("was not written under this host's key, or was changed since");
    }
    bytes.drain(..HEAD);
    Ok(bytes)
}
