//! The command line, as a person and a script meet it: the program is run, and what it prints, on which
//! stream and with which exit status, is looked at.
//!
//! Nothing here waits for a time: a host that runs is waited for by what it prints.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod bad;
mod disk;
#[path = "../hostile/pieces.rs"]
#[expect(dead_code, reason = "only what makes a component of a text is used here")]
mod pieces;
mod running;
mod stage;
mod stopped;
mod ticks;
mod words;
