//! Deliveries of a consumer, asked for by number, over a connection that takes any bytes ([`crate::wire`]).
//!
//! While it is asked, the broker shows every few seconds that the question still stands, so that one that hangs, or has
//! forgotten, is noticed.

use std::time::Duration;

use async_nats::jetstream::{self, Message};
use async_nats::{HeaderMap, Subject};
use bytes::Bytes;

use crate::broker::Broker;
use crate::headers;
use crate::wire::Frame;
use crate::wire_connect::{Heard, Wire};
use crate::worker::Delivery;

/// How long a question stands.
const EXPIRES: Duration = Duration::from_secs(30);
/// How often the broker shows that it does. Two missed ones are noticed: within 8 seconds.
const HEARTBEAT: Duration = Duration::from_secs(4);
/// How long the broker may take to confirm that nothing more comes.
const CLOSE: Duration = Duration::from_secs(1);
/// Before the reply subject of everything that a stream delivers.
const ACKNOWLEDGE: &[u8] = b"$JS.ACK.";

/// A consumer's deliveries.
#[derive(Debug)]
pub struct Pull {
    wire: Wire,
    jetstream: jetstream::Context,
    /// Where deliveries are asked for.
    question: String,
    /// Where what the broker says of a question comes to, without the question's number.
    inbox: String,
    /// How many questions there were.
    number: u64,
    /// How many deliveries are still to come for the last one.
    left: usize,
}

impl Pull {
    /// Opens a connection for a consumer's deliveries.
    ///
    /// # Errors
    /// When there is no connection to be had, in a sentence.
    pub async fn open(broker: &Broker, stream: &str, consumer: &str) -> Result<Self, String> {
        let wire = Wire::open(broker).await?;
        let inbox = broker.client.new_inbox();
        wire.say(format!("SUB {inbox}.* 1\r\n")).await;
        let question = format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}");
        Ok(Self { wire, jetstream: broker.jetstream.clone(), question, inbox, number: 0, left: 0 })
    }

    /// Asks for so many deliveries.
    pub async fn ask(&mut self, messages: usize) {
        self.number += 1;
        self.left = messages;
        let body = serde_json::json!({
            "batch": messages,
            "expires": EXPIRES.as_nanos() as u64,
            "idle_heartbeat": HEARTBEAT.as_nanos() as u64,
        })
        .to_string();
        let (question, inbox, number, bytes) = (&self.question, &self.inbox, self.number, body.len());
        self.wire.say(format!("PUB {question} {inbox}.{number} {bytes}\r\n{body}\r\n")).await;
    }

    /// The next delivery; none when the question is answered or has expired. Nothing is lost when this is given up.
    ///
    /// # Errors
    /// When the broker is silent, or says that nothing more will come: open another one.
    pub async fn next(&mut self) -> Result<Option<(Message, Delivery)>, String> {
        while self.left > 0 {
            let heard = tokio::time::timeout(2 * HEARTBEAT, self.wire.hear()).await;
            match heard.map_err(|_| "the broker is silent".to_owned())? {
                Heard::Lost(problem) => return Err(problem),
                Heard::Pong => {}
                Heard::Message(frame) if frame.reply.starts_with(ACKNOWLEDGE) => {
                    self.left -= 1;
                    return self.delivery(frame).map(Some);
                }
                Heard::Message(frame) => self.notice(&frame)?,
            }
        }
        Ok(None)
    }

    /// Lets nothing more come, and gives what had come and nobody has taken.
    pub async fn close(mut self) -> Vec<(Message, Delivery)> {
        self.wire.say("UNSUB 1\r\nPING\r\n").await;
        let mut left = vec![];
        let deadline = tokio::time::Instant::now() + CLOSE;
        while let Ok(Heard::Message(frame)) = tokio::time::timeout_at(deadline, self.wire.hear()).await {
            if frame.reply.starts_with(ACKNOWLEDGE) {
                left.extend(self.delivery(frame));
            }
        }
        left
    }

    /// What the broker says of the question.
    fn notice(&mut self, frame: &Frame) -> Result<(), String> {
        let of_this = frame.subject.strip_prefix(self.inbox.as_bytes());
        if of_this.and_then(|rest| rest.strip_prefix(b".")) != Some(self.number.to_string().as_bytes()) {
            return Ok(());
        }
        match headers::status(&frame.headers) {
            Some((404 | 408, _)) => {
                self.left = 0;
                Ok(())
            }
            // the question still stands
            Some((100, _)) | None => Ok(()),
            Some((503, _)) => Err("nobody answers for the consumer".to_owned()),
            Some((_, problem)) => Err(problem.to_lowercase()),
        }
    }

    fn delivery(&self, frame: Frame) -> Result<(Message, Delivery), String> {
        let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
        let message = async_nats::Message {
            subject: Subject::from(text(&frame.subject)),
            reply: Some(Subject::from(text(&frame.reply))),
            length: frame.subject.len() + frame.reply.len() + frame.headers.len() + frame.payload.len(),
            payload: frame.payload,
            headers: None::<HeaderMap>,
            status: None,
            description: None,
        };
        let message = Message { message, context: self.jetstream.clone() };
        let mut delivery = Delivery::of(&message).map_err(|error| error.to_string())?;
        delivery.read_headers(&frame.headers);
        if std::str::from_utf8(&frame.subject).is_err() {
            delivery.fault = Some("its subject is not UTF-8".to_owned());
        }
        Ok((message, delivery))
    }
}
