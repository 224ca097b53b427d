//! One delivery → its one outcome.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream::{AckKind, Message};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::batch::Batcher;
use crate::dead::Patience;
use crate::engines::{Engines, NoAnswer};
use crate::health::Ready;
use crate::metrics::{self, Outcome};
use crate::publish::{Publication, PublishError, Published, Publisher};
use crate::pump::Limits;
use crate::reject::Reject;
use crate::room::Room;
use crate::{dead, headers, isolate};

/// What a stage does to an input: pure functions.
pub trait Engine: Send + Sync + 'static {
    /// Makes of an input what is to be published.
    ///
    /// # Errors
    /// [`Reject`] for an input that can never work.
    fn run(&self, delivery: &Delivery) -> Result<Publication, Reject>;

    /// What the engine has been told since it was made (rules that were pushed): an engine of the same kind in
    /// another process takes it over with [`Self::restore`].
    fn state(&self) -> Bytes {
        Bytes::new()
    }

    /// Takes over what another engine of the same kind was told.
    fn restore(&self, _state: &[u8]) {}

    /// Where the result of an input would stand, as a stream and a filter, where that can be said without running.
    fn result(&self, _delivery: &Delivery) -> Option<(&'static str, String)> {
        None
    }

    /// Puts its number into a message that is a link of a chain.
    fn renumber(&self, payload: Bytes, _number: u32) -> Bytes {
        payload
    }
}

/// An input, as the broker delivered it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Delivery {
    /// Its subject.
    pub subject: String,
    /// Its headers, in the order of their names.
    pub headers: Vec<(String, String)>,
    /// Its bytes.
    #[serde(skip)]
    pub payload: Bytes,
    /// 1 for the first delivery.
    pub attempt: i64,
    /// The stream that it stands in.
    pub stream: String,
    /// Its place there.
    pub sequence: u64,
    /// When it was stored there, in nanoseconds since 1970.
    pub stored_at: i128,
    /// What of its subject or its headers cannot be read, in a sentence; none where all of it can.
    #[serde(skip)]
    pub fault: Option<String>,
    /// Its headers as they came, where not all of them can be read.
    #[serde(skip)]
    pub header_block: Bytes,
}

impl Delivery {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// What the broker said of a message.
    ///
    /// # Errors
    /// When it did not come from a stream.
    pub fn of(message: &Message) -> Result<Self, async_nats::Error> {
        let info = message.info()?;
        Ok(Self {
            subject: message.subject.to_string(),
            headers: message.headers.as_ref().map(pairs).unwrap_or_default(),
            payload: message.payload.clone(),
            attempt: info.delivered,
            stream: info.stream.to_string(),
            sequence: info.stream_sequence,
            stored_at: info.published.unix_timestamp_nanos(),
            fault: None,
            header_block: Bytes::new(),
        })
    }

    /// Reads a block of headers; what cannot be read is a fault, and the block is kept.
    pub(crate) fn read_headers(&mut self, block: &Bytes) {
        let read = headers::read(block);
        self.headers = read.pairs;
        if read.fault.is_some() {
            self.header_block = block.clone();
            self.fault = self.fault.take().or(read.fault);
        }
    }
}

/// Headers as pairs.
pub(crate) fn pairs(headers: &async_nats::HeaderMap) -> Vec<(String, String)> {
    let pair = |name: &async_nats::HeaderName, value: &async_nats::HeaderValue| {
        (name.to_string(), value.as_str().to_owned())
    };
    let headers = headers.iter().flat_map(|(name, values)| values.iter().map(move |value| pair(name, value)));
    let mut pairs: Vec<(String, String)> = headers.collect();
    pairs.sort();
    pairs
}

/// After so many deliveries without an end, an input is suspected of killing its worker and runs alone, in a
/// process of its own. Its neighbours, which died with it, are cleared there.
const UNSUSPECTED_MAX: i64 = 2;
/// How many processes for suspects may run at once.
const ISOLATED_MAX: usize = 2;
/// Pauses before another delivery when not even an isolated process can be had, in seconds, by attempt.
const RETRY_SECONDS: [u64; 4] = [1, 5, 30, 120];

/// The hands of a stage.
pub(crate) struct Worker {
    pub(crate) stage: &'static str,
    pub(crate) limits: Limits,
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) publisher: Publisher,
    pub(crate) batcher: Batcher,
    /// How full the stream of dead letters is.
    pub(crate) room: Room,
    /// How often the broker is told that work goes on.
    pub(crate) progress: Duration,
    pub(crate) engines: Engines,
    pub(crate) isolated: Semaphore,
}

