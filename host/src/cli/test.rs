//! `tourbillon test`: a manager's scenarios, played and judged.
//!
//! Scenarios are the files `scenarios/*.toml` of a project. What a scenario is and how it is judged,
//! `testing` knows; here it is found, told and, where that is asked for, blessed.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::args::Test as Args;
use super::build;
use super::ending::{Ended, ExitStatus, Status, Stop};
use super::files;
use super::printing::{counted, json_line, shown};
use crate::authoring::Language;
use crate::engine::{CachePlace, CompileIn};
use crate::testing::{self, Difference, PlayError, Scenario, Stage};
use crate::types::{ComponentSource, harmless_line};

/// Where a project's scenarios are.
const SCENARIOS: &str = "scenarios";

/// The most scenarios of one directory.
const MOST: usize = 10_000;

/// Plays the scenarios of a project.
pub(super) fn test(args: &Args) -> Ended {
    let files = scenarios(args)?;
    let component = match &args.component {
        Some(component) => files::component(component)?,
        None => build::of_directory(&args.dir)?,
    };
    let stage = Stage {
        component: ComponentSource::Path(component),
        compile: CompileIn::default(),
        cache: CachePlace::in_home(|name| std::env::var_os(name).map(PathBuf::from)),
    };
    let mut out = io::stdout().lock();
    let (mut failed, mut unread) = (0, 0);
    for file in &files {
        let played = play(file, &stage, args)?;
        let (word, differences) = match &played {
            Played::Well | Played::Bare => ("ok    ", &[][..]),
            Played::Blessed => ("blessed", &[][..]),
            Played::Differs(differences) => ("FAILED", &differences[..]),
            Played::Unread(difference) => ("ERROR ", std::slice::from_ref(difference)),
        };
        failed += usize::from(!differences.is_empty());
        unread += usize::from(matches!(played, Played::Unread(_)));
        let name = name_of(file);
        if args.json {
            json_line(&mut out, &View::of(&name, &played, differences))?;
            continue;
        }
        let hint = if matches!(played, Played::Bare) { BARE } else { "" };
        writeln!(out, "{word}  {name}{hint}")?;
        for difference in differences {
            print(&mut out, difference)?;
        }
    }
    if !args.json {
        let passed = files.len() - failed;
        writeln!(out, "\n{} passed, {failed} failed", counted(passed, "scenario"))?;
    }
    out.flush()?;
    match (unread, failed) {
        (0, 0) => Ok(Status::Well),
        (0, _) => Ok(Status::RunFailed),
        _ => Err(Stop::Said(ExitStatus::Wrong)),
    }
}

/// So many lines of a difference are shown, with so many bytes each: what is in them comes from a guest.
const LINES: usize = 200;
const LINE: usize = 4 << 10;

fn print(out: &mut dyn Write, difference: &Difference) -> io::Result<()> {
    let text = difference.to_string();
    for line in text.lines().take(LINES) {
        writeln!(out, "        {}", harmless_line(line, LINE))?;
    }
    match text.lines().count().saturating_sub(LINES) {
        0 => Ok(()),
        more => writeln!(out, "        … and {} more", counted(more, "line")),
    }
}

/// Said of a scenario that expects nothing.
const BARE: &str = "  (it expects nothing: `tourbillon test --bless` writes down what happens)";

/// What became of one scenario.
enum Played {
    /// All is as expected.
    Well,
    /// The file was changed, and all is as it now expects.
    Blessed,
    /// Nothing is expected.
    Bare,
    /// Something is not as expected.
    Differs(Vec<Difference>),
    /// The file is no scenario, or none for this manager.
    Unread(Difference),
}

