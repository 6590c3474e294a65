//! The attributes `#[manager]` and `#[periodic_task]` of `tourbillon-sdk`; use that crate.
//!
//! The way of an expansion: `args` reads what stands in the attributes, `model` reads the `impl`
//! block and refuses what makes no sense, each mistake at its own place and all of them at once,
//! and `expand` writes the code. Whether a task's name is inherited is not known in here, for a
//! macro does not see other types: the expansion asks the compiler, by constants.

mod args;
mod expand;
mod model;

use proc_macro::TokenStream;

/// Makes an `impl Manager for …` block a manager: its methods marked `#[periodic_task]` become the
/// manager's tasks.
///
/// In the block may stand methods of the trait `Manager` (`init_host`, `service_version`,
/// `service_config`), and tasks. Tasks become ordinary methods of the type, with the visibility
/// that they have. Anything else belongs into an `impl` block of its own.
///
/// # Tasks
///
/// A task is `fn name(&mut self)` or `fn name(&mut self, run: &Run)`, or the same with `&self`.
/// What it may return says the trait `IntoOutcome`: nothing, `Skip`, or a `Result` of them.
///
/// | argument | meaning | default |
/// | --- | --- | --- |
/// | `ticks_between_runs = N` | N ticks are skipped between two runs; a constant `u32` | 0: every tick |
/// | `run_immediately` | the first run is at the first tick, not at tick N+1 | no |
/// | `name = "…"` | 1 to 64 of `a-z 0-9 . _ -`, starting with a letter | the method's name |
/// | `summary = "…"` | one line for people | the first line of the doc comment |
/// | `overrides` | replaces the inherited task of this name, in its place | no |
/// | `as_inherited` | with `overrides`: the parent's schedule and summary, with this body | no |
///
/// # Inheritance
///
/// `#[manager(extends(base: Inventory))]` says that the field `base`, of the type `Inventory`, is
/// a manager whose tasks this one has too. They come first, in their order, and run on that field.
/// `init_host`, `service_version` and `service_config` go to that field where the block has none
/// of its own; one that it has calls `self.base.init_host(host)?` where it wants both.
///
/// A task that replaces an inherited one says `overrides`, and may call `self.base.its_name()`.
/// Two tasks of one name where nothing says so, or `overrides` where nothing is inherited, do not
/// compile. The parent is never changed.
#[proc_macro_attribute]
pub fn manager(args: TokenStream, input: TokenStream) -> TokenStream {
    let block = syn::parse_macro_input!(input as syn::ItemImpl);
    let on_error = model::in_spite_of_mistakes(&block);
    let result = syn::parse(args).and_then(|args| model::read(args, block));
    match result {
        Ok(model) => expand::expand(&model).into(),
        Err(error) => {
            let mut tokens = error.into_compile_error();
            tokens.extend(on_error);
            tokens.into()
        }
    }
}

/// Marks a method in a `#[manager] impl Manager for …` block as a periodic task; see `manager`.
#[proc_macro_attribute]
pub fn periodic_task(_args: TokenStream, _input: TokenStream) -> TokenStream {
    // `manager` takes its own marks away, so whoever gets here stands somewhere else.
    syn::Error::new(
        proc_macro2::Span::call_site(),
        "`#[periodic_task]` belongs on a method in a `#[manager] impl Manager for …` block",
    )
    .into_compile_error()
    .into()
}
