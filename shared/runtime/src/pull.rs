//! Deliveries of a consumer: asked for, and watched.
//!
//! The client's own `batch()` forgets to be woken after an idle heartbeat (async-nats 0.51: what arrives after it lies
//! unread until the request ends), and its `stream()` sees a request that was lost only when it would have ended. Here
//! one inbox stays open for as long as a stage runs, so that nothing that the broker sends lies unread, and every sign
//! of life is noted: a request that the broker has forgotten, or a broker that hangs, is missed within
//! [`SILENT_MAX`].

use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::consumer::pull::BatchConfig;
use async_nats::jetstream::{self, Message};
use async_nats::{StatusCode, Subscriber};
use futures_util::StreamExt as _;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::broker::Broker;
use crate::publish::chain;

/// How long a request waits for messages.
const EXPIRES: Duration = Duration::from_secs(30);
/// How often the broker shows that a request still stands.
const HEARTBEAT: Duration = Duration::from_secs(4);
/// So long without a message or a sign of life, and the request counts as lost: two heartbeats were missed.
const SILENT_MAX: Duration = Duration::from_secs(9);
/// How long the broker may take to send what was on its way when nothing more was wanted.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// A broker's word on a request that has brought all it will bring.
const COMPLETED: &str = "Batch Completed";

/// A consumer's deliveries.
#[derive(Debug)]
pub(crate) struct Pull {
    jetstream: jetstream::Context,
    inbox: String,
    subscriber: Subscriber,
    /// Changes with the connection: requests do not outlive it.
    connection: watch::Receiver<u64>,
    /// The number of the request that stands; its answers carry it.
    number: u64,
    /// How many messages it may still bring.
    wanted: usize,
    /// When its silence counts as its end.
    silent_at: Instant,
}

/// What the broker said beside messages.
#[derive(Debug, PartialEq, Eq)]
enum Word {
    /// The request still stands.
    Alive,
    /// It has ended as it should.
    Over,
    /// It has ended otherwise.
    Broken(String),
}

impl Pull {
    /// Opens an inbox. Nothing is asked for yet.
    pub(crate) async fn open(broker: &Broker) -> Result<Self, String> {
        let inbox = broker.client.new_inbox();
        let subscriber =
            broker.client.subscribe(format!("{inbox}.*")).await.map_err(|error| chain(&error))?;
        let (jetstream, connection) = (broker.jetstream.clone(), broker.connection.clone());
        Ok(Self { jetstream, inbox, subscriber, connection, number: 0, wanted: 0, silent_at: Instant::now() })
    }

    /// Asks for messages; [`Self::next`] gives them.
    pub(crate) async fn ask(&mut self, consumer: &PullConsumer, messages: usize) -> Result<(), String> {
        self.number += 1;
        self.wanted = messages;
        self.silent_at = Instant::now() + SILENT_MAX;
        // noted before the request is sent: a connection that is lost after it takes it along
        self.connection.mark_unchanged();
        let request = BatchConfig {
            batch: messages,
            expires: Some(EXPIRES),
            idle_heartbeat: HEARTBEAT,
            ..BatchConfig::default()
        };
        let reply = format!("{}.{}", self.inbox, self.number);
        consumer.request_batch(request, reply.into()).await.map_err(|error| chain(&error))
    }

    /// The next message; none when the request has ended. Nothing is lost when this is dropped before its end.
    ///
    /// # Errors
    /// When the request is lost or refused, or the broker is silent: ask again.
    pub(crate) async fn next(&mut self) -> Result<Option<Message>, String> {
        while self.wanted > 0 {
            let received = tokio::select! {
                biased;
                received = timeout_at(self.silent_at, self.subscriber.next()) => received,
                _ = self.connection.changed() => return Err("the connection was lost".to_owned()),
            };
            let message = match received {
                Ok(Some(message)) => message,
                Ok(None) => return Err("the inbox was closed".to_owned()),
                Err(_) => return Err(format!("the broker has been silent for {SILENT_MAX:?}")),
            };
            self.silent_at = Instant::now() + SILENT_MAX;
            let Some(status) = message.status.filter(|status| *status != StatusCode::OK) else {
                self.wanted -= 1;
                return Ok(Some(Message { message, context: self.jetstream.clone() }));
            };
            // what is said of an earlier request is over
            if message.subject.rsplit('.').next() != Some(self.number.to_string().as_str()) {
                continue;
            }
            match word(status, message.description.as_deref().unwrap_or_default()) {
                Word::Alive => {}
                Word::Over => self.wanted = 0,
                Word::Broken(problem) => return Err(problem),
            }
        }
        Ok(None)
    }

    /// Closes the inbox and gives what had arrived, or was on its way, and was not taken.
    pub(crate) async fn close(mut self) -> Vec<Message> {
        let mut left = vec![];
        if self.subscriber.drain().await.is_err() {
            return left;
        }
        let until = Instant::now() + LAST_WORDS;
        while let Ok(Some(message)) = timeout_at(until, self.subscriber.next()).await {
            if message.status.is_none_or(|status| status == StatusCode::OK) {
                left.push(Message { message, context: self.jetstream.clone() });
            }
        }
        left
    }
}

/// What a status means for the request that it answers.
fn word(status: StatusCode, description: &str) -> Word {
    match status {
        StatusCode::IDLE_HEARTBEAT => Word::Alive,
        StatusCode::TIMEOUT | StatusCode::NOT_FOUND => Word::Over,
        StatusCode::REQUEST_TERMINATED if description == COMPLETED => Word::Over,
        StatusCode::NO_RESPONDERS => {
            Word::Broken("the broker knows no such consumer, or has no leader for it".to_owned())
        }
        other => Word::Broken(format!("the broker ended the request for messages: {other} {description}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{StatusCode, Word, word};

    #[track_caller]
    fn check(status: StatusCode, description: &str, expected: Option<Word>) {
        let found = word(status, description);
        match expected {
            Some(expected) => assert_eq!(found, expected),
            None => assert!(matches!(found, Word::Broken(said) if said.contains(description)), "{status}"),
        }
    }

    #[test]
    fn a_brokers_word_on_a_request_is_read() {
        check(StatusCode::IDLE_HEARTBEAT, "Idle Heartbeat", Some(Word::Alive));
        check(StatusCode::TIMEOUT, "Request Timeout", Some(Word::Over));
        check(StatusCode::NOT_FOUND, "No Messages", Some(Word::Over));
        check(StatusCode::REQUEST_TERMINATED, "Batch Completed", Some(Word::Over));
        check(StatusCode::REQUEST_TERMINATED, "Consumer Deleted", None);
        check(StatusCode::REQUEST_TERMINATED, "Leadership Change", None);
        check(StatusCode::REQUEST_TERMINATED, "Exceeded MaxWaiting", None);
        check(StatusCode::NO_RESPONDERS, "", None);
    }
}
