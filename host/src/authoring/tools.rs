//! The compilers of other people: in which version, where they lie, and what brings them.
//!
//! The versions stand in `sdk/tools.toml` and nowhere else. A tool has a directory of its own in the
//! user's cache, named after its version, so that a project is built by the same one everywhere and
//! nothing that is installed for other purposes is touched or trusted. Brings nothing itself.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Language;
use super::error::AuthoringError;
use super::process::{Run, Running};

/// The versions.
const PINS: &str = include_str!("../../../sdk/tools.toml");

/// Where tools lie, and which ones they are.
#[derive(Debug)]
pub struct Tools {
    /// The directory of all tools.
    dir: PathBuf,
    /// Where the guest toolchains of Debian's packages lie.
    cache: PathBuf,
    pins: BTreeMap<String, Pin>,
    running: Running,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pin {
    registry: Registry,
    version: String,
    #[allow(dead_code, reason = "what brings the tools reads it, and the test below")]
    languages: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Registry {
    Pypi,
    Npm,
}

impl Tools {
    /// The tools in the cache of the user whose environment this is.
    pub fn of_user(var: impl Fn(&str) -> Option<PathBuf>) -> Result<Self, AuthoringError> {
        let base = var("XDG_CACHE_HOME").filter(|path| path.is_absolute());
        let base = base.or_else(|| Some(var("HOME")?.join(".cache")));
        let cache = base.ok_or_else(|| AuthoringError::Output {
            what: "can't tell where tools are kept".to_owned(),
            why: "neither XDG_CACHE_HOME nor HOME is set".to_owned(),
        })?;
        let cache = cache.join("tourbillon");
        let pins = toml::from_str(PINS).map_err(|e| AuthoringError::Output {
            what: "the versions of tools".to_owned(),
            why: e.to_string(),
        })?;
        Ok(Self { dir: cache.join("tools"), cache, pins, running: Running::default() })
    }

    /// Those of them that run at present.
    pub fn running(&self) -> Running {
        self.running.clone()
    }

    /// A run of a program.
    pub(super) fn run(&self, program: impl AsRef<OsStr>) -> Run {
        Run::new(program, &self.running)
    }

    /// A file of a tool, which is there, or an error that says what brings it.
    pub(super) fn file(
        &self,
        language: Language,
        tool: &str,
        file: &str,
    ) -> Result<PathBuf, AuthoringError> {
        let path = self.dir_of(tool)?.join(file);
        if path.exists() {
            return Ok(path);
        }
        let pin = self.pin(tool)?;
        Err(AuthoringError::MissingTool {
            language,
            tool: format!("{tool} {}", pin.version),
            command: bring(pin.registry, tool, &pin.version, &self.dir_of(tool)?),
        })
    }

    /// Whether all files of some tools are there; the error says what brings those that are not.
    pub(super) fn all(
        &self,
        language: Language,
        files: &[(&str, String)],
    ) -> Result<(), AuthoringError> {
        let found = files.iter().map(|(tool, file)| self.file(language, tool, file));
        let missing = found.filter_map(Result::err).reduce(|first, second| match (first, second) {
            (
                AuthoringError::MissingTool { tool, command, .. },
                AuthoringError::MissingTool { tool: other, command: more, .. },
            ) => {
                let (tool, command) =
                    (format!("{tool} and {other}"), format!("{command}\n  {more}"));
                AuthoringError::MissingTool { language, tool, command }
            }
            (first, _) => first,
        });
        missing.map_or(Ok(()), Err)
    }

    /// The directory of a tool.
    pub(super) fn dir_of(&self, tool: &str) -> Result<PathBuf, AuthoringError> {
        Ok(self.dir.join(format!("{tool}-{}", self.pin(tool)?.version)))
    }

    fn pin(&self, tool: &str) -> Result<&Pin, AuthoringError> {
        self.pins.get(tool).ok_or_else(|| AuthoringError::Output {
            what: format!("the version of {tool}"),
            why: "sdk/tools.toml does not name it".to_owned(),
        })
    }

    /// Compilers of Rust for guests that `cargo xtask toolchain` made, the newest first.
    pub(super) fn made_compilers(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.cache).into_iter().flatten().flatten();
        let mut found: Vec<_> = entries
            .filter(|e| e.file_name().to_string_lossy().starts_with("guest-toolchain-r"))
            .map(|entry| entry.path().join("bin/rustc"))
            .filter(|rustc| rustc.is_file())
            .collect();
        found.sort();
        found.reverse();
        found
    }
}

/// The command that brings a tool.
fn bring(registry: Registry, tool: &str, version: &str, dir: &Path) -> String {
    let dir = dir.display();
    match registry {
        Registry::Pypi => format!("python3 -m pip install --target '{dir}' {tool}=={version}"),
        Registry::Npm => {
            format!("npm install --prefix '{dir}' --ignore-scripts --no-save {tool}@{version}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_that_is_not_there_is_named_with_what_brings_it() {
        let home = tempfile::tempdir().unwrap();
        let var = |name: &str| (name == "HOME").then(|| home.path().to_owned());
        let tools = Tools::of_user(var).unwrap();
        let check = |tool, language, file: &str, expect: &str| {
            let error = tools.file(language, tool, file).unwrap_err().to_string();
            let error = error.replace(&home.path().display().to_string(), "~");
            assert_eq!(error, expect);
        };
        check(
            "ziglang",
            Language::Cpp,
            "ziglang/zig",
            "C++ needs ziglang 0.17.0, which is not there; this brings it:\n\n  python3 -m pip install \
             --target '~/.cache/tourbillon/tools/ziglang-0.17.0' ziglang==0.17.0\n",
        );
        check(
            "esbuild",
            Language::TypeScript,
            "node_modules",
            "TypeScript needs esbuild 0.28.2, which is not there; this brings it:\n\n  npm install --prefix \
             '~/.cache/tourbillon/tools/esbuild-0.28.2' --ignore-scripts --no-save esbuild@0.28.2\n",
        );
        let both = [("esbuild", "x".to_owned()), ("componentize-qjs", "x".to_owned())];
        let error = tools.all(Language::TypeScript, &both).unwrap_err().to_string();
        assert!(
            error.starts_with("TypeScript needs esbuild 0.28.2 and componentize-qjs"),
            "{error}"
        );
        assert_eq!(error.matches("npm install").count(), 2, "{error}");
        let there = home.path().join(".cache/tourbillon/tools/ziglang-0.17.0/ziglang/zig");
        std::fs::create_dir_all(there.parent().unwrap()).unwrap();
        std::fs::write(&there, "").unwrap();
        assert_eq!(tools.file(Language::C, "ziglang", "ziglang/zig").unwrap(), there);
    }

    #[test]
    fn the_versions_are_for_languages_that_there_are() {
        let tools = Tools::of_user(|_| Some(PathBuf::from("/home"))).unwrap();
        for (tool, pin) in &tools.pins {
            assert!(!pin.languages.is_empty(), "{tool}");
            for language in &pin.languages {
                language.parse::<Language>().unwrap();
            }
        }
    }
}
