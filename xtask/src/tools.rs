//! The tools of other people that managers are built with, brought into the user's cache.
//!
//! `sdk/tools.toml` says which, in what version; the program finds them where they are put here
//! (`host/src/authoring/tools.rs`). A tool is installed under another name and renamed at the end, so
//! that what has the name is whole; a lock keeps two runs apart.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::process::{self, Tool};
use crate::workspace;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pin {
    registry: Registry,
    version: String,
    languages: Vec<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Registry {
    Pypi,
    Npm,
}

fn pins() -> Result<BTreeMap<String, Pin>> {
    let file = workspace::root().join("sdk/tools.toml");
    let text = fs::read_to_string(&file);
    let text = text.with_context(|| format!("cannot read {}", file.display()))?;
    toml::from_str(&text).with_context(|| format!("cannot understand {}", file.display()))
}

fn dir() -> Result<PathBuf> {
    let cache = workspace::user_cache().context("neither XDG_CACHE_HOME nor HOME is set")?;
    Ok(cache.join("tools"))
}

/// Where a tool is once it was brought.
pub(crate) fn place(tool: &str) -> Result<PathBuf> {
    let pins = pins()?;
    let pin = pins.get(tool).with_context(|| format!("sdk/tools.toml does not name {tool}"))?;
    Ok(dir()?.join(format!("{tool}-{}", pin.version)))
}

/// Brings whatever is not there yet. A tool that can't be had fails by name.
pub(crate) fn bring() -> Result<()> {
    let (pins, dir) = (pins()?, dir()?);
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let lock_path = dir.join("lock");
    let lock = File::create(&lock_path)
        .with_context(|| format!("cannot open the lock {}", lock_path.display()))?;
    lock.lock().with_context(|| format!("cannot lock {}", lock_path.display()))?;
    for (name, pin) in &pins {
        let place = dir.join(format!("{name}-{}", pin.version));
        if place.is_dir() {
            continue;
        }
        let languages = pin.languages.join(", ");
        process::say(format_args!("bringing {name} {} (for {languages}) …", pin.version));
        let started = Instant::now();
        install(name, pin, &place)
            .with_context(|| format!("{name} {} for {languages}", pin.version))?;
        let took = started.elapsed().as_secs_f64();
        process::say(format_args!("bringing {name}: done in {took:.1} s"));
    }
    Ok(())
}

fn install(name: &str, pin: &Pin, place: &Path) -> Result<()> {
    let partial = place.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial)
            .with_context(|| format!("cannot remove {}", partial.display()))?;
    }
    fs::create_dir_all(&partial).with_context(|| format!("cannot make {}", partial.display()))?;
    let Pin { registry, version, .. } = pin;
    match registry {
        Registry::Pypi => Tool::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            // Nothing of the system's is touched, whoever runs this.
            .arg("--root-user-action=ignore")
            .args(["--only-binary", ":all:", "--target"])
            .arg(&partial)
            .arg(format!("{name}=={version}"))
            .run()?,
        Registry::Npm => Tool::new("npm")
            .args([
                "install",
                "--silent",
                "--no-fund",
                "--no-audit",
                "--ignore-scripts",
                "--no-save",
            ])
            .arg("--prefix")
            .arg(&partial)
            .arg(format!("{name}@{version}"))
            .run()?,
    }
    fs::rename(&partial, place).with_context(|| format!("cannot name it {}", place.display()))
}
