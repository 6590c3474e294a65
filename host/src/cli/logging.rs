//! The log: guests' lines as `manager/task level message`, the host's as `tourbillon level message`.
//!
//! Knows neither what is logged nor why. Lines go to stderr, or, while the live table has the terminal,
//! into a small buffer of which the table shows the end.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use super::ending::Stop;
use super::voice;
use crate::types::harmless_line;

/// What is logged where nobody says.
const DEFAULT: &str = "warn,tourbillon=info,guest=info";

/// The variable that says so.
const VARIABLE: &str = "TOURBILLON_LOG";

/// Lines that the live table can look back on.
const KEPT: usize = 100;

/// The longest line of the host, in bytes. Guests' lines have limits of their own.
const MAX_LINE: usize = 64 << 10;

/// Where lines go.
#[derive(Debug, Clone, Default)]
pub(super) struct Sink(Arc<Mutex<Option<VecDeque<String>>>>);

impl Sink {
    /// From now on keeps the newest lines instead of writing them.
    pub(super) fn hold(&self) {
        *self.lock() = Some(VecDeque::new());
    }

    /// Writes what was kept, and from now on everything.
    pub(super) fn release(&self) {
        let held = self.lock().take();
        for line in held.into_iter().flatten() {
            self.line(line);
        }
    }

    /// The newest lines, oldest first.
    pub(super) fn newest(&self, n: usize) -> Vec<String> {
        let held = self.lock();
        let lines = held.as_ref().map(|held| held.iter().rev().take(n).rev().cloned().collect());
        lines.unwrap_or_default()
    }

    fn line(&self, line: String) {
        if let Some(held) = &mut *self.lock() {
            if held.len() == KEPT {
                held.pop_front();
            }
            held.push_back(line);
            return;
        }
        voice::log(line);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<VecDeque<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the log. `filter` is what the command line says.
pub(super) fn start(filter: Option<&str>) -> Result<Sink, Stop> {
    let variable = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
    let (text, from) = match (filter, &variable) {
        (Some(text), _) => (text, "--log"),
        (None, Some(text)) => (text.as_str(), VARIABLE),
        (None, None) => (DEFAULT, "the default"),
    };
    let filter = parse(text).map_err(|why| {
        let text = harmless_line(text, 200);
        Stop::wrong(format!(
            "{from} is no filter of a log: \"{text}\": {why}; write a level (error, warn, info, debug, \
             trace), or targets with levels, such as warn,guest=debug"
        ))
    })?;
    let sink = Sink::default();
    tracing_subscriber::registry()
        .with(Lines(sink.clone()).with_filter(filter))
        .try_init()
        .map_err(|e| Stop::Host(anyhow::anyhow!("can't start the log: {e}")))?;
    Ok(sink)
}

fn parse(text: &str) -> Result<EnvFilter, String> {
    // A bare word would be taken for a target, of which all is to be logged: a level with a slip in it.
    let is_word = |part: &&str| part.bytes().all(|b| b.is_ascii_alphanumeric());
    let slip = text.split(',').map(str::trim).filter(|part| !part.is_empty()).filter(is_word);
    let slip = { slip }.find(|word| {
        *word != "guest" && *word != "tourbillon" && word.parse::<LevelFilter>().is_err()
    });
    match slip {
        Some(word) => Err(format!("there is no level {}", harmless_line(word, 40))),
        None => EnvFilter::builder().parse(text).map_err(|e| e.to_string()),
    }
}

/// Turns events into lines.
struct Lines(Sink);

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let meta = event.metadata();
        self.0.line(fields.line(*meta.level(), meta.target()));
    }
}

/// The fields of one event.
#[derive(Debug, Default)]
struct Fields {
    message: String,
    manager: Option<String>,
    task: Option<String>,
    context: Option<String>,
    critical: bool,
    rest: String,
}

impl Fields {
    fn line(self, level: Level, target: &str) -> String {
        let level = match level {
            _ if self.critical => "critical",
            Level::ERROR => "error",
            Level::WARN => "warn",
            Level::INFO => "info",
            Level::DEBUG => "debug",
            Level::TRACE => "trace",
        };
        let mut line = String::new();
        if target == "guest" {
            line.push_str(self.manager.as_deref().unwrap_or("?"));
            if let Some(task) = &self.task {
                line.push('/');
                line.push_str(task);
            }
            line.push(' ');
            line.push_str(level);
            if let Some(context) = &self.context {
                line.push_str(&format!(" [{context}]"));
            }
            line.push(' ');
            line.push_str(&self.message);
            return line;
        }
        line.push_str("tourbillon ");
        line.push_str(level);
        line.push(' ');
        line.push_str(&self.message);
        for (key, value) in [("manager", &self.manager), ("task", &self.task)] {
            if let Some(value) = value {
                line.push_str(&format!(" {key}={value}"));
            }
        }
        line.push_str(&self.rest);
        harmless_line(&line, MAX_LINE)
    }

    fn text(&mut self, field: &Field, value: String) {
        match field.name() {
            "message" => self.message = value,
            "manager" => self.manager = Some(value),
            "task" => self.task = Some(value),
            "context" => self.context = Some(value),
            // What is in a run's id, the manager and the task say already.
            "run" => {}
            name => self.rest.push_str(&format!(" {name}={value}")),
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value.to_owned());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if field.name() == "critical" {
            self.critical = value;
        } else {
            self.text(field, value.to_string());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        // Writing to a String does not fail; a Debug that does leaves what it wrote.
        write!(text, "{value:?}").ok();
        self.text(field, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(filter: &str, work: impl FnOnce()) -> Vec<String> {
        let sink = Sink::default();
        sink.hold();
        let layer = Lines(sink.clone()).with_filter(EnvFilter::new(filter));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), work);
        sink.newest(KEPT)
    }

    #[test]
    fn a_level_with_a_slip_in_it_is_not_taken_for_a_target() {
        let said = |text| parse(text).map_or_else(|why| why, |_| "fine".to_owned());
        for fine in ["warn", "OFF", "0", "info,guest=debug", "guest", "wasmtime_wasi=trace", ""] {
            assert_eq!(said(fine), "fine", "{fine}");
        }
        assert_eq!(said("loud"), "there is no level loud");
        assert_eq!(said("warn, inof"), "there is no level inof");
        assert_ne!(said("guest=loud"), "fine");
    }

    #[test]
    fn lines_of_guests_and_of_the_host_are_told_apart() {
        let lines = logged(DEFAULT, || {
            tracing::info!(target: "guest", manager = "janitor", task = "sweep", run = "x", "swept");
            tracing::error!(target: "guest", manager = "janitor", context = "disk", critical = true, "full");
            tracing::debug!(target: "guest", manager = "janitor", "not shown");
            tracing::warn!(target: "tourbillon::store", manager = %"janitor", took = 7, "a\nb");
        });
        assert_eq!(
            lines,
            [
                "janitor/sweep info swept",
                "janitor critical [disk] full",
                "tourbillon warn a\\nb manager=janitor took=7",
            ]
        );
    }

    #[test]
    fn what_is_held_is_bounded_and_the_oldest_goes_first() {
        let sink = Sink::default();
        sink.hold();
        (0..KEPT + 5).for_each(|i| sink.line(i.to_string()));
        assert_eq!(sink.newest(2), [(KEPT + 3).to_string(), (KEPT + 4).to_string()]);
        assert_eq!(sink.newest(usize::MAX).len(), KEPT);
    }
}
