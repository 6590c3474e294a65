//! Host calls that are answered from a recording: the functions of an embedder's own interfaces, and those of
//! the house where a scenario wants another answer.
//!
//! Values are written as WAVE writes them (the WebAssembly value encoding of the component model), and read
//! by the types that the component itself imports.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde::de::Error as _;
use toml::Value;
use wasmtime::StoreContextMut;
use wasmtime::component::wasm_wave::wasm::DisplayType;
use wasmtime::component::{Linker, Val};

use super::expect::sha256;
use super::found::Call;
use super::judge::Difference;
use crate::capabilities::{Capability, GuestState};
use crate::types::harmless_line;

/// The most calls that are kept, and the most bytes of one: what a manager asks for comes from a guest.
const MOST_CALLS: usize = 100_000;
const LONGEST: usize = 4 << 10;

/// What a scenario answers: for each interface, for each of its functions.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Calls(BTreeMap<String, BTreeMap<String, Answers>>);

/// The answers of one function.
#[derive(Debug, Clone, PartialEq)]
enum Answers {
    /// One for each call, in their order.
    Each(Vec<Answer>),
    /// The same for every call.
    Always(String),
}

/// One answer.
#[derive(Debug, Clone, PartialEq)]
struct Answer {
    /// If given, the call must have these arguments.
    with: Option<String>,
    answer: String,
}

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        answers(Value::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// By hand: an untagged enum would say of a mistake only that nothing fits.
fn answers(value: Value) -> Result<Answers, String> {
    let wrong = || {
        "answers are a list, [\"ok(3)\", { with = '(\"x\")', answer = \"ok(4)\" }], or { always = \"ok(3)\" }"
            .to_owned()
    };
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(wrong);
    match value {
        Value::Array(each) => {
            let answer = |value: Value| match value {
                Value::String(answer) => Ok(Answer { with: None, answer }),
                Value::Table(mut table) => {
                    let (with, answer) = (table.remove("with"), table.remove("answer"));
                    let with = with.as_ref().map(text).transpose()?;
                    let answer = answer.as_ref().map(text).transpose()?.ok_or_else(wrong)?;
                    if table.is_empty() { Ok(Answer { with, answer }) } else { Err(wrong()) }
                }
                _ => Err(wrong()),
            };
            Ok(Answers::Each(each.into_iter().map(answer).collect::<Result<_, _>>()?))
        }
        Value::Table(table) if table.len() == 1 => {
            table.get("always").map(text).ok_or_else(wrong)?.map(Answers::Always)
        }
        _ => Err(wrong()),
    }
}

impl Calls {
    /// The interfaces.
    pub(super) fn interfaces(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// What is wrong with them, whatever the component.
    pub(super) fn check(&self) -> Result<(), String> {
        for (interface, functions) in &self.0 {
            if !interface.contains(':') || !interface.contains('/') {
                return Err(format!(
                    "calls: {interface:?} names no interface: write \"package:name/interface@version\""
                ));
            }
            if let Some(name) = functions.keys().find(|name| name.starts_with('[')) {
                return Err(format!(
                    "calls: {interface}#{name} belongs to a resource, for which no answer can be written \
                     down; what the store holds is given under [store]"
                ));
            }
        }
        Ok(())
    }
}

/// The recording while it is played; it outlives the hosts that die.
#[derive(Debug, Default)]
pub(super) struct Recording {
    calls: Calls,
    played: Mutex<Played>,
}

#[derive(Debug, Default)]
struct Played {
    /// How many calls each function has had.
    count: BTreeMap<(String, String), usize>,
    made: Vec<Call>,
    wrong: Vec<Difference>,
}

impl Recording {
    pub(super) fn new(calls: Calls) -> Self {
        Self { calls, ..Self::default() }
    }

    /// Begins anew.
    pub(super) fn restart(&self) {
        *self.played.lock().unwrap_or_else(PoisonError::into_inner) = Played::default();
    }

    /// The calls that were made, and what was wrong: calls without an answer, answers without a call.
    pub(super) fn take(&self) -> (Vec<Call>, Vec<Difference>) {
        let mut played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        let Played { count, made, mut wrong } = std::mem::take(&mut *played);
        for (interface, functions) in &self.calls.0 {
            for (name, answers) in functions {
                let had = count.get(&(interface.clone(), name.clone())).copied().unwrap_or(0);
                let text = match answers {
                    Answers::Each(each) if had < each.len() => match (each.len() - had, each.len())
                    {
                        (1, 1) => "its answer was never asked for".to_owned(),
                        (1, all) => format!("the last of its {all} answers was never asked for"),
                        (rest, all) => {
                            format!("the last {rest} of its {all} answers were never asked for")
                        }
                    },
                    Answers::Always(_) if had == 0 => "its answer was never asked for".to_owned(),
                    _ => continue,
                };
                wrong.push(Difference { what: format!("calls.{interface}#{name}"), text });
            }
        }
        (made, wrong)
    }

    /// The answer to a call, and a note of it. The error goes to the guest as a trap, and to the judgement.
    fn answer(&self, call: &Asked<'_>) -> Result<String, String> {
        let &Asked { interface, name, arguments, tick, task } = call;
        let mut played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        let nth = played.count.entry((interface.to_owned(), name.to_owned())).or_default();
        *nth += 1;
        let nth = *nth;
        let function = format!("{interface}#{name}");
        let found = match self.calls.0.get(interface).and_then(|functions| functions.get(name)) {
            Some(Answers::Always(answer)) => Ok(answer.clone()),
            Some(Answers::Each(each)) => match each.get(nth - 1) {
                Some(Answer { with: Some(with), .. }) if with != arguments => Err(format!(
                    "call {nth} of it was to have other arguments\n- {with}\n+ {}",
                    harmless_line(arguments, LONGEST)
                )),
                Some(Answer { answer, .. }) => Ok(answer.clone()),
                None => Err(format!(
                    "call {nth} of it has no answer; give one more for the arguments {}",
                    harmless_line(arguments, LONGEST)
                )),
            },
            None => Err("it has no answers".to_owned()),
        };
        if played.made.len() < MOST_CALLS {
            let answer = found.as_deref().unwrap_or("no answer");
            let call = cut(&format!("{function}{arguments}"));
            let answer = cut(answer);
            played.made.push(Call { tick, task: task.map(str::to_owned), call, answer });
        }
        drop(played);
        found.map_err(|why| self.misfit(&function, &why))
    }

    /// Notes what is wrong with an answer; returns what the guest's run is ended with.
    fn misfit(&self, function: &str, why: &str) -> String {
        let mut played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        if played.wrong.len() < MOST_CALLS {
            let (what, text) = (format!("calls.{function}"), why.to_owned());
            played.wrong.push(Difference { what, text });
        }
        format!("the recording of {function} does not fit: {why}")
    }
}

/// A text that is shown and compared: of a long one the beginning, and a digest of all of it.
fn cut(text: &str) -> String {
    let shown = harmless_line(text, LONGEST);
    if text.len() <= LONGEST {
        shown
    } else {
        format!("{shown} sha256:{}", sha256(text.as_bytes()))
    }
}

/// One call of a guest.
struct Asked<'a> {
    interface: &'a str,
    name: &'a str,
    arguments: &'a str,
    tick: Option<u64>,
    task: Option<&'a str>,
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
        for (interface, functions) in &self.0.calls.0 {
            let mut instance = linker.instance(interface)?;
            for name in functions.keys() {
                let (recording, of, function) =
                    (Arc::clone(&self.0), interface.clone(), name.clone());
                instance.func_new(name, move |mut store, ty, arguments, results| {
                    let answer = asked(&mut store, &recording, &of, &function, arguments)?;
                    let wrong = |why: String| {
                        wasmtime::Error::msg(recording.misfit(&format!("{of}#{function}"), &why))
                    };
                    match (ty.results().next(), results.first_mut()) {
                        (Some(ty), Some(result)) => {
                            *result = Val::from_wave(&ty, &answer).map_err(|e| {
                                let answer = harmless_line(&answer, 200);
                                let ty = harmless_line(&DisplayType(&ty).to_string(), 200);
                                wrong(format!(
                                    "the answer {answer} is not of its type, {ty}: {e:#}"
                                ))
                            })?;
                        }
                        _ if answer.is_empty() => {}
                        _ => {
                            return Err(wrong(
                                "it has no result: write its answer as \"\"".to_owned(),
                            ));
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
) -> wasmtime::Result<String> {
    if !arguments.iter().all(has_notation) {
        let why = "it takes a resource, or something else that WAVE has no notation for: it can't be answered here";
        return Err(wasmtime::Error::msg(recording.misfit(&format!("{interface}#{name}"), why)));
    }
    let arguments: Vec<String> = arguments.iter().map(Val::to_wave).collect::<Result<_, _>>()?;
    let arguments = format!("({})", arguments.join(", "));
    store.data_mut().host_call(arguments.len())?;
    let (tick, task) = store.data().in_run();
    let asked = Asked { interface, name, arguments: &arguments, tick, task };
    let answer = recording.answer(&asked).map_err(wasmtime::Error::msg)?;
    // Each call reads its answer anew.
    store.data_mut().answered(answer.len())?;
    Ok(answer)
}

/// Whether a value can be written: what can't makes the notation's own writer panic.
fn has_notation(value: &Val) -> bool {
    let boxed = |value: &Option<Box<Val>>| value.as_deref().is_none_or(has_notation);
    match value {
        Val::Resource(_)
        | Val::Future(_)
        | Val::Stream(_)
        | Val::ErrorContext(_)
        | Val::Map(_)
        | Val::FixedLengthList(_) => false,
        Val::List(values) | Val::Tuple(values) => values.iter().all(has_notation),
        Val::Record(fields) => fields.iter().all(|(_, value)| has_notation(value)),
        Val::Variant(_, value) | Val::Option(value) | Val::Result(Ok(value) | Err(value)) => {
            boxed(value)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(text: &str) -> Result<Calls, String> {
        let calls: Calls = toml::from_str(text).map_err(|e| e.message().to_owned())?;
        calls.check().map(|()| calls)
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
        assert_eq!(ask("send", "(\"any\")").as_deref(), Ok("ok(1)"));
        let other = ask("send", "(\"y\")").unwrap_err();
        assert!(other.contains("- (\"x\")\n+ (\"y\")"), "{other}");
        assert!(ask("send", "()").unwrap_err().contains("call 3 of it has no answer"));
        assert_eq!(ask("size", "()").as_deref(), Ok("3"));
        assert_eq!(ask("size", "()").as_deref(), Ok("3"));
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
        check("['a:b/c@1.0.0']\nsend = 'ok(1)'", "answers are a list");
        check("['a:b/c@1.0.0']\nsend = [{ with = 'x' }]", "answers are a list");
        check("['a:b/c@1.0.0']\nsend = [1]", "answers are a list");
        check("['board']\nsend = ['1']", "names no interface");
        check("['a:b/c@1.0.0']\n'[method]r.x' = ['1']", "belongs to a resource");
    }
}
