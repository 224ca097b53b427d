//! The ingest service: bytes and JSON in, decoded articles with an identity out.
//!
//! * [`stage`]     the pure function: an envelope and a payload → [`naba_record::Ingested`]
//! * [`identity`]  ids, content hashes, revision tokens
//! * [`service`]   the function on the pump

pub mod identity;
pub mod service;
pub mod stage;

pub use stage::{Envelope, ingest, undo};
