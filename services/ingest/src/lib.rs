//! The ingest service: bytes and JSON in, decoded articles with an identity out.
//!
//! * [`stage`]     the pure function: an envelope and a payload → [`naba_record::Ingested`]
//! * [`identity`]  ids, content hashes, revision tokens
//! * [`address`]   the canonical form of an article's address
//! * [`moment`]    times as publishers write them
//! * [`speaker`]   who speaks for a source
//! * `kind`        bytes that are no article
//! * `limits`      how long the fields of an article may be
//! * [`service`]   the function on the pump

pub mod address;
pub mod identity;
mod kind;
mod limits;
pub mod moment;
pub mod service;
pub mod speaker;
pub mod stage;

pub use stage::{Envelope, ingest, undo};
