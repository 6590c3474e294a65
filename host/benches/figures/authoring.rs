//! What a language costs its managers: the six janitors of the examples, each built as its author would,
//! then measured in the same host. Prints the table of `docs/authoring/costs.md`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tourbillon::authoring::{self, Language, Project, Tools};
use tourbillon::clock::SystemClock;
use tourbillon::engine::{Cache, CachePlace, CompileIn, Compiler, Engines, Loader};
use tourbillon::store::MemoryStore;
use tourbillon::ticker::{Host, HostOptions};
use tourbillon::types::{
    ComponentSource, HostLimits, InstanceLimits, InstanceMode, ManagerSpec, TaskName,
};

use crate::density::memory;
use crate::house;
use crate::table::Table;
use crate::timing::{each, median, time};

/// Asks this program to be the process in which resident memory is measured.
pub(crate) const CHILD: &str = "--resident-memory";

/// So many instances share what the first one costs.
const INSTANCES: u32 = 20;

/// The task that is run: it stores one record.
const TASK: &str = "intake";

pub(crate) fn measure(_: &mut Table) {
    println!(
        "\n| language | component | compile | cached load | instantiate and init | a run | memory |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for language in Language::ALL {
        let component = built(language);
        let size = std::fs::metadata(&component).unwrap().len() as f64 / 1024.0;
        let home = tempfile::tempdir().unwrap();
        let place = CachePlace { dir: home.path().join("cache"), key: home.path().join("key") };
        let load = |mode| {
            let host = host(Some(&place));
            let spec = spec(&component, mode, 0);
            let runtime = house::runtime(1);
            each(
                time(|| runtime.block_on(async { host.install(spec).await.map(drop).unwrap() })),
                1,
            )
        };
        let compile = load(InstanceMode::Resident);
        let cached = median((0..15).map(|_| load(InstanceMode::Resident)).collect());
        let run = |mode| {
            let (host, spec) = (host(Some(&place)), spec(&component, mode, 0));
            let (name, runtime) = (spec.name.clone(), house::runtime(1));
            runtime.block_on(async { host.install(spec).await.map(drop).unwrap() });
            let n = 20;
            let rounds =
                (0..61).map(|_| each(time(|| runtime.block_on(house::tick(&host, &name, n))), n));
            median(rounds.collect())
        };
        let (resident, fresh) = (run(InstanceMode::Resident), run(InstanceMode::PerRun));
        println!(
            "| {} | {size:.0} KiB | {:.1} s | {:.1} ms | {:.0} µs | {:.0} µs | {:.2} MiB |",
            language.title(),
            compile / 1e9,
            cached / 1e6,
            (fresh - resident) / 1e3,
            resident / 1e3,
            resident_memory(&component) / 1024.0,
        );
    }
}

/// The language's janitor, built now.
fn built(language: Language) -> PathBuf {
    if language == Language::Rust {
        return house::guest("janitor");
    }
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-examples");
    let project = Project::open(&examples.join(language.as_str()).join("janitor")).unwrap();
    let tools = Tools::of_user(|name| std::env::var_os(name).map(PathBuf::from)).unwrap();
    let built = authoring::build(&project, &tools, &mut |_| {});
    built.unwrap_or_else(|e| panic!("{e}")).path
}

fn host(cache: Option<&CachePlace>) -> Host {
    let limits = HostLimits::default();
    let engines = Engines::new(64, &InstanceLimits::default()).unwrap();
    let compiler = Compiler::new(CompileIn::Child, limits.compile.clone());
    let loader = Loader::new(engines, compiler, Cache::open(cache));
    let clock = Arc::new(SystemClock::default());
    let store = Arc::new(MemoryStore::default());
    Host::new(HostOptions::new("bench", limits, store, clock, loader)).unwrap()
}

fn spec(component: &Path, mode: InstanceMode, n: u32) -> ManagerSpec {
    let name = house::name(&format!("janitor{n}"));
    let mut spec = ManagerSpec::new(name, ComponentSource::Path(component.to_owned()));
    spec.mode = mode;
    spec.config.insert("intake".into(), "1".into());
    for other in ["sweep", "report"] {
        spec.tasks.entry(TaskName::new(other).unwrap()).or_default().enabled = Some(false);
    }
    assert!(!spec.tasks.contains_key(&TaskName::new(TASK).unwrap()));
    spec
}

/// KiB of resident memory, page tables included, of one more instance that has run once.
fn resident_memory(component: &Path) -> f64 {
    let program = std::env::current_exe().unwrap();
    let child = Command::new(program).arg(CHILD).arg(component).output().unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success(), "{said}{}", String::from_utf8_lossy(&child.stderr));
    said.trim().parse().unwrap()
}

/// The other process: prints what it measured.
pub(crate) fn child() {
    let component = PathBuf::from(std::env::args_os().nth(2).unwrap());
    house::runtime(1).block_on(async {
        let host = host(None);
        let one = async |n: u32| {
            let spec = spec(&component, InstanceMode::Resident, n);
            let name = spec.name.clone();
            host.install(spec).await.unwrap();
            house::tick(&host, &name, 1).await;
        };
        // What the first one costs is the program's and the component's: engine, code, allocator.
        one(0).await;
        let before = memory();
        for n in 1..=INSTANCES {
            one(n).await;
        }
        let after = memory();
        let [rss, tables] = [0, 1].map(|i| (after[i] - before[i]) / f64::from(INSTANCES));
        println!("{}", rss + tables);
    });
}
