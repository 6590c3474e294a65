//! The command line: commands, printing, the live table, exit statuses.
//!
//! `main` comes here at once. Each command is a file; what they share are arguments, the house (which
//! builds a host from the rooms), printing and views. Knows no rule of a tick and enters no guest.

mod args;
mod build;
mod check;
mod control;
mod dev;
mod ending;
mod files;
mod history;
mod house;
mod inspect;
mod live;
mod logging;
mod new;
mod place;
mod printing;
mod progress;
mod run;
mod self_test;
mod signals;
mod status;
mod suggest;
mod test;
mod texts;
mod tick;
mod trigger;
mod views;
mod voice;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use args::{Cli, Command};
use ending::{Ended, ExitStatus, Stop};
use printing::say;

use crate::ticker::Change;
use crate::types::{harmless, harmless_line};

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    panics();
    signals::survive_large_files();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error).into(),
    };
    let status = match dispatch(cli) {
        Ok(status) => status.into(),
        Err(stop) => {
            let (status, text) = stop.told();
            text.into_iter().for_each(say);
            status
        }
    };
    voice::finish();
    status.into()
}

/// Prints what clap has to say: help is data, a slip is a message. Clap repeats the words of the command
/// line as they are; where one of them could repaint a terminal it is told without colours, spelled out.
fn usage(error: &clap::Error) -> ExitStatus {
    let mut words = std::env::args_os();
    if error.use_stderr() && words.any(|word| !is_harmless(&word.to_string_lossy())) {
        say(spelled_out(error).trim_end());
        return ExitStatus::Wrong;
    }
    let printed = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match printed {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => ExitStatus::HostFailed,
            _ => ExitStatus::Well,
        },
        _ => ExitStatus::Wrong,
    }
}

fn is_harmless(text: &str) -> bool {
    harmless_line(text, usize::MAX) == text
}

/// A message of clap, with its own colours taken out and everybody else's characters spelled out.
fn spelled_out(error: &clap::Error) -> String {
    let mut text = error.render().ansi().to_string();
    for own in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[4m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m"] {
        text = text.replace(own, "");
    }
    harmless(&text, usize::MAX)
}

/// A panic is a defect of the host: one line says so, and the process ends with the status for it.
fn panics() {
    std::panic::set_hook(Box::new(|panic| {
        live::restore();
        let place = panic.location().map(|l| format!(" at {}:{}", l.file(), l.line()));
        let what = panic.payload_as_str().unwrap_or("no message");
        say(format!(
            "error: a defect in tourbillon{}: {}; please report it",
            place.unwrap_or_default(),
            harmless_line(what, 1_000)
        ));
        std::process::exit(ExitStatus::HostFailed as i32);
    }));
}

fn dispatch(cli: Cli) -> Ended {
    match &cli.command {
        Command::Schema => return texts::schema(),
        Command::Completions { shell } => return texts::completions(*shell),
        Command::New(args) => return new::new(args),
        Command::Test(args) => return test::test(args),
        _ => {}
    }
    let log = logging::start(cli.log.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Stop::Host(anyhow::anyhow!("can't start the runtime: {e}")))?;
    let ended = runtime.block_on(async {
        match cli.command {
            Command::Run(args) => run::run(args, log).await,
            Command::Tick(args) => tick::tick(args).await,
            Command::Inspect(args) => inspect::inspect(args).await,
            Command::Check(args) => check::check(args).await,
            Command::Status(args) => status::status(&args),
            Command::History(args) => history::history(&args),
            Command::Pause(args) => control::control(args, Change::Pause).await,
            Command::Resume(args) => control::control(args, Change::Resume).await,
            Command::Clear(args) => control::control(args, Change::Clear).await,
            Command::Trigger(args) => trigger::trigger(args).await,
            Command::Schema => texts::schema(),
            Command::Completions { shell } => texts::completions(shell),
            Command::New(args) => new::new(&args),
            Command::Build(args) => build::build(args).await,
            Command::Test(args) => test::test(&args),
            Command::Dev(args) => dev::dev(args).await,
        }
    });
    runtime.shutdown_background();
    ended
}
