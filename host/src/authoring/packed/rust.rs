//! The SDK of Rust outside its workspace: what its manifests inherit is written out.

use std::path::Path;

use toml::{Table, Value};

use super::super::error::AuthoringError;
use super::Packed;
use crate::authoring::Language;

/// The workspace that the SDK's crates inherit from.
const WORKSPACE: &str = include_str!("../../../../Cargo.toml");

const MACROS: &str = "tourbillon-sdk-macros";

/// Writes the SDK and its macros into a directory.
pub(super) fn write(dir: &Path) -> Result<(), AuthoringError> {
    for Packed { path, bytes } in super::sdk(Language::Rust) {
        let to = dir.join(&path);
        if path.ends_with("Cargo.toml") {
            let text = String::from_utf8_lossy(&bytes);
            let alone = alone(&text, WORKSPACE).map_err(|e| AuthoringError::Output {
                what: "the manifest of the SDK".to_owned(),
                why: e.to_string(),
            })?;
            super::write(&to, alone.as_bytes())?;
        } else {
            super::write(&to, &bytes)?;
        }
    }
    Ok(())
}

/// A manifest that inherits nothing, and has no tests of its own.
fn alone(manifest: &str, workspace: &str) -> Result<String, toml::de::Error> {
    let mut manifest: Table = toml::from_str(manifest)?;
    let workspace: Table = toml::from_str(workspace)?;
    let shared = |table: &str| {
        let shared = workspace.get("workspace").and_then(|w| w.get(table));
        shared.and_then(Value::as_table).cloned().unwrap_or_default()
    };
    for unneeded in ["dev-dependencies", "lints"] {
        manifest.remove(unneeded);
    }
    for (table, shared) in
        [("package", shared("package")), ("dependencies", shared("dependencies"))]
    {
        let Some(entries) = manifest.get_mut(table).and_then(Value::as_table_mut) else { continue };
        for (name, value) in entries.iter_mut() {
            let Some(own) = value.as_table().filter(|own| own.contains_key("workspace")) else {
                continue;
            };
            let Some(inherited) = shared.get(name) else { continue };
            *value = merged(inherited, own);
            if name == MACROS {
                *value = Value::Table(Table::from_iter([("path".to_owned(), "macros".into())]));
            }
        }
    }
    Ok(manifest.to_string())
}

/// What the workspace says, and what the crate says beyond it.
fn merged(inherited: &Value, own: &Table) -> Value {
    let more: Vec<_> = own.iter().filter(|(key, _)| *key != "workspace").collect();
    if more.is_empty() {
        return inherited.clone();
    }
    let mut merged = match inherited {
        Value::Table(table) => table.clone(),
        version => Table::from_iter([("version".to_owned(), version.clone())]),
    };
    merged.extend(more.into_iter().map(|(key, value)| (key.clone(), value.clone())));
    Value::Table(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_stands_alone() {
        let alone = alone(
            "[package]\nname = 'a'\nversion.workspace = true\n[dependencies]\nserde = { workspace = true, \
             optional = true }\nsyn.workspace = true\n[dev-dependencies]\nx = '1'\n[lints]\nworkspace = true",
            "[workspace.package]\nversion = '1.2.3'\n[workspace.dependencies]\nserde = { version = '1', \
             features = ['derive'] }\nsyn = '2'",
        );
        let alone: Table = toml::from_str(&alone.unwrap()).unwrap();
        let expect: Table = toml::from_str(
            "package = { name = 'a', version = '1.2.3' }\ndependencies = { serde = { version = '1', features = \
             ['derive'], optional = true }, syn = '2' }",
        )
        .unwrap();
        assert_eq!(alone, expect);
    }

    #[test]
    fn the_sdk_inherits_nothing_that_is_not_written_out() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path()).unwrap();
        for manifest in ["Cargo.toml", "macros/Cargo.toml"] {
            let text = std::fs::read_to_string(dir.path().join(manifest)).unwrap();
            assert!(!text.contains("workspace"), "{manifest}: {text}");
        }
        assert!(dir.path().join("src/lib.rs").is_file());
        assert!(dir.path().join("wit/deps/io/io.wit").is_file());
    }
}
