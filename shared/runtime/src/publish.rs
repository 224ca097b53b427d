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

use async_nats::jetstream;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::attempt::last;
use crate::broker::Broker;
use crate::health::Ready;
use crate::metrics;
use crate::refusal::Refusal;
use crate::shutdown::Stop;
use crate::vet::vet;
pub use crate::vet::{HEADER_BYTES_MAX, header_value};

/// The number of a link in its chain.
pub const REVISION: &str = "Naba-Revision";
/// The whole hash of what a link holds: subjects carry a part of it, and two contents may agree in that.
pub const CONTENT: &str = "Naba-Content";
/// How often the broker is asked whether something is stored, before it counts as not stored.
const LOOKS_MAX: u32 = 8;
/// Pauses before another try when the world is at fault, in milliseconds; the last one repeats.
const PAUSES_MS: [u64; 5] = [100, 500, 1_000, 3_000, 10_000];
/// How often a fault of the world is put into the log.
const SAY_AGAIN: Duration = Duration::from_secs(5);
/// What a publication without an answer may mean.
const SILENT_HINT: &str =
    "a nats-server whose disk was full stores nothing until it is restarted, also when there is room again";
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
    /// The message's fault: it will never be taken.
    #[error("{0}")]
    Refused(String),
    /// Another content stands where this one belongs.
    #[error(
        "another content of this article has the same revision token ({0}): one of them was made to collide"
    )]
    Collision(String),
    /// The world is at fault and the service is stopping: it must stay where it is.
    #[error("stopping before the broker took it: {0}")]
    Stopped(String),
}

/// Why a message that was offered once was not stored.
#[derive(Debug)]
pub enum Declined {
    /// What the broker said.
    Refusal(Refusal),
    /// Another content stands where this one belongs.
    Collision(String),
    /// The service is stopping.
    Stopped(String),
}

/// Puts a link's number into its message.
pub type Renumber = dyn Fn(Bytes, u32) -> Bytes + Send + Sync;

/// Publishes for one stage. Cloned freely.
#[derive(Clone)]
pub struct Publisher {
    pub(crate) jetstream: jetstream::Context,
    stage: &'static str,
    pub(crate) renumber: Arc<Renumber>,
    ready: Ready,
    stop: Stop,
    /// Changes when the connection is lost or made again.
    connection: watch::Receiver<u64>,
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
    fatal: watch::Sender<Option<String>>,
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publisher").field("stage", &self.stage).finish_non_exhaustive()
    }
}

impl Publisher {
    /// A publisher for a stage.
    pub fn new(
        broker: &Broker,
        stage: &'static str,
        renumber: Arc<Renumber>,
        ready: Ready,
        stop: Stop,
    ) -> Self {
        let state = State {
            since: Instant::now(),
            said_ms: AtomicU64::new(0),
            gone: Mutex::new(None),
            fatal: watch::Sender::new(None),
        };
        let (jetstream, connection) = (broker.jetstream.clone(), broker.connection.clone());
        Self { jetstream, stage, renumber, ready, stop, connection, state: Arc::new(state) }
    }

