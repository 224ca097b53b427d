//! `naba quotes`: who said what in an article, as people read it.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use naba_record::{Quote, QuoteKind};

use crate::pipeline::Pipeline;
use crate::show::{Paint, isolated};
use crate::{input, ndjson};

/// Show who said what: with speaker, cue and who passed it on, also where there are no quotation marks
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Articles: .txt, .html, .json, .ndjson
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// One statement a line, as in the records
    #[arg(long)]
    pub json: bool,
}

/// Runs the command. Exit code 1 when an article ends without a record.
///
/// # Errors
/// When a file cannot be read.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let pipeline = Pipeline::built_in()?;
    let paint = Paint::for_stdout();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut failed = false;
    for file in &args.files {
        for item in input::items(file)? {
            let record = match pipeline.enrich(&item.payload, &item.envelope) {
                Ok(record) => record,
                Err(reject) => {
                    failed = true;
                    say(&format!("{}: {}", file.display(), reject.message));
                    continue;
                }
            };
            if args.json {
                for quote in &record.quotes {
                    let line = serde_json::json!({"id": record.id, "quote": quote});
                    writeln!(out, "{}", ndjson::line(&line)?).context("cannot write")?;
                }
                continue;
            }
            let headline = record.title.as_deref().or_else(|| record.body.lines().next()).unwrap_or_default();
            writeln!(out, "{}", paint.bold(&isolated(headline))).context("cannot write")?;
            if record.quotes.is_empty() {
                writeln!(out, "  nobody is said to have said anything").context("cannot write")?;
            }
            for quote in &record.quotes {
                writeln!(out, "{}", statement(quote, paint)).context("cannot write")?;
            }
        }
    }
    out.flush().context("cannot write")?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A statement: who and how on one line, what below it.
fn statement(quote: &Quote, paint: Paint) -> String {
    let who = match (&quote.speaker.name, quote.speaker.surface.as_str()) {
        (Some(name), _) => isolated(name),
        (None, "") => "somebody".to_owned(),
        (None, surface) => format!("{} (unnamed)", isolated(surface)),
    };
    let kind = match quote.kind {
        QuoteKind::Direct => "direct",
        QuoteKind::Indirect => "indirect",
        QuoteKind::Colon => "colon",
    };
    let relay =
        quote.relay.as_deref().map(|relay| format!(", by way of {}", isolated(relay))).unwrap_or_default();
    let how = format!("{} · {kind} · {} · {:.2}{relay}", isolated(&quote.cue), quote.class, quote.confidence);
    format!(
        "  {}  {}\n      {}",
        paint.bold(&who),
        paint.dim(&how),
        isolated(&quote.content.replace('\n', " "))
    )
}

#[expect(clippy::print_stderr, reason = "what is wrong belongs on stderr")]
fn say(line: &str) {
    eprintln!("{line}");
}
