//! Reads an `impl Manager for …` block, and refuses what makes no sense.
//!
//! Mistakes are collected, each with its place, so that one build shows all of them. It writes no
//! code; `expand` does.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{
    Attribute, Expr, ExprLit, FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, Lit, Meta, Type,
};

use crate::args::{Extends, ManagerArgs, TaskArgs};

/// The methods of the trait that may be written by hand.
pub(crate) const HOOKS: [&str; 3] = ["init_host", "service_version", "service_config"];

/// A manager that was read and found good.
pub(crate) struct Model {
    pub(crate) extends: Option<Extends>,
    pub(crate) tasks: Vec<TaskFn>,
    /// The block as it was, holding only what is not a task.
    pub(crate) block: ItemImpl,
}

/// One method that is a task.
pub(crate) struct TaskFn {
    pub(crate) name: String,
    /// Where the name comes from: a literal, or the method's identifier.
    pub(crate) name_span: Span,
    pub(crate) ticks_between_runs: Option<Expr>,
    pub(crate) run_immediately: bool,
    pub(crate) overrides: Option<Ident>,
    /// Whether it is declared as the task that it overrides.
    pub(crate) as_inherited: bool,
    pub(crate) summary: String,
    pub(crate) takes_run: bool,
    pub(crate) method: ImplItemFn,
}

/// All mistakes so far.
#[derive(Default)]
struct Mistakes(Option<syn::Error>);

impl Mistakes {
    fn add(&mut self, span: Span, message: impl std::fmt::Display) {
        self.add_error(syn::Error::new(span, message));
    }

    fn add_error(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            None => self.0 = Some(error),
        }
    }
}

pub(crate) fn read(args: ManagerArgs, mut block: ItemImpl) -> syn::Result<Model> {
    if !is_for_manager(&block) {
        let message = "`#[manager]` belongs on a block `impl Manager for YourType`";
        return Err(syn::Error::new(block.self_ty.span(), message));
    }
    let mut mistakes = Mistakes::default();
    let mut tasks: Vec<TaskFn> = Vec::new();
    let mut rest = Vec::new();
    for item in block.items {
        match item {
            ImplItem::Fn(mut method) => {
                if let Some(task_args) = take_mark(&mut method.attrs, &mut mistakes) {
                    let task = task(task_args, method, &mut mistakes);
                    check_among(&task, &tasks, args.extends.is_some(), &mut mistakes);
                    tasks.push(task);
                } else {
                    check_hook(&method.sig.ident, &mut mistakes);
                    rest.push(ImplItem::Fn(method));
                }
            }
            other => {
                let message = "in a `#[manager]` block stand tasks and methods of `Manager`; move \
                               this to an `impl` block of its own";
                mistakes.add(other.span(), message);
            }
        }
    }
    block.items = rest;
    match mistakes.0 {
        Some(error) => Err(error),
        None => Ok(Model { extends: args.extends, tasks, block }),
    }
}

/// What stands for a block in which something is wrong, so that the rest of the crate does not complain about
/// it: its methods, without the marks that only `#[manager]` understands, and a manager without tasks.
pub(crate) fn in_spite_of_mistakes(block: &ItemImpl) -> TokenStream {
    let mut inherent = block.clone();
    let mut tokens = TokenStream::new();
    if is_for_manager(block) {
        let this = &block.self_ty;
        let (parameters, _, conditions) = block.generics.split_for_impl();
        tokens = quote! {
            impl #parameters ::tourbillon_sdk::Manager for #this #conditions {
                const TASKS: ::tourbillon_sdk::Tasks = ::tourbillon_sdk::Tasks::new(&[]);

                fn run_task(&mut self, run: &::tourbillon_sdk::Run) -> ::tourbillon_sdk::Outcome {
                    ::tourbillon_sdk::__private::unknown_task(&Self::TASKS, run)
                }
            }
        };
    }
    inherent.trait_ = None;
    for item in &mut inherent.items {
        if let ImplItem::Fn(method) = item {
            method.attrs.retain(|attribute| !is_mark(attribute));
        }
    }
    inherent.to_tokens(&mut tokens);
    tokens
}

fn is_for_manager(block: &ItemImpl) -> bool {
    let is_manager = |path: &syn::Path| path.segments.last().is_some_and(|s| s.ident == "Manager");
    matches!(&block.trait_, Some((None, path, _)) if is_manager(path))
}

fn is_mark(attribute: &Attribute) -> bool {
    let path = attribute.path();
    path.segments.last().is_some_and(|segment| segment.ident == "periodic_task")
}

/// Takes `#[periodic_task(…)]` off a method; `None` if it has none.
fn take_mark(attributes: &mut Vec<Attribute>, mistakes: &mut Mistakes) -> Option<TaskArgs> {
    let marks: Vec<_> = attributes.extract_if(.., |a| is_mark(a)).collect();
    if let Some(second) = marks.get(1) {
        mistakes.add(second.span(), "a method is one task: mark it once");
    }
    let parsed = match &marks.first()?.meta {
        Meta::Path(_) => return Some(TaskArgs::default()),
        Meta::List(list) => list.parse_args(),
        Meta::NameValue(value) => {
            Err(syn::Error::new(value.span(), "write `#[periodic_task]` or `#[periodic_task(…)]`"))
        }
    };
    Some(parsed.unwrap_or_else(|error| {
        mistakes.add_error(error);
        TaskArgs::default()
    }))
}

