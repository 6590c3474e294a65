//! What can be typed: commands, flags and their help.
//!
//! Knows how things are called and nothing of what they do. Limits are read by `config`, so that a flag
//! and a key of the file accept the same texts and ranges.

mod kept;
mod texts;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueHint};

pub(super) use kept::{History, Status, Subject, Trigger};
use texts::{language, manager_name, setting, whole};

use crate::authoring::Language;
use crate::config;
use crate::types::{ByteSize, Fuel, ManagerName};

/// Said at the end of the long help.
const STATUS: &str = "Exit status:
  0  all went well
  1  some run failed (not of `run`, which ends well when it is asked to end)
  2  wrong use or configuration
  3  the host failed

Data goes to stdout, logs and messages to stderr.";

/// A sandbox in which other people's periodic jobs tick.
///
/// A manager is a WebAssembly component that declares periodic tasks. Tourbillon runs the due ones on
/// every tick, under limits of fuel, memory and time, and keeps all state on its own side.
#[derive(Debug, Parser)]
#[command(name = "tourbillon", version, propagate_version = true, after_long_help = STATUS)]
#[command(subcommand_required = true, arg_required_else_help = true, max_term_width = 100)]
pub(super) struct Cli {
    /// What is done.
    #[command(subcommand)]
    pub(super) command: Command,

    /// What is logged: a level (`error`, `warn`, `info`, `debug`, `trace`), or targets with levels,
    /// such as `warn,guest=debug`. The variable TOURBILLON_LOG says the same; this wins.
    #[arg(long, global = true, value_name = "FILTER")]
    pub(super) log: Option<String>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the managers of a configuration file, each at its interval, until a signal
    Run(Run),
    /// Drive managers for a number of ticks, without a clock and without a configuration
    Tick(Tick),
    /// Show what a component imports, exports and declares
    Inspect(Inspect),
    /// Begin a manager: a small project that builds and ticks at once
    New(New),
    /// Build a component of a directory of sources
    Build(Build),
    /// Run a directory of sources while they are being written: build, exchange, tick, show
    Dev(Dev),
    /// Play the scenarios of a manager: ticks in simulated time, and what they must come to
    Test(Test),
    /// Check a configuration and its components, and show every limit in force
    Check(Check),
    /// Show how managers stand; works while a host runs, too
    Status(Status),
    /// Show past runs, newest first; works while a host runs, too
    History(History),
    /// Pause a manager, or one task of it: its counters stand until it is resumed
    Pause(Subject),
    /// Resume a manager, or one task of it: nothing is caught up
    Resume(Subject),
    /// Run one task now, by hand; its counter is left alone
    Trigger(Trigger),
    /// End the quarantine and back-off of a manager, or of one task of it
    Clear(Subject),
    /// Print the JSON Schema of the configuration file
    Schema,
    /// Print completions for a shell
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// Where the configuration and the state are.
#[derive(Debug, Clone, Args)]
pub(super) struct Place {
    /// The configuration file
    #[arg(short, long, value_name = "FILE", default_value = config::FILE, value_hint = ValueHint::FilePath)]
    pub(super) file: PathBuf,

    /// The state directory, instead of the one that the configuration names
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) state: Option<PathBuf>,
}

/// `tourbillon run`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tourbillon run
  tourbillon run /etc/tourbillon.toml --json >ticks.jsonl
  tourbillon run janitor.wasm heartbeat.wasm --interval 1s

Components given here run with every setting at its default, each named after its file.

On a terminal a live table is shown: arrows scroll, q ends. SIGINT and SIGTERM end gracefully:
runs in progress end or meet their deadline. A second signal ends at once.")]
pub(super) struct Run {
    /// A configuration file (.toml), or components or directories of sources to run without one
    #[arg(value_name = "FILE | COMPONENT", value_hint = ValueHint::FilePath, conflicts_with = "file")]
    pub(super) what: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) place: Place,

    /// How often components given here are ticked [default: 10s]
    #[arg(long, value_name = "DUR", value_parser = config::interval)]
    pub(super) interval: Option<Duration>,

    /// Print one line of JSON for each manager and tick
    #[arg(long, conflicts_with = "lines")]
    pub(super) json: bool,

    /// Print lines, also on a terminal
    #[arg(long)]
    pub(super) lines: bool,

    /// Leave managers out that can't be installed, instead of refusing to start
    #[arg(long)]
    pub(super) keep_going: bool,

    /// Threads on which guests run; by default as many as there are cores
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<1, 1_024, u16>)]
    pub(super) workers: Option<u16>,
}

/// `tourbillon tick`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tourbillon tick janitor.wasm --ticks 10
  tourbillon tick a.wasm b.wasm --name first --name second --ticks 3 --json
  tourbillon tick janitor.wasm --ticks 1 --state state --config retention=7d --fuel 5_000_000
  tourbillon tick janitor.wasm --ticks 50 --suggest-limits

The first tick of a new manager is 1. Without --state nothing is kept.")]
pub(super) struct Tick {
    /// The components, or directories of sources, which are built first; each becomes a manager
    #[arg(required = true, value_name = "COMPONENT", value_hint = ValueHint::FilePath)]
    pub(super) components: Vec<PathBuf>,

    /// How many ticks
    #[arg(short = 'n', long, value_name = "N", default_value_t = 1, allow_negative_numbers = true, value_parser = whole::<1, { u64::MAX }, u64>)]
    pub(super) ticks: u64,

