//! What a manager logs while a scenario is played: lines of the target `guest`, and nothing else.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::found::LogLine;
use crate::types::RunId;

/// The most lines of a scenario, and of bytes in them; later ones are not kept, and the judgement will miss
/// them.
const MOST_LINES: usize = 1_000_000;
const MOST_BYTES: usize = 64 << 20;

/// Lines, as they come.
#[derive(Debug, Clone, Default)]
pub(super) struct Log(Arc<Mutex<Lines>>);

#[derive(Debug, Default)]
struct Lines {
    kept: Vec<LogLine>,
    bytes: usize,
}

impl Log {
    /// A subscriber that keeps the lines.
    pub(super) fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        tracing_subscriber::registry().with(self.clone())
    }

    pub(super) fn take(&self) -> Vec<LogLine> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).kept
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let meta = event.metadata();
        if meta.target() != "guest" {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let level = match *meta.level() {
            _ if fields.critical => "critical",
            Level::ERROR => "error",
            Level::WARN => "warn",
            Level::INFO => "info",
            Level::DEBUG => "debug",
            Level::TRACE => "trace",
        };
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Fields { tick, task, message, .. } = fields;
        lines.bytes = lines.bytes.saturating_add(message.len());
        if lines.kept.len() < MOST_LINES && lines.bytes <= MOST_BYTES {
            lines.kept.push(LogLine { tick, task, level, text: message });
        }
    }
}

#[derive(Debug, Default)]
struct Fields {
    tick: Option<u64>,
    task: Option<String>,
    message: String,
    critical: bool,
}

impl Visit for Fields {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.critical |= field.name() == "critical" && value;
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "task" => self.task = Some(value.to_owned()),
            "run" => self.tick = RunId::tick_of(value),
            "message" => value.clone_into(&mut self.message),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        }
    }
}
