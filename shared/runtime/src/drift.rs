//! How the broker's streams differ from the topology, and what of that may be put right without a person.

use anyhow::Context as _;
use async_nats::jetstream;
use async_nats::jetstream::stream::Config as StreamConfig;

use crate::topology::Topology;

/// What a look at the broker found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It is there, as specified.
    Same(String),
    /// It is not there.
    Missing(String),
    /// It is there, and differs: name, field, wanted, found.
    Differs(String, &'static str, String, String),
}

/// Streams or consumers that are there and differ: a person must look, and trying again will not help.
#[derive(Debug, thiserror::Error)]
#[error("the broker's streams differ from the topology and are left as they are: {0}")]
pub struct Drift(pub(crate) String);

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Same(name) => write!(f, "{name}: as specified"),
            Self::Missing(name) => write!(f, "{name}: missing"),
            Self::Differs(name, field, wanted, found) => {
                write!(f, "{name}: {field} is {found}, the topology says {wanted}")
            }
        }
    }
}

impl Topology {
    /// Gives streams more room or a longer memory where the topology says so and nothing else differs: that loses
    /// nothing. Whether it did so.
    pub(crate) async fn grow(
        &self,
        jetstream: &jetstream::Context,
        findings: &[Finding],
    ) -> anyhow::Result<bool> {
        let mut grown = false;
        for spec in &self.stream {
            let differs = findings
                .iter()
                .any(|finding| matches!(finding, Finding::Differs(name, ..) if *name == spec.name));
            if !differs {
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
            if matches!(stream_differences(&wanted, &larger).as_slice(), [Finding::Same(_)]) {
                jetstream.update_stream(larger).await.with_context(context)?;
                grown = true;
            }
        }
        Ok(grown)
    }
}

pub(crate) fn refuse_differences(findings: &[Finding]) -> Result<(), Drift> {
    let differs = findings.iter().filter(|finding| matches!(finding, Finding::Differs(..)));
    let differs: Vec<String> = differs.map(ToString::to_string).collect();
    if differs.is_empty() { Ok(()) } else { Err(Drift(differs.join("; "))) }
}

pub(crate) fn stream_differences(wanted: &StreamConfig, found: &StreamConfig) -> Vec<Finding> {
    let fields = [
        ("subjects", format!("{:?}", wanted.subjects), format!("{:?}", found.subjects)),
        ("max_bytes", wanted.max_bytes.to_string(), found.max_bytes.to_string()),
        ("max_age", format!("{:?}", wanted.max_age), format!("{:?}", found.max_age)),
        ("replicas", wanted.num_replicas.to_string(), found.num_replicas.to_string()),
        ("retention", format!("{:?}", wanted.retention), format!("{:?}", found.retention)),
        ("discard", format!("{:?}", wanted.discard), format!("{:?}", found.discard)),
        ("storage", format!("{:?}", wanted.storage), format!("{:?}", found.storage)),
    ];
    let differs = fields.into_iter().filter(|(_, wanted, found)| wanted != found);
    let differs: Vec<Finding> = differs
        .map(|(field, wanted_value, found)| Finding::Differs(wanted.name.clone(), field, wanted_value, found))
        .collect();
    if differs.is_empty() { vec![Finding::Same(wanted.name.clone())] } else { differs }
}
