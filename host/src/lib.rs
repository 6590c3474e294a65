//! Tourbillon.
