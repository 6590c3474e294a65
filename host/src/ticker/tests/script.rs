//! A script that plays a guest: what each run does is told by the test.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;

use crate::capabilities::Effects;
use crate::runner::{RunCall, RunResult};
use crate::store::{Usage, Write};
use crate::types::{Fuel, Outcome};

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Play {
    End(Outcome),
    /// It asks for so many ticks to be skipped.
    Ask(u32),
    /// It ends well after so long.
    Sleep(Duration),
    /// It never ends: the host dies in it, or its caller goes away.
    Hang,
}

/// A guest that does as it is told, and remembers what was started.
#[derive(Debug, Default)]
pub(crate) struct Script {
    plays: Mutex<BTreeMap<String, Play>>,
    /// How often `init-host` still fails.
    pub(crate) failing_starts: Mutex<u32>,
    /// Every start of a run, with its attempt, in order.
    pub(crate) started: Mutex<Vec<(String, u32)>>,
    pub(crate) hung: Notify,
}

impl Script {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// From now on a task plays so; without, it ends well.
    pub(crate) fn set(&self, task: &str, play: Play) {
        self.plays.lock().unwrap().insert(task.to_owned(), play);
    }

    pub(crate) fn start(&self, usage: Usage) -> Result<Effects, String> {
        let mut failing = self.failing_starts.lock().unwrap();
        if *failing > 0 {
            *failing -= 1;
            return Err("the script fails to start".to_owned());
        }
        Ok(Effects { usage, ..Effects::default() })
    }

    /// A run that ends well writes its own identity, so that what was committed can be counted.
    pub(crate) async fn run(&self, call: &RunCall<'_>) -> RunResult {
        self.started.lock().unwrap().push((call.id.to_string(), call.attempt));
        let play = self.plays.lock().unwrap().get(call.task.as_str()).copied();
        let (outcome, asked_for) = match play.unwrap_or(Play::End(Outcome::Ok)) {
            Play::End(outcome) => (outcome, None),
            Play::Ask(n) => (Outcome::Ok, Some(n)),
            Play::Sleep(time) => {
                tokio::time::sleep(time).await;
                (Outcome::Ok, None)
            }
            Play::Hang => {
                self.hung.notify_one();
                std::future::pending().await
            }
        };
        let (mut writes, mut usage) = (Vec::new(), call.usage);
        if outcome == Outcome::Ok {
            usage.keys += 1;
            usage.bytes += call.id.as_str().len() as u64;
            writes.push(Write {
                bucket: "default".into(),
                key: call.id.to_string(),
                value: Some(vec![]),
            });
        }
        RunResult {
            outcome,
            asked_for,
            effects: Effects { writes, usage, ..Effects::default() },
            fuel: Fuel::new(1),
            time: Duration::ZERO,
            memory: 0,
            error: outcome.is_failure().then(|| "as the script says".to_owned()),
            detail: None,
            lives: !outcome.is_kill(),
        }
    }
}
