//! Making an instance ready (S18), and asking a component about itself in an instance that is
//! thrown away.
//!
//! The same guards stand around all of it as around a run, under the limits for loading: start
//! functions run while an instance is made. What was declared is checked here and nowhere else.

use std::collections::HashSet;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;

use wasmtime::Store;

use super::guard::{Ended, Guard};
use super::guest::{Guest, arm};
use super::instance::Instance;
use super::verdict::{MAX_ERROR, Verdict, is_unread, judge};
use crate::capabilities::bindings::Manager;
use crate::capabilities::bindings::types::Task;
use crate::capabilities::{Effects, Entry, GuestState};
use crate::store::Usage;
use crate::types::{DeclaredTask, LoadLimits, Outcome, TaskName, TicksBetweenRuns, harmless_line};

/// Why there is no instance, or no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}: {error}")]
pub struct StartFailure {
    /// What kind of failure it is.
    pub cause: StartCause,
    /// One harmless line.
    pub error: String,
    /// A guest backtrace, where there is one.
    pub detail: Option<String>,
}

/// What kind of failure to start it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartCause {
    /// The guest was ended by force, with this outcome.
    Killed(Outcome),
    /// `init-host` returned an error.
    Refused,
    /// The component needs more than an instance may hold: the load is refused.
    TooBig,
    /// What the component says about itself is not allowed: the load is refused.
    Invalid,
    /// The host itself failed.
    Host,
}

impl fmt::Display for StartCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Killed(outcome) => outcome.fmt(f),
            Self::Refused => f.write_str("init-host failed"),
            Self::TooBig => f.write_str("the component needs more than is granted"),
            Self::Invalid => f.write_str("the component declares what is not allowed"),
            Self::Host => f.write_str("the host failed"),
        }
    }
}

impl StartFailure {
    fn new(cause: StartCause, error: &str) -> Self {
        Self { cause, error: harmless_line(error, MAX_ERROR), detail: None }
    }
}

/// What a component says about itself, for people: harmless lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// `service-version`.
    pub version: String,
    /// `service-config`: names and values.
    pub config: Vec<(String, String)>,
}

/// What is asked of a fresh instance.
#[derive(Debug, Clone, Copy)]
enum Question {
    Init,
    Tasks,
    About,
}

/// What it answered.
enum Said {
    Init(Result<(), String>),
    Tasks(Vec<Task>),
    About(String, Vec<(String, String)>),
}

/// Where an error came from.
enum Broken {
    Instantiating(wasmtime::Error),
    Calling(wasmtime::Error),
}

impl Guest {
    /// A new instance that came through `init-host`, and what that wrote. `usage` is what the
    /// manager's buckets hold as committed.
    ///
    /// # Errors
    /// [`StartFailure`]: there is no instance, and nothing was written.
    pub async fn start(&self, usage: Usage) -> Result<(Instance, Effects), StartFailure> {
        let (mut store, manager, said) = self.ask(Question::Init, usage).await?;
        if let Said::Init(Err(text)) = said {
            return Err(StartFailure::new(StartCause::Refused, &text));
        }
        let effects = store.data_mut().finish();
        Ok((Instance::new(store, manager, None), effects))
    }

    /// The tasks that the component declares, checked, in order; asked in an instance of its own
    /// (S18).
    ///
    /// # Errors
    /// [`StartFailure`], also where a name is wrong or given twice (S6).
    pub async fn declare(&self) -> Result<Vec<DeclaredTask>, StartFailure> {
        let (mut store, _, said) = self.ask(Question::Tasks, Usage::default()).await?;
        store.data_mut().finish();
        let Said::Tasks(tasks) = said else { return Ok(Vec::new()) };
        declared(tasks, &self.shared.limits.load)
            .map_err(|error| StartFailure::new(StartCause::Invalid, &error))
    }