    /// The stage that it publishes for.
    pub(crate) fn stage(&self) -> &'static str {
        self.stage
    }

    /// Waits for a while, before something that finds no room looks again.
    ///
    /// # Errors
    /// [`PublishError::Stopped`] when the service is stopping.
    pub(crate) async fn wait(&self, pause: Duration, why: &str) -> Result<(), PublishError> {
        tokio::select! {
            () = self.stop.cancelled() => Err(PublishError::Stopped(why.to_owned())),
            () = tokio::time::sleep(pause) => Ok(()),
        }
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
            let fault = match self.offer(publication).await {
                Ok(published) => return Ok(published),
                Err(Declined::Stopped(fault)) => return Err(PublishError::Stopped(fault)),
                Err(Declined::Collision(token)) => return Err(PublishError::Collision(token)),
                Err(Declined::Refusal(Refusal::TooLarge(_))) => {
                    return Err(PublishError::TooLarge { bytes: publication.payload.len() });
                }
                Err(Declined::Refusal(Refusal::Permanent(said))) => return Err(PublishError::Refused(said)),
                Err(Declined::Refusal(Refusal::Gone(fault))) => {
                    self.gone(&fault);
                    fault
                }
                Err(Declined::Refusal(Refusal::Full(fault) | Refusal::World(fault))) => fault,
                // `attempt` answers conditions itself
                Err(Declined::Refusal(Refusal::Condition)) => return Ok(Published::AlreadyThere),
            };
            self.fails(&publication.subject, &fault);
            self.rest(&mut tries, publication.subject.len() as u64, fault)
                .await
                .map_err(PublishError::Stopped)?;
        }
    }

    /// Publishes, and tries again only as long as nobody answers: whatever the broker says is returned.
    ///
    /// # Errors
    /// [`Declined`]: the broker's word, or the service is stopping.
    pub async fn offer(&self, publication: &Publication) -> Result<Published, Declined> {
        vet(publication).map_err(|why| Declined::Refusal(Refusal::Permanent(why)))?;
        let mut tries = 0;
        loop {
            // the answer to what was sent before does not come over another connection
            let attempt = tokio::select! {
                attempt = self.attempt(publication) => attempt,
                () = self.reconnected() => Err(Declined::Refusal(Refusal::World("the connection was lost".to_owned()))),
            };
            match attempt {
                Ok(published) => {
                    self.works();
                    return Ok(published);
                }
                Err(Declined::Refusal(Refusal::World(fault))) => {
                    self.fails(&publication.subject, &fault);
                    let salt = publication.subject.len() as u64;
                    self.rest(&mut tries, salt, fault).await.map_err(Declined::Stopped)?;
                }
                Err(declined) => return Err(declined),
            }
        }
    }

    /// Whether a stream holds a message under a filter. A broker that does not say for a while counts as «no».
    pub(crate) async fn is_stored(&self, stream: &str, filter: &str) -> bool {
        let mut tries = 0;
        while tries < LOOKS_MAX {
            let found = async {
                let stream = self.jetstream.get_stream_no_info(stream).await;
                last(&stream.map_err(|error| chain(&error))?, filter)
                    .await
                    .map_err(|_| "no answer".to_owned())
            };
            match found.await {
                Ok(found) => return found.is_some(),
                Err(fault) => {
                    if self.rest(&mut tries, 0, fault).await.is_err() {
                        return false;
                    }
                }
            }
        }
        tracing::warn!(
            stage = self.stage,
            stream,
            filter,
            "the broker does not say whether this is stored; may it be read?"
        );
        false
    }

    /// Waits before another try; an error when the service is stopping.
    async fn rest(&self, tries: &mut u32, salt: u64, fault: String) -> Result<(), String> {
        let pause = pause(*tries, salt + u64::from(*tries) + self.ms());
        *tries += 1;
        tokio::select! {
            () = self.stop.cancelled() => Err(fault),
            () = self.reconnected() => Ok(()),
            () = tokio::time::sleep(pause) => Ok(()),
        }
    }

    /// Resolves when the connection is lost, or made again.
    pub(crate) async fn reconnected(&self) {
        let mut connection = self.connection.clone();
        connection.mark_unchanged();
        if connection.changed().await.is_err() {
            std::future::pending::<()>().await;
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
            let hint = if fault.contains("timed out") { SILENT_HINT } else { "" };
            tracing::warn!(
                stage = self.stage,
                subject,
                fault,
                hint,
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

#[cfg(test)]
mod tests {
    use super::pause;

    #[test]
    fn pauses_grow_and_never_vanish() {
        for salt in 0..1000 {
            assert!((100..=125).contains(&pause(0, salt).as_millis()));
            assert!((10_000..=12_500).contains(&pause(1_000_000, salt).as_millis()));
        }
    }
}
