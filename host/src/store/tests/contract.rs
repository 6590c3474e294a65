//! The contract of [`Store`], checked alike over every store there is.

use std::cell::RefCell;
use std::sync::Arc;

use super::*;
use crate::store::{
    FailingStore, FreezingStore, MemoryStore, Span, SpanKind, Stage, Store, StoreError,
};
use crate::types::{OpenTick, Planned};

/// Every store passes this, whatever it keeps its records in.
fn check_store(make: impl Fn() -> Arc<dyn Store>) {
    now(async {
        installs_and_loads(&*make()).await;
        commits_are_all_or_nothing(&*make()).await;
        one_commit_spoils_no_other(&*make()).await;
        buckets_and_quota(&*make()).await;
        history_is_newest_first(&*make()).await;
        spans_are_joined(&*make()).await;
        s21_a_name_goes_on_where_it_stood(&*make()).await;
        upgrades(&*make()).await;
    });
}

#[test]
fn s17_the_store_in_memory_keeps_the_contract() {
    check_store(|| Arc::new(MemoryStore::recording()));
}

#[test]
fn s17_the_database_keeps_the_contract() {
    let dirs = RefCell::new(Vec::new());
    check_store(|| {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(open(dir.path()));
        dirs.borrow_mut().push(dir);
        store
    });
}

#[test]
fn s17_the_wrappers_keep_the_contract_until_they_fail() {
    check_store(|| {
        let inner = Arc::new(MemoryStore::recording());
        let inner = Arc::new(FreezingStore::new(inner, u64::MAX, Stage::Before));
        Arc::new(FailingStore::counting(inner))
    });
}

#[test]
fn a_store_without_records_keeps_installs_and_writes() {
    let store = MemoryStore::default();
    assert!(!store.keeps_records());
    now(async {
        store.install(install("m")).await.unwrap();
        let writes = vec![put("k", b"v")];
        store.commit(vec![Commit { writes, ..commit("m", 5) }]).await.unwrap();
        assert_eq!(store.history(of("m")).await.unwrap(), []);
        let record = store.load(manager("m")).await.unwrap().unwrap();
        assert_eq!((record.row, record.usage), (row(0), Usage { bytes: 2, keys: 1 }));
        let many = vec![put("long", &[0; 100])];
        let refused = store.commit(vec![Commit { writes: many, ..idle("m", 0) }]).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    });
}

async fn installs_and_loads(store: &dyn Store) {
    assert!(store.keeps_records());
    assert_eq!(store.managers().await.unwrap(), []);
    assert_eq!(store.load(manager("m")).await.unwrap(), None);
    let mut full = install("m");
    full.tasks.reverse();
    full.tasks[0].frozen = Some(4);
    full.tasks[0].last = Some((Tick::new(9), Outcome::Trap, 1, 2));
    full.tasks[0].ladder.quarantined = Some(0);
    full.row.by_hand_totals.add(Outcome::Ok, 3);
    full.row.totals.add(Outcome::NotReached, 2);
    full.row.readiness.error = Some("broken".to_owned());
    full.row.open = Some(OpenTick {
        tick: Tick::new(9),
        at_ms: 8,
        trigger: Trigger::Operator,
        by_hand: Some(2),
        by: 0,
        entered: true,
        planned: vec![
            Planned { task: task_name("a"), passed: None },
            Planned { task: task_name("b"), passed: Some(Outcome::BackingOff) },
        ],
        started: 1,
        attempt: 2,
        missed_before: 3,
    });
    full.writes = vec![put("k", b"1")];
    store.install(full.clone()).await.unwrap();
    store.install(install("k")).await.unwrap();
    assert_eq!(store.managers().await.unwrap(), [manager("k"), manager("m")]);
    let record = store.load(manager("m")).await.unwrap().unwrap();
    full.tasks.reverse();
    assert_eq!(record.row, full.row);
    assert_eq!(record.tasks, full.tasks);
    assert_eq!(record.component, full.component);
    assert_eq!(record.usage, Usage { bytes: 2, keys: 1 });

    let twice = Install { tasks: vec![task("a", 0), task("a", 1)], ..install("t") };
    refused(store.install(twice).await, "two tasks named a");
    let large = Install { writes: vec![put("k", &[0; 100])], ..install("t") };
    refused(store.install(large).await, "101 bytes");
    assert_eq!(store.load(manager("t")).await.unwrap(), None);
}

