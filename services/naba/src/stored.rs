//! What stands in the broker's streams, read in order and bounded.

use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::{Message, stream};
use futures_util::{Stream, StreamExt as _};
use naba_runtime::Broker;

/// How long the next stored message may take before the broker counts as gone.
const NEXT_MS_MAX: u64 = 30_000;
/// How many messages are read ahead.
const MESSAGES_MAX: usize = 500;

/// What to read of a stream.
#[derive(Debug, Clone, Default)]
pub struct Query<'a> {
    /// The stream.
    pub stream: &'a str,
    /// A filter over subjects; everything when empty.
    pub filter: String,
    /// From when on.
    pub since: Option<jiff::Timestamp>,
    /// Without payloads.
    pub headers_only: bool,
}

/// Opens a stream.
///
/// # Errors
/// When it is not there.
pub async fn open(broker: &Broker, name: &str) -> anyhow::Result<stream::Stream> {
    let stream = broker.jetstream.get_stream(name).await;
    stream.with_context(|| format!("there is no stream {name}; `naba topology apply` makes it"))
}

/// Everything that a stream holds now, in order; what is stored later is left out.
///
/// # Errors
/// When the stream cannot be read.
pub async fn read(
    broker: &Broker,
    query: &Query<'_>,
) -> anyhow::Result<impl Stream<Item = anyhow::Result<Message>> + use<>> {
    let stream = open(broker, query.stream).await?;
    let deliver_policy = match query.since {
        Some(since) => DeliverPolicy::ByStartTime { start_time: time(since)? },
        None => DeliverPolicy::All,
    };
    let config = pull::Config {
        deliver_policy,
        filter_subject: query.filter.clone(),
        headers_only: query.headers_only,
        ack_policy: AckPolicy::None,
        inactive_threshold: Duration::from_secs(60),
        ..pull::Config::default()
    };
    let context = format!("cannot read {}", query.stream);
    let consumer = stream.create_consumer(config).await.with_context(|| context.clone())?;
    let left = consumer.cached_info().num_pending;
    let pull = consumer.stream().max_messages_per_batch(MESSAGES_MAX).messages();
    let messages = pull.await.with_context(|| context.clone())?;
    Ok(futures_util::stream::unfold((messages, left, context), |(mut messages, left, context)| async move {
        if left == 0 {
            return None;
        }
        let next = tokio::time::timeout(Duration::from_millis(NEXT_MS_MAX), messages.next()).await;
        let next = next.ok().flatten().context("the broker stopped answering");
        let message = next.and_then(|message| Ok(message?)).with_context(|| context.clone());
        // after an error nothing more comes
        let left = if message.is_ok() { left - 1 } else { 0 };
        Some((message, (messages, left, context)))
    }))
}

/// A header's value, empty where there is none.
pub fn header<'a>(message: &'a Message, name: &str) -> &'a str {
    let value = message.headers.as_ref().and_then(|headers| headers.get(name));
    value.map(async_nats::HeaderValue::as_str).unwrap_or_default()
}

/// A point in time, or a stretch before now: `2026-11-24T08:00:00Z`, `90m`, `6h`, `3d`.
///
/// # Errors
/// When it is neither.
pub fn since(text: &str) -> Result<jiff::Timestamp, String> {
    if let Ok(timestamp) = text.parse() {
        return Ok(timestamp);
    }
    let says =
        || format!("`{text}` is no time; write 2026-11-24T08:00:00Z, or 90m, 6h, 3d for that long ago");
    let unit = text.chars().next_back().ok_or_else(says)?;
    let number: i64 = text.trim_end_matches(unit).parse().map_err(|_| says())?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(says()),
    };
    let ago = jiff::SignedDuration::from_secs(number.saturating_mul(seconds));
    jiff::Timestamp::now().checked_sub(ago).map_err(|_| says())
}

fn time(timestamp: jiff::Timestamp) -> anyhow::Result<time::OffsetDateTime> {
    time::OffsetDateTime::from_unix_timestamp_nanos(timestamp.as_nanosecond()).context("a time out of range")
}
