//! Installing, upgrading and removing managers (S2, S21, S25).
//!
//! What the component is, and whether it may be here, is `registry`'s to say; here its state is found
//! or made, and an exchange happens between two ticks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::body::{Body, Real};
use super::core::Core;
use super::error::HostError;
use super::manager::{Manager, State, Work};
use crate::registry::{Prepared, RegistryError};
use crate::schedule::{Schedule, TaskSetting};
use crate::store::{Install, ManagerRecord, Span, StoreError, Usage, Write};
use crate::types::{
    DeclaredTask, Digest, InstanceMode, ManagerName, ManagerRow, ManagerSpec, RunId, RunLimits,
    TaskName, TaskPause,
};

/// What was installed.
#[derive(Debug, Clone, PartialEq)]
pub struct Installed {
    /// The manager.
    pub name: ManagerName,
    /// The SHA-256 of its component.
    pub component: Digest,
    /// Its tasks, as declared.
    pub tasks: Arc<[DeclaredTask]>,
    /// Whether compiled code was found in the cache.
    pub from_cache: bool,
    /// How long loading took.
    pub load_time: Duration,
    /// Whether it took the place of a running manager of that name.
    pub upgraded: bool,
}

/// Who finishes the tick in which an earlier host died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interrupted {
    /// The install, before it answers.
    Finish,
    /// The driver that ticks the manager from now on: nobody waits for it.
    Leave,
}

/// A loaded component that is to become a manager.
pub(crate) struct Candidate {
    pub(crate) body: Body,
    pub(crate) digest: Digest,
    pub(crate) declared: Arc<[DeclaredTask]>,
    pub(crate) from_cache: bool,
    pub(crate) load_time: Duration,
}

impl From<Prepared> for Candidate {
    fn from(prepared: Prepared) -> Self {
        let Prepared { guest, component, engines, room, digest, declared, from_cache, load_time } =
            prepared;
        let body = Body::Guest(Arc::new(Real { guest, component, engines, _room: room }));
        Self { body, digest, declared, from_cache, load_time }
    }
}

/// Why a manager was not installed. If one of that name was running, it still is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    /// The component can't be loaded, or may not be here.
    #[error("manager \"{manager}\": {source}")]
    Refused {
        /// The manager.
        manager: ManagerName,
        /// Why.
        #[source]
        source: Box<RegistryError>,
    },
    /// The new component of a running manager did not start: the old one runs on (S25).
    #[error("manager \"{manager}\": its new component did not start, the old one runs on: {why}")]
    NotStarted {
        /// The manager.
        manager: ManagerName,
        /// What the guest said or did: one line.
        why: String,
    },
    /// The host itself.
    #[error(transparent)]
    Host(#[from] HostError),
}

impl Core {
    /// Installs a manager, or exchanges the component and settings of the one of that name.
    pub(crate) async fn install(
        &self,
        spec: ManagerSpec,
        loaded: Candidate,
        interrupted: Interrupted,
    ) -> Result<Installed, InstallError> {
        let settings = settings(&spec, &loaded.declared);
        let _one = self.deciding(&spec.name).await;
        let found = self.find(&spec.name);
        let installed = Installed {
            name: spec.name.clone(),
            component: loaded.digest,
            tasks: loaded.declared.clone(),
            from_cache: loaded.from_cache,
            load_time: loaded.load_time,
            upgraded: found.is_some(),
        };
        if let Some(manager) = found {
            self.exchange(&manager, spec, loaded, &settings).await?;
        } else {
            self.check_room(&spec.name, spec.mode)?;
            self.install_new(spec, loaded, &settings, interrupted).await?;
        }
        Ok(installed)
    }

    async fn install_new(
        &self,
        spec: ManagerSpec,
        loaded: Candidate,
        settings: &[TaskSetting],
        interrupted: Interrupted,
    ) -> Result<(), InstallError> {
        let (name, mode) = (spec.name.clone(), spec.mode);
        let failed = |source| HostError::Store { manager: name.clone(), source };
        let known = self.in_time(self.store.load(name.clone())).await.map_err(failed)?;
        let fresh = known.is_none();
        let (row, records, digest) = known.map_or_else(
            || (ManagerRow::default(), vec![], loaded.digest),
            |ManagerRecord { row, tasks, component, .. }| (row, tasks, component),
        );
        let upgraded = digest != loaded.digest;
        let ended = Schedule::pauses_ended(&row, &records, settings);
        let mut schedule = Schedule::new(row, &records, settings, spec.policy.clone(), upgraded);
        self.keep_install(&spec, loaded.digest, &schedule, ended, vec![]).await.map_err(failed)?;
        let kept = self.in_time(self.store.load(name.clone())).await.map_err(failed)?;
        let usage = kept.as_ref().map_or_else(Usage::default, |k| k.usage);
        if let (true, Some(kept)) = (fresh, kept) {
            // A name that was here before goes on from its last tick (S21).
            schedule = Schedule::new(kept.row, &kept.tasks, settings, spec.policy.clone(), false);
        }
        let inherited = schedule.row().open.is_some();
        let mut state = State::new(schedule, &spec, loaded.digest, loaded.declared);
        state.rest();
        let body = loaded.body;
        let work = Work {
            limits: task_limits(&spec),
            spec: Arc::new(spec),
            body,
            live: None,
            usage,
            id: RunId::default(),
            entered: None,
            inherited,
        };
        let manager = Arc::new(Manager::new(name, state, work));
        let mut held = manager.hold().await;
        self.put(manager.clone(), mode)?;
        if interrupted == Interrupted::Finish {
            self.heal_in_turn(&manager, &mut held).await?;
        }
        Ok(())
    }

