//! `tourbillon check`: whether a configuration is valid and its components load, and every limit in
//! force. Runs no task, and neither reads nor writes the state directory.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use serde_json::{Map, Value, json};

use super::args::Check as Args;
use super::ending::{Ended, ExitStatus, Status, Stop};
use super::files;
use super::house::{House, Plan};
use super::printing::{counted, json_line, say, short_size, shown};
use super::progress::Progress;
use crate::config::{HostConfig, Shown, show_host_limits, show_limits, show_run_limits, show_time};
use crate::registry::{Inspected, RegistryError};
use crate::types::{ComponentSource, InstanceMode, ManagerName, ManagerSpec, OnLost, TaskOverride};

/// What became of each manager's component.
type Looked = BTreeMap<ManagerName, Result<Inspected, RegistryError>>;

/// Checks a configuration.
pub(super) async fn check(mut args: Args) -> Ended {
    if args.self_test {
        return super::self_test::self_test(args.json).await;
    }
    if let Some(what) = args.what {
        if what.extension().is_some_and(|extension| extension == "wasm") {
            return Err(Stop::wrong(format!(
                "{} is no configuration: `tourbillon inspect` looks at a component",
                shown(&what)
            )));
        }
        args.place.file = what;
    }
    let config = args.place.config()?;
    let file = shown(&args.place.file);
    let looked = look(&config).await?;
    let mut out = BufWriter::new(io::stdout().lock());
    if args.json {
        json_line(&mut out, &view(&config, &looked))?;
    } else {
        print(&mut out, &config, &looked)?;
    }
    out.flush()?;
    drop(out);
    let mut worst = ExitStatus::Well;
    let components = config.managers.iter().map(|spec| (&spec.name, &spec.component));
    let components: BTreeMap<_, _> = components.collect();
    for (name, refused) in looked {
        let Err(error) = refused else { continue };
        let line = config.lines.get(&name).copied().unwrap_or(0);
        let (status, text) = Stop::from(error).told();
        let text = text.unwrap_or_default();
        let text = text.strip_prefix("error: ").unwrap_or(&text);
        let meant = match components.get(&name) {
            Some(ComponentSource::Path(path)) => files::meant(path).unwrap_or_default(),
            _ => String::new(),
        };
        say(format!("error: {file}:{line}: manager \"{name}\": {text}{meant}"));
        if worst != ExitStatus::HostFailed {
            worst = status;
        }
    }
    if worst != ExitStatus::Well {
        return Err(Stop::Said(worst));
    }
    if config.managers.is_empty() {
        say(format!("{file} is valid, and has no managers to run: add a [manager.NAME]"));
        return Ok(Status::Well);
    }
    let managers = counted(config.managers.len(), "manager");
    say(format!("{file} is valid: {managers}, all components load"));
    Ok(Status::Well)
}

/// Loads every component, and asks it for its tasks.
async fn look(config: &HostConfig) -> Result<Looked, Stop> {
    let house = House::open(&Plan::of(config, None))?;
    let progress = Progress::new(config.managers.len());
    let mut looked = Looked::new();
    for spec in &config.managers {
        let begun = progress.begin(spec.name.as_str());
        let inspected = house.host.inspect(spec, |step| begun.step(step)).await;
        looked.insert(spec.name.clone(), inspected);
    }
    Ok(looked)
}

/// Prints what is in force as a configuration file would say it.
fn print(out: &mut dyn Write, config: &HostConfig, looked: &Looked) -> io::Result<()> {
    writeln!(out, "[host]\nname = {}", quote(&config.name))?;
    if let Some(state) = &config.state {
        writeln!(out, "state = {}", quote(&shown(state)))?;
    }
    section(out, "host.limits", &show_host_limits(&config.limits))?;
    for spec in &config.managers {
        let name = key(spec.name.as_str());
        writeln!(out, "\n[manager.{name}]")?;
        match looked.get(&spec.name) {
            Some(Ok(it)) => {
                let (size, tasks) = (short_size(it.size.get()), counted(it.tasks.len(), "task"));
                writeln!(out, "# sha256:{}, {size}, {tasks}", it.digest)?;
            }
            _ => writeln!(out, "# its component does not load")?,
        }
        settings(out, spec)?;
        section(out, &format!("manager.{name}.limits"), &show_limits(&spec.limits))?;
        for (task, set) in &spec.tasks {
            let head = format!("manager.{name}.task.{}", key(task.as_str()));
            overrides(out, &head, set)?;
        }
    }
    Ok(())
}

