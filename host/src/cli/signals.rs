//! SIGINT, SIGTERM and SIGHUP: the first asks for a graceful end, a second one ends at once. While tools of a
//! build run, they are ended first.
//!
//! Knows nothing of what is ended.

use std::future::pending;
use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::ending::{ExitStatus, Stop};
use super::live;
use super::printing::say;
use crate::authoring::Running;

/// Signals that come within so long are one: whoever ends a process often tells its group, too, as `timeout`
/// does.
const TOGETHER: Duration = Duration::from_millis(50);

/// What a signal does.
static NOW: Mutex<Now> = Mutex::new(Now { tools: None, is_asking: false });

/// It ends these tools first; then it asks for the end where somebody listens, else the process ends by it.
struct Now {
    tools: Option<Running>,
    is_asking: bool,
}

fn now() -> MutexGuard<'static, Now> {
    NOW.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While it lives, a signal ends the tools that run for a build. They are in groups of their own, so a
/// terminal's Ctrl-C does not reach them.
#[derive(Debug)]
pub(super) struct Ending;

impl Ending {
    /// From now on.
    pub(super) fn of(tools: Running) -> Result<Self, Stop> {
        static LISTENS: OnceLock<Result<(), String>> = OnceLock::new();
        let listens = LISTENS.get_or_init(|| listen().map_err(|e| e.to_string()));
        listens.clone().map_err(cannot)?;
        now().tools = Some(tools);
        Ok(Self)
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        now().tools = None;
    }
}

/// A handler can't be taken away again, so it does what would be done without it.
fn listen() -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM].into_iter().chain(hangup()))?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            let now = now();
            if let Some(tools) = &now.tools {
                tools.end();
            }
            if !now.is_asking
                && let Err(error) = emulate_default_handler(signal)
            {
                say(format!("can't end by a signal: {error}"));
                std::process::exit(ExitStatus::HostFailed as i32);
            }
        }
    })?;
    Ok(())
}

/// A file that may grow no longer is an error of whoever writes to it, and no end without a word (`ulimit -f`).
pub(super) fn survive_large_files() {
    // Where it can't be caught, it ends the process, as it did before.
    let caught = flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    if let Err(error) = caught {
        say(format!("a file that may grow no longer will end this process: {error}"));
    }
}

/// SIGHUP, unless it is ignored: whoever started this process with `nohup` wants that to stay so.
fn hangup() -> Option<i32> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let is_ignored = mask.is_some_and(|mask| mask >> (SIGHUP - 1) & 1 == 1);
    (!is_ignored).then_some(SIGHUP)
}

/// The next signal, if it is listened to.
async fn next(signals: Option<&mut Signal>) {
    match signals {
        Some(signals) => drop(signals.recv().await),
        None => pending().await,
    }
}

fn cannot(error: impl std::fmt::Display) -> Stop {
    Stop::Host(anyhow::anyhow!("can't listen to signals: {error}"))
}

/// Whether somebody asked for the end, and a way to ask.
#[derive(Debug, Clone)]
pub(super) struct Shutdown(watch::Sender<bool>);

impl Shutdown {
    /// Listens to signals from now on. Must be called inside the runtime.
    pub(super) fn on_signals() -> Result<Self, Stop> {
        let shutdown = Self(watch::Sender::new(false));
        let mut interrupt = signal(SignalKind::interrupt()).map_err(cannot)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(cannot)?;
        let hangup = hangup().map(|_| signal(SignalKind::hangup()));
        let mut hangup = hangup.transpose().map_err(cannot)?;
        now().is_asking = true;
        let asked = shutdown.clone();
        tokio::spawn(async move {
            loop {
                let mut one = async || {
                    tokio::select! {
                        _ = interrupt.recv() => {}
                        _ = terminate.recv() => {}
                        () = next(hangup.as_mut()) => {}
                    }
                };
                one().await;
                // Before anything is said: whoever answers to that means another one.
                let together = async {
                    loop {
                        one().await;
                    }
                };
                drop(tokio::time::timeout(TOGETHER, together).await);
                asked.ask();
            }
        });
        Ok(shutdown)
    }

    /// Asks for the end; asked twice, ends the process at once.
    pub(super) fn ask(&self) {
        if self.0.send_replace(true) {
            live::restore_in_time();
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
