//! The smallest manager: one task, `beat`, on every tick.
//!
//! It uses no SDK, only the bindings that wit-bindgen makes of the WIT package, to show how little
//! the contract asks for: five functions. It imports types and not one function, so there is nothing
//! that a host could refuse it.

wit_bindgen::generate!({
    path: "../../../wit",
    world: "manager",
    generate_all,
});

use exports::tourbillon::manager::lifecycle::{Guest, Run, Task, TaskError};

#[cfg_attr(not(target_family = "wasm"), allow(dead_code))]
struct Heartbeat;

impl Guest for Heartbeat {
    /// Nothing to prepare.
    fn init_host(_host: String) -> Result<(), String> {
        Ok(())
    }

    /// The host asks once what there is to do, and how often. The counting is its own affair.
    fn periodic_tasks() -> Vec<Task> {
        vec![Task {
            name: "beat".into(),
            ticks_between_runs: 0,
            run_immediately: true,
            summary: "Beats on every tick".into(),
        }]
    }

    /// The host names the task that is due.
    fn run_periodic_task(run: Run) -> Result<Option<u32>, TaskError> {
        match run.task.as_str() {
            "beat" => Ok(None),
            _ => Err(TaskError {
                message: "no such task".into(),
                ticks_to_skip: None,
            }),
        }
    }

    fn service_version() -> String {
        env!("CARGO_PKG_VERSION").into()
    }

    fn service_config() -> Vec<(String, String)> {
        Vec::new()
    }
}

// The names of the exports are no names that other linkers accept.
#[cfg(target_family = "wasm")]
export!(Heartbeat);
