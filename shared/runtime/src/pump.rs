//! Take → engine → publish, await the acknowledgement → acknowledge the input.
//!
//! Nothing is acknowledged before what came of it is stored. A crash anywhere leads to another delivery,
//! and another delivery finds its result "already there".

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use async_nats::jetstream::consumer::pull::Stream as Messages;
use async_nats::jetstream::{AckKind, Message};
use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::broker::Broker;
use crate::dead;
use crate::health::Ready;
use crate::metrics::{self, Outcome};
use crate::publish::{Publication, PublishError, Published, publish};
use crate::reject::Reject;
use crate::shutdown::Stop;

/// The limits of a pump.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// How many articles are worked on at once.
    pub in_flight_max: usize,
    /// How many articles are asked for at once. Prefetching starts the broker's clock.
    pub batch_max: usize,
    /// How long one article may take in the engine.
    pub article_ms_max: u64,
    /// How often an article may be delivered before it counts as one that kills its worker.
    pub deliveries_max: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { in_flight_max: 64, batch_max: 64, article_ms_max: 20_000, deliveries_max: 6 }
    }
}

/// How long a pull waits for articles.
const PULL_EXPIRES: Duration = Duration::from_secs(30);
/// How often the broker shows that a pull still stands.
const PULL_HEARTBEAT: Duration = Duration::from_secs(5);
/// Pauses before another try, by attempt.
const RETRY_SECONDS: [u64; 4] = [1, 5, 30, 120];
/// A broker that says that the stream is gone may be electing a leader: it is believed after this long.
const GONE_MS_MAX: u64 = 30_000;
/// The pause between two looks at a broker that does not deliver.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Larger inputs run on a thread of their own, so that acknowledgements and heartbeats go on beside them.
const INLINE_BYTES_MAX: usize = 64 << 10;

/// An input, as the broker delivered it.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its subject.
    pub subject: String,
    /// Its headers, in the order of their names.
    pub headers: Vec<(String, String)>,
    /// Its bytes.
    pub payload: Bytes,
    /// 1 for the first delivery.
    pub attempt: i64,
    /// The stream that it stands in.
    pub stream: String,
    /// Its place there.
    pub sequence: u64,
    /// When it was stored there, in nanoseconds since 1970.
    pub stored_at: i128,
}

