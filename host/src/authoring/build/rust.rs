//! Rust: cargo, for a target that imports nothing. The bindings have left the WIT in the module.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::super::error::AuthoringError;
use super::super::{component, project};
use super::Site;
use crate::authoring::{Language, Tools};

const TARGET: &str = "wasm32-unknown-unknown";

/// What cargo says of something that it made.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    manifest_path: PathBuf,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

pub(super) fn build(site: &mut Site<'_>) -> Result<Vec<u8>, AuthoringError> {
    let dir = &site.project.dir;
    let compiler = compiler(site)?;
    (site.say)("compiling with cargo");
    let mut cargo = site
        .tools
        .run("cargo")
        .args([
            "build",
            "--quiet",
            "--release",
            "--target",
            TARGET,
            "--message-format",
            "json-render-diagnostics",
        ])
        .within(dir)
        // Where cargo runs this program it says things that are meant for the machine's own target.
        .without(&["RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"])
        .env("CARGO_ENCODED_RUSTFLAGS", remapped(dir)?);
    if let Some(rustc) = compiler {
        cargo = cargo.env("RUSTC", rustc);
    }
    let printed = cargo.run_telling("compiling the manager", site.say)?;
    let module =
        module(&printed, &dir.join("Cargo.toml")).ok_or_else(|| AuthoringError::Output {
            what: dir.join("Cargo.toml").display().to_string(),
            why: "it makes no module: it needs `[lib]` with `crate-type = [\"cdylib\", \"rlib\"]`"
                .into(),
        })?;
    (site.say)("making a component of it");
    let component = component::encode(&super::read(&module)?)?;
    if !component::exports_anything(&component) {
        return Err(AuthoringError::Output {
            what: dir.join("src/lib.rs").display().to_string(),
            why:
                "its component exports nothing: end it with `tourbillon_sdk::export!(YourManager);`"
                    .into(),
        });
    }
    Ok(component)
}

/// Flags that keep the author's paths out of the component, into which a panic would write them: the same
/// sources give the same bytes wherever they lie.
fn remapped(dir: &Path) -> Result<String, AuthoringError> {
    let mut paths = vec![(dir.to_owned(), ".".to_owned())];
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    paths.extend(home.map(|home| (home.join("registry/src"), "/registry".to_owned())));
    let manifest = project::read(&dir.join("Cargo.toml"))?;
    for (name, path) in path_dependencies(&manifest) {
        // One that is not there is cargo's to tell.
        if let Ok(path) = dir.join(path).canonicalize()
            && !path.starts_with(dir)
        {
            paths.push((path, format!("/{name}")));
        }
    }
    let flag = |(from, to): (PathBuf, String)| {
        format!("--remap-path-prefix={}={to}", from.to_string_lossy())
    };
    Ok(paths.into_iter().map(flag).collect::<Vec<_>>().join("\x1f"))
}

/// The dependencies of a manifest that lie in a directory.
fn path_dependencies(manifest: &str) -> Vec<(String, String)> {
    let manifest = manifest.parse::<toml::Table>().unwrap_or_default();
    let table = manifest.get("dependencies").and_then(toml::Value::as_table);
    let dependencies = table.into_iter().flatten();
    let found = dependencies
        .filter_map(|(name, it)| Some((name.clone(), it.get("path")?.as_str()?.to_owned())));
    found.collect()
}

/// A compiler that has the target, where cargo must be told: the one that is installed, else one that
/// the repository's own tool made of Debian's packages.
fn compiler(site: &Site<'_>) -> Result<Option<PathBuf>, AuthoringError> {
    let installed = std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
    if has_target(site.tools, &installed) {
        return Ok(None);
    }
    let made = site.tools.made_compilers().into_iter().find(|rustc| has_target(site.tools, rustc));
    made.map(Some).ok_or_else(|| AuthoringError::MissingTool {
        language: Language::Rust,
        tool: format!("the target {TARGET}"),
        command: format!("rustup target add {TARGET}"),
    })
}

/// Whether this compiler has a standard library for guests.
fn has_target(tools: &Tools, rustc: &Path) -> bool {
    let asked = tools.run(rustc).args(["--print", "target-libdir", "--target", TARGET]);
    let Ok(dir) = asked.run("asking for the target") else { return false };
    let libraries = std::fs::read_dir(dir.trim()).into_iter().flatten().flatten();
    libraries.map(|entry| entry.file_name()).any(|name| {
        let name = name.to_string_lossy();
        (name.starts_with("libstd-") || name.starts_with("libstd.")) && name.ends_with(".rlib")
    })
}

/// The module of the package with this manifest, by what cargo printed.
fn module(printed: &str, manifest: &Path) -> Option<PathBuf> {
    let messages = printed.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let made = messages.filter(|message| {
        message.reason == "compiler-artifact"
            && message.manifest_path == manifest
            && message.target.as_ref().is_some_and(|t| t.kind.iter().any(|kind| kind == "cdylib"))
    });
    let mut files = made.flat_map(|message| message.filenames);
    files.rfind(|file| file.extension().is_some_and(|e| e == "wasm"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_that_lie_elsewhere_are_known() {
        let manifest =
            "[dependencies]\nserde = '1'\nsdk = { path = '../sdk' }\nx = { version = '1' }";
        assert_eq!(path_dependencies(manifest), [("sdk".to_owned(), "../sdk".to_owned())]);
        assert_eq!(path_dependencies("no manifest"), []);
    }

    #[test]
    fn the_module_is_the_packages_own() {
        let line = |manifest: &str, kind: &str, file: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","manifest_path":"{manifest}","target":{{"kind":["{kind}"]}},"filenames":["{file}"]}}"#
            )
        };
        let printed = [
            r#"{"reason":"build-finished","success":true}"#.to_owned(),
            line("/p/vendor/Cargo.toml", "cdylib", "/p/target/other.wasm"),
            line("/p/Cargo.toml", "cdylib", "/p/target/mine.wasm"),
            line("/p/Cargo.toml", "test", "/p/target/test.wasm"),
            "no json".to_owned(),
        ]
        .join("\n");
        let found = module(&printed, Path::new("/p/Cargo.toml"));
        assert_eq!(found, Some(PathBuf::from("/p/target/mine.wasm")));
        assert_eq!(module("", Path::new("/p/Cargo.toml")), None);
    }
}
