//! `tourbillon dev`: a manager while it is being written. What changes is built and exchanged (S25), ticks go
//! on, and everything that happens is shown as it comes.
//!
//! Counters and the store live as long as the command, or in a state directory. A build that fails, or a
//! component that is refused, leaves the running one where it is.

use std::collections::BTreeSet;
use std::future::pending;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};

use super::args::Dev as Args;
use super::build;
use super::ending::{Ended, Status, Stop};
use super::house::{House, Plan};
use super::printing::{Lines, say};
use super::progress::Progress;
use super::signals::Shutdown;
use super::tick::settings;
use super::voice::LogFirst;
use crate::authoring::{AuthoringError, NO_SOURCES, Project};
use crate::config::HostConfig;
use crate::types::{ComponentSource, ManagerName, ManagerSpec, harmless_line};

/// So long nothing must have changed before it is built: an editor writes in several steps.
const SETTLED: Duration = Duration::from_millis(150);

/// So long is waited for that at most: something may be written all the time.
const LONGEST: Duration = Duration::from_secs(2);

/// Runs a project, and follows its changes.
pub(super) async fn dev(args: Args) -> Ended {
    let project = Project::open(&args.dir)?;
    let spec = spec(&args, &project)?;
    let shutdown = Shutdown::on_signals()?;
    let (changes, mut changed) = mpsc::channel(1);
    let mut watch = Watch::start(&project, changes)?;
    let config = HostConfig { managers: vec![spec.clone()], ..HostConfig::default() };
    let house = House::open(&Plan::of(&config, args.state.as_deref()))?;
    say(format!("dev {}: ticks every {:?}; Ctrl-C ends", project.name, args.interval));
    let mut beat = tokio::time::interval(args.interval);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // What runs goes on ticking while the next one is built.
    let mut there = false;
    let mut work = Some(Box::pin(exchange(&house, &project, &spec, there)));
    let mut dirty = false;
    let mut log = LogFirst::new();
    loop {
        let working = async {
            match &mut work {
                Some(work) => work.await,
                None => pending().await,
            }
        };
        tokio::select! {
            biased;
            () = shutdown.wait() => break,
            some = changed.recv() => {
                if some.is_none() {
                    break;
                }
                settle(&mut changed).await;
                watch.follow();
                dirty = true;
            }
            done = working => {
                there = done?;
                work = None;
            }
            _ = beat.tick(), if there => tick(&house, &spec.name, &mut log).await?,
        }
        if dirty && work.is_none() {
            dirty = false;
            work = Some(Box::pin(exchange(&house, &project, &spec, there)));
        }
    }
    drop(work);
    house.host.close().await?;
    Ok(Status::Well)
}

fn spec(args: &Args, project: &Project) -> Result<ManagerSpec, Stop> {
    let source = ComponentSource::Path(project.component());
    let mut spec = ManagerSpec::new(project.name.clone(), source);
    spec.interval = args.interval;
    spec.config = settings(&args.config)?;
    Ok(spec)
}

/// Builds, and puts what was built in the place of what runs. `there` says whether something runs; returned
/// is whether something runs afterwards. Whatever is wrong with the sources is told, and no reason to end.
async fn exchange(
    house: &House,
    project: &Project,
    spec: &ManagerSpec,
    there: bool,
) -> Result<bool, Stop> {
    let sources = project.clone();
    let built = tokio::task::spawn_blocking(move || build::built(&sources)).await;
    let built = built.map_err(|e| Stop::Host(anyhow::anyhow!("the build ended: {e}")))?;
    let installed = match built {
        // What runs is what was built before.
        Ok(built) if there && !built.changed => return Ok(true),
        Ok(_) => {
            let progress = Progress::new(1);
            house.install(spec.clone(), &progress).await.map_err(Stop::from)
        }
        Err(stop) => Err(stop),
    };
    match installed {
        Ok(_) => {
            say(format!("dev {}: runs", project.name));
            Ok(true)
        }
        Err(Stop::Wrong(error)) => {
            let old = if there { "\nwhat ran before runs on" } else { "" };
            say(format!("dev {}: {error}{old}", project.name));
            Ok(there)
        }
        // Of a build only this is the host's: it was interrupted, by what ends this command too.
        Err(Stop::Host(error)) if error.is::<AuthoringError>() => Ok(there),
        Err(stop) => Err(stop),
    }
}

