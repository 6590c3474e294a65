//! Playing a scenario: a host in memory, a simulated clock, one tick after the other.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

use super::found::Found;
use super::judge::Difference;
use super::log::Log;
use super::scenario::{MOST_TICKS, Scenario, Upgrade};
use super::theatre::Theatre;
use crate::engine::{CachePlace, CompileIn, LoadError, Progress};
use crate::registry::RegistryError;
use crate::store::{Install, MemoryStore, Store, StoreError, Usage, Write};
use crate::ticker::{BuildError, Host, HostError, InstallError};
use crate::types::{
    ComponentSource, DeclaredTask, Digest, ManagerRow, ManagerSpec, TaskReport, TickReport,
};

/// The most tasks that all reports of a scenario tell of: some 200 bytes of memory each.
const MOST_TOLD: usize = 2_000_000;

/// The most bytes of text that all reports of a scenario keep, as many as are kept of its log. A run that fails
/// leaves up to 12 KiB: its error, and where it failed.
const MOST_TEXT: usize = 64 << 20;

/// A manager's own bucket.
const OWN: &str = "default";

/// What scenarios are played with.
#[derive(Debug, Clone)]
pub struct Stage {
    /// The component that is tested.
    pub component: ComponentSource,
    /// Where it is compiled.
    pub compile: CompileIn,
    /// Where compiled code is kept.
    pub cache: Option<CachePlace>,
}