fn task(args: TaskArgs, method: ImplItemFn, mistakes: &mut Mistakes) -> TaskFn {
    let ident = &method.sig.ident;
    let (name, name_span) = match &args.name {
        Some(literal) => (literal.value(), literal.span()),
        None => (ident.unraw().to_string(), ident.span()),
    };
    if !is_task_name(&name) {
        let hint = if args.name.is_none() { "; give it one with `name = \"…\"`" } else { "" };
        let message = format!(
            "{name:?} is no task name: 1 to 64 of `a-z 0-9 . _ -`, starting with a letter{hint}"
        );
        mistakes.add(name_span, message);
    }
    if HOOKS.contains(&ident.to_string().as_str()) {
        mistakes.add(ident.span(), format!("`{ident}` is a method of `Manager` and no task"));
    }
    check_as_inherited(&args, mistakes);
    let takes_run = check_signature(&method, mistakes);
    let summary = match &args.summary {
        Some(literal) => {
            if literal.value().contains(char::is_control) {
                mistakes.add(literal.span(), "a summary is one line, without control characters");
            }
            literal.value()
        }
        None => first_line(&method.attrs),
    };
    TaskFn {
        name,
        name_span,
        ticks_between_runs: args.ticks_between_runs,
        run_immediately: args.run_immediately.unwrap_or(false),
        overrides: args.overrides,
        as_inherited: args.as_inherited.is_some(),
        summary,
        takes_run,
        method,
    }
}

/// Who takes the parent's declaration states none.
fn check_as_inherited(args: &TaskArgs, mistakes: &mut Mistakes) {
    let Some(as_inherited) = &args.as_inherited else { return };
    if args.overrides.is_none() {
        let message = "`as_inherited` belongs to a task that `overrides` one: add that";
        mistakes.add(as_inherited.span(), message);
    }
    if args.ticks_between_runs.is_some() || args.run_immediately.is_some() || args.summary.is_some()
    {
        let message =
            "`as_inherited` takes the parent's schedule and summary: state none beside it";
        mistakes.add(as_inherited.span(), message);
    }
}

/// The same rule as the host's.
fn is_task_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
}

/// Returns whether the task takes the run.
fn check_signature(method: &ImplItemFn, mistakes: &mut Mistakes) -> bool {
    const SHAPE: &str = "a task is `fn name(&mut self)` or `fn name(&mut self, run: &Run)`";
    let signature = &method.sig;
    if let Some(token) = &signature.asyncness {
        let message = "a task is not async: the host waits for nothing else while it runs";
        mistakes.add(token.span(), message);
    }
    if let Some(token) = &signature.unsafety {
        mistakes.add(token.span(), "a task is a safe method, for the host calls it");
    }
    if !signature.generics.params.is_empty() {
        let message = "a task has no generic parameters; the manager's type may have some";
        mistakes.add(signature.generics.span(), message);
    }
    let mut inputs = signature.inputs.iter();
    match inputs.next() {
        Some(FnArg::Receiver(receiver)) if receiver.reference.is_some() => {}
        Some(FnArg::Receiver(receiver)) => {
            let message = "a task borrows its manager: take `&mut self` or `&self`";
            mistakes.add(receiver.span(), message);
        }
        Some(FnArg::Typed(argument)) => mistakes.add(argument.span(), SHAPE),
        None => mistakes.add(signature.ident.span(), SHAPE),
    }
    let run = inputs.next();
    if let Some(FnArg::Typed(argument)) = run
        && !matches!(&*argument.ty, Type::Reference(r) if r.mutability.is_none())
    {
        let message = "a task borrows its run: take `run: &Run`, or leave it out";
        mistakes.add(argument.ty.span(), message);
    }
    if let Some(third) = inputs.next() {
        let message = "a task takes its run and nothing else; configuration is read with `config`";
        mistakes.add(third.span(), message);
    }
    run.is_some()
}

/// What can be said of a task among those before it, without knowing the inherited ones.
fn check_among(task: &TaskFn, before: &[TaskFn], extends: bool, mistakes: &mut Mistakes) {
    if let Some(overrides) = &task.overrides
        && !extends
    {
        let message = "nothing to override: this manager extends no other; see \
                       `#[manager(extends(field: Type))]`";
        mistakes.add(overrides.span(), message);
    }
    let conditional = |task: &TaskFn| task.method.attrs.iter().any(|a| a.path().is_ident("cfg"));
    // Of two tasks that are compiled conditionally the compiler may see one alone, and says so.
    let same =
        |other: &&TaskFn| other.name == task.name && !(conditional(other) && conditional(task));
    if let Some(other) = before.iter().find(same) {
        let message = format!("two tasks have the name {:?}", task.name);
        mistakes.add(task.name_span, message);
        mistakes.add(other.name_span, "the first one is here");
    }
}

fn check_hook(ident: &Ident, mistakes: &mut Mistakes) {
    if HOOKS.contains(&ident.to_string().as_str()) {
        return;
    }
    let message = if ident == "run_task" {
        "`run_task` is written by `#[manager]`".to_owned()
    } else {
        format!(
            "`{ident}` is no method of `Manager`: mark it `#[periodic_task]`, or move it to an \
             `impl` block of its own"
        )
    };
    mistakes.add(ident.span(), message);
}

/// The first line of a doc comment that is not empty.
fn first_line(attributes: &[Attribute]) -> String {
    let docs = attributes.iter().filter_map(|attribute| {
        let Meta::NameValue(value) = &attribute.meta else {
            return None;
        };
        match &value.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if value.path.is_ident("doc") => {
                Some(text.value())
            }
            _ => None,
        }
    });
    docs.flat_map(|doc| doc.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>())
        .find(|line| !line.is_empty())
        .unwrap_or_default()
}
