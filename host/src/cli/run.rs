//! `tourbillon run`: the managers of a configuration, each at its interval, until a signal.
//!
//! Prints what the host publishes: a live table on a terminal, lines otherwise. A run that fails is in
//! the report and not in the exit status: a host that was asked to end, and ended well, ends with 0.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::task::block_in_place;

use super::args::Run as Args;
use super::ending::{Ended, Status, Stop};
use super::house::{House, Plan};
use super::live::{self, Table};
use super::logging::Sink;
use super::printing::{Lines, counted, json_line, say, shown};
use super::signals::Shutdown;
use super::tick::{self, refused};
use super::views::TickView;
use super::voice::LogFirst;
use crate::config::{self, HostConfig};
use crate::types::TickReport;

/// So long is waited, at the end, for a reader of standard output to take what is left.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why a host ends with which nothing else is wrong.
const UNPRINTED: &str = "the host has ended, for nobody would see what it does";

/// Runs a host.
pub(super) async fn run(args: Args, log: Sink) -> Ended {
    let (config, file) = config_of(&args)?;
    if config.managers.is_empty() {
        return Err(Stop::wrong(format!("{file} has no managers: add a [manager.NAME]")));
    }
    let state = args.place.state.clone().or_else(|| config.state.clone());
    if state.is_none() {
        say(format!("{file} names no state directory: counters and stores end with this process"));
    }
    let shutdown = Shutdown::on_signals()?;
    let house = House::open(&Plan::of(&config, state.as_deref()))?;
    let reports = house.host.subscribe();
    tokio::select! {
        installed = install(&house, &config, args.keep_going) => installed?,
        () = shutdown.wait() => {
            house.host.close().await?;
            return Ok(Status::Well);
        }
    }
    let table = !args.json && !args.lines && has_terminal();
    let workers = args.workers.map_or_else(cores, usize::from);
    if table {
        match Table::open(log.clone()) {
            Ok(table) => return with_table(&house, workers, &shutdown, log, table).await,
            // Something that says it is a terminal and answers no question, as containers have it.
            Err(error) => say(format!("{}; lines instead", error.told().1.unwrap_or_default())),
        }
    }
    with_lines(&house, workers, &shutdown, reports, args.json).await
}

/// Whether the terminal is this process's to draw on: whoever reaches for it from the background is stopped.
fn has_terminal() -> bool {
    let terminals = io::stdout().is_terminal() && io::stdin().is_terminal();
    terminals && tcgetpgrp(io::stdin()).is_ok_and(|group| group == getpgrp())
}

