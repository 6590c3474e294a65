//! From a core module to a component.
//!
//! The module carries the WIT of its bindings in custom sections; the encoder reads them, keeps of
//! the imports those that the module really has, and validates what it made. No adapter is given:
//! guests for `wasm32-unknown-unknown` import no WASI preview 1.

use anyhow::{Context as _, Result, bail};
use wit_component::{ComponentEncoder, DecodedWasm};

pub(crate) fn encode(core: &[u8]) -> Result<Vec<u8>> {
    ComponentEncoder::default()
        .module(core)
        .context("no module with WIT inside")?
        .validate(true)
        .encode()
}

/// What a component imports: the names of interfaces, in order.
pub(crate) fn imports(component: &[u8]) -> Result<Vec<String>> {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component)? else {
        bail!("these bytes are a WIT package and no component");
    };
    let imports = resolve.worlds[world].imports.keys();
    Ok(imports.map(|key| resolve.name_world_key(key)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(encode(b"no wasm").is_err());
    }
}
