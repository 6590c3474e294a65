//! TypeScript: esbuild makes one script, componentize-qjs puts it into a runtime. The SDK brings the program
//! that drives both.

use std::path::{Path, PathBuf};

use super::super::error::AuthoringError;
use super::super::process::Run;
use super::Site;
use crate::authoring::Language;

pub(super) fn build(site: &mut Site<'_>) -> Result<Vec<u8>, AuthoringError> {
    let tools = tools(site)?;
    (site.say)("making a component with esbuild and componentize-qjs");
    let sdk = site.sdk()?;
    let out = site.file("typescript.wasm");
    Run::new("node")
        .args([sdk.join("tools/cli.mjs").as_os_str(), "build".as_ref(), ".".as_ref()])
        .args(["--tools".as_ref(), tools.as_os_str(), "--out".as_ref(), out.as_os_str()])
        .within(&site.project.dir)
        .run("making a component of the manager")?;
    super::take(&out)
}

/// One directory whose `node_modules` hold both tools: node looks for packages in no other way.
fn tools(site: &Site<'_>) -> Result<PathBuf, AuthoringError> {
    let dir = site.file("tools");
    let modules = dir.join("node_modules");
    std::fs::create_dir_all(&modules).map_err(AuthoringError::file("make", &modules))?;
    for tool in ["componentize-qjs", "esbuild"] {
        let package = Path::new("node_modules").join(tool);
        let there = site.tools.file(Language::TypeScript, tool, &package.to_string_lossy())?;
        let link = modules.join(tool);
        if std::fs::read_link(&link).ok().as_ref() != Some(&there) {
            if link.symlink_metadata().is_ok() {
                std::fs::remove_file(&link).map_err(AuthoringError::file("remove", &link))?;
            }
            std::os::unix::fs::symlink(&there, &link)
                .map_err(AuthoringError::file("link", &link))?;
        }
    }
    Ok(dir)
}
