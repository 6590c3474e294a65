//! Reads a component's file, and looks at its first bytes before anybody pays for more.
//!
//! Knows nothing of what is inside but the eight bytes of the preamble.

use std::path::Path;
use std::sync::Arc;

use super::LoadError;
use crate::files::{self, FileError};
use crate::types::{ByteSize, LoadLimits, harmless_line};

/// Every WebAssembly binary starts so.
const MAGIC: &[u8] = b"\0asm";

/// The version and layer of a core module.
const CORE: &[u8] = &[1, 0, 0, 0];

/// The version and layer of a component.
const COMPONENT: &[u8] = &[13, 0, 1, 0];

const WRAP: &str = "wrap it: `wasm-tools component new MODULE.wasm -o COMPONENT.wasm`";
const GIVE: &str = "give the .wasm file of a component";

/// Reads a component's file, at most as many bytes as a component may have.
pub fn read_component(path: &Path, limits: &LoadLimits) -> Result<Arc<[u8]>, LoadError> {
    let bytes = files::read(path, limits.component).map_err(|error| match error {
        FileError::TooLong { size, most } => LoadError::TooBig {
            what: harmless_line(&path.display().to_string(), 300),
            size: ByteSize::new(size),
            limit: most,
        },
        error => {
            let remedy = match error {
                FileError::System(_) => "check the path and that you may read it",
                _ => GIVE,
            };
            LoadError::Read { path: path.to_owned(), why: error.to_string(), remedy }
        }
    })?;
    Ok(bytes.into())
}

/// What the first bytes say, before a process is started for the rest.
pub(super) fn precheck(bytes: &[u8], limits: &LoadLimits) -> Result<(), LoadError> {
    if bytes.len() > limits.component.as_usize() {
        return Err(LoadError::TooBig {
            what: "the component".into(),
            size: ByteSize::new(bytes.len() as u64),
            limit: limits.component,
        });
    }
    let not = |why: &str, remedy| Err(LoadError::NotAComponent { why: why.into(), remedy });
    let Some((magic, rest)) = bytes.split_at_checked(MAGIC.len()) else {
        return not("it has fewer than eight bytes", GIVE);
    };
    match (magic, rest.get(..4)) {
        (MAGIC, None) => not("it ends within its first eight bytes", GIVE),
        (MAGIC, Some(COMPONENT)) => Ok(()),
        (MAGIC, Some(CORE)) => not("it is a core module, not a component", WRAP),
        (MAGIC, Some(_)) => not(
            "it is of a version of WebAssembly or of components that this host does not know",
            "build it with a current toolchain",
        ),
        (b"(mod" | b"(com", _) => {
            not("it is WebAssembly text", "translate it: `wasm-tools parse FILE.wat -o FILE.wasm`")
        }
        (b"\x7fELF", _) => not("it is a native program or compiled code", GIVE),
        _ => not("its first bytes are not those of WebAssembly", GIVE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(component: u64) -> LoadLimits {
        LoadLimits { component: ByteSize::new(component), ..LoadLimits::default() }
    }

    #[test]
    fn the_first_bytes_tell_what_a_file_is() {
        let check = |bytes: &[u8], expect: &str| {
            let said =
                precheck(bytes, &limits(100)).map_or_else(|e| e.to_string(), |()| "ok".into());
            assert!(said.contains(expect), "{bytes:?}: {said}");
        };
        check(b"", "fewer than eight bytes");
        check(b"\0as", "fewer than eight bytes");
        check(b"\0asm\x0d", "ends within its first eight bytes");
        check(b"\0asm\x01\0\0\0", "it is a core module, not a component; wrap it");
        check(b"\0asm\x0d\0\x01\0rest", "ok");
        check(b"\0asm\x0e\0\x01\0", "a version of WebAssembly");
        check(b"(module)", "it is WebAssembly text");
        check(b"\x7fELF\x02\x01\x01\0", "it is a native program");
        check(b"#!/bin/sh\n", "its first bytes are not those of WebAssembly");
        check(&[0; 101], "it has 101 B and a component may have 100 B");
    }

    #[test]
    fn what_is_no_plain_file_of_bounded_size_is_refused_without_blocking() {
        let dir = tempfile::tempdir().unwrap();
        let check = |path: &Path, expect: &str| {
            let said = read_component(path, &limits(10))
                .map_or_else(|e| e.to_string(), |b| format!("{} bytes", b.len()));
            assert!(said.contains(expect), "{path:?}: {said}");
        };
        let file = dir.path().join("a.wasm");
        std::fs::write(&file, [7; 10]).unwrap();
        check(&file, "10 bytes");
        std::fs::write(&file, [7; 11]).unwrap();
        check(&file, "it has 11 B and a component may have 10 B");
        check(dir.path(), "it is a directory; give the .wasm file");
        check(Path::new("/dev/zero"), "it is no regular file");
        check(&dir.path().join("none"), "No such file or directory (os error 2); check the path");
        let fifo = dir.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status().unwrap();
        assert!(made.success());
        check(&fifo, "it is no regular file");
    }
}
