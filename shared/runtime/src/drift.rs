//! How the broker's streams and consumers differ from the topology, what of that may be put right without a person, and
//! what a person can do.

use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::context::{
    ConsumerInfoErrorKind, GetStreamError, GetStreamErrorKind, RequestError, RequestErrorKind,
};
use async_nats::jetstream::stream::Config as StreamConfig;
use async_nats::jetstream::{self, ErrorCode, consumer};

use crate::topology::{ConsumerSpec, StreamSpec, Topology};

/// What a look at the broker found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It is there, as specified.
    Same(String),
    /// It is not there.
    Missing(String),
    /// It is there, and differs.
    Differs(Difference),
}

/// A field that is not what the topology says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The stream, consumer or bucket.
    pub name: String,
    /// The field, as the topology calls it.
    pub field: &'static str,
    /// What the topology says.
    pub wanted: String,
    /// What the broker has.
    pub found: String,
    /// What to do about it.
    pub advice: Advice,
    /// Whether services refuse to work with it.
    pub is_refused: bool,
}

/// What to do about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// `naba topology apply --change` sets it.
    Change,
    /// The same, and what is older than the new age goes.
    ChangeAndForget,
    /// The broker cannot change it.
    MakeAnew,
}

/// Streams or consumers that are there and differ: a person must look, and trying again will not help.
#[derive(Debug, thiserror::Error)]
#[error("the broker's streams differ from the topology and are left as they are: {0}")]
pub struct Drift(pub(crate) String);

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Same(name) => write!(f, "{name}: as specified"),
            Self::Missing(name) => write!(f, "{name}: missing; `naba topology apply` makes it"),
            Self::Differs(difference) => difference.fmt(f),
        }
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, field, wanted, found, .. } = self;
        write!(f, "{name}: {field} is {found}, the topology says {wanted}; ")?;
        f.write_str(match self.advice {
            Advice::Change => "`naba topology apply --change` sets it, or write into the topology what is there",
            Advice::ChangeAndForget => {
                "`naba topology apply --change` sets it, and what is older goes; or write into the topology what is there"
            }
            Advice::MakeAnew => "the broker cannot change it: it goes with the stream, or stays",
        })
    }
}

/// Refuses what a service must not work with.
pub(crate) fn refuse_differences(findings: &[Finding]) -> Result<(), Drift> {
    let refused = findings.iter().filter_map(|finding| match finding {
        Finding::Differs(difference) if difference.is_refused => Some(difference.to_string()),
        _ => None,
    });
    let refused: Vec<String> = refused.collect();
    if refused.is_empty() { Ok(()) } else { Err(Drift(refused.join("; "))) }
}

