//! `wasi:keyvalue/atomics`: a counter, kept as decimal text.
//!
//! A run is alone with its manager's bucket (S12), so reading and writing is atomic as it stands.

use wasmtime::component::{HasSelf, Linker, Resource};

use super::store::told;
use super::{Answer, Bucket};
use crate::capabilities::GuestState;
use crate::capabilities::bindings::keyvalue::atomics::{self, Host};
use crate::capabilities::bindings::keyvalue::store::Error;

pub(super) fn add_to_linker(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    atomics::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

impl Host for GuestState {
    async fn increment(
        &mut self,
        bucket: Resource<Bucket>,
        key: String,
        delta: u64,
    ) -> Answer<u64> {
        told!(self.on_bucket(&bucket, key.len())?);
        let before = told!(self.value(&key).await?);
        let below = before.as_ref().map(|value| value.len() as u64);
        let sum = told!(added(before.as_deref(), delta).map_err(|e| Error::Other(e.to_owned())));
        let limits = self.store_limits();
        let put = self.keyvalue.put(vec![(key, sum.to_string().into_bytes())], |_| below, &limits);
        Ok(put.map(|()| sum).map_err(Error::Other))
    }
}

/// The sum of a counter's text and `delta`; a missing counter is 0.
fn added(before: Option<&[u8]>, delta: u64) -> Result<u64, &'static str> {
    let Some(text) = before else { return Ok(delta) };
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Err("the value is not a decimal number");
    }
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<u64>().ok());
    let sum = number.and_then(|number| number.checked_add(delta));
    sum.ok_or("the sum does not fit into 64 bits")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::bindings::keyvalue::store::Host as _;
    use crate::capabilities::testing::{Bench, now};

    #[test]
    fn a_counter_is_decimal_text_and_everything_else_is_refused() {
        let check = |before: Option<&str>, delta, expect: Result<u64, &str>| {
            let bench = match before {
                Some(text) => Bench::new().holding(&[("n", text)]),
                None => Bench::new(),
            };
            let mut state = bench.running();
            let bucket = state.open(String::new()).unwrap().unwrap();
            let told = now(state.increment(bucket, "n".to_owned(), delta)).unwrap();
            let said = told.map_err(|error| match error {
                Error::Other(text) => text,
                other => format!("{other:?}"),
            });
            assert_eq!(said, expect.map_err(str::to_owned), "{before:?}");
            let written = state.finish().writes.pop().and_then(|write| write.value);
            assert_eq!(written, expect.ok().map(|n| n.to_string().into_bytes()), "{before:?}");
        };
        check(None, 5, Ok(5));
        check(Some("41"), 1, Ok(42));
        check(Some("007"), 0, Ok(7));
        check(Some(""), 1, Err("the value is not a decimal number"));
        check(Some("+1"), 1, Err("the value is not a decimal number"));
        check(Some("1.5"), 1, Err("the value is not a decimal number"));
        check(Some("18446744073709551615"), 1, Err("the sum does not fit into 64 bits"));
        check(Some("18446744073709551616"), 0, Err("the sum does not fit into 64 bits"));
    }
}