/// Why a scenario could not be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlayError {
    /// The component was refused.
    #[error(transparent)]
    Refused(#[from] RegistryError),
    /// It could not be installed.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// The scenario does not fit the component.
    #[error("{0}")]
    Scenario(String),
    /// The host could not be put together.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The host failed.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No thread or timer could be had.
    #[error("can't start: {0}")]
    Start(#[from] std::io::Error),
}

impl Scenario {
    /// Plays the scenario from its first tick to its last.
    ///
    /// Blocks; must not be called from within an async runtime. What the manager logs is caught on this
    /// thread and goes nowhere else.
    ///
    /// # Errors
    /// [`PlayError`], where the component is refused or the host fails; what a guest does wrong is part of
    /// what is found.
    pub fn play(&self, stage: &Stage) -> Result<Found, PlayError> {
        self.play_watched(stage, |_| {})
    }

    /// The same, telling how far loading the component has come: compiling a large one takes its time.
    ///
    /// # Errors
    /// As of [`Scenario::play`].
    pub fn play_watched(
        &self,
        stage: &Stage,
        progress: impl Fn(Progress),
    ) -> Result<Found, PlayError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let log = Log::default();
        let mut found = tracing::subscriber::with_default(log.subscriber(), || {
            runtime.block_on(Box::pin(self.played(stage, &log, &progress)))
        })?;
        found.logs = log.take();
        Ok(found)
    }

    async fn played(
        &self,
        stage: &Stage,
        log: &Log,
        progress: &impl Fn(Progress),
    ) -> Result<Found, PlayError> {
        let mut theatre = Theatre::open(self, stage)?;
        let mut spec = self.manager.clone();
        spec.component = stage.component.clone();
        spec.grants.interfaces.extend(self.calls.interfaces().map(str::to_owned));
        let inspected = theatre.host.inspect(&spec, progress).await;
        let inspected = inspected.map_err(|error| self.explained(error))?;
        let upgrades = self.upgrades(&theatre.host, &spec).await?;
        self.check_names(&inspected, &upgrades)?;
        self.check_calls(&inspected)?;
        self.fit(&mut spec, &inspected.tasks);
        self.fill(&theatre.store, &spec, inspected.digest).await?;
        // What it says, and asks, while it is asked is no part of the scenario.
        log.take();
        theatre.recording.restart();

        let (mut ticks, mut misfits, mut ended) = (Vec::new(), Vec::new(), Vec::new());
        let mut told = Told::default();
        let mut unhit = |what: String| misfits.push(Difference::unhit(what));
        let mut reports = theatre.begin(&spec).await?;
        for tick in 1..=self.ticks {
            for exchange in upgrades.iter().filter(|exchange| exchange.upgrade.tick == tick) {
                let next = self.next(&spec, exchange);
                let installed = theatre.host.install(next.clone()).await;
                if installed.is_ok() {
                    spec = next;
                }
                ended.push(match installed {
                    Ok(_) => "ok".to_owned(),
                    Err(error) => self.as_written(&error.to_string(), exchange.upgrade),
                });
            }
            theatre.clock.advance(self.interval());
            if self.kills.contains(&tick) {
                theatre.faults.kill_at(tick);
            }
            let killed = tokio::select! {
                biased;
                () = theatre.faults.killed() => true,
                ticked = theatre.host.tick(&spec.name) => {
                    ticked?;
                    false
                }
            };
            drain(&mut reports, &mut ticks, &mut told)?;
            if theatre.faults.outlived() {
                unhit(format!("kills: nothing ran on tick {tick}"));
            }
            if killed {
                theatre = theatre.after_a_kill(self, stage)?;
                reports = theatre.begin(&spec).await?;
                drain(&mut reports, &mut ticks, &mut told)?;
            }
        }
        theatre.host.close().await?;
        theatre.faults.unread().for_each(|n| unhit(format!("store_errors: there was no read {n}")));
        let (calls, unanswered) = theatre.recording.take();
        misfits.extend(unanswered);
        Ok(Found {
            ticks,
            logs: Vec::new(),
            store: contents(&theatre.store, &spec).await?,
            tasks: inspected.tasks,
            untold: inspected.description.as_ref().err().cloned(),
            version: inspected
                .description
                .as_ref()
                .map_or_else(|_| String::new(), |d| d.version.clone()),
            service_config: inspected.description.into_iter().flat_map(|d| d.config).collect(),
            calls,
            upgrades: ended,
            misfits,
        })
    }

    /// The upgrades, with the tasks of their components. One that can't be inspected declares nothing, and is
    /// refused when its tick has come; one that can't be read is a slip of the scenario's author.
    async fn upgrades(
        &self,
        host: &Host,
        spec: &ManagerSpec,
    ) -> Result<Vec<Exchange<'_>>, PlayError> {
        let mut exchanges = Vec::with_capacity(self.upgrades.len());
        for upgrade in &self.upgrades {
            let mut tasks = None;
            if let Some(component) = self.component(upgrade) {
                let spec = ManagerSpec { component, ..spec.clone() };
                tasks = Some(match host.inspect(&spec, |_| {}).await {
                    Ok(inspected) => inspected.tasks,
                    Err(RegistryError::Load(LoadError::Read { path, why, .. })) => {
                        return Err(PlayError::Scenario(format!(
                            "[[upgrade]] on line {}: can't read the component {}: {why}; check the path, which \
                             is relative to the scenario's file",
                            upgrade.line,
                            path.display()
                        )));
                    }
                    Err(_) => Vec::new(),
                });
            }
            exchanges.push(Exchange { upgrade, tasks });
        }
        Ok(exchanges)
    }

    /// What an upgrade installs, in the place of what runs.
    fn next(&self, running: &ManagerSpec, exchange: &Exchange<'_>) -> ManagerSpec {
        let mut spec = running.clone();
        if let Some(config) = &exchange.upgrade.config {
            spec.config.clone_from(config);
        }
        if let (Some(component), Some(tasks)) = (self.component(exchange.upgrade), &exchange.tasks)
        {
            spec.component = component;
            spec.tasks.clone_from(&self.manager.tasks);
            self.fit(&mut spec, tasks);
        }
        spec
    }

    /// The component of an upgrade, which lies where the scenario's file says.
    fn component(&self, upgrade: &Upgrade) -> Option<ComponentSource> {
        let dir = self.origin.parent().unwrap_or(Path::new(""));
        Some(ComponentSource::Path(dir.join(upgrade.component.as_ref()?)))
    }

    /// A refusal that says the same wherever the scenario is played from.
    fn as_written(&self, error: &str, upgrade: &Upgrade) -> String {
        match (self.component(upgrade), &upgrade.component) {
            (Some(ComponentSource::Path(path)), Some(written)) => {
                error.replace(&*path.to_string_lossy(), &written.to_string_lossy())
            }
            _ => error.to_owned(),
        }
    }

    /// Enables what the scenario is about.
    fn fit(&self, spec: &mut ManagerSpec, declared: &[DeclaredTask]) {
        if let Some(only) = &self.only {
            for task in declared.iter().filter(|task| !only.contains(&task.name)) {
                spec.tasks.entry(task.name.clone()).or_default().enabled = Some(false);
            }
        }
    }

    /// Gives the store what it holds before the first instance: as an earlier installation would have left
    /// it.
    async fn fill(
        &self,
        store: &Arc<MemoryStore>,
        spec: &ManagerSpec,
        component: Digest,
    ) -> Result<(), PlayError> {
        if self.store.is_empty() {
            return Ok(());
        }
        let write = |(key, value): (&String, &super::StoredValue)| {
            let value = value.bytes().ok_or_else(|| {
                PlayError::Scenario(format!("store {key:?}: give a text, or {{ hex = \"…\" }}"))
            })?;
            Ok(Write { bucket: OWN.to_owned(), key: key.clone(), value: Some(value.to_vec()) })
        };
        let writes = self.store.iter().map(write).collect::<Result<Vec<_>, PlayError>>()?;
        let limits = &spec.limits;
        let install = Install {
            manager: spec.name.clone(),
            component,
            row: ManagerRow::default(),
            tasks: Vec::new(),
            quota: Usage { bytes: limits.store.bytes.get(), keys: limits.store.keys },
            history: 0,
            spans: Vec::new(),
            writes,
        };
        store.install(install).await.map_err(|e| {
            PlayError::Scenario(format!("what [store] says can't be given to the manager: {e}"))
        })
    }
}

