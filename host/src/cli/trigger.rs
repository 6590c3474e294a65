//! `tourbillon trigger`: one task run by hand, on the state of a host that is not running.

use std::io::{self, Write};

use super::args::Trigger as Args;
use super::ending::{Ended, Status};
use super::house::{House, Plan};
use super::printing::{Lines, json_line};
use super::progress::Progress;
use super::views::TickView;

/// Runs the task and prints the run.
pub(super) async fn trigger(args: Args) -> Ended {
    let (config, spec, dir) = args.place.stopped(&args.manager)?;
    let house = House::open(&Plan::of(&config, Some(&dir)))?;
    house.install(spec, &Progress::new(1)).await?;
    let told = house.host.trigger(&args.manager, &args.task).await;
    house.host.close().await?;
    let report = told?;
    let mut out = io::stdout().lock();
    if args.json {
        json_line(&mut out, &TickView::from(&*report))?;
    } else {
        Lines::of_all().report(&mut out, &report)?;
    }
    out.flush()?;
    let ran_well = report.tasks.iter().all(|task| task.outcome == crate::types::Outcome::Ok);
    Ok(if ran_well { Status::Well } else { Status::RunFailed })
}