impl Worker {
    pub(crate) fn new(
        stage: &'static str,
        limits: &Limits,
        engine: Arc<dyn Engine>,
        publisher: Publisher,
        ack_wait: Duration,
        ready: Ready,
    ) -> Self {
        let room = Room::new(publisher.jetstream.clone(), stage);
        let batcher = Batcher::start(publisher.clone(), limits.publish_batch_max, limits.in_flight_max);
        Self {
            stage,
            limits: limits.clone(),
            engine,
            publisher,
            batcher,
            room,
            progress: ack_wait / 3,
            engines: Engines::start(stage, ready),
            isolated: Semaphore::new(ISOLATED_MAX),
        }
    }

    /// Brings one delivery to its one outcome. Settles it by `message`, which may be the broker's word that
    /// it gave the delivery up.
    pub(crate) async fn work(&self, message: &Message, delivery: &Delivery) {
        let outcome = self.going_on(message, self.outcome(message, delivery)).await;
        metrics::count(self.stage, outcome);
    }

    /// Writes the letter of an input that was rejected before, when there is room for it, however long that takes.
    pub(crate) async fn bury_in_time(&self, message: &Message, delivery: &Delivery, reject: &Reject) {
        self.going_on(message, self.bury(message, delivery, reject, Patience::Waits)).await;
    }

    /// Tells the broker that work on a message goes on, as long as it does.
    async fn going_on(&self, message: &Message, outcome: impl Future<Output = Outcome>) -> Outcome {
        tokio::pin!(outcome);
        let mut progress =
            tokio::time::interval_at(tokio::time::Instant::now() + self.progress, self.progress);
        loop {
            tokio::select! {
                outcome = &mut outcome => return outcome,
                _ = progress.tick() => {
                    // the broker's clock starts again; a failure here only means another delivery
                    let _ = message.ack_with(AckKind::Progress).await;
                }
            }
        }
    }

    async fn outcome(&self, message: &Message, delivery: &Delivery) -> Outcome {
        if let Some(fault) = &delivery.fault {
            let says =
                format!("{fault}; a header is a line `Name: value` in UTF-8, and a subject is UTF-8 too");
            let reject = Reject::new("invalid_message", says);
            return self.bury(message, delivery, &reject, Patience::Defers).await;
        }
        let answer = if delivery.attempt > UNSUSPECTED_MAX {
            self.run_alone(delivery, None).await
        } else {
            match self.run(delivery).await {
                Ok(answer) => Ok(answer),
                Err(failure) => {
                    metrics::engine_failure(self.stage, &failure.reason);
                    tracing::error!(stage = self.stage, failure = failure.message, subject = %delivery.subject, sequence = delivery.sequence, "the engine failed; trying again in a process of its own");
                    self.run_alone(delivery, Some(failure)).await
                }
            }
        };
        match answer {
            Ok(Ok(publication)) => self.publish(message, delivery, publication).await,
            Ok(Err(reject)) => self.bury(message, delivery, &reject, Patience::Defers).await,
            Err(problem) => {
                tracing::warn!(stage = self.stage, problem, subject = %delivery.subject, "no process of its own for a suspect; trying again later");
                retry(message, delivery).await
            }
        }
    }

    /// Runs the engine beside the others. A panic, or too long a run, is an error and not the end of the
    /// service.
    async fn run(&self, delivery: &Delivery) -> Result<Result<Publication, Reject>, Reject> {
        let (engine, owned, stage) = (Arc::clone(&self.engine), delivery.clone(), self.stage);
        let limit = Duration::from_millis(self.limits.article_ms_max);
        let timed = move || {
            let started = Instant::now();
            let answer = guarded(&*engine, &owned);
            metrics::engine(stage, started.elapsed());
            answer
        };
        match self.engines.run(limit, timed).await {
            Ok(answer) => answer,
            Err(NoAnswer::Ended) => Err(Reject::new("engine_panicked", "the engine's thread ended")),
            Err(NoAnswer::TookTooLong) => Err(too_long(self.limits.article_ms_max)),
        }
    }

    /// Runs the engine in a process of its own, whose verdict is final. An error is the world's.
    async fn run_alone(
        &self,
        delivery: &Delivery,
        before: Option<Reject>,
    ) -> Result<Result<Publication, Reject>, String> {
        let _permit = self.isolated.acquire().await.map_err(|error| error.to_string())?;
        let verdict = isolate::run(self.stage, delivery, &self.engine.state(), &self.limits).await;
        match &verdict {
            Ok(_) => metrics::isolated(self.stage),
            Err(_) => metrics::isolated_failure(self.stage),
        }
        match (verdict, before) {
            (Err(problem), _) => Err(problem),
            // what it did beside the others says more than how its process ended
            (Ok(Err(alone)), Some(before)) if isolate::is_verdict_on_engine(&alone) => Ok(Err(before)),
            (Ok(answer), _) => Ok(answer),
        }
    }

