//! Stages that do nothing but what the subjects need: the payload goes on as it came.
//!
//! They run on the same pump as the real services, with the same batches, conditions and acknowledgements, so
//! what they reach is the most that any engine could reach here. Nothing runs beside their pumps.

use std::sync::Arc;

use naba_record::subject;
use naba_runtime::{Delivery, Engine, Numbered, Publication, Reject, Stage};

/// The source that every raw article of the benchmark is published under.
pub const SOURCE: &str = "example.org";
/// The language token of the last subject, which the real stage takes from the text.
const LANGUAGE: &str = "ar";
/// Where the first stage's chains of revisions stand.
const FIRST_STREAM: &str = "NABA_INGESTED";

/// Which of the three stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hop {
    /// `naba.raw.*` → `naba.ingested.*`.
    Ingest,
    /// `naba.ingested.*` → `naba.cleaned.*`.
    Clean,
    /// `naba.cleaned.*` → `naba.enriched.*`.
    Enrich,
}

impl Hop {
    /// The hop that takes the place of a stage; none when there is no such stage.
    pub fn of(stage: &str) -> Option<Self> {
        match stage {
            "ingest" => Some(Self::Ingest),
            "clean" => Some(Self::Clean),
            "enrich" => Some(Self::Enrich),
            _ => None,
        }
    }

    /// The stage for the pump, under the name of the real one, so that it reads the same consumer.
    pub fn stage(self) -> Stage {
        let (name, next) = match self {
            Self::Ingest => ("ingest", Some("clean")),
            Self::Clean => ("clean", Some("enrich")),
            Self::Enrich => ("enrich", None),
        };
        Stage { name, next, engine: Arc::new(Identity(self)), companions: vec![] }
    }
}

/// Id and revision token of a raw payload: the same for the same bytes, so that a second delivery meets its
/// own result, and known to the publisher beforehand.
pub fn tokens(payload: &[u8]) -> (String, String) {
    let hex = blake3::hash(payload).to_hex();
    let (id, rest) = hex.as_str().split_at(32);
    (id.to_owned(), rest.chars().take(8).collect())
}

/// The engine that has nothing to do.
struct Identity(Hop);

impl Engine for Identity {
    fn run(&self, delivery: &Delivery) -> Result<Publication, Reject> {
        let publication = match self.0 {
            Hop::Ingest => first(&delivery.payload),
            Hop::Clean | Hop::Enrich => following(self.0, &delivery.subject)?,
        };
        Ok(Publication { payload: delivery.payload.clone(), ..publication })
    }
}

/// Where a raw payload goes, as a link of its article's chain like in the real stage.
fn first(payload: &[u8]) -> Publication {
    let (id, rev) = tokens(payload);
    Publication {
        subject: subject::ingested(Some(SOURCE), &id, &rev, 0),
        numbered: Some(Numbered {
            stream: FIRST_STREAM.to_owned(),
            chain: subject::ingested_revisions(Some(SOURCE), &id),
            twin: None,
        }),
        ..Publication::default()
    }
}

/// Where the next two stages publish: the key travels in the subject.
fn following(hop: Hop, from: &str) -> Result<Publication, Reject> {
    let Some(key) = subject::key(from) else {
        return Err(Reject::new("invalid_subject", format!("{from} is no subject of the stage before")));
    };
    let (source, id, rev, generation) = (Some(key.source), key.id, key.rev, key.generation);
    if hop == Hop::Clean {
        let subject = subject::cleaned(source, id, rev, generation);
        return Ok(Publication { subject, ..Publication::default() });
    }
    Ok(Publication {
        subject: subject::enriched(source, LANGUAGE, id, rev, generation),
        unless: Some(subject::enriched_any_language(source, id, rev, generation)),
        ..Publication::default()
    })
}

#[cfg(test)]
mod tests {
    use super::{Hop, first, following, tokens};
    use naba_record::subject;

    #[test]
    fn a_payload_keeps_its_key_through_all_hops() {
        let (id, rev) = tokens(b"article");
        let ingested = first(b"article");
        let cleaned = following(Hop::Clean, &ingested.subject).expect("a subject of ingest");
        let enriched = following(Hop::Enrich, &cleaned.subject).expect("a subject of clean");
        let key = subject::key(&enriched.subject).expect("a subject of enrich");
        assert_eq!((key.id, key.rev), (id.as_str(), rev.as_str()));
        assert_eq!(
            enriched.unless.as_deref(),
            Some(format!("naba.enriched.example_org.*.{id}.{rev}").as_str())
        );
        assert!(following(Hop::Clean, "naba.raw.example_org").is_err());
    }
}
