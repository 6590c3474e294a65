//! The raw bindings of the world `tourbillon:manager/manager`, as wit-bindgen writes them.
//!
//! Public for what the rest of this crate does not wrap (`wasi:random`, `wasi:clocks` and the
//! like). Outside of WebAssembly these functions panic when called; the wrappers of this crate do
//! not, for they talk to `testing` there.

wit_bindgen::generate!({
    path: "wit",
    world: "manager",
    generate_all,
    pub_export_macro: true,
    export_macro_name: "export_bindings",
    default_bindings_module: "::tourbillon_sdk::bindings",
    runtime_path: "::tourbillon_sdk::__private::rt",
});
