//! The operator's tool: one command, one file.
//!
//! * [`pipeline`]  the whole way of an article as pure functions
//! * [`input`]     files and standard input → payloads
//! * [`ndjson`]    one record, one line
//! * [`show`]      records as lines and pages that people read, from right to left where the text is
//! * [`decode`] [`normalise`] [`process`] [`up`] [`send`] [`tail`] [`explain`] [`schema`] [`topology`] [`check`]  the commands

pub mod check;
pub mod decode;
pub mod explain;
pub mod input;
pub mod ndjson;
pub mod normalise;
pub mod pipeline;
pub mod process;
pub mod schema;
pub mod send;
pub mod show;
pub mod tail;
pub mod topology;
pub mod up;
