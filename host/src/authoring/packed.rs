//! The SDKs, the templates of new projects and the WIT package, as they are packed into this program.

mod rust;

use std::borrow::Cow;
use std::path::Path;

use rust_embed::RustEmbed;

use super::Language;
use super::error::AuthoringError;

/// Where a project has its copy of the SDK.
pub(super) const VENDOR: &str = "tourbillon-sdk";

/// Everything under `sdk`, but for what was built there and what tests the SDKs themselves.
#[derive(RustEmbed)]
#[folder = "../sdk"]
#[exclude = "*/node_modules/*"]
#[exclude = "*/__pycache__/*"]
#[exclude = "*/target/*"]
#[exclude = "*/build/*"]
#[exclude = "*/.*_cache/*"]
#[exclude = "*.egg-info/*"]
#[exclude = "rust/tests/*"]
#[exclude = "python/tests/*"]
#[exclude = "typescript/tests/*"]
#[exclude = "c/tests/*"]
#[exclude = "cpp/tests/*"]
#[exclude = "go/wit_test.go"]
#[exclude = "go/manager_test.go"]
#[exclude = "go/config/*_test.go"]
#[exclude = "go/store/*_test.go"]
#[exclude = "*/BUILD.md"]
struct Sdk;

#[derive(RustEmbed)]
#[folder = "../wit"]
#[include = "*.wit"]
struct Wit;

/// One packed file.
#[derive(Debug)]
pub(super) struct Packed {
    /// Its path from the directory that was asked for.
    pub(super) path: String,
    pub(super) bytes: Cow<'static, [u8]>,
}

/// The files of a new project in a language.
pub(super) fn template(language: Language) -> Vec<Packed> {
    below(&format!("{language}/template/"))
}

/// The SDK of a language.
fn sdk(language: Language) -> Vec<Packed> {
    let files = below(&format!("{language}/"));
    files.into_iter().filter(|file| !file.path.starts_with("template/")).collect()
}

/// Writes the SDK that a project in a language needs into a directory. That of C++ stands on that of C.
pub(super) fn write_sdk(language: Language, dir: &Path) -> Result<(), AuthoringError> {
    let copy = |language, to: &Path| {
        sdk(language).into_iter().try_for_each(|file| write(&to.join(file.path), &file.bytes))
    };
    match language {
        Language::Rust => rust::write(dir),
        Language::Cpp => {
            copy(Language::C, &dir.join("c")).and_then(|()| copy(language, &dir.join("cpp")))
        }
        _ => copy(language, dir),
    }
}

fn below(prefix: &str) -> Vec<Packed> {
    let names = Sdk::iter().filter_map(|name| Some(name.strip_prefix(prefix)?.to_owned()));
    names
        .filter_map(|path| {
            let file = Sdk::get(&format!("{prefix}{path}"))?;
            Some(Packed { path, bytes: file.data })
        })
        .collect()
}

/// Writes the WIT package of managers into a directory.
pub(super) fn write_wit(dir: &Path) -> Result<(), AuthoringError> {
    for name in Wit::iter() {
        if let Some(file) = Wit::get(&name) {
            write(&dir.join(&*name), &file.data)?;
        }
    }
    Ok(())
}

/// Writes a file, and makes its directory.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), AuthoringError> {
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).map_err(AuthoringError::file("make", dir))?;
    }
    std::fs::write(path, bytes).map_err(AuthoringError::file("write", path))
}
