//! The operator's tool: one command, one file.
//!
//! * [`pipeline`]  the whole way of an article as pure functions
//! * [`input`]     files and standard input → payloads
//! * [`ndjson`]    one record, one line
//! * [`positions`] positions in characters or in UTF-16
//! * [`show`]      records as lines and pages that people read, from right to left where the text is
//! * [`stored`]    what stands in the broker's streams
//! * [`put`]       putting messages back into the pipeline
//! * [`decode`] [`normalise`] [`process`] [`names`] [`quotes`] [`topics`] [`explain`] [`schema`] [`check`]  commands without a broker
//! * [`up`] [`send`] [`tail`] [`get`] [`dead`] [`replay`] [`audit`] [`rules`] [`topology`] [`gather`]  commands with one

pub mod audit;
pub mod check;
pub mod dead;
pub mod decode;
pub mod explain;
pub mod gather;
pub mod get;
pub mod input;
pub mod names;
pub mod ndjson;
pub mod normalise;
pub mod pipeline;
pub mod positions;
pub mod process;
pub mod put;
pub mod quotes;
pub mod replay;
pub mod rules;
pub mod schema;
pub mod send;
pub mod show;
pub mod stored;
pub mod tail;
pub mod topics;
pub mod topology;
pub mod up;
