//! Whether sources are those of an earlier build: a digest over the files of directories.
//!
//! For builds that take long and leave other bytes every time. Whoever's tools know themselves what has
//! changed needs none of this.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::error::AuthoringError;
use crate::files::{self, FileError};
use crate::types::ByteSize;

/// Directories of a project in which nobody writes sources.
pub const NO_SOURCES: &[&str] =
    &["build", "target", "node_modules", ".git", "__pycache__", "scenarios"];

/// What no build takes anything from, at the root of a project: tests, an environment that is not in use (one that
/// is has its packages looked at by themselves), what tools keep there. Further down a name means nothing: `target`
/// may be a package of the author's.
const AT_ROOT: &[&str] = &[
    "build",
    "scenarios",
    "tests",
    "README.md",
    ".git",
    ".gitignore",
    ".venv",
    ".idea",
    ".vscode",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
];

/// The most files that are looked at, and the most bytes of all of them: some seconds of reading.
const MOST: Limits = Limits { files: 50_000, bytes: ByteSize::new(1 << 30) };

/// So much is read at once.
const PIECE: usize = 256 << 10;

/// What all sources together may be.
#[derive(Debug, Clone, Copy)]
struct Limits {
    files: usize,
    bytes: ByteSize,
}

/// The digest of all that is in some directories, and of a text.
pub(super) fn of(dirs: &[&Path], text: &str) -> Result<String, AuthoringError> {
    within(dirs, text, MOST)
}

fn within(dirs: &[&Path], text: &str, most: Limits) -> Result<String, AuthoringError> {
    let mut digest = Sha256::new();
    digest.update(text);
    let mut seen = Seen { most, files: 0, bytes: 0 };
    for dir in dirs {
        let mut files = Vec::new();
        seen.collect(dir, AT_ROOT, &mut files)?;
        files.sort();
        for file in files {
            let name = file.strip_prefix(dir).unwrap_or(&file).to_string_lossy();
            // The length first, so that no two lists of files read alike.
            digest.update((name.len() as u64).to_le_bytes());
            digest.update(name.as_bytes());
            digest.update(seen.content(&file)?);
        }
    }
    let digest: [u8; 32] = digest.finalize().into();
    Ok(crate::types::Digest::new(digest).to_string())
}

/// How much was looked at so far.
struct Seen {
    most: Limits,
    files: usize,
    bytes: u64,
}

impl Seen {
    /// Lists all files below a directory. Links are not followed out of it.
    fn collect(
        &mut self,
        dir: &Path,
        but: &[&str],
        to: &mut Vec<PathBuf>,
    ) -> Result<(), AuthoringError> {
        for entry in std::fs::read_dir(dir).map_err(AuthoringError::file("list", dir))? {
            let entry = entry.map_err(AuthoringError::file("list", dir))?;
            let kind = entry.file_type().map_err(AuthoringError::file("look at", entry.path()))?;
            let name = entry.file_name();
            if name == "__pycache__" || but.iter().any(|but| name == *but) {
                continue;
            }
            if kind.is_dir() {
                self.collect(&entry.path(), &[], to)?;
            } else if kind.is_file() {
                self.files += 1;
                if self.files > self.most.files {
                    return Err(self.too_much(&entry.path(), self.most.files.to_string()));
                }
                to.push(entry.path());
            }
        }
        Ok(())
    }

    /// The digest of what is in a file, read a piece at a time. What grows meanwhile counts as it grows.
    fn content(&mut self, path: &Path) -> Result<[u8; 32], AuthoringError> {
        let unread = |error: FileError| AuthoringError::unread(path, error);
        let mut file = files::open(path).map_err(unread)?;
        let mut digest = Sha256::new();
        let mut piece = vec![0; PIECE];
        loop {
            let read = file.read(&mut piece).map_err(FileError::from).map_err(unread)?;
            if read == 0 {
                return Ok(digest.finalize().into());
            }
            self.bytes = self.bytes.saturating_add(read as u64);
            if self.bytes > self.most.bytes.get() {
                return Err(self.too_much(path, self.most.bytes.to_string()));
            }
            digest.update(&piece[..read]);
        }
    }

    fn too_much(&self, file: &Path, most: String) -> AuthoringError {
        AuthoringError::TooMuch { file: file.to_owned(), files: self.files, most }
    }
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
        let now = || of(&[dir.path()], "1").unwrap();
        write("src/a.py", "a");
        let first = now();
        write("build/x.wasm", "x");
        write("src/__pycache__/a.pyc", "x");
        write("tests/test_a.py", "x");
        write(".venv/lib/x.py", "x");
        write("README.md", "x");
        assert_eq!(now(), first);
        write("src/target/a.py", "n");
        assert_ne!(now(), first, "a package may be called like a directory of builds");
        let second = now();
        write("src/tests/a.py", "n");
        assert_ne!(now(), second, "or of tests");
        write("src/a.py", "b");
        let second = now();
        assert_ne!(second, first);
        write("src/b.py", "");
        assert_ne!(now(), second);
        assert_ne!(of(&[dir.path()], "2").unwrap(), now());
        // What is longer than a piece is all looked at, and lengths count.
        write("src/long", &"x".repeat(2 * PIECE));
        let long = now();
        write("src/long", &"x".repeat(2 * PIECE + 1));
        assert_ne!(now(), long);
    }

    #[test]
    fn what_is_too_large_is_named_and_never_held() {
        let dir = tempfile::tempdir().unwrap();
        let (first, large) = (dir.path().join("a.py"), dir.path().join("b.dat"));
        std::fs::write(&first, "a").unwrap();
        // Sparse, and more than any memory.
        std::fs::File::create(&large).unwrap().set_len(1 << 40).unwrap();
        let most = Limits { files: 2, bytes: ByteSize::new(1 << 20) };
        let told = within(&[dir.path()], "", most).unwrap_err().to_string();
        let named =
            format!("with {} there are 2 files and more than 1.0 MiB; move", large.display());
        assert!(told.contains(&named), "{told}");
        let told = within(&[dir.path()], "", Limits { files: 1, ..most }).unwrap_err().to_string();
        assert!(told.contains("there are 2 files and more than 1;"), "{told}");
    }
}
