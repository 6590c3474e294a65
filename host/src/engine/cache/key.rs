//! The key under which cached code is authenticated: 32 random bytes in a file of this user alone.
//!
//! Made once, whoever comes first; later processes read it. Knows nothing of what is authenticated.

use std::fmt;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::Path;

use hmac::{Hmac, Mac as _};
use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use rustix::io::Errno;
use sha2::Sha256;

use super::CacheError;

/// Bytes of a key.
const LENGTH: usize = 32;

const REMEDY: &str = "remove it, and a new one is made";

/// A key. Never printed.
pub(super) struct Key([u8; LENGTH]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// Reads the key, or makes one where there is none.
    pub(super) fn open(path: &Path) -> Result<Self, CacheError> {
        // A second turn is needed only where another process was faster; it leaves a whole file.
        if let Some(key) = Self::read(path)? {
            return Ok(key);
        }
        Self::create(path)?;
        match Self::read(path)? {
            Some(key) => Ok(key),
            None => Err(system("read the key", path)(Errno::NOENT)),
        }
    }

    /// A MAC under this key.
    pub(super) fn hmac(&self) -> Hmac<Sha256> {
        // A key shorter than a block is padded with zeros (RFC 2104).
        let mut block = [0; 64];
        block[..LENGTH].copy_from_slice(&self.0);
        Hmac::new(&block.into())
    }

    fn read(path: &Path) -> Result<Option<Self>, CacheError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(fd) => File::from(fd),
            Err(Errno::NOENT) => return Ok(None),
            Err(e) => return Err(system("open the key", path)(e)),
        };
        let fail = |e| system("read the key", path)(errno(&e));
        let meta = file.metadata().map_err(fail)?;
        let not_ours = |why| CacheError::NotOurs { path: path.to_owned(), why, remedy: REMEDY };
        if !meta.is_file() {
            return Err(not_ours("is not a regular file"));
        }
        if meta.uid() != rustix::process::geteuid().as_raw() {
            return Err(not_ours("belongs to another user"));
        }
        if meta.mode() & 0o7777 != 0o600 {
            return Err(not_ours("is not of mode 0600: others may read or write it"));
        }
        let mut bytes = Vec::with_capacity(LENGTH + 1);
        file.take(LENGTH as u64 + 1).read_to_end(&mut bytes).map_err(fail)?;
        match bytes.try_into() {
            Ok(key) => Ok(Some(Self(key))),
            Err(_) => Err(not_ours("is not 32 bytes long")),
        }
    }

    /// Makes a key under a name of its own, then links it to the right one: so the file is never seen
    /// half-written, and of two processes one wins and both use the winner's.
    fn create(path: &Path) -> Result<(), CacheError> {
        if let Some(parent) = path.parent() {
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(parent)
                .map_err(|e| system("make the directory", parent)(errno(&e)))?;
        }
        let mut key = [0; LENGTH];
        let mut tag = [0; 8];
        getrandom::fill(&mut key).map_err(CacheError::Random)?;
        getrandom::fill(&mut tag).map_err(CacheError::Random)?;
        let temporary = path.with_extension(format!("{:016x}.new", u64::from_le_bytes(tag)));
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::open(&temporary, flags, Mode::RUSR | Mode::WUSR)
            .map_err(system("make a key in", &temporary))?;
        let mut file = File::from(fd);
        let made = file
            .write_all(&key)
            .and_then(|()| file.sync_all())
            .map_err(|e| system("write a key to", &temporary)(errno(&e)))
            .and_then(|()| {
                match rustix::fs::linkat(CWD, &temporary, CWD, path, AtFlags::empty()) {
                    Ok(()) | Err(Errno::EXIST) => Ok(()),
                    Err(e) => Err(system("make the key", path)(e)),
                }
            });
        rustix::fs::unlink(&temporary).map_err(system("remove", &temporary))?;
        made
    }
}

pub(super) fn system(what: &'static str, path: &Path) -> impl Fn(Errno) -> CacheError {
    let path = path.to_owned();
    move |why| CacheError::System { what, path: path.clone(), why }
}

pub(super) fn errno(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}
