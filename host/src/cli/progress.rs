//! Shows on a terminal that a large component is being compiled; silent everywhere else.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::engine;
use crate::types::ManagerName;

/// How often the sign of life moves.
const BEAT: Duration = Duration::from_millis(120);

/// Progress over a number of components.
#[derive(Debug)]
pub(super) struct Progress(ProgressBar);

/// Shows one component for as long as it lives.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    bar: &'a ProgressBar,
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
        Self(bar)
    }

    /// Shows that one is being loaded.
    pub(super) fn begin<'a>(&'a self, name: &'a ManagerName) -> Shown<'a> {
        self.0.set_message(format!("loading {name}"));
        self.0.enable_steady_tick(BEAT);
        Shown { bar: &self.0, name }
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
        self.bar.set_message(format!("{what} {}", self.name));
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
