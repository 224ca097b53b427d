//! Bytes from outside against every parser.
//!
//! * [`targets`]  what is given bytes
//! * [`mutate`]   bytes from a seed: fixtures, torn, joined and salted
//! * [`grow`]     the nastiest inputs, larger and larger: time must grow as size does
//!
//! Everything here is deterministic from a number, so that whatever breaks is broken again by that number.

pub mod grow;
pub mod mutate;
pub mod targets;
