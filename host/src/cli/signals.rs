//! SIGINT, SIGTERM and SIGHUP: the first asks for a graceful end, a second one ends at once.
//!
//! Knows nothing of what is ended.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::ending::{ExitStatus, Stop};
use super::live;
use super::printing::say;

/// Whether somebody asked for the end, and a way to ask.
#[derive(Debug, Clone)]
pub(super) struct Shutdown(watch::Sender<bool>);

impl Shutdown {
    /// Listens to signals from now on. Must be called inside the runtime.
    pub(super) fn on_signals() -> Result<Self, Stop> {
        let shutdown = Self(watch::Sender::new(false));
        let failed = |e: io::Error| Stop::Host(anyhow::anyhow!("can't listen to signals: {e}"));
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let mut hangup = signal(SignalKind::hangup()).map_err(failed)?;
        let asked = shutdown.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                    _ = hangup.recv() => {}
                }
                asked.ask();
            }
        });
        Ok(shutdown)
    }

    /// Asks for the end; asked twice, ends the process at once.
    pub(super) fn ask(&self) {
        if self.0.send_replace(true) {
            live::restore();
            say("ended at once: ticks in progress are lost, and taken up at the next start");
            std::process::exit(ExitStatus::HostFailed as i32);
        }
        // The live table says so itself.
        if !live::taken() {
            say("ending: waiting for the runs in progress; once more ends at once");
        }
    }

    /// Asks for the end without a word, and never more than that: for a reader that has gone.
    pub(super) fn ask_quietly(&self) {
        self.0.send_replace(true);
    }

    /// Whether the end was asked for.
    pub(super) fn asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Ready once the end was asked for.
    pub(super) async fn wait(&self) {
        // It fails only where every sender is gone, and `self` is one.
        drop(self.0.subscribe().wait_for(|asked| *asked).await);
    }
}
