//! `tourbillon dev`: what is written while it runs is built, exchanged (S25) and ticked on.

use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::well;

/// Long enough for a build on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// More lines than come in that time: two or three on each tick.
const MOST_LINES: usize = 3_600;

/// A running `tourbillon dev`; ended with the test, whatever becomes of it.
struct Dev {
    child: Child,
    lines: Receiver<String>,
}

impl Dev {
    fn begin(dir: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tourbillon"))
            .current_dir(dir)
            .args(["dev", ".", "--interval", "100ms", "--log", "guest=info"])
            .env_remove("TOURBILLON_LOG")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (told, lines) = channel();
        let both: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for stream in both {
            let told = told.clone();
            std::thread::spawn(move || {
                // Nobody listens any more where the test has ended.
                BufReader::new(stream)
                    .lines()
                    .map_while(Result::ok)
                    .try_for_each(|l| told.send(l).ok())
            });
        }
        Self { child, lines }
    }

    /// Waits for a line with this in it, for as many ticks as a build may take at most.
    fn until(&self, text: &str) -> String {
        let mut all = String::new();
        for _ in 0..MOST_LINES {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("{text:?} did not come:\n{all}"));
            if line.contains(text) {
                return line;
            }
            all.push_str(&line);
            all.push('\n');
        }
        panic!("{text:?} is not among {MOST_LINES} lines:\n{all}");
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
    }
}

#[test]
fn what_is_written_is_exchanged_and_what_does_not_compile_is_told() {
    let outer = tempfile::tempdir().unwrap();
    well(outer.path(), &["new", "first-job", "--lang", "c"]);
    let dir = outer.path().join("first-job");
    let source = dir.join("src/manager.c");
    let first = std::fs::read_to_string(&source).unwrap();
    assert!(first.contains("greeting %"), "{first}");
    let mut dev = Dev::begin(&dir);
    dev.until("greeting 3");

    // What does not compile is told, and what runs runs on.
    std::fs::write(&source, first.replace("#include", "#inklude")).unwrap();
    dev.until("inklude");
    dev.until("greeting");

    // What does is exchanged: the counter of the store goes on, the memory of the instance begins anew.
    std::fs::write(&source, first.replace("greeting %", "salutation %")).unwrap();
    let line = dev.until("salutation");
    let count = line.rsplit(' ').next().and_then(|count| count.parse::<u64>().ok());
    assert!(count.is_some_and(|count| count > 3), "{line}");

    // A directory in the place of another is followed as that one was.
    let other = outer.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::copy(dir.join("src/manager.h"), other.join("manager.h")).unwrap();
    std::fs::write(other.join("manager.c"), first.replace("greeting %", "farewell %")).unwrap();
    std::fs::rename(dir.join("src"), outer.path().join("old")).unwrap();
    std::fs::rename(&other, dir.join("src")).unwrap();
    dev.until("farewell");
    std::fs::write(&source, first.replace("greeting %", "welcome %")).unwrap();
    dev.until("welcome");

    let id = i32::try_from(dev.child.id()).unwrap();
    let pid = rustix::process::Pid::from_raw(id).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert!(dev.child.wait().unwrap().success());
}
