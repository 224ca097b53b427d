//! Group commit: what is ready at the same moment is published as one atomic batch.
//!
//! Under `sync_interval: always` every single publication costs a write to the disk of its own, and a
//! batch costs a few. Whatever waits while one batch is on its way makes the next, so an idle pipeline
//! publishes at once and a busy one in large batches. A batch with a message that is already there is
//! refused as a whole; its messages then go singly.

use std::collections::HashSet;

use async_nats::header::{NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE};
use futures_util::future::join_all;
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::metrics;
use crate::publish::{Publication, PublishError, Published, Publisher};

/// Fewer go singly: the broker makes a store of its own for every batch and brings that to the disk too, which is worth it
/// from about four messages on (nats-server 2.15.1, sync always, 500 articles a second: half of them in 4.7 and not in
/// 6.2 ms, 95 % in 9 to 12 and not in 24 ms; no difference flat out).
const BATCH_MIN: usize = 4;
/// The broker takes at most a thousand messages in a batch.
pub const BATCH_MAX: usize = 1_000;
/// The most bytes of a batch, so that it fits the client's buffers.
const BATCH_BYTES_MAX: usize = 4 << 20;
/// How many batches may be on their way. Two keep the disk busy while the next one gathers.
const BATCHES_MAX: usize = 2;

struct Job {
    publication: Publication,
    answer: oneshot::Sender<Result<Published, PublishError>>,
}

/// Gathers publications of one stream into batches. Cloned freely.
#[derive(Debug, Clone)]
pub struct Batcher {
    jobs: mpsc::Sender<Job>,
}

impl Batcher {
    /// Starts gathering. `batch_max` 1 publishes everything singly; `waiting_max` bounds what may wait.
    pub fn start(publisher: Publisher, batch_max: usize, waiting_max: usize) -> Self {
        let (jobs, waiting) = mpsc::channel(waiting_max.max(1));
        tokio::spawn(gather(publisher, waiting, batch_max.clamp(1, BATCH_MAX)));
        Self { jobs }
    }

    /// Publishes and waits until the broker has stored it.
    ///
    /// # Errors
    /// As [`Publisher::publish`].
    pub async fn publish(&self, publication: Publication) -> Result<Published, PublishError> {
        let stopped = || PublishError::Stopped("the publisher has ended".to_owned());
        // one bad message would take the connection, and a whole batch, along
        crate::vet::vet(&publication).map_err(PublishError::Refused)?;
        let (answer, answered) = oneshot::channel();
        self.jobs.send(Job { publication, answer }).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

async fn gather(publisher: Publisher, mut waiting: mpsc::Receiver<Job>, batch_max: usize) {
    let batches = std::sync::Arc::new(Semaphore::new(BATCHES_MAX));
    let mut jobs: Vec<Job> = Vec::with_capacity(batch_max);
    // a job that must not share a batch with those before it
    let mut left: Vec<Job> = vec![];
    loop {
        jobs.append(&mut left);
        if jobs.is_empty() && waiting.recv_many(&mut jobs, 1).await == 0 {
            return;
        }
        if batch_max == 1 {
            for job in jobs.drain(..) {
                let publisher = publisher.clone();
                tokio::spawn(async move { singly(&publisher, job).await });
            }
            continue;
        }
        let Ok(permit) = std::sync::Arc::clone(&batches).acquire_owned().await else { return };
        while jobs.len() < batch_max {
            match waiting.try_recv() {
                Ok(job) => jobs.push(job),
                Err(_) => break,
            }
        }
        let batch = fitting(&mut jobs, &mut left);
        let publisher = publisher.clone();
        tokio::spawn(async move {
            commit(&publisher, batch).await;
            drop(permit);
        });
    }
}

/// Takes what may go together: no condition twice, and not too many bytes. The rest is left.
fn fitting(jobs: &mut Vec<Job>, left: &mut Vec<Job>) -> Vec<Job> {
    let (mut conditions, mut bytes) = (HashSet::new(), 0);
    let mut batch = Vec::with_capacity(jobs.len());
    for job in jobs.drain(..) {
        let publication = &job.publication;
        let chain = publication.numbered.as_ref().map(|numbered| &numbered.chain);
        let condition = chain.or(publication.unless.as_ref()).unwrap_or(&publication.subject);
        let fits = batch.is_empty() || bytes + publication.payload.len() <= BATCH_BYTES_MAX;
        if fits && conditions.insert(condition.clone()) {
            bytes += publication.payload.len();
            batch.push(job);
        } else {
            left.push(job);
        }
    }
    batch
}

async fn commit(publisher: &Publisher, batch: Vec<Job>) {
    let twins = |job: &Job| job.publication.numbered.as_ref().is_some_and(|numbered| numbered.twin.is_some());
    if batch.len() >= BATCH_MIN && !batch.iter().any(twins) && together(publisher, &batch).await {
        publisher.works();
        metrics::batch(batch.len());
        for job in batch {
            let _ = job.answer.send(Ok(Published::New));
        }
        return;
    }
    join_all(batch.into_iter().map(|job| singly(publisher, job))).await;
}

async fn singly(publisher: &Publisher, job: Job) {
    let published = publisher.publish(&job.publication).await;
    // nobody listens when the service has been told to leave at once; the input comes again
    let _ = job.answer.send(published);
}

/// Publishes all or nothing. When the broker's word does not come, its messages go singly and find out.
async fn together(publisher: &Publisher, batch: &[Job]) -> bool {
    let client = publisher.jetstream.client();
    let id = client.new_inbox();
    let last = batch.len();
    for (place, job) in (1..).zip(batch) {
        let (mut headers, payload) = publisher.first(&job.publication);
        headers.insert(NATS_BATCH_ID, id.as_str());
        headers.insert(NATS_BATCH_SEQUENCE, place.to_string());
        let subject = job.publication.subject.clone();
        if place < last {
            if client.publish_with_headers(subject, headers, payload).await.is_err() {
                return false;
            }
            continue;
        }
        headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
        return match publisher.jetstream.publish_with_headers(subject, headers, payload).await {
            Ok(stored) => tokio::select! {
                stored = stored => stored.is_ok(),
                () = publisher.reconnected() => false,
            },
            Err(_) => false,
        };
    }
    false
}
