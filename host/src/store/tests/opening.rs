//! Opening a state directory: what is kept over a restart, and who is refused.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::store::{Store, StoreError, holder};

fn refused(dir: &Path) -> String {
    match SqliteStore::open(dir) {
        Err(error @ StoreError::Open { .. }) => error.to_string(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn s19_everything_is_there_after_a_restart_under_the_next_fence() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("deep/state");
    let (record, history, spans, fence) = now(async {
        let store = open(&state);
        store.install(install("m")).await.unwrap();
        let kind = crate::store::SpanKind::Missed;
        let (from, to) = (Tick::new(1), Tick::new(2));
        let whole = crate::store::Span { kind, task: None, from, to, reason: None };
        let of_b = crate::store::Span { task: Some(task_name("b")), ..whole.clone() };
        let (writes, spans) = (vec![put("k", b"v")], vec![whole, of_b]);
        store.commit(vec![Commit { spans, writes, ..commit("m", 3) }]).await.unwrap();
        (
            store.load(manager("m")).await.unwrap(),
            store.history(of("m")).await.unwrap(),
            store.spans(manager("m"), 9).await.unwrap(),
            store.fence(),
        )
    });
    assert_eq!(fence.get(), 1);
    now(async {
        let store = open(&state);
        assert_eq!(store.fence().get(), 2);
        assert_eq!(store.load(manager("m")).await.unwrap(), record);
        assert_eq!(store.history(of("m")).await.unwrap(), history);
        assert_eq!(store.spans(manager("m"), 9).await.unwrap(), spans);
        store.commit(vec![commit("m", 4)]).await.unwrap();
        assert_eq!(store.history(of("m")).await.unwrap().len(), 2);
    });
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&state), mode(&state.join("tourbillon.db"))), (0o700, 0o600));
    assert!(!state.join("tourbillon.db-wal").exists(), "a clean stop leaves no log behind");
}

#[test]
fn s19_a_copy_of_a_live_state_holds_all_that_was_acknowledged() {
    let (dir, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    now(async {
        let store = open(dir.path());
        store.install(install("m")).await.unwrap();
        for tick in 1..=20 {
            store.commit(vec![commit("m", tick)]).await.unwrap();
        }
        // What a `kill -9` leaves behind: the files as they are, without the engine's goodbye.
        for file in ["tourbillon.db", "tourbillon.db-wal"] {
            fs::copy(dir.path().join(file), copy.path().join(file)).unwrap();
        }
        let again = open(copy.path());
        assert_eq!(again.fence().get(), 2);
        assert_eq!(again.history(of("m")).await.unwrap().len(), 10);
        let record = again.load(manager("m")).await.unwrap();
        assert_eq!(record, store.load(manager("m")).await.unwrap());
    });
}

#[test]
fn s22_a_second_host_is_refused_and_told_whom_to_stop() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(holder(dir.path()).unwrap(), None);
    let store = open(dir.path());
    let pid = std::process::id();
    assert_eq!(holder(dir.path()).unwrap().map(|h| h.pid), Some(Some(pid)));
    let said = refused(dir.path());
    assert!(said.contains(&format!("stop process {pid}")), "{said}");
    assert_eq!(store.fence().get(), 1);
    drop(store);
    assert_eq!(holder(dir.path()).unwrap(), None);
    assert_eq!(open(dir.path()).fence().get(), 2);
}

#[test]
fn a_newer_or_foreign_database_is_refused_untouched() {
    let check = |change: &str, expect: &str| {
        let dir = tempfile::tempdir().unwrap();
        drop(open(dir.path()));
        let file = dir.path().join("tourbillon.db");
        let conn = rusqlite::Connection::open(&file).unwrap();
        conn.execute_batch(change).unwrap();
        drop(conn);
        let before = fs::read(&file).unwrap();
        let said = refused(dir.path());
        assert!(said.contains(expect), "{said}");
        assert_eq!(fs::read(&file).unwrap(), before);
        assert!(!dir.path().join("tourbillon.db-wal").exists());
    };
    check("PRAGMA user_version = 99", "schema version is 99");
    check("PRAGMA user_version = 0", "schema version is 0");
    check("PRAGMA application_id = 1", "another program");
}

