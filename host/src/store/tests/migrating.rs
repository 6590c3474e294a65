//! States that earlier versions wrote: they are brought up to date, or left as they are.

use std::fs;

use super::*;
use crate::store::{SqliteReader, Store, StoreError};
use crate::types::Planned;

/// A state directory of version 1, in which `change` was done.
fn first(change: &str) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tourbillon.db");
    let conn = rusqlite::Connection::open(&file).unwrap();
    // A dump names rows before those that they refer to.
    conn.pragma_update(None, "foreign_keys", false).unwrap();
    conn.execute_batch(include_str!("version-1.sql")).unwrap();
    conn.pragma_update(None, "application_id", 0x7462_6c6e).unwrap();
    conn.pragma_update(None, "user_version", 1).unwrap();
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
        assert!(janitor.tasks[2].paused);
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
    assert_eq!(version(dir.path()), 2);
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
}

#[test]
fn whoever_only_looks_is_told_who_brings_it_up_to_date() {
    let dir = first("");
    let before = fs::read(dir.path().join("tourbillon.db")).unwrap();
    let said = SqliteReader::open(dir.path()).unwrap_err().to_string();
    assert!(said.contains("schema version is 1") && said.contains("start a host"), "{said}");
    assert_eq!(fs::read(dir.path().join("tourbillon.db")).unwrap(), before);
}
