//! `naba explain`: what was cut from one article, why, and what was found in it.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::input;
use crate::pipeline::{Pipeline, RulesArgs};
use crate::show::{self, Paint};

/// Show what was cut from one article, why, and what was found in it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// An article: .txt, .html or .json; of .ndjson, every line
    pub file: PathBuf,
    #[command(flatten)]
    rules: RulesArgs,
}

/// Runs the command. Exit code 1 when the article cannot be processed.
///
/// # Errors
/// When the file cannot be read.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let pipeline = Pipeline::new(args.rules.load()?);
    let paint = Paint::for_stdout();
    let mut out = std::io::stdout().lock();
    let mut code = ExitCode::SUCCESS;
    for item in input::items(&args.file)? {
        match pipeline.clean(&item.payload, &item.envelope) {
            Ok((ingested, cleaned)) => {
                let page = show::cuts(&ingested.text, &cleaned, paint);
                let blocks = show::blocks(&ingested.text, &pipeline.explain(&ingested), &cleaned, paint);
                let fields = show::fields(&pipeline.finish(cleaned), paint);
                writeln!(out, "{page}\n\n{blocks}\n\n{fields}\n")?;
            }
            Err(reject) => {
                writeln!(out, "rejected ({}): {}", reject.reason, show::safe(&reject.to_string()))?;
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}
