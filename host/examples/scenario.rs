//! A manager tested from Rust, without a host to run it on: what `tourbillon test` does with a file.
//!
//! `cargo run --package tourbillon --example scenario`. The test `embedding` runs it as well.

use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result};
use tourbillon::engine::CompileIn;
use tourbillon::testing::{Scenario, Stage};
use tourbillon::types::ComponentSource;

#[allow(dead_code, reason = "the test that includes this file has a `main` of its own")]
fn main() -> Result<()> {
    // First of all: components are compiled in a child of this same program.
    tourbillon::engine::compiler_main_if_asked();
    run(CompileIn::Child, &mut std::io::stdout())
}

/// The scenario: three ticks, in the last of which the host dies. Its component imports an
/// interface of an embedder's own, which no host serves here; the scenario answers for it.
const SCENARIO: &str = r#"
ticks = 3
kills = [3]

[calls."example:board/board@1.0.0"]
post = { always = "1" }

[expect]
outcomes.post = "ok ok lost"
"#;

/// Plays it, then expects something else. Components are compiled where `compile` says.
pub(crate) fn run(compile: CompileIn, out: &mut dyn Write) -> Result<()> {
    let component = wat::parse_str(include_str!("own_capability.wat"))?;
    let stage = Stage { component: ComponentSource::Bytes(component.into()), compile, cache: None };
    let parse = |text: &str| Scenario::parse(text, Path::new("scenarios/post.toml"));
    let scenario = parse(SCENARIO).map_err(anyhow::Error::msg)?;
    let found = scenario.play(&stage)?;
    let differences = found.judge(&scenario.expect);
    writeln!(out, "{} ticks, {} differences", found.ticks.len(), differences.len())?;
    let call = found.calls.first().context("it posts a line on every tick")?;
    writeln!(out, "the first call: {call}")?;

    let other = SCENARIO.replace("ok ok lost", "ok ok ok");
    let other = parse(&other).map_err(anyhow::Error::msg)?;
    for difference in found.judge(&other.expect) {
        write!(out, "{difference}")?;
    }
    Ok(())
}
