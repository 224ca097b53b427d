//! `naba tail`: watch records come out.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use naba_record::{Cleaned, Enriched, Ingested};
use naba_runtime::service::ServiceArgs;
use naba_runtime::{Broker, Delivery, dead};

use crate::show::{self, Paint};
use crate::stored;

/// Watch records come out
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which records: raw, ingested, cleaned, enriched or dead
    #[arg(default_value = "enriched", value_parser = ["raw", "ingested", "cleaned", "enriched", "dead"])]
    pub what: String,
    /// Whole records as NDJSON
    #[arg(long)]
    pub json: bool,
    /// End after N records
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Show everything that is stored, and end
    #[arg(long)]
    pub once: bool,
    #[command(flatten)]
    service: ServiceArgs,
}

/// How many stored records are shown before the new ones.
const STORED_SHOWN: u64 = 10;

/// Runs the command.
///
/// # Errors
/// When the broker or the stream is not to be had.
pub async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = args.service.load()?;
    let broker = Broker::connect(&config.broker, "naba-tail").await?;
    let name = format!("NABA_{}", args.what.to_uppercase());
    let stream = broker
        .jetstream
        .get_stream(&name)
        .await
        .with_context(|| format!("there is no stream {name}; `naba topology apply` makes it"))?;
    let state = stream.cached_info().state.clone();
    if args.once && state.messages == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    let first = if args.once {
        state.first_sequence
    } else {
        (state.last_sequence + 1).saturating_sub(STORED_SHOWN).max(state.first_sequence)
    };
    let messages = stored::follow(&broker, &name, first).await?;
    tokio::pin!(messages);
    let paint = Paint::for_stdout();
    let mut shown = 0;
    while args.limit.is_none_or(|limit| shown < limit) {
        let Some(message) = messages.next().await else {
            break;
        };
        let message = message?;
        let line = if args.json { json(&args.what, &message) } else { readable(&args.what, &message, paint) };
        // locked for one line only: the loop waits for the broker in between
        writeln!(std::io::stdout(), "{line}")?;
        shown += 1;
        if args.once && message.sequence >= state.last_sequence {
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn json(what: &str, message: &Delivery) -> String {
    if !matches!(what, "dead" | "raw") {
        return String::from_utf8_lossy(&message.payload).into_owned();
    }
    let headers = message.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
    let headers: serde_json::Map<String, serde_json::Value> = headers.collect();
    serde_json::json!({"subject": message.subject, "headers": headers, "text": String::from_utf8_lossy(&message.payload)}).to_string()
}

fn readable(what: &str, message: &Delivery, paint: Paint) -> String {
    let unreadable = |error: serde_json::Error| format!("{}: not a record: {error}", message.subject);
    match what {
        "enriched" => serde_json::from_slice::<Enriched>(&message.payload)
            .map_or_else(unreadable, |record| show::line(&record, paint)),
        "cleaned" => serde_json::from_slice::<Cleaned>(&message.payload).map_or_else(unreadable, |record| {
            headline(&record.id, record.title.as_deref(), &record.body, paint)
        }),
        "ingested" => serde_json::from_slice::<Ingested>(&message.payload)
            .map_or_else(unreadable, |record| {
                headline(&record.id, record.title.as_deref(), &record.text, paint)
            }),
        "raw" => {
            let text = String::from_utf8_lossy(&message.payload).replace(char::is_control, " ");
            let says = message.fault.as_deref().map_or_else(String::new, |fault| format!("  ({fault})"));
            let place = format!("{} {}", message.sequence, message.subject.escape_debug());
            format!("{}  {}{says}", paint.dim(&place), show::isolated(&show::shortened(&text, 90)))
        }
        _ => {
            let header = |name: &str| message.header(name).unwrap_or_default();
            format!(
                "{}  {}  {}",
                header(dead::STAGE),
                paint.bold(header(dead::REASON)),
                show::isolated(header(dead::MESSAGE))
            )
        }
    }
}

fn headline(id: &str, title: Option<&str>, text: &str, paint: Paint) -> String {
    let id: String = id.chars().take(8).collect();
    let line = title.unwrap_or_else(|| text.trim_start().lines().next().unwrap_or_default());
    format!("{}  {}", paint.dim(&id), show::isolated(&show::shortened(line, 90)))
}
