//! Shows on a terminal that a large component is being compiled; silent everywhere else.
//!
//! A thread of its own draws: a terminal that takes nothing holds up nobody else.

use std::io::{self, IsTerminal as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::engine;
use crate::types::ManagerName;

/// How often the sign of life moves.
const BEAT: Duration = Duration::from_millis(120);

/// So long is waited for the sign to be wiped off.
const PATIENCE: Duration = Duration::from_millis(500);

/// Progress over a number of components.
#[derive(Debug)]
pub(super) struct Progress {
    /// Where it is drawn, if it is; and what ends once that has ended.
    drawn: Option<(Sender<Event>, Mutex<Receiver<()>>)>,
    /// What is being done with those that are not there yet, in the order in which they began.
    under_way: Mutex<Vec<(ManagerName, &'static str)>>,
}

/// What is drawn next.
#[derive(Debug)]
enum Event {
    Doing(String),
    One,
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
        let under_way = Mutex::default();
        if !io::stderr().is_terminal() {
            return Self { drawn: None, under_way };
        }
        let (to, events) = channel();
        let (end, ended) = channel();
        let draws = move || {
            draw(n, &events);
            drop(end);
        };
        // Without a thread there is no sign of life, and no harm.
        let started = thread::Builder::new().name("progress".to_owned()).spawn(draws);
        Self { drawn: started.ok().map(|_| (to, Mutex::new(ended))), under_way }
    }

    /// Shows that one is being loaded.
    pub(super) fn begin<'a>(&'a self, name: &'a ManagerName) -> Shown<'a> {
        self.tell(name, Some("loading"));
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
            self.send(Event::Doing(format!("{what} {name}")));
        }
    }

    /// At most a few for each component.
    fn send(&self, event: Event) {
        if let Some((to, _)) = &self.drawn {
            // Nobody draws where the thread has gone.
            drop(to.send(event));
        }
    }
}

/// Draws until nobody tells anything any more.
fn draw(n: usize, events: &Receiver<Event>) {
    let bar = ProgressBar::with_draw_target(Some(n as u64), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({pos}/{len}, {elapsed})") {
        bar.set_style(style);
    }
    loop {
        match events.recv_timeout(BEAT) {
            Ok(Event::Doing(what)) => bar.set_message(what),
            Ok(Event::One) => bar.inc(1),
            Err(RecvTimeoutError::Timeout) => bar.tick(),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    bar.finish_and_clear();
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
        self.all.send(Event::One);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let Some((to, ended)) = self.drawn.take() else { return };
        drop(to);
        // Wiped off, or the terminal takes nothing: then nobody waits for it.
        let ended = ended.into_inner().unwrap_or_else(PoisonError::into_inner);
        ended.recv_timeout(PATIENCE).ok();
    }
}
