//! naba as a library for `make bench-peers`: raw records in a file, through all three engines to enriched records. Prints
//! how many seconds that took once everything was warm; start and reading are outside the clock, as the peers' imports are.

use std::hint::black_box;
use std::path::PathBuf;

use clap::Parser;
use ingest::Envelope;
use naba_clean::Cleaner;
use naba_lexicon::Lexicon;
use naba_tag::Tagger;

/// As in `naba` itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Times the engines over raw records
#[derive(Debug, Parser)]
struct Args {
    /// Raw records, one a line
    records: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let records = std::fs::read_to_string(Args::parse().records)?;
    let (cleaner, tagger) = (Cleaner::built_in()?, Tagger::new(Lexicon::built_in()));
    let envelope = Envelope::default();
    naba_bench::print_seconds(&records, |record| {
        let ingested = ingest::service::ingest_now(record.as_bytes(), &envelope);
        let cleaned = ingested.and_then(|ingested| clean::clean_now(&cleaner, &ingested));
        drop(black_box(cleaned.map(|cleaned| enrich::enrich_now(&tagger, cleaned))));
    });
    Ok(())
}
