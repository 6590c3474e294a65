//! Bindings that are committed, so that no author needs the tool that writes them, are those of the WIT
//! package as it is: `sdk/bindings.toml`.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All files below a directory, in order, with their paths in it.
fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().display().to_string();
                found.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn digest<'a>(files: impl Iterator<Item = &'a (String, Vec<u8>)>) -> String {
    let mut digest = Sha256::new();
    for (name, bytes) in files {
        digest.update(format!("{name} {}\n", bytes.len()));
        digest.update(bytes);
    }
    digest.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn committed_bindings_are_those_of_the_wit_package() {
    let file = root().join("sdk/bindings.toml");
    let told: toml::Table = toml::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let package = files(&root().join("wit"));
    let is_wit = |name: &str| Path::new(name).extension().is_some_and(|e| e == "wit");
    let wit = digest(package.iter().filter(|(name, _)| is_wit(name)));
    assert!(told.len() >= 4, "each language with committed bindings is there");
    let mut stale = Vec::new();
    for (dir, it) in &told {
        let text = |key: &str| it[key].as_str().unwrap();
        let found = digest(files(&root().join(dir)).iter());
        if text("wit") != wit {
            stale.push(format!("{dir} was made from another WIT package: {}", text("renew")));
        } else if text("files") != found {
            stale.push(format!("{dir} was changed since it was made: {}", text("renew")));
        }
        if text("wit") != wit || text("files") != found {
            stale.push(format!("  then write there: wit = \"{wit}\"\n  files = \"{found}\""));
        }
    }
    assert!(stale.is_empty(), "{}:\n{}", file.display(), stale.join("\n"));
}
