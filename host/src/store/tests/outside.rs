//! Looking at a state from outside: another connection, while the host is live and after it.

use std::fs;

use super::*;
use crate::store::{SqliteReader, Store};

#[test]
fn s19_a_second_connection_reads_while_the_host_writes() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    now(async {
        store.install(install("m")).await.unwrap();
        let reader = SqliteReader::open(dir.path()).unwrap();
        let conn = rusqlite::Connection::open(dir.path().join("tourbillon.db")).unwrap();
        for tick in 1..=50 {
            store.commit(vec![commit("m", tick)]).await.unwrap();
            let record = reader.load(&manager("m")).unwrap().unwrap();
            assert_eq!(record.row.tick.get(), tick);
            let seen: u64 = conn
                .query_row("SELECT tick FROM beat", [], |row| row.get::<_, i64>(0))
                .unwrap()
                .unsigned_abs();
            assert_eq!(seen, tick);
        }
        assert_eq!(reader.history(&of("m")).unwrap(), store.history(of("m")).await.unwrap());
        assert_eq!(reader.managers().unwrap(), [manager("m")]);
        assert_eq!(reader.spans(&manager("m"), 3).unwrap(), []);
        let whole: String = conn.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
        assert_eq!(whole, "ok");
    });
}

#[test]
fn a_reader_changes_nothing_and_makes_no_files() {
    let dir = tempfile::tempdir().unwrap();
    assert!(SqliteReader::open(&dir.path().join("none")).is_err());
    assert!(SqliteReader::open(dir.path()).unwrap_err().to_string().contains("no state in it"));
    let store = open(dir.path());
    now(store.install(install("m"))).unwrap();
    let files = || {
        let names = ["tourbillon.db", "tourbillon.db-wal", "tourbillon.lock"];
        names.map(|name| fs::read(dir.path().join(name)).ok())
    };
    let ask = || SqliteReader::open(dir.path()).unwrap().load(&manager("m")).unwrap().unwrap();
    let (live, record) = (files(), ask());
    assert_eq!(files(), live);
    drop(store);
    let rest = files();
    assert_eq!(ask(), record);
    assert_eq!(files(), rest);
    assert!(rest[1].is_none(), "no log is left, and none is made");

    // After a crash the log is there, and nobody holds it.
    for (name, bytes) in [("tourbillon.db", &live[0]), ("tourbillon.db-wal", &live[1])] {
        fs::write(dir.path().join(name), bytes.as_ref().unwrap()).unwrap();
    }
    let crashed = files();
    assert_eq!(ask(), record);
    assert_eq!(files(), crashed);
}
