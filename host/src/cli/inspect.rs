//! `tourbillon inspect`: what a component is, imports, exports, declares and says of itself.
//!
//! The guest is asked under the limits of loading, with nothing kept. Decides nothing.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::args::Inspect as Args;
use super::ending::{Ended, Status, Stop};
use super::files;
use super::house::{House, Plan};
use super::printing::{Align, json_line, short_size, shown, table};
use super::progress::Progress;
use crate::config::HostConfig;
use crate::engine::Item;
use crate::registry::Inspected;
use crate::types::{ComponentSource, DeclaredTask, ManagerName, ManagerSpec};

/// The name under which the component is asked: it sees none of its own.
const NAME: &str = "inspected";

/// Inspects a component.
pub(super) async fn inspect(args: Args) -> Ended {
    let component = files::component(&args.component)?;
    let name = shown(&component);
    let inspected = asked(component).await.map_err(|stop| stop.about(shown(&args.component)))?;
    let mut out = BufWriter::new(io::stdout().lock());
    if args.json {
        json_line(&mut out, &View::of(&name, &inspected))?;
    } else {
        print(&mut out, &name, &inspected)?;
    }
    out.flush()?;
    Ok(Status::Well)
}

/// What a component says of itself; an error, where a host would not load it.
pub(super) async fn asked(component: PathBuf) -> Result<Inspected, Stop> {
    let name = ManagerName::new(NAME).map_err(Stop::wrong)?;
    let shown_name = component.file_name().map_or_else(String::new, |name| shown(name.as_ref()));
    let spec = ManagerSpec::new(name, ComponentSource::Path(component));
    let config = HostConfig::default();
    let house = House::open(&Plan::of(&config, None))?;
    let progress = Progress::new(1);
    let begun = progress.begin(shown_name);
    Ok(house.host.inspect(&spec, |step| begun.step(step)).await?)
}

/// The component as JSON.
#[derive(Debug, Serialize)]
struct View<'a> {
    component: &'a str,
    digest: String,
    size: u64,
    /// `None` where it could not tell.
    version: Option<&'a str>,
    config: Vec<[&'a str; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    untold: Option<&'a str>,
    tasks: Vec<TaskView<'a>>,
    imports: Vec<ItemView<'a>>,
    exports: Vec<ItemView<'a>>,
    /// Imports and exports that are not listed, where there are so many.
    #[serde(skip_serializing_if = "is_none")]
    more_imports: usize,
    #[serde(skip_serializing_if = "is_none")]
    more_exports: usize,
}

/// A declared task.
#[derive(Debug, Serialize)]
struct TaskView<'a> {
    name: &'a str,
    ticks_between_runs: u32,
    run_immediately: bool,
    summary: &'a str,
}

/// An import or export.
#[derive(Debug, Serialize)]
struct ItemView<'a> {
    name: &'a str,
    kind: String,
    functions: &'a [String],
    /// Functions and types that are not listed, where there are so many.
    #[serde(skip_serializing_if = "is_none")]
    more: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_none(n: &usize) -> bool {
    *n == 0
}

impl<'a> View<'a> {
    fn of(component: &'a str, it: &'a Inspected) -> Self {
        let item = |item: &'a Item| ItemView {
            name: &item.name,
            kind: item.kind.to_string(),
            functions: &item.functions,
            more: item.more,
        };
        let task = |task: &'a DeclaredTask| TaskView {
            name: task.name.as_str(),
            ticks_between_runs: task.ticks_between_runs.get(),
            run_immediately: task.run_immediately,
            summary: &task.summary,
        };
        Self {
            component,
            digest: format!("sha256:{}", it.digest),
            size: it.size.get(),
            version: it.description.as_ref().ok().map(|told| told.version.as_str()),
            config: settings(it).iter().map(|(k, v)| [k.as_str(), v]).collect(),
            untold: it.description.as_ref().err().map(String::as_str),
            tasks: it.tasks.iter().map(task).collect(),
            imports: it.surface.imports.iter().map(item).collect(),
            exports: it.surface.exports.iter().map(item).collect(),
            more_imports: it.surface.more_imports,
            more_exports: it.surface.more_exports,
        }
    }
}

fn print(out: &mut dyn Write, name: &str, it: &Inspected) -> io::Result<()> {
    writeln!(out, "{name}")?;
    writeln!(out, "  digest   sha256:{}", it.digest)?;
    writeln!(out, "  size     {}", short_size(it.size.get()))?;
    let version = match &it.description {
        Ok(told) if told.version.is_empty() => "-".to_owned(),
        Ok(told) => told.version.clone(),
        Err(why) => format!("- (asked for it and its configuration, it failed: {why})"),
    };
    writeln!(out, "  version  {version}")?;
    for (i, (key, value)) in settings(it).iter().enumerate() {
        let head = if i == 0 { "config" } else { "" };
        writeln!(out, "  {head:<8} {key} = {value}")?;
    }
    writeln!(out)?;
    let columns = [
        ("TASK", Align::Left),
        ("TICKS BETWEEN RUNS", Align::Right),
        ("FIRST RUN", Align::Left),
        ("SUMMARY", Align::Left),
    ];
    let rows: Vec<_> = it.tasks.iter().map(row).collect();
    table(out, &columns, &rows)?;
    let sides = [
        ("imports", &it.surface.imports, it.surface.more_imports),
        ("exports", &it.surface.exports, it.surface.more_exports),
    ];
    for (head, items, more) in sides {
        writeln!(out, "\n{head}")?;
        for item in items {
            writeln!(out, "  {}", item.name)?;
            for function in &item.functions {
                writeln!(out, "    {function}")?;
            }
            if item.more > 0 {
                writeln!(out, "    … {} more", item.more)?;
            }
        }
        if more > 0 {
            writeln!(out, "  … {more} more")?;
        }
    }
    Ok(())
}

/// What it says of its configuration.
fn settings(it: &Inspected) -> &[(String, String)] {
    it.description.as_ref().map_or(&[], |told| &told.config)
}

fn row(task: &DeclaredTask) -> Vec<String> {
    let n = u64::from(task.ticks_between_runs.get());
    // S2: the counter starts at N, so the first run is at tick N+1.
    let first = if task.run_immediately { 1 } else { n + 1 };
    vec![task.name.to_string(), n.to_string(), format!("tick {first}"), task.summary.clone()]
}
