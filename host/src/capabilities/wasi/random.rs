//! `wasi:random`: the system's randomness, or, under a seed, numbers that follow from it.
//!
//! Under a seed the numbers depend on the seed, the manager and the run alone (S20): a chain of
//! SHA-256 blocks, as hard to foresee as the seed is. The insecure interfaces answer from the same
//! source.

use sha2::{Digest, Sha256};
use wasmtime::component::{HasSelf, Linker};
use wasmtime_wasi::p2::bindings::random::{insecure, insecure_seed, random};

use crate::capabilities::{GuestState, Identity};

/// Where the random bytes of a run come from; a seeded one is made at the first use.
#[derive(Debug, Default)]
pub(super) struct Source(Option<Seeded>);

#[derive(Debug)]
struct Seeded {
    key: [u8; 32],
    /// The number of the next block.
    next: u64,
    block: [u8; 32],
    used: usize,
}

impl Seeded {
    fn new(seed: u64, manager: &str, run: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"tourbillon random 1");
        hash.update(seed.to_le_bytes());
        hash.update((manager.len() as u64).to_le_bytes());
        hash.update(manager);
        hash.update(run);
        Self { key: hash.finalize().into(), next: 0, block: [0; 32], used: 32 }
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            if self.used == self.block.len() {
                let mut hash = Sha256::new();
                hash.update(self.key);
                hash.update(self.next.to_le_bytes());
                self.block = hash.finalize().into();
                self.next += 1;
                self.used = 0;
            }
            *byte = self.block[self.used];
            self.used += 1;
        }
    }
}

pub(super) fn add_to_linker(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    random::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    insecure::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    insecure_seed::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

impl GuestState {
    fn fill_random(&mut self, bytes: &mut [u8]) -> wasmtime::Result<()> {
        let begun = self.wasi.as_mut().and_then(|wasi| wasi.random.0.take());
        let Identity { seed, manager, .. } = self.identity();
        let Some(seed) = *seed else {
            return getrandom::fill(bytes).map_err(|error| {
                wasmtime::format_err!("the system gave the host no random bytes: {error}")
            });
        };
        let seeded = || Seeded::new(seed, manager.as_str(), &self.run().id);
        let mut source = begun.unwrap_or_else(seeded);
        source.fill(bytes);
        if let Some(wasi) = &mut self.wasi {
            wasi.random.0 = Some(source);
        }
        Ok(())
    }

    /// As many bytes as asked for: so many as may be handed over in one call, not more.
    fn random_bytes(&mut self, len: u64) -> wasmtime::Result<Vec<u8>> {
        self.host_call(0)?;
        self.meter.answer(len)?;
        let mut bytes = vec![0; usize::try_from(len)?];
        self.fill_random(&mut bytes)?;
        Ok(bytes)
    }

    fn random_u64(&mut self) -> wasmtime::Result<u64> {
        self.host_call(0)?;
        let mut bytes = [0; 8];
        self.fill_random(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }
}

impl random::Host for GuestState {
    fn get_random_bytes(&mut self, len: u64) -> wasmtime::Result<Vec<u8>> {
        self.random_bytes(len)
    }

    fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        self.random_u64()
    }
}

impl insecure::Host for GuestState {
    fn get_insecure_random_bytes(&mut self, len: u64) -> wasmtime::Result<Vec<u8>> {
        self.random_bytes(len)
    }

    fn get_insecure_random_u64(&mut self) -> wasmtime::Result<u64> {
        self.random_u64()
    }
}

impl insecure_seed::Host for GuestState {
    fn insecure_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        self.host_call(0)?;
        let (mut first, mut second) = ([0; 8], [0; 8]);
        self.fill_random(&mut first)?;
        self.fill_random(&mut second)?;
        Ok((u64::from_le_bytes(first), u64::from_le_bytes(second)))
    }
}

#[cfg(test)]
mod tests {
    use crate::capabilities::Exceeded;
    use crate::capabilities::testing::Bench;
    use crate::types::ByteSize;

    fn seeded(seed: u64) -> Bench {
        let mut bench = Bench::with_wasi();
        bench.identity.seed = Some(seed);
        bench
    }

    #[test]
    fn s20_under_a_seed_a_run_draws_the_same_numbers_each_time() {
        let draw = |bench: &Bench| {
            let mut state = bench.running();
            let first = (state.random_bytes(40).unwrap(), state.random_u64().unwrap());
            bench.begin(&mut state);
            let again = (state.random_bytes(40).unwrap(), state.random_u64().unwrap());
            assert_eq!(first, again, "the same run, begun again");
            first
        };
        assert_eq!(draw(&seeded(1)), draw(&seeded(1)));
        assert_ne!(draw(&seeded(1)), draw(&seeded(2)));
        let mut other = seeded(1);
        other.run_of("m", "t", 2);
        assert_ne!(draw(&seeded(1)), draw(&other));
        other.run_of("other", "t", 1);
        assert_ne!(draw(&seeded(1)), draw(&other));
    }

    #[test]
    fn without_a_seed_it_is_the_systems() {
        let mut state = Bench::with_wasi().running();
        assert_ne!(state.random_bytes(32).unwrap(), state.random_bytes(32).unwrap());
    }

    #[test]
    fn nobody_makes_the_host_draw_more_than_a_call_may_carry() {
        let mut bench = Bench::with_wasi();
        bench.limits.run.call_bytes = ByteSize::new(100);
        let mut state = bench.running();
        assert_eq!(state.random_bytes(100).unwrap().len(), 100);
        assert!(state.random_bytes(u64::MAX).is_err());
        assert_eq!(state.finish().exceeded, Some(Exceeded::CallBytes { limit: 100 }));
    }
}
