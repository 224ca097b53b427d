//! What stands in the broker's streams, read in order and bounded.

use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::stream;
use futures_util::{Stream, StreamExt as _};
use naba_runtime::{Broker, Delivery, Pull, topology};

/// How much further back every next look goes for the last messages of a filter.
const FURTHER: u64 = 8;
/// How many messages are asked for at once.
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
/// When it is not there, or this user may not look at it.
pub async fn open(broker: &Broker, name: &str) -> anyhow::Result<stream::Stream> {
    broker.jetstream.get_stream(name).await.map_err(|error| topology::unopened(name, error))
}

/// Everything that a stream holds now, in order; what is stored later is left out.
///
/// # Errors
/// When the stream cannot be read.
pub async fn read(
    broker: &Broker,
    query: &Query<'_>,
) -> anyhow::Result<impl Stream<Item = anyhow::Result<Delivery>> + use<>> {
    let (reader, left) = open_at(broker, query, policy(query)?).await?;
    Ok(messages(broker.clone(), reader, Some(left)))
}

/// The messages of a stream from a sequence on, those to come included.
///
/// # Errors
/// When the broker does not let it be read.
pub async fn follow(
    broker: &Broker,
    stream: &str,
    first: u64,
) -> anyhow::Result<impl Stream<Item = anyhow::Result<Delivery>> + use<>> {
    let deliver_policy = DeliverPolicy::ByStartSequence { start_sequence: first.max(1) };
    let (reader, _) = open_at(broker, &Query { stream, ..Query::default() }, deliver_policy).await?;
    Ok(messages(broker.clone(), reader, None))
}

/// The last messages of a query that a stream holds, and those to come unless it is to end there.
///
/// # Errors
/// When the stream cannot be read.
pub async fn last(
    broker: &Broker,
    query: &Query<'_>,
    wanted: u64,
    ends: bool,
) -> anyhow::Result<impl Stream<Item = anyhow::Result<Delivery>> + use<>> {
    let stream = open(broker, query.stream).await?;
    let state = &stream.cached_info().state;
    let mut back = wanted;
    loop {
        // how many of a filter stand behind a place is only known by looking: further back until there are enough
        let start_sequence = (state.last_sequence + 1).saturating_sub(back).max(state.first_sequence).max(1);
        let (reader, pending) =
            open_at(broker, query, DeliverPolicy::ByStartSequence { start_sequence }).await?;
        if pending >= wanted || start_sequence <= state.first_sequence.max(1) {
            let skipped = usize::try_from(pending.saturating_sub(wanted)).unwrap_or(usize::MAX);
            return Ok(messages(broker.clone(), reader, ends.then_some(pending)).skip(skipped));
        }
        // a reader may not delete it: then it goes by itself when nobody asks it
        let _ = stream.delete_consumer(&reader.name).await;
        back = back.saturating_mul(FURTHER).max(FURTHER);
    }
}

/// The messages of a query, those to come included.
///
/// # Errors
/// When the stream cannot be read.
pub async fn onwards(
    broker: &Broker,
    query: &Query<'_>,
) -> anyhow::Result<impl Stream<Item = anyhow::Result<Delivery>> + use<>> {
    let (reader, _) = open_at(broker, query, policy(query)?).await?;
    Ok(messages(broker.clone(), reader, None))
}

fn policy(query: &Query<'_>) -> anyhow::Result<DeliverPolicy> {
    Ok(match query.since {
        Some(since) => DeliverPolicy::ByStartTime { start_time: time(since)? },
        None => DeliverPolicy::All,
    })
}

/// A reader of a stream, and how many messages are before it. Nothing has to be acknowledged.
async fn open_at(
    broker: &Broker,
    query: &Query<'_>,
    deliver_policy: DeliverPolicy,
) -> anyhow::Result<(Reader, u64)> {
    let stream = open(broker, query.stream).await?;
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
    let (name, left) = (consumer.cached_info().name.clone(), consumer.cached_info().num_pending);
    let pull = Pull::open(broker, query.stream, &name).await.map_err(anyhow::Error::msg);
    let pull = pull.with_context(|| context.clone())?;
    Ok((Reader { pull, stream: query.stream.to_owned(), name }, left))
}

/// A consumer's deliveries, and whose they are.
struct Reader {
    pull: Pull,
    stream: String,
    name: String,
}

/// The next messages: so many, or all that come.
fn messages(
    broker: Broker,
    reader: Reader,
    left: Option<u64>,
) -> impl Stream<Item = anyhow::Result<Delivery>> + use<> {
    futures_util::stream::unfold((broker, reader, left), |(broker, mut reader, left)| async move {
        if left == Some(0) {
            return None;
        }
        let next = next(&broker, &mut reader, left).await;
        let next = next.with_context(|| format!("cannot read {}", reader.stream));
        // after an error nothing more comes
        let left = if next.is_ok() { left.map(|left| left - 1) } else { Some(0) };
        Some((next, (broker, reader, left)))
    })
}

async fn next(broker: &Broker, reader: &mut Reader, left: Option<u64>) -> anyhow::Result<Delivery> {
    let wanted =
        left.map_or(MESSAGES_MAX, |left| usize::try_from(left).unwrap_or(MESSAGES_MAX).min(MESSAGES_MAX));
    let mut asked = false;
    loop {
        match reader.pull.next().await {
            Ok(Some((_, delivery))) => return Ok(delivery),
            // what is stored already comes before a question expires
            Ok(None) if asked && left.is_some() => anyhow::bail!("the broker stopped answering"),
            Ok(None) => {
                reader.pull.ask(wanted).await;
                asked = true;
            }
            Err(problem) if left.is_some() => anyhow::bail!(problem),
            Err(_) => {
                let again = Pull::open(broker, &reader.stream, &reader.name).await;
                reader.pull = again.map_err(anyhow::Error::msg)?;
            }
        }
    }
}

/// A header's value, empty where there is none.
pub fn header<'a>(message: &'a Delivery, name: &str) -> &'a str {
    message.header(name).unwrap_or_default()
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
