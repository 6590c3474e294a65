//! The proof that limits hold, on this very machine: each of them is exceeded by a guest, and what became
//! of it is shown beside what was promised.
//!
//! `tourbillon check --self-test` prints it. The guests are two components of a few hundred bytes that are
//! kept in binary (`guests/`), so that no program has to carry a reader of WebAssembly's text. Nothing
//! is written to disk, and no manager of the operator's is touched: the hosts live in memory, for as long
//! as it takes. Knows no rule of its own: what is expected here is what `docs/limits.md` says.
//!
//! Invariant: a limit of `types/limits.rs` without a proof fails a test, and does not compile if it
//! is not named in [`LIMITS`].

mod bench;
mod host;
mod load;
mod names;
mod run;
#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::engine::{CompileIn, EngineError};
use crate::registry::RegistryError;
use crate::store::StoreError;
use crate::ticker::{HostError, InstallError};

use self::bench::Bench;

pub use names::LIMITS;

/// One limit, exceeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The limit: `run.fuel`.
    pub limit: &'static str,
    /// What it was set to for the proof.
    pub set_to: String,
    /// What was to become of the guest.
    pub expected: String,
    /// What became of it.
    pub seen: String,
    /// Whether the two are the same.
    pub held: bool,
    /// How long it took.
    pub micros: u64,
}

/// Why a limit could not be put to the proof at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SelfTestError {
    /// There is no engine.
    #[error("the self-test has no engine: {0}")]
    Engine(#[from] EngineError),
    /// There is no host.
    #[error("the self-test has no host: {0}")]
    Registry(#[from] RegistryError),
    /// Its own guest was refused, though it had done nothing yet.
    #[error("the self-test's guest was refused: {0}")]
    Install(#[from] InstallError),
    /// The host failed.
    #[error("the self-test's host failed: {0}")]
    Host(#[from] HostError),
    /// Its store failed.
    #[error("the self-test's store failed: {0}")]
    Store(#[from] StoreError),
}

/// What became of a guest: one line.
type Seen = Result<String, SelfTestError>;

/// Exceeds every limit once, in the order of [`LIMITS`]. Takes some seconds; compiles as
/// `compile` says.
///
/// # Errors
/// Where a proof could not begin. A limit that does not hold is no error: see [`Proof::held`].
pub async fn run(compile: CompileIn) -> Result<Vec<Proof>, SelfTestError> {
    let mut proofs = Proofs { all: Vec::new(), clock: SystemClock::default() };
    let bench = Bench::new(compile)?;
    run::prove(&bench, &mut proofs).await?;
    load::prove(&bench, &mut proofs).await?;
    host::prove(&bench, &mut proofs).await?;
    Ok(proofs.all)
}

/// The proofs so far.
struct Proofs {
    all: Vec<Proof>,
    clock: SystemClock,
}

impl Proofs {
    /// Takes note of one: `seen` must hold all of `expected`, a text whose parts are divided by ` … `.
    async fn add(
        &mut self,
        limit: &'static str,
        set_to: impl ToString,
        expected: &str,
        seen: impl Future<Output = Seen>,
    ) -> Result<(), SelfTestError> {
        let begun = self.clock.monotonic();
        let seen = seen.await?;
        let took = self.clock.monotonic().saturating_sub(begun);
        self.all.push(Proof {
            limit,
            set_to: set_to.to_string(),
            expected: expected.to_owned(),
            held: expected.split(" … ").all(|part| seen.contains(part)),
            seen,
            micros: micros(took),
        });
        Ok(())
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
