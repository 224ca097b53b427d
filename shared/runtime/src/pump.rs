//! Take → engine → publish, await the acknowledgement → acknowledge the input.
//!
//! Nothing is acknowledged before what came of it is stored. A crash anywhere leads to another delivery,
//! and another delivery finds its result "already there". Nothing is taken that cannot be worked on at once,
//! so that the broker's clock never runs out on something that only waits in a buffer here.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use async_nats::jetstream::Message;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use crate::broker::Broker;
use crate::companion::{Companion, supervise};
use crate::engines::Hung;
use crate::health::Ready;
use crate::metrics::{self, Outcome};
use crate::pressure::Pressure;
use crate::publish::{GONE_MS_MAX, Publisher};
use crate::pull::Pull;
use crate::shutdown::{DRAIN_MS_MAX, Stop};
use crate::worker::{Delivery, Engine, Worker, hand_back};
use crate::{batch, deferred, exhausted};

/// The limits of a stage.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// How many articles are worked on at once. No more are taken from the broker.
    pub in_flight_max: usize,
    /// How long one article may take in the engine.
    pub article_ms_max: u64,
    /// How many records are published as one atomic batch; 1 publishes each by itself.
    pub publish_batch_max: usize,
    /// How many records may wait for the next stage before this one pauses.
    pub lag_max: u64,
    /// The memory of a process for one suspected article, in MiB.
    pub isolated_memory_mib_max: u64,
    /// How long an engine's thread may run on after its article's time was up, before the service begins anew: only that
    /// ends it.
    pub hung_ms_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            in_flight_max: 256,
            article_ms_max: 20_000,
            publish_batch_max: batch::BATCH_MAX,
            lag_max: 20_000,
            isolated_memory_mib_max: 2_048,
            hung_ms_max: 60_000,
        }
    }
}

/// How often the broker is asked for a sign of life, and how long it may take: it is missed within 6 seconds.
const PULSE: Duration = Duration::from_secs(3);
/// The pause between two looks at a broker that does not deliver.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// A stage: its name, its engine, and who reads what it writes.
#[derive(Clone)]
pub struct Stage {
    /// The name of the stage, of its consumer, of its dead letters and of its label in metrics.
    pub name: &'static str,
    /// The consumer that reads what this stage writes, whose lag pauses it; none at the end.
    pub next: Option<&'static str>,
    /// What it does to an input.
    pub engine: Arc<dyn Engine>,
    /// What runs beside the pump as long as it runs: keeps the engine's rules up to date, say.
    pub companions: Vec<Companion>,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").field("name", &self.name).field("next", &self.next).finish_non_exhaustive()
    }
}

/// Runs a stage until told to stop.
///
/// # Errors
/// When the stage's stream or consumer is gone or differs from the topology, or the stream that it writes is
/// gone: a person must look. [`Hung`](crate::Hung) when engines do not come to an end: another process must go on.
pub async fn pump(
    broker: &Broker,
    stage: &Stage,
    limits: &Limits,
    ready: &Ready,
    stop: Stop,
) -> anyhow::Result<()> {
    let name = stage.name;
    // engines that hang stop this stage and no other
    let stop = stop.child_token();
    let renumber = {
        let engine = Arc::clone(&stage.engine);
        Arc::new(move |payload, number| engine.renumber(payload, number))
    };
    let publisher = Publisher::new(broker, name, renumber, ready.clone(), stop.clone());
    let mut limits = limits.clone();
    if !broker.topology.takes_batches(&broker.jetstream, stage.next).await {
        limits.publish_batch_max = 1;
    }
    let ack_wait = Duration::from_millis(broker.topology.consumer(name)?.ack_wait_ms);
    let worker =
        Worker::new(name, &limits, Arc::clone(&stage.engine), publisher.clone(), ack_wait, ready.clone());
    let worker = Arc::new(worker);
    let tasks = TaskTracker::new();
    let pressure = Pressure::watch(broker, name, stage.next, limits.lag_max, stop.clone());
    let beside = beside(broker, &worker, ready, &stop);
    let hung = hung(&worker, &stop);
    let mut pull = None;
    let taken = tokio::select! {
        taken = take(broker, &worker, &tasks, &pressure, &mut pull, ready, &stop) => taken,
        reason = publisher.fatal() => Err(anyhow::anyhow!("{name}: {reason}")),
    };
    give_back(pull, name).await;
    tasks.close();
    if taken.is_ok() {
        let _ = tokio::time::timeout(Duration::from_millis(DRAIN_MS_MAX), tasks.wait()).await;
        // what was handed back must still leave the client
        let _ = tokio::time::timeout(LOOK_AGAIN, broker.client.flush()).await;
    }
    drop(beside);
    ready.set(false);
    tracing::info!(stage = name, "the stage is down");
    if hung.is_finished() {
        return Err(hung.await?.into());
    }
    taken
}

/// Looks at the broker and at what it gave up, as long as the value lives.
fn beside(broker: &Broker, worker: &Arc<Worker>, ready: &Ready, stop: &Stop) -> AbortOnDropHandle<()> {
    let (broker, worker, ready, stop) = (broker.clone(), Arc::clone(worker), ready.clone(), stop.clone());
    AbortOnDropHandle::new(tokio::spawn(async move {
        let stage = worker.stage;
        let given_up = || exhausted::watch(broker.clone(), Arc::clone(&worker), stop.clone());
        let deferred = || deferred::watch(broker.clone(), Arc::clone(&worker), stop.clone());
        let pulse = || pulse(broker.clone(), Arc::clone(&worker), ready.clone());
        tokio::join!(
            supervise(stage, "advisories", &ready, &stop, given_up),
            supervise(stage, "deferred", &ready, &stop, deferred),
            supervise(stage, "pulse", &ready, &stop, pulse)
        );
    }))
}

