//! `cargo xtask guests`: every Rust example, compiled and made a component.
//!
//! Cargo knows what has changed; components are encoded every time, for that takes milliseconds,
//! but written only where they differ, so that whoever watches them is not woken for nothing.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::process::{self, Tool};
use crate::toolchain::{self, TARGET, Toolchain};
use crate::{component, workspace};

/// Build all Rust examples into components, target/guests/*.wasm
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Put the components here instead
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let out = args.out.clone().unwrap_or_else(workspace::guests_out);
    for guest in build(&out)? {
        let change = if guest.written { "" } else { ", unchanged" };
        process::say(format_args!(
            "{} ({} bytes{change}) imports {}",
            guest.path.display(),
            guest.bytes,
            match &*guest.imports {
                [] => "nothing".to_owned(),
                imports => imports.join(", "),
            }
        ));
    }
    Ok(())
}

/// One component that was built.
#[derive(Debug)]
pub(crate) struct Guest {
    pub(crate) path: PathBuf,
    pub(crate) bytes: usize,
    /// The names of the interfaces that it imports.
    pub(crate) imports: Vec<String>,
    /// Whether its file had to be written.
    pub(crate) written: bool,
}

/// Builds all examples into `out`; other commands start with this.
pub(crate) fn build(out: &Path) -> Result<Vec<Guest>> {
    let toolchain = toolchain::find()?;
    let started = Instant::now();
    process::say(format_args!("compiling the guests with {toolchain}"));
    let manifest = workspace::root().join("guest-examples/rust/Cargo.toml");
    let target_dir = workspace::target().join("guests-build");
    compile(&toolchain, &manifest, &target_dir)?;

    std::fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let modules = target_dir.join(TARGET).join("release");
    let guests: Vec<_> = component_names(&manifest)?
        .iter()
        .map(|name| encode(name, &modules, out))
        .collect::<Result<_>>()?;
    process::say(format_args!(
        "{} guests in {:.1} s",
        guests.len(),
        started.elapsed().as_secs_f64()
    ));
    Ok(guests)
}

fn compile(toolchain: &Toolchain, manifest: &Path, target_dir: &Path) -> Result<()> {
    let mut cargo = Tool::new("cargo");
    cargo
        .args(["build", "--release", "--locked", "--target", TARGET])
        .arg("--manifest-path")
        .arg(manifest)
        .env("CARGO_TARGET_DIR", target_dir)
        // What the outer cargo was told about flags is meant for the host's target.
        .env("CARGO_ENCODED_RUSTFLAGS", remapped_paths().join("\x1f"))
        .env_remove("RUSTFLAGS")
        .env_remove("RUSTC_WRAPPER")
        .env_remove("RUSTC_WORKSPACE_WRAPPER");
    toolchain.select(&mut cargo);
    cargo.run().context("the guests in guest-examples/rust do not compile")
}

/// Flags that keep this machine's paths out of the components: a panic names its file, and the
/// same sources shall give the same bytes wherever they lie.
fn remapped_paths() -> Vec<String> {
    let remap = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    let root = workspace::root();
    let mut flags = Vec::new();
    if let Some(home) = workspace::cargo_home() {
        flags.push(remap(&home.join("registry/src"), "/registry"));
    }
    // Later ones win where several fit.
    flags.push(remap(&root, "/tourbillon"));
    flags.push(remap(&root.join("guest-examples/rust"), "/guests"));
    flags
}

/// The crates of the examples that make a component: those with the crate type `cdylib`.
fn component_names(manifest: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(manifest)
        .with_context(|| format!("cannot read {}", manifest.display()))?;
    let workspace: toml::Table = toml::from_str(&text)
        .with_context(|| format!("cannot understand {}", manifest.display()))?;
    let members = workspace
        .get("workspace")
        .and_then(|table| table.get("members"))
        .and_then(toml::Value::as_array)
        .with_context(|| format!("{} has no workspace.members", manifest.display()))?;
    let mut names = Vec::new();
    for member in members.iter().filter_map(toml::Value::as_str) {
        let path = manifest.with_file_name(member).join("Cargo.toml");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let member_table: toml::Table = toml::from_str(&text)
            .with_context(|| format!("cannot understand {}", path.display()))?;
        let is_component = member_table
            .get("lib")
            .and_then(|lib| lib.get("crate-type"))
            .and_then(toml::Value::as_array)
            .is_some_and(|types| types.iter().any(|t| t.as_str() == Some("cdylib")));
        if is_component {
            names.push(member.to_owned());
        }
    }
    if names.is_empty() {
        bail!("no member of {} makes a cdylib", manifest.display());
    }
    Ok(names)
}

fn encode(name: &str, modules: &Path, out: &Path) -> Result<Guest> {
    let module = modules.join(format!("{}.wasm", name.replace('-', "_")));
    let core = std::fs::read(&module)
        .with_context(|| format!("cargo left no module at {}", module.display()))?;
    let bytes = component::encode(&core).with_context(|| format!("{name} makes no component"))?;
    let path = out.join(format!("{name}.wasm"));
    let written = std::fs::read(&path).ok().as_deref() != Some(&*bytes);
    if written {
        // Under another name first: nobody shall read half a component.
        let partial = out.join(format!(".{name}.wasm.{}", std::process::id()));
        std::fs::write(&partial, &bytes)
            .and_then(|()| std::fs::rename(&partial, &path))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(Guest { path, bytes: bytes.len(), imports: component::imports(&bytes)?, written })
}
