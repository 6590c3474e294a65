//! The crate's copy of the WIT package is the repository's, byte for byte.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// All files below, by their path from there.
fn files(root: &Path, below: &Path, into: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(root, &path, into);
        } else {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            into.insert(name, fs::read(&path).unwrap());
        }
    }
}

#[test]
fn the_copy_of_the_wit_package_is_current() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let [copy, original] = [here.join("wit"), here.join("../../wit")].map(|root| {
        let mut found = BTreeMap::new();
        files(&root, &root, &mut found);
        found
    });
    let differ: Vec<_> = original
        .keys()
        .chain(copy.keys())
        .filter(|name| original.get(*name) != copy.get(*name))
        .collect();
    assert!(
        differ.is_empty(),
        "sdk/rust/wit differs from wit in {differ:?}: `rm -r sdk/rust/wit && cp -r wit sdk/rust/wit`"
    );
}
