//! `dom_smoothie` for `make bench-peers`: pages as NDJSON (`{"html": …}`) in, their copy as NDJSON (`{"body": …}`) out; or
//! how many seconds it took over a file of them once everything was warm.

use std::hint::black_box;
use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;

use clap::Parser;
use dom_smoothie::Readability;

/// Reads pages from standard input, or times itself over a file
#[derive(Debug, Parser)]
struct Args {
    /// Pages, one record a line, to be timed
    records: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    if let Some(records) = Args::parse().records {
        naba_bench::print_seconds(&std::fs::read_to_string(records)?, |record| {
            drop(black_box(copy_of(record)));
        });
        return Ok(());
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        serde_json::to_writer(&mut out, &serde_json::json!({ "body": copy_of(&line?)? }))?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

/// The copy of the page in a record.
fn copy_of(record: &str) -> anyhow::Result<String> {
    let page: serde_json::Value = serde_json::from_str(record)?;
    let html = page["html"].as_str().unwrap_or_default();
    let article = Readability::new(html, None, None).and_then(|mut page| page.parse());
    Ok(article.map(|article| article.text_content.to_string()).unwrap_or_default())
}