impl Delivery {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// What a stage does to an input: a pure function.
pub type Engine = dyn Fn(&Delivery) -> Result<Publication, Reject> + Send + Sync;

/// Runs a stage until told to stop.
///
/// # Errors
/// When the stage's stream or consumer is gone or differs from the topology: a person must look.
pub async fn pump(
    broker: &Broker,
    stage: &'static str,
    limits: &Limits,
    ready: &Ready,
    stop: Stop,
    engine: Arc<Engine>,
) -> anyhow::Result<()> {
    let mut messages = subscribe(broker, stage, limits).await?;
    let worker = Arc::new(Worker { broker: broker.clone(), stage, limits: limits.clone(), engine });
    let permits = Arc::new(Semaphore::new(limits.in_flight_max));
    let tasks = TaskTracker::new();
    let mut failing_since: Option<Instant> = None;
    ready.set(true);
    tracing::info!(stage, in_flight_max = limits.in_flight_max, "the stage is up");
    loop {
        let permit = tokio::select! {
            () = stop.cancelled() => break,
            permit = Arc::clone(&permits).acquire_owned() => permit.context("the pump's permits are gone")?,
        };
        let message = tokio::select! {
            () = stop.cancelled() => break,
            message = messages.next() => message,
        };
        let problem = match message {
            Some(Ok(message)) => {
                failing_since = None;
                ready.set(true);
                metrics::in_flight(stage, limits.in_flight_max - permits.available_permits());
                let worker = Arc::clone(&worker);
                tasks.spawn(async move {
                    worker.work(message).await;
                    drop(permit);
                });
                continue;
            }
            Some(Err(error)) => error.to_string(),
            None => "the pull ended".to_owned(),
        };
        ready.set(false);
        tracing::warn!(stage, problem, "nothing is delivered; looking again");
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
        let since = *failing_since.get_or_insert_with(Instant::now);
        match subscribe(broker, stage, limits).await {
            Ok(again) => {
                messages = again;
                ready.set(true);
                failing_since = None;
            }
            Err(error) if since.elapsed() > Duration::from_millis(GONE_MS_MAX) && broker.is_connected() => {
                return Err(error).context(format!(
                    "{stage}: the broker answers, and the stage's consumer is not to be had"
                ));
            }
            Err(error) => tracing::warn!(stage, error = format!("{error:#}"), "the broker does not answer"),
        }
    }
    ready.set(false);
    let handed_back = hand_back(&mut messages, stage).await;
    tasks.close();
    tasks.wait().await;
    tracing::info!(stage, handed_back, "the stage is down");
    Ok(())
}

async fn subscribe(broker: &Broker, stage: &'static str, limits: &Limits) -> anyhow::Result<Messages> {
    let consumer = broker.topology.open_consumer(&broker.jetstream, stage).await?;
    let pull = consumer
        .stream()
        .max_messages_per_batch(limits.batch_max)
        .expires(PULL_EXPIRES)
        .heartbeat(PULL_HEARTBEAT);
    pull.messages().await.with_context(|| format!("{stage}: cannot pull"))
}

/// Gives what was prefetched back, so that nobody waits for the broker's clock.
async fn hand_back(messages: &mut Messages, stage: &'static str) -> usize {
    let mut count = 0;
    while let Some(Some(Ok(message))) = messages.next().now_or_never() {
        if message.ack_with(AckKind::Nak(None)).await.is_ok() {
            metrics::count(stage, Outcome::Interrupted);
            count += 1;
        }
    }
    count
}

struct Worker {
    broker: Broker,
    stage: &'static str,
    limits: Limits,
    engine: Arc<Engine>,
}

impl Worker {
    /// Brings one delivery to its one outcome.
    async fn work(&self, message: Message) {
        let Ok(delivery) = delivery(&message) else {
            // not a JetStream delivery: nothing can be acknowledged
            tracing::error!(subject = %message.subject, "a message without delivery information was passed over");
            return;
        };
        let outcome = self.outcome(&message, &delivery).await;
        metrics::count(self.stage, outcome);
    }

    async fn outcome(&self, message: &Message, delivery: &Delivery) -> Outcome {
        if delivery.attempt > self.limits.deliveries_max {
            let times = delivery.attempt - 1;
            let reject = Reject::new(
                "delivered_too_often",
                format!("it was delivered {times} times and never finished; perhaps it kills its worker"),
            );
            return self.bury(message, delivery, &reject).await;
        }
        let started = Instant::now();
        let answer = self.run(message, delivery).await;
        metrics::engine(self.stage, started.elapsed());
        match answer {
            Ok(Ok(publication)) => self.publish(message, delivery, &publication).await,
            Ok(Err(reject)) => self.bury(message, delivery, &reject).await,
            Err(failure) => {
                tracing::error!(stage = self.stage, failure = failure.message, attempt = delivery.attempt, subject = %delivery.subject, "the engine failed");
                if delivery.attempt >= ENGINE_TRIES_MAX {
                    self.bury(message, delivery, &failure).await
                } else {
                    retry(message, delivery).await
                }
            }
        }
    }

