//! The one place where bytes become code without being compiled here, and the one file of this crate
//! with `unsafe` in it.
//!
//! Knows nothing of where the bytes were kept. It refuses any that do not come as [`Compiled`], which
//! only the compiler's process, the compiler in this process and the cache's check of a MAC can make.
#![expect(unsafe_code, reason = "loading precompiled code is unsafe by nature; argued below")]

use wasmtime::Engine;
use wasmtime::component::Component;

use super::LoadError;
use super::error::said;

/// Machine code that this host vouches for: made by its own compiler, or authenticated as such.
#[derive(Debug)]
pub(super) struct Compiled(Vec<u8>);

impl Compiled {
    /// Vouches for bytes. To be called in three places only: where [`Engine::precompile_component`]
    /// returned them in this process; where the child returned them that this process has just started,
    /// be it this same program or one for which the embedder vouches; and where their HMAC under
    /// this host's own key has been checked.
    pub(super) fn vouched(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, for the cache to write.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Loads compiled code into an engine. An engine with other settings than those it was compiled for
/// refuses it with an error.
pub(super) fn load(engine: &Engine, code: &Compiled) -> Result<Component, LoadError> {
    // SAFETY: wasmtime requires bytes that a `serialize` or `precompile_component` of the same version
    // returned, unmodified; it checks version, target and settings itself, but not for malice.
    // `Compiled` is only made where that holds (see `vouched`). The bytes are owned by this process and
    // copied by wasmtime into memory of its own, so nobody can change them between check and use: no
    // file is mapped. What is left to trust is this program, its key file, which only its own user
    // can read, and the compiler itself, which a sandbox of WebAssembly trusts in any case.
    unsafe { Component::deserialize(engine, &code.0) }
        .map_err(|e| LoadError::Code { why: said(format!("{e:#}")) })
}
