//! TypeScript: esbuild makes one script, componentize-qjs puts it into a runtime. The SDK brings the program
//! that drives both.

use super::super::error::AuthoringError;
use super::Site;
use crate::authoring::Language;

/// What the SDK's program looks for, each in a `node_modules` of its own.
const TOOLS: [&str; 2] = ["componentize-qjs", "esbuild"];

pub(super) fn build(site: &mut Site<'_>) -> Result<Vec<u8>, AuthoringError> {
    let mut tools = Vec::new();
    let files = TOOLS.map(|tool| (tool, format!("node_modules/{tool}")));
    site.tools.all(Language::TypeScript, &files)?;
    for tool in TOOLS {
        tools.extend(["--tools".into(), site.tools.dir_of(tool)?.into_os_string()]);
    }
    (site.say)("making a component with esbuild and componentize-qjs");
    let sdk = site.sdk()?;
    let out = site.file("typescript.wasm");
    site.tools
        .run("node")
        .args([sdk.join("tools/cli.mjs").as_os_str(), "build".as_ref(), ".".as_ref()])
        .args(tools)
        .args(["--out".as_ref(), out.as_os_str()])
        .within(&site.project.dir)
        .run("making a component of the manager")?;
    super::take(&out)
}
