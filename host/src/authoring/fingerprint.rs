//! Whether sources are those of an earlier build: a digest over the files of directories.
//!
//! For builds that take long and leave other bytes every time. Whoever's tools know themselves what has
//! changed needs none of this.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::error::AuthoringError;

/// Directories of a project in which nobody writes sources.
pub const NO_SOURCES: &[&str] =
    &["build", "target", "node_modules", ".git", "__pycache__", "scenarios"];

/// Directories at the root of a project that no build takes anything from. Further down a name means nothing:
/// `target` may be a package of the author's.
const AT_ROOT: &[&str] = &["build", ".git", "scenarios"];

/// The most files that are looked at; a project with more is always built.
const MOST: usize = 20_000;

/// The digest of all that is in some directories, and of a text; `None` where it is too much.
pub(super) fn of(dirs: &[&Path], text: &str) -> Result<Option<String>, AuthoringError> {
    let mut digest = Sha256::new();
    digest.update(text);
    for dir in dirs {
        let mut files = Vec::new();
        if !collect(dir, AT_ROOT, &mut files)? {
            return Ok(None);
        }
        files.sort();
        for file in files {
            let bytes = std::fs::read(&file).map_err(AuthoringError::file("read", &file))?;
            let name = file.strip_prefix(dir).unwrap_or(&file).to_string_lossy();
            // Lengths first, so that no two lists of files read alike.
            digest.update((name.len() as u64).to_le_bytes());
            digest.update(name.as_bytes());
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        }
    }
    let digest: [u8; 32] = digest.finalize().into();
    Ok(Some(crate::types::Digest::new(digest).to_string()))
}

/// Whether all files below a directory found room in the list. Links are not followed out of it.
fn collect(dir: &Path, but: &[&str], files: &mut Vec<PathBuf>) -> Result<bool, AuthoringError> {
    for entry in std::fs::read_dir(dir).map_err(AuthoringError::file("list", dir))? {
        let entry = entry.map_err(AuthoringError::file("list", dir))?;
        let kind = entry.file_type().map_err(AuthoringError::file("look at", entry.path()))?;
        let name = entry.file_name();
        if name == "__pycache__" || but.iter().any(|but| name == *but) {
            continue;
        }
        if files.len() == MOST || kind.is_dir() && !collect(&entry.path(), &[], files)? {
            return Ok(false);
        }
        if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_a_source_is_seen_and_what_a_build_writes_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let now = || of(&[dir.path()], "1").unwrap().unwrap();
        write("src/a.py", "a");
        let first = now();
        write("build/x.wasm", "x");
        write("src/__pycache__/a.pyc", "x");
        assert_eq!(now(), first);
        write("src/target/a.py", "n");
        assert_ne!(now(), first, "a package may be called like a directory of builds");
        write("src/a.py", "b");
        let second = now();
        assert_ne!(second, first);
        write("src/b.py", "");
        assert_ne!(now(), second);
        assert_ne!(of(&[dir.path()], "2").unwrap().unwrap(), now());
    }
}
