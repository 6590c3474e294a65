//! Times and sizes as people write them, `1m 30s` and `64MiB`, read and written so that what is
//! written reads back as the same value.
//!
//! Knows nothing of keys or of TOML; the command line uses it too.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use crate::types::ByteSize;

/// Reads a time such as `5s`, `1m 30s`, `500ms` or `7d`.
///
/// # Errors
/// One line that says how a time is written.
pub fn read_time(text: &str) -> Result<Duration, String> {
    const HOW: &str = "write a number and a unit, such as 500ms, 5s, 1m 30s or 7d";
    let span: Span = text.trim().parse().map_err(|_| HOW.to_owned())?;
    let time = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| "months and years have no fixed length: write days".to_owned())?;
    Duration::try_from(time).map_err(|_| "a time can't be negative".to_owned())
}

/// Reads a size such as `64MiB`, `64MB` or `4096`.
///
/// # Errors
/// One line that says how a size is written.
pub fn read_size(text: &str) -> Result<ByteSize, String> {
    text.trim()
        .parse()
        .map_err(|_| "write a number and a unit, such as 512KiB, 64MiB or 1GiB".to_owned())
}

/// Writes a time so that [`read_time`] gives it back.
pub fn show_time(time: Duration) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let (mut seconds, mut nanos) = (time.as_secs(), time.subsec_nanos());
    let mut parts = Vec::new();
    for (size, unit) in UNITS {
        if seconds >= size {
            parts.push(format!("{}{unit}", seconds / size));
            seconds %= size;
        }
    }
    for (size, unit) in [(1_000_000, "ms"), (1_000, "us"), (1, "ns")] {
        if nanos >= size {
            parts.push(format!("{}{unit}", nanos / size));
            nanos %= size;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

/// Writes a size so that [`read_size`] gives it back: in the largest unit that divides it.
pub fn show_size(size: ByteSize) -> String {
    let bytes = size.get();
    let units = [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
    units
        .iter()
        .find(|(shift, _)| bytes > 0 && bytes.trailing_zeros() >= *shift)
        .map_or_else(|| format!("{bytes}B"), |(shift, unit)| format!("{}{unit}", bytes >> shift))
}

/// Writes a whole number with underscores between the thousands, as TOML reads it.
pub fn show_count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let check = |text: &str, expect: &str| {
            let said = read_time(text).map_or_else(|e| format!("no: {e}"), show_time);
            assert_eq!(said, expect, "{text:?}");
        };
        check("5s", "5s");
        check("1m 30s", "1m 30s");
        check("90s", "1m 30s");
        check("1h30m", "1h 30m");
        check("500ms", "500ms");
        check("1.5s", "1s 500ms");
        check("7d", "7d");
        check("2w", "14d");
        check(" 10 seconds ", "10s");
        check("0s", "0s");
        check("5", "no: write a number and a unit, such as 500ms, 5s, 1m 30s or 7d");
        check("", "no: write a number and a unit, such as 500ms, 5s, 1m 30s or 7d");
        check("-5s", "no: a time can't be negative");
        check("1y", "no: months and years have no fixed length: write days");
    }

    #[test]
    fn sizes_are_written_exactly() {
        let check = |text: &str, expect: &str| {
            let said = read_size(text).map_or_else(|e| format!("no: {e}"), show_size);
            assert_eq!(said, expect, "{text:?}");
        };
        check("64MiB", "64MiB");
        check("4096", "4KiB");
        check("1000", "1000B");
        check("4096MiB", "4GiB");
        check("1.5 KiB", "1536B");
        check("0", "0B");
        check("many", "no: write a number and a unit, such as 512KiB, 64MiB or 1GiB");
    }

    #[test]
    fn counts_are_written_in_thousands() {
        for (n, expect) in [(0, "0"), (999, "999"), (1_000, "1_000"), (12_345_678, "12_345_678")] {
            assert_eq!(show_count(n), expect);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(secs in 0u64..400_000_000, nanos in 0u32..1_000_000_000, bytes in 0..=(1u64 << 52)) {
            let time = Duration::new(secs, nanos);
            prop_assert_eq!(read_time(&show_time(time)), Ok(time));
            prop_assert_eq!(read_size(&show_size(ByteSize::new(bytes))), Ok(ByteSize::new(bytes)));
        }

        #[test]
        fn no_text_makes_the_readers_panic(text in "\\PC{0,40}") {
            prop_assert!(read_time(&text).is_ok() || read_time(&text).is_err());
            prop_assert!(read_size(&text).is_ok() || read_size(&text).is_err());
        }
    }
}
