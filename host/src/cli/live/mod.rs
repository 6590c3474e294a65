//! The live table: how every manager and task stands, redrawn while a host runs.
//!
//! Asks the host how it stands and never changes it; the one thing that it asks for is the end. The
//! terminal is given back however this ends.

mod keys;
mod model;
mod terminal;
mod view;

use std::io;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::block_in_place;
use tokio::time::{MissedTickBehavior, interval};

use super::ending::Stop;
use super::logging::Sink;
use super::signals::Shutdown;
use super::voice;
use crate::clock::{Clock, SystemClock};
use crate::ticker::Host;
use keys::{Key, Keys};
use model::Model;
use terminal::Screen;
use view::Look;

pub(super) use terminal::{restore, restore_in_time, taken};

/// How often the table is redrawn.
const REDRAW: Duration = Duration::from_millis(250);

/// Redrawing may take this share of the time: a host of many thousand managers is asked less often.
const SHARE: u32 = 20;

/// The log's newest lines that are shown.
const LOG_LINES: usize = 4;

/// A table on the terminal.
pub(super) struct Table {
    screen: Screen,
    keys: Keys,
    log: Sink,
    look: Look,
}

impl Table {
    /// Takes the terminal over. From now on the log's newest lines are shown below the table.
    pub(super) fn open(log: Sink) -> Result<Self, Stop> {
        let failed = |e: io::Error| Stop::Host(anyhow::anyhow!("can't use the terminal: {e}"));
        let keys = Keys::listen().map_err(failed)?;
        // What was said before must not come on top of the table.
        log.hold();
        voice::finish();
        let screen = Screen::open().map_err(failed).inspect_err(|_| log.release())?;
        Ok(Self { screen, keys, log, look: Look::of_environment() })
    }

    /// Shows the host until `end` is dropped.
    pub(super) async fn show(
        mut self,
        host: &Host,
        shutdown: &Shutdown,
        mut end: oneshot::Receiver<()>,
    ) -> io::Result<()> {
        let mut beat = interval(REDRAW);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let clock = SystemClock::default();
        let mut model = Model::default();
        let mut rest = Duration::ZERO;
        let mut asked_at = clock.monotonic();
        loop {
            tokio::select! {
                biased;
                _ = &mut end => return Ok(()),
                key = self.keys.next() => match key {
                    Some(Key::End) => shutdown.ask(),
                    Some(key) => model.key(key),
                    None => std::future::pending().await,
                },
                _ = beat.tick() => {}
            }
            let now = clock.monotonic();
            if model.is_new() || now.saturating_sub(asked_at) >= rest {
                asked_at = now;
                model.update(&host.status(), host.load(), shutdown.asked());
                rest = clock.monotonic().saturating_sub(now) * SHARE;
            }
            let log = self.log.newest(LOG_LINES);
            let look = self.look;
            // A terminal may stop taking what is drawn: this thread's other work is another's meanwhile.
            block_in_place(|| self.screen.draw(|frame| view::draw(frame, &mut model, &log, look)))?;
        }
    }
}