    async fn publish(&self, message: &Message, delivery: &Delivery, publication: Publication) -> Outcome {
        // an input that comes again may have been rejected before, by other rules: one outcome is enough
        if delivery.attempt > 1 && dead::is_buried(&self.publisher, delivery).await {
            self.acknowledge(message, delivery, AckKind::Term).await;
            return Outcome::Rejected;
        }
        let (reason, why) = match self.batcher.publish(publication).await {
            Ok(published) => {
                self.acknowledge(message, delivery, AckKind::Ack).await;
                return if published == Published::New { Outcome::Published } else { Outcome::AlreadyThere };
            }
            Err(PublishError::Stopped(_)) => return hand_back(message).await,
            Err(error @ PublishError::TooLarge { .. }) => ("result_too_large", error.to_string()),
            Err(error @ PublishError::Collision(_)) => (dead::COLLISION, error.to_string()),
            Err(error @ PublishError::Refused(_)) => {
                ("result_refused", format!("the broker never takes its result: {error}"))
            }
        };
        self.bury(message, delivery, &Reject::new(reason, why), Patience::Defers).await
    }

    async fn bury(
        &self,
        message: &Message,
        delivery: &Delivery,
        reject: &Reject,
        patience: Patience,
    ) -> Outcome {
        // an input that was published before, by other rules, has its outcome
        if let Some((stream, filter)) = self.engine.result(delivery)
            && self.publisher.is_stored(stream, &filter).await
        {
            tracing::warn!(stage = self.stage, reason = %reject.reason, subject = %delivery.subject, "rejected now, and published before: that stands");
            self.acknowledge(message, delivery, AckKind::Ack).await;
            return Outcome::AlreadyThere;
        }
        match dead::bury(&self.publisher, &self.room, delivery, reject, patience).await {
            Ok(_) => {
                let kind = if patience == Patience::Waits { AckKind::Ack } else { AckKind::Term };
                self.acknowledge(message, delivery, kind).await;
                Outcome::Rejected
            }
            Err(PublishError::Stopped(_)) => hand_back(message).await,
            Err(error) => {
                // cannot be: a letter is made so that the broker takes it
                tracing::error!(stage = self.stage, %error, sequence = delivery.sequence, "no letter is taken for this input; it is tried again");
                retry(message, delivery).await
            }
        }
    }

    /// Acknowledges and waits for the broker's word. When that does not come, the input comes again and
    /// finds its result already there.
    async fn acknowledge(&self, message: &Message, delivery: &Delivery, kind: AckKind) {
        if let Err(error) = message.double_ack_with(kind).await {
            tracing::debug!(stage = self.stage, %error, sequence = delivery.sequence, "the acknowledgement was not confirmed");
        }
    }
}

/// Runs an engine; a panic is an error.
pub(crate) fn guarded(
    engine: &dyn Engine,
    delivery: &Delivery,
) -> Result<Result<Publication, Reject>, Reject> {
    catch_unwind(AssertUnwindSafe(|| engine.run(delivery))).map_err(|panic| {
        Reject::new("engine_panicked", format!("the engine panicked: {}", panic_message(panic.as_ref())))
    })
}

/// The engine did not come to an end.
pub(crate) fn too_long(article_ms_max: u64) -> Reject {
    let message = format!("the engine took longer than {article_ms_max} ms (limits.article_ms_max)");
    Reject::new("took_too_long", message)
}

/// Gives an input back at once, for another replica or the next start.
pub(crate) async fn hand_back(message: &Message) -> Outcome {
    // when this fails too, the broker's own clock brings the input back
    let _ = message.ack_with(AckKind::Nak(None)).await;
    Outcome::Interrupted
}

async fn retry(message: &Message, delivery: &Delivery) -> Outcome {
    let step = usize::try_from(delivery.attempt - 1).unwrap_or(0).min(RETRY_SECONDS.len() - 1);
    let seconds = RETRY_SECONDS.get(step).copied().unwrap_or(1);
    // a quarter of jitter, from the input's own place, so that a crowd does not come back at once
    let jitter_ms = delivery.sequence.wrapping_mul(0x9E37_79B9_7F4A_7C15) % (seconds * 250);
    let pause = Duration::from_millis(seconds * 1000 + jitter_ms);
    let _ = message.ack_with(AckKind::Nak(Some(pause))).await;
    Outcome::Retried
}

/// What a panic said.
pub(crate) fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
