//! Components that were built once: this host runs them as the host of their day did (`tests/frozen`).

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::{played, root};

/// The most bytes of a component that is kept.
const LARGEST: usize = 2 << 20;

/// One frozen component.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Frozen {
    sha256: String,
    /// What it was built with, for people.
    #[serde(rename = "built_with")]
    _built_with: String,
}

/// The directories of versions.
fn versions() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("tests/frozen")).unwrap();
    let mut found: Vec<_> = entries.map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    found.sort();
    found
}

#[test]
fn frozen_components_run_as_they_did() {
    let mut wrong = Vec::new();
    let versions = versions();
    assert!(!versions.is_empty());
    for dir in &versions {
        let told = std::fs::read_to_string(dir.join("frozen.toml")).unwrap();
        let told: BTreeMap<String, Frozen> = toml::from_str(&told).unwrap();
        let written = std::fs::read_dir(dir.join("scenarios")).unwrap().count();
        for (language, frozen) in &told {
            let path = dir.join(format!("{language}.wasm"));
            let bytes = std::fs::read(&path).unwrap();
            assert!(bytes.len() <= LARGEST, "{} has {} bytes", path.display(), bytes.len());
            let found: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
            if found != frozen.sha256 {
                wrong.push(format!("{} changed: its digest is {found}", path.display()));
            }
            let (status, printed) = played(&path.display().to_string(), &dir.join("scenarios"));
            let well = printed.lines().filter(|line| line.starts_with("ok ")).count();
            if status != Some(0) || well != written {
                wrong.push(format!("{}:\n{printed}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_version_that_is_served_is_frozen_in_four_languages() {
    let text = std::fs::read_to_string(root().join("wit/manager.wit")).unwrap();
    let version = text.split_once('@').unwrap().1.split_once(';').unwrap().0;
    let dir = root().join("tests/frozen").join(version);
    for language in ["rust", "c", "cpp", "typescript"] {
        assert!(dir.join(format!("{language}.wasm")).is_file(), "{language} {version}");
    }
}
