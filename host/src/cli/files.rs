//! Looking at a file that was named on the command line, before anything is paid for: what is wrong is
//! told with the file that was probably meant.
//!
//! Opens nothing: whether a file is a component, the engine says.

use std::io;
use std::path::{Path, PathBuf};

use super::build;
use super::ending::Stop;
use super::printing::shown;
use crate::authoring::Language;

/// So many names of a directory are compared with a wrong one.
const LOOKED_AT: usize = 1_000;

/// The component that is meant: a file, or what a directory of sources is built to. Refuses what can be
/// neither.
pub(super) fn component(path: &Path) -> Result<PathBuf, Stop> {
    if path.is_dir() && Language::of(path).is_some() {
        return build::of_directory(path);
    }
    look(path).map(|()| path.to_owned())
}

/// The file that was probably meant with one that is not there, as the end of a sentence.
pub(super) fn meant(path: &Path) -> Option<String> {
    if path.exists() {
        return None;
    }
    similar(path).map(|meant| format!("; did you mean {}?", shown(&meant)))
}

/// Refuses what can't be a component's file.
fn look(path: &Path) -> Result<(), Stop> {
    let name = shown(path);
    match path.metadata() {
        Ok(meta) if meta.is_dir() => Err(Stop::wrong(match components(path).first() {
            Some(inside) => {
                format!("{name} is a directory: name a component in it, such as {}", shown(inside))
            }
            None => format!(
                "{name} is a directory, and neither a component is in it nor sources of a manager: name the \
                 .wasm file of a component, or begin a manager with `tourbillon new`"
            ),
        })),
        Ok(_) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::NotFound && path.is_symlink() => {
            Err(Stop::wrong(format!("{name} is a symbolic link to a file that is not there")))
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(Stop::wrong(match similar(path) {
            Some(meant) => format!("there is no file {name}: did you mean {}?", shown(&meant)),
            None => format!("there is no file {name}: give the .wasm file of a component"),
        })),
        Err(e) => {
            Err(Stop::wrong(format!("can't read {name}: {e}; check the path and its permissions")))
        }
    }
}

/// The components in a directory, by name.
fn components(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = entries(dir)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "wasm"))
        .collect();
    found.sort();
    found
}

/// The file beside a missing one whose name is most like it.
fn similar(path: &Path) -> Option<PathBuf> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let wanted = path.file_name()?.to_string_lossy().into_owned();
    let name = |path: &Path| Some(path.file_name()?.to_string_lossy().into_owned());
    let most = wanted.len().max(3) / 3;
    components(dir)
        .into_iter()
        .filter_map(|path| Some((strsim::damerau_levenshtein(&wanted, &name(&path)?), path)))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, found)| {
            if path.parent() == Some(Path::new("")) {
                found.file_name().map(PathBuf::from).unwrap_or(found)
            } else {
                found
            }
        })
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(dir).into_iter().flatten();
    read.take(LOOKED_AT).filter_map(|entry| Some(entry.ok()?.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_told_with_what_was_probably_meant() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        std::fs::write(root.join("janitor.wasm"), b"").unwrap();
        std::fs::create_dir(root.join("empty")).unwrap();
        let check = |name: &str, expect: &str| {
            let said = match look(&root.join(name)) {
                Ok(()) => "fine".to_owned(),
                Err(stop) => stop.told().1.unwrap().replace(&shown(root), "DIR"),
            };
            assert_eq!(said, expect);
        };
        check("janitor.wasm", "fine");
        check(
            "janitr.wasm",
            "error: there is no file DIR/janitr.wasm: did you mean DIR/janitor.wasm?",
        );
        std::os::unix::fs::symlink("gone.wasm", root.join("link.wasm")).unwrap();
        check("link.wasm", "error: DIR/link.wasm is a symbolic link to a file that is not there");
        std::fs::remove_file(root.join("link.wasm")).unwrap();
        check("x.wasm", "error: there is no file DIR/x.wasm: give the .wasm file of a component");
        check("", "error: DIR/ is a directory: name a component in it, such as DIR/janitor.wasm");
        check(
            "empty",
            "error: DIR/empty is a directory, and neither a component is in it nor sources of a manager: name \
             the .wasm file of a component, or begin a manager with `tourbillon new`",
        );
    }
}
