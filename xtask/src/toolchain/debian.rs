//! A compiler for guests out of Debian's packages, unpacked into the user's cache.
//!
//! Debian builds `rustc-web` for its browsers; it is a recent compiler, and its packages bring the
//! sources of the standard library, of which a copy for wasm is built once. Nothing is installed,
//! and apt checks the signatures. It needs x86-64, `apt-get` and `dpkg-deb`.
//!
//! The directory is named after the package's version and this recipe's. It is made under another
//! name and renamed at the end, so that what has the name is whole; a lock keeps two builds apart.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use super::{TARGET, has_target};
use crate::process::{self, Tool};
use crate::workspace;

/// Goes up whenever a toolchain made by an older version of this file would not do.
const RECIPE: u32 = 1;

/// The oldest compiler that builds the SDK, and so every guest.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

/// The packages' view of the machine, and the compiler's.
const HOST: &str = "x86_64-unknown-linux-gnu";
const LIBRARIES: &str = "lib/x86_64-linux-gnu";

/// The packages to unpack.
#[derive(Debug)]
struct Packages {
    version: String,
    /// `1.96`, as some packages have it in their names.
    release: String,
    /// `22`, the LLVM that this compiler is linked with.
    llvm: String,
}

/// The compiler in the cache, made if it is not there.
pub(crate) fn find_or_make() -> Result<PathBuf> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        bail!("its packages are for x86-64 Linux, and this machine is another");
    }
    let cache = workspace::user_cache().context("neither XDG_CACHE_HOME nor HOME is set")?;
    fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;

    // Whatever is whole will do: asking apt first would make every start wait for it.
    if let Some(rustc) = newest_made(&cache)? {
        return Ok(rustc);
    }
    let lock_path = cache.join("guest-toolchain.lock");
    let lock = File::create(&lock_path)
        .with_context(|| format!("cannot open the lock {}", lock_path.display()))?;
    if lock.try_lock().is_err() {
        let name = lock_path.display();
        process::say(format_args!("waiting for another build of the toolchain ({name})"));
        lock.lock().with_context(|| format!("cannot lock {}", lock_path.display()))?;
    }
    // The other one may have made it while this one waited. The lock ends with the file.
    if let Some(rustc) = newest_made(&cache)? {
        return Ok(rustc);
    }
    make(&cache)
}

fn prefix() -> String {
    format!("guest-toolchain-r{RECIPE}-")
}

fn compiler_in(directory: &Path) -> PathBuf {
    directory.join("bin/rustc")
}

/// The newest whole toolchain of this recipe that works and is new enough.
fn newest_made(cache: &Path) -> Result<Option<PathBuf>> {
    let entries =
        fs::read_dir(cache).with_context(|| format!("cannot list {}", cache.display()))?;
    let mut made: Vec<((u32, u32), PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix(&prefix())?;
            Some((release(version)?, entry.path())).filter(|_| is_new_enough(version))
        })
        .collect();
    made.sort();
    for (_, directory) in made.iter().rev() {
        let rustc = compiler_in(directory);
        if has_target(&rustc)? {
            return Ok(Some(rustc));
        }
    }
    Ok(None)
}

fn make(cache: &Path) -> Result<PathBuf> {
    let started = Instant::now();
    let packages = packages()?;
    process::say(format_args!(
        "no {TARGET} here: making a toolchain of rustc-web {}, once, in {} (2 to 4 minutes)",
        packages.version,
        cache.display()
    ));
    let work = cache.join("guest-toolchain.partial");
    if work.exists() {
        fs::remove_dir_all(&work).with_context(|| format!("cannot remove {}", work.display()))?;
    }
    let result = step("downloading the packages", || download(&packages, &work))
        .and_then(|()| step("unpacking them", || unpack(&work)))
        .and_then(|()| wrap(&packages, &work))
        .and_then(|()| step("building the standard library", || build_std(&work)));
    if let Err(error) = result {
        // 700 MB of half a toolchain help nobody; the reason is in the error.
        if let Err(left) = fs::remove_dir_all(&work) {
            process::say(format_args!("{} stays behind: {left}", work.display()));
        }
        return Err(error);
    }
    // `+` and `~` are in the versions of Debian, and nothing that a path minds.
    let directory = cache.join(format!("{}{}", prefix(), packages.version));
    if directory.exists() {
        fs::remove_dir_all(&directory)
            .with_context(|| format!("cannot replace {}", directory.display()))?;
    }
    fs::rename(&work, &directory)
        .with_context(|| format!("cannot name the toolchain {}", directory.display()))?;
    let rustc = compiler_in(&directory);
    if !has_target(&rustc)? {
        bail!("{} was made, and has no {TARGET} after all", rustc.display());
    }
    let took = started.elapsed().as_secs();
    process::say(format_args!("the toolchain is ready after {took} s"));
    Ok(rustc)
}

