//! The front doors: articles come in the way the world has them, and end at `naba.raw.<source>`.
//!
//! * [`config`]   the `[gather]` section of the configuration
//! * [`store`]    one article → `NABA_RAW`, acknowledged, with a message id
//! * [`outcome`]  what is counted: every article ends in exactly one outcome
//! * [`http`]     `POST /v1/articles`
//! * [`feeds`]    feeds and sitemaps, polled
//! * [`fetch`]    fetching from the web, safely
//! * [`folders`]  folders that another system writes into
//! * [`files`]    a file → its articles
//! * `media`      what `Content-Type` declares
//! * [`service`]  all doors, until told to stop
//!
//! No engine and no Arabic in here: what is handed over is [`naba_record::Raw`] or plain bytes with headers.

pub mod config;
pub mod feeds;
pub mod fetch;
pub mod files;
pub mod folders;
pub mod http;
mod media;
pub mod outcome;
pub mod service;
pub mod store;
