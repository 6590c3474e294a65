//! The directory of the cache: checked once, held open, and never again reached through its path.
//!
//! Every file in it is opened relative to the held directory and without following links, checked
//! through its descriptor, and read or written through that same descriptor. Knows nothing of what
//! files contain.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::CacheError;
use super::key::{errno, system};
use crate::types::ByteSize;

/// How files end that are whole.
const WHOLE: &str = ".code";

/// How files end that are being written.
const PARTIAL: &str = ".part";

/// The held directory.
#[derive(Debug)]
pub(super) struct Dir {
    fd: OwnedFd,
    path: PathBuf,
}

/// One file, as its directory lists it.
struct Entry {
    name: String,
    size: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
}

impl Dir {
    /// Opens a directory, made where it is missing, and refuses one that others may write.
    pub(super) fn open(path: &Path) -> Result<Self, CacheError> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|e| system("make the directory", path)(errno(&e)))?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::open(path, flags, Mode::empty())
            .map_err(system("open the directory (a link is not followed)", path))?;
        let stat = rustix::fs::fstat(&fd).map_err(system("look at", path))?;
        let refuse = |why| CacheError::NotOurs {
            path: path.to_owned(),
            why,
            remedy: "choose another directory, or make this one yours alone: chown and chmod 0700",
        };
        if stat.st_uid != rustix::process::geteuid().as_raw() {
            return Err(refuse("belongs to another user"));
        }
        if stat.st_mode & 0o7777 != 0o700 {
            return Err(refuse("is not of mode 0700: others may reach into it"));
        }
        Ok(Self { fd, path: path.to_owned() })
    }

    /// The path of a file in it, for messages.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The bytes of a file; `None` if there is none.
    pub(super) fn read(&self, name: &str, limit: ByteSize) -> Result<Option<Vec<u8>>, CacheError> {
        let path = self.path(name);
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = match rustix::fs::openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => File::from(fd),
            Err(Errno::NOENT) => return Ok(None),
            Err(e) => return Err(system("open", &path)(e)),
        };
        let meta = file.metadata().map_err(|e| system("look at", &path)(errno(&e)))?;
        let bad = |why| CacheError::Contents { path: path.clone(), why };
        if !meta.is_file() {
            return Err(bad("is not a regular file"));
        }
        if meta.uid() != rustix::process::geteuid().as_raw() {
            return Err(bad("belongs to another user"));
        }
        if meta.mode() & 0o7777 != 0o600 {
            return Err(bad("is not of mode 0600"));
        }
        if meta.len() > limit.get() {
            return Err(bad("is larger than the whole cache may be"));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0));
        file.take(limit.get())
            .read_to_end(&mut bytes)
            .map_err(|e| system("read", &path)(errno(&e)))?;
        Ok(Some(bytes))
    }

    /// Writes a file whole or not at all, also through a loss of power.
    pub(super) fn write(&self, name: &str, parts: &[&[u8]]) -> Result<(), CacheError> {
        let mut tag = [0; 8];
        getrandom::fill(&mut tag).map_err(CacheError::Random)?;
        let partial = format!("{:016x}{PARTIAL}", u64::from_le_bytes(tag));
        let path = self.path(&partial);
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&self.fd, &*partial, flags, Mode::RUSR | Mode::WUSR)
            .map_err(system("make", &path))?;
        let mut file = File::from(fd);
        let written = parts
            .iter()
            .try_for_each(|part| file.write_all(part))
            .and_then(|()| file.sync_all())
            .map_err(|e| system("write", &path)(errno(&e)))
            .and_then(|()| {
                rustix::fs::renameat(&self.fd, &*partial, &self.fd, name)
                    .map_err(system("rename to", &self.path(name)))
            });
        if written.is_err() {
            self.remove(&partial)?;
        }
        written
    }

    /// Removes the oldest files until `wanted` more bytes fit under `total`; and what writers that died
    /// left behind, once it is the oldest.
    pub(super) fn make_room(&self, wanted: u64, total: ByteSize) -> Result<(), CacheError> {
        let mut entries = self.entries()?;
        entries.sort_by(|a, b| (a.modified, &a.name).cmp(&(b.modified, &b.name)));
        let mut held: u64 = entries.iter().map(|e| e.size).sum();
        for entry in entries {
            if held.saturating_add(wanted) <= total.get() {
                break;
            }
            self.remove(&entry.name)?;
            held = held.saturating_sub(entry.size);
        }
        Ok(())
    }

    fn entries(&self) -> Result<Vec<Entry>, CacheError> {
        let list = system("list", &self.path);
        let mut entries = Vec::new();
        for entry in rustix::fs::Dir::read_from(&self.fd).map_err(&list)? {
            let entry = entry.map_err(&list)?;
            // Files of other names were put here by somebody else: they are left alone.
            let Ok(name) = entry.file_name().to_str() else { continue };
            if !name.ends_with(WHOLE) && !name.ends_with(PARTIAL) {
                continue;
            }
            match rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => entries.push(Entry {
                    name: name.to_owned(),
                    size: u64::try_from(stat.st_size).unwrap_or(0),
                    modified: (stat.st_mtime, stat.st_mtime_nsec.cast_signed()),
                }),
                // Another process removed it meanwhile.
                Err(Errno::NOENT) => {}
                Err(e) => return Err(list(e)),
            }
        }
        Ok(entries)
    }

    fn remove(&self, name: &str) -> Result<(), CacheError> {
        match rustix::fs::unlinkat(&self.fd, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(e) => Err(system("remove", &self.path(name))(e)),
        }
    }
}