    /// Puts a new component, or new settings, in the place of the old, between two ticks (S25).
    async fn exchange(
        &self,
        manager: &Arc<Manager>,
        spec: ManagerSpec,
        loaded: Candidate,
        settings: &[TaskSetting],
    ) -> Result<(), InstallError> {
        let mut work = manager.hold().await;
        // For what an earlier tick left, and for the trial of the new component.
        let _place = self.place_for(manager).await?.ok_or(HostError::HostBusy)?;
        self.heal(manager, &mut work).await?;
        let body = loaded.body;
        let not_started = |why| InstallError::NotStarted { manager: manager.name.clone(), why };
        let seat = self.seats.take().ok_or_else(|| {
            not_started(format!(
                "it needs a second instance while it is exchanged, and the host holds {} already",
                self.seats.max()
            ))
        })?;
        let mut starting = Box::pin(body.start(work.usage, seat));
        let started = self.meanwhile(manager, starting.as_mut()).await?;
        drop(starting);
        let (live, effects) = started.map_err(not_started)?;
        let exchanged = |state: &State| {
            let upgraded = state.component != loaded.digest;
            let records = state.schedule.records();
            let mut row = state.schedule.row().clone();
            row.readiness = crate::types::Readiness::default();
            Schedule::new(row, &records, settings, spec.policy.clone(), upgraded)
        };
        let (schedule, ended) = {
            let state = manager.state();
            let (row, known) = (state.schedule.row(), state.schedule.records());
            (exchanged(&state), Schedule::pauses_ended(row, &known, settings))
        };
        // A per-run instance calls init-host before each run: this one was for the trial.
        let resident = spec.mode == InstanceMode::Resident;
        let writes = if resident { effects.writes } else { vec![] };
        self.keep_install(&spec, loaded.digest, &schedule, ended, writes)
            .await
            .map_err(|e| manager.suspect(e))?;
        if resident {
            work.usage = effects.usage;
        }
        work.live = resident.then_some(live);
        work.limits = task_limits(&spec);
        work.body = body;
        let mut state = manager.state();
        self.mode_changed(state.mode, spec.mode);
        // Ticks that were missed, and gaps, while the store was at work are in the state alone.
        let schedule = exchanged(&state);
        state.exchange(schedule, &spec, loaded.digest, loaded.declared);
        drop(state);
        work.spec = Arc::new(spec);
        Ok(())
    }

    async fn keep_install(
        &self,
        spec: &ManagerSpec,
        component: Digest,
        schedule: &Schedule,
        ended: Vec<TaskPause>,
        writes: Vec<Write>,
    ) -> Result<(), StoreError> {
        let limits = &spec.limits.store;
        let install = Install {
            manager: spec.name.clone(),
            component,
            row: schedule.row().clone(),
            tasks: schedule.records(),
            quota: Usage { bytes: limits.bytes.get(), keys: limits.keys },
            history: self.limits.history,
            spans: ended.into_iter().map(Span::from).collect(),
            writes,
        };
        self.in_time(self.store.install(install)).await
    }

    /// Removes a manager, its counters and its buckets; its history and last tick number stay (S21).
    pub(crate) async fn remove(&self, name: &ManagerName) -> Result<(), HostError> {
        let _one = self.deciding(name).await;
        let manager = self.manager(name)?;
        let mut work = manager.hold().await;
        self.keep_pauses(&manager).await?;
        let removed = self.in_time(self.store.remove(name.clone())).await;
        removed.map_err(|source| manager.suspect(source))?;
        work.live = None;
        let mode = {
            let mut state = manager.state();
            state.removed = true;
            state.mode
        };
        self.take_out(name, mode);
        Ok(())
    }
}

fn task_limits(spec: &ManagerSpec) -> BTreeMap<TaskName, RunLimits> {
    spec.tasks.iter().filter_map(|(n, t)| Some((n.clone(), t.limits.clone()?))).collect()
}

/// What the component declares, under what the operator overrides.
fn settings(spec: &ManagerSpec, declared: &[DeclaredTask]) -> Vec<TaskSetting> {
    let setting = |declared: &DeclaredTask| {
        let operator = spec.tasks.get(&declared.name);
        TaskSetting {
            name: declared.name.clone(),
            ticks_between_runs: operator
                .and_then(|o| o.ticks_between_runs)
                .unwrap_or(declared.ticks_between_runs),
            run_immediately: declared.run_immediately,
            enabled: operator.and_then(|o| o.enabled).unwrap_or(true),
            on_lost: operator.and_then(|o| o.on_lost).unwrap_or_default(),
        }
    };
    declared.iter().map(setting).collect()
}
