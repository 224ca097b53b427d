//! What tests stand on. Failures here panic: this is test code.
//!
//! * [`broker`]    a real nats-server in a temporary folder on a free port
//! * [`disk`]      a small disk of a test's own
//! * [`phases`]    what a soak does at fixed parts of its time
//! * [`process`]   service processes that can really be killed
//! * [`articles`]  generated articles, as many and as different as wanted
//! * [`families`]  a stream in which articles print the same copy
//! * [`pages`]     web pages of many kinds, and what of each is its article
//! * [`soak`]      chaos from a seed, and an audit
//! * [`golden`]    files that hold what is expected
//! * [`wire`]      a publisher that writes the broker's protocol itself

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test that cannot go on says so")]

pub mod articles;
pub mod broker;
pub mod disk;
pub mod families;
pub mod golden;
pub mod pages;
pub mod phases;
pub mod process;
pub mod soak;
pub mod wire;

use std::path::PathBuf;

/// The project's root folder.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the project's root")
}

/// The founding articles, in the order of their names.
pub fn seeds() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("seeds")).expect("the seeds");
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files
}
