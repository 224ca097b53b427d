//! A log that several replicas write: a subject whose every message is written on the condition that nobody
//! has written since the writer last read. Whoever loses reads on and decides anew, so that all come to the
//! same state, which is nothing but the log read from its start.

use anyhow::Context as _;
use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{
    DirectGetErrorKind, LastRawMessageErrorKind, RawMessageErrorKind, Stream,
};
use bytes::Bytes;

use crate::broker::Broker;
use crate::refusal::Refusal;

/// Messages of a stream, read one by one.
#[derive(Debug)]
pub struct Log {
    broker: Broker,
    stream: Stream<()>,
    filter: String,
}

/// A message of a log.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its place in the stream.
    pub sequence: u64,
    /// Its subject.
    pub subject: String,
    /// Its bytes.
    pub payload: Bytes,
}

impl From<StreamMessage> for Entry {
    fn from(message: StreamMessage) -> Self {
        let StreamMessage { sequence, subject, payload, .. } = message;
        Self { sequence, subject: subject.to_string(), payload }
    }
}

impl Log {
    /// The messages of a stream under a subject or a filter. Asks nothing of the broker.
    ///
    /// # Errors
    /// When the name is no name of a stream.
    pub async fn open(broker: &Broker, stream: &str, filter: &str) -> anyhow::Result<Self> {
        let opened = broker.jetstream.get_stream_no_info(stream).await;
        let stream = opened.with_context(|| format!("cannot open stream {stream}"))?;
        Ok(Self { broker: broker.clone(), stream, filter: filter.to_owned() })
    }

    /// The first message at a place or behind it; none when there is none yet.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn at(&self, sequence: u64) -> anyhow::Result<Option<Entry>> {
        match self.stream.get_first_raw_message_by_subject(&self.filter, sequence).await {
            Ok(message) => Ok(Some(message.into())),
            Err(error) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {} from {sequence}", self.filter)),
        }
    }

    /// As [`at`](Self::at), from whichever replica of the stream is at hand, as it is stored: the leader answers with
    /// the message inside JSON, which costs both sides several times as much. A replica may not have the newest messages
    /// yet.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn at_any(&self, sequence: u64) -> anyhow::Result<Option<Entry>> {
        match self.stream.direct_get_next_for_subject(&self.filter, Some(sequence)).await {
            Ok(message) => Ok(Some(message.into())),
            Err(error) if matches!(error.kind(), DirectGetErrorKind::NotFound) => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {} from {sequence}", self.filter)),
        }
    }

    /// The last message; none when there is none yet.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn last(&self) -> anyhow::Result<Option<Entry>> {
        match self.stream.get_last_raw_message_by_subject(&self.filter).await {
            Ok(message) => Ok(Some(message.into())),
            Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read the last of {}", self.filter)),
        }
    }

    /// Writes a subject on the condition that its last message is still the one at `last` (0: that it has
    /// none). Its place; none when somebody else was faster.
    ///
    /// # Errors
    /// When the broker does not answer, or does not take it. It may be stored nevertheless: read again.
    pub async fn append(&self, subject: &str, payload: Bytes, last: u64) -> anyhow::Result<Option<u64>> {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, last.to_string());
        let jetstream = &self.broker.jetstream;
        let sent =
            async { jetstream.publish_with_headers(subject.to_owned(), headers, payload).await?.await };
        match sent.await {
            Ok(stored) => Ok(Some(stored.sequence)),
            Err(error) if Refusal::of(&error) == Refusal::Condition => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot write {subject}")),
        }
    }
}
