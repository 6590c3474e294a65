//! What a scenario expects. What is not mentioned is not looked at.

use std::cell::Cell;
use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};
use toml::de::DeValue;

use super::raw;
use super::stored::StoredValue;
use crate::config::closest;
use crate::config::reading::{
    Fit as _, Key, Many, Named, Place, Plain, Problems, Refused, another_kind, quoted,
};
use crate::types::{Outcome, TaskName};

/// The most bytes of one compiled pattern.
const PATTERN: usize = 256 << 10;

/// The most patterns of a scenario: some hundred megabytes at the very most.
const MOST_PATTERNS: usize = 1_000;

thread_local! {
    /// Patterns of the scenario that is being read on this thread: a value that is read knows of no other.
    static PATTERNS: Cell<usize> = const { Cell::new(0) };
}

/// Reads a scenario, whose patterns are counted anew.
pub(super) fn counting<T>(read: impl FnOnce() -> T) -> T {
    PATTERNS.set(0);
    read()
}

/// What is expected of a scenario's end.
#[derive(Debug, Clone, Default)]
pub struct Expect {
    /// For each task named, its outcome on every tick: words with blanks between them, `-` for *skipped*,
    /// `*` for any, `absent` where the task is not there, `failed|trap` for one of them.
    pub outcomes: BTreeMap<String, Outcomes>,
    /// All lines that the manager logged, in order: `tick task level text`, without the task where there was
    /// none.
    pub logs: Option<Vec<Text>>,
    /// Lines that are among those logged, in this order.
    pub logs_with: Vec<Text>,
    /// For each task named, the error of every failed run.
    pub errors: BTreeMap<String, Text>,
    /// For each task named, the detail (a backtrace) of every failed run.
    pub details: BTreeMap<String, Text>,
    /// All that the manager's own bucket holds at the end.
    pub store: Option<BTreeMap<String, StoredValue>>,
    /// For each task named, or `*` for all: no run used so much fuel.
    pub fuel_below: BTreeMap<String, u64>,
    /// The declared tasks in their order: `name N`, and `immediately` where that is so.
    pub tasks: Option<Vec<String>>,
    /// What `service-version` answers.
    pub version: Option<String>,
    /// What `service-config` answers.
    pub service_config: Option<BTreeMap<String, String>>,
    /// All calls that were answered from the recording, in order: `tick task function(…) -> answer`.
    pub calls: Option<Vec<Text>>,
    /// How each upgrade ends: `ok`, or why it is refused. Where it is not mentioned, each must be `ok`.
    pub upgrades: Option<Vec<Text>>,
}

/// A text that is expected: as it is, or a pattern between slashes.
#[derive(Debug, Clone)]
pub struct Text {
    written: String,
    pattern: Option<Regex>,
}

/// The outcomes of one task: for each tick one, or some of which it is one, or any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes(pub(super) Vec<Wanted>);

/// The word for a task that a tick does not know: it is not enabled, or not declared any more.
pub(super) const ABSENT: &str = "absent";

/// The outcome of one tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    written: String,
    /// One of them, `None` where the task is not there; any, where the list is empty.
    of: Vec<Option<Outcome>>,
}

impl Wanted {
    pub(super) fn fits(&self, found: Option<Outcome>) -> bool {
        self.of.is_empty() || self.of.contains(&found)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.written
    }
}

impl Text {
    /// Whether a text is what is expected.
    pub fn fits(&self, text: &str) -> bool {
        self.pattern.as_ref().map_or(self.written == text, |pattern| pattern.is_match(text))
    }