async fn tick(house: &House, name: &ManagerName, log: &mut LogFirst) -> Result<(), Stop> {
    let report = house.host.tick(name).await?;
    log.wait();
    let mut out = io::stdout().lock();
    Lines::of_runs().report(&mut out, &report)?;
    out.flush()?;
    Ok(())
}

/// Waits until nothing has changed for a while.
async fn settle(changed: &mut mpsc::Receiver<()>) {
    let latest = Instant::now() + LONGEST;
    let mut until = Instant::now() + SETTLED;
    while let Ok(Some(())) = tokio::time::timeout_at(until.min(latest), changed.recv()).await {
        until = Instant::now() + SETTLED;
    }
}

/// What tells of every change of a source.
struct Watch {
    watcher: RecommendedWatcher,
    project: Project,
    /// Directories that are being followed, with all that is in them.
    followed: BTreeSet<PathBuf>,
}

impl Watch {
    fn start(project: &Project, changes: mpsc::Sender<()>) -> Result<Self, Stop> {
        let (root, beside) = (project.dir.clone(), project.beside());
        let concerns = move |path: &PathBuf| {
            is_source(&root, path) || beside.iter().any(|dir| is_source(dir, path))
        };
        let heard = move |event: notify::Result<Event>| {
            // Where something was not heard, anything may have changed: a build finds out.
            let changed = event.map_or(true, |event| {
                event.need_rescan() || !event.kind.is_access() && event.paths.iter().any(&concerns)
            });
            if changed {
                // Full means that one is waiting to be seen, which is enough.
                changes.try_send(()).ok();
            }
        };
        // Links are followed at no depth: what one leads to may be the whole disk.
        let config = Config::default().with_follow_symlinks(false);
        let mut watcher =
            RecommendedWatcher::new(heard, config).map_err(|e| cannot(&project.dir, &e))?;
        // Not the directories in which builds write: watching them costs, and wakes for nothing.
        watcher
            .watch(&project.dir, RecursiveMode::NonRecursive)
            .map_err(|e| cannot(&project.dir, &e))?;
        let mut watch = Self { watcher, project: project.clone(), followed: BTreeSet::new() };
        watch.follow();
        Ok(watch)
    }

    /// Follows the directories that are there now. One that was put in the place of another looks the same,
    /// and is another: all are followed anew.
    fn follow(&mut self) {
        for gone in std::mem::take(&mut self.followed) {
            // What was removed is followed no more already.
            self.watcher.unwatch(&gone).ok();
        }
        for dir in directories(&self.project.dir).into_iter().chain(self.project.beside()) {
            match self.watcher.watch(&dir, RecursiveMode::Recursive) {
                Ok(()) => drop(self.followed.insert(dir)),
                // It was removed meanwhile, which is told as a change.
                Err(_) if !dir.exists() => {}
                Err(error) => say(format!("{}; changes there are not seen", told(&dir, &error))),
            }
        }
    }
}

fn cannot(dir: &Path, error: &notify::Error) -> Stop {
    Stop::wrong(told(dir, error))
}

fn told(dir: &Path, error: &notify::Error) -> String {
    harmless_line(&format!("can't watch {}: {error}", dir.display()), 4_096)
}

fn directories(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let found = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    found.map(|entry| entry.path()).filter(|path| is_source(dir, path)).collect()
}

/// Whether a path in a project may be a source.
fn is_source(root: &Path, path: &Path) -> bool {
    let Ok(below) = path.strip_prefix(root) else { return false };
    let mut parts = below.components().map(|part| part.as_os_str().to_string_lossy());
    !parts.any(|part| NO_SOURCES.contains(&&*part) || part.ends_with('~') || part.starts_with(".#"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_build_writes_is_no_source() {
        let check = |path: &str, expect| {
            assert_eq!(is_source(Path::new("/p"), &Path::new("/p").join(path)), expect, "{path}");
        };
        check("src/lib.rs", true);
        check("vendor/tourbillon-sdk/x.py", true);
        check("build/p.wasm", false);
        check("target/debug/x", false);
        check("src/__pycache__/x.pyc", false);
        check("src/.#lib.rs", false);
        assert!(!is_source(Path::new("/p"), Path::new("/q/x")));
    }
}
