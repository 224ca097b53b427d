//! One try to publish: the condition, and the number of a link in its chain.

use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream;
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use async_nats::{HeaderMap, HeaderName};
use bytes::Bytes;

use crate::publish::{CONTENT, Declined, Publication, Published, Publisher, REVISION, chain};
use crate::refusal::Refusal;
use crate::vet::header_value;

/// The header that widens the condition from one subject to a filter.
const EXPECTED_SUBJECT: &str = "Nats-Expected-Last-Subject-Sequence-Subject";
/// How often a revision is numbered again because another replica was faster.
const REVISION_TRIES_MAX: u32 = 16;

impl Publisher {
    /// Publishes once: new, already there, or why not.
    pub(crate) async fn attempt(&self, publication: &Publication) -> Result<Published, Declined> {
        let Some(numbered) = &publication.numbered else {
            let headers = guarded(publication, 0);
            let stored = self.send(&publication.subject, headers, publication.payload.clone()).await?;
            return Ok(if stored { Published::New } else { Published::AlreadyThere });
        };
        // most articles come once: the first link is tried without looking
        if numbered.twin.is_none() && self.link(publication, 0, 1, true).await? {
            return Ok(Published::New);
        }
        let stream = self
            .jetstream
            .get_stream_no_info(&numbered.stream)
            .await
            .map_err(|error| Declined::Refusal(Refusal::Gone(chain(&error))))?;
        for _ in 0..REVISION_TRIES_MAX {
            if let Some(stored) = last(&stream, &publication.subject).await? {
                return stored.is_content_of(publication);
            }
            let stored = match &numbered.twin {
                Some(twin) => {
                    let number = last(&stream, twin).await?.map_or(1, |last| last.number);
                    self.link(publication, 0, number, false).await?
                }
                None => match last(&stream, &numbered.chain).await? {
                    Some(last) => self.link(publication, last.sequence, last.number + 1, true).await?,
                    None => self.link(publication, 0, 1, true).await?,
                },
            };
            if stored {
                return Ok(Published::New);
            }
        }
        let chain = &numbered.chain;
        Err(Declined::Refusal(Refusal::World(format!(
            "{chain} changed {REVISION_TRIES_MAX} times while a revision was being numbered"
        ))))
    }

    /// Publishes a link with a number, on the condition that its chain still ends at a sequence.
    async fn link(
        &self,
        publication: &Publication,
        sequence: u64,
        number: u32,
        in_chain: bool,
    ) -> Result<bool, Declined> {
        let mut headers = guarded(publication, sequence);
        if let (Some(numbered), true) = (&publication.numbered, in_chain) {
            headers.insert(EXPECTED_SUBJECT, numbered.chain.as_str());
        }
        headers.insert(REVISION, number.to_string());
        let payload = (self.renumber)(publication.payload.clone(), number);
        self.send(&publication.subject, headers, payload).await
    }

    /// Sends one message: true when it is stored, false when the condition did not hold.
    async fn send(&self, subject: &str, headers: HeaderMap, payload: Bytes) -> Result<bool, Declined> {
        let sent =
            async { self.jetstream.publish_with_headers(subject.to_owned(), headers, payload).await?.await };
        match sent.await {
            Ok(_) => Ok(true),
            Err(error) => match Refusal::of(&error) {
                Refusal::Condition => Ok(false),
                refusal => Err(Declined::Refusal(refusal)),
            },
        }
    }

    /// The message of a publication that is first in everything, for a batch.
    pub(crate) fn first(&self, publication: &Publication) -> (HeaderMap, Bytes) {
        let mut headers = guarded(publication, 0);
        let Some(numbered) = &publication.numbered else {
            return (headers, publication.payload.clone());
        };
        headers.insert(EXPECTED_SUBJECT, numbered.chain.as_str());
        headers.insert(REVISION, "1");
        (headers, (self.renumber)(publication.payload.clone(), 1))
    }
}

pub(crate) fn guarded(publication: &Publication, sequence: u64) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &publication.headers {
        // a name that is none would panic the client; whoever makes headers of outside names mends them before
        if let Ok(name) = HeaderName::try_from(name.as_str()) {
            headers.append(name, header_value(value).as_str());
        }
    }
    headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, sequence.to_string());
    if let Some(filter) = &publication.unless {
        headers.insert(EXPECTED_SUBJECT, header_value(filter).as_str());
    }
    headers
}

/// The last message of a filter.
pub(crate) struct Last {
    sequence: u64,
    number: u32,
    content: Option<String>,
}

impl Last {
    /// «Already there», unless it is another content under the same name. What an earlier version stored says nothing.
    fn is_content_of(&self, publication: &Publication) -> Result<Published, Declined> {
        let own = publication.headers.iter().find(|(name, _)| name == CONTENT).map(|(_, hash)| hash);
        match (&self.content, own) {
            (Some(stored), Some(own)) if stored != own => {
                Err(Declined::Collision(publication.subject.clone()))
            }
            _ => Ok(Published::AlreadyThere),
        }
    }
}

/// The place, the number and the content of the last message of a filter. Asked of the leader, never of a replica that
/// may lag.
pub(crate) async fn last<I>(
    stream: &jetstream::stream::Stream<I>,
    filter: &str,
) -> Result<Option<Last>, Declined> {
    match stream.get_last_raw_message_by_subject(filter).await {
        Ok(message) => {
            let header = |name: &str| message.headers.get(name).map(|value| value.as_str().to_owned());
            let number = header(REVISION).and_then(|value| value.parse().ok()).unwrap_or(1);
            Ok(Some(Last { sequence: message.sequence, number, content: header(CONTENT) }))
        }
        Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
        Err(error) => Err(Declined::Refusal(Refusal::World(chain(&error)))),
    }
}
