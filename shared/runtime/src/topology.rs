//! Streams and consumers, from one file. What is missing is created; what differs is refused, because a
//! stream that was silently made again has silently lost its articles.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::{
    Compression, Config as StreamConfig, DiscardPolicy, RetentionPolicy, StorageType,
};
use async_nats::jetstream::{self, kv};
use serde::Deserialize;

pub(crate) use crate::drift::is_missing_stream;
pub use crate::drift::{Advice, Difference, Drift, Finding, is_missing_consumer, unopened};
use crate::drift::{consumer_differences, refuse_differences};
use crate::exhausted;
use crate::pump::Stage;

/// The stream that the last stage writes, which no stage reads.
const LAST_STREAM: &str = "NABA_ENRICHED";
/// The file that ships with naba.
const BUILT_IN: &str = include_str!("../../../deploy/nats/topology.toml");

/// Streams and consumers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topology {
    /// Copies of each stream: 1 on one machine, 3 on a cluster.
    #[serde(default = "one")]
    pub replicas: usize,
    /// The streams.
    pub stream: Vec<StreamSpec>,
    /// The consumers.
    pub consumer: Vec<ConsumerSpec>,
    /// The key-value buckets.
    #[serde(default)]
    pub bucket: Vec<BucketSpec>,
}

/// A key-value bucket.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketSpec {
    /// Its name.
    pub name: String,
    /// How many values of a key are kept.
    pub history: i64,
    /// The most bytes; reserved.
    pub max_bytes: i64,
    /// How long a value is kept that nobody writes again; 0: for ever.
    #[serde(default)]
    pub max_age_hours: u64,
}

/// A stream.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamSpec {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub subjects: Vec<String>,
    /// The most bytes; reserved.
    pub max_bytes: i64,
    /// How long it keeps.
    pub max_age_hours: u64,
    /// Whether what was acknowledged leaves it: only for what waits, never for records.
    #[serde(default)]
    pub work_queue: bool,
    /// Whether it takes atomic batches, where the server can (2.12 and later).
    #[serde(default)]
    pub batches: bool,
    /// How many consumers it may have, where readers make their own.
    #[serde(default = "unlimited")]
    pub consumers_max: i32,
    /// How long it knows message ids.
    #[serde(default = "two")]
    pub duplicate_window_minutes: u64,
}

/// A durable pull consumer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsumerSpec {
    /// Its name, which is the stage's.
    pub name: String,
    /// The stream that it reads.
    pub stream: String,
    /// What it reads of the stream; everything when absent.
    #[serde(default)]
    pub filter: String,
    /// How long a delivery may take before it is made again.
    #[serde(default = "ack_wait_ms")]
    pub ack_wait_ms: u64,
    /// How often a delivery is made.
    #[serde(default = "max_deliver")]
    pub max_deliver: i64,
    /// How many deliveries may be open, over all replicas of the stage.
    #[serde(default = "max_ack_pending")]
    pub max_ack_pending: i64,
}

fn one() -> usize {
    1
}
fn two() -> u64 {
    2
}
fn unlimited() -> i32 {
    -1
}
fn ack_wait_ms() -> u64 {
    30_000
}
fn max_deliver() -> i64 {
    8
}
fn max_ack_pending() -> i64 {
    256
}

impl BucketSpec {
    /// The stream that holds it.
    pub(crate) fn stream(&self) -> String {
        format!("KV_{}", self.name)
    }
}

impl ConsumerSpec {
    /// What it is called where streams are named beside it.
    pub(crate) fn title(&self) -> String {
        format!("consumer {}", self.name)
    }
}

impl Topology {
    /// Reads a file, or the built-in topology.
    ///
    /// # Errors
    /// When the file cannot be read or has a mistake; the message points at it.
    pub fn load(path: Option<&Path>) -> anyhow::Result<Self> {
        let (name, text) = match path {
            Some(path) => (
                path.display().to_string(),
                std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read the topology {}", path.display()))?,
            ),
            None => ("built-in topology".to_owned(), BUILT_IN.to_owned()),
        };
        toml::from_str(&text).map_err(|error| anyhow::anyhow!("{name}: {}", crate::config::at(&text, &error)))
    }

