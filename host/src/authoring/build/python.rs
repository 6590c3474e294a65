//! Python: componentize-py runs the module's imports and keeps the result with an interpreter.
//!
//! What it leaves has imports that the SDK named otherwise, so that they were not cut off with Python's own;
//! the SDK's `tourbillon.build` knows how, and is what runs here.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::super::error::AuthoringError;
use super::super::{fingerprint, project};
use super::Site;
use crate::authoring::Language;

/// What `pyproject.toml` says to this program.
#[derive(Default, Deserialize)]
struct Manifest {
    #[serde(default)]
    tool: Tool,
}

#[derive(Default, Deserialize)]
struct Tool {
    #[serde(default)]
    tourbillon: Settings,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The module that exports the manager; otherwise it has the project's name.
    #[serde(default, deserialize_with = "module")]
    module: Option<String>,
}

/// What Python can import: a program would take another text for one of its options.
fn module<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(from)?;
    let part = |part: &str| {
        part.starts_with(|c: char| c == '_' || c.is_alphabetic())
            && part.chars().all(|c| c == '_' || c.is_alphanumeric())
    };
    if text.split('.').all(part) {
        return Ok(Some(text));
    }
    let why = format!(
        "module = {text:?}: write the name of a module, such as \"servers\" or \"acme.servers\""
    );
    Err(D::Error::custom(why))
}

pub(super) fn build(site: &mut Site<'_>) -> Result<Vec<u8>, AuthoringError> {
    let program = site.tools.file(Language::Python, "componentize-py", "bin/componentize-py")?;
    let tool = site.tools.dir_of("componentize-py")?;
    let bin = program.parent().map_or_else(PathBuf::new, PathBuf::from);
    let manifest = site.project.dir.join("pyproject.toml");
    let settings = settings(&project::read(&manifest)?);
    let settings = settings.map_err(|e| AuthoringError::Output {
        what: manifest.display().to_string(),
        why: e.message().to_owned(),
    })?;
    let name = site.project.name.as_str();
    let module = settings.module.unwrap_or_else(|| name.replace(['-', '.'], "_"));
    let sdk = site.sdk()?;
    // No two snapshots of an interpreter are alike, and one takes its time: none where nothing changed.
    let version = format!("{} {}", env!("CARGO_PKG_VERSION"), tool.display());
    let mut more = site.project.beside();
    more.extend(env::var_os("VIRTUAL_ENV").into_iter().flat_map(|venv| packages(Path::new(&venv))));
    let dirs = [&site.project.dir, &sdk].into_iter().chain(&more).map(PathBuf::as_path);
    let sources = fingerprint::of(&dirs.collect::<Vec<_>>(), &version)?;
    let stamp = site.file("python.sources");
    let built = std::fs::read(site.project.component()).unwrap_or_default();
    let of = |component: &[u8]| format!("{sources} {}", super::digest(component));
    if std::fs::read_to_string(&stamp).ok().is_some_and(|stamp| of(&built) == stamp) {
        return Ok(built);
    }
    (site.say)("making a component with componentize-py (some 20 s)");
    let out = site.file("python.wasm");
    let path = |first: Vec<PathBuf>, rest: OsString| {
        env::join_paths(first.into_iter().chain(env::split_paths(&rest))).unwrap_or(rest)
    };
    site.tools
        .run("python3")
        .args(["-m", "tourbillon.build", "-p", ".", "-o"])
        .args([out.as_os_str(), module.as_ref()])
        .env("PATH", path(vec![bin], env::var_os("PATH").unwrap_or_default()))
        // Not the caller's: what it leads to would be no part of the fingerprint.
        .env("PYTHONPATH", path(vec![sdk, tool], OsString::new()))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .within(&site.project.dir)
        .run("making a component of the manager")?;
    let component = super::take(&out)?;
    std::fs::write(&stamp, of(&component)).map_err(AuthoringError::file("write", &stamp))?;
    Ok(component)
}

/// Where a virtual environment has its packages.
fn packages(venv: &Path) -> Vec<PathBuf> {
    let versions = std::fs::read_dir(venv.join("lib")).into_iter().flatten().flatten();
    let found = versions.map(|version| version.path().join("site-packages"));
    let mut found: Vec<_> = found.filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

fn settings(manifest: &str) -> Result<Settings, toml::de::Error> {
    Ok(toml::from_str::<Manifest>(manifest)?.tool.tourbillon)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_without_the_characters_that_it_is_made_of() {
        let why = settings("[tool.tourbillon]\n\"\\u001b[31mfoo\\u202e\" = 1").unwrap_err();
        let told = AuthoringError::Output { what: "a\u{9b}".into(), why: why.to_string() };
        assert!(!told.to_string().contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{told}");
    }

    #[test]
    fn an_environments_packages_are_among_the_sources() {
        let venv = tempfile::tempdir().unwrap();
        assert!(packages(venv.path()).is_empty());
        let dir = venv.path().join("lib/python3.14/site-packages");
        std::fs::create_dir_all(&dir).unwrap();
        assert_eq!(packages(venv.path()), [dir]);
    }

    #[test]
    fn the_module_is_told_or_has_the_projects_name() {
        let module = |text: &str| settings(text).map(|settings| settings.module);
        assert_eq!(module("[project]\nname = 'a'").unwrap(), None);
        let told = module("[tool.tourbillon]\nmodule = 'servers'\n[tool.mypy]\nstrict = true");
        assert_eq!(told.unwrap().as_deref(), Some("servers"));
        assert!(module("[tool.tourbillon]\nmodul = 'servers'").is_err());
        assert!(module("[tool.tourbillon]\nmodule = 'acme.größe_2'").is_ok());
        for text in ["--help", "", "a..b", "a b", "2a", "a/b"] {
            let manifest = format!("[tool.tourbillon]\nmodule = '{text}'");
            let why = module(&manifest).unwrap_err();
            assert!(why.message().contains("name of a module"), "{why}");
        }
    }
}