/// Plays one scenario. With `--bless` what is found is expected from now on; what can't be is still wrong.
fn play(file: &Path, stage: &Stage, args: &Args) -> Result<Played, Stop> {
    let unread = |why: String| Ok(Played::Unread(Difference { what: shown(file), text: why }));
    let scenario = match Scenario::read(file) {
        Ok(scenario) => scenario,
        Err(error) => return unread(error.why),
    };
    let found = match scenario.play(stage) {
        Ok(found) => found,
        // The others are played all the same, unless the host itself has failed.
        Err(error) => match stop(file, error) {
            Stop::Wrong(error) => return unread(error.to_string()),
            stop => return Err(stop),
        },
    };
    let mut differences = found.judge(&scenario.expect);
    let mut changed = false;
    // What came of faults and answers that do not fit is nothing to expect.
    if args.record || args.bless && found.misfits.is_empty() {
        let write = if args.bless { testing::bless } else { testing::record };
        let blessed = match write(&scenario, &found) {
            Ok(blessed) => blessed,
            Err(why) => return unread(why),
        };
        let written = match args.bless {
            true => replace(file, scenario.text(), &blessed),
            false => put(&file.with_extension("found"), None, &blessed),
        };
        if let Err(error) = written {
            return unread(format!("what happened can't be written down: {error}"));
        }
        if args.bless {
            changed = blessed != scenario.text();
            // Some of it is the author's alone.
            let again = Scenario::read(file).map(|blessed| found.judge(&blessed.expect));
            differences = again
                .unwrap_or_else(|error| vec![Difference { what: shown(file), text: error.why }]);
        }
    }
    Ok(match differences {
        differences if !differences.is_empty() => Played::Differs(differences),
        _ if changed => Played::Blessed,
        _ if scenario.expect.is_empty() && !args.bless => Played::Bare,
        _ => Played::Well,
    })
}

/// Puts a text in the place of a file that holds another one, or leaves it as it is: behind a link the file
/// that is meant, with its permissions, and not where somebody has written to it meanwhile.
fn replace(file: &Path, before: &str, text: &str) -> io::Result<()> {
    let file = file.canonicalize()?;
    let permissions = std::fs::metadata(&file)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::other("it is read-only"));
    }
    if std::fs::read(&file)? != before.as_bytes() {
        return Err(io::Error::other("somebody has written to it meanwhile; play it again"));
    }
    put(&file, Some(permissions), text)
}

/// Writes a file whole, in the place of whatever has its name: what a link leads to is left alone.
fn put(file: &Path, permissions: Option<Permissions>, text: &str) -> io::Result<()> {
    let partial = file.with_file_name(format!(".tourbillon.{}", std::process::id()));
    let made = File::create_new(&partial).and_then(|mut made| {
        permissions.map_or(Ok(()), |permissions| made.set_permissions(permissions))?;
        made.write_all(text.as_bytes())?;
        made.sync_all()?;
        std::fs::rename(&partial, file)
    });
    if made.as_ref().is_err_and(|e| e.kind() != io::ErrorKind::AlreadyExists) {
        // It may not even be there; what went wrong first is what is told.
        std::fs::remove_file(&partial).ok();
    }
    made
}

/// Whose fault it is that a scenario could not be played.
fn stop(file: &Path, error: PlayError) -> Stop {
    match error {
        PlayError::Host(error) => error.into(),
        PlayError::Build(error) => error.into(),
        PlayError::Store(error) => error.into(),
        PlayError::Refused(error) => error.into(),
        PlayError::Install(error) => error.into(),
        PlayError::Scenario(why) => Stop::wrong(why),
        other => Stop::Host(anyhow::anyhow!("{}: {other}", shown(file))),
    }
}

/// The scenario files, by name.
fn scenarios(args: &Args) -> Result<Vec<PathBuf>, Stop> {
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

fn name_of(file: &Path) -> String {
    file.file_stem().map_or_else(|| shown(file), |stem| shown(Path::new(stem)))
}

/// How a scenario ended, as JSON.
#[derive(Debug, Serialize)]
struct View<'a> {
    scenario: &'a str,
    ok: bool,
    /// Whether it expects nothing at all.
    bare: bool,
    /// Whether its file was changed to expect what was found.
    blessed: bool,
    differences: Vec<DifferenceView<'a>>,
}

#[derive(Debug, Serialize)]
struct DifferenceView<'a> {
    what: &'a str,
    text: &'a str,
}

impl<'a> View<'a> {
    fn of(scenario: &'a str, played: &Played, differences: &'a [Difference]) -> Self {
        let view = |it: &'a Difference| DifferenceView { what: &it.what, text: &it.text };
        Self {
            scenario,
            ok: differences.is_empty(),
            bare: matches!(played, Played::Bare),
            blessed: matches!(played, Played::Blessed),
            differences: differences.iter().map(view).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::RegistryError;

    #[test]
    fn a_fault_of_the_host_ends_all_and_one_of_a_scenario_only_that() {
        let check = |error, hosts| {
            let stop = stop(Path::new("it.toml"), error);
            assert_eq!(matches!(stop, Stop::Host(_)), hosts, "{stop:?}");
        };
        check(PlayError::Scenario("no such task".to_owned()), false);
        check(PlayError::Refused(RegistryError::Host("no linker".to_owned())), true);
        check(PlayError::Start(io::Error::other("no thread")), true);
    }
}