#[test]
fn links_and_what_is_no_file_are_refused() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(open(other.path()));
    symlink(other.path().join("tourbillon.db"), dir.path().join("tourbillon.db")).unwrap();
    assert!(refused(dir.path()).contains("symbolic link"));

    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("tourbillon.db")).unwrap();
    assert!(refused(dir.path()).contains("no regular file"));

    let dir = tempfile::tempdir().unwrap();
    symlink("elsewhere", dir.path().join("tourbillon.lock")).unwrap();
    assert!(refused(dir.path()).contains("lock file"));

    let file = tempfile::NamedTempFile::new().unwrap();
    let said = refused(file.path());
    assert!(said.contains("name a directory"), "{said}");

    let said = refused(Path::new("/proc/self/no-such"));
    assert!(said.contains("making the directory"), "{said}");
}

#[test]
fn nobody_is_waited_for_at_the_other_end_of_a_pipe() {
    let file = |name: &str| format!("tourbillon.{name}");
    for name in ["db", "db-wal", "db-shm", "db-journal", "lock"].map(file) {
        let dir = tempfile::tempdir().unwrap();
        drop(open(dir.path()));
        let at = dir.path().join(&name);
        if at.exists() {
            fs::remove_file(&at).unwrap();
        }
        let made = std::process::Command::new("mkfifo").arg(&at).status().unwrap();
        assert!(made.success());
        let said = refused(dir.path());
        assert!(said.contains("no regular file"), "{name}: {said}");
        if name == "tourbillon.lock" {
            let said = holder(dir.path()).unwrap_err().to_string();
            assert!(said.contains("no regular file; remove it"), "{said}");
        }
    }
}

#[test]
fn a_lost_database_with_its_log_still_there_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("tourbillon.db-wal"), b"log").unwrap();
    assert!(refused(dir.path()).contains("put the database back"));
    assert!(!dir.path().join("tourbillon.db").exists());
}

#[test]
fn a_half_made_database_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("tourbillon.db.new"), b"half").unwrap();
    assert_eq!(open(dir.path()).fence().get(), 1);
    assert!(!dir.path().join("tourbillon.db.new").exists());
}

#[test]
fn a_state_directory_may_have_any_name() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("a b?c#d%41é");
    drop(open(&state));
    drop(open(&state));
    assert_eq!(crate::store::SqliteReader::open(&state).unwrap().fence().unwrap().get(), 2);
}

#[test]
fn s19_nothing_is_written_where_the_files_of_the_state_were_taken_away() {
    let refused = |what: &str, take: fn(&Path)| {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        let store = open(&state);
        now(async {
            store.install(install("m")).await.unwrap();
            store.commit(vec![commit("m", 1)]).await.unwrap();
            take(&state);
            for tick in 2..4 {
                let error = store.commit(vec![commit("m", tick)]).await.unwrap_err();
                assert!(matches!(&error, StoreError::Open { .. }), "{what}: {error}");
                assert!(error.to_string().contains("was removed while this host runs"), "{error}");
            }
            let again = store.reopen().await;
            assert!(
                matches!(again, Err(StoreError::Open { .. } | StoreError::Stale { .. })),
                "{what}: {again:?}"
            );
        });
    };
    refused("the directory", |state| fs::remove_dir_all(state).unwrap());
    refused("the lock", |state| fs::remove_file(state.join("tourbillon.lock")).unwrap());
    refused("another lock", |state| {
        fs::remove_file(state.join("tourbillon.lock")).unwrap();
        drop(open(state));
    });
    refused("the database", |state| fs::remove_file(state.join("tourbillon.db")).unwrap());
    // A whole new state in its place.
    refused("all of it", |state| {
        fs::remove_dir_all(state).unwrap();
        drop(open(state));
    });
}
