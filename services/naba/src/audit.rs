//! `naba audit`: what came in, and what became of it, from the streams themselves.
//!
//! Every message of `NABA_RAW` is ingested again, purely, to learn which record it must have led to; then
//! the streams are searched for that record or for a dead letter. Where there is neither, an earlier version or another
//! configuration may have known the article by another key: then what ingest stored for its place in `NABA_RAW` counts.
//! What is neither and no stage still has before it is missing; what is both, or twice, is doubled.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use ingest::service::ingest_delivery;
use ingest::speaker::Gateways;
use naba_record::{Enriched, Ingested, StageTrace, subject};
use naba_runtime::service::ServiceArgs;
use naba_runtime::stored::{self, Place};
use naba_runtime::{Broker, Bucket, Delivery, dead, topology};

use crate::dead::Settled;
use crate::pipeline::Pipeline;
use crate::show::{safe, shortened};
use crate::stored::{Query, header, open, read, since};

/// Check that nothing was lost and nothing doubled, from the streams themselves
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only raw articles since a time, or that long ago: 2026-11-24T08:00:00Z, 90m, 6h, 3d
    #[arg(long, value_parser = since)]
    pub since: Option<jiff::Timestamp>,
    /// Also compare every record with what the pure functions make of its input
    #[arg(long)]
    pub payloads: bool,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    service: ServiceArgs,
}

/// What was counted for one source.
#[derive(Debug, Default, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Messages in `NABA_RAW`.
    pub raw: u64,
    /// Of these, the same content again.
    pub again: u64,
    /// Article revisions and generations, and inputs that ingest refused.
    pub inputs: u64,
    /// With exactly one enriched record.
    pub enriched: u64,
    /// With exactly one dead letter that nobody has dealt with.
    pub dead: u64,
    /// With a dead letter that a person has dropped.
    pub dropped: u64,
    /// Still on their way.
    pub under_way: u64,
    /// With neither, and not on their way.
    pub missing: u64,
    /// With more than one outcome.
    pub doubled: u64,
    /// Whose record differs from what the pure functions make of its input.
    pub different: u64,
}

/// How much of a source's name the table shows.
const SOURCE_CHARACTERS_MAX: usize = 40;

/// A hash of a record's key: a million of them fit into 16 MiB.
type Fingerprint = u64;

