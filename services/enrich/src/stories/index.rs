//! The index of a replica, and the messages of the log that it is read from and written to.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use anyhow::Context as _;
use bytes::Bytes;
use naba_lexicon::Lexicon;
use naba_record::{Agency, StoryUpdate};
use naba_runtime::Broker;
use naba_runtime::log::{Entry as Message, Log};
use naba_runtime::service::StoriesConfig;
use naba_tag::revision::difference;
use naba_tag::stories::{Candidate, Sketch, Stories};
use serde::{Deserialize, Serialize};

use super::{LOG, outlet_and_origin};

const STREAM: &str = "NABA_STORY";
const RECORDS_STREAM: &str = "NABA_ENRICHED";
const RECORDS: &str = "naba.enriched.>";
/// The most records of one message of the log: their sketches are about 600 bytes each.
const RECORDS_MAX: usize = 64;
/// A longer difference is left out, so that a message of the log fits into one message of the broker (8 MiB).
const DIFFERENCE_BYTES_MAX: usize = 65_536;

/// A message of the log: what a stretch of `NABA_ENRICHED` belongs to.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Stretch {
    /// Where the next message begins to read.
    next: u64,
    /// How many records all messages up to this one hold.
    total: u64,
    records: Vec<Logged>,
}

/// A record in the log.
#[derive(Debug, Serialize, Deserialize)]
struct Logged {
    number: u32,
    id: String,
    /// When it was ingested, in seconds since 1970.
    at: i64,
    group: String,
    /// The number of the group, which is its first record's.
    group_number: u32,
    near: Option<u32>,
    outlet: u32,
    origin: u32,
    samples: Vec<u32>,
    facts: Vec<u32>,
    /// What is to be published; none for the first of a group.
    update: Option<StoryUpdate>,
}

/// What is read of a finished record.
#[derive(Debug, Deserialize)]
struct Printed {
    id: String,
    revision: u32,
    #[serde(default)]
    generation: u32,
    source: Option<String>,
    url: Option<String>,
    agency: Option<Agency>,
    body: String,
    search: naba_record::Search,
    ingested_at: String,
    #[serde(default)]
    withdrawn: bool,
}

/// A record that is remembered.
struct Known {
    number: u32,
    id: String,
    at: i64,
    group: String,
}

/// The index of a replica: the log, read up to a place.
pub(super) struct Index {
    lexicon: Arc<Lexicon>,
    log: Log,
    pub(super) records: Log,
    stories: Stories,
    known: VecDeque<Known>,
    /// The last remembered revision of every article, by the front half of its id.
    revisions: HashMap<u64, u32>,
    limits: StoriesConfig,
    /// When the newest remembered record was ingested.
    newest: i64,
    /// The place of the last message of the log that was read.
    last: u64,
    /// Where the next one begins.
    read_from: u64,
    /// The next record.
    pub(super) next: u64,
    total: u64,
    /// The updates of the last message that have not been published yet.
    pending: Vec<StoryUpdate>,
}

impl Index {
    /// An index that begins where the log still holds as many records as are remembered.
    pub(super) async fn open(
        lexicon: Arc<Lexicon>,
        limits: StoriesConfig,
        broker: &Broker,
    ) -> anyhow::Result<Self> {
        let log = Log::open(broker, STREAM, LOG).await?;
        let records = Log::open(broker, RECORDS_STREAM, RECORDS).await?;
        let mut read_from = 1;
        if let Some(last) = log.last().await? {
            let wanted = stretch(&last)?.total.saturating_sub(limits.articles_max as u64);
            let mut end = last.sequence;
            while read_from < end {
                let middle = read_from + (end - read_from) / 2;
                match log.at(middle).await? {
                    Some(entry) if entry.sequence < end && stretch(&entry)?.total <= wanted => {
                        read_from = entry.sequence + 1;
                    }
                    _ => end = middle,
                }
            }
        }
        Ok(Self {
            lexicon,
            log,
            records,
            stories: Stories::new(limits.articles_max),
            known: VecDeque::new(),
            revisions: HashMap::new(),
            limits,
            newest: i64::MIN,
            last: 0,
            read_from,
            next: 1,
            total: 0,
            pending: vec![],
        })
    }

    /// Reads what others have written; whether there was anything.
    pub(super) async fn catch_up(&mut self) -> anyhow::Result<bool> {
        let before = self.last;
        while let Some(entry) = self.log.at(self.read_from).await? {
            let stretch = stretch(&entry)?;
            self.last = entry.sequence;
            self.read_from = entry.sequence + 1;
            (self.next, self.total) = (stretch.next, stretch.total);
            self.pending.clear();
            for logged in stretch.records {
                let sketch = Sketch::of_parts(&logged.samples, &logged.facts);
                let Logged { number: article, outlet, origin, .. } = logged;
                let new = Candidate { article, outlet, origin, sketch: &sketch };
                self.stories.restore(new, logged.group_number, logged.near);
                self.remember(Known { number: article, id: logged.id, at: logged.at, group: logged.group });
                self.pending.extend(logged.update);
            }
        }
        Ok(self.last != before)
    }

    fn remember(&mut self, known: Known) {
        self.revisions.insert(front_half(&known.id), known.number);
        self.newest = self.newest.max(known.at);
        self.known.push_back(known);
        let stale = self.newest - i64::from(self.limits.hours_max) * 3600;
        let articles_max = self.limits.articles_max;
        while self.known.len() > articles_max || self.known.front().is_some_and(|oldest| oldest.at < stale) {
            let Some(oldest) = self.known.pop_front() else { break };
            if let Entry::Occupied(last) = self.revisions.entry(front_half(&oldest.id))
                && *last.get() == oldest.number
            {
                last.remove();
            }
            self.stories.forget_until(oldest.number);
        }
    }

