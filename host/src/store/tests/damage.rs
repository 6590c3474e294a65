//! Damaged databases: reported with what to do, never written to, and never a panic.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::store::{Store, StoreError};

/// A state with some content, closed cleanly, and its bytes.
fn state() -> (tempfile::TempDir, PathBuf, Vec<u8>) {
    let dir = tempfile::tempdir().unwrap();
    now(async {
        let store = open(dir.path());
        for name in ["m", "n"] {
            let writes = vec![put("key", &[b'v'; 50])];
            store.install(Install { writes, ..install(name) }).await.unwrap();
            for tick in 1..=10 {
                store.commit(vec![commit(name, tick)]).await.unwrap();
            }
        }
    });
    let file = dir.path().join("tourbillon.db");
    let bytes = fs::read(&file).unwrap();
    (dir, file, bytes)
}

/// Opens; where that is refused, the file must be as it was and the error must say what to do.
fn reported(dir: &Path, file: &Path) -> bool {
    let before = fs::read(file).unwrap();
    match SqliteStore::open(dir) {
        Ok(store) => {
            now(read_all(&store));
            false
        }
        Err(StoreError::Open { remedy, .. }) => {
            assert_eq!(fs::read(file).unwrap(), before);
            assert!(!remedy.is_empty());
            true
        }
        Err(other) => panic!("{other:?}"),
    }
}

/// Asks for everything: errors are fine, panics are not.
async fn read_all(store: &dyn Store) {
    for name in store.managers().await.unwrap_or_default() {
        drop(store.load(name.clone()).await);
        drop(store.keys(name.clone(), "default".to_owned()).await);
        drop(store.get(name.clone(), "default".to_owned(), "key".to_owned()).await);
        drop(store.spans(name.clone(), 9).await);
        drop(store.commit(vec![commit(name.as_str(), 11)]).await);
    }
    drop(store.history(of("m")).await);
    drop(store.history(HistoryQuery { limit: 99, ..HistoryQuery::default() }).await);
}

#[test]
fn truncated_and_garbage_files_are_reported_and_not_modified() {
    let (dir, file, bytes) = state();
    for keep in [0, 1, 15, 16, 99, 100, 4_095, 4_096, 5_000, bytes.len() / 2, bytes.len() - 4_096] {
        fs::write(&file, &bytes[..keep]).unwrap();
        assert!(reported(dir.path(), &file), "cut to {keep} bytes");
    }
    fs::write(&file, vec![0xa5; bytes.len()]).unwrap();
    assert!(reported(dir.path(), &file), "garbage");
    let mut half = bytes.clone();
    half[100..].fill(0x5a);
    fs::write(&file, half).unwrap();
    assert!(reported(dir.path(), &file), "garbage after the header");
    fs::write(&file, &bytes).unwrap();
    assert!(!reported(dir.path(), &file), "the original");
}

#[test]
fn flipped_bits_are_reported_or_harmless() {
    let (dir, file, bytes) = state();
    let mut found = 0;
    // Every page's header, and a spread over the rest.
    let pages = (0..bytes.len()).step_by(4_096).flat_map(|page| page..page + 12);
    let places: Vec<usize> = pages.chain((0..bytes.len()).step_by(1_777)).collect();
    for &at in &places {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0xff;
        fs::write(&file, flipped).unwrap();
        for log in ["-wal", "-shm"] {
            drop(fs::remove_file(dir.path().join(format!("tourbillon.db{log}"))));
        }
        found += usize::from(reported(dir.path(), &file));
    }
    assert!(found > places.len() / 3, "only {found} of {} flips were found", places.len());
}

#[test]
fn bad_values_are_named_with_table_manager_and_column() {
    let check = |change: &str, expect: &[&str]| {
        let (dir, file, _) = state();
        let conn = rusqlite::Connection::open(&file).unwrap();
        conn.execute_batch(change).unwrap();
        drop(conn);
        let store = open(dir.path());
        let said = now(async {
            let loaded = store.load(manager("m")).await.err();
            let history = store.history(of("m")).await.err();
            let all = HistoryQuery { limit: 99, ..HistoryQuery::default() };
            let all = store.history(all).await.err();
            loaded.or(history).or(all).or(store.managers().await.err())
        });
        let Some(StoreError::Read(said)) = said else { panic!("{change}: {said:?}") };
        assert!(expect.iter().all(|text| said.contains(text)), "{change}: {said}");
    };
    check("UPDATE beat SET tick = -1", &["table beat", "manager m", "column tick", "-1"]);
    check("UPDATE beat SET state = x'00'", &["table beat", "column state", "can't be unpacked"]);
    check(
        "UPDATE beat SET state = CAST(state || x'01' AS BLOB)",
        &["column state", "bytes follow"],
    );
    check("UPDATE task SET name = 'A b' WHERE name = 'a'", &["table task", "column name"]);
    check("UPDATE task SET state = zeroblob(9)", &["table task", "manager m", "column state"]);
    check("UPDATE manager SET component = 'ff'", &["table manager", "column component"]);
    check("UPDATE history SET outcome = 'x'", &["table history", "manager m", "column outcome"]);
    check("UPDATE history SET run = x'ff'", &["table history", "manager m", "column run"]);
    check("UPDATE history SET manager = 3 - manager", &["table history", "column nth"]);
    check("DELETE FROM history", &["table beat", "column last_run", "missing"]);
    check("UPDATE manager SET name = '\u{1b}'||name", &["table manager", "column name"]);
}
