//! Where things are. Asks the environment and nothing else; makes no directory.

use std::path::PathBuf;

/// The root of the repository: the parent of this crate. As Cargo says it now: with one target directory for two
/// clones, this may be a program that was compiled in the other one.
pub(crate) fn root() -> PathBuf {
    let here = non_empty("CARGO_MANIFEST_DIR");
    let here = here.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    here.parent().unwrap_or(&here).to_owned()
}

/// Cargo's target directory.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(directory) if !directory.is_empty() => root().join(directory),
        _ => root().join("target"),
    }
}

/// Where the components of the examples go.
pub(crate) fn guests_out() -> PathBuf {
    target().join("guests")
}

/// Cargo's home, where registries keep their sources.
pub(crate) fn cargo_home() -> Option<PathBuf> {
    non_empty("CARGO_HOME").or_else(|| Some(non_empty("HOME")?.join(".cargo")))
}

/// The directory in which this user keeps what can be made again.
pub(crate) fn user_cache() -> Option<PathBuf> {
    let base = non_empty("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    let base = base.or_else(|| Some(non_empty("HOME")?.join(".cache")))?;
    Some(base.join("tourbillon"))
}

fn non_empty(variable: &str) -> Option<PathBuf> {
    let value = std::env::var_os(variable)?;
    (!value.is_empty()).then(|| value.into())
}
