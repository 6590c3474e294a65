//! From what a file says to what the host is to do: defaults laid under each manager, names checked,
//! paths made relative to the file.
//!
//! Opens no file and asks for no environment: whether a component exists and loads, the registry says.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::types::{
    ComponentSource, Grants, HostLimits, InstanceMode, Limits, ManagerName, ManagerSpec, Policy,
    RunLimits, TaskName, TaskOverride, TicksBetweenRuns,
};

use super::kinds::{At, Fit};
use super::problem::{LineEnds, Problems, quoted};
use super::tables::{Named, Texts};
use super::{HostConfig, raw};

/// The name of a host that has none: guests see it, so it must not differ from machine to machine.
pub(super) const DEFAULT_NAME: &str = "localhost";

/// How often a manager is ticked that does not say.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(10);

/// The longest name of a host: that of the domain name system.
const MAX_HOST_NAME: usize = 253;

/// What holds for a manager that says nothing of its own.
#[derive(Debug, Clone)]
pub(super) struct Base {
    pub(super) interval: Duration,
    pub(super) mode: InstanceMode,
    pub(super) policy: Policy,
    pub(super) limits: Limits,
}

impl Default for Base {
    fn default() -> Self {
        Self {
            interval: DEFAULT_INTERVAL,
            mode: InstanceMode::default(),
            policy: Policy::default(),
            limits: Limits::default(),
        }
    }
}

/// Lays the settings that `[defaults]` and `[manager.NAME]` share over what holds so far.
macro_rules! lay {
    ($raw:expr, $over:expr, $problems:expr) => {{
        let (raw, over) = ($raw, $over);
        if let Some(interval) = raw.interval.get() {
            over.interval = interval.fit();
        }
        if let Some(mode) = raw.instance.get() {
            over.mode = *mode;
        }
        if let Some(raise) = raw.raise_on_error.get() {
            over.policy.raise_on_error = *raise;
        }
        if let Some(kills) = raw.quarantine_after.get() {
            over.policy.quarantine_after = kills.fit();
        }
        if let Some(runs) = raw.probe_every.get() {
            over.policy.probe_every = runs.fit();
        }
        let delays = [raw.delay_min.at(), raw.delay_max.at()];
        over.policy.delay = delay(over.policy.delay.clone(), delays, $problems);
        if let Some(limits) = raw.limits.get() {
            limits.over(&mut over.limits);
        }
    }};
}

/// Checks what was read. What is wrong goes to `problems`.
pub(super) fn check(
    file: &raw::File,
    text: &str,
    origin: &Path,
    problems: &mut Problems,
) -> HostConfig {
    let base = origin.parent().unwrap_or(Path::new(""));
    let none = raw::Host::default();
    let host = file.host.get().unwrap_or(&none);
    let mut limits = HostLimits::default();
    if let Some(set) = host.limits.get() {
        set.over(&mut limits);
    }
    let name = host.name.at().and_then(|at| host_name(at, problems));
    let state = host.state.at().and_then(|at| path("state", at, base, problems));
    let mut defaults = Base::default();
    if let Some(set) = file.defaults.get() {
        lay!(set, &mut defaults, problems);
    }
    let none = Named::default();
    let named = file.manager.get().unwrap_or(&none);
    let mut config = HostConfig {
        name: name.unwrap_or_else(|| DEFAULT_NAME.to_owned()),
        state,
        limits,
        managers: Vec::new(),
        lines: BTreeMap::new(),
    };
    let lines = LineEnds::of(text);
    for (name, manager) in &named.0 {
        if let Some(spec) = one_manager(name, manager, defaults.clone(), base, problems) {
            config.lines.insert(spec.name.clone(), lines.line(name.span.start));
            config.managers.push(spec);
        }
    }
    let most = config.limits.managers;
    if u32::try_from(named.0.len()).unwrap_or(u32::MAX) > most {
        let what = format!("there are {} managers, more than {most}", named.0.len());
        problems.add(None, what, "raise `managers` in [host.limits]");
    }
    config
}

fn host_name(at: &At<String>, problems: &mut Problems) -> Option<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if at.value.is_empty() || at.value.len() > MAX_HOST_NAME || !at.value.chars().all(allowed) {
        let what = format!("{} is no name of a host", quoted(&at.value));
        problems.add(at.span.clone(), what, "use 1 to 253 of a-z A-Z 0-9 . _ -");
        return None;
    }
    Some(at.value.clone())
}

/// A path, relative to the file that names it.
fn path(key: &str, at: &At<String>, base: &Path, problems: &mut Problems) -> Option<PathBuf> {
    let help = if at.value.is_empty() {
        format!("write a path: {key} = \"…\"")
    } else if at.value.contains('\0') {
        "a path can't hold a zero byte".to_owned()
    } else if at.value.contains("://") {
        "download it first and write the path of the file".to_owned()
    } else {
        return Some(base.join(&at.value));
    };
    let what = format!("`{key}` can't be {}", quoted(&at.value));
    problems.add(at.span.clone(), what, help);
    None
}