fn fingerprint(key: &str) -> Fingerprint {
    let hash = blake3::hash(key.as_bytes());
    hash.as_bytes().iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

fn key_of(subject: &str) -> Option<String> {
    let key = subject::key(subject)?;
    Some(format!("{} {} {} {}", key.source, key.id, key.rev, key.generation))
}

/// How often each key stands in a stream.
async fn keys(broker: &Broker, stream: &str) -> anyhow::Result<HashMap<Fingerprint, u32>> {
    let messages = read(broker, &Query { stream, headers_only: true, ..Query::default() }).await?;
    tokio::pin!(messages);
    let mut keys = HashMap::new();
    while let Some(message) = messages.next().await {
        if let Some(key) = key_of(&message?.subject) {
            *keys.entry(fingerprint(&key)).or_insert(0) += 1;
        }
    }
    Ok(keys)
}

/// How many letters an input has: open ones, and dropped ones.
#[derive(Debug, Default, Clone, Copy)]
struct Found {
    open: u32,
    dropped: u32,
}

/// Letters by their origins (`STREAM sequence`), and by the keys of articles.
#[derive(Debug, Default)]
struct Letters {
    origins: HashMap<String, Found>,
    keys: HashMap<Fingerprint, Found>,
    /// The origins of those that were refused because another content of their article has the same token: the record
    /// with that token is the other's.
    collisions: HashSet<String>,
}

async fn letters(broker: &Broker) -> anyhow::Result<Letters> {
    let settled = crate::dead::settled(broker).await?;
    let query = Query {
        stream: "NABA_DEAD",
        filter: "naba.dead.>".to_owned(),
        headers_only: true,
        ..Query::default()
    };
    let messages = read(broker, &query).await?;
    tokio::pin!(messages);
    let mut letters = Letters::default();
    while let Some(message) = messages.next().await {
        let message = message?;
        let settled = message.subject.rsplit('.').next().and_then(|key| settled.get(key));
        let note = |found: &mut Found| match settled {
            // a letter that was redriven has been answered by what came of that
            Some(Settled::Redriven) => {}
            Some(Settled::Dropped) => found.dropped += 1,
            None => found.open += 1,
        };
        if header(&message, dead::REASON) == dead::COLLISION && settled != Some(&Settled::Redriven) {
            letters.collisions.insert(header(&message, dead::ORIGIN).to_owned());
        }
        note(letters.origins.entry(header(&message, dead::ORIGIN).to_owned()).or_default());
        if let Some(key) = key_of(header(&message, dead::SUBJECT)) {
            note(letters.keys.entry(fingerprint(&key)).or_default());
        }
    }
    Ok(letters)
}

/// Runs the command. Exit code 1 when anything is missing, doubled or different.
///
/// # Errors
/// When the broker is not to be had.
pub async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = args.service.load()?;
    let broker = Broker::connect(&config.broker, "naba-audit").await?;
    let gateways = Gateways::new(&config.sources.speak_for_others);
    let mut sources = count(&broker, args, &gateways).await?;
    if args.payloads {
        for (source, different) in Box::pin(differences(&broker)).await? {
            sources.entry(source).or_default().different += different;
        }
    }
    let mut out = std::io::stdout();
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&sources)?)?;
    } else {
        writeln!(out, "{}", table(&sources))?;
    }
    let good = sources.values().all(|counts| counts.missing + counts.doubled + counts.different == 0);
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether any stage still has something before it, or something that the broker gave up and that waits to be worked on
/// alone. Looked at in the order in which articles travel: what has left one stage is seen before the next.
async fn under_way(broker: &Broker) -> anyhow::Result<bool> {
    for stage in ["ingest", "ingest-exhausted", "clean", "clean-exhausted", "enrich", "enrich-exhausted"] {
        let Ok(spec) = broker.topology.consumer(stage) else { continue };
        let stream = broker.jetstream.get_stream_no_info(&spec.stream).await?;
        let waiting = match stream.consumer_info(stage).await {
            Ok(info) => info.num_pending + info.num_ack_pending as u64,
            // nobody has read its stream yet, or somebody deleted it: then everything there waits
            Err(error) if topology::is_missing_consumer(&error.kind()) => {
                stream.get_info().await?.state.messages
            }
            Err(error) => return Err(error).with_context(|| format!("cannot look at consumer {stage}")),
        };
        if waiting > 0 {
            return Ok(true);
        }
    }
    // a letter that waits for room will come
    Ok(crate::dead::waiting(broker).await > 0)
}

async fn count(
    broker: &Broker,
    args: &Args,
    gateways: &Gateways,
) -> anyhow::Result<BTreeMap<String, Counts>> {
    // articles that come in after this look are left out: they may be anywhere
    let last = open(broker, "NABA_RAW").await?.cached_info().state.last_sequence;
    let under_way = under_way(broker).await?;
    let enriched = keys(broker, "NABA_ENRICHED").await?;
    let letters = letters(broker).await?;
    let mut sources: BTreeMap<String, Counts> = BTreeMap::new();
    let mut seen: HashSet<Fingerprint> = HashSet::new();
    let mut missing = HashMap::new();
    let raw = read(broker, &Query { stream: "NABA_RAW", since: args.since, ..Query::default() }).await?;
    tokio::pin!(raw);
    while let Some(message) = raw.next().await {
        let delivery = message?;
        if delivery.sequence > last {
            break;
        }
        let source = delivery.subject.split('.').nth(2).unwrap_or("_").to_owned();
        let counts = sources.entry(source.clone()).or_default();
        counts.raw += 1;
        let origin = format!("{} {}", delivery.stream, delivery.sequence);
        let refused = letters.origins.get(&origin).copied().unwrap_or_default();
        let article = if delivery.fault.is_some() { None } else { ingest_delivery(&delivery, gateways).ok() };
        let place =
            article.as_ref().map_or((delivery.sequence, 0), |article| (article.sequence, article.generation));
        let (enriched, letters) = match article {
            None => (0, refused),
            Some(_) if letters.collisions.contains(&origin) => (0, refused),
            Some(article) => {
                let key = fingerprint(&article_key(&article));
                if refused.open + refused.dropped == 0 && !seen.insert(key) {
                    counts.again += 1;
                    continue;
                }
                let buried = letters.keys.get(&key).copied().unwrap_or_default();
                let found =
                    Found { open: refused.open + buried.open, dropped: refused.dropped + buried.dropped };
                (enriched.get(&key).copied().unwrap_or(0), found)
            }
        };
        counts.inputs += 1;
        if let Some(outcome) = outcome(counts, enriched, letters) {
            *outcome += 1;
        } else if is_redriven(broker, &delivery).await {
            // a letter that was redriven is answered by another raw message
            counts.inputs -= 1;
            counts.again += 1;
        } else if under_way {
            counts.under_way += 1;
        } else {
            counts.missing += 1;
            missing.insert(place, source);
        }
    }
    find_by_place(broker, missing, &enriched, &letters, &mut sources).await?;
    Ok(sources)
}

