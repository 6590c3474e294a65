//! Taking a terminal over and giving it back: after an error, after a panic, and before the process
//! ends at once.

use std::io::{self, Stdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::{Frame, Terminal};

/// So long a terminal is waited for when the process ends at once.
const MOMENT: Duration = Duration::from_millis(500);

/// Whether the terminal is ours. A panic hook has no other way to know.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal, taken over until this is dropped.
pub(super) struct Screen(Terminal<CrosstermBackend<Stdout>>);

impl Screen {
    pub(super) fn open() -> io::Result<Self> {
        TAKEN.store(true, Ordering::SeqCst);
        let opened = (|| {
            enable_raw_mode()?;
            execute!(io::stdout(), EnterAlternateScreen)?;
            let mut terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
            // Only what changes is drawn, so the screen must be what the first frame takes it for.
            terminal.clear()?;
            Ok(terminal)
        })();
        opened.map(Self).inspect_err(|_| restore())
    }

    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.0.draw(draw).map(drop)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Whether the terminal is taken: then nothing else may write to it.
pub(in crate::cli) fn taken() -> bool {
    TAKEN.load(Ordering::SeqCst)
}

/// Gives the terminal back, but waits no longer than a moment for one that takes nothing any more.
pub(in crate::cli) fn restore_in_time() {
    let (done, wait) = mpsc::channel();
    let restoring = thread::Builder::new().spawn(move || {
        restore();
        done.send(()).ok();
    });
    if restoring.is_ok() {
        // Given back, or not to be had: the process ends either way.
        wait.recv_timeout(MOMENT).ok();
    }
}

/// Gives the terminal back, if it was taken.
pub(in crate::cli) fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        // A terminal that refuses is gone; each step is tried all the same.
        drop(disable_raw_mode());
        drop(execute!(io::stdout(), LeaveAlternateScreen, Show));
    }
}
