//! Publish → await the acknowledgement, idempotent by what the stream holds.
//!
//! One subject an article, revision and stage, published on the condition that the subject is empty. The
//! broker's refusal 10071 means "already there" and is success: no time window, and it survives every
//! restart of everybody.

use std::fmt;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use async_nats::jetstream::{self};
use bytes::Bytes;

/// The header that widens the condition from one subject to a filter.
const EXPECTED_SUBJECT: &str = "Nats-Expected-Last-Subject-Sequence-Subject";
/// How often an acknowledgement that does not come is asked for again. The message may be stored all the
/// same, so the same subject is tried again, and "already there" is success.
const TRIES_MAX: u32 = 3;
/// How often a revision is numbered again because another replica was faster.
const REVISION_TRIES_MAX: u32 = 16;

/// Makes a payload from the last message of a chain.
pub type Build = Box<dyn Fn(Option<&[u8]>) -> Vec<u8> + Send + Sync>;

/// Something to publish.
pub enum Publication {
    /// Once for all time: where the filter holds any message, it is there already.
    Once {
        /// The subject.
        subject: String,
        /// What must be empty; the subject itself when absent.
        filter: Option<String>,
        /// The headers.
        headers: HeaderMap,
        /// The message.
        payload: Bytes,
    },
    /// The next link of a chain, unless the subject is there already.
    Revision {
        /// The subject of this link.
        subject: String,
        /// A filter over all links.
        chain: String,
        /// The stream that holds them.
        stream: String,
        /// Makes the message from the last link.
        build: Build,
    },
}

impl fmt::Debug for Publication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Once { subject, .. } | Self::Revision { subject, .. }) = self;
        f.debug_struct("Publication").field("subject", subject).finish_non_exhaustive()
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// It is stored now.
    New,
    /// It was stored before.
    AlreadyThere,
}

/// Why nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The world's fault: try again later.
    #[error("the broker did not take it: {0}")]
    World(String),
    /// The message's fault: it will never fit.
    #[error("{bytes} bytes are more than the broker takes in one message (max_payload)")]
    TooLarge {
        /// The message's size.
        bytes: usize,
    },
}

/// Publishes and waits until the broker has stored it.
///
/// # Errors
/// [`PublishError`] says whose fault it is.
pub async fn publish(
    jetstream: &jetstream::Context,
    publication: &Publication,
) -> Result<Published, PublishError> {
    match publication {
        Publication::Once { subject, filter, headers, payload } => {
            let guarded = guard(headers.clone(), 0, filter.as_deref());
            let stored = send(jetstream, subject, guarded, payload.clone()).await?;
            Ok(if stored { Published::New } else { Published::AlreadyThere })
        }
        Publication::Revision { subject, chain, stream, build } => {
            revise(jetstream, subject, chain, stream, build).await
        }
    }
}

async fn revise(
    jetstream: &jetstream::Context,
    subject: &str,
    chain: &str,
    stream: &str,
    build: &Build,
) -> Result<Published, PublishError> {
    // most articles come once: the first link is tried without looking
    if send(jetstream, subject, guard(HeaderMap::new(), 0, Some(chain)), build(None).into()).await? {
        return Ok(Published::New);
    }
    let stream =
        jetstream.get_stream(stream).await.map_err(|error| PublishError::World(error.to_string()))?;
    for _ in 0..REVISION_TRIES_MAX {
        if last(&stream, subject).await?.is_some() {
            return Ok(Published::AlreadyThere);
        }
        let before = last(&stream, chain).await?;
        let (sequence, payload) =
            before.map_or_else(|| (0, build(None)), |(sequence, payload)| (sequence, build(Some(&payload))));
        if send(jetstream, subject, guard(HeaderMap::new(), sequence, Some(chain)), payload.into()).await? {
            return Ok(Published::New);
        }
    }
    Err(PublishError::World(format!(
        "{chain} changed {REVISION_TRIES_MAX} times while a revision was being numbered"
    )))
}

async fn last(
    stream: &jetstream::stream::Stream,
    subject: &str,
) -> Result<Option<(u64, Bytes)>, PublishError> {
    match stream.get_last_raw_message_by_subject(subject).await {
        Ok(message) => Ok(Some((message.sequence, message.payload))),
        Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
        Err(error) => Err(PublishError::World(error.to_string())),
    }
}

fn guard(mut headers: HeaderMap, sequence: u64, filter: Option<&str>) -> HeaderMap {
    headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, sequence.to_string());
    if let Some(filter) = filter {
        headers.insert(EXPECTED_SUBJECT, filter);
    }
    headers
}

/// Sends one message: true when it is stored, false when the condition did not hold.
async fn send(
    jetstream: &jetstream::Context,
    subject: &str,
    headers: HeaderMap,
    payload: Bytes,
) -> Result<bool, PublishError> {
    let bytes = payload.len();
    let mut tries = 0;
    loop {
        tries += 1;
        let sent = async {
            jetstream.publish_with_headers(subject.to_owned(), headers.clone(), payload.clone()).await?.await
        };
        match sent.await {
            Ok(_) => return Ok(true),
            Err(error) => match error.kind() {
                PublishErrorKind::WrongLastSequence => return Ok(false),
                PublishErrorKind::MaxPayloadExceeded => return Err(PublishError::TooLarge { bytes }),
                PublishErrorKind::TimedOut | PublishErrorKind::BrokenPipe if tries < TRIES_MAX => {
                    tokio::time::sleep(Duration::from_millis(100 * u64::from(tries))).await;
                }
                _ => return Err(PublishError::World(full_message(&error))),
            },
        }
    }
}

fn full_message(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        message = format!("{message}: {inner}");
        source = inner.source();
    }
    message
}

/// Makes a text fit for a header: control characters become spaces (a CR or LF would panic the client),
/// and it ends after `HEADER_BYTES_MAX`.
pub fn header_value(text: &str) -> String {
    let text = until_bytes(text, HEADER_BYTES_MAX);
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The most bytes of one header value (1 KiB).
pub const HEADER_BYTES_MAX: usize = 1024;

fn until_bytes(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes.min(text.len()))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{HEADER_BYTES_MAX, header_value};

    #[test]
    fn header_values_cannot_panic_the_client() {
        assert_eq!(header_value("a\r\nb\0c"), "a  b c");
        let long = header_value(&"نبأ".repeat(1000));
        assert!(long.len() <= HEADER_BYTES_MAX && long.chars().all(|c| "نبأ".contains(c)));
    }
}
