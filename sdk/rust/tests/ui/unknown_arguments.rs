//! Arguments of `#[periodic_task]` that there are not.

use tourbillon_sdk::prelude::*;

#[derive(Default)]
struct Mine;

#[manager]
impl Manager for Mine {
    #[periodic_task(ticks = 3)]
    fn a(&mut self) {}

    #[periodic_task(ticks_between_runs = -1)]
    fn b(&mut self) {}

    #[periodic_task(ticks_between_runs = 5_000_000_000)]
    fn c(&mut self) {}

    #[periodic_task(run_immediately, run_immediately)]
    fn d(&mut self) {}

    #[periodic_task(name = 3)]
    fn e(&mut self) {}

    #[periodic_task(overrides)]
    fn f(&mut self) {}

    #[periodic_task(summary = "two\nlines")]
    fn g(&mut self) {}

    #[periodic_task(as_inherited)]
    fn h(&mut self) {}
}

struct Other;

#[manager(inherits(base: Mine))]
impl Manager for Other {}

struct Child {
    base: Mine,
}

#[manager(extends(base: Mine))]
impl Manager for Child {
    #[periodic_task(overrides, as_inherited, ticks_between_runs = 3)]
    fn a(&mut self) {}
}

fn main() {}
