//! A real guest for each outcome and for each interface.

mod interfaces;
mod kills;
mod loading;
mod returns;
