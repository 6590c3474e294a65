//! Writing to the database: fences, groups, full disks, unknown results, and what is kept.

use std::sync::atomic::Ordering;

use futures::future::join_all;

use super::*;
use crate::store::{SpanKind, Store, StoreError};

fn database(dir: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(dir.join("tourbillon.db")).unwrap()
}

fn count(dir: &Path, what: &str) -> i64 {
    database(dir).query_row(&format!("SELECT {what}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn s22_a_stale_fence_is_refused_at_commit() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    now(async {
        store.install(install("m")).await.unwrap();
        store.commit(vec![commit("m", 1)]).await.unwrap();
        database(dir.path()).execute_batch("UPDATE host SET fence = 9").unwrap();
        let stale = |result: Result<(), StoreError>| match result {
            Err(StoreError::Stale { current, ours }) => {
                assert_eq!((current.get(), ours.get()), (9, 1));
            }
            other => panic!("{other:?}"),
        };
        stale(store.commit(vec![commit("m", 2)]).await);
        stale(store.install(install("n")).await);
        stale(store.remove(manager("m")).await);
        stale(store.reopen().await);
    });
    assert_eq!(count(dir.path(), "tick FROM beat"), 1);
}

#[test]
fn s17_a_group_isolates_whoever_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let names: Vec<String> = (0..40).map(|n| format!("m{n}")).collect();
    now(async {
        for name in &names {
            store.install(install(name)).await.unwrap();
        }
        // All of them are in the queue before the first answer is read.
        let asked = names.iter().enumerate().map(|(n, name)| {
            let bad = Commit { writes: vec![put("k", &[0; 101])], ..commit(name, 2) };
            let late = Commit { row: row(u64::MAX), ..idle(name, 2) };
            store.commit(match n % 10 {
                3 => vec![commit(name, 1), bad],
                7 => vec![bad],
                8 => vec![commit(name, 1), late],
                _ => vec![commit(name, 1)],
            })
        });
        let results = join_all(asked).await;
        for (n, (name, result)) in names.iter().zip(results).enumerate() {
            let refused = matches!(n % 10, 3 | 7 | 8);
            assert_eq!(
                matches!(result, Err(StoreError::Refused(_))),
                refused,
                "{name}: {result:?}"
            );
            assert_eq!(result.is_ok(), !refused);
            let tick = store.load(manager(name)).await.unwrap().unwrap().row.tick.get();
            assert_eq!(tick, u64::from(!refused));
            let rows = store.history(of(name)).await.unwrap().len();
            assert_eq!(rows, usize::from(!refused));
        }
    });
}

#[test]
fn s17_a_full_disk_refuses_the_commit_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let wide = Install { quota: Usage { bytes: 10 << 20, keys: 100 }, ..install("m") };
    now(async {
        store.install(wide).await.unwrap();
        store.commit(vec![commit("m", 1)]).await.unwrap();
        let before = store.load(manager("m")).await.unwrap();
        store.hooks.max_pages.store(1, Ordering::SeqCst);
        let large = Commit { writes: vec![put("k", &[1; 1 << 20])], ..commit("m", 2) };
        match store.commit(vec![large.clone()]).await {
            Err(StoreError::Refused(text)) => assert!(text.contains("free space"), "{text}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(store.load(manager("m")).await.unwrap(), before);
        store.hooks.max_pages.store(0, Ordering::SeqCst);
        store.commit(vec![large]).await.unwrap();
        let record = store.load(manager("m")).await.unwrap().unwrap();
        assert_eq!((record.row.tick.get(), record.usage.keys), (2, 1));
        assert_eq!(store.history(of("m")).await.unwrap().len(), 2);
    });
}

#[test]
fn s17_after_an_unknown_commit_nothing_is_written_until_reopened() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    now(async {
        store.install(install("m")).await.unwrap();
        store.hooks.fail_commit.store(true, Ordering::SeqCst);
        let unknown = store.commit(vec![commit("m", 1)]).await;
        assert!(matches!(unknown, Err(StoreError::Unknown(_))), "{unknown:?}");
        match store.commit(vec![commit("m", 2)]).await {
            Err(StoreError::Refused(text)) => assert!(text.contains("opened again"), "{text}"),
            other => panic!("{other:?}"),
        }
        store.reopen().await.unwrap();
        assert_eq!(store.load(manager("m")).await.unwrap().unwrap().row.tick.get(), 0);
        store.commit(vec![commit("m", 3)]).await.unwrap();
        assert_eq!(store.fence().get(), 1);
    });
}

#[test]
fn s17_a_database_that_vanished_is_not_made_anew_by_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    now(async {
        store.install(install("m")).await.unwrap();
        for file in ["tourbillon.db", "tourbillon.db-wal", "tourbillon.db-shm"] {
            std::fs::remove_file(dir.path().join(file)).unwrap();
        }
        let gone = store.reopen().await;
        assert!(matches!(gone, Err(StoreError::Open { .. })), "{gone:?}");
        assert!(matches!(store.managers().await, Err(StoreError::Read(_))));
        assert!(matches!(store.commit(vec![commit("m", 1)]).await, Err(StoreError::Refused(_))));
        assert!(!dir.path().join("tourbillon.db").exists());
    });
}

#[test]
fn history_and_spans_stay_within_their_bound_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let names = ["fast", "slow", "gone"];
    now(async {
        for name in names {
            store.install(Install { history: 100, ..install(name) }).await.unwrap();
            store.commit(vec![commit(name, 1)]).await.unwrap();
        }
        store.remove(manager("gone")).await.unwrap();
        for hundred in 0..100 {
            let commits = (0..100).map(|n| {
                let tick = 2 + hundred * 100 + n;
                let (from, to) = (Tick::new(tick * 2), Tick::new(tick * 2));
                let (kind, task, reason) = (SpanKind::Missed, None, None);
                let span = crate::store::Span { kind, task, from, to, reason };
                Commit { spans: vec![span], ..commit("fast", tick) }
            });
            store.commit(commits.collect()).await.unwrap();
            let kept = count(dir.path(), "count(*) FROM history");
            assert!(kept <= 2 * 102 + 1_024, "{kept} rows after {hundred} hundreds");
            assert!(count(dir.path(), "count(*) FROM span") <= 100 + 64);
        }
        let ticks = |name| {
            let rows = store.history(of(name));
            async { rows.await.unwrap().iter().map(|r| r.run.tick.get()).collect::<Vec<_>>() }
        };
        assert_eq!(ticks("fast").await, (9_902..=10_001).rev().collect::<Vec<_>>());
        assert_eq!((ticks("slow").await, ticks("gone").await), (vec![1], vec![1]));
        assert_eq!(store.spans(manager("fast"), 1_000).await.unwrap().len(), 100);
    });
    let whole: String =
        database(dir.path()).query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok");
}

#[test]
fn figures_of_any_size_are_kept_and_ticks_too_large_for_the_file_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    now(async {
        store.install(install("m")).await.unwrap();
        let big = RunRecord { fuel: u64::MAX, ..run("a", 1) };
        store.commit(vec![Commit { history: vec![big], ..idle("m", 1) }]).await.unwrap();
        let fuel = store.history(of("m")).await.unwrap()[0].run.fuel;
        assert_eq!(fuel, u64::MAX);
        let refused = store.commit(vec![idle("m", u64::MAX)]).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    });
}
