//! Dead letters that wait for room.
//!
//! When the stream of dead letters is full, a letter is noted in a stream of its own (`naba.deferred.<stage>.<key>`:
//! where its input stands, and why it was rejected), its input is done with, and the good articles behind it go on.
//! When there is room again the input is fetched from its stream, and its letter is written like any other.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Message;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::broker::Broker;
use crate::dead;
use crate::metrics;
use crate::publish::{Declined, Publication, PublishError, Publisher};
use crate::pull::Pull;
use crate::refusal::Refusal;
use crate::reject::Reject;
use crate::shutdown::Stop;
use crate::stored::{self, Place};
use crate::worker::{Delivery, Worker};

/// The pause after the broker did not let the notes be read.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// A letter that waits.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    stream: String,
    sequence: u64,
    /// When it was stored there, in nanoseconds since 1970: a text, because numbers of JSON end earlier.
    stored_at: String,
    subject: String,
    attempt: i64,
    reject: Reject,
}

/// The consumer of a stage's notes.
pub(crate) fn consumer(stage: &str) -> String {
    format!("{stage}-deferred")
}

/// Notes that a letter waits for room. False when that finds no room either, or there is no stream for it.
///
/// # Errors
/// [`PublishError::Stopped`]: the input must then stay where it is.
pub(crate) async fn note(
    publisher: &Publisher,
    delivery: &Delivery,
    reject: &Reject,
) -> Result<bool, PublishError> {
    let stage = publisher.stage();
    let mut reject = reject.clone();
    reject.message = crate::vet::header_value(&reject.message);
    reject.field = reject.field.map(|field| crate::vet::header_value(&field));
    let note = Note {
        stream: delivery.stream.clone(),
        sequence: delivery.sequence,
        stored_at: delivery.stored_at.to_string(),
        subject: delivery.subject.clone(),
        attempt: delivery.attempt,
        reject,
    };
    let Ok(payload) = serde_json::to_vec(&note) else { return Ok(false) };
    let subject = format!("naba.deferred.{stage}.{}", dead::key(delivery));
    let publication = Publication { subject, payload: Bytes::from(payload), ..Publication::default() };
    match publisher.offer(&publication).await {
        Ok(_) => {
            metrics::deferred(stage);
            tracing::warn!(stage, reason = %note.reject.reason, sequence = note.sequence, "a dead letter finds no room and waits");
            Ok(true)
        }
        Err(Declined::Stopped(why)) => Err(PublishError::Stopped(why)),
        Err(Declined::Refusal(Refusal::Condition)) => Ok(true),
        Err(declined) => {
            tracing::error!(
                stage,
                ?declined,
                "a dead letter finds no room, and cannot be noted either; its input waits"
            );
            Ok(false)
        }
    }
}

/// Writes what was noted as soon as there is room, one after the other, until told to stop.
pub(crate) async fn watch(broker: Broker, worker: Arc<Worker>, stop: Stop) {
    let name = consumer(worker.stage);
    // a topology without this consumer does without: letters then wait where they are
    if broker.topology.consumer(&name).is_err() {
        return;
    }
    while !stop.is_cancelled() {
        if let Err(problem) = pass(&broker, &worker, &name).await {
            tracing::debug!(stage = worker.stage, problem, "no notes of letters that wait");
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
    let Ok(note) = serde_json::from_slice::<Note>(&message.payload) else {
        tracing::error!(subject = %message.subject, "a note of a dead letter that cannot be read was passed over");
        return message.double_ack().await.map_err(|error| error.to_string());
    };
    let stored = stored::message(&broker.jetstream, &note.stream, Place::At(note.sequence)).await?;
    let stored = stored.filter(|stored| stored.stored_at.to_string() == note.stored_at);
    let mut reject = note.reject;
    let delivery = if let Some(stored) = stored {
        Delivery { attempt: note.attempt, ..stored }
    } else {
        // what its stream no longer holds still gets its letter, with the reason
        reject.message = format!("{} (its bytes had aged out before there was room for it)", reject.message);
        Delivery {
            subject: note.subject,
            headers: vec![],
            header_block: Bytes::new(),
            payload: Bytes::new(),
            attempt: note.attempt,
            stream: note.stream,
            sequence: note.sequence,
            stored_at: note.stored_at.parse().unwrap_or_default(),
            fault: None,
        }
    };
    worker.bury_in_time(message, &delivery, &reject).await;
    Ok(())
}
