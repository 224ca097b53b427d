//! `naba replay`: history with today's rules, as a new generation beside the live one.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use naba_record::{Cleaned, Ingested, subject};
use naba_runtime::publish::Published;
use naba_runtime::service::ServiceArgs;
use naba_runtime::{Broker, Delivery, Publication, dead};

use crate::put::Put;
use crate::stored::{Query, read, since};

/// Work on history again with today's rules, as a new generation
#[derive(Debug, clap::Args)]
pub struct Args {
    /// From when on, or that long ago: 2026-11-24T08:00:00Z, 90m, 6h, 3d
    #[arg(long, value_parser = since)]
    pub since: jiff::Timestamp,
    /// Only this source
    #[arg(long)]
    pub source: Option<String>,
    /// The first stage that works again
    #[arg(long, default_value = "clean", value_parser = ["ingest", "clean", "enrich"])]
    pub stage: String,
    /// Go on with a generation that was begun; a new one is numbered when absent
    #[arg(long)]
    pub generation: Option<u32>,
    /// Only say how many articles there are
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    service: ServiceArgs,
}

/// How many replayed articles may wait for their stage: live traffic never waits for more than these.
const WAITING_MAX: u64 = 64;
/// The pause between two looks at how many wait.
const LOOK: Duration = Duration::from_millis(50);
/// How many articles are put in between two looks.
const BETWEEN_LOOKS: u64 = 32;

/// Runs the command.
///
/// # Errors
/// When the broker is not to be had.
pub async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = args.service.load()?;
    let broker = Broker::connect(&config.broker, "naba-replay").await?;
    let put = Put::new(&broker);
    let (stream, kind) = match args.stage.as_str() {
        "ingest" => ("NABA_RAW", "raw"),
        "clean" => ("NABA_INGESTED", "ingested"),
        _ => ("NABA_CLEANED", "cleaned"),
    };
    let source =
        args.source.as_deref().map_or_else(|| "*".to_owned(), |source| subject::source_token(Some(source)));
    // live traffic only: a replay of a replay would say nothing new
    let filter =
        if kind == "raw" { format!("naba.raw.{source}") } else { format!("naba.{kind}.{source}.*.*") };
    let messages =
        read(&broker, &Query { stream, filter, since: Some(args.since), headers_only: args.dry_run }).await?;
    tokio::pin!(messages);
    if args.dry_run {
        let count = messages.fold(0_u64, |count, _| async move { count + 1 }).await;
        writeln!(std::io::stdout(), "{count} articles would be replayed from {}", args.stage)?;
        return Ok(ExitCode::SUCCESS);
    }
    let generation = match args.generation {
        Some(generation) => generation,
        None => next_generation(&broker, &put, args).await?,
    };
    let (mut new, mut known) = (0_u64, 0_u64);
    while let Some(message) = messages.next().await {
        if (new + known).is_multiple_of(BETWEEN_LOOKS) {
            wait_for_room(&broker, &args.stage).await?;
        }
        let message = message?;
        // what cannot be read was no article, and is a dead letter already
        if message.fault.is_some() {
            continue;
        }
        let publication = again(&message, &args.stage, generation)
            .with_context(|| format!("{} cannot be replayed", message.subject))?;
        match put.once(publication).await? {
            Published::New => new += 1,
            Published::AlreadyThere => known += 1,
        }
    }
    writeln!(
        std::io::stdout(),
        "generation {generation}: {new} articles put in at {}, {known} were there already; follow it with: nats sub 'naba.enriched.*.*.*.*.g{generation}'",
        args.stage
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Takes the next number. Two replays at the same time take two numbers.
async fn next_generation(broker: &Broker, put: &Put, args: &Args) -> anyhow::Result<u32> {
    let stream = crate::stored::open(broker, "NABA_REPLAY").await?;
    let last = stream.get_last_raw_message_by_subject("naba.replay.*").await.ok();
    let last = last.and_then(|message| message.subject.rsplit('.').next()?.parse::<u32>().ok()).unwrap_or(0);
    for generation in last + 1.. {
        let what =
            serde_json::json!({"since": args.since.to_string(), "source": args.source, "stage": args.stage});
        let publication = Publication {
            subject: format!("naba.replay.{generation}"),
            payload: what.to_string().into(),
            ..Publication::default()
        };
        if put.once(publication).await? == Published::New {
            return Ok(generation);
        }
    }
    anyhow::bail!("no number is left for a generation")
}

/// The message that starts an article's way again.
fn again(message: &Delivery, stage: &str, generation: u32) -> anyhow::Result<Publication> {
    if stage == "ingest" {
        let original = message.headers.iter().filter(|(name, _)| !name.starts_with("Nats-"));
        let mut headers: Vec<(String, String)> = original.cloned().collect();
        headers.push((ingest::service::SEQUENCE.to_owned(), message.sequence.to_string()));
        headers.push((ingest::service::GENERATION.to_owned(), generation.to_string()));
        // one token more than live articles have: what it is, and where it stands
        let subject =
            format!("naba.raw.{}.g{generation}.{}", dead::source(&message.subject), message.sequence);
        return Ok(Publication {
            subject,
            headers,
            payload: message.payload.clone(),
            ..Publication::default()
        });
    }
    let payload = if stage == "clean" {
        let article: Ingested = serde_json::from_slice(&message.payload)?;
        serde_json::to_vec(&Ingested { generation, ..article })?
    } else {
        let article: Cleaned = serde_json::from_slice(&message.payload)?;
        serde_json::to_vec(&Cleaned { generation, ..article })?
    };
    let subject = format!("{}.g{generation}", message.subject);
    Ok(Publication { subject, payload: payload.into(), ..Publication::default() })
}

async fn wait_for_room(broker: &Broker, stage: &str) -> anyhow::Result<()> {
    let spec = broker.topology.consumer(stage)?;
    let stream = broker.jetstream.get_stream_no_info(&spec.stream).await?;
    loop {
        let info = stream.consumer_info(stage).await.context("the stage has no consumer")?;
        if info.num_pending + info.num_ack_pending as u64 <= WAITING_MAX {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}