/// Says what is being done, and how long it took.
fn step(what: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    process::say(format_args!("{what} …"));
    let started = Instant::now();
    work().with_context(|| what.to_owned())?;
    let took = started.elapsed().as_secs_f64();
    process::say(format_args!("{what}: done in {took:.1} s"));
    Ok(())
}

/// `(1, 96)` of `1.96.0+dfsg1-1~deb12u2`.
fn release(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn is_new_enough(version: &str) -> bool {
    release(version) >= release(OLDEST)
}

/// Asks apt's lists, once more after an update where they have no compiler that is new enough: Debian
/// brings new ones among its security updates, and the lists of a machine may be months old.
fn packages() -> Result<Packages> {
    let listed = version_of_rustc_web();
    let version = if let Some(version) = listed.clone().filter(|v| is_new_enough(v)) {
        version
    } else {
        let has =
            listed.map_or("no rustc-web".to_owned(), |version| format!("rustc-web {version}"));
        let lack = format!("apt's lists have {has}, and guests need {OLDEST} or later");
        let is_root = Tool::new("id").arg("-u").output()?.trim() == "0";
        if !is_root {
            bail!("{lack}: run `sudo apt-get update` and try again");
        }
        step(&format!("{lack}: updating them"), || {
            Tool::new("apt-get").args(["-qq", "update"]).run()
        })?;
        let listed = version_of_rustc_web()
            .context("rustc-web is in no list of apt: this is no Debian 12 or later")?;
        if !is_new_enough(&listed) {
            bail!(
                "after an update apt's lists have rustc-web {listed}, and guests need {OLDEST} or later: \
                 Debian's security updates (bookworm-security, trixie-security) bring it"
            );
        }
        listed
    };
    let (major, minor) = release(&version).context("rustc-web's version is not a number")?;
    let release = format!("{major}.{minor}");
    let library = format!("libstd-rust-web-{release}={version}");
    let shown = Tool::new("apt-cache").args(["show", &library]).output()?;
    let llvm =
        llvm_of(&shown).with_context(|| format!("{library} does not say which LLVM it needs"))?;
    Ok(Packages { version, release, llvm })
}

fn version_of_rustc_web() -> Option<String> {
    // That apt-cache knows no such package is an error of its own, and no news.
    let shown = Tool::new("apt-cache").args(["show", "rustc-web"]).output();
    let shown = shown.ok()?;
    let version = shown.lines().find_map(|line| line.strip_prefix("Version: "))?;
    Some(version.trim().to_owned())
}

/// `22` of a line `Depends: …, libllvm22 (>= …), …`.
fn llvm_of(shown: &str) -> Option<String> {
    let mut depends = shown.lines().filter(|line| line.starts_with("Depends:"));
    let (_, after) = depends.find_map(|line| line.split_once("libllvm"))?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

fn download(packages: &Packages, work: &Path) -> Result<()> {
    let Packages { version, release, llvm } = packages;
    let directory = work.join("debs");
    fs::create_dir_all(&directory)?;
    Tool::new("apt-get")
        // apt's own user may not write into a cache under a home directory.
        .args(["-qq", "-o", "APT::Sandbox::User=root", "download"])
        .arg(format!("rustc-web={version}"))
        .arg(format!("libstd-rust-web-{release}={version}"))
        .arg(format!("libstd-rust-web-dev={version}"))
        .arg(format!("rust-web-src={version}"))
        .arg(format!("libllvm{llvm}"))
        .arg(format!("lld-{llvm}"))
        .current_dir(&directory)
        .run()
        .context("if the lists of apt are old, `apt-get update` helps")
}

fn unpack(work: &Path) -> Result<()> {
    for entry in fs::read_dir(work.join("debs"))? {
        let package = entry?.path();
        Tool::new("dpkg-deb").arg("-x").arg(&package).arg(work).run()?;
    }
    for unneeded in ["debs", "usr/share"] {
        fs::remove_dir_all(work.join(unneeded))?;
    }
    Ok(())
}

/// The compiler finds its libraries and its linker by a script that stands before it. All paths
/// are relative to that script, so that the directory can be renamed.
fn wrap(packages: &Packages, work: &Path) -> Result<()> {
    let script = format!(
        "#!/bin/sh\nhere=$(dirname \"$(readlink -f \"$0\")\")\n\
         export LD_LIBRARY_PATH=\"$here/../usr/{LIBRARIES}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\"\n\
         exec \"$here/../usr/bin/rustc\" \"$@\"\n"
    );
    let rustc = compiler_in(work);
    fs::create_dir_all(work.join("bin"))?;
    fs::write(&rustc, script)?;
    fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755))?;

    // rustc looks for its linker in this place of its own accord.
    let tools = work.join("usr/lib/rustlib").join(HOST).join("bin");
    fs::create_dir_all(&tools)?;
    let linker = tools.join("rust-lld");
    if !linker.exists() {
        let lld = format!("../../../llvm-{}/bin/lld", packages.llvm);
        symlink(lld, &linker)?;
    }
    Ok(())
}

