//! From sources to a component: the language's own tools, then what makes a component of their module.
//!
//! One file a language. Each says its steps as it takes them, and leaves in the project's `build`
//! directory what it needs on the way; the component is written there last, under another name first.

mod c;
mod go;
mod lock;
mod python;
mod rust;
mod typescript;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::error::AuthoringError;
use super::packed;
use super::process::LONGEST;
use super::{Language, Project, Tools};
use crate::types::Digest;
use lock::Lock;

/// So long another build of the project is waited for: as long as a tool of it may take.
const PATIENCE: Duration = LONGEST;

/// A component that was built.
#[derive(Debug)]
pub struct Built {
    /// Its file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// Its digest.
    pub digest: Digest,
    /// Whether it differs from what the file held before.
    pub changed: bool,
}

/// What a build needs.
struct Site<'a> {
    project: &'a Project,
    tools: &'a Tools,
    say: &'a mut dyn FnMut(&str),
}

impl Site<'_> {
    /// A file in which a step leaves something. No manager's name begins as its name does, so that it is never
    /// the component's.
    fn file(&self, name: &str) -> PathBuf {
        self.project.build_dir().join(format!("_{name}"))
    }

    /// An empty directory in which a step leaves something.
    fn fresh(&self, name: &str) -> Result<PathBuf, AuthoringError> {
        let dir = self.file(name);
        if dir.exists() {
            std::fs::remove_dir_all(&dir).map_err(AuthoringError::file("clear", &dir))?;
        }
        std::fs::create_dir(&dir).map_err(AuthoringError::file("make", &dir))?;
        Ok(dir)
    }

    /// The SDK of the project: its own copy, else the one of this program.
    fn sdk(&self) -> Result<PathBuf, AuthoringError> {
        let own = self.project.dir.join(packed::VENDOR);
        if own.is_dir() {
            return Ok(own);
        }
        let dir = self.fresh("tourbillon-sdk")?;
        packed::write_sdk(self.project.language, &dir)?;
        Ok(dir)
    }
}

/// Builds a project. `say` hears what is being done, a line for each step.
pub fn build(
    project: &Project,
    tools: &Tools,
    say: &mut dyn FnMut(&str),
) -> Result<Built, AuthoringError> {
    let dir = project.build_dir();
    if dir.is_symlink() {
        return Err(AuthoringError::NotPlain { path: dir });
    }
    // Not its parents: a project that was moved away meanwhile is not begun anew.
    if !dir.exists() {
        std::fs::create_dir(&dir).map_err(AuthoringError::file("make", &dir))?;
    }
    all_plain(&dir)?;
    let _lock = Lock::take(&dir.join(".lock"), PATIENCE, say)?;
    let mut site = Site { project, tools, say };
    let component = match project.language {
        Language::Rust => rust::build(&mut site),
        Language::Python => python::build(&mut site),
        Language::TypeScript => typescript::build(&mut site),
        Language::C | Language::Cpp => c::build(&mut site),
        Language::Go => go::build(&mut site),
    }?;
    keep(&project.component(), &component)
}

/// Whoever wrote the sources may have left something in the directory of the build, too.
fn all_plain(dir: &Path) -> Result<(), AuthoringError> {
    for entry in std::fs::read_dir(dir).map_err(AuthoringError::file("list", dir))? {
        let entry = entry.map_err(AuthoringError::file("list", dir))?;
        let kind = entry.file_type().map_err(AuthoringError::file("look at", entry.path()))?;
        if !kind.is_file() && !kind.is_dir() {
            return Err(AuthoringError::NotPlain { path: entry.path() });
        }
    }
    Ok(())
}

/// Writes the component, unless the file holds the same: whoever watches it is not woken for nothing.
fn keep(path: &Path, component: &[u8]) -> Result<Built, AuthoringError> {
    let changed = std::fs::read(path).ok().as_deref() != Some(component);
    if changed {
        let partial = path.with_extension(format!("{}.partial", std::process::id()));
        std::fs::write(&partial, component)
            .and_then(|()| std::fs::rename(&partial, path))
            .map_err(AuthoringError::file("write", path))?;
    }
    let (size, digest) = (component.len() as u64, digest(component));
    Ok(Built { path: path.to_owned(), size, digest, changed })
}

fn digest(component: &[u8]) -> Digest {
    Digest::new(Sha256::digest(component).into())
}

/// What a step left in a file.
fn read(path: &Path) -> Result<Vec<u8>, AuthoringError> {
    std::fs::read(path).map_err(AuthoringError::file("read", path))
}

/// The same, for what nobody needs afterwards.
fn take(path: &Path) -> Result<Vec<u8>, AuthoringError> {
    let bytes = read(path)?;
    std::fs::remove_file(path).map_err(AuthoringError::file("remove", path))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_step_leaves_is_never_the_component() {
        let outer = tempfile::tempdir().unwrap();
        let dir = outer.path().join("go");
        std::fs::create_dir(&dir).unwrap();
        std::fs::write(dir.join("go.mod"), "module go\n").unwrap();
        let project = Project::open(&dir).unwrap();
        let tools = Tools::of_user(|_| Some(outer.path().to_owned())).unwrap();
        let site = Site { project: &project, tools: &tools, say: &mut |_| {} };
        assert_ne!(site.file("go.wasm"), project.component());
    }

    #[test]
    fn nothing_is_written_through_what_somebody_left() {
        let outer = tempfile::tempdir().unwrap();
        let precious = outer.path().join("precious");
        std::fs::write(&precious, "kept").unwrap();
        let dir = outer.path().join("job");
        std::fs::create_dir_all(dir.join("build")).unwrap();
        std::fs::write(dir.join("job.c"), "").unwrap();
        let project = Project::open(&dir).unwrap();
        let tools = Tools::of_user(|_| Some(outer.path().to_owned())).unwrap();
        let refused = |left: &Path| {
            let error = build(&project, &tools, &mut |_| {}).unwrap_err().to_string();
            let expect = format!("{} is a link or no plain file", left.display());
            assert!(error.starts_with(&expect), "{error}");
            assert_eq!(std::fs::read_to_string(&precious).unwrap(), "kept");
        };
        for name in [".lock", "wit", "job.wasm"] {
            let left = project.build_dir().join(name);
            std::os::unix::fs::symlink(&precious, &left).unwrap();
            refused(&left);
            std::fs::remove_file(&left).unwrap();
        }
        let pipe = project.build_dir().join("job.wasm");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        refused(&pipe);
        std::fs::remove_dir_all(project.build_dir()).unwrap();
        std::os::unix::fs::symlink(outer.path(), project.build_dir()).unwrap();
        refused(&project.build_dir());
    }

    #[test]
    fn a_project_that_was_moved_away_is_not_begun_anew() {
        let outer = tempfile::tempdir().unwrap();
        let dir = outer.path().join("job");
        std::fs::create_dir(&dir).unwrap();
        std::fs::write(dir.join("job.c"), "").unwrap();
        let project = Project::open(&dir).unwrap();
        std::fs::rename(&dir, outer.path().join("moved")).unwrap();
        let tools = Tools::of_user(|_| Some(outer.path().to_owned())).unwrap();
        let error = build(&project, &tools, &mut |_| {}).unwrap_err().to_string();
        assert!(error.starts_with("can't make ") && error.contains("job/build"), "{error}");
        assert!(!dir.exists());
    }
}
