//! What `bindgen!` makes of `wit/`: the types of the contract, the traits behind what a guest may
//! import, and the typed handles of what it exports.
//!
//! Generated, so nobody edits or documents it here. Interfaces of WASI are mapped to those of
//! wasmtime-wasi: a capability that uses their streams later (files, HTTP) then fits without a
//! change.

mod generated {
    #![allow(missing_docs, clippy::pedantic, reason = "generated from wit/, documented there")]

    wasmtime::component::bindgen!({
        path: "../wit",
        world: "manager",
        ownership: Borrowing { duplicate_if_necessary: false },
        imports: {
            "wasi:keyvalue/store.[method]bucket.get": async | trappable,
            "wasi:keyvalue/store.[method]bucket.set": async | trappable,
            "wasi:keyvalue/store.[method]bucket.delete": async | trappable,
            "wasi:keyvalue/store.[method]bucket.exists": async | trappable,
            "wasi:keyvalue/store.[method]bucket.list-keys": async | trappable,
            "wasi:keyvalue/atomics.increment": async | trappable,
            "wasi:keyvalue/batch.get-many": async | trappable,
            "wasi:keyvalue/batch.set-many": async | trappable,
            "wasi:keyvalue/batch.delete-many": async | trappable,
            default: trappable,
        },
        exports: { default: async },
        with: {
            "wasi:io": wasmtime_wasi::p2::bindings::io,
            "wasi:clocks": wasmtime_wasi::p2::bindings::clocks,
            "wasi:random": wasmtime_wasi::p2::bindings::random,
            "wasi:cli": wasmtime_wasi::p2::bindings::cli,
            "wasi:keyvalue/store.bucket": crate::capabilities::keyvalue::Bucket,
        },
    });
}

pub(crate) use generated::exports::tourbillon::manager::lifecycle;
pub(crate) use generated::tourbillon::manager::types;
pub(crate) use generated::wasi::{config, keyvalue, logging};
pub(crate) use generated::{Manager, ManagerPre};
