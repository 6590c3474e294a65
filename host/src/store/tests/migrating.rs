//! States that earlier versions wrote: they are brought up to date, or left as they are.

use std::fs;

use super::*;
use crate::store::{Span, SqliteReader, Store, StoreError};
use crate::types::Planned;

/// A state directory of version 1, in which `change` was done.
fn first(change: &str) -> tempfile::TempDir {
    of_version(1, include_str!("version-1.sql"), change)
}

/// The same of version 2.
fn second(change: &str) -> tempfile::TempDir {
    of_version(2, include_str!("version-2.sql"), change)
}

fn of_version(version: i32, dump: &str, change: &str) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tourbillon.db");
    let conn = rusqlite::Connection::open(&file).unwrap();
    // A dump names rows before those that they refer to.
    conn.pragma_update(None, "foreign_keys", false).unwrap();
    conn.execute_batch(dump).unwrap();
    conn.pragma_update(None, "application_id", 0x7462_6c6e).unwrap();
    conn.pragma_update(None, "user_version", version).unwrap();
    conn.execute_batch(change).unwrap();
    drop(conn);
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    dir
}

fn version(dir: &Path) -> i32 {
    let conn = rusqlite::Connection::open(dir.join("tourbillon.db")).unwrap();
    conn.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[test]
fn s19_a_state_of_version_1_goes_on_where_it_stood() {
    let dir = first("");
    now(async {
        let store = open(dir.path());
        let load = async |name| store.load(manager(name)).await.unwrap().unwrap();
        let (heart, janitor, rogue) =
            (load("heart").await, load("janitor").await, load("rogue").await);

        assert_eq!((heart.row.tick.get(), heart.row.paused), (10, true));
        assert_eq!(heart.row.totals.get(Outcome::Ok), 10);
        // Nobody knows since when: from now on.
        assert_eq!(
            (janitor.row.tick, janitor.tasks[2].paused_after),
            (Tick::new(2), Some(Tick::new(2)))
        );
        assert_eq!((janitor.row.by_hand_totals.sum(), janitor.usage.keys), (1, 5));
        for record in [&heart, &janitor] {
            assert_eq!(record.row.totals.sum(), record.row.expected, "S11");
            assert_eq!((record.row.counted_ms, &record.row.open), (0, &None));
        }
        let open = rogue.row.open.as_ref().unwrap();
        let planned = ["steady", "misbehave"].map(|t| Planned { task: task_name(t), passed: None });
        assert_eq!((open.tick.get(), open.started, open.entered), (13, 1, true));
        assert_eq!(open.planned, planned);
        assert_eq!(rogue.tasks[1].ladder.kills, 2);
        assert_eq!(store.history(of("rogue")).await.unwrap().len(), 12);
        assert_eq!(store.spans(manager("rogue"), 9).await.unwrap().len(), 1);

        let row = ManagerRow { tick: Tick::new(11), counted_ms: 1_800_000_000_000, ..heart.row };
        let commit = Commit { row: row.clone(), ..idle("heart", 11) };
        store.commit(vec![commit]).await.unwrap();
        assert_eq!(load("heart").await.row, row);
    });
    assert_eq!(version(dir.path()), 3);
    assert_eq!(
        now(async { open(dir.path()).load(manager("heart")).await })
            .unwrap()
            .unwrap()
            .row
            .tick
            .get(),
        11
    );
}

#[test]
fn s14_s19_a_state_of_version_2_goes_on_where_it_stood() {
    let dir = second("");
    now(async {
        let store = open(dir.path());
        let load = async |name| store.load(manager(name)).await.unwrap().unwrap();
        let (heart, janitor) = (load("heart").await, load("janitor").await);
        assert_eq!((heart.row.tick.get(), heart.row.paused), (5, true));
        assert_eq!(heart.row.counted_ms, 1_795_970_590_426);
        let stands = |task: &TaskRecord| {
            let last = task.last.map(|(tick, ..)| tick.get());
            (task.name.to_string(), task.enabled, task.frozen, task.runs, last)
        };
        let tasks: Vec<_> = janitor.tasks.iter().map(stands).collect();
        let expect = [
            ("intake".to_owned(), false, Some(0), 2, Some(2)),
            ("sweep".to_owned(), true, None, 2, Some(5)),
            ("report".to_owned(), true, Some(1), 1, Some(2)),
        ];
        assert_eq!(tasks, expect);
        // Nobody knows since when: from the tick on which it is brought up to date.
        let after: Vec<_> = janitor.tasks.iter().map(|t| t.paused_after.map(Tick::get)).collect();
        assert_eq!(after, [Some(5), None, Some(5)]);
        assert!(!heart.tasks[0].is_paused());
        let last = janitor.tasks[2].last;
        assert_eq!(last, Some((Tick::new(2), Outcome::Ok, 5_977, 100_000_000)));
        assert_eq!((janitor.row.totals.sum(), janitor.usage.keys), (janitor.row.expected, 5));
        assert_eq!(store.history(of("janitor")).await.unwrap().len(), 5);

        let spans = store.spans(manager("heart"), 9).await.unwrap();
        let (from, to) = (spans[0].from.get(), spans[0].to.get());
        assert_eq!((spans.len(), &spans[0].task, from, to), (1, &None, 4, 5));
        let span = Span { task: Some(task_name("report")), from: Tick::new(6), ..spans[0].clone() };
        let span = Span { to: Tick::new(7), ..span };
        let row = ManagerRow { tick: Tick::new(7), ..janitor.row.clone() };
        let report = TaskRecord { paused_after: None, ..janitor.tasks[2].clone() };
        let (tasks, spans) = (vec![report.clone()], vec![span.clone()]);
        store.commit(vec![Commit { row, tasks, spans, ..idle("janitor", 7) }]).await.unwrap();
        assert_eq!(load("janitor").await.tasks[2], report);
        assert_eq!(store.spans(manager("janitor"), 9).await.unwrap(), [span]);
    });
    assert_eq!(version(dir.path()), 3);
}

#[test]
fn one_that_cannot_be_brought_up_to_date_is_named_and_left_as_it_is() {
    let dir = first("UPDATE beat SET state = x'00' WHERE manager = 2");
    let file = dir.path().join("tourbillon.db");
    for _ in 0..2 {
        let said = SqliteStore::open(dir.path()).unwrap_err();
        assert!(matches!(said, StoreError::Open { .. } | StoreError::Read(_)), "{said:?}");
        let said = said.to_string();
        assert!(said.contains("manager rogue, column state"), "{said}");
        assert_eq!(version(dir.path()), 1, "{}", file.display());
    }
    let dir = second("UPDATE task SET state = x'00' WHERE name = 'sweep'");
    for _ in 0..2 {
        let said = SqliteStore::open(dir.path()).unwrap_err().to_string();
        assert!(said.contains("table task, manager janitor, column state"), "{said}");
        assert_eq!(version(dir.path()), 2);
    }
}

#[test]
fn whoever_only_looks_is_told_who_brings_it_up_to_date() {
    let dir = first("");
    let before = fs::read(dir.path().join("tourbillon.db")).unwrap();
    let said = SqliteReader::open(dir.path()).unwrap_err().to_string();
    assert!(said.contains("schema version is 1") && said.contains("start a host"), "{said}");
    assert_eq!(fs::read(dir.path().join("tourbillon.db")).unwrap(), before);
}
