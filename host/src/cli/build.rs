//! `tourbillon build`: a component of a directory of sources.
//!
//! Says each step while it is taken. What is built how, `authoring` knows. `run`, `tick` and `inspect` come
//! here for whatever they are given that is a directory.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::args::Build as Args;
use super::ending::{Ended, Status, Stop};
use super::inspect;
use super::printing::{json_line, say, short_size, short_time, shown};
use super::signals::Ending;
use crate::authoring::{self, AuthoringError, Built, Project, Tools};
use crate::clock::{Clock, SystemClock};

/// Builds a project; of some languages what it declares is known when it is loaded, so that is done, too.
pub(super) async fn build(args: Args) -> Ended {
    let project = Project::open(&args.dir)?;
    let built = built(&project)?;
    if project.language.declares_when_loaded() {
        let asked = inspect::asked(built.path.clone()).await;
        asked.map_err(|stop| stop.about(shown(&relative(&built.path))))?;
    }
    let mut out = io::stdout().lock();
    if args.json {
        json_line(&mut out, &View::of(&project, &built))?;
    } else {
        let size = short_size(built.size);
        writeln!(out, "{}  {size}  sha256:{}", shown(&relative(&built.path)), built.digest)?;
    }
    out.flush()?;
    Ok(Status::Well)
}

/// The component of a directory, built now.
pub(super) fn of_directory(dir: &Path) -> Result<PathBuf, Stop> {
    Ok(built(&Project::open(dir)?)?.path)
}

/// Builds a project, and says what is being done. A signal ends the build's tools with this process.
pub(super) fn built(project: &Project) -> Result<Built, Stop> {
    let tools = Tools::of_user(|name| std::env::var_os(name).map(PathBuf::from))?;
    let _ending = Ending::of(tools.running())?;
    let clock = SystemClock::default();
    let from = clock.monotonic();
    let what = format!("{} ({})", project.name, project.language.title());
    let built =
        authoring::build(project, &tools, &mut |step| say(format!("build {what}: {step}")))?;
    let took = short_time(clock.monotonic().saturating_sub(from));
    let change = if built.changed { "" } else { ", nothing has changed" };
    say(format!("build {what}: done in {took}{change}"));
    Ok(built)
}

/// A path from where the user stands, if it is below.
fn relative(path: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(|dir| dir.canonicalize());
    let below = here.ok().and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    below.unwrap_or_else(|| path.to_owned())
}

/// A component that was built, as JSON.
#[derive(Debug, Serialize)]
struct View<'a> {
    component: String,
    name: &'a str,
    language: &'static str,
    size: u64,
    digest: String,
    changed: bool,
}

impl<'a> View<'a> {
    fn of(project: &'a Project, built: &Built) -> Self {
        Self {
            component: built.path.display().to_string(),
            name: project.name.as_str(),
            language: project.language.as_str(),
            size: built.size,
            digest: format!("sha256:{}", built.digest),
            changed: built.changed,
        }
    }
}

impl From<AuthoringError> for Stop {
    fn from(error: AuthoringError) -> Self {
        match error {
            AuthoringError::Interrupted { .. } => Self::Host(error.into()),
            _ => Self::Wrong(error.into()),
        }
    }
}