fn build_std(work: &Path) -> Result<()> {
    let sources = work.join("usr/lib/rustlib/src/rust/library");
    let target_dir = work.join("std");
    let cargo_home = workspace::cargo_home().context("neither CARGO_HOME nor HOME is set")?;
    let flags = [
        "-Zforce-unstable-if-unmarked".to_owned(),
        "-Cembed-bitcode=yes".to_owned(),
        format!("--remap-path-prefix={}=/registry", cargo_home.join("registry/src").display()),
        format!("--remap-path-prefix={}=/rust", work.display()),
    ];
    Tool::new("cargo")
        .args(["build", "--quiet", "--release", "--locked", "--target", TARGET])
        .arg("--manifest-path")
        .arg(sources.join("sysroot/Cargo.toml"))
        .env("RUSTC", compiler_in(work))
        // The standard library uses unstable features by right.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", &target_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
        .env_remove("RUSTFLAGS")
        .env_remove("RUSTC_WRAPPER")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .run()?;

    let libraries = work.join("usr/lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&libraries)?;
    for entry in fs::read_dir(target_dir.join(TARGET).join("release/deps"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // `sysroot` only names the others as its dependencies.
        if path.extension().is_some_and(|e| e == "rlib") && !name.starts_with("libsysroot-") {
            fs::copy(&path, libraries.join(name))?;
        }
    }
    for unneeded in ["std", "usr/src"] {
        fs::remove_dir_all(work.join(unneeded))
            .with_context(|| format!("cannot remove {unneeded} of the packages"))?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn the_llvm_is_read_from_the_dependencies() {
        let shown =
            "Package: libstd-rust-web-1.96\nDepends: libc6 (>= 2.34), libllvm22 (>= 1:22)\n";
        assert_eq!(llvm_of(shown).as_deref(), Some("22"));
        assert_eq!(llvm_of("Depends: libc6\n"), None);
    }

    #[test]
    fn a_compiler_that_is_too_old_is_not_used() {
        let cache = tempfile::tempdir().unwrap();
        let (old, new) = ("1.9.0-1", "999.0.0-1");
        assert!(!is_new_enough(old) && is_new_enough(new) && is_new_enough(OLDEST));
        for version in [old, new, "none"] {
            let bin = cache.path().join(format!("{}{version}", prefix())).join("bin");
            // It says where its library for guests is: beside it.
            let library = bin.join("libstd-1.rlib");
            fs::create_dir_all(&bin).unwrap();
            fs::write(library, "").unwrap();
            let rustc = bin.join("rustc");
            fs::write(&rustc, "#!/bin/sh\ndirname \"$0\"\n").unwrap();
            fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let of = |version: &str| compiler_in(&cache.path().join(format!("{}{version}", prefix())));
        assert_eq!(newest_made(cache.path()).unwrap(), Some(of(new)));
        fs::remove_dir_all(of(new).parent().unwrap()).unwrap();
        assert_eq!(newest_made(cache.path()).unwrap(), None);
    }

    #[test]
    fn half_a_toolchain_is_not_taken_for_one() {
        let cache = tempfile::tempdir().unwrap();
        fs::create_dir_all(cache.path().join(format!("{}1.0", prefix()))).unwrap();
        fs::create_dir_all(cache.path().join("guest-toolchain.partial")).unwrap();
        assert_eq!(newest_made(cache.path()).unwrap(), None);
    }
}
