//! The guests are current, and a limit that does not hold is seen. That all of them do hold is proved
//! where the program itself can be the compiler: in `tests/hostile`.

use super::{Proofs, bench};
use crate::clock::SystemClock;

#[test]
fn the_guests_in_binary_are_those_of_the_texts() {
    for (text, binary) in [
        (include_str!("guests/exceed.wat"), bench::EXCEED),
        (include_str!("guests/greedy.wat"), bench::GREEDY),
    ] {
        let made = wat::parse_str(text).unwrap();
        assert!(made == binary, "translate it anew: `wasm-tools parse X.wat -o X.wasm`");
    }
}

#[tokio::test]
async fn what_does_not_hold_is_seen() {
    let mut proofs = Proofs { all: Vec::new(), clock: SystemClock::default() };
    for seen in ["out-of-fuel: all of it", "ok", "out-of-fuel"] {
        let seen = async { Ok(seen.to_owned()) };
        proofs.add("run.fuel", "1", "out-of-fuel … all", seen).await.unwrap();
    }
    let held: Vec<_> = proofs.all.iter().map(|proof| proof.held).collect();
    assert_eq!(held, [true, false, false]);
}
