//! `naba topics`: what a text is about.

use std::process::ExitCode;

use naba_lexicon::Lexicon;
use naba_tag::Tagger;

use crate::ndjson;

/// Say what a text is about (IPTC Media Topics): NDJSON {"text", "title"} in, {"topics": [{code, label_ar, …}]} out
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the command on standard input. Exit code 1 when a line is not what it should be.
///
/// # Errors
/// When input or output fail.
pub fn run(_: &Args) -> anyhow::Result<ExitCode> {
    let tagger = Tagger::new(Lexicon::built_in());
    ndjson::answer(|line| {
        let topics = tagger.topics(line.title.as_deref(), &line.text);
        Ok(serde_json::json!({ "topics": topics }))
    })
}
