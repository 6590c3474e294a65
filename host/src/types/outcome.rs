//! The closed list of outcomes (contract, "Outcomes"; rule S11).

use std::fmt;

macro_rules! outcomes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// How a run, or a tick of a task, ended: each enabled task has exactly one on each tick.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Outcome { $($(#[$doc])* $name,)* }

        impl Outcome {
            /// Every outcome, in the order of the contract.
            pub const ALL: [Self; [$($text),*].len()] = [$(Self::$name),*];

            /// The name of the contract, as JSON, the database and the screen show it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Reads the name of the contract.
            pub fn from_name(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

outcomes! {
    /// The task returned without an error.
    Ok = "ok",
    /// The task returned an error; its instance lives on.
    Failed = "failed",
    /// A shared bucket changed under the run: nothing was written.
    Conflict = "conflict",
    /// A kill: the guest trapped, panicked or called `exit`.
    Trap = "trap",
    /// A kill: the fuel granted to the run was used up.
    OutOfFuel = "out-of-fuel",
    /// A kill: the run's time limit passed.
    TimedOut = "timed-out",
    /// A kill: the guest trapped after a denied growth of a memory or table.
    OutOfMemory = "out-of-memory",
    /// A kill: more host calls, handles or bytes handed over than granted.
    OverQuota = "over-quota",
    /// A kill: the host died during the run.
    Lost = "lost",
    /// The counter had not come to its end.
    Skipped = "skipped",
    /// The tick arrived while the manager, or the whole host, was busy (S12).
    Missed = "missed",
    /// The manager has no instance that came through `init-host` (S16a).
    NotReady = "not-ready",
    /// Due, but passed over after kills in a row (S16).
    BackingOff = "backing-off",
    /// Due, but passed over in quarantine (S16).
    Quarantined = "quarantined",
    /// The manager or the task is paused (S14).
    Paused = "paused",
    /// An earlier task ended the tick in raise-on-error mode (S9).
    NotReached = "not-reached",
}

impl Outcome {
    /// Whether the guest was ended by force and its instance is discarded (S15). `lost` counts (S16).
    pub const fn is_kill(self) -> bool {
        matches!(
            self,
            Self::Trap
                | Self::OutOfFuel
                | Self::TimedOut
                | Self::OutOfMemory
                | Self::OverQuota
                | Self::Lost
        )
    }

    /// Whether a guest was entered: the outcome of a run, not of a tick without one.
    pub const fn is_run(self) -> bool {
        self.is_kill() || matches!(self, Self::Ok | Self::Failed | Self::Conflict)
    }

    /// Whether a run ended other than well: what ends a tick in raise-on-error mode, and what exit
    /// status 1 of the command line speaks of.
    pub const fn is_failure(self) -> bool {
        self.is_run() && !matches!(self, Self::Ok)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How often each outcome was seen. Sums saturate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutcomeCounts([u64; Outcome::ALL.len()]);

impl OutcomeCounts {
    /// Counts `n` more of an outcome.
    pub fn add(&mut self, outcome: Outcome, n: u64) {
        let slot = &mut self.0[outcome as usize];
        *slot = slot.saturating_add(n);
    }

    /// How often an outcome was seen.
    pub const fn get(&self, outcome: Outcome) -> u64 {
        self.0[outcome as usize]
    }

    /// How many outcomes were seen in all.
    pub fn sum(&self) -> u64 {
        self.0.iter().fold(0, |sum, n| sum.saturating_add(*n))
    }

    /// The outcomes that were seen, with their counts, in the order of the contract.
    pub fn iter(&self) -> impl Iterator<Item = (Outcome, u64)> + '_ {
        Outcome::ALL.iter().map(|o| (*o, self.get(*o))).filter(|(_, n)| *n > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_every_outcome_has_one_name_and_one_slot() {
        let mut counts = OutcomeCounts::default();
        for (i, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(Outcome::from_name(outcome.as_str()), Some(outcome));
            assert_eq!(outcome as usize, i);
            counts.add(outcome, 1);
        }
        assert_eq!(counts.sum(), 16);
        assert_eq!(Outcome::from_name("OK"), None);
    }

    #[test]
    fn s15_the_kills_are_those_of_the_contract() {
        let kills: Vec<_> =
            Outcome::ALL.iter().filter(|o| o.is_kill()).map(|o| o.as_str()).collect();
        assert_eq!(
            kills,
            ["trap", "out-of-fuel", "timed-out", "out-of-memory", "over-quota", "lost"]
        );
    }
}