    fn known(&self, number: u32) -> Option<&Known> {
        let place = self.known.binary_search_by_key(&number, |known| known.number).ok()?;
        self.known.get(place)
    }

    /// Publishes the updates of the last message of the log. Those that are there already stay.
    pub(super) async fn publish(&mut self) -> anyhow::Result<()> {
        for update in &self.pending {
            let subject = format!("naba.story.{}.{}.{}", update.group, update.id, update.number);
            self.log.append(&subject, Bytes::from(serde_json::to_vec(update)?), 0).await?;
        }
        self.pending.clear();
        Ok(())
    }

    /// Reads records from one on, and writes what they belong to. False when somebody else was faster: then what
    /// this index thinks is of no use any more.
    pub(super) async fn write(&mut self, first: Message) -> anyhow::Result<bool> {
        self.publish().await?;
        let mut stretch = Stretch::default();
        let mut entry = Some(first);
        while let Some(record) = entry.take() {
            stretch.next = record.sequence + 1;
            if let Some(logged) = self.logged(&record).await? {
                stretch.records.push(logged);
            }
            if stretch.records.len() < RECORDS_MAX && record.sequence + 1 < self.next + 4 * RECORDS_MAX as u64
            {
                entry = self.records.at_any(stretch.next).await?;
            }
        }
        stretch.total = self.total + stretch.records.len() as u64;
        let payload = Bytes::from(serde_json::to_vec(&stretch)?);
        let Some(sequence) = self.log.append(LOG, payload, self.last).await? else { return Ok(false) };
        (self.last, self.read_from) = (sequence, sequence + 1);
        (self.next, self.total) = (stretch.next, stretch.total);
        self.pending = stretch.records.into_iter().filter_map(|logged| logged.update).collect();
        self.publish().await?;
        Ok(true)
    }

    /// What a record belongs to; none for a replayed one, whose article is there already.
    async fn logged(&mut self, record: &Message) -> anyhow::Result<Option<Logged>> {
        let (lexicon, payload) = (Arc::clone(&self.lexicon), record.payload.clone());
        // a long record takes a while, and heartbeats must not wait for it
        let read = move || {
            let printed = naba_runtime::json::read::<Printed>(&payload).ok()?;
            let sketch = Sketch::of(&lexicon, &printed.search.body);
            Some((printed, sketch))
        };
        let Some((printed, sketch)) = tokio::task::spawn_blocking(read).await? else {
            tracing::warn!(
                subject = record.subject,
                sequence = record.sequence,
                "no finished record; passed over"
            );
            return Ok(None);
        };
        if printed.generation > 0 {
            return Ok(None);
        }
        let number = u32::try_from(record.sequence).context("more than 2^32 records")?;
        let (outlet, origin) = outlet_and_origin(printed.source.as_deref(), printed.agency.as_ref());
        let new = Candidate { article: number, outlet, origin, sketch: &sketch };
        let found = match self.revisions.get(&front_half(&printed.id)) {
            Some(before) => self.stories.add_revision(new, *before),
            None => self.stories.add(new),
        };
        let near = found.near_duplicate_of.and_then(|near| self.known(near));
        let near = near.map(|near| (near.id.clone(), near.group.clone()));
        let group = near.as_ref().map_or_else(|| printed.id.clone(), |(_, group)| group.clone());
        let same_article = near.as_ref().is_some_and(|(id, _)| *id == printed.id);
        let changes = match found.near_duplicate_of.filter(|_| same_article && !printed.withdrawn) {
            Some(before) => match self.body(before).await? {
                Some(before) => {
                    let after = printed.body.clone();
                    let compare = move || difference(&before, &after, DIFFERENCE_BYTES_MAX);
                    tokio::task::spawn_blocking(compare).await?
                }
                None => None,
            },
            None => None,
        };
        let update = near.map(|(id, group)| StoryUpdate {
            schema: "naba.story/1".to_owned(),
            group,
            id: printed.id.clone(),
            revision: printed.revision,
            number: record.sequence,
            source: printed.source,
            url: printed.url,
            near_duplicate_of: Some(id).filter(|_| !same_article),
            containment: found.containment,
            outlets: found.outlets,
            independent_sources: found.independent_sources,
            withdrawn: printed.withdrawn,
            difference: changes,
        });
        let at = printed.ingested_at.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second);
        self.remember(Known { number, id: printed.id.clone(), at, group: group.clone() });
        let (samples, facts) = sketch.parts();
        Ok(Some(Logged {
            number,
            id: printed.id,
            at,
            group,
            group_number: found.group,
            near: found.near_duplicate_of,
            outlet,
            origin,
            samples: samples.to_vec(),
            facts: facts.to_vec(),
            update,
        }))
    }

    /// The body of a record that is still kept.
    async fn body(&self, number: u32) -> anyhow::Result<Option<String>> {
        let record = self.records.at_any(u64::from(number)).await?;
        let record = record.filter(|record| record.sequence == u64::from(number));
        let printed = record.and_then(|record| naba_runtime::json::read::<Printed>(&record.payload).ok());
        Ok(printed.map(|printed| printed.body))
    }
}

fn front_half(id: &str) -> u64 {
    u64::from_str_radix(id.get(..16).unwrap_or_default(), 16).unwrap_or_default()
}

fn stretch(entry: &Message) -> anyhow::Result<Stretch> {
    serde_json::from_slice(&entry.payload)
        .with_context(|| format!("{LOG} at {}: not a message of this version", entry.sequence))
}
