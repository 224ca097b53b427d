//! The stage on the pump: `naba.raw.*` in, `naba.ingested.*` out.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use naba_record::{Ingested, StageTrace, subject};
use naba_runtime::service::ServiceConfig;
use naba_runtime::{Delivery, Engine, Numbered, Publication, Reject, Stage};

use crate::identity::revision_token;
use crate::speaker::Gateways;
use crate::stage::{Envelope, ingest};

/// The stage's name: its consumer, its dead letters, its label in metrics.
pub const STAGE: &str = "ingest";

/// On a raw article that is worked on again: its first place in `NABA_RAW`.
pub const SEQUENCE: &str = "Naba-Sequence";
/// On a raw article that is replayed: the replay's number.
pub const GENERATION: &str = "Naba-Generation";

/// The most bytes of a trace context; a sound one has 55.
const TRACEPARENT_BYTES_MAX: usize = 256;

/// The stage.
pub fn stage(config: &ServiceConfig) -> Stage {
    let engine = Arc::new(Ingest { gateways: Gateways::new(&config.sources.speak_for_others) });
    Stage { name: STAGE, next: Some("clean"), engine, companions: vec![] }
}

struct Ingest {
    gateways: Gateways,
}

impl Engine for Ingest {
    fn run(&self, delivery: &Delivery) -> Result<Publication, Reject> {
        ingest_delivery(delivery, &self.gateways).and_then(|article| publication(&article))
    }

    fn renumber(&self, payload: Bytes, number: u32) -> Bytes {
        if number == 1 {
            return payload;
        }
        let renumbered = naba_runtime::json::read::<Ingested>(&payload)
            .and_then(|article| serde_json::to_vec(&Ingested { revision: number, ..article }));
        renumbered.map_or(payload, Bytes::from)
    }
}

/// Ingests what a broker delivered.
///
/// # Errors
/// As [`ingest`].
pub fn ingest_delivery(delivery: &Delivery, gateways: &Gateways) -> Result<Ingested, Reject> {
    let mut article = ingest_now(&delivery.payload, &envelope(delivery, gateways))?;
    let place = place(&delivery.subject, &delivery.headers, delivery.sequence);
    article.sequence = place.sequence;
    article.generation = place.generation;
    Ok(article)
}

/// What a raw message is a repetition of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The article's first place in `NABA_RAW`.
    pub sequence: u64,
    /// The replay's number; 0 is live traffic.
    pub generation: u32,
}

/// Reads the place of a raw message from its subject: `naba.raw.<source>.g<generation>.<sequence>` is a replay,
/// `naba.raw.<source>.again.<key>` is a redriven letter, whose headers say the rest. Publishers may write on
/// `naba.raw.<source>` alone, and headers of theirs that speak of places mean nothing.
pub fn place(subject: &str, headers: &[(String, String)], sequence: u64) -> Place {
    let live = Place { sequence, generation: 0 };
    let tokens: Vec<&str> = subject.split('.').skip(3).collect();
    let header = |name: &str| {
        let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| value.parse::<u64>().ok())
    };
    let generation = |number: u64| u32::try_from(number).unwrap_or(0);
    match tokens[..] {
        ["again", _] => Place {
            sequence: header(SEQUENCE).unwrap_or(sequence),
            generation: header(GENERATION).map_or(0, generation),
        },
        [replay, first] => {
            let number = replay.strip_prefix('g').and_then(|number| number.parse().ok());
            let (Some(number), Ok(sequence)) = (number, first.parse()) else { return live };
            Place { sequence, generation: generation(number) }
        }
        _ => live,
    }
}

/// Ingests a payload by today's clock, and says in the trace how long it took.
///
/// # Errors
/// As [`ingest`].
pub fn ingest_now(payload: &[u8], envelope: &Envelope) -> Result<Ingested, Reject> {
    let started = Instant::now();
    let mut article = ingest(payload, envelope, &jiff::Timestamp::now().to_string())?;
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    article.trace.stages.push(StageTrace {
        stage: STAGE.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        micros,
    });
    Ok(article)
}

fn envelope(delivery: &Delivery, gateways: &Gateways) -> Envelope {
    let header = |name: &str| delivery.header(name).map(str::to_owned);
    let token = delivery.subject.split('.').nth(2).unwrap_or("_");
    Envelope {
        content_type: header("Content-Type"),
        source: header("Naba-Source"),
        subject_source: Some(token.to_owned()),
        speaks_for_others: gateways.contains(token),
        source_id: header("Naba-Source-Id"),
        url: header("Naba-Url"),
        title: header("Naba-Title"),
        charset: header("Naba-Charset"),
        traceparent: header("traceparent").filter(|value| value.len() <= TRACEPARENT_BYTES_MAX),
    }
}

/// One subject an article and revision; the number of a live revision comes from the one before, that of a
/// replayed one from its live twin.
fn publication(article: &Ingested) -> Result<Publication, Reject> {
    let (source, id, generation) = (article.source.as_deref(), &article.id, article.generation);
    let rev = revision_token(&article.content_hash);
    let payload =
        serde_json::to_vec(article).map_err(|error| Reject::new("invalid_record", error.to_string()))?;
    Ok(Publication {
        subject: subject::ingested(source, id, &rev, generation),
        headers: vec![(naba_runtime::publish::CONTENT.to_owned(), article.content_hash.clone())],
        payload: Bytes::from(payload),
        numbered: Some(Numbered {
            stream: "NABA_INGESTED".to_owned(),
            chain: subject::ingested_revisions(source, id),
            twin: (generation > 0).then(|| subject::ingested(source, id, &rev, 0)),
        }),
        ..Publication::default()
    })
}

#[cfg(test)]
mod tests {
    use super::{GENERATION, Place, SEQUENCE, place};

    #[track_caller]
    fn check(subject: &str, sequence: u64, generation: u32) {
        let headers = [(SEQUENCE.to_owned(), "7".to_owned()), (GENERATION.to_owned(), "3".to_owned())];
        assert_eq!(place(subject, &headers, 100), Place { sequence, generation }, "{subject}");
    }

    #[test]
    fn places_are_believed_of_ones_own_stages_only() {
        check("naba.raw.a_b", 100, 0);
        check("naba.raw.a_b.x.y", 100, 0);
        check("naba.raw.a_b.g9", 100, 0);
        check("naba.raw.a_b.g9.55", 55, 9);
        check("naba.raw.a_b.g9.55.1", 100, 0);
        check("naba.raw.a_b.again.0f0f", 7, 3);
    }
}
