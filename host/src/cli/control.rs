//! `tourbillon pause`, `resume` and `clear` on the state of a host that is not running.
//!
//! The change is made to the manager's records alone, under a new fence: neither its component nor, where
//! the state directory is named, the configuration need be there. A manager that has no state yet is
//! installed first, as the host itself would; a state directory that the configuration names is begun for it,
//! any other that has no state is refused. With a host running on that state, it is refused.

use std::io::{self, Write};
use std::path::Path;

use super::args::Subject;
use super::ending::{Ended, Status, Stop};
use super::house::{House, Plan};
use super::place::{self, unknown};
use super::printing::{json_line, say, shown};
use super::progress::Progress;
use super::status;
use super::views::StatusView;
use crate::config::HostConfig;
use crate::store::{SqliteReader, SqliteStore};
use crate::ticker::{Change, HostError, ManagerStatus, change_stopped};
use crate::types::{ManagerName, ManagerSpec};

/// Does it, and prints how the manager stands then.
pub(super) async fn control(args: Subject, change: Change) -> Ended {
    let dir = args.place.state()?;
    let (name, task) = (&args.manager, args.task.as_ref());
    let known = known(&dir)?;
    if !known.contains(name) {
        let (config, spec) = configured(&args, &dir, &known)?;
        let house = House::open(&Plan::of(&config, Some(&dir)))?;
        house.install(spec, &Progress::new(1)).await?;
        house.host.close().await?;
    }
    place::no_host(&dir)?;
    let store = SqliteStore::open(&dir)?;
    let stopped = change_stopped(&store, name, task, change).await;
    let stopped = stopped.map_err(|e| with_suggestion(e, &args))?;
    print(&stopped.status, args.json)?;
    let named = task.map_or_else(String::new, |task| format!("/{task}"));
    say(format!("{name}{named} {}", became(change, stopped.changed)));
    if let (Change::Resume, None, false) = (change, task, stopped.changed) {
        for task in stopped.status.tasks.iter().filter(|task| task.paused) {
            say(format!("its task is paused: `tourbillon resume {name} {}`", task.name));
        }
    }
    Ok(Status::Well)
}

/// What a change came to, where it changed nothing, too.
fn became(change: Change, changed: bool) -> &'static str {
    match (change, changed) {
        (Change::Pause, true) => "is paused",
        (Change::Pause, false) => "is paused already: nothing changed",
        (Change::Resume, true) => "is resumed",
        (Change::Resume, false) => "is not paused: nothing changed",
        (Change::Clear, true) => "is cleared",
        (Change::Clear, false) => "neither backs off nor is in quarantine: nothing changed",
    }
}

/// The managers that have state; none where there is no state yet.
fn known(dir: &Path) -> Result<Vec<ManagerName>, Stop> {
    if !SqliteReader::is_there(dir)? {
        return Ok(Vec::new());
    }
    Ok(SqliteReader::open(dir)?.managers()?)
}

/// What the configuration says of a manager without state; where there is none, the state directory is
/// all there is to go by.
fn configured(
    args: &Subject,
    dir: &Path,
    known: &[ManagerName],
) -> Result<(HostConfig, ManagerSpec), Stop> {
    if args.place.state.is_some() && !args.place.file.exists() {
        SqliteReader::open(dir)?;
        let names: Vec<_> = known.iter().map(ManagerName::as_str).collect();
        return Err(unknown(args.manager.as_str(), &shown(dir), &names));
    }
    let (config, spec, _) = args.place.stopped(&args.manager)?;
    Ok((config, spec))
}

fn print(status: &ManagerStatus, json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        json_line(&mut out, &StatusView::from(status))?;
    } else {
        status::print(&mut out, std::slice::from_ref(status))?;
    }
    out.flush()
}

fn with_suggestion(error: HostError, args: &Subject) -> Stop {
    if let (HostError::NoTask { has, .. }, Some(task)) = (&error, &args.task) {
        let names: Vec<_> = has.split(", ").collect();
        if let Some(meant) = crate::config::closest(task.as_str(), &names) {
            return Stop::wrong(format!(
                "manager \"{}\" has no task \"{task}\": did you mean \"{meant}\"?",
                args.manager
            ));
        }
    }
    error.into()
}
