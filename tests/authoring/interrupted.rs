//! A build that is ended from outside takes its tools along.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::well;

/// A compiler that starts another process, says where both are, and never ends.
const ENDLESS: &str =
    "#!/bin/sh\nsleep 1000 &\necho $$ $! > \"$AT.part\"\nmv \"$AT.part\" \"$AT\"\nwait\n";

#[test]
fn a_signal_ends_the_build_and_all_that_it_started() {
    let outer = tempfile::tempdir().unwrap();
    well(outer.path(), &["new", "first-job", "--lang", "c"]);
    let cache = outer.path().join("cache");
    let pins: toml::Table =
        std::fs::read_to_string(crate::root().join("sdk/tools.toml")).unwrap().parse().unwrap();
    let version = pins["ziglang"]["version"].as_str().unwrap();
    let zig = cache.join(format!("tourbillon/tools/ziglang-{version}/ziglang/zig"));
    std::fs::create_dir_all(zig.parent().unwrap()).unwrap();
    std::fs::write(&zig, ENDLESS).unwrap();
    std::fs::set_permissions(&zig, PermissionsExt::from_mode(0o755)).unwrap();
    // By itself, and as the first step of a command that listens to signals later.
    for words in [&["build", "first-job"][..], &["tick", "first-job"], &["test", "first-job"]] {
        let at = outer.path().join("at");
        let mut child = Command::new(env!("CARGO_BIN_EXE_tourbillon"))
            .current_dir(outer.path())
            .args(words)
            .env("XDG_CACHE_HOME", &cache)
            .env("AT", &at)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !at.exists() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let tools = std::fs::read_to_string(&at).unwrap();
        kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(Signal::TERM.as_raw()), "{words:?}: {status}");
        for pid in tools.split_whitespace() {
            while lives(pid) {
                std::thread::yield_now();
            }
        }
        std::fs::remove_file(&at).unwrap();
    }
}

/// Whether a process is there and has not ended.
fn lives(pid: &str) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat"));
    stat.is_ok_and(|stat| !stat.rsplit(')').next().unwrap().trim_start().starts_with('Z'))
}