/// What an input with so many records and letters counts as; none where it has neither.
fn outcome(counts: &mut Counts, enriched: u32, letters: Found) -> Option<&mut u64> {
    Some(match (enriched, letters.open) {
        (1, 0) => &mut counts.enriched,
        (0, 1) => &mut counts.dead,
        (0, 0) if letters.dropped > 0 => &mut counts.dropped,
        (0, 0) => return None,
        _ => &mut counts.doubled,
    })
}

/// A place in `NABA_RAW`, and a generation.
type PlaceOf = (u64, u32);

/// What is read of an ingested article.
#[derive(serde::Deserialize)]
struct Origin {
    sequence: u64,
}

/// Counts again what seems to be missing (places with their sources) and was ingested under another key than today's.
async fn find_by_place(
    broker: &Broker,
    mut missing: HashMap<PlaceOf, String>,
    enriched: &HashMap<Fingerprint, u32>,
    letters: &Letters,
    sources: &mut BTreeMap<String, Counts>,
) -> anyhow::Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let ingested = read(broker, &Query { stream: "NABA_INGESTED", ..Query::default() }).await?;
    tokio::pin!(ingested);
    while let Some(message) = ingested.next().await {
        let message = message?;
        let generation = subject::key(&message.subject).map(|key| key.generation);
        let (Some(generation), Some(key), Ok(Origin { sequence })) =
            (generation, key_of(&message.subject), serde_json::from_slice(&message.payload))
        else {
            continue;
        };
        let Some(source) = missing.remove(&(sequence, generation)) else { continue };
        let (key, counts) = (fingerprint(&key), sources.entry(source).or_default());
        let buried = letters.keys.get(&key).copied().unwrap_or_default();
        if let Some(outcome) = outcome(counts, enriched.get(&key).copied().unwrap_or(0), buried) {
            *outcome += 1;
            counts.missing -= 1;
        }
    }
    Ok(())
}

/// Whether a raw message was put in again under a subject of its own.
async fn is_redriven(broker: &Broker, delivery: &Delivery) -> bool {
    let source = dead::source(&delivery.subject);
    let key = dead::key_of(&delivery.stream, delivery.sequence, delivery.stored_at);
    let subject = format!("naba.raw.{source}.again.{key}");
    let again = stored::message(&broker.jetstream, &delivery.stream, Place::Last(&subject)).await;
    again.is_ok_and(|again| again.is_some())
}

fn article_key(article: &Ingested) -> String {
    let rev = ingest::identity::revision_token(&article.content_hash);
    format!(
        "{} {} {rev} {}",
        subject::source_token(article.source.as_deref()),
        article.id,
        article.generation
    )
}

