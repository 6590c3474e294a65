//! A directory of sources: what language it is in, and what its component will be called.
//!
//! Reads what the language's own tools read, and writes nothing.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Language;
use super::error::AuthoringError;
use crate::files;
use crate::types::{ByteSize, ManagerName};

/// The directory, in a project, in which everything is that building it leaves.
const BUILD: &str = "build";

/// The most bytes of a manifest, in which a name is looked for.
const MANIFEST: ByteSize = ByteSize::new(1 << 20);

/// A directory of sources.
#[derive(Debug, Clone)]
pub struct Project {
    /// Where it is.
    pub dir: PathBuf,
    /// What it is written in.
    pub language: Language,
    /// What its component is called, and, unless told otherwise, its manager.
    pub name: ManagerName,
}

impl Project {
    /// Looks at a directory.
    pub fn open(dir: &Path) -> Result<Self, AuthoringError> {
        let dir = dir.canonicalize().map_err(|source| match source.kind() {
            ErrorKind::NotFound => AuthoringError::NotThere { dir: dir.to_owned() },
            _ => AuthoringError::file("find", dir)(source),
        })?;
        if !dir.is_dir() {
            let remedy = "name the directory of a manager's sources, in which it lies";
            return Err(AuthoringError::NotADirectory { path: dir, remedy });
        }
        let Some(language) = Language::of(&dir) else {
            return Err(AuthoringError::NoLanguage { dir });
        };
        let name = name(&dir, language)?;
        Ok(Self { dir, language, name })
    }

    /// The file that a build leaves.
    pub fn component(&self) -> PathBuf {
        self.build_dir().join(format!("{}.wasm", self.name))
    }

    /// Directories elsewhere of which it is built too: those that a Python project's files `*.pth` name.
    pub fn beside(&self) -> Vec<PathBuf> {
        if self.language == Language::Python { more_paths(&self.dir) } else { Vec::new() }
    }

