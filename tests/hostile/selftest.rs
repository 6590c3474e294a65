//! `tourbillon check --self-test`: every limit is exceeded once, and holds.

use std::path::PathBuf;

use tourbillon::engine::CompileIn;
use tourbillon::selftest::{self, LIMITS};

#[tokio::test]
async fn every_limit_is_proved_and_holds() {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_tourbillon"));
    let proofs = selftest::run(CompileIn::Program(program)).await.unwrap();
    let broken: Vec<_> = proofs.iter().filter(|proof| !proof.held).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    let proved: Vec<_> = proofs.iter().map(|proof| proof.limit).collect();
    assert_eq!(proved, LIMITS, "each limit has one proof");
}
