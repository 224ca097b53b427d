//! `naba dead`: look at dead letters, and deal with them.
//!
//! Letters are never deleted. What has been dealt with gets a marker beside it,
//! `naba.settled.<redriven|dropped>.<stage>.<source>.<key>`, and is not listed any more.

use std::collections::HashMap;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use bytes::Bytes;
use futures_util::StreamExt as _;
use naba_record::Enriched;
use naba_runtime::publish::Published;
use naba_runtime::service::ServiceArgs;
use naba_runtime::stored::{self, Place};
use naba_runtime::{Broker, Delivery, Publication, dead};

use crate::ndjson;
use crate::put::Put;
use crate::show::{self, Paint, isolated, safe};
use crate::stored::{Query, header, read, since};

/// Look at dead letters, and deal with them
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List dead letters
    Ls(Selected),
    /// Show whole letters: the reason, the headers, the bytes
    Show(Selected),
    /// Put the original messages back where they came from
    Redrive(Dealt),
    /// Take letters off the list without doing anything about them
    Drop(Dealt),
}

#[derive(Debug, clap::Args)]
struct Selected {
    /// Letters by the beginning of their key; all when none is given
    keys: Vec<String>,
    /// Only of this stage: ingest, clean, enrich
    #[arg(long)]
    stage: Option<String>,
    /// Only with this reason, e.g. invalid_json
    #[arg(long)]
    reason: Option<String>,
    /// Only of this source
    #[arg(long)]
    source: Option<String>,
    /// Only since a time, or that long ago: 2026-11-24T08:00:00Z, 90m, 6h, 3d
    #[arg(long, value_parser = since)]
    since: Option<jiff::Timestamp>,
    /// Instead of letters, records that came out with this quality flag and wait for a person, e.g. over_cut
    #[arg(long, value_name = "FLAG")]
    quality: Option<String>,
    /// Also those that have been dealt with
    #[arg(long)]
    all: bool,
    /// NDJSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    service: ServiceArgs,
}

#[derive(Debug, clap::Args)]
struct Dealt {
    #[command(flatten)]
    selected: Selected,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Deal with all letters, where neither keys nor a filter choose some
    #[arg(long)]
    everything: bool,
}

impl Selected {
    /// Whether some letters are chosen, and not all.
    fn is_choice(&self) -> bool {
        !self.keys.is_empty()
            || self.stage.is_some()
            || self.reason.is_some()
            || self.source.is_some()
            || self.since.is_some()
    }
}

/// The stream of letters that wait for room.
const DEFERRED: &str = "NABA_DEFERRED";
/// Headers that say what a message is a repetition of; those of a publisher mean nothing.
const CONTROL: [&str; 2] = [ingest::service::SEQUENCE, ingest::service::GENERATION];

/// A dead letter.
struct Letter {
    key: String,
    stage: String,
    source: String,
    message: Delivery,
    stored_at: String,
}

