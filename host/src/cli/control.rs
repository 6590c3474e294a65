//! `tourbillon pause`, `resume` and `clear` on the state of a host that is not running.
//!
//! The change goes the host's own way: the manager is installed, changed and committed under a new
//! fence. With a host running on that state, it is refused.

use std::io::{self, Write};

use super::args::Subject;
use super::ending::{Ended, Status, Stop};
use super::house::{House, Plan};
use super::printing::{json_line, say};
use super::progress::Progress;
use super::status;
use super::views::StatusView;
use crate::ticker::{HostError, ManagerStatus};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Pause,
    Resume,
    Clear,
}

/// Does it, and prints how the manager stands then.
pub(super) async fn control(args: Subject, verb: Verb) -> Ended {
    let (config, spec, dir) = args.place.stopped(&args.manager)?;
    let house = House::open(&Plan::of(&config, Some(&dir)))?;
    let (name, task) = (&args.manager, args.task.as_ref());
    house.install(spec, &Progress::new(1)).await?;
    let host = &house.host;
    let done = match verb {
        Verb::Pause => host.pause(name, task).await,
        Verb::Resume => host.resume(name, task).await,
        Verb::Clear => host.clear(name, task).await,
    };
    let told = done.map_err(|e| with_suggestion(e, &args));
    let all: Vec<_> = host.status().into_iter().filter(|status| status.name == *name).collect();
    host.close().await?;
    told?;
    print(&all, args.json)?;
    let what = match verb {
        Verb::Pause => "paused",
        Verb::Resume => "resumed",
        Verb::Clear => "cleared",
    };
    let task = task.map_or_else(String::new, |task| format!("/{task}"));
    say(format!("{name}{task} is {what}"));
    Ok(Status::Well)
}

fn print(all: &[ManagerStatus], json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        for one in all {
            json_line(&mut out, &StatusView::from(one))?;
        }
    } else {
        status::print(&mut out, all)?;
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
