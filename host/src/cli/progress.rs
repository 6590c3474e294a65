//! Shows on a terminal that a large component is being compiled; elsewhere one line says so, where it takes
//! longer than a moment.
//!
//! A thread of its own draws: a terminal that takes nothing holds up nobody else.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::printing::say;
use crate::clock::{Clock as _, SystemClock};
use crate::engine;

/// How often the sign of life moves.
const BEAT: Duration = Duration::from_millis(120);

/// What takes longer is told where nothing can be drawn.
const MOMENT: Duration = Duration::from_secs(5);

/// So long is waited for the sign to be wiped off.
const PATIENCE: Duration = Duration::from_millis(500);

/// Progress over a number of components.
#[derive(Debug)]
pub(super) struct Progress {
    /// Where it is drawn, if it is; and what ends once that has ended.
    drawn: Option<(Sender<Event>, Mutex<Receiver<()>>)>,
    /// What is being done with those that are not there yet, in the order in which they began.
    under_way: Mutex<Vec<(String, &'static str)>>,
}

/// What is drawn next.
#[derive(Debug)]
enum Event {
    /// Something is being done, and whether that is compiling.
    Doing(String, bool),
    /// One is there.
    One,
    /// Nothing is under way.
    Idle,
}

/// Shows one component for as long as it lives.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    all: &'a Progress,
    name: String,
}

impl Progress {
    /// Progress over `n` components. It draws on stderr where that is a terminal, and elsewhere says what takes
    /// long.
    pub(super) fn new(n: usize) -> Self {
        let under_way = Mutex::default();
        let terminal = io::stderr().is_terminal();
        let (to, events) = channel();
        let (end, ended) = channel();
        let draws = move || {
            match terminal {
                true => draw(n, &events),
                false => narrate(&events, MOMENT, say),
            }
            drop(end);
        };
        // Without a thread there is no sign of life, and no harm.
        let started = thread::Builder::new().name("progress".to_owned()).spawn(draws);
        Self { drawn: started.ok().map(|_| (to, Mutex::new(ended))), under_way }
    }

    /// Shows that one is being loaded.
    pub(super) fn begin(&self, name: impl Into<String>) -> Shown<'_> {
        let name = name.into();
        self.tell(&name, Some("loading"));
        Shown { all: self, name }
    }

    /// Names the one that takes longest.
    fn tell(&self, name: &str, what: Option<&'static str>) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let place = under_way.iter().position(|(other, _)| other == name);
        match (place, what) {
            (Some(place), Some(what)) => under_way[place].1 = what,
            (None, Some(what)) => under_way.push((name.to_owned(), what)),
            (Some(place), None) => drop(under_way.remove(place)),
            (None, None) => {}
        }
        self.send(match under_way.first() {
            Some((name, what)) => Event::Doing(format!("{what} {name}"), *what == COMPILING),
            None => Event::Idle,
        });
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
            Ok(Event::Doing(what, _)) => bar.set_message(what),
            Ok(Event::One) => bar.inc(1),
            Ok(Event::Idle) => {}
            Err(RecvTimeoutError::Timeout) => bar.tick(),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    bar.finish_and_clear();
}

/// Says each thing once that takes longer than a moment, until nobody tells anything any more.
fn narrate(events: &Receiver<Event>, moment: Duration, say: impl Fn(String)) {
    let clock = SystemClock::default();
    // What is being done, and since when; `None` once it was told.
    let mut doing: (String, Option<Duration>) = (String::new(), None);
    loop {
        let now = clock.monotonic();
        let event = match doing.1 {
            Some(since) => events.recv_timeout((since + moment).saturating_sub(now)),
            None => events.recv().map_err(RecvTimeoutError::from),
        };
        match event {
            // Others that come and go meanwhile are no new beginning.
            Ok(Event::Doing(what, _)) if what == doing.0 => {}
            Ok(Event::Doing(what, compiles)) => doing = (what, compiles.then_some(now)),
            Ok(Event::One) => {}
            Ok(Event::Idle) => doing = (String::new(), None),
            Err(RecvTimeoutError::Timeout) => {
                doing.1 = None;
                say(format!("{}: a large component takes some seconds, once", doing.0));
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
}

/// What takes its time.
const COMPILING: &str = "compiling";

fn words(step: engine::Progress) -> &'static str {
    match step {
        engine::Progress::Waiting => "waiting to compile",
        engine::Progress::Compiling => COMPILING,
        engine::Progress::Loading => "loading",
    }
}

impl Shown<'_> {
    /// Shows how far it has come.
    pub(super) fn step(&self, step: engine::Progress) {
        self.all.tell(&self.name, Some(words(step)));
    }
}

/// Shows one component, from when it is to be compiled until it is: nothing of one that is there already.
#[derive(Debug)]
pub(super) struct Compiling {
    name: String,
    progress: RefCell<Option<Progress>>,
}

impl Compiling {
    pub(super) fn new(name: String) -> Self {
        Self { name, progress: RefCell::default() }
    }

    /// Shows how far it has come.
    pub(super) fn step(&self, step: engine::Progress) {
        let mut progress = self.progress.borrow_mut();
        if step == engine::Progress::Loading {
            *progress = None;
        } else {
            let progress = progress.get_or_insert_with(|| Progress::new(1));
            progress.tell(&self.name, Some(words(step)));
        }
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.all.tell(&self.name, None);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_compiles_longer_than_a_moment_is_told_once() {
        let (to, events) = channel();
        let doing = |to: &Sender<Event>, what: &str, compiles| {
            to.send(Event::Doing(what.to_owned(), compiles)).unwrap();
        };
        doing(&to, "loading a", false);
        doing(&to, "compiling b", true);
        let (said, to) = (Mutex::new(Vec::new()), Mutex::new(Some(to)));
        narrate(&events, Duration::from_millis(1), |text| {
            said.lock().unwrap().push(text);
            // The same once more, and something that is not told; then nobody tells anything any more.
            let to = to.lock().unwrap().take().unwrap();
            doing(&to, "compiling b", true);
            doing(&to, "loading b", false);
        });
        let told = "compiling b: a large component takes some seconds, once";
        assert_eq!(*said.lock().unwrap(), [told]);
    }
}
