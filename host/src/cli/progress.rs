//! Shows on a terminal that a large component is being compiled; silent everywhere else.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::engine;
use crate::types::ManagerName;

/// How often the sign of life moves.
const BEAT: Duration = Duration::from_millis(120);

/// Progress over a number of components.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    /// What is being done with those that are not there yet, in the order in which they began.
    under_way: Mutex<Vec<(ManagerName, &'static str)>>,
}

/// Shows one component for as long as it lives.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    all: &'a Progress,
    name: &'a ManagerName,
}

impl Progress {
    /// Progress over `n` components. It draws on stderr, and only where that is a terminal.
    pub(super) fn new(n: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(n as u64), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({pos}/{len}, {elapsed})")
        {
            bar.set_style(style);
        }
        Self { bar, under_way: Mutex::default() }
    }

    /// Shows that one is being loaded.
    pub(super) fn begin<'a>(&'a self, name: &'a ManagerName) -> Shown<'a> {
        self.tell(name, Some("loading"));
        self.bar.enable_steady_tick(BEAT);
        Shown { all: self, name }
    }

    /// Names the one that takes longest.
    fn tell(&self, name: &ManagerName, what: Option<&'static str>) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let place = under_way.iter().position(|(other, _)| other == name);
        match (place, what) {
            (Some(place), Some(what)) => under_way[place].1 = what,
            (None, Some(what)) => under_way.push((name.clone(), what)),
            (Some(place), None) => drop(under_way.remove(place)),
            (None, None) => {}
        }
        if let Some((name, what)) = under_way.first() {
            self.bar.set_message(format!("{what} {name}"));
        }
    }
}

impl Shown<'_> {
    /// Shows how far it has come.
    pub(super) fn step(&self, step: engine::Progress) {
        let what = match step {
            engine::Progress::Waiting => "waiting to compile",
            engine::Progress::Compiling => "compiling",
            engine::Progress::Loading => "loading",
        };
        self.all.tell(self.name, Some(what));
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.all.tell(self.name, None);
        self.all.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
