//! `tourbillon test`: a manager's scenarios, played and judged.
//!
//! What a scenario is and how it is judged, `testing` knows; here it is read before anything is built, told
//! and, where that is asked for, blessed.

mod find;

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::args::Test as Args;
use super::build;
use super::ending::{Ended, ExitStatus, Status, Stop};
use super::files;
use super::printing::{counted, json_line, say, shown};
use super::progress::Compiling;
use crate::engine::{CachePlace, CompileIn};
use crate::testing::{self, Blessed, Difference, PlayError, Scenario, Stage};
use crate::types::{ComponentSource, harmless_line};

/// Plays the scenarios of a project.
pub(super) fn test(args: &Args) -> Ended {
    let files = find::scenarios(args)?;
    let component = match &args.component {
        Some(component) if !component.is_dir() => files::component(component)?,
        other => {
            readable(&files, args)?;
            match other {
                Some(component) => files::component(component)?,
                None => build::of_directory(&args.dir)?,
            }
        }
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
        failed += usize::from(!played.differences().is_empty());
        unread += usize::from(matches!(played, Played::Unread(_)));
        tell(&mut out, file, &played, args)?;
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

/// Refuses to build for scenarios that are none: a slip of the pen is told at once, and not after a build.
fn readable(files: &[PathBuf], args: &Args) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    let mut wrong = 0;
    for file in files {
        if let Err(error) = Scenario::read(file) {
            wrong += 1;
            let unread = Played::Unread(Difference { what: shown(file), text: error.why });
            tell(&mut out, file, &unread, args)?;
        }
    }
    out.flush()?;
    drop(out);
    if wrong == 0 {
        return Ok(());
    }
    let (are, all) = (if wrong == 1 { "is none" } else { "are none" }, files.len());
    say(format!("{wrong} of {} {are}: nothing was built or played", counted(all, "scenario")));
    Err(Stop::Said(ExitStatus::Wrong))
}

/// Tells what became of a scenario.
fn tell(out: &mut dyn Write, file: &Path, played: &Played, args: &Args) -> io::Result<()> {
    let (name, differences) = (find::name_of(file), played.differences());
    if args.json {
        return json_line(out, &View::of(&name, played, differences));
    }
    let word = match played {
        Played::Well | Played::Bare => "ok    ",
        Played::Blessed(_) => "blessed",
        Played::Differs { .. } => "FAILED",
        Played::Unread(_) => "ERROR ",
    };
    let hint = if matches!(played, Played::Bare) { BARE } else { "" };
    writeln!(out, "{word}  {name}{hint}")?;
    if !played.changed().is_empty() {
        writeln!(out, "        changed: {}", listed(played.changed()))?;
    }
    differences.iter().try_for_each(|difference| print(out, difference))
}

/// So many changes are listed of one file.
const CHANGES: usize = 12;

fn listed(changed: &[String]) -> String {
    let first = changed.iter().take(CHANGES).map(|what| harmless_line(what, 100));
    let first = first.collect::<Vec<_>>().join(", ");
    match changed.len().saturating_sub(CHANGES) {
        0 => first,
        more => format!("{first} and {more} more"),
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
    /// The file was changed as told, and all is as it now expects.
    Blessed(Vec<String>),
    /// Nothing is expected.
    Bare,
    /// Something is not as expected, and not to be changed; of the rest of the file what was changed.
    Differs { differences: Vec<Difference>, changed: Vec<String> },
    /// The file is no scenario, or none for this manager.
    Unread(Difference),
}

impl Played {
    /// What is wrong.
    fn differences(&self) -> &[Difference] {
        match self {
            Self::Well | Self::Bare | Self::Blessed(_) => &[],
            Self::Differs { differences, .. } => differences,
            Self::Unread(difference) => std::slice::from_ref(difference),
        }
    }

    /// What was blessed.
    fn changed(&self) -> &[String] {
        match self {
            Self::Well | Self::Bare | Self::Unread(_) => &[],
            Self::Blessed(changed) | Self::Differs { changed, .. } => changed,
        }
    }
}

/// Plays one scenario. With `--bless` what is found is expected from now on; what can't be is still wrong.
fn play(file: &Path, stage: &Stage, args: &Args) -> Result<Played, Stop> {
    let unread = |why: String| Ok(Played::Unread(Difference { what: shown(file), text: why }));
    let scenario = match Scenario::read(file) {
        Ok(scenario) => scenario,
        Err(error) => return unread(error.why),
    };
    let compiling = Compiling::new(find::name_of(file));
    let found = match scenario.play_watched(stage, |step| compiling.step(step)) {
        Ok(found) => found,
        // The others are played all the same, unless the host itself has failed.
        Err(error) => match stop(file, error) {
            Stop::Wrong(error) => return unread(error.to_string()),
            stop => return Err(stop),
        },
    };
    drop(compiling);
    let mut differences = found.judge(&scenario.expect);
    let mut changed = Vec::new();
    if args.record {
        let written = testing::record(&scenario, &found).and_then(|text| {
            put(&file.with_extension("found"), None, &text).map_err(|e| unwritten(&e))
        });
        if let Err(why) = written {
            return unread(why);
        }
    } else if args.bless && !found.misfits.is_empty() {
        // What came of faults and answers that do not fit is nothing to expect.
        let text = "nothing was blessed: mend first what is said of faults and answers".to_owned();
        differences.push(Difference { what: "--bless".to_owned(), text });
    } else if args.bless {
        let blessed = testing::bless(&scenario, &found).and_then(|blessed| {
            replace(file, scenario.text(), &blessed.text).map_err(|e| unwritten(&e))?;
            Ok(blessed)
        });
        match blessed {
            Ok(Blessed { left, changed: now, .. }) => (differences, changed) = (left, now),
            Err(why) => return unread(why),
        }
    }
    Ok(match (differences.is_empty(), changed.is_empty()) {
        (false, _) => Played::Differs { differences, changed },
        (true, false) => Played::Blessed(changed),
        (true, true) if scenario.expect.is_empty() => Played::Bare,
        (true, true) => Played::Well,
    })
}

fn unwritten(error: &io::Error) -> String {
    format!("what happened can't be written down: {error}")
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

/// How a scenario ended, as JSON.
#[derive(Debug, Serialize)]
struct View<'a> {
    scenario: &'a str,
    ok: bool,
    /// Whether it expects nothing at all.
    bare: bool,
    /// Whether its file was changed to expect what was found.
    blessed: bool,
    /// What of it was changed.
    changed: &'a [String],
    differences: Vec<DifferenceView<'a>>,
}

#[derive(Debug, Serialize)]
struct DifferenceView<'a> {
    what: &'a str,
    text: &'a str,
}

impl<'a> View<'a> {
    fn of(scenario: &'a str, played: &'a Played, differences: &'a [Difference]) -> Self {
        let view = |it: &'a Difference| DifferenceView { what: &it.what, text: &it.text };
        Self {
            scenario,
            ok: differences.is_empty(),
            bare: matches!(played, Played::Bare),
            blessed: matches!(played, Played::Blessed(_)),
            changed: played.changed(),
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
