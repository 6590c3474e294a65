//! What people read of help, and when they mistype.

use clap::CommandFactory;

use super::*;

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

fn said(line: &str) -> String {
    let said = Cli::try_parse_from(line.split(' '));
    said.map_or_else(|e| e.to_string(), |cli| format!("{:?}", cli.command))
}

#[test]
fn wrong_use_is_told_with_what_is_right() {
    insta::assert_snapshot!(said("tourbillon tik a.wasm"), @r"
    error: unrecognized subcommand 'tik'

      tip: a similar subcommand exists: 'tick'

    Usage: tourbillon [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(said("tourbillon tick"), @r"
    error: the following required arguments were not provided:
      <COMPONENT>...

    Usage: tourbillon tick <COMPONENT>...

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(said("tourbillon tick a.wasm --tick 3"), @r"
    error: unexpected argument '--tick' found

      tip: a similar argument exists: '--ticks'

    Usage: tourbillon tick --ticks <N> <COMPONENT>...

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(said("tourbillon tick a.wasm --fuel 0"), @r"
    error: invalid value '0' for '--fuel <N>': `fuel` is 0, outside of 1 to 1_000_000_000_000_000: without fuel no instruction runs; 1_000_000_000 is about 0.8 s of an empty loop

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(said("tourbillon tick a.wasm --config retention"), @r"
    error: invalid value 'retention' for '--config <KEY=VALUE>': write KEY=VALUE, such as retention=7d

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(said("tourbillon tick a.wasm --name 9lives"), @r#"
    error: invalid value '9lives' for '--name <NAME>': manager name "9lives" is not valid: it does not start with a letter a-z; names are 1 to 64 of a-z 0-9 . _ -, starting with a letter

    For more information, try '--help'.
    "#);
    insta::assert_snapshot!(said("tourbillon history --outcome oom"), @r"
    error: invalid value 'oom' for '--outcome <OUTCOME>': outcomes are ok, failed, conflict, trap, out-of-fuel, timed-out, out-of-memory, over-quota, lost, skipped, missed, not-ready, backing-off, quarantined, paused, not-reached

    For more information, try '--help'.
    ");
}

#[test]
fn a_number_is_whole_and_within_its_bounds() {
    let check = |line: &str, expect: &str| {
        let said = said(line);
        assert!(said.contains(expect), "{line}: {said}");
    };
    check("tourbillon tick a.wasm --seed x", "for '--seed <N>': write a whole number from 0\n");
    check("tourbillon tick a.wasm --ticks -1", "for '--ticks <N>': write a whole number from 1\n");
    check(
        "tourbillon run --workers 0",
        "for '--workers <N>': write a whole number from 1 to 1024\n",
    );
    check("tourbillon history -n 1_000_001", "write a whole number from 1 to 1000000\n");
    check("tourbillon history -n 1_000", "limit: 1000");
    check("tourbillon tick a.wasm --seed 0", "seed: Some(0)");
}

#[test]
fn the_help_is_what_people_read() {
    let help = |line: &str| said(line);
    insta::assert_snapshot!(help("tourbillon --help"), @r"
    A sandbox in which other people's periodic jobs tick.

    A manager is a WebAssembly component that declares periodic tasks. Tourbillon runs the due ones on
    every tick, under limits of fuel, memory and time, and keeps all state on its own side.

    Usage: tourbillon [OPTIONS] <COMMAND>

    Commands:
      run          Run the managers of a configuration file, each at its interval, until a signal
      tick         Drive managers for a number of ticks, without a clock and without a configuration
      inspect      Show what a component imports, exports and declares
      new          Begin a manager: a small project that builds and ticks at once
      build        Build a component of a directory of sources
      dev          Run a directory of sources while they are being written: build, exchange, tick, show
      test         Play the scenarios of a manager: ticks in simulated time, and what they must come to
      check        Check a configuration and its components, and show every limit in force
      status       Show how managers stand; works while a host runs, too
      history      Show past runs, newest first; works while a host runs, too
      pause        Pause a manager, or one task of it: its counters stand until it is resumed
      resume       Resume a manager, or one task of it: nothing is caught up
      trigger      Run one task now, by hand; its counter is left alone
      clear        End the quarantine and back-off of a manager, or of one task of it
      schema       Print the JSON Schema of the configuration file
      completions  Print completions for a shell
      help         Print this message or the help of the given subcommand(s)

    Options:
          --log <FILTER>
              What is logged: a level (`error`, `warn`, `info`, `debug`, `trace`), or targets with
              levels, such as `warn,guest=debug`. The variable TOURBILLON_LOG says the same; this wins

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Exit status:
      0  all went well
      1  some run failed (not of `run`, which ends well when it is asked to end)
      2  wrong use or configuration
      3  the host failed

    Data goes to stdout, logs and messages to stderr.
    ");
    insta::assert_snapshot!(help("tourbillon tick --help"), @r"
    Drive managers for a number of ticks, without a clock and without a configuration

    Usage: tourbillon tick [OPTIONS] <COMPONENT>...

    Arguments:
      <COMPONENT>...  The components, or directories of sources, which are built first; each becomes a
                      manager

    Options:
      -n, --ticks <N>           How many ticks [default: 1]
          --name <NAME>         A manager's name: one for each component, in order, or none. Otherwise
                                it is named after its file
          --config <KEY=VALUE>  A setting that the guests read through `wasi:config`
          --fuel <N>            Fuel for each run
          --memory <SIZE>       Linear memory of each manager, such as 64MiB
          --timeout <DUR>       Time for each run, such as 5s or 500ms
          --state <DIR>         Keep the state in this directory, and go on from what is there
          --raise-on-error      End a tick at its first failing task
          --seed <N>            Simulate time and randomness from this number: the same number gives the
                                same run
          --suggest-limits      Print what each task used at most, and limits with head-room, instead of
                                the ticks
          --json                Print one line of JSON for each manager and tick
          --log <FILTER>        What is logged: a level (`error`, `warn`, `info`, `debug`, `trace`), or
                                targets with levels, such as `warn,guest=debug`. The variable
                                TOURBILLON_LOG says the same; this wins
      -h, --help                Print help
      -V, --version             Print version

    Examples:
      tourbillon tick janitor.wasm --ticks 10
      tourbillon tick a.wasm b.wasm --name first --name second --ticks 3 --json
      tourbillon tick janitor.wasm --ticks 1 --state state --config retention=7d --fuel 5_000_000
      tourbillon tick janitor.wasm --ticks 50 --suggest-limits

    The first tick of a new manager is 1. Without --state nothing is kept.
    ");
}

#[test]
fn the_help_of_history_says_what_due_is() {
    let help = said("tourbillon history --help");
    assert!(help.contains("DUE is when a run's tick was due, in JSON `at`"), "{help}");
}
