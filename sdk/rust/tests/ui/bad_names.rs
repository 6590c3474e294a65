//! Names that are no names of tasks.

use tourbillon_sdk::prelude::*;

#[derive(Default)]
struct Mine;

#[manager]
impl Manager for Mine {
    #[periodic_task]
    fn Sweep(&mut self) {}

    #[periodic_task(name = "1st")]
    fn first(&mut self) {}

    #[periodic_task(name = "")]
    fn empty(&mut self) {}

    #[periodic_task(name = "a23456789b123456789c123456789d123456789e123456789f123456789g12345")]
    fn long(&mut self) {}

    #[periodic_task]
    fn _hidden(&mut self) {}
}

// Whoever uses it is told of no other mistakes.
tourbillon_sdk::export!(Mine);

fn main() {}