/// The configuration file, or one that components on the command line make up; and its name.
fn config_of(args: &Args) -> Result<(HostConfig, String), Stop> {
    let is_config = |path: &Path| path.extension().is_some_and(|e| e == "toml");
    let from = |file: &Path| match args.interval {
        None => Ok((config::read(file)?, shown(file))),
        Some(_) => Err(Stop::wrong(format!(
            "--interval is for components given here; in {} each manager has its own, `interval = \"…\"`",
            shown(file)
        ))),
    };
    match &*args.what {
        [] => from(&args.place.file),
        [file] if is_config(file) => from(file),
        components if components.iter().any(|path| is_config(path)) => {
            let files: Vec<_> = components.iter().map(|path| shown(path)).collect();
            let why = "a configuration is run alone, and names its components itself";
            Err(Stop::wrong(format!("can't run {} together: {why}", files.join(", "))))
        }
        components => {
            let remedy = "rename a file, or write a configuration file that names them";
            let mut managers = tick::managers(components, &[], remedy)?;
            for manager in &mut managers {
                manager.interval = args.interval.unwrap_or(manager.interval);
            }
            let config = HostConfig { managers, ..HostConfig::default() };
            Ok((config, "the command line".to_owned()))
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

async fn install(house: &House, config: &HostConfig, keep_going: bool) -> Result<(), Stop> {
    let all = config.managers.len();
    let (some, why) = match house.install_all(config.managers.clone(), true).await {
        Ok(installed) => (installed.len(), Vec::new()),
        Err(why) => (all - why.len(), why),
    };
    if !why.is_empty() {
        let stop = refused(why);
        if !keep_going || some == 0 {
            return Err(stop);
        }
    }
    tracing::info!("{some} of {} run", counted(all, "manager"));
    Ok(())
}

/// Runs, and prints lines as ticks end.
async fn with_lines(
    house: &House,
    workers: usize,
    shutdown: &Shutdown,
    reports: Receiver<Arc<TickReport>>,
    json: bool,
) -> Ended {
    let mut lines = Lines::of_runs();
    for manager in house.host.status() {
        manager.tasks.iter().for_each(|t| lines.expect(manager.name.as_str(), t.name.as_str()));
    }
    let printer = Printer { json, lines, log: LogFirst::on_one_stream() };
    let asked = shutdown.clone();
    let (ended, end) = tokio::sync::oneshot::channel::<()>();
    let printing = tokio::spawn(async move {
        let printed = printer.all(reports, end).await;
        if printed.is_err() {
            // Whoever read the lines has gone, or they go where there is no room: nobody sees what it does.
            asked.ask_quietly();
        }
        printed
    });
    let ran = house.host.run(workers, shutdown.wait()).await;
    drop(ended);
    let printed = tokio::time::timeout(PATIENCE, printing).await;
    ran?;
    let Ok(printed) = printed else {
        say("nobody reads standard output: the last reports were not printed");
        return Ok(Status::Well);
    };
    let printed =
        printed.map_err(|e| Stop::Host(anyhow::anyhow!("printing ended unexpectedly: {e}")))?;
    printed.map_err(|error| Stop::from(error).about(UNPRINTED))?;
    Ok(Status::Well)
}

/// Runs, and shows a live table.
async fn with_table(
    house: &House,
    workers: usize,
    shutdown: &Shutdown,
    log: Sink,
    table: Table,
) -> Ended {
    let (host, asked) = (house.host.clone(), shutdown.clone());
    let (ended, end) = tokio::sync::oneshot::channel::<()>();
    let showing = tokio::spawn(async move { table.show(&host, &asked, end).await });
    let ran = house.host.run(workers, shutdown.wait()).await;
    drop(ended);
    let shown = tokio::time::timeout(PATIENCE, showing).await;
    log.release();
    ran?;
    // A terminal that takes nothing any more is not waited for, and nothing more is written to it.
    let Ok(shown) = shown else {
        live::restore_in_time();
        return Ok(Status::Well);
    };
    let shown =
        shown.map_err(|e| Stop::Host(anyhow::anyhow!("the table ended unexpectedly: {e}")))?;
    shown.map_err(|e| Stop::Host(anyhow::anyhow!("can't draw on the terminal: {e}")))?;
    let mut out = io::stdout().lock();
    super::status::print(&mut out, &house.host.status())?;
    out.flush()?;
    Ok(Status::Well)
}

/// Prints reports as lines.
#[derive(Debug)]
struct Printer {
    json: bool,
    lines: Lines,
    log: LogFirst,
}

impl Printer {
    /// Prints until the host has ended and all was told.
    async fn all(
        mut self,
        mut reports: Receiver<Arc<TickReport>>,
        mut end: tokio::sync::oneshot::Receiver<()>,
    ) -> io::Result<()> {
        loop {
            let next = tokio::select! {
                biased;
                next = reports.recv() => next,
                _ = &mut end => return block_in_place(|| self.rest(&mut reports)),
            };
            match next {
                // A reader may take its time, or stop: this thread's other work is another's meanwhile.
                Ok(report) => block_in_place(|| self.some(&report, &mut reports))?,
                Err(RecvError::Lagged(n)) => lagged(n),
                Err(RecvError::Closed) => return Ok(()),
            }
        }
    }

    /// Prints one report and all that wait behind it, in one write.
    fn some(
        &mut self,
        first: &TickReport,
        reports: &mut Receiver<Arc<TickReport>>,
    ) -> io::Result<()> {
        self.log.wait();
        let mut out = BufWriter::new(io::stdout().lock());
        self.one(&mut out, first)?;
        self.waiting(&mut out, reports)?;
        out.flush()
    }

    fn rest(&mut self, reports: &mut Receiver<Arc<TickReport>>) -> io::Result<()> {
        self.log.wait();
        let mut out = BufWriter::new(io::stdout().lock());
        self.waiting(&mut out, reports)?;
        out.flush()
    }

    fn waiting(
        &mut self,
        out: &mut dyn Write,
        reports: &mut Receiver<Arc<TickReport>>,
    ) -> io::Result<()> {
        loop {
            match reports.try_recv() {
                Ok(report) => self.one(out, &report)?,
                Err(TryRecvError::Lagged(n)) => lagged(n),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Ok(()),
            }
        }
    }

    fn one(&mut self, out: &mut dyn Write, report: &TickReport) -> io::Result<()> {
        if self.json {
            return json_line(out, &TickView::from(report));
        }
        self.lines.report(out, report)
    }
}

fn lagged(n: u64) {
    tracing::warn!("{n} reports were not printed: whoever reads them is too slow");
}
