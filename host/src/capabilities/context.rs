//! `tourbillon:manager/context`: what a guest may ask about the run in progress (S21).
//!
//! Outside a run, that is in `init-host`, in `periodic-tasks` and in start functions, `manager`,
//! `host` and `fence` answer; the rest are 0 or empty. Linked by hand, not through the generated
//! trait, since what is left of the fuel is known to the store alone.

use wasmtime::StoreContextMut;
use wasmtime::component::Linker;

use super::GuestState;

/// Adds `context` to a linker.
pub(crate) fn add_to_linker(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    let mut context = linker.instance("tourbillon:manager/context@0.1.0")?;
    context.func_wrap("manager", |mut store: Caller<'_>, (): ()| {
        store.data_mut().host_call(0)?;
        Ok((store.data().identity().manager.as_str().to_owned(),))
    })?;
    context.func_wrap("host", |mut store: Caller<'_>, (): ()| {
        store.data_mut().host_call(0)?;
        Ok((store.data().identity().host.clone(),))
    })?;
    context.func_wrap("fence", |mut store: Caller<'_>, (): ()| {
        store.data_mut().host_call(0)?;
        Ok((store.data().identity().fence.get(),))
    })?;
    context.func_wrap("attempt", |mut store: Caller<'_>, (): ()| {
        store.data_mut().host_call(0)?;
        Ok((store.data().run().attempt,))
    })?;
    context.func_wrap("trigger", |mut store: Caller<'_>, (): ()| {
        store.data_mut().host_call(0)?;
        let trigger = store.data().run().trigger;
        Ok((trigger.map_or("", |trigger| trigger.as_str()).to_owned(),))
    })?;
    context.func_wrap("fuel-granted", |mut store: Caller<'_>, (): ()| {
        store.data_mut().host_call(0)?;
        Ok((store.data().run().fuel,))
    })?;
    context.func_wrap("fuel-left", |mut store: Caller<'_>, (): ()| {
        store.data_mut().host_call(0)?;
        let left = if store.data().run().is_run() { store.get_fuel()? } else { 0 };
        Ok((left,))
    })?;
    context.func_wrap("time-limit-ms", |mut store: Caller<'_>, (): ()| {
        store.data_mut().host_call(0)?;
        Ok((store.data().run().time_limit_ms,))
    })?;
    context.func_wrap("missed-before", |mut store: Caller<'_>, (): ()| {
        store.data_mut().host_call(0)?;
        Ok((store.data().run().missed_before,))
    })
}

type Caller<'a> = StoreContextMut<'a, GuestState>;
