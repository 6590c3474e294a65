//! Finding the scenarios of a project: the files `scenarios/*.toml`.

use std::io;
use std::path::{Path, PathBuf};

use super::super::args::Test as Args;
use super::super::ending::Stop;
use super::super::printing::shown;
use crate::authoring::Language;

/// Where a project's scenarios are.
const SCENARIOS: &str = "scenarios";

/// The most scenarios of one directory.
const MOST: usize = 10_000;

/// The scenario files, by name.
pub(super) fn scenarios(args: &Args) -> Result<Vec<PathBuf>, Stop> {
    let dir = args.scenarios.clone().unwrap_or_else(|| args.dir.join(SCENARIOS));
    if args.scenarios.is_none() && args.dir.is_file() {
        return Err(Stop::wrong(format!(
            "{} is a file: name the directory of a manager's sources; a component is named with --component",
            shown(&args.dir)
        )));
    }
    let entries = std::fs::read_dir(&dir).map_err(|e| {
        let sources = args.component.is_some() || Language::of(&args.dir).is_some();
        let help = if sources {
            "make it and write a scenario, which is a file .toml in it: `tourbillon test --help` shows one"
        } else {
            "no manager's sources are there either: name their directory, or begin some with `tourbillon new`"
        };
        Stop::wrong(format!("can't list {}: {e}; {help}", shown(&dir)))
    })?;
    let listed = |e: io::Error| Stop::wrong(format!("can't list {}: {e}", shown(&dir)));
    let entries = entries.collect::<io::Result<Vec<_>>>().map_err(listed)?;
    let mut found: Vec<_> = entries
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml") && !is_hidden(path))
        .filter(|path| args.only.as_ref().is_none_or(|only| name_of(path).contains(only)))
        .collect();
    found.sort();
    if found.len() > MOST {
        let many = found.len();
        return Err(Stop::wrong(format!(
            "{} holds {many} scenarios, and may hold {MOST}",
            shown(&dir)
        )));
    }
    if found.is_empty() {
        let wanted = args.only.as_ref().map_or(String::new(), |only| format!(" with {only:?}"));
        return Err(Stop::wrong(format!("there is no scenario{wanted} in {}", shown(&dir))));
    }
    Ok(found)
}

/// Hidden files are nobody's scenarios, as with other tools.
fn is_hidden(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

pub(super) fn name_of(file: &Path) -> String {
    file.file_stem().map_or_else(|| shown(file), |stem| shown(Path::new(stem)))
}
