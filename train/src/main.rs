//! `make train`: learns the models that ship with naba, byte for byte the same from the same data.
//!
//! * `names`  the sequence tagger, from sentences with marked names
//! * `topics` the topic model, from articles with labels
//! * `evidence` what is known of words that nobody marked
//! * `identifiers` the lexicon joined with public tables
//! * `pages`  the model of a page's region, from pages whose article is known
//! * `flat`   the boundary model, from articles whose lines are whole
//! * `conll`  the form that such sentences come in
//! * `weights` what is learned, `draw` the order in which

mod conll;
mod draw;
mod evidence;
mod flat;
mod identifiers;
mod names;
mod pages;
mod topics;
mod weights;

use std::path::PathBuf;

use clap::Parser;

/// Learn the models of the taggers
#[derive(Debug, Parser)]
#[command(name = "naba-train")]
enum Command {
    /// The sequence tagger, from `token<TAB>tag` lines
    Names(names::Args),
    /// The topic model, from NDJSON {"label", "title", "text"}
    Topics(topics::Args),
    /// The table of words that the sequence tagger looks into
    Evidence(evidence::Args),
    /// The lexicon's sources and identifiers, from public tables
    Identifiers(identifiers::Args),
    /// The model of a page's region, from pages whose article is known
    Pages(pages::Args),
    /// The boundary model, from NDJSON {"source", "title", "text"}
    Flat(flat::Args),
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Names(args) => names::run(&args),
        Command::Topics(args) => topics::run(&args),
        Command::Evidence(args) => evidence::run(&args),
        Command::Identifiers(args) => identifiers::run(&args),
        Command::Pages(args) => pages::run(&args),
        Command::Flat(args) => flat::run(&args),
    }
}

/// Writes a file, and says what its path is when that fails.
fn write(path: &PathBuf, bytes: &[u8]) -> anyhow::Result<()> {
    use anyhow::Context as _;
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