    /// What is expected, as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

impl From<String> for Text {
    /// Exactly this text.
    fn from(written: String) -> Self {
        Self { written, pattern: None }
    }
}

impl Plain for Text {
    fn plain(value: &DeValue<'_>, place: &Place<'_>) -> Result<Self, Refused> {
        let DeValue::String(written) = value else {
            let help = "write a text, or a pattern between slashes: \"/…/\"";
            return Err(another_kind(value, place, "a text", help));
        };
        let written = written.clone().into_owned();
        let inner = written.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        let pattern = inner.map(compiled).transpose()?;
        Ok(Self { written, pattern })
    }
}

fn compiled(text: &str) -> Result<Regex, Refused> {
    PATTERNS.set(PATTERNS.get() + 1);
    if PATTERNS.get() > MOST_PATTERNS {
        return Err(Refused {
            what: format!("there are more than {MOST_PATTERNS} patterns"),
            help: "write texts".to_owned(),
        });
    }
    RegexBuilder::new(text).size_limit(PATTERN).build().map_err(|error| Refused {
        what: format!("{} is no pattern: {}", quoted(text), reason(&error)),
        help: "write a regular expression; a character that means itself has \\ before it"
            .to_owned(),
    })
}

/// The last line of what is wrong with a pattern: those before it draw it.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

impl Plain for Outcomes {
    fn plain(value: &DeValue<'_>, place: &Place<'_>) -> Result<Self, Refused> {
        let DeValue::String(written) = value else {
            let help = format!("write a word for each tick: {} = \"- ok failed\"", place.key);
            return Err(another_kind(value, place, "a text", help));
        };
        let outcome = |word: &str| match word {
            ABSENT => Ok(None),
            "-" => Ok(Some(Outcome::Skipped)),
            word => Outcome::from_name(word).map(Some).ok_or_else(|| unknown(word)),
        };
        let wanted = |word: &str| {
            let of = match word {
                "*" => Vec::new(),
                word => word.split('|').map(outcome).collect::<Result<_, _>>()?,
            };
            Ok(Wanted { written: word.to_owned(), of })
        };
        written.split_whitespace().map(wanted).collect::<Result<_, _>>().map(Self)
    }
}

fn unknown(word: &str) -> Refused {
    let names = Outcome::ALL.map(Outcome::as_str);
    let near = closest(word, &names);
    let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
    let all = names.join(", ");
    Refused {
        what: format!("there is no outcome {}", quoted(word)),
        help: format!(
            "{near}write - for skipped, * for any, {ABSENT} where the task is not there, or one of {all}"
        ),
    }
}

/// Whether a text is a declared task as [`Expect::tasks`] has them.
fn is_declaration(text: &str) -> bool {
    let mut words = text.split(' ');
    let name = words.next().is_some_and(|name| TaskName::new(name).is_ok());
    let n = words.next().is_some_and(|n| n.parse::<u32>().is_ok_and(|read| read.to_string() == n));
    let rest = words.next().is_none_or(|word| word == "immediately");
    name && n && rest && words.next().is_none()
}

/// Values by their names.
pub(super) fn named<T: Clone>(key: &Key<Named<T>>) -> BTreeMap<String, T> {
    let all = key.get().map_or(&[][..], |named| &named.0);
    all.iter().map(|(name, value)| (name.value.clone(), value.clone())).collect()
}

fn many<T: Clone>(all: &Many<T>) -> Vec<T> {
    all.0.iter().map(|at| at.value.clone()).collect()
}

impl Expect {
    /// What a file says; what is wrong with it is noted.
    pub(super) fn of(raw: &raw::Expect, problems: &mut Problems) -> Self {
        for at in raw.tasks.get().map_or(&[][..], |list| &list.0) {
            if !is_declaration(&at.value) {
                let what = format!("{} is no declared task", quoted(&at.value));
                let help = "write its name, its ticks between runs and, where that is so, immediately: \"sweep 2\", \
                            \"intake 0 immediately\"";
                problems.add(at.span.clone(), what, help);
            }
        }
        let service_config = raw.service_config.get();
        Self {
            outcomes: named(&raw.outcomes),
            logs: raw.logs.get().map(many),
            logs_with: raw.logs_with.get().map(many).unwrap_or_default(),
            errors: named(&raw.errors),
            details: named(&raw.details),
            store: raw.store.get().map(|_| named(&raw.store)),
            fuel_below: named(&raw.fuel_below).into_iter().map(|(t, n)| (t, n.fit())).collect(),
            tasks: raw.tasks.get().map(|l| l.0.iter().map(|at| at.value.clone()).collect()),
            version: raw.version.get().cloned(),
            service_config: service_config
                .map(|texts| texts.0.iter().map(|(k, at)| (k.clone(), at.value.clone())).collect()),
            calls: raw.calls.get().map(many),
            upgrades: raw.upgrades.get().map(many),
        }
    }

    /// Whether nothing is expected, so that whatever happens is well.
    pub fn is_empty(&self) -> bool {
        let Self {
            outcomes,
            logs,
            logs_with,
            errors,
            details,
            store,
            fuel_below,
            tasks,
            version,
            service_config,
            calls,
            upgrades,
        } = self;
        outcomes.is_empty()
            && logs.is_none()
            && logs_with.is_empty()
            && errors.is_empty()
            && details.is_empty()
            && store.is_none()
            && fuel_below.is_empty()
            && tasks.is_none()
            && version.is_none()
            && service_config.is_none()
            && calls.is_none()
            && upgrades.is_none()
    }
}