/// A field, what is wanted, what was found, the advice, and whether services refuse it.
type Row = (&'static str, String, String, Advice, bool);

fn differences(name: &str, rows: impl IntoIterator<Item = Row>) -> Vec<Finding> {
    let differs = rows.into_iter().filter(|(_, wanted, found, ..)| wanted != found);
    let differs: Vec<Finding> = differs
        .map(|(field, wanted, found, advice, is_refused)| {
            Finding::Differs(Difference { name: name.to_owned(), field, wanted, found, advice, is_refused })
        })
        .collect();
    if differs.is_empty() { vec![Finding::Same(name.to_owned())] } else { differs }
}

pub(crate) fn stream_differences(wanted: &StreamConfig, found: &StreamConfig) -> Vec<Finding> {
    let list = |config: &StreamConfig| config.subjects.join(" ");
    let hours = |age: Duration| format!("{} h", age.as_secs() / 3600);
    let aged = if wanted.max_age < found.max_age || found.max_age.is_zero() {
        Advice::ChangeAndForget
    } else {
        Advice::Change
    };
    let most = |count: i32| if count > 0 { count.to_string() } else { "unlimited".to_owned() };
    let minutes = |window: Duration| format!("{} min", window.as_secs() / 60);
    differences(
        &wanted.name,
        [
            ("subjects", list(wanted), list(found), Advice::Change, true),
            ("max_bytes", wanted.max_bytes.to_string(), found.max_bytes.to_string(), Advice::Change, true),
            ("max_age_hours", hours(wanted.max_age), hours(found.max_age), aged, true),
            (
                "replicas",
                wanted.num_replicas.to_string(),
                found.num_replicas.to_string(),
                Advice::Change,
                true,
            ),
            (
                "retention",
                format!("{:?}", wanted.retention),
                format!("{:?}", found.retention),
                Advice::MakeAnew,
                true,
            ),
            (
                "discard",
                format!("{:?}", wanted.discard),
                format!("{:?}", found.discard),
                Advice::Change,
                true,
            ),
            (
                "storage",
                format!("{:?}", wanted.storage),
                format!("{:?}", found.storage),
                Advice::MakeAnew,
                true,
            ),
            ("consumers_max", most(wanted.max_consumers), most(found.max_consumers), Advice::MakeAnew, false),
            (
                "duplicate_window_minutes",
                minutes(wanted.duplicate_window),
                minutes(found.duplicate_window),
                Advice::Change,
                false,
            ),
        ],
    )
}

/// The configuration that the broker has, with what the topology says in its place.
pub(crate) fn changed_stream(wanted: &StreamConfig, found: &StreamConfig) -> StreamConfig {
    StreamConfig {
        subjects: wanted.subjects.clone(),
        max_bytes: wanted.max_bytes,
        max_age: wanted.max_age,
        num_replicas: wanted.num_replicas,
        discard: wanted.discard,
        duplicate_window: wanted.duplicate_window,
        ..found.clone()
    }
}

pub(crate) fn consumer_differences(spec: &ConsumerSpec, found: &consumer::Config) -> Vec<Finding> {
    let row = |field, wanted: String, found: String| (field, wanted, found, Advice::Change, true);
    differences(
        &spec.title(),
        [
            row("ack_wait_ms", spec.ack_wait_ms.to_string(), found.ack_wait.as_millis().to_string()),
            row("max_deliver", spec.max_deliver.to_string(), found.max_deliver.to_string()),
            row("filter", spec.filter.clone(), found.filter_subject.clone()),
            row("max_ack_pending", spec.max_ack_pending.to_string(), found.max_ack_pending.to_string()),
        ],
    )
}

impl Topology {
    /// Compares the broker with the topology: streams, consumers, buckets. Changes nothing.
    ///
    /// # Errors
    /// When the broker does not answer, or does not allow it.
    pub async fn check(&self, jetstream: &jetstream::Context) -> anyhow::Result<Vec<Finding>> {
        let mut findings = self.compare(jetstream, self.stream.iter()).await?;
        for spec in &self.consumer {
            findings.extend(self.compare_consumer(jetstream, spec).await?);
        }
        for spec in &self.bucket {
            let found = jetstream.get_stream(spec.stream()).await;
            findings.extend(match found {
                Ok(stream) => {
                    let found = &stream.cached_info().config;
                    let row = |field, wanted: i64, found: i64| {
                        (field, wanted.to_string(), found.to_string(), Advice::Change, false)
                    };
                    let rows = [
                        row("max_bytes", spec.max_bytes, found.max_bytes),
                        row("history", spec.history, found.max_messages_per_subject),
                    ];
                    differences(&spec.name, rows)
                }
                Err(error) if is_missing_stream(&error) => vec![Finding::Missing(spec.name.clone())],
                Err(error) => return Err(unseen(&spec.name, error)),
            });
        }
        Ok(findings)
    }

    pub(crate) async fn compare(
        &self,
        jetstream: &jetstream::Context,
        specs: impl Iterator<Item = &StreamSpec>,
    ) -> anyhow::Result<Vec<Finding>> {
        let mut findings = vec![];
        for spec in specs {
            let wanted = self.stream_config(spec);
            findings.extend(match jetstream.get_stream(&spec.name).await {
                Ok(stream) => stream_differences(&wanted, &stream.cached_info().config),
                Err(error) if is_missing_stream(&error) => vec![Finding::Missing(spec.name.clone())],
                Err(error) => return Err(unseen(&spec.name, error)),
            });
        }
        Ok(findings)
    }

    async fn compare_consumer(
        &self,
        jetstream: &jetstream::Context,
        spec: &ConsumerSpec,
    ) -> anyhow::Result<Vec<Finding>> {
        let stream = jetstream.get_stream_no_info(&spec.stream).await?;
        match stream.consumer_info(&spec.name).await {
            Ok(info) => Ok(consumer_differences(spec, &info.config)),
            Err(error) if is_missing_consumer(&error.kind()) => Ok(vec![Finding::Missing(spec.title())]),
            Err(error) => Err(error).with_context(|| format!("cannot look at {}", spec.title())),
        }
    }

    /// Gives streams more room or a longer memory where the topology says so and nothing else differs: that loses
    /// nothing. Whether it did so.
    pub(crate) async fn grow(
        &self,
        jetstream: &jetstream::Context,
        findings: &[Finding],
    ) -> anyhow::Result<bool> {
        let mut grown = false;
        for spec in &self.stream {
            let is_own = |difference: &Difference| difference.is_refused && difference.name == spec.name;
            if !findings.iter().any(|finding| matches!(finding, Finding::Differs(found) if is_own(found))) {
                continue;
            }
            let context = || format!("cannot make stream {} larger", spec.name);
            let wanted = self.stream_config(spec);
            let mut larger =
                jetstream.get_stream(&spec.name).await.with_context(context)?.cached_info().config.clone();
            if larger.max_bytes <= 0 || wanted.max_bytes < larger.max_bytes || wanted.max_age < larger.max_age
            {
                continue;
            }
            (larger.max_bytes, larger.max_age) = (wanted.max_bytes, wanted.max_age);
            if refuse_differences(&stream_differences(&wanted, &larger)).is_ok() {
                jetstream.update_stream(larger).await.with_context(context)?;
                grown = true;
            }
        }
        Ok(grown)
    }

    /// Sets what differs and can be set. What is left is found by another look.
    ///
    /// # Errors
    /// When the broker does not do it.
    pub async fn change(&self, jetstream: &jetstream::Context) -> anyhow::Result<()> {
        for spec in &self.stream {
            let wanted = self.stream_config(spec);
            let Ok(stream) = jetstream.get_stream(&spec.name).await else { continue };
            let found = &stream.cached_info().config;
            let changed = changed_stream(&wanted, found);
            if changed != *found {
                let done = jetstream.update_stream(changed).await;
                done.with_context(|| format!("the broker does not change stream {}", spec.name))?;
            }
        }
        for spec in &self.consumer {
            let found = self.compare_consumer(jetstream, spec).await?;
            if found.iter().any(|finding| matches!(finding, Finding::Differs(_))) {
                let stream = jetstream.get_stream_no_info(&spec.stream).await?;
                let info = stream.consumer_info(&spec.name).await?;
                let changed = consumer::Config {
                    ack_wait: Duration::from_millis(spec.ack_wait_ms),
                    max_deliver: spec.max_deliver,
                    max_ack_pending: spec.max_ack_pending,
                    filter_subject: spec.filter.clone(),
                    ..info.config
                };
                let changed = <pull::Config as consumer::FromConsumer>::try_from_consumer_config(changed)
                    .map_err(|error| anyhow::anyhow!("{} is no pull consumer: {error}", spec.title()))?;
                let done = jetstream.update_consumer_on_stream(changed, &spec.stream).await;
                done.with_context(|| format!("the broker does not change {}", spec.title()))?;
            }
        }
        for spec in &self.bucket {
            let Ok(stream) = jetstream.get_stream(spec.stream()).await else { continue };
            let found = stream.cached_info().config.clone();
            let changed = StreamConfig {
                max_bytes: spec.max_bytes,
                max_messages_per_subject: spec.history,
                ..found.clone()
            };
            if changed != found {
                let done = jetstream.update_stream(changed).await;
                done.with_context(|| format!("the broker does not change bucket {}", spec.name))?;
            }
        }
        Ok(())
    }
}

/// Why a stream could not be opened, and what to do.
pub fn unopened(name: &str, error: GetStreamError) -> anyhow::Error {
    if is_missing_stream(&error) {
        return anyhow::Error::new(error)
            .context(format!("there is no stream {name}; `naba topology apply` makes it"));
    }
    unseen(name, error)
}

/// Why a stream could not be looked at.
fn unseen(name: &str, error: GetStreamError) -> anyhow::Error {
    let asked = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<RequestError>());
    let why = match (&error.kind(), asked.map(RequestError::kind)) {
        (_, Some(RequestErrorKind::TimedOut)) => {
            "the broker does not answer; one that this user may not ask says nothing"
        }
        (_, Some(RequestErrorKind::NoResponders)) => {
            "JetStream is not enabled there (`jetstream { … }` in nats-server's configuration)"
        }
        (GetStreamErrorKind::JetStream(said), _)
            if [ErrorCode::JETSTREAM_NOT_ENABLED, ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT]
                .contains(&said.error_code()) =>
        {
            "JetStream is not enabled there (`jetstream { … }` in nats-server's configuration)"
        }
        _ => "the broker cannot say",
    };
    anyhow::Error::new(error).context(format!("cannot look at stream {name}: {why}"))
}

pub(crate) fn is_missing_stream(error: &GetStreamError) -> bool {
    matches!(error.kind(), GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

/// Whether an error says that a consumer, or its stream, is not there.
pub fn is_missing_consumer(kind: &ConsumerInfoErrorKind) -> bool {
    match kind {
        ConsumerInfoErrorKind::NotFound | ConsumerInfoErrorKind::StreamNotFound => true,
        ConsumerInfoErrorKind::JetStream(error) => {
            [ErrorCode::CONSUMER_NOT_FOUND, ErrorCode::STREAM_NOT_FOUND].contains(&error.error_code())
        }
        _ => false,
    }
}
