//! The limits for loading and compiling: components that are refused.

use std::time::Duration;

use crate::types::{ByteSize, CompileLimits, Fuel, ManagerSpec};

use super::bench::{Bench, EXCEED, GREEDY};
use super::{Proofs, SelfTestError};

/// Loads components of which each exceeds one limit.
pub(super) async fn prove(bench: &Bench, proofs: &mut Proofs) -> Result<(), SelfTestError> {
    let load = |set: fn(&mut ManagerSpec)| bench.load(EXCEED, CompileLimits::default(), set);
    let component = load(|spec| spec.limits.load.component = ByteSize::kib(1));
    let expected = "refused … a component may have 1.0 KiB";
    proofs.add("load.component", "1 KiB", expected, component).await?;
    let tasks = load(|spec| spec.limits.load.tasks = 3);
    proofs.add("load.tasks", "3", "refused … tasks are declared, of 3 allowed", tasks).await?;
    let text = load(|spec| spec.limits.load.text = 5);
    proofs.add("load.text", "5", "refused … bytes long, of 5 allowed", text).await?;
    let run = load(|spec| spec.limits.load.run.fuel = Fuel::new(1));
    proofs.add("load.run", "fuel = 1", "refused … the 1 fuel granted", run).await?;
    compile(bench, proofs).await
}

async fn compile(bench: &Bench, proofs: &mut Proofs) -> Result<(), SelfTestError> {
    let compile = |component, set: fn(&mut CompileLimits)| {
        let mut limits = CompileLimits::default();
        set(&mut limits);
        bench.load(component, limits, |_| {})
    };
    let cpu = compile(GREEDY, |limits| limits.cpu = Duration::from_secs(1));
    proofs.add("compile.cpu", "1s", "refused … 1s of processor time", cpu).await?;
    let wall = compile(GREEDY, |limits| limits.wall = Duration::from_millis(100));
    proofs.add("compile.wall", "100ms", "refused … longer than 100ms", wall).await?;
    let memory = compile(GREEDY, |limits| limits.memory = ByteSize::mib(256));
    proofs.add("compile.memory", "256 MiB", "refused … 256.0 MiB of memory", memory).await?;
    let output = compile(EXCEED, |limits| limits.output = ByteSize::kib(4));
    proofs.add("compile.output", "4 KiB", "refused … larger than 4.0 KiB", output).await
}
