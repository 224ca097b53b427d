//! `naba tail`: watch records come out.

use std::io::Write as _;
use std::os::fd::AsFd as _;
use std::process::ExitCode;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use naba_record::{Cleaned, Enriched, Ingested, subject};
use naba_runtime::service::ServiceArgs;
use naba_runtime::{Broker, Delivery, dead};
use tokio::io::Interest;
use tokio::net::unix::pipe::Sender;

use crate::ndjson;
use crate::positions::PositionsArgs;
use crate::show::{self, Paint};
use crate::stored::{self, Query, since};

/// Watch records come out
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which records: raw, ingested, cleaned, enriched or dead
    #[arg(default_value = "enriched", value_parser = ["raw", "ingested", "cleaned", "enriched", "dead"])]
    pub what: String,
    /// Whole records as NDJSON
    #[arg(long)]
    pub json: bool,
    /// Only of this source
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Begin at a time, or that long ago: 2026-11-24T08:00:00Z, 90m, 6h, 3d
    #[arg(long, value_parser = since)]
    pub since: Option<jiff::Timestamp>,
    /// Begin with the last N stored records [default: 10; with --once: everything that is stored]
    #[arg(long, value_name = "N", conflicts_with = "since")]
    pub last: Option<u64>,
    /// End after N records
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// End where what is stored ends
    #[arg(long)]
    pub once: bool,
    #[command(flatten)]
    positions: PositionsArgs,
    #[command(flatten)]
    service: ServiceArgs,
}

/// How many stored records are shown before the new ones.
const LAST: u64 = 10;

/// Runs the command.
///
/// # Errors
/// When the broker or the stream is not to be had.
pub async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = args.service.load()?;
    let broker = Broker::connect(&config.broker, "naba-tail").await?;
    let name = format!("NABA_{}", args.what.to_uppercase());
    let mut messages = messages(args, &broker, &name).await?;
    let paint = Paint::for_stdout();
    let mut shown = 0;
    let left = reader_left();
    tokio::pin!(left);
    while args.limit.is_none_or(|limit| shown < limit) {
        let next = tokio::select! {
            next = messages.next() => next,
            () = &mut left => None,
        };
        let Some(message) = next else {
            break;
        };
        let message = message?;
        let line = if args.json { json(args, &message)? } else { readable(&args.what, &message, paint) };
        // locked for one line only: the loop waits for the broker in between
        writeln!(std::io::stdout(), "{line}")?;
        shown += 1;
    }
    Ok(ExitCode::SUCCESS)
}

/// Resolves when nobody reads standard output any more (`naba tail | head`). A write would say so too, but where no records
/// come there is none.
async fn reader_left() {
    let output = std::io::stdout().as_fd().try_clone_to_owned();
    // only watched and never written to, so that it need not be non-blocking; a file has no reader that could leave
    let Ok(output) = output.and_then(Sender::from_owned_fd_unchecked) else {
        return std::future::pending().await;
    };
    let _ = output.ready(Interest::ERROR).await;
}

/// What is asked for.
async fn messages(
    args: &Args,
    broker: &Broker,
    stream: &str,
) -> anyhow::Result<BoxStream<'static, anyhow::Result<Delivery>>> {
    let source = args.source.as_deref().map(|source| subject::source_token(Some(source)));
    let source = source.as_deref().unwrap_or("*");
    let filter = match args.what.as_str() {
        // beside the letters stand markers of those that have been dealt with
        "dead" => format!("naba.dead.*.{source}.>"),
        // whatever anybody may publish
        "raw" if args.source.is_none() => String::new(),
        "raw" => format!("naba.raw.{source}"),
        what => format!("naba.{what}.{source}.>"),
    };
    let query = Query { stream, filter, since: args.since, headers_only: false };
    Ok(match (args.since, args.last) {
        (Some(_), _) | (None, None) if args.once => stored::read(broker, &query).await?.boxed(),
        (Some(_), _) => stored::onwards(broker, &query).await?.boxed(),
        (None, last) => stored::last(broker, &query, last.unwrap_or(LAST), args.once).await?.boxed(),
    })
}

fn json(args: &Args, message: &Delivery) -> anyhow::Result<String> {
    match args.what.as_str() {
        "dead" | "raw" => {}
        "enriched" if args.positions.is_utf16() => {
            let record = serde_json::from_slice::<Enriched>(&message.payload);
            let record = record.with_context(|| format!("{}: not a record", message.subject))?;
            return Ok(args.positions.line(record)?);
        }
        _ => return Ok(ndjson::escaped(String::from_utf8_lossy(&message.payload).into_owned())),
    }
    let headers = message.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
    let headers: serde_json::Map<String, serde_json::Value> = headers.collect();
    let text = String::from_utf8_lossy(&message.payload);
    let line = serde_json::json!({"subject": message.subject, "headers": headers, "text": text});
    Ok(ndjson::line(&line)?)
}

fn readable(what: &str, message: &Delivery, paint: Paint) -> String {
    let subject = show::safe(&message.subject);
    let unreadable = |error: serde_json::Error| format!("{subject}: not a record: {error}");
    match what {
        "enriched" => serde_json::from_slice::<Enriched>(&message.payload)
            .map_or_else(unreadable, |record| show::line(&record, paint)),
        "cleaned" => serde_json::from_slice::<Cleaned>(&message.payload).map_or_else(unreadable, |record| {
            let place = show::place(&record.cleaned_at, record.source.as_deref(), &record.id, paint);
            headline(&place, record.title.as_deref(), &record.body)
        }),
        "ingested" => {
            serde_json::from_slice::<Ingested>(&message.payload).map_or_else(unreadable, |record| {
                let place = show::place(&record.ingested_at, record.source.as_deref(), &record.id, paint);
                headline(&place, record.title.as_deref(), &record.text)
            })
        }
        "raw" => {
            let text = String::from_utf8_lossy(&message.payload);
            let says = message.fault.as_deref().map_or_else(String::new, |fault| format!("  ({fault})"));
            let (source, number) = (message.subject.split('.').nth(2), message.sequence.to_string());
            headline(&show::place(&stored_at(message), source, &number, paint), None, &text) + &says
        }
        _ => {
            let header = |name: &str| message.header(name).unwrap_or_default();
            let mut tokens = message.subject.split('.');
            let (source, key) = (tokens.nth(3), tokens.next_back().unwrap_or_default());
            format!(
                "{}  {}  {}  {}",
                show::place(&stored_at(message), source, key, paint),
                show::safe(header(dead::STAGE)),
                paint.bold(&show::safe(header(dead::REASON))),
                show::isolated(header(dead::MESSAGE))
            )
        }
    }
}

/// When a message was stored.
fn stored_at(message: &Delivery) -> String {
    jiff::Timestamp::from_nanosecond(message.stored_at).map(|at| at.to_string()).unwrap_or_default()
}

fn headline(place: &str, title: Option<&str>, text: &str) -> String {
    let line = title.unwrap_or_else(|| text.trim_start().lines().next().unwrap_or_default());
    format!("{place}  {}", show::isolated(&show::shortened(line, 90)))
}
