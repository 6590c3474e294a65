//! What stands in the parentheses of the two attributes.
//!
//! It knows the arguments and their forms, and nothing of the code that they stand on.

use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, Ident, Lit, LitBool, LitStr, Token, Type, parenthesized};

/// `#[manager(extends(field: Type))]`.
#[derive(Default)]
pub(crate) struct ManagerArgs {
    pub(crate) extends: Option<Extends>,
}

/// The field in which the extended manager lives, and its type.
pub(crate) struct Extends {
    pub(crate) field: Ident,
    pub(crate) base: Type,
}

impl Parse for ManagerArgs {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut args = Self::default();
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            if name != "extends" {
                let message =
                    format!("unknown argument `{name}`: `#[manager]` takes `extends(field: Type)`");
                return Err(syn::Error::new(name.span(), message));
            }
            if args.extends.is_some() {
                let message = "a manager extends one other; that one may extend a third";
                return Err(syn::Error::new(name.span(), message));
            }
            let content;
            parenthesized!(content in input);
            let field = content.parse()?;
            content.parse::<Token![:]>()?;
            let base = content.parse()?;
            if !content.is_empty() {
                return Err(content.error("a manager extends one other: `extends(field: Type)`"));
            }
            args.extends = Some(Extends { field, base });
            comma(input)?;
        }
        Ok(args)
    }
}

/// `#[periodic_task(…)]`; each field is `None` where the argument is absent.
#[derive(Default)]
pub(crate) struct TaskArgs {
    pub(crate) ticks_between_runs: Option<Expr>,
    pub(crate) run_immediately: Option<bool>,
    pub(crate) overrides: Option<Ident>,
    pub(crate) as_inherited: Option<Ident>,
    pub(crate) name: Option<LitStr>,
    pub(crate) summary: Option<LitStr>,
}

impl Parse for TaskArgs {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut args = Self::default();
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            let twice = match name.to_string().as_str() {
                "ticks_between_runs" => args.ticks_between_runs.replace(ticks(input)?).is_some(),
                "run_immediately" => args.run_immediately.replace(flag(input)?).is_some(),
                "overrides" => args.overrides.replace(name.clone()).is_some(),
                "as_inherited" => args.as_inherited.replace(name.clone()).is_some(),
                "name" => args.name.replace(text(input)?).is_some(),
                "summary" => args.summary.replace(text(input)?).is_some(),
                unknown => {
                    let message = format!(
                        "unknown argument `{unknown}`: `#[periodic_task]` takes \
                         `ticks_between_runs`, `run_immediately`, `name`, `summary`, `overrides`, \
                         `as_inherited`"
                    );
                    return Err(syn::Error::new(name.span(), message));
                }
            };
            if twice {
                let message = format!("`{name}` stands here twice");
                return Err(syn::Error::new(name.span(), message));
            }
            comma(input)?;
        }
        Ok(args)
    }
}

/// `= N`, a literal that is checked here, or a constant that the compiler checks.
fn ticks(input: ParseStream<'_>) -> syn::Result<Expr> {
    input.parse::<Token![=]>()?;
    let value: Expr = input.parse()?;
    let fits = match &value {
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => int.base10_parse::<u32>().is_ok(),
        Expr::Lit(_) | Expr::Unary(_) => false,
        _ => true,
    };
    if fits {
        return Ok(value);
    }
    let message = "`ticks_between_runs` is a whole number from 0 to 4294967295";
    Err(syn::Error::new(value.span(), message))
}

/// Nothing, for `true`, or `= true` or `= false`.
fn flag(input: ParseStream<'_>) -> syn::Result<bool> {
    if input.parse::<Option<Token![=]>>()?.is_none() {
        return Ok(true);
    }
    Ok(input.parse::<LitBool>()?.value)
}

/// `= "…"`.
fn text(input: ParseStream<'_>) -> syn::Result<LitStr> {
    input.parse::<Token![=]>()?;
    input.parse()
}

fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(())
}
