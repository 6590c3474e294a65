//! The commands, one file each: its arguments, and a function `run` that takes them.

pub(crate) mod bench;
pub(crate) mod demo;
pub(crate) mod guests;
pub(crate) mod sdks;
pub(crate) mod test;
pub(crate) mod toolchain;
pub(crate) mod tools;
