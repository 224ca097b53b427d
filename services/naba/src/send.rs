//! `naba send`: publish articles and wait until the broker has them.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use async_nats::HeaderMap;
use async_nats::jetstream::context::{PublishAckFuture, PublishErrorKind};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use naba_record::subject;
use naba_runtime::publish::header_value;
use naba_runtime::service::ServiceArgs;
use naba_runtime::{Broker, shutdown};

use crate::input::{self, Item};

/// Publish articles and wait until the broker has them
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Articles: .txt, .html, .json, .ndjson, or - for NDJSON on standard input
    pub files: Vec<PathBuf>,
    /// The outlet, for articles that do not name theirs
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    #[command(flatten)]
    service: ServiceArgs,
}

/// How many articles may wait for their acknowledgement.
const IN_FLIGHT_MAX: usize = 256;

/// What became of the articles.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Stored now.
    pub new: u64,
    /// Known to the broker already.
    pub known: u64,
    /// Not taken.
    pub failed: u64,
}

/// Runs the command. Exit code 1 when any article was not taken.
///
/// # Errors
/// When the broker is not to be had.
pub async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = args.service.load()?;
    let broker = Broker::connect(&config.broker, "naba-send").await?;
    let sent = send(&broker, &input::names(&args.files), args.source.as_deref()).await;
    writeln!(std::io::stdout(), "{} new, {} already known, {} not taken", sent.new, sent.known, sent.failed)?;
    Ok(if sent.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Publishes every article of the files. One that cannot be opened counts as not taken, and the others go on.
pub async fn send(broker: &Broker, files: &[PathBuf], source: Option<&str>) -> Sent {
    let mut sent = Sent::default();
    let mut waiting: FuturesOrdered<_> = FuturesOrdered::new();
    for file in files {
        let items = match input::items(file) {
            Ok(items) => items,
            Err(error) => {
                fail(&mut sent, &file.display().to_string(), &shutdown::said(&error));
                continue;
            }
        };
        for item in items {
            let place = place(&item);
            match publish(broker, item, source).await {
                Ok(acknowledgement) => waiting.push_back(async move { (place, acknowledgement.await) }),
                Err(error) => fail(&mut sent, &place, &error.to_string()),
            }
            while waiting.len() >= IN_FLIGHT_MAX {
                settle(&mut sent, waiting.next().await);
            }
        }
    }
    while !waiting.is_empty() {
        settle(&mut sent, waiting.next().await);
    }
    sent
}

type Settled = (
    String,
    Result<async_nats::jetstream::publish::PublishAck, async_nats::jetstream::context::PublishError>,
);

fn settle(sent: &mut Sent, settled: Option<Settled>) {
    match settled {
        Some((_, Ok(acknowledgement))) if acknowledgement.duplicate => sent.known += 1,
        Some((_, Ok(_))) => sent.new += 1,
        Some((place, Err(error))) => {
            let said = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            let hint = match error.kind() {
                PublishErrorKind::StreamNotFound => {
                    "there is no stream for it yet: start naba, or `naba topology apply`"
                }
                PublishErrorKind::MaxPayloadExceeded => "it is larger than the broker takes (max_payload)",
                _ if said.contains("maximum bytes") => "the stream is full: try again later",
                _ => "not acknowledged",
            };
            fail(sent, &place, &format!("{hint}: {error}"));
        }
        None => {}
    }
}

#[expect(clippy::print_stderr, reason = "error records belong on stderr")]
fn fail(sent: &mut Sent, place: &str, message: &str) {
    sent.failed += 1;
    eprintln!("{}", serde_json::json!({"error": "not_sent", "message": message, "at": place}));
}

fn place(item: &Item) -> String {
    item.line.map_or_else(|| item.file.clone(), |line| format!("{}:{line}", item.file))
}

async fn publish(broker: &Broker, item: Item, source: Option<&str>) -> anyhow::Result<PublishAckFuture> {
    if let Some(problem) = item.problem {
        anyhow::bail!(problem);
    }
    let mut headers = HeaderMap::new();
    let is_json = item.envelope.content_type.as_deref() == Some("application/json");
    let own: Option<String> = if is_json { own_source(&item.payload) } else { None };
    let source = own.as_deref().or(source);
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            headers.insert(name, header_value(value).as_str());
        }
    };
    put("Content-Type", item.envelope.content_type.as_deref());
    put("Naba-Source", source);
    put("Naba-Source-Id", item.envelope.source_id.as_deref());
    // the same article sent twice is stored once
    let mut hasher = blake3::Hasher::new();
    hasher
        .update(source.unwrap_or_default().as_bytes())
        .update(item.envelope.source_id.as_deref().unwrap_or_default().as_bytes());
    let id = hasher.update(&item.payload).finalize().to_hex();
    headers.insert("Nats-Msg-Id", id.as_str());
    Ok(broker.jetstream.publish_with_headers(subject::raw(source), headers, item.payload.into()).await?)
}

/// The source that an article names itself. Malformed articles are sent as they are: ingest says what is
/// wrong with them, and keeps them.
fn own_source(payload: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(payload).ok()?;
    value.get("source")?.as_str().map(str::to_owned)
}
