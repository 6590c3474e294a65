//! A type that is exported and is no manager.

use tourbillon_sdk::prelude::*;

struct Plain;

struct Child {
    base: Plain,
}

#[manager(extends(base: Plain))]
impl Manager for Child {}

fn main() {}