async fn commits_are_all_or_nothing(store: &dyn Store) {
    store.install(install("m")).await.unwrap();
    store.install(install("n")).await.unwrap();
    let writes = vec![put("k", b"v")];
    let good = Commit { writes, ..commit("m", 1) };
    store.commit(vec![good, commit("n", 1), commit("n", 2)]).await.unwrap();
    let before = store.load(manager("m")).await.unwrap();
    let history = store.history(of("m")).await.unwrap();
    assert_eq!(before.as_ref().unwrap().tasks[0].due, 4);

    let good = Commit { writes: vec![put("k", b"new"), delete("x")], ..commit("m", 2) };
    let unknown_task = Commit { tasks: vec![task("c", 0)], ..commit("n", 3) };
    let too_much = Commit { writes: vec![put("k", &[0; 100])], ..commit("n", 3) };
    check(store, vec![good.clone(), commit("x", 1)], "no manager x").await;
    check(store, vec![good.clone(), unknown_task], "no task c").await;
    check(store, vec![good.clone(), too_much], "101 bytes").await;
    check(store, vec![good.clone(), commit("n", 1)], "go back from 2 to 1").await;
    check(store, vec![commit("n", 4), good, commit("n", 3)], "go back from 4 to 3").await;

    assert_eq!(store.load(manager("m")).await.unwrap(), before);
    assert_eq!(store.history(of("m")).await.unwrap(), history);
    assert_eq!(value(store, "k").await, Some(b"v".to_vec()));
}

async fn check(store: &dyn Store, commits: Vec<Commit>, expect: &str) {
    refused(store.commit(commits).await, expect);
}

fn refused(result: Result<(), StoreError>, expect: &str) {
    match result {
        Err(StoreError::Refused(text)) => assert!(text.contains(expect), "{text}"),
        other => panic!("expected a refusal with {expect:?}, got {other:?}"),
    }
}

async fn value(store: &dyn Store, key: &str) -> Option<Vec<u8>> {
    store.get(manager("m"), "default".to_owned(), key.to_owned()).await.unwrap()
}

async fn write(store: &dyn Store, writes: Vec<Write>) -> Result<(), StoreError> {
    store.commit(vec![Commit { writes, ..idle("m", 1) }]).await
}

async fn usage(store: &dyn Store) -> (u64, u64) {
    let usage = store.load(manager("m")).await.unwrap().unwrap().usage;
    (usage.bytes, usage.keys)
}

async fn one_commit_spoils_no_other(store: &dyn Store) {
    for name in ["a", "b", "c"] {
        store.install(install(name)).await.unwrap();
    }
    // Refused before anything of it was written, and after.
    let no_such_task = Commit { tasks: vec![task("nobody", 0)], ..commit("b", 1) };
    let too_late = Commit { tasks: vec![task("nobody", 9)], ..commit("b", 1) };
    for (tick, bad) in [(1, commit("nobody", 1)), (2, no_such_task), (3, too_late)] {
        let answers = store.commit_each(vec![commit("a", tick), bad, commit("c", tick)]).await;
        assert!(matches!(&*answers, [Ok(()), Err(_), Ok(())]), "{answers:?}");
        for (name, expect) in [("a", tick), ("b", 0), ("c", tick)] {
            let row = store.load(manager(name)).await.unwrap().unwrap().row;
            assert_eq!(row.tick.get(), expect, "{name}");
        }
    }
    assert_eq!(store.commit_each(vec![]).await.len(), 0);
}

async fn buckets_and_quota(store: &dyn Store) {
    store.install(install("m")).await.unwrap();
    let other = Write { bucket: "other".to_owned(), ..put("k", b"elsewhere") };
    write(store, vec![put("z", b"1"), put("é\0", b""), other, put("z", b"22")]).await.unwrap();
    let keys = || store.keys(manager("m"), "default".to_owned());
    assert_eq!(keys().await.unwrap(), ["z", "é\0"]);
    assert_eq!(usage(store).await, (3 + 3 + 10, 3));
    assert_eq!(value(store, "é\0").await, Some(Vec::new()));
    assert_eq!(value(store, "k").await, None);
    for (key, expect) in [("z", Some(2)), ("é\0", Some(0)), ("k", None)] {
        let length = store.length(manager("m"), "default".to_owned(), key.to_owned());
        assert_eq!(length.await.unwrap(), expect, "{key}");
    }
    assert_eq!(store.keys(manager("nobody"), "default".to_owned()).await.unwrap(), [""; 0]);

    refused(write(store, vec![put("l", &[0; 84])]).await, "101 bytes");
    write(store, vec![put("l", &[0; 83])]).await.unwrap();
    refused(write(store, vec![delete("l"), put("p", b""), put("q", b"")]).await, "5 keys");
    assert_eq!(usage(store).await, (100, 4));
    write(store, vec![put("x", &[0; 1_000]), delete("x"), delete("never")]).await.unwrap();

    let small = Install { quota: Usage { bytes: 50, keys: 1 }, ..install("m") };
    store.install(small).await.unwrap();
    refused(write(store, vec![put("z", b"333")]).await, "101 bytes");
    write(store, vec![put("l", &[0; 50])]).await.unwrap();
    assert_eq!(usage(store).await, (67, 4));

    store.remove(manager("m")).await.unwrap();
    assert_eq!(value(store, "z").await, None);
    assert_eq!(keys().await.unwrap(), [""; 0]);
    store.install(install("m")).await.unwrap();
    assert_eq!(usage(store).await, (0, 0));
}

