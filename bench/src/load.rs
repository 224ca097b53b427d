//! Articles, published flat out or at a rate, and their arrival at a subscription.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use crate::identity::{SOURCE, tokens};
use async_nats::jetstream;
use async_nats::{Message, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt as _;
use naba_record::subject;
use naba_testkit::articles;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::pipeline::Services;

/// So many sentences make about 4 kB.
const SENTENCES: u64 = 16;
/// What flat out may take: so much, and so much more for every article.
const FLAT_OUT_MAX: Duration = Duration::from_secs(30);
const FLAT_OUT_ARTICLE_MAX: Duration = Duration::from_millis(20);
/// How far behind its rate the publisher may end.
const LATE_MAX: Duration = Duration::from_secs(1);
/// The least time that records have to arrive after the last article of a rate.
const REST_MIN: Duration = Duration::from_secs(2);
/// What stands before an article's own name in a record.
const SOURCE_ID: &[u8] = b"\"source_id\":\"";

/// How many articles, and how fast.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// How many.
    pub articles: usize,
    /// The time from one to the next; as many as the broker takes when absent.
    pub gap: Option<Duration>,
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.gap {
            None => f.pad("flat out"),
            Some(gap) if gap > Duration::from_secs(1) => f.pad(&format!("1 in {gap:?}")),
            Some(gap) => f.pad(&format!("{:.0}/s", 1.0 / gap.as_secs_f64())),
        }
    }
}

impl Load {
    /// As fast as the broker takes them.
    pub fn flat_out(articles: usize) -> Self {
        Self { articles, gap: None }
    }

    /// So many a second, so long.
    pub fn paced(rate: usize, seconds: usize) -> Self {
        Self { articles: rate * seconds, gap: Some(Duration::from_secs_f64(1.0 / rate as f64)) }
    }

    /// One, then silence, then one.
    pub fn sparse(articles: usize, gap: Duration) -> Self {
        Self { articles, gap: Some(gap) }
    }

    /// How many a second.
    pub fn rate(self) -> Option<f64> {
        self.gap.map(|gap| 1.0 / gap.as_secs_f64())
    }

    /// When an article is due after the first one.
    fn due(self, number: usize) -> Duration {
        self.gap.map_or(Duration::ZERO, |gap| gap.mul_f64(number as f64))
    }

    /// How long publishing may take.
    fn sending_max(self) -> Duration {
        match self.gap {
            None => self.whole_max(),
            Some(_) => self.due(self.articles) + LATE_MAX,
        }
    }

    /// How long everything may take. At a rate, what has not arrived in as long again counts as not delivered.
    pub fn whole_max(self) -> Duration {
        match self.gap {
            None => FLAT_OUT_MAX + FLAT_OUT_ARTICLE_MAX * u32::try_from(self.articles).unwrap_or(u32::MAX),
            Some(_) => self.due(self.articles) + self.due(self.articles).max(REST_MIN),
        }
    }
}

/// Raw articles, and what their records are known by.
#[derive(Debug)]
pub struct Articles {
    payloads: Vec<Bytes>,
    keys: HashMap<String, usize>,
}

impl Articles {
    /// Makes articles with numbers from `first` on.
    pub fn generate(first: u64, count: usize, services: Services) -> Self {
        let payloads: Vec<Bytes> =
            (first..).take(count).map(|number| articles::raw(number, SENTENCES).into()).collect();
        let keys = (first..).zip(&payloads).map(|(number, payload)| match services {
            Services::Real => format!("article-{number}"),
            Services::Identity => tokens(payload).0,
        });
        let keys = keys.zip(0..).collect();
        Self { payloads, keys }
    }

    /// As many as wanted that are as small as can be, for streams that are to be long and not heavy. They are their
    /// own only for [`Services::Identity`].
    pub fn tiny(first: u64, count: usize) -> Self {
        let payloads: Vec<Bytes> = (first..).take(count).map(|number| number.to_string().into()).collect();
        Self { payloads, keys: HashMap::new() }
    }

    /// The mean size of an article.
    pub fn bytes_mean(&self) -> usize {
        self.payloads.iter().map(Bytes::len).sum::<usize>() / self.payloads.len().max(1)
    }

    /// Which article a record was made of.
    fn number(&self, message: &Message, services: Services) -> Option<usize> {
        let key = match services {
            Services::Real => source_id(&message.payload)?,
            Services::Identity => subject::key(&message.subject)?.id,
        };
        self.keys.get(key).copied()
    }
}

/// An article's own name, without reading the whole record: a quote inside a text is escaped, so these bytes
/// are the field.
fn source_id(record: &[u8]) -> Option<&str> {
    let start = record.windows(SOURCE_ID.len()).position(|window| window == SOURCE_ID)? + SOURCE_ID.len();
    let rest = record.get(start..)?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    std::str::from_utf8(rest.get(..end)?).ok()
}

/// What became of publishing.
#[derive(Debug)]
pub struct Sent {
    /// When each article was given to the client.
    pub at: Vec<Instant>,
    /// When the last one was, and the broker's word had come for all.
    pub ended: Instant,
    /// How many the broker has acknowledged.
    pub stored: usize,
}

/// Publishes articles at the pace of the load, many on their way at once, each once.
pub async fn send(jetstream: &jetstream::Context, articles: &Articles, load: Load) -> Sent {
    let subject = subject::raw(Some(SOURCE));
    let started = Instant::now();
    let until = started + load.sending_max();
    let mut at = Vec::with_capacity(load.articles);
    let mut answers = JoinSet::new();
    let mut stored = 0;
    for (number, payload) in articles.payloads.iter().enumerate() {
        if load.gap.is_some() {
            sleep_until(started + load.due(number)).await;
        }
        let now = Instant::now();
        let publishing = jetstream.publish(subject.clone(), payload.clone());
        let Ok(Ok(answer)) = timeout_at(until, publishing).await else { break };
        at.push(now);
        answers.spawn(async move { answer.await.is_ok() });
        while let Some(answered) = answers.try_join_next() {
            stored += usize::from(answered.unwrap_or(false));
        }
    }
    while let Ok(Some(answered)) = timeout_at(until, answers.join_next()).await {
        stored += usize::from(answered.unwrap_or(false));
    }
    Sent { at, ended: Instant::now(), stored }
}

/// Notes when each article's record arrives, until all have or the time is up. A record that comes twice
/// (a batch that was refused and went again) counts when it first came.
pub async fn arrivals(
    mut records: Subscriber,
    articles: &Articles,
    services: Services,
    until: Instant,
) -> Vec<Option<Instant>> {
    let mut arrived = vec![None; articles.payloads.len()];
    let mut missing = arrived.len();
    while missing > 0
        && let Ok(Some(message)) = timeout_at(until, records.next()).await
    {
        let now = Instant::now();
        if let Some(place) = articles.number(&message, services).and_then(|number| arrived.get_mut(number))
            && place.is_none()
        {
            *place = Some(now);
            missing -= 1;
        }
    }
    arrived
}

#[cfg(test)]
mod tests {
    use super::source_id;

    #[test]
    fn a_record_says_its_own_name() {
        let record = br#"{"title":"\"source_id\":\"x\"","source_id":"article-7","body":""}"#;
        assert_eq!(source_id(record), Some("article-7"));
        assert_eq!(source_id(b"{}"), None);
    }
}
