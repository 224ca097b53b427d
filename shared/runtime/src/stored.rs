//! One message of a stream, by its place. The leader's answer is JSON with headers and bytes in base64, so that nothing
//! of them is read as text on the way.

use async_nats::datetime;
use async_nats::jetstream;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;

use crate::worker::Delivery;

/// Which message.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// The one at a sequence.
    At(u64),
    /// The last one of a subject, or of a filter.
    Last(&'a str),
}

/// The broker's word for "no such message".
const NOT_FOUND: u64 = 10_037;

#[derive(Debug, Deserialize)]
struct Answer {
    error: Option<Problem>,
    message: Option<Stored>,
}

#[derive(Debug, Deserialize)]
struct Problem {
    #[serde(default)]
    err_code: u64,
    #[serde(default)]
    description: String,
}

#[derive(Debug, Deserialize)]
struct Stored {
    subject: String,
    seq: u64,
    #[serde(default)]
    hdrs: String,
    #[serde(default)]
    data: String,
    time: String,
}

/// A message of a stream; none when it is not there. It counts as delivered once.
///
/// # Errors
/// When the broker does not answer, or has no such stream; a sentence.
pub async fn message(
    jetstream: &jetstream::Context,
    stream: &str,
    place: Place<'_>,
) -> Result<Option<Delivery>, String> {
    let question = match place {
        Place::At(sequence) => serde_json::json!({"seq": sequence}),
        Place::Last(subject) => serde_json::json!({"last_by_subj": subject}),
    };
    let answer: Answer = jetstream
        .request(format!("STREAM.MSG.GET.{stream}"), &question)
        .await
        .map_err(|error| crate::publish::chain(&error))?;
    match (answer.message, answer.error) {
        (Some(stored), _) => stored.delivery(stream).map(Some),
        (None, Some(problem)) if problem.err_code != NOT_FOUND => Err(problem.description),
        (None, _) => Ok(None),
    }
}

impl Stored {
    fn delivery(self, stream: &str) -> Result<Delivery, String> {
        let bytes = |text: &str| STANDARD.decode(text).map(Bytes::from).map_err(|error| error.to_string());
        let stored_at = datetime::parse_rfc3339(&self.time).map_err(|error| error.to_string())?;
        let mut delivery = Delivery {
            // bytes that are no UTF-8 stand there as U+FFFD
            fault: self.subject.contains('\u{FFFD}').then(|| "its subject is not UTF-8".to_owned()),
            subject: self.subject,
            headers: vec![],
            header_block: Bytes::new(),
            payload: bytes(&self.data)?,
            attempt: 1,
            stream: stream.to_owned(),
            sequence: self.seq,
            stored_at: stored_at.unix_timestamp_nanos(),
        };
        delivery.read_headers(&bytes(&self.hdrs)?);
        Ok(delivery)
    }
}
