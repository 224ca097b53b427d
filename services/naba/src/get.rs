//! `naba get`: the latest state of an article.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use async_nats::jetstream::stream::Stream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use naba_record::Enriched;
use naba_runtime::Broker;
use naba_runtime::service::ServiceArgs;

use crate::positions::PositionsArgs;
use crate::show::{self, Paint};
use crate::stored::open;

/// Show the latest revision of an article, or all of them
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The article's id: 32 hex characters, or so many of its first ones that no other begins with them
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
    positions: PositionsArgs,
    #[command(flatten)]
    service: ServiceArgs,
}

/// How many hex characters an id has, and how many of them are asked for.
const ID_CHARACTERS: usize = 32;
const ID_CHARACTERS_MIN: usize = 4;
/// How many records of one article are read.
const FOUND_MAX: usize = 10_000;
/// How many ids are named where a beginning has several.
const NAMED_MAX: usize = 5;

/// Runs the command. Exit code 1 when there is no such article.
///
/// # Errors
/// When the broker is not to be had.
pub async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let id = args.id.to_ascii_lowercase();
    anyhow::ensure!(
        (ID_CHARACTERS_MIN..=ID_CHARACTERS).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "an id has {ID_CHARACTERS} hex characters, as in the field `id` of a record; the first {ID_CHARACTERS_MIN} or more will do"
    );
    let config = args.service.load()?;
    let broker = Broker::connect(&config.broker, "naba-get").await?;
    let stream = open(&broker, "NABA_ENRICHED").await?;
    let mut records: Vec<Enriched> = vec![];
    for subject in subjects(&stream, &id).await? {
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
            args.positions.line(record.clone())?
        } else {
            format!(
                "{}  revision {} generation {}\n{}\n\n{}\n",
                show::place(&record.enriched_at, record.source.as_deref(), &record.id, paint),
                record.revision,
                record.generation,
                show::fields(record, paint),
                show::safe(&record.body)
            )
        };
        writeln!(std::io::stdout(), "{text}")?;
    }
    if records.is_empty() {
        naba_runtime::shutdown::report("naba", &anyhow::anyhow!("there is no record of {id} here"));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The subjects of one article's records.
async fn subjects(stream: &Stream, id: &str) -> anyhow::Result<Vec<String>> {
    let whole = id.len() == ID_CHARACTERS;
    let filter = if whole { format!("naba.enriched.*.*.{id}.>") } else { "naba.enriched.>".to_owned() };
    let all = stream.info_with_subjects(filter).await?.map_ok(|(subject, _)| subject);
    let id_of = |subject: &str| subject.split('.').nth(4).unwrap_or_default().to_owned();
    let of_id = all.try_filter(|subject| std::future::ready(id_of(subject).starts_with(id)));
    let found: Vec<String> = of_id.take(FOUND_MAX).try_collect().await.context("cannot list revisions")?;
    let ids: BTreeSet<String> = found.iter().map(|subject| id_of(subject)).collect();
    anyhow::ensure!(
        ids.len() <= 1,
        "several articles begin with {id}, and {} among them: give more of the id",
        ids.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ")
    );
    Ok(found)
}
