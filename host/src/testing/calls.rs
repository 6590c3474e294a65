//! Answers to host calls, as a scenario has them: of the functions of an embedder's own interfaces, and of those of
//! the house where a scenario wants another answer.
//!
//! Values are written as WAVE writes them (the WebAssembly value encoding of the component model), and read by the
//! types that the component itself imports. What becomes of them while a scenario is played stands in `recording`.

use std::collections::BTreeMap;
use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Val};

use super::notation::{self, MOST_ARGUMENTS, NO_NOTATION, has_notation};
use super::raw;
use super::recording::{Asked, LONGEST, Recording};
use crate::capabilities::{Capability, GuestState};
use crate::config::reading::{At, LineEnds, Named, Problems, quoted};
use crate::types::harmless_line;

/// What is said of values that can't be written down.
const UNWRITTEN: &str =
    "a resource, or something else that WAVE has no notation for: it can't be answered here";

/// What a scenario answers: for each interface, for each of its functions.
#[derive(Debug, Clone, Default)]
pub struct Calls {
    pub(super) answers: BTreeMap<String, BTreeMap<String, Answers>>,
    /// Where each interface and each function begins in its file.
    lines: BTreeMap<(String, Option<String>), usize>,
}

/// Where they stand is none of what they say.
impl PartialEq for Calls {
    fn eq(&self, other: &Self) -> bool {
        self.answers == other.answers
    }
}

/// The answers of one function.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answers {
    /// One for each call, in their order.
    Each(Vec<Answer>),
    /// The same for every call.
    Always(Answer),
}

/// One answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// If given, the call must have these arguments.
    pub(super) with: Option<String>,
    pub(super) text: String,
    /// Where it stands in its file.
    pub(super) line: usize,
}

/// Where an answer stands is none of what it says.
impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        (&self.with, &self.text) == (&other.with, &other.text)
    }
}

impl Calls {
    /// What a file says; what is wrong with it, whatever the component, is noted.
    pub(super) fn of(
        raw: &Named<Named<raw::Answers>>,
        lines: &LineEnds,
        problems: &mut Problems,
    ) -> Self {
        let answers = |answers: &raw::Answers| match answers {
            raw::Answers::Each(each) => {
                let answer = |at: &At<(Option<String>, String)>| Answer {
                    with: at.value.0.clone(),
                    text: at.value.1.clone(),
                    line: lines.line(at.span.start),
                };
                Answers::Each(each.iter().map(answer).collect())
            }
            raw::Answers::Always(at) => Answers::Always(Answer {
                with: None,
                text: at.value.clone(),
                line: lines.line(at.span.start),
            }),
        };
        let mut calls = Self::default();
        for (interface, functions) in &raw.0 {
            if !interface.value.contains(':') || !interface.value.contains('/') {
                let what = format!("[calls] has no interface {}", quoted(&interface.value));
                let help = "write it whole: [calls.\"package:name/interface@1.2.3\"]";
                problems.add(interface.span.clone(), what, help);
            }
            let mut of = BTreeMap::new();
            for (name, given) in &functions.0 {
                if name.value.starts_with('[') {
                    let what = format!("{} belongs to a resource", quoted(&name.value));
                    let help = "no answer can be written down for it; what the store holds is given under [store]";
                    problems.add(name.span.clone(), what, help);
                }
                let place = (interface.value.clone(), Some(name.value.clone()));
                calls.lines.insert(place, lines.line(name.span.start));
                of.insert(name.value.clone(), answers(given));
            }
            let place = (interface.value.clone(), None);
            calls.lines.insert(place, lines.line(interface.span.start));
            calls.answers.insert(interface.value.clone(), of);
        }
        calls
    }

    /// The line on which an interface, or a function of it, begins.
    pub(super) fn line(&self, interface: &str, function: Option<&str>) -> usize {
        let place = (interface.to_owned(), function.map(str::to_owned));
        self.lines.get(&place).copied().unwrap_or(1)
    }

    /// The interfaces.
    pub(super) fn interfaces(&self) -> impl Iterator<Item = &str> {
        self.answers.keys().map(String::as_str)
    }

    /// The functions of an interface.
    pub(super) fn functions(&self, interface: &str) -> impl Iterator<Item = &str> {
        self.answers.get(interface).into_iter().flat_map(|of| of.keys().map(String::as_str))
    }
}
/// The recording, as what a host links.
#[derive(Debug)]
pub(super) struct Recorded(pub(super) Arc<Recording>);

impl Capability for Recorded {
    fn interfaces(&self) -> Vec<&str> {
        self.0.calls.interfaces().collect()
    }

