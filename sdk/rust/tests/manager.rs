//! Managers as a user writes them, driven natively.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use tourbillon_sdk::prelude::*;
use tourbillon_sdk::testing::{Harness, take_log};
use tourbillon_sdk::{Outcome, Tasks};

const OFTEN: u32 = 1;

/// A parent with every kind of argument and return type.
#[derive(Default)]
struct Parent {
    calls: Vec<String>,
}

#[manager]
impl Manager for Parent {
    fn init_host(&mut self, host: &str) -> Result<()> {
        self.calls.push(format!("init on {host}"));
        Ok(())
    }

    fn service_version(&self) -> String {
        "7".to_owned()
    }

    /// First line, which is the summary.
    ///
    /// The rest is not.
    #[periodic_task(ticks_between_runs = OFTEN, run_immediately)]
    pub(crate) fn first(&mut self) {
        self.calls.push("first".to_owned());
    }

    #[periodic_task(name = "second.task-2", summary = "given", run_immediately = false)]
    fn second(&self, run: &Run) -> Result<Skip> {
        info!("{} at {}", run.id, run.scheduled_at_ms);
        Ok(Skip(2))
    }

    #[periodic_task(ticks_between_runs = 3)]
    fn third(&mut self) -> Result<Option<u32>, std::num::ParseIntError> {
        "no number".parse().map(Some)
    }
}

/// A child that replaces the second task and adds a fourth.
#[derive(Default)]
struct Child {
    base: Parent,
}

#[manager(extends(base: Parent))]
impl Manager for Child {
    #[periodic_task]
    fn fourth(&mut self) -> Result<()> {
        Bucket::own()?.increment("fourth", 1)?;
        Err("after writing".into())
    }

    #[periodic_task(name = "second.task-2", overrides, ticks_between_runs = 1)]
    fn mine(&mut self) {
        self.base.calls.push("mine".to_owned());
    }
}

/// A grandchild; generic, and with a hook that calls its parent's.
#[derive(Default)]
struct Grandchild<T> {
    parent: Child,
    what: T,
}

#[manager(extends(parent: Child))]
impl<T: Default + ToString> Manager for Grandchild<T> {
    fn init_host(&mut self, host: &str) -> Result<()> {
        self.parent.init_host(host)?;
        self.parent.base.calls.push(self.what.to_string());
        Ok(())
    }

    #[periodic_task(overrides)]
    fn first(&mut self) {
        self.parent.base.first();
        self.parent.base.first();
    }

    /// Not the summary, which is the parent's
    #[periodic_task(overrides, as_inherited, name = "second.task-2")]
    fn second(&mut self) {
        self.parent.mine();
    }
}

/// Exporting compiles outside of WebAssembly too.
mod exported {
    tourbillon_sdk::export!(super::Grandchild<u8>);
}

fn check(tasks: &Tasks, expect: &[(&str, u32, bool)]) {
    let got: Vec<_> = tasks
        .all()
        .iter()
        .map(|task| (task.name, task.ticks_between_runs, task.run_immediately))
        .collect();
    assert_eq!(got, expect);
}

#[test]
fn s05_s06_inherited_first_and_replaced_in_place() {
    check(&Parent::TASKS, &[("first", 1, true), ("second.task-2", 0, false), ("third", 3, false)]);
    check(
        &Child::TASKS,
        &[
            ("first", 1, true),
            ("second.task-2", 1, false),
            ("third", 3, false),
            ("fourth", 0, false),
        ],
    );
    check(
        &Grandchild::<u8>::TASKS,
        &[
            ("first", 0, false),
            ("second.task-2", 1, false),
            ("third", 3, false),
            ("fourth", 0, false),
        ],
    );
}

#[test]
fn summaries_are_given_or_the_first_line_of_the_doc() {
    let summaries: Vec<_> = Parent::TASKS.all().iter().map(|task| task.summary).collect();
    assert_eq!(summaries, ["First line, which is the summary.", "given", ""]);
}