/// One upgrade, and the tasks of its component, where it brings one.
pub(super) struct Exchange<'a> {
    upgrade: &'a Upgrade,
    pub(super) tasks: Option<Vec<DeclaredTask>>,
}

/// What all reports so far tell of.
#[derive(Debug, Default)]
struct Told {
    tasks: usize,
    /// Bytes of their errors, details and reasons.
    text: usize,
}

impl Told {
    /// Counts one more; an error where it is too much.
    fn more(&mut self, report: &TickReport) -> Result<(), PlayError> {
        self.tasks += report.tasks.len();
        self.text += report.tasks.iter().map(text).sum::<usize>();
        if self.tasks > MOST_TOLD {
            return Err(PlayError::Scenario(format!(
                "its ticks tell of more than {MOST_TOLD} tasks in all: give fewer ticks, or \
                 name tasks in `only`"
            )));
        }
        if self.text > MOST_TEXT {
            return Err(PlayError::Scenario(format!(
                "the errors of its runs come to more than {MOST_TEXT} bytes by tick {}: give fewer ticks, or \
                 name tasks in `only`",
                report.tick.get()
            )));
        }
        Ok(())
    }
}

/// Bytes of text that one task of a report keeps.
fn text(task: &TaskReport) -> usize {
    let run = task.run.as_ref();
    let texts = [
        run.and_then(|run| run.error.as_ref()),
        run.and_then(|run| run.detail.as_ref()),
        task.reason.as_ref(),
    ];
    texts.into_iter().flatten().map(String::len).sum()
}

/// Takes the reports that have come, and counts what is `told` in all of them.
fn drain(
    reports: &mut Receiver<Arc<TickReport>>,
    to: &mut Vec<Arc<TickReport>>,
    told: &mut Told,
) -> Result<(), PlayError> {
    loop {
        match reports.try_recv() {
            Ok(report) if to.len() as u64 <= 2 * MOST_TICKS => {
                told.more(&report)?;
                to.push(report);
            }
            Ok(_) | Err(TryRecvError::Lagged(_)) => {
                return Err(PlayError::Scenario("there are more reports than ticks".to_owned()));
            }
            Err(TryRecvError::Empty | TryRecvError::Closed) => return Ok(()),
        }
    }
}

async fn contents(
    store: &Arc<MemoryStore>,
    spec: &ManagerSpec,
) -> Result<BTreeMap<String, Vec<u8>>, PlayError> {
    let mut contents = BTreeMap::new();
    for key in store.keys(spec.name.clone(), OWN.to_owned()).await? {
        let value = store.get(spec.name.clone(), OWN.to_owned(), key.clone()).await?;
        contents.extend(value.map(|value| (key, value)));
    }
    Ok(contents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{ManagerName, Outcome, TaskName, Tick, Trigger};

    #[test]
    fn what_is_told_of_in_all_ticks_is_bounded() {
        let task = TaskReport {
            task: TaskName::new("sweep").unwrap(),
            outcome: Outcome::Skipped,
            ticks_to_skip: 1,
            run: None,
            reason: Some("r".repeat(500)),
        };
        let report = Arc::new(TickReport {
            manager: ManagerName::new("m").unwrap(),
            tick: Tick::new(1),
            at_ms: 0,
            trigger: Trigger::Schedule,
            by_hand: None,
            tasks: vec![task.clone(), task],
        });
        let check = |tasks: usize, text: usize| {
            let mut told = Told { tasks, text };
            let (sender, mut reports) = tokio::sync::broadcast::channel(1);
            sender.send(Arc::clone(&report)).unwrap();
            drain(&mut reports, &mut Vec::new(), &mut told)
        };
        check(MOST_TOLD - 2, MOST_TEXT - 1_000).unwrap();
        let refused = check(MOST_TOLD - 1, 0).unwrap_err().to_string();
        assert!(refused.contains("more than 2000000 tasks"), "{refused}");
        let refused = check(0, MOST_TEXT - 999).unwrap_err().to_string();
        assert!(refused.contains("more than 67108864 bytes by tick 1"), "{refused}");
    }
}
