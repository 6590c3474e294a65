//! A manager whose host went and came back: where its beat goes on, and what was left out meanwhile (S13).

use std::time::Duration;

use super::manager::State;
use crate::types::millis;

/// The least interval: what the clock of a tick is told in.
pub(super) const LEAST: Duration = Duration::from_millis(1);

/// What a driver finds that takes a manager up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct TakenUp {
    /// How many of its ticks were left out while nobody drove it.
    pub(super) left_out: u64,
    /// When the last tick was due that nobody was there for: it is only late.
    pub(super) overdue_ms: Option<u64>,
}

impl State {
    /// No driver ticks it any more, or none did since its last tick: what that leaves out is counted when
    /// the next one comes.
    pub(super) fn rest(&mut self) {
        self.driven = false;
        self.rests_since_ms = self.schedule.row().counted_ms;
    }

    /// How long until its next tick is due, where its beat goes on as it was before it rested.
    pub(super) fn until_next(&self, wall_ms: u64) -> Duration {
        let interval = self.interval.max(LEAST);
        let rested = wall_ms.checked_sub(self.rests_since_ms).filter(|_| self.rests_since_ms > 0);
        let rested = u128::from(rested.unwrap_or_default()) * 1_000_000 % interval.as_nanos();
        interval.saturating_sub(Duration::from_nanos_u128(rested))
    }

    /// A driver ticks it from now on with the beats of its interval, of which the next is due at
    /// `next_ms`. Ticks that were left out until then are counted (S13). The last one before `wall_ms` is
    /// only late, as with a driver that is late, unless one by hand came after it, or the next beat comes
    /// within this millisecond and is that one.
    ///
    /// For who was never ticked, or is counted until a time that is still to come, the count begins here:
    /// hosts that live for less than an interval leave out ticks, too.
    pub(super) fn drive(&mut self, wall_ms: u64, next_ms: u64) -> TakenUp {
        self.driven = true;
        let since = std::mem::take(&mut self.rests_since_ms);
        if since == 0 || since > wall_ms {
            let begins = self.schedule.count_from(wall_ms);
            self.dirty |= begins;
            return TakenUp::default();
        }
        let interval_ms = millis(self.interval.max(LEAST));
        let rested = wall_ms.saturating_sub(since.max(self.schedule.row().counted_ms));
        let overdue_ms = (rested >= interval_ms && next_ms > wall_ms)
            .then(|| wall_ms - wall_ms.saturating_sub(since) % interval_ms);
        let left_out = self.schedule.downtime(since, overdue_ms.unwrap_or(next_ms), self.interval);
        self.dirty |= left_out > 0;
        TakenUp { left_out, overdue_ms }
    }
}
