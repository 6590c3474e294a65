//! What is said on stderr: by a thread of its own, so that nobody who reads it slowly, or not at all,
//! holds up a run, a neighbour or the end.
//!
//! Lines of the log wait in a queue of bounded size; what has no room is dropped, and one line says how
//! many. What is said to a person is always taken, and waited for, but not for ever. Knows nothing of
//! what is said.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use rustix::fs::fstat;

/// Bytes of the log that wait to be read: some runs' whole allowances.
const ROOM: usize = 4 << 20;

/// How long what was said is waited for. A reader that takes nothing for so long has stopped reading.
const PATIENCE: Duration = Duration::from_secs(2);

/// The voice of the process.
static STDERR: OnceLock<Voice> = OnceLock::new();

/// A stream, and the lines that wait for it.
#[derive(Debug, Clone, Default)]
struct Voice(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// Something was added, or written.
    moved: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    lines: VecDeque<String>,
    /// Bytes that wait, the line that is being written included.
    bytes: usize,
    /// Lines added and lines written, since the start.
    added: u64,
    written: u64,
    /// Lines dropped since that was last told.
    dropped: u64,
    /// Whether there is nobody to write them.
    silent: bool,
}

/// Says something to the person at the terminal, and waits until it was written.
pub(super) fn say(text: String) {
    stderr().say(text, PATIENCE);
}

/// Adds a line of the log, if there is room for it.
pub(super) fn log(line: String) {
    stderr().log(line);
}

/// Waits until all was written, as long as somebody reads it; false where nobody does.
pub(super) fn finish() -> bool {
    STDERR.get().is_none_or(|voice| voice.finish(PATIENCE))
}

/// Lets lines of the log come before those of the ticks that they belong to, as long as somebody reads it.
#[derive(Debug)]
pub(super) struct LogFirst(bool);

impl LogFirst {
    pub(super) const fn new() -> Self {
        Self(true)
    }

    /// The same where stdout and stderr are one stream, for what goes on printing for ever: only there anybody
    /// sees an order, and a slow reader of the log alone must not hold up the reports.
    pub(super) fn on_one_stream() -> Self {
        let (out, err) = (fstat(std::io::stdout()), fstat(std::io::stderr()));
        let place = |stat: rustix::fs::Stat| (stat.st_dev, stat.st_ino);
        Self(matches!((out, err), (Ok(out), Ok(err)) if place(out) == place(err)))
    }

    /// Waits for what was logged so far. Who read nothing once is not waited for again.
    pub(super) fn wait(&mut self) {
        self.0 = self.0 && finish();
    }
}

fn stderr() -> &'static Voice {
    STDERR.get_or_init(|| Voice::of(std::io::stderr()))
}

impl Voice {
    fn of(stream: impl Write + Send + 'static) -> Self {
        let voice = Self::default();
        let own = voice.clone();
        let thread = std::thread::Builder::new().name("stderr".to_owned());
        // Without a thread nobody speaks; the command does its work all the same.
        if thread.spawn(move || own.speak(stream)).is_err() {
            voice.queue().silent = true;
        }
        voice
    }

    fn say(&self, text: String, patience: Duration) {
        let mut queue = self.queue();
        if queue.silent {
            return;
        }
        queue.add(text);
        self.0.moved.notify_all();
        drop(queue);
        self.finish(patience);
    }

    fn log(&self, line: String) {
        let mut queue = self.queue();
        if queue.silent {
            return;
        }
        // A line longer than all the room is taken where nothing waits.
        if queue.bytes > 0 && queue.bytes.saturating_add(line.len()) > ROOM {
            queue.dropped += 1;
            return;
        }
        queue.add(line);
        self.0.moved.notify_all();
    }

    /// Waits until what was added so far is written, or nothing was for as long as `patience`: then false.
    fn finish(&self, patience: Duration) -> bool {
        let mut queue = self.queue();
        let all = queue.added;
        while queue.written < all && !queue.silent {
            let before = queue.written;
            let waited = self
                .0
                .moved
                .wait_timeout_while(queue, patience, |q| q.written == before && !q.silent)
                .unwrap_or_else(PoisonError::into_inner);
            queue = waited.0;
            if waited.1.timed_out() {
                return false;
            }
        }
        true
    }

    /// Writes line after line, for as long as the process lives.
    fn speak(&self, mut stream: impl Write) {
        loop {
            let mut queue = self.queue();
            while queue.lines.is_empty() {
                queue = self.0.moved.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            let mut text = String::new();
            if queue.dropped > 0 {
                let dropped = std::mem::take(&mut queue.dropped);
                text = format!(
                    "tourbillon warn {dropped} lines of the log were dropped: stderr is read too slowly\n"
                );
            }
            let line = queue.lines.pop_front().unwrap_or_default();
            drop(queue);
            text.push_str(&line);
            text.push('\n');
            // Where stderr is gone there is nobody left to tell.
            drop(stream.write_all(text.as_bytes()).and_then(|()| stream.flush()));
            let mut queue = self.queue();
            queue.bytes -= line.len();
            queue.written += 1;
            self.0.moved.notify_all();
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn add(&mut self, line: String) {
        self.bytes += line.len();
        self.added += 1;
        self.lines.push_back(line);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, PipeReader};

    use super::*;

    fn voice() -> (PipeReader, Voice) {
        let (reader, writer) = std::io::pipe().unwrap();
        (reader, Voice::of(writer))
    }

    #[test]
    fn what_is_said_and_logged_comes_in_its_order() {
        let (reader, voice) = voice();
        for i in 0..10 {
            voice.log(format!("log {i}"));
            voice.say(format!("said {i}"), PATIENCE);
        }
        let lines = BufReader::new(reader).lines().take(20).map(Result::unwrap);
        let expect = (0..10).flat_map(|i| [format!("log {i}"), format!("said {i}")]);
        assert!(lines.eq(expect));
    }

    #[test]
    fn nobody_waits_for_a_reader_that_reads_nothing() {
        let (reader, voice) = voice();
        let line = "x".repeat(64 << 10);
        let lines = 2 * ROOM / line.len();
        for _ in 0..lines {
            voice.log(line.clone());
            assert!(voice.queue().bytes <= ROOM);
        }
        voice.say("said".to_owned(), Duration::from_millis(1));
        voice.finish(Duration::from_millis(1));
        let mut read = BufReader::new(reader).lines().map(Result::unwrap);
        let mut whole = 0;
        let told = loop {
            match read.next().unwrap() {
                long if long == line => whole += 1,
                other => break other,
            }
        };
        let dropped = lines - whole;
        // The line before which it is told is the next one to be written.
        let expect = |n: &str| n.parse::<usize>().unwrap() > 0;
        assert!(told.split(' ').nth(2).is_some_and(expect), "{told}");
        assert!(dropped > 0);
        assert_eq!(read.find(|l| l == "said").as_deref(), Some("said"));
    }
}
