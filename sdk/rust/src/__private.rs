//! What the macros expand to, and nothing that a manager should call: it may change at any time.

use std::cell::RefCell;

pub use wit_bindgen::rt;

pub use crate::bindings::exports::tourbillon::manager::lifecycle::{
    Guest, Run as RawRun, Task as RawTask, TaskError,
};

use crate::{Error, IntoOutcome, Manager, Outcome, Run, Task, Tasks, panic};

/// The one instance of a manager in its component. A component is never entered twice at once, so
/// the cell is never found borrowed.
pub type Slot<M> = RefCell<Option<M>>;

/// Calls `f` with the instance, which is made on first use.
fn with<M: Manager + Default, T>(slot: &Slot<M>, f: impl FnOnce(&mut M) -> T) -> T {
    panic::install();
    f(slot.borrow_mut().get_or_insert_with(M::default))
}

pub fn init_host<M: Manager + Default>(slot: &Slot<M>, host: &str) -> Result<(), String> {
    with(slot, |manager| {
        let prepared = manager.init_host(host).inspect_err(|error| log_failure("init_host", error));
        prepared.map_err(|error| error.message().to_owned())
    })
}

pub fn periodic_tasks<M: Manager>() -> Vec<RawTask> {
    // No instance: what is declared is constant, and the store is refused at this time.
    M::TASKS
        .all()
        .into_iter()
        .map(|task| RawTask {
            name: task.name.to_owned(),
            ticks_between_runs: task.ticks_between_runs,
            run_immediately: task.run_immediately,
            summary: task.summary.to_owned(),
        })
        .collect()
}

pub fn run_periodic_task<M: Manager + Default>(
    slot: &Slot<M>,
    run: RawRun,
) -> Result<Option<u32>, TaskError> {
    let run =
        Run { id: run.id, task: run.task, tick: run.tick, scheduled_at_ms: run.scheduled_at_ms };
    with(slot, |manager| {
        manager.run_task(&run).map_err(|error| {
            log_failure(&run.task, &error);
            let message = error.message().to_owned();
            TaskError { message, ticks_to_skip: error.ticks_to_skip() }
        })
    })
}

/// For the author: the host keeps the message, and the log says where it came from.
pub(crate) fn log_failure(what: &str, error: &Error) {
    let (place, message) = (error.place(), error.message());
    let said = format!("{what} failed at {}:{}: {message}", place.file(), place.line());
    crate::host::log(crate::log::Level::Error, "tourbillon", &said);
}

pub fn service_version<M: Manager + Default>(slot: &Slot<M>) -> String {
    with(slot, |manager| manager.service_version())
}

pub fn service_config<M: Manager + Default>(slot: &Slot<M>) -> Vec<(String, String)> {
    with(slot, |manager| manager.service_config())
}

/// What a task returned, as an outcome; a function so that the error for a wrong type points at
/// the type and not into the macro.
pub fn outcome(returned: impl IntoOutcome) -> Outcome {
    returned.into_outcome()
}

/// The answer to a run of a task that is not there; a host asks only for declared ones. What there is
/// instead is told, for the name may be a slip of the pen.
pub fn unknown_task(tasks: &Tasks, run: &Run) -> Outcome {
    let has: Vec<_> = tasks.all().into_iter().map(|task| task.name).collect();
    let has = if has.is_empty() { "none".to_owned() } else { has.join(", ") };
    Err(Error::msg(format_args!("this manager has no task {:?}; it has: {has}", run.task)))
}

/// The inherited declaration of a task; where there is none, [`assert_overrides`] refuses the name.
pub const fn as_inherited(inherited: &Tasks, name: &'static str) -> Task {
    match inherited.declaration(name) {
        Some(task) => task,
        None => Task { name, ticks_between_runs: 0, run_immediately: false, summary: "" },
    }
}

/// Refuses, when compiled, a task that replaces an inherited one without saying so.
pub const fn assert_new(tasks: &Tasks, name: &str) {
    assert!(
        !tasks.inherits(name),
        "a task of this name is inherited: add `overrides` to replace it, or take another name"
    );
    assert!(tasks.declared(name) == 1, "this manager declares two tasks of this name");
}

/// Refuses, when compiled, a task that says it replaces an inherited one where there is none.
pub const fn assert_overrides(tasks: &Tasks, name: &str) {
    assert!(
        tasks.inherits(name),
        "no task of this name is inherited: remove `overrides`, or correct the name"
    );
    assert!(tasks.declared(name) == 1, "this manager declares two tasks of this name");
}

/// Makes a manager what its component exports: `tourbillon_sdk::export!(Janitor);`, once in a
/// component. The type implements [`Manager`](crate::Manager) and [`Default`].
///
/// It expands to an implementation of the bindings' `Guest` and to the bindings' own export.
#[macro_export]
macro_rules! export {
    ($manager:ty) => {
        const _: () = {
            ::std::thread_local! {
                static SLOT: $crate::__private::Slot<$manager> =
                    const { ::std::cell::RefCell::new(::core::option::Option::None) };
            }

            #[cfg_attr(not(target_family = "wasm"), allow(dead_code))]
            struct Component;

            impl $crate::__private::Guest for Component {
                fn init_host(
                    host: ::std::string::String,
                ) -> ::core::result::Result<(), ::std::string::String> {
                    SLOT.with(|slot| $crate::__private::init_host(slot, &host))
                }

                fn periodic_tasks() -> ::std::vec::Vec<$crate::__private::RawTask> {
                    $crate::__private::periodic_tasks::<$manager>()
                }

                fn run_periodic_task(
                    run: $crate::__private::RawRun,
                ) -> ::core::result::Result<
                    ::core::option::Option<u32>,
                    $crate::__private::TaskError,
                > {
                    SLOT.with(|slot| $crate::__private::run_periodic_task(slot, run))
                }

                fn service_version() -> ::std::string::String {
                    SLOT.with($crate::__private::service_version)
                }

                fn service_config() -> ::std::vec::Vec<(
                    ::std::string::String,
                    ::std::string::String,
                )> {
                    SLOT.with($crate::__private::service_config)
                }
            }

            // The names of the exports are no names that other linkers accept.
            #[cfg(target_family = "wasm")]
            $crate::bindings::export_bindings!(Component with_types_in $crate::bindings);
        };
    };
}
