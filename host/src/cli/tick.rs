//! `tourbillon tick`: managers driven for a number of ticks, without a clock and without a file.
//!
//! If any component is refused, nothing runs. All managers of a tick are printed in the order given,
//! then the next tick. Knows no rule of a tick.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::args::Tick;
use super::ending::{Ended, ExitStatus, Status, Stop};
use super::files;
use super::house::{House, Plan};
use super::printing::{Lines, counted, json_line, say, shown};
use super::signals::Shutdown;
use super::suggest::Seen;
use super::views::TickView;
use super::voice::LogFirst;
use crate::config::HostConfig;
use crate::types::{ComponentSource, ManagerName, ManagerSpec, Outcome, TickReport, harmless_line};

/// The longest key in a message, in bytes.
const MAX_KEY: usize = 128;

/// What a simulated clock moves on between two ticks: a manager's default interval.
const BETWEEN_TICKS: Duration = Duration::from_secs(10);

/// Drives the ticks.
pub(super) async fn tick(args: Tick) -> Ended {
    let specs = specs(&args)?;
    let names: Vec<_> = specs.iter().map(|spec| spec.name.clone()).collect();
    let config = HostConfig { managers: specs, ..HostConfig::default() };
    let plan = Plan { seed: args.seed, ..Plan::of(&config, args.state.as_deref()) };
    let shutdown = Shutdown::on_signals()?;
    let house = House::open(&plan)?;
    let mut printer = Printer::new(args.json, args.suggest_limits);
    let installed = tokio::select! {
        installed = house.install_all(config.managers.clone(), false) => installed.map_err(refused)?,
        () = shutdown.wait() => return Err(Stop::Said(ExitStatus::RunFailed)),
    };
    for one in &installed {
        one.tasks
            .iter()
            .for_each(|task| printer.lines.expect(one.name.as_str(), task.name.as_str()));
    }
    let mut ran = 0;
    let mut printed = Ok(());
    while ran < args.ticks && !shutdown.asked() && printed.is_ok() {
        house.pass(BETWEEN_TICKS);
        let reports = all(&house, &names).await?;
        printed = printer.round(&reports);
        ran += 1;
    }
    house.host.close().await?;
    printed?;
    if ran < args.ticks {
        say(format!("ended after {ran} of {} ticks", args.ticks));
        return Ok(Status::RunFailed);
    }
    printer.end(ran)?;
    Ok(printer.status(&names))
}

/// One tick of every manager, at the same time; the reports in the order of the names.
async fn all(house: &House, names: &[ManagerName]) -> Result<Vec<Arc<TickReport>>, Stop> {
    let reports = house.host.tick_together(names).await;
    Ok(reports.into_iter().collect::<Result<_, _>>()?)
}

/// Tells why components were refused; whose fault it is follows from the worst of them.
pub(super) fn refused(all: Vec<(ManagerName, crate::ticker::InstallError)>) -> Stop {
    let mut status = ExitStatus::Wrong;
    for (_, error) in all {
        let (one, text) = Stop::from(error).told();
        if let Some(text) = text {
            say(text);
        }
        if one == ExitStatus::HostFailed {
            status = one;
        }
    }
    Stop::Said(status)
}

/// The managers that components on the command line stand for.
fn specs(args: &Tick) -> Result<Vec<ManagerSpec>, Stop> {
    let remedy = "tell them apart with one --name for each component";
    let mut specs = managers(&args.components, &args.names, remedy)?;
    let config = settings(&args.config)?;
    for spec in &mut specs {
        spec.config.clone_from(&config);
        spec.policy.raise_on_error = args.raise_on_error;
        spec.limits.run.fuel = args.fuel.unwrap_or(spec.limits.run.fuel);
        spec.limits.run.timeout = args.timeout.unwrap_or(spec.limits.run.timeout);
        spec.limits.instance.memory = args.memory.unwrap_or(spec.limits.instance.memory);
    }
    Ok(specs)
}