    /// The stream with a name.
    ///
    /// # Errors
    /// When the topology has no such stream.
    pub fn stream(&self, name: &str) -> anyhow::Result<&StreamSpec> {
        self.stream
            .iter()
            .find(|stream| stream.name == name)
            .with_context(|| format!("the topology has no stream {name}"))
    }

    /// The consumer with a name.
    ///
    /// # Errors
    /// When the topology has no such consumer.
    pub fn consumer(&self, name: &str) -> anyhow::Result<&ConsumerSpec> {
        self.consumer
            .iter()
            .find(|consumer| consumer.name == name)
            .with_context(|| format!("the topology has no consumer {name}"))
    }

    /// Creates what is missing, makes larger what is to be larger, and refuses what differs otherwise. Several services
    /// may do so at once.
    ///
    /// # Errors
    /// When something differs, naming it, or the broker cannot do it.
    pub async fn apply(&self, jetstream: &jetstream::Context) -> anyhow::Result<Vec<Finding>> {
        let mut findings = self.check(jetstream).await?;
        if self.grow(jetstream, &findings).await? {
            findings = self.check(jetstream).await?;
        }
        refuse_differences(&findings)?;
        for spec in &self.stream {
            if findings.contains(&Finding::Missing(spec.name.clone())) {
                jetstream.create_stream(self.stream_config(spec)).await.with_context(|| {
                    format!("cannot create stream {} ({} MiB are reserved for it: does the broker's file store hold them?)", spec.name, spec.max_bytes >> 20)
                })?;
            }
        }
        for spec in &self.consumer {
            self.ensure_consumer(jetstream, spec).await?;
        }
        for spec in &self.bucket {
            if findings.contains(&Finding::Missing(spec.name.clone())) {
                self.create_bucket(jetstream, spec).await?;
            }
        }
        Ok(findings)
    }

