//! The faulty stores do what they promise: tests elsewhere stand on them.

use std::sync::Arc;

use super::*;
use crate::store::{FailingStore, Fault, FreezingStore, MemoryStore, Stage, Store, StoreError};

#[test]
fn s17_the_kth_operation_fails_as_chosen() {
    let check = |fault, expect: &str, done: bool| {
        now(async {
            let inner = Arc::new(MemoryStore::recording());
            inner.install(install("m")).await.unwrap();
            let store = FailingStore::once(inner.clone(), 2, fault);
            store.commit(vec![commit("m", 1)]).await.unwrap();
            let said = store.commit(vec![commit("m", 2)]).await.unwrap_err();
            assert!(said.to_string().contains(expect), "{said}");
            let tick = inner.load(manager("m")).await.unwrap().unwrap().row.tick;
            assert_eq!(tick.get() == 2, done);
            store.commit(vec![commit("m", 3)]).await.unwrap();
            assert_eq!(store.operations(), 3);
        });
    };
    check(Fault::Refused, "nothing was written", false);
    check(Fault::UnknownDone, "not known", true);
    check(Fault::UnknownNotDone, "not known", false);
}

#[test]
fn s17_a_lasting_fault_ends_with_reopening() {
    now(async {
        let inner = Arc::new(MemoryStore::recording());
        let store = FailingStore::lasting(inner, 1, Fault::UnknownDone);
        assert!(matches!(store.install(install("m")).await, Err(StoreError::Unknown(_))));
        assert!(matches!(store.commit(vec![]).await, Err(StoreError::Refused(_))));
        assert!(matches!(store.managers().await, Err(StoreError::Read(_))));
        store.refuse_reopening(1);
        assert!(matches!(store.reopen().await, Err(StoreError::Open { .. })));
        assert!(matches!(store.managers().await, Err(StoreError::Read(_))));
        store.reopen().await.unwrap();
        assert_eq!(store.managers().await.unwrap(), [manager("m")]);
    });
}

#[test]
fn s17_a_frozen_operation_answers_once_thawed() {
    let check = |stage, done: bool| {
        now(async {
            let inner = Arc::new(MemoryStore::recording());
            inner.install(install("m")).await.unwrap();
            let store = Arc::new(FreezingStore::new(inner.clone(), 1, stage));
            let frozen = store.commit(vec![commit("m", 1)]);
            let meanwhile = async {
                store.reached().await;
                let tick = store.load(manager("m")).await.unwrap().unwrap().row.tick;
                assert_eq!(tick.get() == 1, done);
                store.thaw();
            };
            let (result, ()) = futures::future::join(frozen, meanwhile).await;
            result.unwrap();
            assert_eq!(inner.load(manager("m")).await.unwrap().unwrap().row.tick.get(), 1);
        });
    };
    check(Stage::Before, false);
    check(Stage::After, true);
}

#[test]
fn s17_a_frozen_operation_that_is_given_up_is_not_done_later() {
    now(async {
        let inner = Arc::new(MemoryStore::recording());
        let store = FreezingStore::new(inner.clone(), 1, Stage::Before);
        let gone = futures::future::select(store.install(install("m")), Box::pin(store.reached()));
        drop(gone.await);
        store.thaw();
        assert_eq!(inner.managers().await.unwrap(), []);
    });
}