    /// Runs the engine, isolated: a panic or too long a run is an error, not the end of the service.
    async fn run(
        &self,
        message: &Message,
        delivery: &Delivery,
    ) -> Result<Result<Publication, Reject>, Reject> {
        let guarded = |engine: &Engine, delivery: &Delivery| {
            catch_unwind(AssertUnwindSafe(|| engine(delivery))).map_err(|panic| {
                Reject::new(
                    "engine_panicked",
                    format!("the engine panicked: {}", panic_message(panic.as_ref())),
                )
            })
        };
        if delivery.payload.len() <= INLINE_BYTES_MAX {
            return guarded(&*self.engine, delivery);
        }
        let (engine, owned) = (Arc::clone(&self.engine), delivery.clone());
        let mut running = tokio::task::spawn_blocking(move || guarded(&*engine, &owned));
        let limit = tokio::time::sleep(Duration::from_millis(self.limits.article_ms_max));
        tokio::pin!(limit);
        let mut progress = tokio::time::interval(PULL_HEARTBEAT);
        loop {
            tokio::select! {
                ended = &mut running => {
                    return ended.unwrap_or_else(|error| Err(Reject::new("engine_panicked", format!("the engine's thread ended: {error}"))));
                }
                () = &mut limit => {
                    let message = format!("the engine took longer than {} ms (limits.article_ms_max)", self.limits.article_ms_max);
                    return Err(Reject::new("took_too_long", message));
                }
                _ = progress.tick() => {
                    // the broker's clock starts again; a failure here only means another delivery
                    let _ = message.ack_with(AckKind::Progress).await;
                }
            }
        }
    }

    async fn publish(&self, message: &Message, delivery: &Delivery, publication: &Publication) -> Outcome {
        match publish(&self.broker.jetstream, publication).await {
            Ok(published) => {
                self.acknowledge(message, delivery, AckKind::Ack).await;
                if published == Published::New { Outcome::Published } else { Outcome::AlreadyThere }
            }
            Err(error @ PublishError::TooLarge { .. }) => {
                self.bury(message, delivery, &Reject::new("result_too_large", error.to_string())).await
            }
            Err(error @ PublishError::World(_)) => {
                tracing::warn!(stage = self.stage, %error, attempt = delivery.attempt, subject = %delivery.subject, "not published; trying again later");
                retry(message, delivery).await
            }
        }
    }

    async fn bury(&self, message: &Message, delivery: &Delivery, reject: &Reject) -> Outcome {
        match dead::bury(&self.broker.jetstream, self.stage, delivery, reject).await {
            Ok(_) => {
                self.acknowledge(message, delivery, AckKind::Term).await;
                Outcome::Rejected
            }
            Err(error) => {
                tracing::warn!(stage = self.stage, %error, "a dead letter was not stored; trying again later");
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

/// How often an engine that fails is tried again on the same input.
const ENGINE_TRIES_MAX: i64 = 3;

async fn retry(message: &Message, delivery: &Delivery) -> Outcome {
    let step = usize::try_from(delivery.attempt - 1).unwrap_or(0).min(RETRY_SECONDS.len() - 1);
    // a quarter of jitter, from the input's own place, so that a crowd does not come back at once
    let jitter_ms = delivery.sequence.wrapping_mul(0x9E37_79B9_7F4A_7C15) % (RETRY_SECONDS[step] * 250);
    let pause = Duration::from_millis(RETRY_SECONDS[step] * 1000 + jitter_ms);
    // when this fails too, the broker's own clock brings the input back
    let _ = message.ack_with(AckKind::Nak(Some(pause))).await;
    Outcome::Retried
}

fn delivery(message: &Message) -> Result<Delivery, async_nats::Error> {
    let info = message.info()?;
    let headers = message.headers.iter().flat_map(async_nats::HeaderMap::iter);
    let headers = headers
        .flat_map(|(name, values)| values.iter().map(move |value| (name.to_string(), value.to_string())))
        .collect();
    Ok(Delivery {
        subject: message.subject.to_string(),
        headers,
        payload: message.payload.clone(),
        attempt: info.delivered,
        stream: info.stream.to_string(),
        sequence: info.stream_sequence,
        stored_at: info.published.unix_timestamp_nanos(),
    })
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