async fn history_is_newest_first(store: &dyn Store) {
    for name in ["m", "n"] {
        store.install(install(name)).await.unwrap();
    }
    for tick in 1..=8 {
        let failed = RunRecord { outcome: Outcome::Failed, ..run("b", tick) };
        let m = Commit { history: vec![run("a", tick), failed], ..idle("m", tick) };
        store.commit(vec![m, commit("n", tick)]).await.unwrap();
    }
    let show = |query: HistoryQuery| async move {
        let rows = store.history(query).await.unwrap();
        rows.iter().map(|row| row.id().to_string()).collect::<Vec<_>>().join(" ")
    };
    let all = HistoryQuery { limit: 4, ..HistoryQuery::default() };
    assert_eq!(show(all.clone()).await, "n/a/8 m/b/8 m/a/8 n/a/7");
    assert_eq!(show(HistoryQuery { limit: 0, ..all.clone() }).await, "");
    let ten = "m/b/8 m/a/8 m/b/7 m/a/7 m/b/6 m/a/6 m/b/5 m/a/5 m/b/4 m/a/4";
    assert_eq!(show(of("m")).await, ten);
    let failed = HistoryQuery { outcome: Some(Outcome::Failed), ..of("m") };
    assert_eq!(show(HistoryQuery { limit: 2, ..failed }).await, "m/b/8 m/b/7");
    let a = HistoryQuery { task: Some(task_name("a")), limit: 3, ..HistoryQuery::default() };
    assert_eq!(show(a).await, "n/a/8 m/a/8 n/a/7");
    assert_eq!(show(of("nobody")).await, "");

    store.remove(manager("m")).await.unwrap();
    assert_eq!(show(of("m")).await, ten);
    store.install(Install { history: 1, ..install("m") }).await.unwrap();
    assert_eq!(show(of("m")).await, "m/b/8");
    store.install(install("m")).await.unwrap();
    assert_eq!(show(of("m")).await, "m/b/8");
    store.install(Install { history: 0, ..install("m") }).await.unwrap();
    store.commit(vec![commit("m", 9)]).await.unwrap();
    assert_eq!(show(of("m")).await, "");
}

async fn spans_are_joined(store: &dyn Store) {
    store.install(install("m")).await.unwrap();
    let span = |kind, from, to, reason: Option<&str>| Span {
        kind,
        task: None,
        from: Tick::new(from),
        to: Tick::new(to),
        reason: reason.map(str::to_owned),
    };
    let mut tick = 0;
    for spans in [
        vec![span(SpanKind::Missed, 1, 2, None), span(SpanKind::Missed, 3, 3, Some("late"))],
        vec![span(SpanKind::Missed, 4, 6, None), span(SpanKind::Paused, 7, 7, None)],
        vec![span(SpanKind::Paused, 9, 9, None), span(SpanKind::NotReady, 10, 12, Some("e"))],
    ] {
        tick += 1;
        store.commit(vec![Commit { spans, ..idle("m", tick) }]).await.unwrap();
    }
    let expect = [
        span(SpanKind::NotReady, 10, 12, Some("e")),
        span(SpanKind::Paused, 9, 9, None),
        span(SpanKind::Paused, 7, 7, None),
        span(SpanKind::Missed, 1, 6, Some("late")),
    ];
    assert_eq!(store.spans(manager("m"), 9).await.unwrap(), expect);
    assert_eq!(store.spans(manager("m"), 1).await.unwrap(), expect[..1]);

    // Those of a task are joined with its own alone, and come with an install, too.
    let of = |task, from, to| Span {
        task: Some(task_name(task)),
        ..span(SpanKind::Paused, from, to, None)
    };
    let whole = span(SpanKind::Paused, 13, 13, None);
    let spans = vec![whole.clone(), of("a", 14, 15), of("b", 16, 16), of("b", 17, 18)];
    store.commit(vec![Commit { spans, ..idle("m", 4) }]).await.unwrap();
    let spans = vec![of("b", 19, 19), of("a", 20, 21)];
    store.install(Install { row: row(4), spans, ..install("m") }).await.unwrap();
    let expect = [of("a", 20, 21), of("b", 16, 19), of("a", 14, 15), whole];
    assert_eq!(store.spans(manager("m"), 4).await.unwrap(), expect);
    let none = Install { history: 0, row: row(4), spans: vec![of("b", 22, 22)], ..install("m") };
    store.install(none).await.unwrap();
    assert_eq!(store.spans(manager("m"), 9).await.unwrap(), []);
    store.install(Install { row: row(4), ..install("m") }).await.unwrap();
    for tick in 10..200 {
        let spans = vec![span(SpanKind::Paused, tick * 2, tick * 2, None)];
        store.commit(vec![Commit { spans, ..idle("m", tick) }]).await.unwrap();
    }
    assert_eq!(store.spans(manager("m"), 1_000).await.unwrap().len(), 10);
}

