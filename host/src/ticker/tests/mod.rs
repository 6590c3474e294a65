//! The way of a tick, with scripted guests: examples by rule, faults of the store at every operation,
//! and generated histories against a model.

mod busy;
mod downtime;
mod faults;
mod group;
mod model;
mod pauses;
mod rig;
pub(crate) mod script;
mod stopped;
mod suspect;
mod ways;
