//! The recording of host calls while a scenario is played: which answer a call gets, which calls were made, and what
//! was wrong with them.
//!
//! Knows no guest and no types: texts are asked for and texts are answered.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::calls::{Answer, Answers, Calls};
use super::found::Call;
use super::judge::Difference;
use super::stored::sha256;
use crate::types::harmless_line;

/// The most calls that are kept, the most bytes of all of them, and of one: what a manager asks for comes from a
/// guest. What is wrong with calls is kept within as much again.
const MOST_CALLS: usize = 100_000;
const MOST_KEPT: usize = 64 << 20;
pub(super) const LONGEST: usize = 4 << 10;

/// The recording while it is played; it outlives the hosts that die.
#[derive(Debug, Default)]
pub(super) struct Recording {
    pub(super) calls: Calls,
    played: Mutex<Played>,
}

#[derive(Debug, Default)]
struct Played {
    /// How many calls each function has had.
    count: BTreeMap<(String, String), usize>,
    made: Vec<Call>,
    wrong: Vec<Difference>,
    /// Bytes of the texts in `made`, and in `wrong`.
    kept: [usize; 2],
}

impl Played {
    fn room_for_call(&mut self, bytes: usize) -> bool {
        room(&mut self.kept[0], bytes)
    }

    fn room_for_wrong(&mut self, bytes: usize) -> bool {
        room(&mut self.kept[1], bytes)
    }
}

/// Takes so many bytes of the room for texts, if there are as many left.
fn room(kept: &mut usize, bytes: usize) -> bool {
    let fits = kept.saturating_add(bytes) <= MOST_KEPT;
    if fits {
        *kept += bytes;
    }
    fits
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
        let Played { count, made, mut wrong, .. } = std::mem::take(&mut *played);
        for (interface, functions) in &self.calls.answers {
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
    pub(super) fn answer(&self, call: &Asked<'_>) -> Result<(String, usize), String> {
        let &Asked { interface, name, arguments, tick, task } = call;
        let mut played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        let nth = played.count.entry((interface.to_owned(), name.to_owned())).or_default();
        *nth += 1;
        let nth = *nth;
        let function = format!("{interface}#{name}");
        let found = match self
            .calls
            .answers
            .get(interface)
            .and_then(|functions| functions.get(name))
        {
            Some(Answers::Always(Answer { text, line, .. })) => Ok((text.clone(), *line)),
            Some(Answers::Each(each)) => match each.get(nth - 1) {
                Some(Answer { with: Some(with), line, .. }) if with != arguments => Err(format!(
                    "call {nth} of it was to have other arguments, see line {line}\n- {with}\n+ {}",
                    harmless_line(arguments, LONGEST)
                )),
                Some(Answer { text, line, .. }) => Ok((text.clone(), *line)),
                None => Err(format!(
                    "call {nth} of it has no answer; give one more for the arguments {}",
                    harmless_line(arguments, LONGEST)
                )),
            },
            None => Err("it has no answers".to_owned()),
        };
        let answer = found.as_ref().map_or("no answer", |(answer, _)| answer);
        let call = cut(&format!("{function}{arguments}"));
        let answer = cut(answer);
        if played.made.len() < MOST_CALLS && played.room_for_call(call.len() + answer.len()) {
            played.made.push(Call { tick, task: task.map(str::to_owned), call, answer });
        }
        drop(played);
        found.map_err(|why| self.misfit(&function, &why))
    }

    /// Notes what is wrong with an answer; returns what the guest's run is ended with.
    pub(super) fn misfit(&self, function: &str, why: &str) -> String {
        let mut played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        let (what, text) = (format!("calls.{function}"), why.to_owned());
        if played.wrong.len() < MOST_CALLS && played.room_for_wrong(what.len() + text.len()) {
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
pub(super) struct Asked<'a> {
    pub(super) interface: &'a str,
    pub(super) name: &'a str,
    pub(super) arguments: &'a str,
    pub(super) tick: Option<u64>,
    pub(super) task: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_calls_is_bounded_by_its_bytes() {
        let recording = Recording::default();
        let long = "x".repeat(LONGEST);
        let calls = 2 * MOST_KEPT / LONGEST;
        for _ in 0..calls {
            let asked =
                Asked { interface: "a:b/c", name: "f", arguments: &long, tick: None, task: None };
            recording.answer(&asked).unwrap_err();
        }
        let (made, wrong) = recording.take();
        let bytes: usize = made.iter().map(|call| call.call.len() + call.answer.len()).sum();
        assert!((MOST_KEPT - 2 * LONGEST..=MOST_KEPT).contains(&bytes), "{bytes}");
        assert_eq!(wrong.len(), calls, "they are short");
    }
}