    /// What the component says about its version and settings, asked in an instance of its own.
    ///
    /// # Errors
    /// [`StartFailure`], also where a text is longer than allowed.
    pub async fn describe(&self) -> Result<Description, StartFailure> {
        let limit = self.shared.limits.load.text;
        let (mut store, _, said) = self.ask(Question::About, Usage::default()).await?;
        store.data_mut().finish();
        let Said::About(version, config) = said else {
            return Ok(Description { version: String::new(), config: Vec::new() });
        };
        let line = |what: &str, text: &str| {
            if text.len() as u64 > u64::from(limit) {
                let error =
                    format!("{what} is {} bytes long, of {limit} allowed (`text`)", text.len());
                return Err(StartFailure::new(StartCause::Invalid, &error));
            }
            Ok(harmless_line(text, usize::MAX))
        };
        let version = line("the version", &version)?;
        let pair = |(name, value): &(String, String)| {
            Ok((line("the name of a setting", name)?, line("a setting", value)?))
        };
        Ok(Description { version, config: config.iter().map(pair).collect::<Result<_, _>>()? })
    }

    /// Makes an instance and asks it one thing, under guard.
    async fn ask(
        &self,
        question: Question,
        usage: Usage,
    ) -> Result<(Store<GuestState>, Manager, Said), StartFailure> {
        let limits = &self.shared.limits.load.run;
        let mut store = self.store();
        let entry = match question {
            Question::Init => Entry::Init,
            Question::Tasks | Question::About => Entry::Declare,
        };
        if let Err(error) = arm(&mut store, entry, limits, usage) {
            return Err(host_failed(&error.to_string()));
        }
        let (time, mut note) = (Arc::clone(&store.data().time), None);
        let (ended, _) = {
            let asked = pin!(self.enter(&mut store, question));
            Guard::new(asked, &time, &mut note, limits.timeout).await
        };
        match ended {
            Ended::Returned(Ok((manager, said))) => Ok((store, manager, said)),
            Ended::Returned(Err(broken)) => Err(self.failure(&mut store, question, &broken)),
            Ended::TimedOut => {
                store.data_mut().finish();
                let error = format!("the time limit of {:?} for loading passed", limits.timeout);
                Err(StartFailure::new(StartCause::Killed(Outcome::TimedOut), &error))
            }
            Ended::Panicked(text) => Err(host_failed(&text)),
        }
    }

    async fn enter(
        &self,
        store: &mut Store<GuestState>,
        question: Question,
    ) -> Result<(Manager, Said), Broken> {
        let made = self.pre.instantiate_async(&mut *store).await;
        let manager = made.map_err(Broken::Instantiating)?;
        let lifecycle = manager.tourbillon_manager_lifecycle();
        let said = match question {
            Question::Init => {
                let host = &self.shared.identity.host;
                lifecycle.call_init_host(&mut *store, host).await.map(Said::Init)
            }
            Question::Tasks => lifecycle.call_periodic_tasks(&mut *store).await.map(Said::Tasks),
            Question::About => {
                let version = lifecycle.call_service_version(&mut *store).await;
                let version = version.map_err(Broken::Calling)?;
                let config = lifecycle.call_service_config(&mut *store).await;
                config.map(|config| Said::About(version, config))
            }
        };
        Ok((manager, said.map_err(Broken::Calling)?))
    }

    #[cold]
    fn failure(
        &self,
        store: &mut Store<GuestState>,
        question: Question,
        broken: &Broken,
    ) -> StartFailure {
        let limits = &self.shared.limits;
        let state = store.data_mut();
        if let Broken::Calling(error) = broken
            && is_unread(error)
        {
            state.finish();
            return unread(question, &limits.load);
        }
        let (exceeded, denied) = (state.finish().exceeded, state.limiter.denied());
        let (Broken::Instantiating(error) | Broken::Calling(error)) = broken;
        let Verdict { outcome, error: text, detail, .. } =
            judge(error, exceeded, denied, &limits.load.run, limits);
        if error.is::<wasmtime::PoolConcurrencyLimitError>() {
            return host_failed(&text);
        }
        // Without a trap no code of the guest ended it: it never came to be.
        let never_ran = matches!(broken, Broken::Instantiating(_)) && !error.is::<wasmtime::Trap>();
        let cause = match outcome {
            Outcome::Trap | Outcome::OutOfMemory if never_ran => StartCause::TooBig,
            outcome => StartCause::Killed(outcome),
        };
        StartFailure { cause, error: text, detail }
    }
}

