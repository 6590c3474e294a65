//! A manager that imports an interface of the embedder's own: a board to which lines are posted.
//!
//! `cargo run --package tourbillon --example own_capability`. The test `embedding` runs it as well.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use tourbillon::capabilities::{Capability, Extensions, GuestState, Identity};
use tourbillon::engine::CompileIn;
use tourbillon::ticker::Host;
use tourbillon::types::{ComponentSource, ManagerName, ManagerSpec};
use tourbillon::wasmtime;
use tourbillon::wasmtime::component::Linker;

#[allow(dead_code, reason = "the test that includes this file has a `main` of its own")]
fn main() -> Result<()> {
    // First of all: see the example `embed`.
    tourbillon::engine::compiler_main_if_asked();
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(run(CompileIn::Child, &mut std::io::stdout()))
}

/// The interface, in WIT: `interface board { post: func(line: string) -> u32; }`.
const BOARD: &str = "example:board/board@1.0.0";

/// What was posted, by all managers.
#[derive(Debug, Default)]
struct Board(Arc<Mutex<Vec<String>>>);

/// How many lines one instance of a guest has posted.
struct Posted(u32);

impl Capability for Board {
    fn interfaces(&self) -> Vec<&str> {
        vec![BOARD]
    }

    fn add_to_linker(&self, linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
        let lines = self.0.clone();
        // `wasmtime::component::bindgen!` makes this of a WIT file, where there is more of it.
        linker.instance(BOARD)?.func_wrap(
            "post",
            move |mut guest: wasmtime::StoreContextMut<'_, GuestState>, (line,): (String,)| {
                let guest = guest.data_mut();
                // First of all, and its error is passed on: this is what bounds a guest's calls.
                guest.host_call(line.len())?;
                let who = guest.identity().manager.to_string();
                lines.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{who}: {line}"));
                let Some(posted) = guest.extensions.get_mut::<Posted>() else { return Ok((0,)) };
                posted.0 += 1;
                Ok((posted.0,))
            },
        )
    }

    fn equip(&self, _guest: &Identity, data: &mut Extensions) {
        data.insert(Posted(0));
    }
}

/// Does it all. Components are compiled where `compile` says.
pub(crate) async fn run(compile: CompileIn, out: &mut dyn Write) -> Result<()> {
    let board = Board::default();
    let lines = board.0.clone();
    let host = Host::builder("example").compile_in(compile).capability(Arc::new(board)).build()?;

    let name = ManagerName::new("reporter")?;
    let component = wat::parse_str(include_str!("own_capability.wat"))?;
    let mut spec = ManagerSpec::new(name.clone(), ComponentSource::Bytes(component.into()));
    // What the host could serve is still not every manager's: each is granted what it may import.
    if let Err(refused) = host.install(spec.clone()).await {
        writeln!(out, "not granted: {refused}")?;
    }
    spec.grants.interfaces.insert(BOARD.to_owned());
    host.install(spec).await?;

    for _ in 0..2 {
        host.tick(&name).await?;
    }
    host.close().await?;
    let lines = lines.lock().unwrap_or_else(PoisonError::into_inner).clone();
    writeln!(out, "posted: {}", lines.join(", "))?;
    Ok(())
}
