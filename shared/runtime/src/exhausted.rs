//! The net below: inputs that the broker gave up on, because they were delivered as often as it allows and
//! never settled. Its advisories say which; each is fetched from its stream and worked on alone, in a
//! process of its own, and ends as a record or as a dead letter like any other.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Message;
use bytes::Bytes;
use serde::Deserialize;

use crate::broker::Broker;
use crate::pull::Pull;
use crate::reject::Reject;
use crate::shutdown::Stop;
use crate::stored::{self, Place};
use crate::worker::{Delivery, Worker};

/// What is read of an advisory.
#[derive(Debug, Deserialize)]
struct Advisory {
    stream: String,
    stream_seq: u64,
    deliveries: i64,
}

/// The pause after the broker did not let the advisories be read.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// The consumer of a stage's advisories.
pub(crate) fn consumer(stage: &str) -> String {
    format!("{stage}-exhausted")
}

/// Works on what the broker gave up, one after the other, until told to stop.
pub(crate) async fn watch(broker: Broker, worker: Arc<Worker>, stop: Stop) {
    let name = consumer(worker.stage);
    // a topology without this consumer does without the net
    if broker.topology.consumer(&name).is_err() {
        return;
    }
    while !stop.is_cancelled() {
        if let Err(problem) = pass(&broker, &worker, &name).await {
            tracing::debug!(stage = worker.stage, problem, "no advisories");
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}

async fn pass(broker: &Broker, worker: &Worker, name: &str) -> Result<(), String> {
    let spec = broker.topology.consumer(name).map_err(|error| crate::shutdown::said(&error))?;
    let opened = broker.topology.open_consumer(&broker.jetstream, name).await;
    opened.map_err(|error| crate::shutdown::said(&error))?;
    let mut pull = Pull::open(broker, &spec.stream, name).await?;
    loop {
        pull.ask(1).await;
        while let Some((message, _)) = pull.next().await? {
            settle(broker, worker, &message).await?;
        }
    }
}

async fn settle(broker: &Broker, worker: &Worker, message: &Message) -> Result<(), String> {
    let Ok(advisory) = serde_json::from_slice::<Advisory>(&message.payload) else {
        tracing::error!(subject = %message.subject, "an advisory that cannot be read was passed over");
        return message.double_ack().await.map_err(|error| error.to_string());
    };
    let (stage, sequence) = (worker.stage, advisory.stream_seq);
    tracing::warn!(
        stage,
        stream = advisory.stream,
        sequence,
        deliveries = advisory.deliveries,
        "the broker gave an input up; working on it alone"
    );
    let stored = stored::message(&broker.jetstream, &advisory.stream, Place::At(sequence)).await?;
    let attempt = advisory.deliveries.max(i64::from(u8::MAX));
    if let Some(delivery) = stored {
        worker.work(message, &Delivery { attempt, ..delivery }).await;
        return Ok(());
    }
    let gone = Delivery {
        subject: String::new(),
        headers: vec![],
        header_block: Bytes::new(),
        payload: Bytes::new(),
        attempt,
        stream: advisory.stream,
        sequence,
        stored_at: 0,
        fault: None,
    };
    let reject = Reject::new("aged_out", "the broker gave it up, and its stream no longer holds it");
    tracing::error!(stage, sequence, "an input that was given up is gone from its stream");
    worker.bury_in_time(message, &gone, &reject).await;
    Ok(())
}