/// It returned more than the host reads: what that means depends on what was asked.
#[cold]
fn unread(question: Question, limits: &LoadLimits) -> StartFailure {
    let read = format!("{} (`load_call_bytes`)", limits.run.call_bytes);
    let (cause, error) = match question {
        Question::Init => {
            (StartCause::Refused, format!("its error text has more than {read} and was not read"))
        }
        Question::Tasks => (
            StartCause::Invalid,
            format!(
                "its list of tasks takes more than {read}, and may have at most {} tasks (`tasks`)",
                limits.tasks
            ),
        ),
        Question::About => (
            StartCause::Invalid,
            format!(
                "its version and settings take more than {read}, and each text may have at most {} bytes (`text`)",
                limits.text
            ),
        ),
    };
    StartFailure::new(cause, &error)
}

#[cold]
fn host_failed(text: &str) -> StartFailure {
    let failure = StartFailure::new(StartCause::Host, text);
    tracing::error!(error = failure.error, "the host failed while a manager was started");
    failure
}

/// Checks what a component declares.
fn declared(tasks: Vec<Task>, limits: &LoadLimits) -> Result<Vec<DeclaredTask>, String> {
    if tasks.len() as u64 > u64::from(limits.tasks) {
        return Err(format!(
            "{} tasks are declared, of {} allowed (`tasks`)",
            tasks.len(),
            limits.tasks
        ));
    }
    let mut names = HashSet::with_capacity(tasks.len());
    let check = |task: Task| {
        let name = TaskName::new(&task.name).map_err(|error| error.to_string())?;
        if !names.insert(name.clone()) {
            return Err(format!("the task \"{name}\" is declared twice"));
        }
        if task.summary.len() as u64 > u64::from(limits.text) {
            return Err(format!(
                "the summary of task \"{name}\" is {} bytes long, of {} allowed (`text`)",
                task.summary.len(),
                limits.text
            ));
        }
        Ok(DeclaredTask {
            name,
            ticks_between_runs: TicksBetweenRuns::new(task.ticks_between_runs),
            run_immediately: task.run_immediately,
            summary: harmless_line(&task.summary, usize::MAX),
        })
    };
    tasks.into_iter().map(check).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(name: &str, summary: &str) -> Task {
        Task {
            name: name.to_owned(),
            ticks_between_runs: 2,
            run_immediately: true,
            summary: summary.to_owned(),
        }
    }

    #[test]
    fn s06_what_is_declared_is_checked_and_the_task_is_named() {
        let limits = LoadLimits { tasks: 2, text: 5, ..LoadLimits::default() };
        let check = |tasks: &[Task], expect: &str| {
            assert_eq!(declared(tasks.to_vec(), &limits).unwrap_err(), expect);
        };
        check(
            &[task("a", ""), task("b", ""), task("c", "")],
            "3 tasks are declared, of 2 allowed (`tasks`)",
        );
        check(&[task("a", ""), task("a", "")], "the task \"a\" is declared twice");
        check(
            &[task("a", "123456")],
            "the summary of task \"a\" is 6 bytes long, of 5 allowed (`text`)",
        );
        check(
            &[task("A\n", "")],
            "task name \"A\\n\" is not valid: it does not start with a letter a-z; \
             names are 1 to 64 of a-z 0-9 . _ -, starting with a letter",
        );
    }

    #[test]
    fn s05_tasks_keep_their_declared_order_and_their_texts_are_harmless() {
        let tasks =
            declared(vec![task("b", "x\ny"), task("a", "")], &LoadLimits::default()).unwrap();
        let said: Vec<_> = tasks.iter().map(|t| (t.name.as_str(), t.summary.as_str())).collect();
        assert_eq!(said, [("b", "x\\ny"), ("a", "")]);
        assert_eq!(tasks[0].ticks_between_runs, TicksBetweenRuns::new(2));
        assert!(tasks[0].run_immediately);
    }
}