/// The range of delays with what is set of it; one that is the wrong way round is refused.
fn delay(
    so_far: RangeInclusive<u32>,
    [min, max]: [Option<&At<raw::Ticks>>; 2],
    problems: &mut Problems,
) -> RangeInclusive<u32> {
    let range = min.map_or(*so_far.start(), |at| at.value.fit())
        ..=max.map_or(*so_far.end(), |at| at.value.fit());
    if let Some(at) = min.or(max).filter(|_| range.is_empty()) {
        let what = format!("`delay_min` {} is over `delay_max` {}", range.start(), range.end());
        problems.add(at.span.clone(), what, "set both, the smaller one as `delay_min`");
        return so_far;
    }
    range
}

fn one_manager(
    name: &At<String>,
    manager: &raw::Manager,
    mut base: Base,
    directory: &Path,
    problems: &mut Problems,
) -> Option<ManagerSpec> {
    // All of it is checked even where the name is wrong: all mistakes are told at once.
    let checked = ManagerName::new(&name.value)
        .map_err(|e| problems.add(name.span.clone(), e.to_string(), "give it another name"));
    let component = if let Some(at) = manager.component.at() {
        path("component", at, directory, problems)
    } else {
        let what = format!("the manager {} has no `component`", quoted(&name.value));
        problems.add(name.span.clone(), what, "write component = \"….wasm\"");
        None
    };
    lay!(manager, &mut base, problems);
    let grants = manager.grants.get().map(|set| grants(set, problems)).unwrap_or_default();
    let config = manager.config.get().map(|texts| texts_of(texts, "config", problems));
    let tasks = manager.task.get().map(|tasks| overrides(tasks, &base.limits.run, problems));
    Some(ManagerSpec {
        name: checked.ok()?,
        component: ComponentSource::Path(component?),
        interval: base.interval,
        mode: base.mode,
        limits: base.limits,
        policy: base.policy,
        config: config.unwrap_or_default(),
        grants,
        tasks: tasks.unwrap_or_default(),
    })
}

fn overrides(
    tasks: &Named<raw::Task>,
    run: &RunLimits,
    problems: &mut Problems,
) -> BTreeMap<TaskName, TaskOverride> {
    let mut checked = BTreeMap::new();
    for (name, task) in &tasks.0 {
        let limits = task.limits.get().map(|set| {
            let mut limits = run.clone();
            set.over(&mut limits);
            limits
        });
        let over = TaskOverride {
            ticks_between_runs: task
                .ticks_between_runs
                .get()
                .map(|n| TicksBetweenRuns::new(n.fit())),
            enabled: task.enabled.get().copied(),
            on_lost: task.on_lost.get().copied(),
            limits,
        };
        match TaskName::new(&name.value) {
            Ok(name) => drop(checked.insert(name, over)),
            Err(e) => problems.add(name.span.clone(), e.to_string(), "use a name of a task"),
        }
    }
    checked
}

fn grants(raw: &raw::Grants, problems: &mut Problems) -> Grants {
    let mut grants = Grants::default();
    if let Some(clocks) = raw.clocks.get() {
        grants.clocks = *clocks;
    }
    if let Some(random) = raw.random.get() {
        grants.random = *random;
    }
    if let Some(texts) = raw.environment.get() {
        grants.environment = texts_of(texts, "environment", problems);
    }
    for at in raw.interfaces.get().map_or(&[][..], |list| &list.0) {
        if is_interface(&at.value) {
            grants.interfaces.insert(at.value.clone());
        } else {
            let what = format!("{} is no interface", quoted(&at.value));
            let help = "write it whole, as \"package:name/interface@1.2.3\"";
            problems.add(at.span.clone(), what, help);
        }
    }
    grants
}

/// Texts under names that a guest can ask for.
pub(crate) fn texts_of(
    texts: &Texts,
    what: &str,
    problems: &mut Problems,
) -> BTreeMap<String, String> {
    let mut checked = BTreeMap::new();
    for (key, at) in &texts.0 {
        let variable = what == "environment";
        if key.is_empty() || key.contains('\0') || variable && key.contains('=') {
            let what = format!("{} is no key of `{what}`", quoted(key));
            problems.add(at.span.clone(), what, "use a name of letters, digits, _ and -");
        } else if variable && at.value.contains('\0') {
            let what = format!("the variable {} holds a zero byte", quoted(key));
            problems.add(at.span.clone(), what, "leave the zero byte out");
        } else {
            checked.insert(key.clone(), at.value.clone());
        }
    }
    checked
}

/// Whether a text has the form `package:name/interface@version`.
fn is_interface(text: &str) -> bool {
    let word = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let version = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'))
    };
    let Some((package, rest)) = text.split_once(':') else { return false };
    let Some((name, rest)) = rest.split_once('/') else { return false };
    let (interface, at) = rest.split_once('@').map_or((rest, None), |(i, v)| (i, Some(v)));
    word(package) && word(name) && word(interface) && at.is_none_or(version)
}
