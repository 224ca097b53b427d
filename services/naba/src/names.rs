//! `naba names`: the people, organisations and places of a text.

use std::process::ExitCode;

use naba_tag::Tagger;

use crate::ndjson;
use crate::pipeline::LexiconArgs;

/// Find people, organisations and places: NDJSON {"text"} in, {"entities": [{type, start, end, …}]} out
///
/// One entry for each place where a name stands; positions are characters of the text, clitics left outside. `key`
/// joins the spellings of one name.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Names of your own.
    #[command(flatten)]
    lexicon: LexiconArgs,
}

/// Runs the command on standard input. Exit code 1 when a line is not what it should be.
///
/// # Errors
/// When input or output fail.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let tagger = Tagger::new(args.lexicon.load()?);
    ndjson::answer(|line| {
        let mut found = vec![];
        for entity in tagger.names(&line.text) {
            for mention in &entity.mentions {
                found.push(serde_json::json!({
                    "type": entity.kind,
                    "start": mention.start,
                    "end": mention.end,
                    "surface": mention.surface,
                    "name": entity.name,
                    "key": entity.key,
                    "role": entity.role,
                    "country": entity.country,
                    "ids": entity.ids,
                    "id_confidence": entity.id_confidence,
                    "candidates": entity.candidates,
                }));
            }
        }
        found.sort_by_key(|entry| entry["start"].as_u64());
        Ok(serde_json::json!({ "entities": found }))
    })
}