/// Records that are not what the pure functions make of what stands before them, by source.
async fn differences(broker: &Broker) -> anyhow::Result<BTreeMap<String, u64>> {
    // records of other rules, another lexicon or configured zones are not compared: those are not here
    let pushed = match Bucket::open(&broker.jetstream, clean::rules::BUCKET).await? {
        Some(bucket) => clean::rules::Overlay::read(&bucket).await?.0,
        None => clean::rules::Overlay::default(),
    };
    let pipeline = Pipeline::new(pushed.over(&[])?);
    let versions = [(clean::STAGE, pipeline.clean_version()), (enrich::STAGE, pipeline.enrich_version())];
    let mut wanted: HashMap<Fingerprint, Fingerprint> = HashMap::new();
    let ingested = read(broker, &Query { stream: "NABA_INGESTED", ..Query::default() }).await?;
    tokio::pin!(ingested);
    while let Some(message) = ingested.next().await {
        let message = message?;
        let (Some(key), Ok(article)) =
            (key_of(&message.subject), serde_json::from_slice::<Ingested>(&message.payload))
        else {
            continue;
        };
        if let Ok(cleaned) = pipeline.clean_ingested(&article) {
            wanted.insert(fingerprint(&key), essence(pipeline.finish(cleaned))?);
        }
    }
    let mut different = BTreeMap::new();
    let enriched = read(broker, &Query { stream: "NABA_ENRICHED", ..Query::default() }).await?;
    tokio::pin!(enriched);
    while let Some(message) = enriched.next().await {
        let message = message?;
        let Some(key) = key_of(&message.subject) else { continue };
        let record: Enriched = serde_json::from_slice(&message.payload)?;
        let made_by = |name: &str, version: &str| {
            let of_today = |stage: &StageTrace| stage.stage == name && stage.version == version;
            record.trace.stages.iter().any(of_today)
        };
        if !versions.iter().all(|(name, version)| made_by(name, version)) {
            continue;
        }
        let wanted = wanted.get(&fingerprint(&key));
        if wanted.is_some_and(|wanted| essence(record).is_ok_and(|found| found != *wanted)) {
            *different.entry(message.subject.split('.').nth(2).unwrap_or("_").to_owned()).or_insert(0) += 1;
        }
    }
    Ok(different)
}

/// A record without its clocks, and without what was noticed by comparing it with its outlet's other articles.
fn essence(mut record: Enriched) -> anyhow::Result<Fingerprint> {
    record.ingested_at.clear();
    record.cleaned_at.clear();
    record.enriched_at.clear();
    record.trace.stages.iter_mut().for_each(|stage| stage.micros = 0);
    record.quality.retain(|flag| !naba_clean::learn::FLAGS.contains(&flag.as_str()));
    Ok(fingerprint(&serde_json::to_string::<Enriched>(&record)?))
}

fn table(sources: &BTreeMap<String, Counts>) -> String {
    let head = [
        "source",
        "raw",
        "again",
        "inputs",
        "enriched",
        "dead",
        "dropped",
        "under way",
        "missing",
        "doubled",
        "different",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    let row = |name: &str, c: &Counts| {
        let numbers = [
            c.raw,
            c.again,
            c.inputs,
            c.enriched,
            c.dead,
            c.dropped,
            c.under_way,
            c.missing,
            c.doubled,
            c.different,
        ];
        let mut cells = vec![safe(&shortened(name, SOURCE_CHARACTERS_MAX)).into_owned()];
        cells.extend(numbers.iter().map(u64::to_string));
        cells.try_into().unwrap_or_else(|_| head.map(str::to_owned))
    };
    let mut total = Counts::default();
    for (source, c) in sources {
        rows.push(row(source, c));
        total = Counts {
            raw: total.raw + c.raw,
            again: total.again + c.again,
            inputs: total.inputs + c.inputs,
            enriched: total.enriched + c.enriched,
            dead: total.dead + c.dead,
            dropped: total.dropped + c.dropped,
            under_way: total.under_way + c.under_way,
            missing: total.missing + c.missing,
            doubled: total.doubled + c.doubled,
            different: total.different + c.different,
        };
    }
    rows.push(row("all", &total));
    let width = rows.iter().map(|row| row[0].chars().count()).max().unwrap_or(0);
    let line = |row: &[String; 11]| {
        let cells: Vec<String> = row.iter().skip(1).map(|cell| format!("{cell:>9}")).collect();
        format!("{:<width$} {}", row[0], cells.join(" "))
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