/// Runs the command.
///
/// # Errors
/// When the broker is not to be had.
pub async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let (selected, dry_run) = match &args.action {
        Action::Ls(selected) | Action::Show(selected) => (selected, false),
        Action::Redrive(dealt) | Action::Drop(dealt) => (&dealt.selected, dealt.dry_run),
    };
    if let Action::Redrive(dealt) | Action::Drop(dealt) = &args.action {
        anyhow::ensure!(
            dealt.everything || dry_run || selected.is_choice(),
            "this would deal with every dead letter: name keys or a filter (--stage, --reason, --source, --since), look with --dry-run, or say --everything"
        );
    }
    let config = selected.service.load()?;
    let broker = Broker::connect(&config.broker, "naba-dead").await?;
    if let Some(flag) = &selected.quality {
        anyhow::ensure!(
            matches!(args.action, Action::Ls(_)),
            "--quality goes with `ls`: records are no letters"
        );
        return flagged(&broker, selected, flag).await;
    }
    let settled = settled(&broker).await?;
    let filter = format!(
        "naba.dead.{}.{}.{}.*",
        selected.stage.as_deref().unwrap_or("*"),
        selected
            .source
            .as_deref()
            .map_or_else(|| "*".to_owned(), |source| naba_record::subject::source_token(Some(source))),
        selected.reason.as_deref().unwrap_or("*")
    );
    let query = Query {
        stream: "NABA_DEAD",
        filter,
        since: selected.since,
        headers_only: matches!(args.action, Action::Ls(_)),
    };
    let letters = read(&broker, &query).await?;
    tokio::pin!(letters);
    let put = Put::new(&broker);
    let (mut count, mut left) = (0_u64, 0_u64);
    while let Some(message) = letters.next().await {
        let Some(letter) = letter(message?) else { continue };
        let is_settled = settled.contains_key(&letter.key);
        let is_chosen =
            selected.keys.is_empty() || selected.keys.iter().any(|key| letter.key.starts_with(key.as_str()));
        if !is_chosen || (is_settled && !selected.all) {
            continue;
        }
        count += 1;
        let line = match &args.action {
            Action::Ls(_) => line(&letter, is_settled, selected.json),
            Action::Show(_) => {
                // a letter whose bytes are gone is shown without them
                let bytes = input_of(&broker, &letter).await;
                whole(&letter, &bytes, selected.json)
            }
            Action::Redrive(_) if dry_run => format!("would redrive {}", line(&letter, is_settled, false)),
            Action::Drop(_) if dry_run => format!("would drop {}", line(&letter, is_settled, false)),
            Action::Redrive(_) => match redrive(&broker, &put, &letter).await {
                Ok(done) => {
                    settle(&put, &letter, "redriven").await?;
                    format!("{done} {}", line(&letter, false, false))
                }
                // the others are none the worse for it
                Err(problem) => {
                    left += 1;
                    format!("not redriven {}: {problem:#}", letter.key)
                }
            },
            Action::Drop(_) => {
                settle(&put, &letter, "dropped").await?;
                format!("dropped {}", line(&letter, false, false))
            }
        };
        writeln!(std::io::stdout(), "{line}")?;
    }
    if count == 0 && !selected.json {
        writeln!(std::io::stdout(), "no dead letters")?;
    }
    let waiting = waiting(&broker).await;
    if waiting > 0 && !selected.json {
        writeln!(
            std::io::stdout(),
            "{waiting} more wait for room: raise max_bytes of NABA_DEAD in the topology file and run `naba topology apply`"
        )?;
    }
    Ok(if left == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How many letters wait for room.
pub async fn waiting(broker: &Broker) -> u64 {
    let stream = broker.jetstream.get_stream(DEFERRED).await;
    stream.map_or(0, |stream| stream.cached_info().state.messages)
}

/// Lists the records with a quality flag.
async fn flagged(broker: &Broker, selected: &Selected, flag: &str) -> anyhow::Result<ExitCode> {
    let source = selected.source.as_deref().map(|source| naba_record::subject::source_token(Some(source)));
    let filter = format!("naba.enriched.{}.>", source.as_deref().unwrap_or("*"));
    let query = Query { stream: "NABA_ENRICHED", filter, since: selected.since, ..Query::default() };
    let records = read(broker, &query).await?;
    tokio::pin!(records);
    let (paint, mut count) = (Paint::for_stdout(), 0_u64);
    while let Some(message) = records.next().await {
        let message = message?;
        let record: Enriched = serde_json::from_slice(&message.payload)
            .with_context(|| format!("{}: not a record", message.subject))?;
        if !record.quality.iter().any(|known| known == flag) {
            continue;
        }
        count += 1;
        let line = if selected.json { ndjson::line(&record)? } else { show::line(&record, paint) };
        writeln!(std::io::stdout(), "{line}")?;
    }
    if count == 0 && !selected.json {
        writeln!(std::io::stdout(), "no records with {flag}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// How a letter was dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Its input was put in again.
    Redriven,
    /// Taken off the list.
    Dropped,
}

/// The keys of letters that have been dealt with, and how. Of one that was redriven and dropped, what came of the redriven
/// input counts.
///
/// # Errors
/// When they cannot be read.
pub async fn settled(broker: &Broker) -> anyhow::Result<HashMap<String, Settled>> {
    let filter = format!("{}.>", dead::SETTLED);
    let markers =
        read(broker, &Query { stream: "NABA_DEAD", filter, headers_only: true, ..Query::default() }).await?;
    tokio::pin!(markers);
    let mut keys = HashMap::new();
    while let Some(marker) = markers.next().await {
        let marker = marker?;
        let mut tokens = marker.subject.split('.');
        let (how, Some(key)) = (tokens.nth(2), tokens.next_back()) else { continue };
        let how = if how == Some("dropped") { Settled::Dropped } else { Settled::Redriven };
        let known = keys.entry(key.to_owned()).or_insert(how);
        if how == Settled::Redriven {
            *known = how;
        }
    }
    Ok(keys)
}

fn letter(message: Delivery) -> Option<Letter> {
    let tokens: Vec<&str> = message.subject.split('.').collect();
    let [_, _, stage, source, _, key] = tokens[..] else { return None };
    let (stage, source, key) = (stage.to_owned(), source.to_owned(), key.to_owned());
    let stored_at = jiff::Timestamp::from_nanosecond(message.stored_at).ok();
    let stored_at = stored_at.map(|at| format!("{at:.0}")).unwrap_or_default();
    Some(Letter { key, stage, source, message, stored_at })
}

fn line(letter: &Letter, is_settled: bool, json: bool) -> String {
    let header = |name| header(&letter.message, name);
    if json {
        let letter = serde_json::json!({
            "key": letter.key, "stored_at": letter.stored_at, "stage": letter.stage, "source": letter.source,
            "reason": header(dead::REASON), "message": header(dead::MESSAGE), "field": header(dead::FIELD),
            "attempts": header(dead::ATTEMPTS), "origin": header(dead::ORIGIN), "subject": header(dead::SUBJECT),
            "settled": is_settled,
        });
        return ndjson::escaped(letter.to_string());
    }
    let paint = Paint::for_stdout();
    format!(
        "{}  {}  {:<6}  {}  {}  {}{}",
        paint.dim(&safe(&letter.key)),
        letter.stored_at,
        safe(&letter.stage),
        isolated(&letter.source),
        paint.bold(&safe(header(dead::REASON))),
        isolated(header(dead::MESSAGE)),
        if is_settled { "  (dealt with)" } else { "" }
    )
}

/// The bytes of a letter's input: from the letter, or from where the input stands.
///
/// # Errors
/// When they are not in the letter and have aged out.
async fn input_of(broker: &Broker, letter: &Letter) -> anyhow::Result<Bytes> {
    let was_empty = header(&letter.message, dead::REASON) == "empty";
    let left_out = !header(&letter.message, dead::BYTES_LEFT_OUT).is_empty();
    if !letter.message.payload.is_empty() || (was_empty && !left_out) {
        return Ok(letter.message.payload.clone());
    }
    let origin = header(&letter.message, dead::ORIGIN);
    let gone = || {
        format!(
            "the bytes of letter {} stood in {origin} and are not there any more: they have aged out",
            letter.key
        )
    };
    let (stream, sequence) = origin.rsplit_once(' ').with_context(gone)?;
    let sequence: u64 = sequence.parse().with_context(gone)?;
    let stored =
        stored::message(&broker.jetstream, stream, Place::At(sequence)).await.map_err(anyhow::Error::msg)?;
    // another message may stand there since the stream was made anew
    let stored = stored.filter(|stored| dead::key_of(stream, sequence, stored.stored_at) == letter.key);
    let stored = stored.with_context(gone)?;
    Ok(stored.payload)
}

fn whole(letter: &Letter, bytes: &anyhow::Result<Bytes>, json: bool) -> String {
    // headers that could not be read stand there in pieces
    let pieces = letter.message.headers.iter().any(|(name, _)| name.starts_with(dead::HEADER_BLOCK));
    let block = pieces.then(|| String::from_utf8_lossy(&dead::header_block(&letter.message)).into_owned());
    let headers = letter.message.headers.iter().filter(|(name, _)| !name.starts_with(dead::HEADER_BLOCK));
    let headers = headers.cloned();
    let text = match bytes {
        Ok(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Err(problem) if json => format!("{problem:#}"),
        Err(problem) => format!("({problem:#})"),
    };
    if json {
        let headers: serde_json::Map<String, serde_json::Value> =
            headers.map(|(name, value)| (name, value.into())).collect();
        let mut whole = serde_json::json!({"key": letter.key, "headers": headers, "text": text});
        if let Some(block) = block {
            whole["header_block"] = block.into();
        }
        return ndjson::escaped(whole.to_string());
    }
    let mut lines: Vec<String> =
        headers.map(|(name, value)| format!("  {}: {}", safe(&name), isolated(&value))).collect();
    lines.sort();
    lines.insert(0, line(letter, false, false));
    lines.extend(block.map(|block| format!("  its headers as they came: {}", block.escape_debug())));
    lines.push(String::new());
    lines.push(safe(&text).into_owned());
    lines.join("\n")
}

/// Puts the original message back on its subject, once for each letter.
async fn redrive(broker: &Broker, put: &Put, letter: &Letter) -> anyhow::Result<&'static str> {
    let (subject, origin) = (header(&letter.message, dead::SUBJECT), header(&letter.message, dead::ORIGIN));
    let (stream, sequence) = origin.rsplit_once(' ').context("the letter does not say where it is from")?;
    let sequence: u64 = sequence.parse().context("the letter does not say where it is from")?;
    anyhow::ensure!(!subject.is_empty(), "letter {} has no original message: it had aged out", letter.key);
    let original = letter.message.headers.iter();
    let mut headers: Vec<(String, String)> = original
        .filter_map(|(name, value)| {
            let name = name.strip_prefix(dead::ORIGINAL_HEADER)?;
            // conditions and message ids were for the first time
            (!name.starts_with("Nats-")).then(|| (name.to_owned(), value.clone()))
        })
        .collect();
    let payload = input_of(broker, letter).await?;
    if letter.stage == "ingest" {
        // naba.raw.<source> is everybody's; one token more makes it this letter's own
        let place = ingest::service::place(subject, &headers, sequence);
        headers.retain(|(name, _)| !CONTROL.iter().any(|control| name.eq_ignore_ascii_case(control)));
        headers.push((ingest::service::SEQUENCE.to_owned(), place.sequence.to_string()));
        if place.generation > 0 {
            headers.push((ingest::service::GENERATION.to_owned(), place.generation.to_string()));
        }
        let subject = format!("naba.raw.{}.again.{}", dead::source(subject), letter.key);
        let published = put.once(Publication { subject, headers, payload, ..Publication::default() }).await?;
        return Ok(if published == Published::New { "redriven" } else { "already redriven" });
    }
    // the subject still ends where the letter came from, or has aged out: anything else was put there since
    let stream = broker.jetstream.get_stream_no_info(stream).await?;
    let last = match stream.get_last_raw_message_by_subject(subject).await {
        Ok(message) => message.sequence,
        Err(_) => 0,
    };
    if last != 0 && last != sequence {
        return Ok("already redriven");
    }
    put.after(last, subject, &headers, payload).await
}

async fn settle(put: &Put, letter: &Letter, how: &str) -> anyhow::Result<()> {
    let subject = format!("{}.{how}.{}.{}.{}", dead::SETTLED, letter.stage, letter.source, letter.key);
    let unless = Some(format!("{}.*.*.*.{}", dead::SETTLED, letter.key));
    put.once(Publication { subject, unless, ..Publication::default() }).await.map(drop)
}