fn settings(out: &mut dyn Write, spec: &ManagerSpec) -> io::Result<()> {
    if let ComponentSource::Path(path) = &spec.component {
        writeln!(out, "component = {}", quote(&shown(path)))?;
    }
    writeln!(out, "interval = {}", quote(&show_time(spec.interval)))?;
    writeln!(out, "instance = {}", quote(mode(spec.mode)))?;
    let policy = &spec.policy;
    writeln!(out, "raise_on_error = {}", policy.raise_on_error)?;
    writeln!(out, "quarantine_after = {}", policy.quarantine_after)?;
    writeln!(out, "probe_every = {}", policy.probe_every)?;
    writeln!(out, "delay_min = {}\ndelay_max = {}", policy.delay.start(), policy.delay.end())?;
    writeln!(out, "grants.clocks = {}", spec.grants.clocks)?;
    writeln!(out, "grants.random = {}", spec.grants.random)?;
    for (what, texts) in
        [("config", &spec.config), ("grants.environment", &spec.grants.environment)]
    {
        for (name, value) in texts {
            writeln!(out, "{what}.{} = {}", key(name), quote(value))?;
        }
    }
    if !spec.grants.interfaces.is_empty() {
        writeln!(out, "grants.interfaces = {}", json!(spec.grants.interfaces))?;
    }
    Ok(())
}

fn overrides(out: &mut dyn Write, head: &str, set: &TaskOverride) -> io::Result<()> {
    writeln!(out, "\n[{head}]")?;
    if let Some(n) = set.ticks_between_runs {
        writeln!(out, "ticks_between_runs = {n}")?;
    }
    if let Some(enabled) = set.enabled {
        writeln!(out, "enabled = {enabled}")?;
    }
    if let Some(on_lost) = set.on_lost {
        writeln!(out, "on_lost = {}", quote(lost(on_lost)))?;
    }
    match &set.limits {
        Some(limits) => section(out, &format!("{head}.limits"), &show_run_limits(limits)),
        None => Ok(()),
    }
}

fn section(out: &mut dyn Write, name: &str, shown: &[Shown]) -> io::Result<()> {
    writeln!(out, "\n[{name}]")?;
    shown.iter().try_for_each(|Shown { key, value }| writeln!(out, "{key} = {value}"))
}

/// A text as TOML has it: JSON's escapes are among TOML's.
fn quote(text: &str) -> String {
    Value::from(text).to_string()
}

/// A key as TOML has it.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { quote(name) }
}

const fn mode(mode: InstanceMode) -> &'static str {
    match mode {
        InstanceMode::Resident => "resident",
        InstanceMode::PerRun => "per-run",
    }
}

const fn lost(on_lost: OnLost) -> &'static str {
    match on_lost {
        OnLost::Lost => "lost",
        OnLost::Repeat => "repeat",
    }
}

/// The same as JSON.
fn view(config: &HostConfig, looked: &Looked) -> Value {
    let limits = |shown: Vec<Shown>| -> Value {
        shown.iter().map(|s| (s.key.to_owned(), s.value.to_json())).collect::<Map<_, _>>().into()
    };
    let managers = config.managers.iter().map(|spec| {
        let component = match &spec.component {
            ComponentSource::Path(path) => Some(shown(path)),
            ComponentSource::Bytes(_) => None,
        };
        let mut view = json!({
            "name": spec.name.as_str(),
            "component": component,
            "interval": show_time(spec.interval),
            "instance": mode(spec.mode),
            "raise_on_error": spec.policy.raise_on_error,
            "quarantine_after": spec.policy.quarantine_after,
            "probe_every": spec.policy.probe_every,
            "delay_min": spec.policy.delay.start(),
            "delay_max": spec.policy.delay.end(),
            "config": spec.config,
            "grants": {
                "clocks": spec.grants.clocks,
                "random": spec.grants.random,
                "environment": spec.grants.environment,
                "interfaces": spec.grants.interfaces,
            },
            "limits": limits(show_limits(&spec.limits)),
        });
        match looked.get(&spec.name) {
            Some(Ok(it)) => {
                view["digest"] = format!("sha256:{}", it.digest).into();
                view["size"] = it.size.get().into();
                view["tasks"] = it.tasks.iter().map(|task| task.name.as_str()).collect();
            }
            Some(Err(error)) => view["error"] = error.to_string().into(),
            None => {}
        }
        view
    });
    json!({
        "valid": looked.values().all(Result::is_ok),
        "host": {
            "name": config.name,
            "state": config.state.as_deref().map(shown),
            "limits": limits(show_host_limits(&config.limits)),
        },
        "managers": managers.collect::<Vec<_>>(),
    })
}
