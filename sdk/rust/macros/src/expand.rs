//! Writes the code of a manager that was read and found good.
//!
//! Nothing is refused here. What only the compiler can know (is this name inherited, does this
//! return type make an outcome) is asked in code whose tokens carry the place of what they are
//! about, so that the answer points there.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Attribute, ReturnType};

use crate::args::Extends;
use crate::model::{HOOKS, Model, TaskFn};

pub(crate) fn expand(model: &Model) -> TokenStream {
    let block = &model.block;
    let (generics, _, bounds) = block.generics.split_for_impl();
    let (attributes, this) = (&block.attrs, &block.self_ty);
    // The trait's path as it was written, so that an import of it is used.
    let Some((_, path, _)) = &block.trait_ else {
        return TokenStream::new();
    };
    let methods = model.tasks.iter().map(|task| &task.method);
    let tasks = constant(model);
    let arms = model.tasks.iter().map(arm);
    let otherwise = model.extends.iter().map(|Extends { field, .. }| {
        quote! {
            name if <Self as ::tourbillon_sdk::Manager>::TASKS.inherits(name) =>
                ::tourbillon_sdk::Manager::run_task(&mut self.#field, run),
        }
    });
    let hooks = &block.items;
    let inherited = model.extends.iter().flat_map(|base| delegate(base, model));

    let generic = !block.generics.params.is_empty();
    let asserts = model.tasks.iter().map(|task| assert(task, this, generic));
    // A constant of a generic type is known only where the type is used.
    let asserts: TokenStream = asserts.collect();
    let (outside, inside) =
        if generic { (TokenStream::new(), asserts) } else { (asserts, TokenStream::new()) };

    quote! {
        #(#attributes)*
        // A task has the shape that tasks have, whether it needs all of it or not.
        #[allow(clippy::unused_self, clippy::unnecessary_wraps)]
        impl #generics #this #bounds {
            #(#methods)*
        }

        #(#attributes)*
        impl #generics #path for #this #bounds {
            const TASKS: ::tourbillon_sdk::Tasks = #tasks;

            fn run_task(&mut self, run: &::tourbillon_sdk::Run) -> ::tourbillon_sdk::Outcome {
                #inside
                match run.task.as_str() {
                    #(#arms)*
                    #(#otherwise)*
                    _ => ::tourbillon_sdk::__private::unknown_task(
                        &<Self as ::tourbillon_sdk::Manager>::TASKS,
                        run,
                    ),
                }
            }

            #(#hooks)*
            #(#inherited)*
        }

        #outside
    }
}

/// `Tasks::new(&[…])`, or `Tasks::extending(&…, &[…])`.
fn constant(model: &Model) -> TokenStream {
    let base = model.extends.as_ref().map(|extends| &extends.base);
    let own = model.tasks.iter().map(|task| {
        let (conditions, name, summary) = (cfgs(task), &task.name, &task.summary);
        if let (true, Some(base)) = (task.as_inherited, base) {
            return quote! {
                #(#conditions)*
                ::tourbillon_sdk::__private::as_inherited(
                    &<#base as ::tourbillon_sdk::Manager>::TASKS,
                    #name,
                )
            };
        }
        let run_immediately = task.run_immediately;
        let ticks =
            if let Some(ticks) = &task.ticks_between_runs { quote!(#ticks) } else { quote!(0) };
        quote! {
            #(#conditions)*
            ::tourbillon_sdk::Task {
                name: #name,
                ticks_between_runs: #ticks,
                run_immediately: #run_immediately,
                summary: #summary,
            }
        }
    });
    if let Some(base) = base {
        quote! {
            ::tourbillon_sdk::Tasks::extending(
                &<#base as ::tourbillon_sdk::Manager>::TASKS,
                const { &[#(#own),*] },
            )
        }
    } else {
        quote!(::tourbillon_sdk::Tasks::new(&[#(#own),*]))
    }
}

/// The arm of `run_task` for one task; a wrong type is reported where the signature has it.
fn arm(task: &TaskFn) -> TokenStream {
    let (conditions, name, method) = (cfgs(task), &task.name, &task.method.sig.ident);
    let argument = task.takes_run.then(|| {
        let span = task.method.sig.inputs.last().map_or(method.span(), syn::spanned::Spanned::span);
        quote_spanned!(ours(span)=> run)
    });
    let span = match &task.method.sig.output {
        ReturnType::Default => method.span(),
        ReturnType::Type(_, ty) => ty.span(),
    };
    let this = quote_spanned!(ours(span)=> self);
    let call =
        quote_spanned!(ours(span)=> ::tourbillon_sdk::__private::outcome(#this.#method(#argument)));
    quote!(#(#conditions)* #name => #call,)
}

/// The span's place with our names: `self` and `run` are those of the method that we write.
fn ours(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

fn assert(task: &TaskFn, this: &syn::Type, generic: bool) -> TokenStream {
    let (conditions, name) = (cfgs(task), &task.name);
    let (span, check) = match &task.overrides {
        Some(overrides) => (overrides.span(), quote!(assert_overrides)),
        None => (task.name_span, quote!(assert_new)),
    };
    let call = quote_spanned! {span=>
        ::tourbillon_sdk::__private::#check(&<#this as ::tourbillon_sdk::Manager>::TASKS, #name)
    };
    // A constant for each task, for the compiler stops at the first mistake in one.
    if generic {
        quote!(#(#conditions)* const { #call; };)
    } else {
        quote!(#(#conditions)* const _: () = { #call; };)
    }
}

/// The methods of `Manager` that the block leaves out go to the extended manager.
fn delegate<'a>(
    Extends { field, .. }: &'a Extends,
    model: &'a Model,
) -> impl Iterator<Item = TokenStream> + 'a {
    let written = |name: &str| {
        model.block.items.iter().any(|item| match item {
            syn::ImplItem::Fn(method) => method.sig.ident == name,
            _ => false,
        })
    };
    HOOKS.iter().filter(move |name| !written(name)).map(move |name| match *name {
        "init_host" => quote! {
            fn init_host(&mut self, host: &str) -> ::tourbillon_sdk::Result<()> {
                ::tourbillon_sdk::Manager::init_host(&mut self.#field, host)
            }
        },
        "service_version" => quote! {
            fn service_version(&self) -> ::std::string::String {
                ::tourbillon_sdk::Manager::service_version(&self.#field)
            }
        },
        _ => quote! {
            fn service_config(
                &self,
            ) -> ::std::vec::Vec<(::std::string::String, ::std::string::String)> {
                ::tourbillon_sdk::Manager::service_config(&self.#field)
            }
        },
    })
}

/// What a task is compiled on condition of holds for all that is written for it.
fn cfgs(task: &TaskFn) -> Vec<&Attribute> {
    let attributes = task.method.attrs.iter();
    attributes.filter(|attribute| attribute.path().is_ident("cfg")).collect()
}