    /// The directory in which everything is that a build leaves.
    pub fn build_dir(&self) -> PathBuf {
        self.dir.join(BUILD)
    }
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct CargoManifest {
    package: Option<Named>,
}

#[derive(Deserialize)]
struct PythonProject {
    project: Option<Named>,
}

/// The name that the project has for the language's tools; for C and C++, which have none, the directory's.
fn name(dir: &Path, language: Language) -> Result<ManagerName, AuthoringError> {
    let place = match language {
        Language::C | Language::Cpp => dir.to_owned(),
        _ => dir.join(language.mark()),
    };
    let wrong = |why: String| AuthoringError::NoName { place: place.clone(), why };
    let found = match language {
        Language::C | Language::Cpp => dir.file_name().map(|n| n.to_string_lossy().into_owned()),
        Language::Rust => {
            let manifest: CargoManifest =
                toml::from_str(&read(&place)?).map_err(|e| wrong(e.message().to_owned()))?;
            if manifest.package.is_none() {
                return Err(wrong(
                    "it is a workspace: name the directory of the member that is a manager".into(),
                ));
            }
            manifest.package.map(|package| package.name)
        }
        Language::Python => {
            let manifest: PythonProject =
                toml::from_str(&read(&place)?).map_err(|e| wrong(e.message().to_owned()))?;
            manifest.project.map(|project| project.name)
        }
        Language::TypeScript => {
            let manifest: Named =
                serde_json::from_str(&read(&place)?).map_err(|e| wrong(e.to_string()))?;
            // A scope is the publisher's name, not the package's.
            manifest.name.rsplit('/').next().map(str::to_owned)
        }
        Language::Go => {
            let text = read(&place)?;
            let module = text.lines().find_map(|line| line.trim().strip_prefix("module "));
            module.and_then(|path| path.trim().rsplit('/').next().map(str::to_owned))
        }
    };
    let found = found.ok_or_else(|| wrong("it gives the project no name".to_owned()))?;
    ManagerName::new(&found)
        .map_err(|e| wrong(format!("the component is called after the project, but {e}")))
}

/// A manifest's text.
pub(super) fn read(path: &Path) -> Result<String, AuthoringError> {
    files::read_text(path, MANIFEST).map_err(|error| AuthoringError::unread(path, error))
}

/// The directories beside a project's own in which its modules are looked for: those that its files `*.pth`
/// name, but for those in which the project itself lies. What is wrong with them the SDK's program tells.
fn more_paths(dir: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found = Vec::new();
    let named = |file: &PathBuf| file.extension().is_some_and(|e| e == "pth") && file.is_file();
    for file in files.filter(named) {
        let text = read(&file).unwrap_or_default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        found.extend(lines.map(|line| dir.join(line)).filter(|path| path.is_dir()));
        // One file may name the same a hundred thousand times.
        found.sort();
        found.dedup();
    }
    let here = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    found.retain(|path| path.canonicalize().is_ok_and(|path| !here.starts_with(path)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_looked_for_where_a_file_says_so() {
        let outer = tempfile::tempdir().unwrap();
        let (dir, base) = (outer.path().join("job"), outer.path().join("base"));
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::create_dir_all(&base).unwrap();
        std::fs::write(
            dir.join("paths.pth"),
            "# the base\n\n../base\n../nowhere\n/\n..\n.\n../base\n",
        )
        .unwrap();
        assert_eq!(more_paths(&dir), [dir.join("../base")]);
    }

    fn opened(file: &str, text: &str) -> Result<String, String> {
        let outer = tempfile::tempdir().unwrap();
        let dir = outer.path().join("the-dir");
        std::fs::create_dir(&dir).unwrap();
        std::fs::write(dir.join(file), text).unwrap();
        let opened = Project::open(&dir).map(|project| project.name.to_string());
        opened.map_err(|e| e.to_string().replace(&outer.path().display().to_string(), "OUT"))
    }

    #[test]
    fn what_is_no_directory_is_told_as_what_it_is() {
        let outer = tempfile::tempdir().unwrap();
        let check = |name: &str, expect: &str| {
            let error = Project::open(&outer.path().join(name)).unwrap_err().to_string();
            let error = error.replace(&outer.path().display().to_string(), "OUT");
            assert!(error.starts_with(expect), "{error}");
        };
        std::fs::write(outer.path().join("a.py"), "").unwrap();
        check("a.py", "OUT/a.py is a file: name the directory");
        check("none", "there is no directory OUT/none: name one");
        check("a.py/b", "can't find OUT/a.py/b: Not a directory");
    }

    #[test]
    fn a_project_is_called_as_its_own_tools_call_it() {
        let check = |file, text, expect: &str| assert_eq!(opened(file, text).unwrap(), expect);
        check("Cargo.toml", "[package]\nname = 'janitor'", "janitor");
        check("pyproject.toml", "[project]\nname = 'janitor'\nversion = '1'", "janitor");
        check("package.json", r#"{"name": "@acme/janitor", "version": "1.0.0"}"#, "janitor");
        check("go.mod", "module example.com/acme/janitor\n\ngo 1.27\n", "janitor");
        check("janitor.c", "", "the-dir");
        check("janitor.cpp", "", "the-dir");
    }

    #[test]
    fn a_project_without_a_name_is_told_what_is_wrong() {
        let check = |file: &str, text: &str, expect: &str| {
            let error = opened(file, text).unwrap_err();
            assert!(error.contains(expect), "{error}");
        };
        check("Cargo.toml", "[workspace]\nmembers = []", "it is a workspace");
        check(
            "pyproject.toml",
            "[tool.x]",
            "OUT/the-dir/pyproject.toml: it gives the project no name",
        );
        check("package.json", "{}", "missing field `name`");
        check("go.mod", "go 1.27", "no name");
        check("package.json", r#"{"name": "No Good"}"#, "called after the project, but");
        let long = " ".repeat(1 << 21);
        check("package.json", long.as_str(), "it has more than 1.0 MiB");
        check(
            "README.md",
            "",
            "OUT/the-dir holds no manager that I can build: I looked for Cargo.toml",
        );
    }
}