/// Ends the stage when its engines hang; finished only then.
fn hung(worker: &Arc<Worker>, stop: &Stop) -> AbortOnDropHandle<Hung> {
    let (worker, stop) = (Arc::clone(worker), stop.clone());
    AbortOnDropHandle::new(tokio::spawn(async move {
        let hung = worker.engines.hung(Duration::from_millis(worker.limits.hung_ms_max)).await;
        stop.cancel();
        hung
    }))
}

/// Asks the broker for the stage's own consumer again and again: one that hangs keeps its connections open
/// and says nothing, and a stage without work would not notice.
async fn pulse(broker: Broker, worker: Arc<Worker>, ready: Ready) {
    let stage = worker.stage;
    let mut beats = true;
    loop {
        tokio::time::sleep(PULSE).await;
        metrics::tidy();
        let answers = tokio::time::timeout(PULSE, crate::pressure::lag(&broker, stage)).await;
        let now = answers.ok().flatten();
        metrics::lag(stage, now.unwrap_or(0));
        if now.is_none() {
            ready.set(false);
        } else if !beats {
            ready.set(true);
        }
        if now.is_some() {
            // the alarm comes long before the letters find no room
            let _ = tokio::time::timeout(PULSE, worker.room.look()).await;
        }
        if now.is_some() != beats {
            beats = now.is_some();
            tracing::warn!(
                stage,
                answers = beats,
                "the broker {}",
                if beats { "answers again" } else { "does not answer" }
            );
        }
    }
}

/// Takes deliveries and gives each to a task of its own, as long as nobody says stop.
async fn take(
    broker: &Broker,
    worker: &Arc<Worker>,
    tasks: &TaskTracker,
    pressure: &Pressure,
    pull: &mut Option<Pull>,
    ready: &Ready,
    stop: &Stop,
) -> anyhow::Result<()> {
    let stage = worker.stage;
    let in_flight_max = worker.limits.in_flight_max.max(1);
    let stream = broker.topology.consumer(stage)?.stream.clone();
    broker.topology.open_consumer(&broker.jetstream, stage).await?;
    let permits = Arc::new(Semaphore::new(in_flight_max));
    let mut failing_since: Option<Instant> = None;
    let publish_batch_max = worker.limits.publish_batch_max;
    tracing::info!(stage, in_flight_max, publish_batch_max, "the stage is up");
    while !stop.is_cancelled() {
        let taken = match pull {
            Some(pull) => take_batch(pull, worker, tasks, pressure, &permits, stop).await,
            None => Pull::open(broker, &stream, stage).await.map(|opened| {
                *pull = Some(opened);
                ready.set(true);
            }),
        };
        let Err(problem) = taken else {
            failing_since = None;
            continue;
        };
        ready.set(false);
        tracing::warn!(stage, problem, "nothing is delivered; looking again");
        give_back(pull.take(), stage).await;
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
        let since = *failing_since.get_or_insert_with(Instant::now);
        match broker.topology.open_consumer(&broker.jetstream, stage).await {
            Ok(_) => {}
            Err(error) if since.elapsed() > Duration::from_millis(GONE_MS_MAX) && broker.is_connected() => {
                return Err(error).context(format!(
                    "{stage}: the broker answers, and the stage's consumer is not to be had"
                ));
            }
            Err(error) => {
                tracing::warn!(stage, error = crate::shutdown::said(&error), "the broker does not answer");
            }
        }
    }
    Ok(())
}

/// Asks for as many deliveries as can be worked on now, and sees each of them off.
async fn take_batch(
    pull: &mut Pull,
    worker: &Arc<Worker>,
    tasks: &TaskTracker,
    pressure: &Pressure,
    permits: &Arc<Semaphore>,
    stop: &Stop,
) -> Result<(), String> {
    let free = async {
        pressure.wait_until_open().await;
        // one must be free, and then all that are
        let one = Arc::clone(permits).acquire_owned().await;
        let mut one = one.map_err(|error| error.to_string())?;
        let more = u32::try_from(permits.available_permits()).unwrap_or(0);
        if let Ok(others) = Arc::clone(permits).try_acquire_many_owned(more) {
            one.merge(others);
        }
        Ok::<_, String>(one)
    };
    let mut permit = tokio::select! {
        () = stop.cancelled() => return Ok(()),
        permit = free => permit?,
    };
    pull.ask(permit.num_permits()).await;
    loop {
        let next = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            next = pull.next() => next?,
        };
        let Some((message, delivery)) = next else { return Ok(()) };
        // as many are asked for as there are permits
        if let Some(one) = permit.split(1) {
            begin(worker, tasks, message, delivery, one);
        }
    }
}

fn begin(
    worker: &Arc<Worker>,
    tasks: &TaskTracker,
    message: Message,
    delivery: Delivery,
    permit: OwnedSemaphorePermit,
) {
    let worker = Arc::clone(worker);
    tasks.spawn(async move {
        let in_flight = metrics::InFlight::begin(worker.stage);
        worker.work(&message, &delivery).await;
        drop((permit, in_flight));
    });
}

/// Gives back what was delivered and not begun, so that nobody waits for the broker's clock.
async fn give_back(pull: Option<Pull>, stage: &'static str) {
    let Some(pull) = pull else { return };
    for (message, _) in pull.close().await {
        hand_back(&message).await;
        metrics::count(stage, Outcome::Interrupted);
    }
}
