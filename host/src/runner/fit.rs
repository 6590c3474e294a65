//! Whether what a component exports has the types of the contract: asked when it is loaded, so that the
//! refusal names the function, and not when an instance is made.
//!
//! The engine compares the types; the words are of WIT. Names and versions of interfaces are compared
//! elsewhere (`engine`).

use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, ComponentNamedList, InstancePre, Lift, Lower};

use crate::capabilities::GuestState;
use crate::capabilities::bindings::lifecycle::Run;
use crate::capabilities::bindings::types::{Task, TaskError};
use crate::engine::signature;

/// The interface that every manager exports.
const LIFECYCLE: &str = "tourbillon:manager/lifecycle@0.1.0";

/// Its functions, as `inspect` shows them.
const FUNCTIONS: [&str; 5] = [
    "init-host: func(host: string) -> result<_, string>",
    "periodic-tasks: func() -> list<record { name: string, ticks-between-runs: u32, run-immediately: bool, summary: string }>",
    "run-periodic-task: func(run: record { id: string, task: string, tick: u64, scheduled-at-ms: u64 }) -> result<option<u32>, record { message: string, ticks-to-skip: option<u32> }>",
    "service-version: func() -> string",
    "service-config: func() -> list<tuple<string, string>>",
];

/// Checks the types of what a component exports; the error is a part of a line.
pub(super) fn check(component: &Component, pre: &InstancePre<GuestState>) -> Result<(), String> {
    let (ty, engine) = (component.component_type(), component.engine());
    let lifecycle = ty.get_export(engine, LIFECYCLE).map(|export| export.ty);
    let Some(ComponentItem::ComponentInstance(lifecycle)) = lifecycle else {
        return Err(format!("it does not export {LIFECYCLE}"));
    };
    for wanted in FUNCTIONS {
        let (name, _) = wanted.split_once(':').unwrap_or((wanted, ""));
        let export = lifecycle.get_export(engine, name).map(|export| export.ty);
        let Some(ComponentItem::ComponentFunc(found)) = export else {
            return Err(format!("its {LIFECYCLE} has no function `{name}`"));
        };
        if !fits(name, &found, pre) {
            let found = signature(name, &found);
            return Err(format!(
                "the function `{name}` that it exports has other types: it is `{found}`, and must be `{wanted}`"
            ));
        }
    }
    Ok(())
}

fn fits(name: &str, found: &ComponentFunc, pre: &InstancePre<GuestState>) -> bool {
    match name {
        "init-host" => has::<(&str,), (Result<(), String>,)>(found, pre),
        "periodic-tasks" => has::<(), (Vec<Task>,)>(found, pre),
        "run-periodic-task" => has::<(Run<'_>,), (Result<Option<u32>, TaskError>,)>(found, pre),
        "service-version" => has::<(), (String,)>(found, pre),
        "service-config" => has::<(), (Vec<(String, String)>,)>(found, pre),
        _ => false,
    }
}

/// What `bindgen!` expands to asks in the same way, when an instance is made; the engine's documentation
/// hides both calls.
fn has<P, R>(found: &ComponentFunc, pre: &InstancePre<GuestState>) -> bool
where
    P: ComponentNamedList + Lower,
    R: ComponentNamedList + Lift,
{
    found.typecheck::<P, R>(&pre.instance_type()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::testing::{Wat, engine};

    #[test]
    fn the_words_are_those_of_a_component_that_fits() {
        let component = Component::new(engine(), Wat::one("").build()).unwrap();
        let surface = crate::engine::surface(&component);
        let lifecycle = surface.exports.iter().find(|item| item.name == LIFECYCLE).unwrap();
        let mut shown = lifecycle.functions.clone();
        shown.sort_by_key(|f| FUNCTIONS.iter().position(|w| w == f));
        assert_eq!(shown, FUNCTIONS);
    }
}
