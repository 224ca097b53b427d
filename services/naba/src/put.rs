//! Putting messages back into the pipeline by hand, once each.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::{HeaderMap, HeaderName};
use bytes::Bytes;
use naba_runtime::health::Ready;
use naba_runtime::publish::{Declined, Published, Publisher};
use naba_runtime::refusal::Refusal;
use naba_runtime::vet::header_value;
use naba_runtime::{Broker, Publication, Stop};

/// How long a broker that does not answer is waited for.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// Publishes what an operator puts back.
#[derive(Debug)]
pub struct Put {
    publisher: Publisher,
    jetstream: async_nats::jetstream::Context,
}

impl Put {
    /// On a broker.
    pub fn new(broker: &Broker) -> Self {
        let renumber = Arc::new(|payload, _| payload);
        let jetstream = broker.jetstream.clone();
        let publisher = Publisher::new(broker, "naba", renumber, Ready::default(), Stop::new());
        Self { publisher, jetstream }
    }

    /// Publishes what is not there yet.
    ///
    /// # Errors
    /// When the broker does not take it, with what to do where it has no room, or does not answer.
    pub async fn once(&self, publication: Publication) -> anyhow::Result<Published> {
        let subject = &publication.subject;
        let offered = tokio::time::timeout(ANSWER_MAX, self.publisher.offer(&publication)).await;
        let offered =
            offered.with_context(|| format!("the broker has not answered for {ANSWER_MAX:?} ({subject})"))?;
        offered.map_err(|declined| match declined {
            Declined::Refusal(refusal) => anyhow::Error::msg(said(subject, &refusal)),
            Declined::Collision(why) | Declined::Stopped(why) => anyhow::Error::msg(why),
        })
    }

    /// Publishes on the condition that the subject still ends at a sequence; says what became of it.
    ///
    /// # Errors
    /// When the broker does not take it.
    pub async fn after(
        &self,
        sequence: u64,
        subject: &str,
        headers: &[(String, String)],
        payload: Bytes,
    ) -> anyhow::Result<&'static str> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            if let Ok(name) = HeaderName::try_from(name.as_str()) {
                map.append(name, header_value(value).as_str());
            }
        }
        map.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, sequence.to_string());
        let sent = self.jetstream.publish_with_headers(subject.to_owned(), map, payload).await?.await;
        match sent {
            Ok(_) => Ok("redriven"),
            Err(error) => match Refusal::of(&error) {
                Refusal::Condition => Ok("already redriven"),
                refusal => Err(anyhow::Error::msg(said(subject, &refusal))),
            },
        }
    }
}

/// A refusal, with what to do.
fn said(subject: &str, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Full(why) => format!(
            "{why}: there is no room for {subject}; raise max_bytes of its stream in the topology file and run \
             `naba topology apply`, or wait until what is old has aged out"
        ),
        Refusal::Condition => format!("{subject} has changed meanwhile"),
        Refusal::TooLarge(why) | Refusal::Permanent(why) | Refusal::Gone(why) | Refusal::World(why) => {
            format!("{subject} is not taken: {why}")
        }
    }
}
