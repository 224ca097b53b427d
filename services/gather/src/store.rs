//! One article → `NABA_RAW`: published, acknowledged, with a message id, so that the same article sent twice within
//! the stream's two hours is stored once. (After that, ingest knows it by its identity.)

use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream;
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use bytes::Bytes;
use naba_record::subject;
use naba_runtime::publish::header_value;
use tokio::sync::Semaphore;

/// How long a place among the articles in flight is waited for.
const PLACE_WAIT: Duration = Duration::from_secs(5);

/// An article on its way to the broker.
#[derive(Debug, Clone, Default)]
pub struct Article {
    /// `Raw` as JSON, or plain bytes.
    pub payload: Bytes,
    /// The payload's media type.
    pub content_type: &'static str,
    /// The outlet.
    pub source: Option<String>,
    /// The article's address; only beside plain bytes.
    pub url: Option<String>,
    /// The publisher's own id; only beside plain bytes.
    pub source_id: Option<String>,
    /// The declared character set; only beside plain bytes.
    pub charset: Option<String>,
    /// W3C trace context, passed on as it came.
    pub traceparent: Option<String>,
    /// What makes two deliveries the same one: an idempotency key. The content, where there is none.
    pub key: Option<String>,
}

/// Where an article stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Its place in `NABA_RAW`.
    pub sequence: u64,
    /// Whether it stood there already.
    pub duplicate: bool,
}

/// Why the broker did not take an article.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The stream is full.
    #[error("the stream NABA_RAW is full; try again later")]
    Full,
    /// The broker is away, busy, or has no stream yet.
    #[error("the broker does not acknowledge; try again later ({0})")]
    Away(String),
    /// The message is larger than the broker takes.
    #[error("the article is larger than the broker takes (its max_payload)")]
    TooLarge,
}

/// Writes articles to the broker, a limited number at a time.
#[derive(Debug, Clone)]
pub struct Store {
    jetstream: jetstream::Context,
    places: Arc<Semaphore>,
}

impl Store {
    /// On a broker, with at most `in_flight_max` articles waiting for their acknowledgement.
    pub fn new(jetstream: jetstream::Context, in_flight_max: usize) -> Self {
        Self { jetstream, places: Arc::new(Semaphore::new(in_flight_max.max(1))) }
    }

    /// Publishes an article and waits for the broker's acknowledgement. A [`StoreError::Away`] may have been stored:
    /// sent again with the same key it is recognised.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put(&self, article: Article) -> Result<Stored, StoreError> {
        let place = tokio::time::timeout(PLACE_WAIT, self.places.acquire()).await;
        let _place = place
            .map_err(|_| StoreError::Away("too many articles are waiting".to_owned()))?
            .map_err(|error| StoreError::Away(error.to_string()))?;
        let subject = subject::raw(article.source.as_deref());
        let sent = self.jetstream.publish_with_headers(subject, headers(&article), article.payload).await;
        let acknowledged = sent.map_err(|error| explain(&error))?.await.map_err(|error| explain(&error))?;
        Ok(Stored { sequence: acknowledged.sequence, duplicate: acknowledged.duplicate })
    }
}

fn headers(article: &Article) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            headers.insert(name, header_value(value).as_str());
        }
    };
    put("Content-Type", Some(article.content_type));
    put("Naba-Source", article.source.as_deref());
    put("Naba-Source-Id", article.source_id.as_deref());
    put("Naba-Url", article.url.as_deref());
    put("Naba-Charset", article.charset.as_deref());
    put("traceparent", article.traceparent.as_deref());
    put("Nats-Msg-Id", Some(&message_id(article)));
    headers
}

/// A key belongs to its source: two publishers who both count from 1 do not meet.
fn message_id(article: &Article) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    part(article.source.as_deref().unwrap_or_default().as_bytes());
    if let Some(key) = &article.key {
        part(b"key");
        part(key.as_bytes());
    } else {
        part(article.url.as_deref().unwrap_or_default().as_bytes());
        part(article.source_id.as_deref().unwrap_or_default().as_bytes());
        part(&article.payload);
    }
    hasher.finalize().to_hex().to_string()
}

fn explain(error: &PublishError) -> StoreError {
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    match error.kind() {
        PublishErrorKind::MaxPayloadExceeded => StoreError::TooLarge,
        _ if said.contains("maximum bytes") || said.contains("maximum messages") => StoreError::Full,
        _ => StoreError::Away(if said.is_empty() { error.to_string() } else { said }),
    }
}

#[cfg(test)]
mod tests {
    use super::{Article, message_id};

    #[track_caller]
    fn check(one: &Article, other: &Article, same: bool) {
        assert_eq!(message_id(one) == message_id(other), same, "{one:?} and {other:?}");
    }

    #[test]
    fn a_key_belongs_to_its_source_and_wins_over_the_content() {
        let article = |source: &str, key: Option<&str>, payload: &'static str| Article {
            source: Some(source.to_owned()),
            key: key.map(str::to_owned),
            payload: payload.into(),
            ..Article::default()
        };
        check(&article("a", None, "x"), &article("a", None, "x"), true);
        check(&article("a", None, "x"), &article("b", None, "x"), false);
        check(&article("a", None, "x"), &article("a", None, "y"), false);
        check(&article("a", Some("1"), "x"), &article("a", Some("1"), "y"), true);
        check(&article("a", Some("1"), "x"), &article("b", Some("1"), "x"), false);
    }
}
