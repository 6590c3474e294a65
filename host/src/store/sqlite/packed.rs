//! What a row keeps packed, in one blob: the state of a manager, of a task, and the figures of a run.
//!
//! A commit writes few columns, because each costs about as much as all that is packed here. Whatever a
//! question asks by stays a column of its own. The encoding is [postcard](https://postcard.jamesmunns.com),
//! which is fixed since its version 1.
//!
//! These types are the file format: none of their fields may be added, moved or given another meaning
//! without a migration. What is read is checked: that it is whole, and that its names and codes are known.

mod run;
mod task;

use std::ops::Range;

use serde::ser::SerializeSeq as _;
use serde::{Deserialize, Serialize, Serializer};

pub(super) use run::Run;
use run::{trigger_code, trigger_of};
pub(super) use task::{Task, of_second};

use crate::store::StoreError;
use crate::types::{
    Ladder, ManagerRow, OpenTick, Outcome, OutcomeCounts, Planned, Readiness, TaskName, Tick,
};

/// What is packed into one blob of a row.
pub(super) trait Packed {
    /// The blob is filled up with zeros to a multiple of so many bytes.
    const STEP: usize = 1;
}

/// Packs a value at the end of a buffer, and tells where.
pub(super) fn append<T: Packed + Serialize>(
    buffer: &mut Vec<u8>,
    value: &T,
) -> Result<Range<usize>, StoreError> {
    let from = buffer.len();
    match postcard::to_extend(value, std::mem::take(buffer)) {
        Ok(packed) => *buffer = packed,
        Err(error) => {
            return Err(StoreError::Refused(format!("a record can't be packed: {error}")));
        }
    }
    buffer.resize(from + (buffer.len() - from).next_multiple_of(T::STEP), 0);
    Ok(from..buffer.len())
}

/// Packs a value into a buffer, which is emptied first.
pub(super) fn pack<'a, T: Packed + Serialize>(
    buffer: &'a mut Vec<u8>,
    value: &T,
) -> Result<&'a [u8], StoreError> {
    buffer.clear();
    append(buffer, value)?;
    Ok(buffer)
}

/// What a blob holds: all of it, but for the zeros that fill it up.
pub(super) fn unpack<'a, T: Packed + Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, String> {
    let (value, rest) =
        postcard::take_from_bytes(bytes).map_err(|e| format!("can't be unpacked: {e}"))?;
    let fills = rest.iter().all(|byte| *byte == 0)
        && (bytes.len() - rest.len()).next_multiple_of(T::STEP) == bytes.len();
    if fills { Ok(value) } else { Err(format!("{} bytes follow what it should hold", rest.len())) }
}

/// A plan makes the state of a manager longer and the end of its tick shorter again; a row that keeps its
/// length is written over in place.
impl Packed for Beat<'_> {
    const STEP: usize = 64;
}

/// What a tick changes of a manager, beside its tick and its place in the history.
#[derive(Serialize, Deserialize)]
pub(super) struct Beat<'a> {
    moved: u64,
    paused: bool,
    pub(super) by_hand: u32,
    missed_before: u64,
    gaps: u64,
    expected: u64,
    counted_ms: u64,
    totals: Counts,
    by_hand_totals: Counts,
    #[serde(borrow)]
    readiness: Option<Ready<'a>>,
    open: Option<Open<'a>>,
}

impl<'a> Beat<'a> {
    pub(super) fn of(row: &'a ManagerRow) -> Self {
        let ready = row.readiness == Readiness::default();
        Self {
            moved: row.moved,
            paused: row.paused,
            by_hand: row.by_hand,
            missed_before: row.missed_before,
            gaps: row.gaps,
            expected: row.expected,
            counted_ms: row.counted_ms,
            totals: Counts(row.totals),
            by_hand_totals: Counts(row.by_hand_totals),
            readiness: (!ready).then(|| Ready {
                ladder: Rungs::of(row.readiness.ladder),
                error: row.readiness.error.as_deref(),
            }),
            open: row.open.as_ref().map(Open::of),
        }
    }

    pub(super) fn row(self, tick: Tick) -> Result<ManagerRow, String> {
        Ok(ManagerRow {
            tick,
            moved: self.moved,
            paused: self.paused,
            by_hand: self.by_hand,
            missed_before: self.missed_before,
            gaps: self.gaps,
            counted_ms: self.counted_ms,
            readiness: self.readiness.map_or_else(Readiness::default, |ready| Readiness {
                ladder: ready.ladder.ladder(),
                error: ready.error.map(str::to_owned),
            }),
            totals: self.totals.0,
            by_hand_totals: self.by_hand_totals.0,
            expected: self.expected,
            open: self.open.map(Open::tick).transpose()?,
        })
    }
}

/// The same in version 1 of the schema, which did not know until when ticks are counted: the other fields,
/// in the order that they have there.
type First<'a> =
    (u64, bool, u32, u64, u64, u64, Counts, Counts, Option<Ready<'a>>, Option<Open<'a>>);

impl Packed for First<'_> {
    const STEP: usize = Beat::STEP;
}

/// What a manager's state of version 1 is in version 2: nothing tells until when its ticks are counted.
pub(super) fn of_first(bytes: &[u8]) -> Result<Beat<'_>, String> {
    let old = unpack::<First<'_>>(bytes)?;
    let (moved, paused, by_hand, missed_before, gaps, expected, ..) = old;
    let (.., totals, by_hand_totals, readiness, open) = old;
    let counted_ms = 0;
    Ok(Beat {
        moved,
        paused,
        by_hand,
        missed_before,
        gaps,
        expected,
        counted_ms,
        totals,
        by_hand_totals,
        readiness,
        open,
    })
}

