//! The database against its model: whatever is done, both stores answer and keep the same.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::store::{MemoryStore, Span, SpanKind, Store, StoreError};

#[derive(Debug, Clone)]
enum Step {
    Install(Box<Install>),
    Commit(Vec<Commit>),
    Remove(ManagerName),
    Reopen,
    Restart,
}

fn names() -> impl Strategy<Value = ManagerName> {
    prop_oneof!["m", "n", "o"].prop_map(|name| manager(&name))
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    proptest::sample::select(Outcome::ALL.to_vec())
}

fn rows() -> impl Strategy<Value = ManagerRow> {
    let hand = (0..3_u32, any::<bool>(), 0..9_u64, any::<u64>());
    (0..30_u64, hand, vec((outcomes(), 1..9_u64), 0..4), proptest::option::of("[a-z]{0,9}"))
        .prop_map(|(tick, (by_hand, paused, gaps, counted_ms), counts, error)| {
            let mut row = ManagerRow { paused, by_hand, gaps, counted_ms, ..row(tick) };
            for (outcome, n) in counts {
                row.totals.add(outcome, n);
            }
            row.readiness.error = error;
            row
        })
}

fn writes() -> impl Strategy<Value = Vec<Write>> {
    let write = ("[ab]", "[a-d]{1,2}", proptest::option::of(vec(any::<u8>(), 0..40)));
    vec(write.prop_map(|(bucket, key, value)| Write { bucket, key, value }), 0..4)
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    let kind =
        prop_oneof![Just(SpanKind::Missed), Just(SpanKind::NotReady), Just(SpanKind::Paused)];
    let task = proptest::option::of("[ab]");
    let span = (kind, task, 0..6_u64, 0..2_u64, proptest::option::of("[a-z]{1,3}"));
    let span = span.prop_map(|(kind, task, from, more, reason)| Span {
        kind,
        task: task.map(|task| task_name(&task)),
        from: Tick::new(from),
        to: Tick::new(from + more),
        reason,
    });
    vec(span, 0..3)
}

fn commits() -> impl Strategy<Value = Commit> {
    let runs = vec((0..3_usize, outcomes(), proptest::option::of(0..9_u32)), 0..4);
    let tasks = vec((0..3_u32, 0..99_u64), 0..3);
    (names(), rows(), tasks, runs, spans(), writes()).prop_map(
        |(manager, row, tasks, runs, spans, writes)| {
            let text = ["a", "b", "c"];
            let tasks = tasks.into_iter().map(|(n, due)| TaskRecord {
                due,
                paused_after: (due % 3 == 0).then_some(row.tick),
                last: (due > 50).then_some((row.tick, Outcome::Lost, due, 100)),
                ..task(text[n as usize], n)
            });
            let history = runs.into_iter().map(|(n, outcome, by_hand)| {
                let run = run(text[n], row.tick.get());
                RunRecord { by_hand, outcome, ..run }
            });
            let (tasks, history) = (tasks.collect(), history.collect());
            Commit { manager, row, tasks, history, spans, writes }
        },
    )
}

fn installs() -> impl Strategy<Value = Install> {
    (names(), rows(), 1..4_u32, 0..6_u32, 0..200_u64, spans(), writes()).prop_map(
        |(manager, row, tasks, history, bytes, spans, writes)| {
            let tasks = ["a", "b", "c"].into_iter().zip(0..tasks).map(|(name, n)| task(name, n));
            let (tasks, quota) = (tasks.collect(), Usage { bytes, keys: 5 });
            Install { manager, row, tasks, quota, history, spans, writes, ..install("m") }
        },
    )
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => installs().prop_map(Box::new).prop_map(Step::Install),
        12 => vec(commits(), 1..4).prop_map(Step::Commit),
        1 => names().prop_map(Step::Remove),
        1 => Just(Step::Reopen),
        1 => Just(Step::Restart),
    ]
}

/// What both say, without the words of a refusal.
fn told(result: Result<(), StoreError>) -> Result<(), &'static str> {
    result.map_err(|error| match error {
        StoreError::Refused(_) => "refused",
        _ => "something else",
    })
}

async fn everything(store: &dyn Store) -> Vec<String> {
    let mut all = vec![format!("{:?}", store.managers().await.unwrap())];
    for name in ["m", "n", "o"].map(manager) {
        all.push(format!("{:?}", store.load(name.clone()).await.unwrap()));
        all.push(format!("{:?}", store.history(of(name.as_str())).await.unwrap()));
        all.push(format!("{:?}", store.spans(name.clone(), 99).await.unwrap()));
        for bucket in ["a", "b"].map(str::to_owned) {
            for key in store.keys(name.clone(), bucket.clone()).await.unwrap() {
                let value = store.get(name.clone(), bucket.clone(), key.clone()).await.unwrap();
                all.push(format!("{name}/{bucket}/{key} {value:?}"));
            }
        }
    }
    for outcome in [None, Some(Outcome::Ok)] {
        let query = HistoryQuery { outcome, limit: 7, ..HistoryQuery::default() };
        all.push(format!("{:?}", store.history(query).await.unwrap()));
    }
    all
}

async fn compare(steps: Vec<Step>) {
    let dir = tempfile::tempdir().unwrap();
    let (mut model, mut store) = (MemoryStore::recording(), open(dir.path()));
    for step in steps {
        let (expect, got) = match step.clone() {
            Step::Install(i) => (model.install(*i.clone()).await, store.install(*i).await),
            Step::Commit(c) => (model.commit(c.clone()).await, store.commit(c).await),
            Step::Remove(m) => (model.remove(m.clone()).await, store.remove(m).await),
            Step::Reopen => (model.reopen().await, store.reopen().await),
            Step::Restart => {
                drop(store);
                (model, store) = (model.restarted(), open(dir.path()));
                assert_eq!(model.fence(), store.fence());
                (Ok(()), Ok(()))
            }
        };
        assert_eq!(told(got), told(expect), "{step:?}");
        assert_eq!(everything(&store).await, everything(&model).await, "{step:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn s17_the_database_does_what_its_model_does(steps in vec(steps(), 1..40)) {
        now(compare(steps));
    }
}
