//! Tasks that override, or are inherited, wrongly.

use tourbillon_sdk::prelude::*;

#[derive(Default)]
struct Mine;

#[manager]
impl Manager for Mine {
    #[periodic_task]
    fn sweep(&mut self) {}
}

#[derive(Default)]
struct Child {
    base: Mine,
}

#[manager(extends(base: Mine))]
impl Manager for Child {
    // The same name by accident.
    #[periodic_task]
    fn sweep(&mut self) {}

    // There is nothing of this name.
    #[periodic_task(overrides)]
    fn sweeep(&mut self) {}

    // Nor of this one.
    #[periodic_task(overrides, as_inherited)]
    fn swoop(&mut self) {}
}

fn main() {}
