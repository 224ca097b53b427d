//! What the programs of the benchmark share.
//!
//! * [`identity`]  the three stages without an engine: the ceiling that the pump and the broker set

pub mod identity;
