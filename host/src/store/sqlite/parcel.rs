//! Commits on their way to the writing thread: packed by whoever asks, into a few flat lists.
//!
//! All managers share one writing thread, so whatever can be done before it is done before it. What it is
//! handed is read once, from front to back; nothing in it but spans and writes, which few commits have,
//! has to be found or freed one by one.

use std::ops::Range;

use super::packed;
use crate::store::{Commit, Span, StoreResult, Write};
use crate::types::Tick;

/// Commits, packed.
#[derive(Debug, Default)]
pub(super) struct Parcel {
    /// Names and texts.
    text: String,
    /// Packed rows.
    bytes: Vec<u8>,
    commits: Vec<Heading>,
    tasks: Vec<TaskRow>,
    runs: Vec<RunRow>,
    spans: Vec<Span>,
    writes: Vec<Write>,
}

/// One commit: what is its own, and where its part of each list ends.
#[derive(Debug)]
struct Heading {
    manager: Range<usize>,
    tick: Tick,
    by_hand: u32,
    state: Range<usize>,
    tasks: usize,
    runs: usize,
    spans: usize,
    writes: usize,
}

#[derive(Debug)]
struct TaskRow {
    name: Range<usize>,
    state: Range<usize>,
}

#[derive(Debug)]
struct RunRow {
    task: Range<usize>,
    tick: Tick,
    outcome: &'static str,
    figures: Range<usize>,
    error: Option<Range<usize>>,
    detail: Option<Range<usize>>,
}

/// One commit of a parcel.
#[derive(Clone, Copy)]
pub(super) struct Parceled<'a> {
    parcel: &'a Parcel,
    nth: usize,
}

/// A row of the history, packed.
pub(super) struct Run<'a> {
    pub(super) task: &'a str,
    pub(super) tick: Tick,
    pub(super) outcome: &'static str,
    pub(super) figures: &'a [u8],
    pub(super) error: Option<&'a str>,
    pub(super) detail: Option<&'a str>,
}

impl Parcel {
    /// Packs commits, in their order.
    pub(super) fn of(mut commits: Vec<Commit>) -> StoreResult<Self> {
        let mut parcel = Self::default();
        parcel.commits.reserve_exact(commits.len());
        // By reference: a commit is large, and all but its spans and writes is only looked at.
        for commit in &mut commits {
            parcel.add(commit)?;
        }
        Ok(parcel)
    }

    fn add(&mut self, commit: &mut Commit) -> StoreResult<()> {
        let Commit { manager, row, tasks, history, spans, writes } = commit;
        let manager = self.text(manager.as_str());
        let state = packed::append(&mut self.bytes, &packed::Beat::of(row))?;
        for task in tasks {
            let name = self.text(task.name.as_str());
            let state = packed::append(&mut self.bytes, &packed::Task::of(task))?;
            self.tasks.push(TaskRow { name, state });
        }
        for run in history {
            let task = self.text(run.task.as_str());
            let figures = packed::append(&mut self.bytes, &packed::Run::of(run))?;
            let error = run.error.as_deref().map(|error| self.text(error));
            let detail = run.detail.as_deref().map(|detail| self.text(detail));
            let (tick, outcome) = (run.tick, run.outcome.as_str());
            self.runs.push(RunRow { task, tick, outcome, figures, error, detail });
        }
        self.spans.append(spans);
        self.writes.append(writes);
        self.commits.push(Heading {
            manager,
            tick: row.tick,
            by_hand: row.by_hand,
            state,
            tasks: self.tasks.len(),
            runs: self.runs.len(),
            spans: self.spans.len(),
            writes: self.writes.len(),
        });
        Ok(())
    }

    fn text(&mut self, text: &str) -> Range<usize> {
        let from = self.text.len();
        self.text.push_str(text);
        from..self.text.len()
    }

    /// How many commits it holds.
    pub(super) fn len(&self) -> usize {
        self.commits.len()
    }

    /// How many bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.bytes.len() + self.writes.iter().map(Write::bytes).sum::<usize>()
    }

    /// Its commits, in order.
    pub(super) fn commits(&self) -> impl Iterator<Item = Parceled<'_>> {
        (0..self.len()).map(|nth| Parceled { parcel: self, nth })
    }
}

impl<'a> Parceled<'a> {
    fn heading(self) -> &'a Heading {
        &self.parcel.commits[self.nth]
    }

    /// The part of a list that ends where `end` says.
    fn part<T>(self, list: &'a [T], end: impl Fn(&Heading) -> usize) -> &'a [T] {
        let from = self.nth.checked_sub(1).map_or(0, |before| end(&self.parcel.commits[before]));
        &list[from..end(self.heading())]
    }

    pub(super) fn manager(self) -> &'a str {
        &self.parcel.text[self.heading().manager.clone()]
    }

    pub(super) fn tick(self) -> Tick {
        self.heading().tick
    }

    pub(super) fn by_hand(self) -> u32 {
        self.heading().by_hand
    }

    /// The state of the manager, packed.
    pub(super) fn state(self) -> &'a [u8] {
        &self.parcel.bytes[self.heading().state.clone()]
    }

    /// The tasks that change, each with its state, packed.
    pub(super) fn tasks(self) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let Parcel { text, bytes, tasks, .. } = self.parcel;
        let row = |row: &TaskRow| (&text[row.name.clone()], &bytes[row.state.clone()]);
        self.part(tasks, |heading| heading.tasks).iter().map(row)
    }

    pub(super) fn runs(self) -> impl Iterator<Item = Run<'a>> {
        let Parcel { text, bytes, runs, .. } = self.parcel;
        self.part(runs, |heading| heading.runs).iter().map(|run| Run {
            task: &text[run.task.clone()],
            tick: run.tick,
            outcome: run.outcome,
            figures: &bytes[run.figures.clone()],
            error: run.error.clone().map(|error| &text[error]),
            detail: run.detail.clone().map(|detail| &text[detail]),
        })
    }

    pub(super) fn spans(self) -> &'a [Span] {
        self.part(&self.parcel.spans, |heading| heading.spans)
    }

    pub(super) fn writes(self) -> &'a [Write] {
        self.part(&self.parcel.writes, |heading| heading.writes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{ManagerName, ManagerRow};

    #[test]
    fn long_keys_weigh_as_long_values_do() {
        let write = |key: usize, value: usize| Write {
            bucket: "default".to_owned(),
            key: "k".repeat(key),
            value: Some(vec![0; value]),
        };
        let bytes = |writes: Vec<Write>| {
            let commit = Commit {
                manager: ManagerName::new("m").unwrap(),
                row: ManagerRow::default(),
                tasks: vec![],
                history: vec![],
                spans: vec![],
                writes,
            };
            Parcel::of(vec![commit]).unwrap().bytes()
        };
        assert_eq!(bytes(vec![write(1_000, 4)]) - bytes(vec![]), 1_004);
        assert_eq!(bytes(vec![write(4, 1_000)]) - bytes(vec![]), 1_004);
    }
}