#[test]
fn hooks_are_inherited_and_overridden() {
    let mut child = Harness::<Child>::new();
    child.init_host().unwrap();
    assert_eq!(child.manager().base.calls, ["init on test"]);
    assert_eq!(child.manager().service_version(), "7");

    let mut grandchild = Harness::<Grandchild<u8>>::new();
    grandchild.init_host().unwrap();
    assert_eq!(grandchild.manager().parent.base.calls, ["init on test", "0"]);
}

#[test]
fn an_overriding_task_runs_instead_and_reaches_the_parent() {
    let mut grandchild = Harness::<Grandchild<u8>>::new();
    grandchild.trigger("first").unwrap();
    grandchild.trigger("second.task-2").unwrap();
    assert_eq!(grandchild.manager().parent.base.calls, ["first", "first", "mine"]);
}

#[test]
fn s10_a_task_asks_for_a_delay_once() {
    let mut parent = Harness::<Parent>::new();
    let ran = parent.ticks(8);
    let count = |name| ran.iter().filter(|(task, _)| *task == name).count();
    // Ticks 1, 4 and 7, for each run asks to skip two.
    assert_eq!(count("second.task-2"), 3);
    assert_eq!((count("first"), count("third")), (4, 2));
    let lines: Vec<_> = take_log().into_iter().map(|line| line.message).collect();
    assert_eq!(lines[1], "test/second.task-2/4 at 40000");
}

#[test]
fn errors_are_told_and_what_was_written_is_undone() {
    let mut child = Harness::<Child>::new();
    let message = |outcome: Outcome| outcome.unwrap_err().message().to_owned();
    assert_eq!(message(child.trigger("third")), "invalid digit found in string");
    assert_eq!(message(child.trigger("fourth")), "after writing");
    assert_eq!(child.stored("fourth"), None);
    let none = "this manager has no task \"fifth\"; it has: first, second.task-2, third, fourth";
    assert_eq!(message(child.trigger("fifth")), none);
    let mut parent = Harness::<Parent>::new();
    let none = "this manager has no task \"fourth\"; it has: first, second.task-2, third";
    assert_eq!(message(parent.trigger("fourth")), none);
}

#[test]
fn every_failure_is_logged_with_its_place() {
    #[derive(Default)]
    struct Failing;

    const LINE: u32 = line!();
    #[manager]
    impl Manager for Failing {
        fn init_host(&mut self, host: &str) -> Result<()> {
            Err(format!("{host} is no place for it").into())
        }

        #[periodic_task]
        fn limit(&mut self) -> Result<Option<u32>> {
            Ok(config::parse("limit")?)
        }
    }

    tourbillon_sdk::testing::set_config("limit", "many");
    let mut failing = Harness::<Failing>::new();
    failing.init_host().unwrap_err();
    failing.trigger("limit").unwrap_err();
    let lines: Vec<_> = take_log().into_iter().map(|line| line.message).collect();
    let wrong = "config limit = \"many\": expected a whole number from 0 to 4294967295";
    let place = |lines: u32| format!("{}:{}", file!(), LINE + lines);
    let expect = [
        format!("init_host failed at {}: test is no place for it", place(4)),
        format!("limit failed at {}: {wrong}", place(9)),
    ];
    assert_eq!(lines, expect);
}

#[test]
fn context_answers_about_the_run_alone() {
    #[derive(Default)]
    struct Asks(Vec<(String, u32)>);

    #[manager]
    impl Manager for Asks {
        #[periodic_task]
        fn ask(&mut self) {
            self.0.push((context::trigger(), context::attempt()));
        }
    }

    let mut asks = Harness::<Asks>::new();
    asks.tick();
    asks.trigger("ask").unwrap();
    let expect = [("schedule".to_owned(), 1), ("operator".to_owned(), 1)];
    assert_eq!(asks.manager().0, expect);
    assert_eq!((context::attempt(), context::manager()), (0, "test".to_owned()));
}
