//! Numbers in a store: decimal text, as the host writes and reads it.
//!
//! Digits alone: a sign, which Rust's own parser takes, is none of the host's.

/// Whether the bytes are a decimal number, of any length.
pub(crate) fn is_one(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit)
}

/// The number, if it is one that 64 bits hold.
pub(crate) fn read(bytes: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(bytes).ok().filter(|_| is_one(bytes))?;
    text.parse().ok()
}
