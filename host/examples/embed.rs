//! A host inside another program: install a manager, tick it, advance it, run a task by hand, pause it,
//! listen to it, let it be driven by the clock, and go on where an earlier host stopped.
//!
//! `cargo run --package tourbillon --example embed`. The test `embedding` runs it as well.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tourbillon::engine::CompileIn;
use tourbillon::ticker::Host;
use tourbillon::types::{ComponentSource, ManagerName, ManagerSpec, TaskName, TickReport};

#[allow(dead_code, reason = "the test that includes this file has a `main` of its own")]
fn main() -> Result<()> {
    // First of all. A host does not trust components: it compiles them in a child of this same
    // program, which becomes the compiler in this line and never returns from it.
    tourbillon::engine::compiler_main_if_asked();
    let state = tempfile::tempdir()?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(run(state.path(), CompileIn::Child, &mut std::io::stdout()))
}

/// Does it all. State is kept in `state`; components are compiled where `compile` says.
pub(crate) async fn run(state: &Path, compile: CompileIn, out: &mut dyn Write) -> Result<()> {
    let greeter = ManagerName::new("greeter")?;
    {
        let host = host(state, compile.clone()).await?;
        by_hand(&host, &greeter, out).await?;
        by_the_clock(&host, &greeter, out).await?;
        // All that was reported is on the disk already; this waits for what is in progress.
        host.close().await?;
    }
    // Another host on that state, after an upgrade of this program or a crash, goes on from there.
    let host = host(state, compile).await?;
    let before = host.status().first().context("the manager is installed")?.tick;
    let report = host.tick(&greeter).await?;
    let goes_on = before.get() > 5 && report.tick == before.next();
    writeln!(out, "after a restart it goes on where it stood: {goes_on}")?;
    host.close().await?;
    Ok(())
}

/// A host with one manager on it.
async fn host(state: &Path, compile: CompileIn) -> Result<Host> {
    let host = Host::builder("example").state(state).compile_in(compile).build()?;
    // A component is a file, or bytes: `ComponentSource::Path("greeter.wasm".into())`.
    let component = wat::parse_str(include_str!("embed.wat"))?;
    let mut spec =
        ManagerSpec::new(ManagerName::new("greeter")?, ComponentSource::Bytes(component.into()));
    // Every setting has a default, and every limit: see `ManagerSpec`.
    spec.interval = Duration::from_millis(5);
    spec.limits.run.timeout = Duration::from_millis(500);
    // What can't be a manager is refused here, with what to do about it.
    host.install(spec).await?;
    Ok(host)
}

/// Ticks without a clock: whoever calls decides when.
async fn by_hand(host: &Host, greeter: &ManagerName, out: &mut dyn Write) -> Result<()> {
    for _ in 0..3 {
        tell(out, "tick", &*host.tick(greeter).await?)?;
    }
    // Three ticks at once: each task that came due meanwhile runs once.
    tell(out, "advance by 3", &*host.advance(greeter, 3).await?)?;
    // A run by hand leaves the counters alone.
    tell(out, "trigger", &*host.trigger(greeter, &TaskName::new("greet")?).await?)?;
    host.pause(greeter, None).await?;
    tell(out, "paused", &*host.tick(greeter).await?)?;
    host.resume(greeter, None).await?;
    for task in host.status().iter().flat_map(|manager| &manager.tasks) {
        writeln!(out, "status: {} ran {}, failed {}", task.name, task.runs, task.failures)?;
    }
    Ok(())
}

/// Ticks by the clock, each manager at its interval, until a future is ready. Here it is ready when a
/// report was heard; in a service it would wait for a signal.
async fn by_the_clock(host: &Host, greeter: &ManagerName, out: &mut dyn Write) -> Result<()> {
    let mut reports = host.subscribe();
    let mut heard = None;
    let workers = 2;
    host.run(workers, async { heard = reports.recv().await.ok() }).await?;
    let heard = heard.context("the host was driven")?;
    writeln!(out, "heard of {} by the clock: {}", heard.manager, heard.manager == *greeter)?;
    Ok(())
}

fn tell(out: &mut dyn Write, what: &str, report: &TickReport) -> Result<()> {
    write!(out, "{what}: tick {}", report.tick.get())?;
    for task in &report.tasks {
        write!(out, ", {} {}", task.task, task.outcome)?;
        if let Some(error) = task.run.as_ref().and_then(|run| run.error.as_ref()) {
            write!(out, " ({error})")?;
        }
    }
    writeln!(out)?;
    Ok(())
}
