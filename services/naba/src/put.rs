//! Putting messages back into the pipeline by hand, once each.

use std::sync::Arc;

use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::context::PublishErrorKind;
use bytes::Bytes;
use naba_runtime::health::Ready;
use naba_runtime::publish::{Published, Publisher, header_value};
use naba_runtime::{Broker, Publication, Stop};

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
        let publisher = Publisher::new(jetstream.clone(), "naba", renumber, Ready::default(), Stop::new());
        Self { publisher, jetstream }
    }

    /// Publishes what is not there yet, and waits for a broker that is full or away.
    ///
    /// # Errors
    /// When it never fits.
    pub async fn once(&self, publication: Publication) -> anyhow::Result<Published> {
        Ok(self.publisher.publish(&publication).await?)
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
            map.insert(name.as_str(), header_value(value).as_str());
        }
        map.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, sequence.to_string());
        let sent = self.jetstream.publish_with_headers(subject.to_owned(), map, payload).await?.await;
        match sent {
            Ok(_) => Ok("redriven"),
            Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => Ok("already redriven"),
            Err(error) => Err(error.into()),
        }
    }
}
