//! Publish → await the acknowledgement, idempotent by what the stream holds.
//!
//! One subject an article, revision and stage, published on the condition that the subject is empty. The
//! broker's refusal 10071 means "already there" and is success: no time window, and it survives every
//! restart of everybody. When the world is at fault (no broker, no leader, a full stream) the same
//! publication is tried again here, with growing pauses, until it is stored or the service stops: the input
//! stays open meanwhile, so that nothing runs out of deliveries because a disk was full for an hour.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::health::Ready;
use crate::metrics;
use crate::shutdown::Stop;

/// The header that widens the condition from one subject to a filter.
const EXPECTED_SUBJECT: &str = "Nats-Expected-Last-Subject-Sequence-Subject";
/// The number of a link in its chain.
pub const REVISION: &str = "Naba-Revision";
/// How often a revision is numbered again because another replica was faster.
const REVISION_TRIES_MAX: u32 = 16;
/// Pauses before another try when the world is at fault, in milliseconds; the last one repeats.
const PAUSES_MS: [u64; 5] = [100, 500, 1_000, 3_000, 10_000];
/// How often a fault of the world is put into the log.
const SAY_AGAIN: Duration = Duration::from_secs(5);
/// A broker that says that a stream is gone may be electing a leader: it is believed after this long.
pub const GONE_MS_MAX: u64 = 30_000;

/// Something to publish once for all time: where the condition finds any message, it is there already.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Publication {
    /// The subject.
    pub subject: String,
    /// What must be empty, a filter; the subject itself when absent.
    pub unless: Option<String>,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The message.
    #[serde(skip)]
    pub payload: Bytes,
    /// How it is numbered, where it is a link of a chain.
    pub numbered: Option<Numbered>,
}

/// A link of a chain: its number is one more than the last link's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Numbered {
    /// The stream that holds the chain.
    pub stream: String,
    /// A filter over all links.
    pub chain: String,
    /// The link whose number this takes instead of a new one.
    pub twin: Option<String>,
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
    /// The message's fault: it will never fit.
    #[error("{bytes} bytes are more than the broker takes in one message (max_payload)")]
    TooLarge {
        /// The message's size.
        bytes: usize,
    },
    /// The world is at fault and the service is stopping: it must stay where it is.
    #[error("stopping before the broker took it: {0}")]
    Stopped(String),
}

/// Why one try did not work.
#[derive(Debug)]
pub(crate) enum Fault {
    TooLarge,
    /// The stream is not there, or its leader is not.
    Gone(String),
    World(String),
}

/// Puts a link's number into its message.
pub type Renumber = dyn Fn(Bytes, u32) -> Bytes + Send + Sync;

/// Publishes for one stage. Cloned freely.
#[derive(Clone)]
pub struct Publisher {
    pub(crate) jetstream: jetstream::Context,
    stage: &'static str,
    renumber: Arc<Renumber>,
    ready: Ready,
    stop: Stop,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    since: Instant,
    /// When a fault was last put into the log, in milliseconds after `since`, plus one.
    said_ms: AtomicU64,
    /// Since when the stream has been gone.
    gone: Mutex<Option<Instant>>,
    /// Why the service cannot go on.
    fatal: tokio::sync::watch::Sender<Option<String>>,
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publisher").field("stage", &self.stage).finish_non_exhaustive()
    }
}

impl Publisher {
    /// A publisher for a stage.
    pub fn new(
        jetstream: jetstream::Context,
        stage: &'static str,
        renumber: Arc<Renumber>,
        ready: Ready,
        stop: Stop,
    ) -> Self {
        let state = State {
            since: Instant::now(),
            said_ms: AtomicU64::new(0),
            gone: Mutex::new(None),
            fatal: tokio::sync::watch::Sender::new(None),
        };
        Self { jetstream, stage, renumber, ready, stop, state: Arc::new(state) }
    }

