//! `naba normalise`: text folded by a profile, with the way home.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use naba_record::ARTICLE_BYTES_MAX;
use naba_runtime::service::ServiceArgs;
use naba_text::map::{self, Map};
use naba_text::normalise::{self, Normalised, Profile};
use naba_text::repair;

use crate::{ndjson, show};

/// Fold text by a profile, with the way home
#[derive(Debug, clap::Args)]
pub struct Args {
    /// display, search, or a profile of the configuration
    #[arg(long, default_value = "search")]
    pub profile: String,
    /// NDJSON {"text"} in, {"text", "normalised", "map"} out
    #[arg(long)]
    pub json: bool,
    /// Configuration file (TOML) with [text.profiles]
    #[arg(long, short, value_name = "FILE", env = "NABA_CONFIG")]
    pub config: Option<PathBuf>,
}

/// Runs the command on standard input. Exit code 1 when a line is not what it should be.
///
/// # Errors
/// When the profile is unknown, or input or output fail.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = ServiceArgs { config: args.config.clone(), ..ServiceArgs::default() }.load()?;
    let profile = normalise::named(&args.profile, &config.text.profiles)?;
    if args.json {
        return ndjson::answer(|line| {
            let done = mended(&profile, &line.text);
            Ok(serde_json::json!({"text": line.text, "normalised": done.text, "map": done.map.runs}))
        });
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut input = std::io::stdin().lock();
    loop {
        let mut line = vec![];
        let read = std::io::Read::take(&mut input, ARTICLE_BYTES_MAX as u64 * 6).read_until(b'\n', &mut line);
        if read.context("cannot read standard input")? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        let ends = if text.ends_with('\n') { "\n" } else { "" };
        let folded = mended(&profile, text.trim_end_matches(['\n', '\r']));
        write!(out, "{}{ends}", show::printed(&folded.text)).context("cannot write")?;
    }
    out.flush().context("cannot write")?;
    Ok(ExitCode::SUCCESS)
}

/// Repairs mojibake first, as ingest does, and folds what comes of it; the map leads all the way home.
fn mended(profile: &Profile, text: &str) -> Normalised {
    match repair::repair(text) {
        None => normalise::normalise(profile, text),
        Some(repaired) => {
            let folded = normalise::normalise(profile, &repaired.text);
            let home: Map = repair::map(&repaired);
            Normalised { map: map::through(&folded.map, &home), text: folded.text }
        }
    }
}
