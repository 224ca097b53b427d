//! `naba get`: the latest state of an article.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use futures_util::TryStreamExt as _;
use naba_record::Enriched;
use naba_runtime::Broker;
use naba_runtime::service::ServiceArgs;

use crate::show::{self, Paint};
use crate::stored::open;

/// Show the latest revision of an article, or all of them
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The article's id: 32 hex characters
    pub id: String,
    /// Every revision and generation, oldest first
    #[arg(long)]
    pub all: bool,
    /// Only this generation; 0 is live traffic
    #[arg(long)]
    pub generation: Option<u32>,
    /// Whole records as NDJSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    service: ServiceArgs,
}

/// Runs the command. Exit code 1 when there is no such article.
///
/// # Errors
/// When the broker is not to be had.
pub async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        args.id.len() == 32 && args.id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "an id has 32 hex characters, as in the field `id` of a record"
    );
    let config = args.service.load()?;
    let broker = Broker::connect(&config.broker, "naba-get").await?;
    let stream = open(&broker, "NABA_ENRICHED").await?;
    let mut records: Vec<Enriched> = vec![];
    let filter = format!("naba.enriched.*.*.{}.>", args.id);
    let subjects: Vec<(String, usize)> =
        stream.info_with_subjects(filter).await?.try_collect().await.context("cannot list revisions")?;
    for (subject, _) in subjects {
        let message = stream.get_last_raw_message_by_subject(&subject).await?;
        records.push(
            serde_json::from_slice(&message.payload).with_context(|| format!("{subject}: not a record"))?,
        );
    }
    records.retain(|record| args.generation.is_none_or(|generation| record.generation == generation));
    // the raw article's place orders revisions; of one revision, the later replay is the better one
    records.sort_by_key(|record| (record.sequence, record.generation, record.revision));
    let shown = if args.all { 0 } else { records.len().saturating_sub(1) };
    let paint = Paint::for_stdout();
    for record in records.get(shown..).unwrap_or_default() {
        let text = if args.json {
            serde_json::to_string(record)?
        } else {
            format!(
                "revision {} generation {}\n{}\n\n{}\n",
                record.revision,
                record.generation,
                show::fields(record, paint),
                record.body
            )
        };
        writeln!(std::io::stdout(), "{text}")?;
    }
    if records.is_empty() {
        naba_runtime::shutdown::report("naba", &anyhow::anyhow!("there is no record of {} here", args.id));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