    /// Resolves with the reason when publishing can never work again.
    pub async fn fatal(&self) -> String {
        let mut fatal = self.state.fatal.subscribe();
        loop {
            if let Some(reason) = fatal.borrow_and_update().clone() {
                return reason;
            }
            if fatal.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }

    /// Publishes and waits until the broker has stored it, however long that takes.
    ///
    /// # Errors
    /// [`PublishError`]: it never fits, or the service is stopping.
    pub async fn publish(&self, publication: &Publication) -> Result<Published, PublishError> {
        let mut tries = 0;
        loop {
            let fault = match self.attempt(publication).await {
                Ok(published) => {
                    self.works();
                    return Ok(published);
                }
                Err(Fault::TooLarge) => {
                    return Err(PublishError::TooLarge { bytes: publication.payload.len() });
                }
                Err(Fault::Gone(fault)) => {
                    self.gone(&fault);
                    fault
                }
                Err(Fault::World(fault)) => fault,
            };
            self.fails(&publication.subject, &fault);
            let pause = pause(tries, publication.subject.len() as u64 + u64::from(tries) + self.ms());
            tries += 1;
            tokio::select! {
                () = self.stop.cancelled() => return Err(PublishError::Stopped(fault)),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    fn ms(&self) -> u64 {
        u64::try_from(self.state.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Notes that the broker takes what it is given.
    pub(crate) fn works(&self) {
        if self.state.said_ms.swap(0, Ordering::Relaxed) != 0 {
            tracing::info!(stage = self.stage, "the broker takes messages again");
            *self.state.gone.lock().unwrap_or_else(PoisonError::into_inner) = None;
            self.ready.set(true);
        }
    }

    fn fails(&self, subject: &str, fault: &str) {
        metrics::world_fault(self.stage);
        self.ready.set(false);
        let (now, said) = (self.ms() + 1, self.state.said_ms.load(Ordering::Relaxed));
        let due = said == 0 || now - said > u64::try_from(SAY_AGAIN.as_millis()).unwrap_or(u64::MAX);
        if due && self.state.said_ms.compare_exchange(said, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            tracing::warn!(
                stage = self.stage,
                subject,
                fault,
                "not published; trying again until the broker takes it"
            );
        }
    }

    fn gone(&self, fault: &str) {
        let mut gone = self.state.gone.lock().unwrap_or_else(PoisonError::into_inner);
        let since = *gone.get_or_insert_with(Instant::now);
        if since.elapsed() > Duration::from_millis(GONE_MS_MAX) {
            self.state.fatal.send_replace(Some(format!(
                "the stream has not been there for {GONE_MS_MAX} ms: {fault}; `naba topology check` says what is missing"
            )));
        }
    }

    async fn attempt(&self, publication: &Publication) -> Result<Published, Fault> {
        let Some(numbered) = &publication.numbered else {
            let headers = guarded(publication, 0);
            let stored = self.send(&publication.subject, headers, publication.payload.clone()).await?;
            return Ok(if stored { Published::New } else { Published::AlreadyThere });
        };
        // most articles come once: the first link is tried without looking
        if numbered.twin.is_none() && self.link(publication, 0, 1, true).await? {
            return Ok(Published::New);
        }
        let stream = self
            .jetstream
            .get_stream_no_info(&numbered.stream)
            .await
            .map_err(|error| Fault::Gone(chain(&error)))?;
        for _ in 0..REVISION_TRIES_MAX {
            if last(&stream, &publication.subject).await?.is_some() {
                return Ok(Published::AlreadyThere);
            }
            let stored = match &numbered.twin {
                Some(twin) => {
                    let number = last(&stream, twin).await?.map_or(1, |(_, number)| number);
                    self.link(publication, 0, number, false).await?
                }
                None => match last(&stream, &numbered.chain).await? {
                    Some((sequence, number)) => self.link(publication, sequence, number + 1, true).await?,
                    None => self.link(publication, 0, 1, true).await?,
                },
            };
            if stored {
                return Ok(Published::New);
            }
        }
        let chain = &numbered.chain;
        Err(Fault::World(format!(
            "{chain} changed {REVISION_TRIES_MAX} times while a revision was being numbered"
        )))
    }

    /// Publishes a link with a number, on the condition that its chain still ends at a sequence.
    async fn link(
        &self,
        publication: &Publication,
        sequence: u64,
        number: u32,
        in_chain: bool,
    ) -> Result<bool, Fault> {
        let mut headers = guarded(publication, sequence);
        if let (Some(numbered), true) = (&publication.numbered, in_chain) {
            headers.insert(EXPECTED_SUBJECT, numbered.chain.as_str());
        }
        headers.insert(REVISION, number.to_string());
        let payload = (self.renumber)(publication.payload.clone(), number);
        self.send(&publication.subject, headers, payload).await
    }

    /// Sends one message: true when it is stored, false when the condition did not hold.
    async fn send(&self, subject: &str, headers: HeaderMap, payload: Bytes) -> Result<bool, Fault> {
        let sent =
            async { self.jetstream.publish_with_headers(subject.to_owned(), headers, payload).await?.await };
        match sent.await {
            Ok(_) => Ok(true),
            Err(error) => match error.kind() {
                PublishErrorKind::WrongLastSequence => Ok(false),
                PublishErrorKind::MaxPayloadExceeded => Err(Fault::TooLarge),
                PublishErrorKind::StreamNotFound => Err(Fault::Gone(chain(&error))),
                _ => Err(Fault::World(chain(&error))),
            },
        }
    }

    /// The message of a publication that is first in everything, for a batch.
    pub(crate) fn first(&self, publication: &Publication) -> (HeaderMap, Bytes) {
        let mut headers = guarded(publication, 0);
        let Some(numbered) = &publication.numbered else {
            return (headers, publication.payload.clone());
        };
        headers.insert(EXPECTED_SUBJECT, numbered.chain.as_str());
        headers.insert(REVISION, "1");
        (headers, (self.renumber)(publication.payload.clone(), 1))
    }
}

fn guarded(publication: &Publication, sequence: u64) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &publication.headers {
        headers.insert(name.as_str(), header_value(value).as_str());
    }
    headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, sequence.to_string());
    if let Some(filter) = &publication.unless {
        headers.insert(EXPECTED_SUBJECT, filter.as_str());
    }
    headers
}

/// The place and the number of the last message of a filter. Asked of the leader, never of a replica that
/// may lag.
async fn last<I>(stream: &jetstream::stream::Stream<I>, filter: &str) -> Result<Option<(u64, u32)>, Fault> {
    match stream.get_last_raw_message_by_subject(filter).await {
        Ok(message) => {
            let number = message.headers.get(REVISION).and_then(|value| value.as_str().parse().ok());
            Ok(Some((message.sequence, number.unwrap_or(1))))
        }
        Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
        Err(error) => Err(Fault::World(chain(&error))),
    }
}

/// The pause before another try, with a quarter of jitter, so that a crowd does not come back at once.
fn pause(tries: u32, salt: u64) -> Duration {
    let step = usize::try_from(tries).unwrap_or(usize::MAX).min(PAUSES_MS.len() - 1);
    let pause_ms = PAUSES_MS.get(step).copied().unwrap_or(1_000);
    let jitter_ms = salt.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17) % (pause_ms / 4 + 1);
    Duration::from_millis(pause_ms + jitter_ms)
}

/// An error with its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
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
    use super::{HEADER_BYTES_MAX, header_value, pause};

    #[test]
    fn header_values_cannot_panic_the_client() {
        assert_eq!(header_value("a\r\nb\0c"), "a  b c");
        let long = header_value(&"نبأ".repeat(1000));
        assert!(long.len() <= HEADER_BYTES_MAX && long.chars().all(|c| "نبأ".contains(c)));
    }

    #[test]
    fn pauses_grow_and_never_vanish() {
        for salt in 0..1000 {
            assert!((100..=125).contains(&pause(0, salt).as_millis()));
            assert!((10_000..=12_500).contains(&pause(1_000_000, salt).as_millis()));
        }
    }
}
