//! The settings of a tick's rules that an operator may choose.

use std::ops::RangeInclusive;

/// How the rules of a tick are set for one manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// F of rule S16: so many kills in a row quarantine a task. At least 1.
    pub quarantine_after: u32,
    /// Q of rule S16: every Q-th due run of a quarantined task is let through. At least 1.
    pub probe_every: u32,
    /// The range to which an asked-for delay is clamped, in ticks to skip (S10).
    pub delay: RangeInclusive<u32>,
    /// Whether the first failing task ends the tick (S9).
    pub raise_on_error: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { quarantine_after: 5, probe_every: 60, delay: 0..=1_000_000, raise_on_error: false }
    }
}

/// What becomes of a run that was lost with its host (S19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnLost {
    /// It stays lost: at most one start per tick.
    #[default]
    Lost,
    /// It is started once more under the same run id: at most one *committed* run per tick.
    Repeat,
}

/// How long an instance lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InstanceMode {
    /// From run to run, until a kill or an upgrade.
    #[default]
    Resident,
    /// A fresh one for each run; `init-host` is called before each (S18).
    PerRun,
}