    /// Makes sure of the streams and consumers that a stage touches, and of nothing else: a service may be
    /// permitted no more. On a broker without any of the streams, all are made; where some are there and one is
    /// missing, somebody has deleted it.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub(crate) async fn ensure(&self, jetstream: &jetstream::Context, stage: &Stage) -> anyhow::Result<()> {
        let (reads, net) = (self.consumer(stage.name)?, self.consumer(&exhausted::consumer(stage.name)));
        let writes = stage
            .next
            .map_or(Ok(LAST_STREAM), |next| self.consumer(next).map(|next| next.stream.as_str()))?;
        let mut names = vec![reads.stream.as_str(), writes];
        names.extend(net.as_ref().map(|net| net.stream.as_str()));
        let findings = self
            .compare(jetstream, self.stream.iter().filter(|spec| names.contains(&spec.name.as_str())))
            .await?;
        refuse_differences(&findings)?;
        let missing = findings.iter().find_map(|finding| match finding {
            Finding::Missing(name) => Some(name),
            _ => None,
        });
        if let Some(missing) = missing {
            let all = self.compare(jetstream, self.stream.iter()).await?;
            // on a new broker several services make the streams at once, and for a moment some are there
            anyhow::ensure!(
                all.iter().all(|finding| matches!(finding, Finding::Missing(_))),
                "stream {missing} is missing, and others are there: was it deleted? `naba topology apply` makes it anew"
            );
            return self.apply(jetstream).await.map(drop);
        }
        for spec in [Ok(reads), net].into_iter().flatten() {
            self.ensure_consumer(jetstream, spec).await?;
        }
        Ok(())
    }

    async fn create_bucket(&self, jetstream: &jetstream::Context, spec: &BucketSpec) -> anyhow::Result<()> {
        let config = kv::Config {
            bucket: spec.name.clone(),
            history: spec.history,
            max_bytes: spec.max_bytes,
            max_age: Duration::from_secs(spec.max_age_hours * 3600),
            storage: StorageType::File,
            num_replicas: self.replicas,
            ..kv::Config::default()
        };
        let created = jetstream.create_key_value(config).await;
        created.with_context(|| format!("cannot create bucket {}", spec.name)).map(drop)
    }

    /// Opens a stage's consumer, creating it where its stream is there and it is not.
    ///
    /// # Errors
    /// When its stream is missing, or the broker cannot do it.
    pub async fn open_consumer(
        &self,
        jetstream: &jetstream::Context,
        name: &str,
    ) -> anyhow::Result<PullConsumer> {
        self.ensure_consumer(jetstream, self.consumer(name)?).await
    }

    async fn ensure_consumer(
        &self,
        jetstream: &jetstream::Context,
        spec: &ConsumerSpec,
    ) -> anyhow::Result<PullConsumer> {
        let context = || format!("cannot open {} of stream {}", spec.title(), spec.stream);
        let stream = jetstream.get_stream(&spec.stream).await.with_context(context)?;
        let config = pull::Config {
            durable_name: Some(spec.name.clone()),
            deliver_policy: DeliverPolicy::All,
            ack_policy: AckPolicy::Explicit,
            ack_wait: Duration::from_millis(spec.ack_wait_ms),
            max_deliver: spec.max_deliver,
            max_ack_pending: spec.max_ack_pending,
            filter_subject: spec.filter.clone(),
            ..pull::Config::default()
        };
        let consumer = stream.get_or_create_consumer(&spec.name, config).await.with_context(context)?;
        refuse_differences(&consumer_differences(spec, &consumer.cached_info().config))?;
        Ok(consumer)
    }

    /// Whether the stream that a consumer reads takes atomic batches. A server that knows none forgets the
    /// setting, and one that does not answer is asked to take messages singly.
    pub(crate) async fn takes_batches(&self, jetstream: &jetstream::Context, reader: Option<&str>) -> bool {
        let name = match reader.map(|reader| self.consumer(reader)) {
            Some(Ok(consumer)) => consumer.stream.clone(),
            Some(Err(_)) => return false,
            None => LAST_STREAM.to_owned(),
        };
        let stream = jetstream.get_stream(name).await;
        stream.is_ok_and(|stream| stream.cached_info().config.allow_atomic_publish)
    }

    pub(crate) fn stream_config(&self, spec: &StreamSpec) -> StreamConfig {
        StreamConfig {
            name: spec.name.clone(),
            max_consumers: spec.consumers_max,
            subjects: spec.subjects.clone(),
            max_bytes: spec.max_bytes,
            max_age: Duration::from_secs(spec.max_age_hours * 3600),
            duplicate_window: Duration::from_secs(spec.duplicate_window_minutes * 60),
            num_replicas: self.replicas,
            retention: if spec.work_queue { RetentionPolicy::WorkQueue } else { RetentionPolicy::Limits },
            storage: StorageType::File,
            discard: DiscardPolicy::New,
            allow_direct: true,
            allow_atomic_publish: spec.batches,
            deny_delete: true,
            deny_purge: true,
            // stored as they come: a server that is killed while it compresses leaves blocks that it cannot read
            // again (nats-server 2.15.1: «s2: corrupt input», three servers killed at once)
            compression: Some(Compression::None),
            ..StreamConfig::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Topology;

    #[test]
    fn the_built_in_topology_reads() {
        let topology = Topology::load(None).expect("a topology");
        assert_eq!(topology.stream.len(), 9);
        for consumer in &topology.consumer {
            assert!(topology.stream(&consumer.stream).is_ok(), "{consumer:?}");
        }
    }

    #[test]
    fn unknown_keys_are_errors() {
        let error = toml::from_str::<Topology>("stream = []\nconsumer = []\ncolour = 1")
            .expect_err("a mistake")
            .to_string();
        assert!(error.contains("unknown field `colour`"), "{error}");
    }
}