    /// A manager's name: one for each component, in order, or none. Otherwise it is named after its file
    #[arg(long = "name", value_name = "NAME", value_parser = manager_name)]
    pub(super) names: Vec<ManagerName>,

    /// A setting that the guests read through `wasi:config`
    #[arg(long = "config", value_name = "KEY=VALUE", value_parser = setting)]
    pub(super) config: Vec<(String, String)>,

    /// Fuel for each run
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = config::fuel)]
    pub(super) fuel: Option<Fuel>,

    /// Linear memory of each manager, such as 64MiB
    #[arg(long, value_name = "SIZE", value_parser = config::memory)]
    pub(super) memory: Option<ByteSize>,

    /// Time for each run, such as 5s or 500ms
    #[arg(long, value_name = "DUR", value_parser = config::timeout)]
    pub(super) timeout: Option<Duration>,

    /// Keep the state in this directory, and go on from what is there
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) state: Option<PathBuf>,

    /// End a tick at its first failing task
    #[arg(long)]
    pub(super) raise_on_error: bool,

    /// Simulate time and randomness from this number: the same number gives the same run
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<0, { u64::MAX }, u64>)]
    pub(super) seed: Option<u64>,

    /// Print what each task used at most, and limits with head-room, instead of the ticks
    #[arg(long)]
    pub(super) suggest_limits: bool,

    /// Print one line of JSON for each manager and tick
    #[arg(long)]
    pub(super) json: bool,
}

/// `tourbillon new`.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  tourbillon new first-job --lang python

The SDK is copied into the project, which needs nothing else of Tourbillon to be built.")]
pub(super) struct New {
    /// The project's name, and its component's
    #[arg(value_name = "NAME", value_parser = manager_name)]
    pub(super) name: ManagerName,

    /// The language: rust, python, typescript, c, cpp or go
    #[arg(short, long, value_name = "LANGUAGE", value_parser = language(), ignore_case = true, hide_possible_values = true)]
    pub(super) lang: Language,

    /// Where it is made, instead of a directory of its name
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) dir: Option<PathBuf>,

    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// `tourbillon build`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tourbillon build
  tourbillon build first-job --json

The component is left in the directory's `build`. A tool that is not there is named with the command that
brings it; nothing is installed.")]
pub(super) struct Build {
    /// The directory
    #[arg(value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(super) dir: PathBuf,

    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// `tourbillon dev`.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  tourbillon dev first-job --interval 500ms --config greeting=hello

What changes is built, and exchanged between two ticks: counters and the store stay. A build that fails
leaves the running manager where it is.")]
pub(super) struct Dev {
    /// The directory
    #[arg(value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(super) dir: PathBuf,

    /// How often it is ticked
    #[arg(long, value_name = "DUR", default_value = "1s", value_parser = config::interval)]
    pub(super) interval: Duration,

    /// A setting that the manager reads through `wasi:config`
    #[arg(long = "config", value_name = "KEY=VALUE", value_parser = setting)]
    pub(super) config: Vec<(String, String)>,

    /// Keep the state in this directory, and go on from what is there
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) state: Option<PathBuf>,
}

/// `tourbillon test`.
#[derive(Debug, Args)]
#[command(after_help = "A scenario is a file scenarios/NAME.toml:
  ticks = 3
  [manager]                       # as in tourbillon.toml
  config = { greeting = \"hello\" }
  [store]                         # what the manager's bucket holds before
  greetings = \"4\"
  [expect]
  logs_with = [\"1 greet info hello, tick 1: greeting 5\"]
  [expect.outcomes]
  greet = \"ok ok ok\"            # one for each tick, - for skipped, * for any
  report = \"- - ok\"

Write no more than what is given and the line [expect], and --bless does the rest.")]
pub(super) struct Test {
    /// The directory of sources, which is built first
    #[arg(value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(super) dir: PathBuf,

    /// Test this component instead of building one
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) component: Option<PathBuf>,

    /// Where the scenarios are, instead of the directory's `scenarios`
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) scenarios: Option<PathBuf>,

    /// Only scenarios with this in their name
    #[arg(long, value_name = "TEXT")]
    pub(super) only: Option<String>,

    /// Write what happened beside each scenario, into NAME.found
    #[arg(long, conflicts_with = "bless")]
    pub(super) record: bool,

    /// Accept what happens: in the scenarios it replaces what is expected and not so
    #[arg(long)]
    pub(super) bless: bool,

    /// Print one line of JSON for each scenario
    #[arg(long)]
    pub(super) json: bool,
}

/// `tourbillon inspect`.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  tourbillon inspect janitor.wasm")]
pub(super) struct Inspect {
    /// The component, or a directory of sources, which is built first
    #[arg(value_name = "COMPONENT", value_hint = ValueHint::FilePath)]
    pub(super) component: PathBuf,

    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// `tourbillon check`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tourbillon check
  tourbillon check --self-test")]
pub(super) struct Check {
    /// A configuration file, as with --file
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "file")]
    pub(super) what: Option<PathBuf>,

    #[command(flatten)]
    pub(super) place: Place,

    /// Exceed each limit with a guest made for it, and show that the limit holds. Takes no configuration
    #[arg(long, conflicts_with_all = ["what", "file", "state"])]
    pub(super) self_test: bool,

    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[cfg(test)]
mod tests;
