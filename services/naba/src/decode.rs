//! `naba decode`: bytes → text, with what was found and repaired.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use ingest::Envelope;
use naba_record::ARTICLE_BYTES_MAX;

use crate::show;

/// Decode a file: any encoding, mojibake repaired
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file, or - for standard input
    #[arg(default_value = "-")]
    pub file: PathBuf,
    /// What is said of its character set
    #[arg(long, value_name = "NAME")]
    pub charset: Option<String>,
    /// Text and findings as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Runs the command: the text on standard output, what was found on stderr. Exit code 1 when the bytes are
/// no text.
///
/// # Errors
/// When the file cannot be read or the text cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let limit = ARTICLE_BYTES_MAX as u64 + 1;
    let mut bytes = vec![];
    if args.file.as_os_str() == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).context("cannot read standard input")?;
    } else {
        let file = std::fs::File::open(&args.file);
        let read = file.and_then(|file| file.take(limit).read_to_end(&mut bytes));
        read.with_context(|| format!("cannot read {}", args.file.display()))?;
    }
    let envelope = Envelope {
        content_type: Some("application/octet-stream".to_owned()),
        charset: args.charset.clone(),
        ..Envelope::default()
    };
    let article = match ingest::ingest(&bytes, &envelope, "") {
        Ok(article) => article,
        Err(reject) => {
            say(&format!("{}: {reject}", reject.reason));
            return Ok(ExitCode::FAILURE);
        }
    };
    let mut out = std::io::stdout().lock();
    if args.json {
        let found = serde_json::json!({"text": article.text, "decoding": article.decoding, "quality": article.quality});
        writeln!(out, "{}", crate::ndjson::line(&found)?).context("cannot write")?;
    } else {
        out.write_all(show::printed(&article.text).as_bytes())
            .and_then(|()| out.flush())
            .context("cannot write")?;
        let decoding = &article.decoding;
        say(&format!(
            "{} ({:?}), {} characters replaced, {} stretches of mojibake repaired, {} HTML references read",
            decoding.encoding,
            decoding.basis,
            decoding.replaced,
            decoding.repairs.len(),
            decoding.references.len()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stderr, reason = "findings belong beside the text, not in it")]
fn say(line: &str) {
    eprintln!("{line}");
}