/// What the command line sets for guests. Of two values neither is left out in silence.
pub(super) fn settings(given: &[(String, String)]) -> Result<BTreeMap<String, String>, Stop> {
    let mut settings = BTreeMap::new();
    for (key, value) in given {
        if settings.insert(key.clone(), value.clone()).is_some() {
            let key = harmless_line(key, MAX_KEY);
            return Err(Stop::wrong(format!("--config sets \"{key}\" twice: give it once")));
        }
    }
    Ok(settings)
}

/// Managers with every setting at its default: one for each component, named after its file or as told.
/// `remedy` says how they are told apart, where two have one name.
pub(super) fn managers(
    components: &[PathBuf],
    names: &[ManagerName],
    remedy: &str,
) -> Result<Vec<ManagerSpec>, Stop> {
    if !names.is_empty() && names.len() != components.len() {
        return Err(Stop::wrong(format!(
            "there are {} and {}: give one --name for each, in order, or none",
            counted(components.len(), "component"),
            counted(names.len(), "name")
        )));
    }
    let mut seen: BTreeMap<ManagerName, &Path> = BTreeMap::new();
    let mut specs = Vec::with_capacity(components.len());
    for (i, path) in components.iter().enumerate() {
        let component = files::component(path)?;
        let name = match names.get(i) {
            Some(name) => name.clone(),
            None => name_of(&component)?,
        };
        if let Some(other) = seen.insert(name.clone(), path) {
            return Err(Stop::wrong(format!(
                "{} and {} would both be the manager \"{name}\": {remedy}",
                shown(other),
                shown(path)
            )));
        }
        specs.push(ManagerSpec::new(name, ComponentSource::Path(component)));
    }
    Ok(specs)
}

/// A manager's name after its file: the file's name up to its last point.
fn name_of(path: &Path) -> Result<ManagerName, Stop> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    ManagerName::new(&stem).map_err(|e| {
        Stop::wrong(format!("{}: the file gives no name: {e}; give one with --name", shown(path)))
    })
}

/// Prints rounds of ticks, and remembers what the exit status follows from.
#[derive(Debug)]
struct Printer {
    json: bool,
    lines: Lines,
    failed: bool,
    /// Managers of which a tick was anything but not ready.
    ready: BTreeSet<ManagerName>,
    /// What was seen, where limits are asked for and no ticks.
    seen: Option<Seen>,
    log: LogFirst,
}

impl Printer {
    fn new(json: bool, suggest: bool) -> Self {
        let (lines, ready) = (Lines::of_all(), BTreeSet::new());
        Self {
            json,
            lines,
            failed: false,
            ready,
            seen: suggest.then(Seen::default),
            log: LogFirst::new(),
        }
    }

    /// All ticks are over.
    fn end(&self, ticks: u64) -> io::Result<()> {
        let Some(seen) = &self.seen else { return Ok(()) };
        let mut out = BufWriter::new(io::stdout().lock());
        match self.json {
            true => seen.print_json(ticks, &mut out)?,
            false => seen.print(ticks, &mut out)?,
        }
        out.flush()
    }

    fn round(&mut self, reports: &[Arc<TickReport>]) -> io::Result<()> {
        self.log.wait();
        let mut out = BufWriter::new(io::stdout().lock());
        for report in reports {
            self.failed |= report.failed();
            if !report.tasks.iter().any(|task| task.outcome == Outcome::NotReady)
                && !self.ready.contains(&report.manager)
            {
                self.ready.insert(report.manager.clone());
            }
            if let Some(seen) = &mut self.seen {
                seen.tick(report);
            } else if self.json {
                json_line(&mut out, &TickView::from(&**report))?;
            } else {
                self.lines.report(&mut out, report)?;
            }
        }
        out.flush()
    }

    fn status(&self, names: &[ManagerName]) -> Status {
        let never_ready: Vec<_> = names.iter().filter(|name| !self.ready.contains(*name)).collect();
        for name in &never_ready {
            say(format!("manager \"{name}\" never became ready"));
        }
        if self.failed || !never_ready.is_empty() { Status::RunFailed } else { Status::Well }
    }
}
