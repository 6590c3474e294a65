//! Kills in a row: back-off, quarantine and probes (S16), for a task as for a manager (S16a).
//!
//! Knows neither ticks nor tasks: it counts due runs, whatever they are due for.

use crate::types::{Ladder, Policy};

/// The most due runs that a back-off passes over, short of quarantine (S16).
const MOST_PASSED: u32 = 63;

/// What becomes of a due run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Run,
    BackingOff,
    Quarantined,
}

/// Counts one due run and says whether it is let through.
pub(super) fn on_due(ladder: &mut Ladder, policy: &Policy) -> Verdict {
    if let Some(seen) = &mut ladder.quarantined {
        *seen = seen.saturating_add(1);
        if seen.is_multiple_of(policy.probe_every.max(1)) {
            Verdict::Run
        } else {
            Verdict::Quarantined
        }
    } else if ladder.pass > 0 {
        ladder.pass -= 1;
        Verdict::BackingOff
    } else {
        Verdict::Run
    }
}

/// Counts a kill; `lost` is one that took the host with it.
pub(super) fn on_kill(ladder: &mut Ladder, policy: &Policy, lost: bool) {
    ladder.kills = ladder.kills.saturating_add(1);
    ladder.lost = if lost { ladder.lost.saturating_add(1) } else { 0 };
    if ladder.quarantined.is_some() {
        return;
    }
    if ladder.kills >= policy.quarantine_after || ladder.lost >= 2 {
        ladder.pass = 0;
        ladder.quarantined = Some(0);
    } else {
        ladder.pass =
            1u32.checked_shl(ladder.kills - 1).map_or(MOST_PASSED, |n| (n - 1).min(MOST_PASSED));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the ladder over `due` due runs, all let-through ones killed, and draws what happened.
    fn draw(policy: &Policy, due: usize, killed: impl Fn(usize) -> bool) -> String {
        let mut ladder = Ladder::default();
        (0..due)
            .map(|i| match on_due(&mut ladder, policy) {
                Verdict::Run if killed(i) => {
                    on_kill(&mut ladder, policy, false);
                    'x'
                }
                Verdict::Run => {
                    ladder = Ladder::default();
                    'o'
                }
                Verdict::BackingOff => '.',
                Verdict::Quarantined => 'q',
            })
            .collect()
    }

    #[test]
    fn s16_passes_over_two_to_the_k_minus_one_less_one_due_runs() {
        let policy = Policy { quarantine_after: 100, ..Policy::default() };
        assert_eq!(draw(&policy, 31, |_| true), "xx.x...x.......x...............");
        let long = draw(&policy, 2_000, |_| true);
        let most = long.split('x').map(str::len).max();
        assert_eq!(most, Some(63), "the back-off is capped");
    }

    #[test]
    fn s16_quarantines_after_f_kills_and_probes_every_qth_due_run() {
        let policy = Policy { quarantine_after: 3, probe_every: 4, ..Policy::default() };
        assert_eq!(draw(&policy, 16, |_| true), "xx.xqqqxqqqxqqqx");
        assert_eq!(draw(&policy, 12, |i| i < 4), "xx.xqqqooooo", "a probe that lives closes it");
    }

    #[test]
    fn s16_a_run_that_is_not_killed_resets_the_count() {
        let policy = Policy { quarantine_after: 3, ..Policy::default() };
        assert_eq!(draw(&policy, 8, |i| i != 3), "xx.oxx.x");
    }

    #[test]
    fn s16_twice_lost_in_a_row_quarantines_at_once() {
        let policy = Policy::default();
        let mut ladder = Ladder::default();
        on_kill(&mut ladder, &policy, true);
        assert_eq!(ladder.quarantined, None);
        on_kill(&mut ladder, &policy, false);
        on_kill(&mut ladder, &policy, true);
        assert_eq!(ladder.quarantined, None, "another kill came between");
        on_kill(&mut ladder, &policy, true);
        assert_eq!(ladder.quarantined, Some(0));
    }
}
