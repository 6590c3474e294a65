//! Finding the configuration and the state directory that a command is about.

use std::path::{Path, PathBuf, absolute};

use super::args::Place;
use super::ending::Stop;
use super::printing::shown;
use crate::config::{self, HostConfig};
use crate::store::{SqliteReader, holder};
use crate::types::{ManagerName, ManagerSpec};

impl Place {
    /// The configuration.
    pub(super) fn config(&self) -> Result<HostConfig, Stop> {
        Ok(config::read(&self.file)?)
    }

    /// The state directory: that of the command line, else that of the configuration.
    pub(super) fn state_of(&self, config: &HostConfig) -> Result<PathBuf, Stop> {
        self.state.clone().or_else(|| config.state.clone()).ok_or_else(|| {
            Stop::wrong(format!(
                "{} names no state directory: set `state` in [host], or give --state",
                shown(&self.file)
            ))
        })
    }

    /// The state directory, where the configuration is read only if it has to be.
    pub(super) fn state(&self) -> Result<PathBuf, Stop> {
        match &self.state {
            Some(dir) => Ok(dir.clone()),
            None => self.state_of(&self.config()?),
        }
    }

    /// Refuses a directory of the command line in which no state is, unless the configuration names it, too:
    /// a slip of the pen begins none.
    fn is_begun(&self, config: &HostConfig, dir: &Path) -> Result<(), Stop> {
        let same = |own: &PathBuf| absolute(own).ok() == absolute(dir).ok();
        if self.state.is_none()
            || config.state.as_ref().is_some_and(same)
            || SqliteReader::is_there(dir)?
        {
            return Ok(());
        }
        Err(Stop::wrong(format!(
            "there is no state in {}: name the state directory of a host that has run, or `state` in [host] \
             of {} for one that is yet to be begun",
            shown(dir),
            shown(&self.file)
        )))
    }

    /// The configuration, its one manager of that name, and the state directory, which no host holds.
    pub(super) fn stopped(
        &self,
        name: &ManagerName,
    ) -> Result<(HostConfig, ManagerSpec, PathBuf), Stop> {
        let config = self.config()?;
        let Some(spec) = config.managers.iter().find(|spec| spec.name == *name).cloned() else {
            let names: Vec<_> = config.managers.iter().map(|spec| spec.name.as_str()).collect();
            return Err(unknown(name.as_str(), &shown(&self.file), &names));
        };
        let dir = self.state_of(&config)?;
        self.is_begun(&config, &dir)?;
        no_host(&dir)?;
        Ok((config, spec, dir))
    }
}

/// Refuses a state on which a host is running.
pub(super) fn no_host(dir: &Path) -> Result<(), Stop> {
    let Some(holder) = holder(dir)? else { return Ok(()) };
    let who = holder.pid.map_or_else(String::new, |pid| format!(" (process {pid})"));
    Err(Stop::wrong(format!(
        "a host{who} is running on the state in {}: stop it first",
        shown(dir)
    )))
}

/// No manager of that name: says which one was probably meant.
pub(super) fn unknown(name: &str, place: &str, names: &[&str]) -> Stop {
    let help = match (config::closest(name, names), names.len()) {
        (None, _) if Path::new(name).extension().is_some_and(|e| e == "toml") => {
            "a configuration is named with --file".to_owned()
        }
        (Some(meant), _) => format!("did you mean \"{meant}\"?"),
        (None, 0) => "there is none".to_owned(),
        (None, 1..=20) => format!("there are: {}", names.join(", ")),
        (None, n) => format!("there are {n}, see `tourbillon status`"),
    };
    Stop::wrong(format!("{place} has no manager \"{name}\": {help}"))
}