    fn add_to_linker(&self, linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
        linker.allow_shadowing(true);
        for (interface, functions) in &self.0.calls.answers {
            let mut instance = linker.instance(interface)?;
            for name in functions.keys() {
                let (recording, of, function) =
                    (Arc::clone(&self.0), interface.clone(), name.clone());
                instance.func_new(name, move |mut store, ty, arguments, results| {
                    let (answer, line) =
                        asked(&mut store, &recording, &of, &function, arguments)?;
                    let wrong = |why: String| {
                        wasmtime::Error::msg(recording.misfit(&format!("{of}#{function}"), &why))
                    };
                    match (ty.results().next(), results.first_mut()) {
                        (Some(ty), Some(result)) => {
                            let written = notation::of_type(&ty).map_err(wrong)?;
                            *result = Val::from_wave(&ty, &answer).map_err(|e| {
                                let answer = harmless_line(&answer, 200);
                                let ty = harmless_line(&written, LONGEST);
                                if ty.contains(NO_NOTATION) {
                                    return wrong(format!("it answers with {UNWRITTEN}"));
                                }
                                wrong(format!(
                                    "the answer {answer} is not of its type, {ty} (line {line}): {e:#}"
                                ))
                            })?;
                        }
                        _ if answer.is_empty() => {}
                        _ => {
                            return Err(wrong(format!(
                                "it has no result: write its answer on line {line} as \"\""
                            )));
                        }
                    }
                    Ok(())
                })?;
            }
        }
        linker.allow_shadowing(false);
        Ok(())
    }
}

fn asked(
    store: &mut StoreContextMut<'_, GuestState>,
    recording: &Recording,
    interface: &str,
    name: &str,
    arguments: &[Val],
) -> wasmtime::Result<(String, usize)> {
    if !arguments.iter().all(has_notation) {
        let why = format!("it takes {UNWRITTEN}");
        return Err(wasmtime::Error::msg(recording.misfit(&format!("{interface}#{name}"), &why)));
    }
    let (arguments, whole) = notation::of_arguments(arguments);
    store.data_mut().host_call(arguments.len())?;
    if !whole {
        let why = format!("its arguments take more than {MOST_ARGUMENTS} bytes to write down");
        return Err(wasmtime::Error::msg(recording.misfit(&format!("{interface}#{name}"), &why)));
    }
    let (tick, task) = store.data().in_run();
    let asked = Asked { interface, name, arguments: &arguments, tick, task };
    let (answer, line) = recording.answer(&asked).map_err(wasmtime::Error::msg)?;
    // Each call reads its answer anew.
    store.data_mut().answered(answer.len())?;
    Ok((answer, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(text: &str) -> Result<Calls, String> {
        let text =
            format!("ticks = 1\n{}", text.replace("['a", "[calls.'a").replace("['b", "[calls.'b"));
        let scenario = crate::testing::Scenario::parse(&text, std::path::Path::new("it.toml"))?;
        Ok(scenario.calls)
    }

    #[test]
    fn answers_are_a_list_or_one_for_all() {
        let it = calls(
            "['a:b/c@1.0.0']\nsend = ['ok(1)', { with = '(\"x\")', answer = 'ok(2)' }]\nsize = { always = '3' }",
        );
        let recording = Recording::new(it.unwrap());
        let ask = |name, arguments| {
            let (tick, task) = (Some(1), Some("t"));
            recording.answer(&Asked { interface: "a:b/c@1.0.0", name, arguments, tick, task })
        };
        assert_eq!(ask("send", "(\"any\")"), Ok(("ok(1)".to_owned(), 3)));
        let other = ask("send", "(\"y\")").unwrap_err();
        assert!(other.contains("- (\"x\")\n+ (\"y\")"), "{other}");
        assert!(ask("send", "()").unwrap_err().contains("call 3 of it has no answer"));
        assert_eq!(ask("size", "()"), Ok(("3".to_owned(), 4)));
        assert_eq!(ask("size", "()"), Ok(("3".to_owned(), 4)));
        let (made, wrong) = recording.take();
        assert_eq!(made[0].to_string(), "1 t a:b/c@1.0.0#send(\"any\") -> ok(1)");
        assert_eq!((made.len(), wrong.len()), (5, 2));
    }

    #[test]
    fn answers_that_nobody_asked_for_are_told() {
        let recording = Recording::new(calls("['a:b/c@1.0.0']\nsend = ['1', '2']").unwrap());
        let (_, wrong) = recording.take();
        assert_eq!(wrong[0].text, "the last 2 of its 2 answers were never asked for");
        let always = Recording::new(calls("['a:b/c@1.0.0']\nsend = { always = '1' }").unwrap());
        assert_eq!(always.take().1[0].text, "its answer was never asked for");
    }

    #[test]
    fn what_is_no_answer_is_told() {
        let check = |text: &str, expect: &str| {
            let error = calls(text).unwrap_err();
            assert!(error.contains(expect), "{error}");
        };
        let of = |answers: &str| format!("['a:b/c@1.0.0']\nsend = {answers}");
        check(&of("'ok(1)'"), "`send` is a text, but a list of answers is wanted");
        check(&of("[{ with = 'x' }]"), "an answer of `send` has no `answer`");
        check(&of("[1]"), "`send` is a whole number, but a text in each place is wanted");
        check(&of("['1']\nsize = { }"), "`size` is a table without `always`");
        let slip = of("[\n'1',\n{ wiht = '()', answer = '1' }]");
        check(&slip, "[calls.\"a:b/c@1.0.0\".send] has no key `wiht`");
        check(&slip, "it.toml:5:3");
        check(&slip, "did you mean `with`?");
        check(&of("{ alwys = '1' }"), "did you mean `always`?");
        check("['board']\nsend = ['1']", "[calls] has no interface `board`");
        check("['a:b/c@1.0.0']\n'[method]r.x' = ['1']", "belongs to a resource");
    }
}
