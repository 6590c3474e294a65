//! How time is taken: rounds by turns, medians, no tuning.

use std::time::{Duration, Instant};

/// The middle one.
pub(crate) fn median<T: PartialOrd + Copy>(mut of: Vec<T>) -> T {
    of.sort_by(|a, b| a.partial_cmp(b).expect("figures can be compared"));
    of[of.len() / 2]
}

/// The one below which 99 of 100 are.
pub(crate) fn p99<T: PartialOrd + Copy>(mut of: Vec<T>) -> T {
    of.sort_by(|a, b| a.partial_cmp(b).expect("figures can be compared"));
    of[(of.len() * 99 / 100).min(of.len() - 1)]
}

/// How long something takes.
pub(crate) fn time(work: impl FnOnce()) -> Duration {
    let from = Instant::now();
    work();
    from.elapsed()
}

/// Nanoseconds for each of `n`.
pub(crate) fn each(whole: Duration, n: u32) -> f64 {
    whole.as_nanos() as f64 / f64::from(n)
}

/// Two sides of a comparison, measured by turns so that whatever else the machine does falls on both.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sides {
    /// Nanoseconds of one operation of the first side: medians over the rounds.
    pub(crate) ours: f64,
    /// The same of the second.
    pub(crate) theirs: f64,
    /// The median over the rounds of ours divided by theirs.
    pub(crate) ratio: f64,
}

/// Takes `rounds` rounds of both sides. Each side runs its operation as often as it is told.
pub(crate) fn by_turns(
    rounds: usize,
    n: u32,
    mut ours: impl FnMut(u32),
    mut theirs: impl FnMut(u32),
) -> Sides {
    ours(n);
    theirs(n);
    let pairs: Vec<(f64, f64)> = (0..rounds)
        .map(|round| {
            // Who goes first changes from round to round.
            if round % 2 == 0 {
                let a = each(time(|| ours(n)), n);
                (a, each(time(|| theirs(n)), n))
            } else {
                let b = each(time(|| theirs(n)), n);
                (each(time(|| ours(n)), n), b)
            }
        })
        .collect();
    Sides {
        ours: median(pairs.iter().map(|p| p.0).collect()),
        theirs: median(pairs.iter().map(|p| p.1).collect()),
        ratio: median(pairs.iter().map(|p| p.0 / p.1).collect()),
    }
}