async fn s21_a_name_goes_on_where_it_stood(store: &dyn Store) {
    store.install(install("m")).await.unwrap();
    let by_hand = ManagerRow { by_hand: 3, ..row(7) };
    store.commit(vec![Commit { row: by_hand, ..commit("m", 7) }]).await.unwrap();
    store.remove(manager("m")).await.unwrap();
    store.remove(manager("m")).await.unwrap();
    store.remove(manager("nobody")).await.unwrap();
    assert_eq!(store.managers().await.unwrap(), []);
    assert_eq!(store.load(manager("m")).await.unwrap(), None);
    refused(store.commit(vec![commit("m", 8)]).await, "no manager m");

    store.install(install("m")).await.unwrap();
    let record = store.load(manager("m")).await.unwrap().unwrap();
    assert_eq!((record.row.tick, record.row.by_hand, record.row.moved), (Tick::new(7), 3, 0));
    assert_eq!(record.tasks, install("m").tasks);
    refused(store.commit(vec![commit("m", 6)]).await, "go back from 7 to 6");

    let later = Install { row: ManagerRow { by_hand: 1, ..row(9) }, ..install("m") };
    store.install(later).await.unwrap();
    let record = store.load(manager("m")).await.unwrap().unwrap();
    assert_eq!((record.row.tick, record.row.by_hand), (Tick::new(9), 1));
}

async fn upgrades(store: &dyn Store) {
    let first = Install { writes: vec![put("k", b"old")], ..install("m") };
    store.install(first).await.unwrap();
    store.commit(vec![commit("m", 1)]).await.unwrap();
    let tasks = vec![task("c", 0), TaskRecord { due: 40, ..task("b", 1) }];
    let second = Install {
        component: Digest::new([8; 32]),
        tasks: tasks.clone(),
        row: row(1),
        writes: vec![put("l", b"new")],
        ..install("m")
    };
    store.install(second).await.unwrap();
    let record = store.load(manager("m")).await.unwrap().unwrap();
    assert_eq!((record.tasks, record.component), (tasks, Digest::new([8; 32])));
    assert_eq!(record.usage, Usage { bytes: 8, keys: 2 });
    assert_eq!(value(store, "k").await, Some(b"old".to_vec()));
    assert_eq!(store.history(of("m")).await.unwrap().len(), 1);
    refused(store.commit(vec![commit("m", 2)]).await, "no task a");
    store.commit(vec![Commit { tasks: vec![task("c", 0)], ..idle("m", 2) }]).await.unwrap();
}

#[test]
fn s22_a_handle_from_before_a_restart_is_stale() {
    let old = MemoryStore::recording();
    now(async {
        old.install(install("m")).await.unwrap();
        let new = old.restarted();
        assert_eq!(new.fence().get(), old.fence().get() + 1);
        let stale = |result| matches!(result, Err(StoreError::Stale { .. }));
        assert!(stale(old.commit(vec![commit("m", 1)]).await));
        assert!(stale(old.install(install("n")).await));
        assert!(stale(old.remove(manager("m")).await));
        assert!(stale(old.reopen().await));
        new.commit(vec![commit("m", 1)]).await.unwrap();
        assert_eq!(old.load(manager("m")).await.unwrap().unwrap().row.tick, Tick::new(1));
    });
}