#[derive(Serialize, Deserialize)]
struct Ready<'a> {
    ladder: Rungs,
    error: Option<&'a str>,
}

#[derive(Serialize, Deserialize)]
struct Rungs {
    kills: u32,
    lost: u32,
    pass: u32,
    quarantined: Option<u32>,
}

impl Rungs {
    fn of(Ladder { kills, lost, pass, quarantined }: Ladder) -> Self {
        Self { kills, lost, pass, quarantined }
    }

    fn ladder(self) -> Ladder {
        let Self { kills, lost, pass, quarantined } = self;
        Ladder { kills, lost, pass, quarantined }
    }
}

#[derive(Serialize, Deserialize)]
struct Open<'a> {
    tick: u64,
    at_ms: u64,
    trigger: u8,
    by_hand: Option<u32>,
    by: u64,
    entered: bool,
    #[serde(borrow)]
    planned: Plans<'a>,
    started: u32,
    attempt: u32,
    missed_before: u64,
}

impl<'a> Open<'a> {
    fn of(open: &'a OpenTick) -> Self {
        Self {
            tick: open.tick.get(),
            at_ms: open.at_ms,
            trigger: trigger_code(open.trigger),
            by_hand: open.by_hand,
            by: open.by,
            entered: open.entered,
            planned: Plans::Of(&open.planned),
            started: open.started,
            attempt: open.attempt,
            missed_before: open.missed_before,
        }
    }

    fn tick(self) -> Result<OpenTick, String> {
        let Plans::Read(planned) = self.planned else { return Err("holds no plan".to_owned()) };
        let plan = |plan: Plan<'_>| -> Result<Planned, String> {
            let task = TaskName::new(plan.task).map_err(|e| e.to_string())?;
            Ok(Planned { task, passed: plan.passed.map(outcome_of).transpose()? })
        };
        Ok(OpenTick {
            tick: Tick::new(self.tick),
            at_ms: self.at_ms,
            trigger: trigger_of(self.trigger)?,
            by_hand: self.by_hand,
            by: self.by,
            entered: self.entered,
            planned: planned.into_iter().map(plan).collect::<Result<_, _>>()?,
            started: self.started,
            attempt: self.attempt,
            missed_before: self.missed_before,
        })
    }
}

/// The planned tasks of a tick: packed without a list of their own.
enum Plans<'a> {
    Of(&'a [Planned]),
    Read(Vec<Plan<'a>>),
}

#[derive(Serialize, Deserialize)]
struct Plan<'a> {
    task: &'a str,
    passed: Option<u8>,
}

impl Serialize for Plans<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Of(planned) => to.collect_seq(planned.iter().map(|planned| Plan {
                task: planned.task.as_str(),
                passed: planned.passed.map(outcome_code),
            })),
            Self::Read(plans) => plans.serialize(to),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Plans<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Vec::deserialize(from).map(Self::Read)
    }
}

/// Sums of outcomes, each with the code of its outcome.
struct Counts(OutcomeCounts);

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut sums = to.serialize_seq(Some(self.0.iter().count()))?;
        for (outcome, n) in self.0.iter() {
            sums.serialize_element(&(outcome_code(outcome), n))?;
        }
        sums.end()
    }
}

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut counts = OutcomeCounts::default();
        for (code, n) in Vec::<(u8, u64)>::deserialize(from)? {
            counts.add(outcome_of(code).map_err(serde::de::Error::custom)?, n);
        }
        Ok(Self(counts))
    }
}

/// The place of an outcome in the list of the contract, to whose end new ones are added.
fn outcome_code(outcome: Outcome) -> u8 {
    outcome as u8
}

fn outcome_of(code: u8) -> Result<Outcome, String> {
    let known = Outcome::ALL.get(usize::from(code)).copied();
    known.ok_or_else(|| format!("{code} is no outcome that this version knows"))
}

pub(super) fn outcome(name: &str) -> Result<Outcome, String> {
    Outcome::from_name(name).ok_or_else(|| "is no outcome that this version knows".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_a_file_stay_what_they_are() {
        let names: Vec<_> = (0..16).map(|code| outcome_of(code).unwrap().as_str()).collect();
        assert_eq!(
            names.join(" "),
            "ok failed conflict trap out-of-fuel timed-out out-of-memory over-quota lost skipped \
             missed not-ready backing-off quarantined paused not-reached"
        );
        assert!(outcome_of(16).unwrap_err().contains("16"));
        assert!(trigger_of(2).unwrap_err().contains("trigger"));
    }

    #[test]
    fn what_is_cut_or_goes_on_is_refused() {
        let mut buffer = Vec::new();
        let packed = pack(&mut buffer, &Beat::of(&ManagerRow::default()));
        let packed = packed.unwrap().to_vec();
        for cut in 0..packed.len() {
            assert!(unpack::<Beat<'_>>(&packed[..cut]).is_err(), "{cut}");
        }
        let follows = |rest: &[u8]| unpack::<Beat<'_>>(&[packed.as_slice(), rest].concat()).err();
        assert_eq!(follows(&[]), None);
        assert!(follows(&[0]).unwrap().contains("bytes follow"));
        assert!(follows(&[0; 64]).unwrap().contains("bytes follow"));
        let mut marked = packed.clone();
        *marked.last_mut().unwrap() = 1;
        assert!(unpack::<Beat<'_>>(&marked).err().unwrap().contains("bytes follow"));
    }

    #[test]
    fn a_list_that_claims_to_be_endless_takes_no_memory() {
        // Seven numbers, and a count of 2^63 sums with nothing behind it.
        let claim = [0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
        assert!(unpack::<Beat<'_>>(&claim).err().unwrap().contains("can't be unpacked"));
    }
}
