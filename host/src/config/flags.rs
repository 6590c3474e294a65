//! Limits as the command line takes them: read and bounded exactly as the keys of a file are.
//!
//! Knows no flag by name but for messages.

use std::time::Duration;

use crate::types::{ByteSize, Fuel};

use super::kinds::{Fit, Place, Refused};
use super::raw::{
    FuelOfRun, Interval, Memory, TimeOfRun, WHY_FUEL, WHY_INTERVAL, WHY_MEMORY, WHY_TIMEOUT,
};
use super::units::{read_size, read_time};

/// Reads the fuel of a run.
///
/// # Errors
/// One line: the cause and what to do.
pub fn fuel(text: &str) -> Result<Fuel, String> {
    let n = text.replace('_', "").parse().map_err(|_| "write a whole number".to_owned())?;
    let fuel = FuelOfRun::check_any(n, &place("fuel"));
    fuel.map(|fuel| fuel.fit()).map_err(|e| line(&e, WHY_FUEL))
}

/// Reads the memory of an instance.
///
/// # Errors
/// One line: the cause and what to do.
pub fn memory(text: &str) -> Result<ByteSize, String> {
    let memory = Memory::check(read_size(text)?, &place("memory"));
    memory.map(|memory| memory.fit()).map_err(|e| line(&e, WHY_MEMORY))
}

/// Reads the time limit of a run.
///
/// # Errors
/// One line: the cause and what to do.
pub fn timeout(text: &str) -> Result<Duration, String> {
    let time = TimeOfRun::check(read_time(text)?, &place("timeout"));
    time.map(|time| time.fit()).map_err(|e| line(&e, WHY_TIMEOUT))
}

/// Reads how often a manager is ticked.
///
/// # Errors
/// One line: the cause and what to do.
pub fn interval(text: &str) -> Result<Duration, String> {
    let time = Interval::check(read_time(text)?, &place("interval"));
    time.map(|time| time.fit()).map_err(|e| line(&e, WHY_INTERVAL))
}

const fn place(key: &'static str) -> Place<'static> {
    Place { key, table: "", why: "" }
}

fn line(refused: &Refused, why: &str) -> String {
    format!("{}: {why}", refused.what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_bounded_as_keys_are() {
        assert_eq!(fuel("5_000"), Ok(Fuel::new(5_000)));
        assert_eq!(memory("1MiB"), Ok(ByteSize::mib(1)));
        assert_eq!(timeout("1m"), Ok(Duration::from_mins(1)));
        insta::assert_snapshot!(fuel("0").unwrap_err(), @"`fuel` is 0, outside of 1 to 1_000_000_000_000_000: without fuel no instruction runs; 1_000_000_000 is about 0.8 s of an empty loop");
        insta::assert_snapshot!(memory("1KiB").unwrap_err(), @"`memory` is 1KiB, outside of 64KiB to 4GiB: a page of WebAssembly has 64KiB, and a 32-bit guest can address 4GiB");
        insta::assert_snapshot!(timeout("2d").unwrap_err(), @"`timeout` is 2d, outside of 1ms to 1d: the host measures in milliseconds, and a run that takes longer than a day is no periodic task");
        let range = "outside of 1 to 1_000_000_000_000_000";
        assert!(fuel("-1").unwrap_err().contains(range));
        assert!(fuel("99999999999999999999").unwrap_err().contains(range));
        assert_eq!(fuel("lots"), Err("write a whole number".to_owned()));
    }
}
