//! The stage on the pump: `naba.raw.*` in, `naba.ingested.*` out.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use naba_record::{Ingested, StageTrace, subject};
use naba_runtime::{Delivery, Engine, Numbered, Publication, Reject, Stage};

use crate::identity::revision_token;
use crate::stage::{Envelope, ingest};

/// The stage's name: its consumer, its dead letters, its label in metrics.
pub const STAGE: &str = "ingest";

/// On a raw article that is worked on again: its first place in `NABA_RAW`.
pub const SEQUENCE: &str = "Naba-Sequence";
/// On a raw article that is replayed: the replay's number.
pub const GENERATION: &str = "Naba-Generation";

/// The stage.
pub fn stage() -> Stage {
    Stage { name: STAGE, next: Some("clean"), engine: Arc::new(Ingest), companions: vec![] }
}

struct Ingest;

impl Engine for Ingest {
    fn run(&self, delivery: &Delivery) -> Result<Publication, Reject> {
        ingest_delivery(delivery).and_then(|article| publication(&article))
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
pub fn ingest_delivery(delivery: &Delivery) -> Result<Ingested, Reject> {
    let number = |name: &str| delivery.header(name).and_then(|value| value.parse::<u64>().ok());
    let mut article = ingest_now(&delivery.payload, &envelope(delivery))?;
    article.sequence = number(SEQUENCE).unwrap_or(delivery.sequence);
    article.generation = number(GENERATION).and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
    Ok(article)
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

fn envelope(delivery: &Delivery) -> Envelope {
    let header = |name: &str| delivery.header(name).map(str::to_owned);
    // the subject names the source where nothing else does: naba.raw.<source>
    let from_subject = delivery.subject.split('.').nth(2).filter(|token| *token != "_").map(str::to_owned);
    Envelope {
        content_type: header("Content-Type"),
        source: header("Naba-Source").or(from_subject),
        source_id: header("Naba-Source-Id"),
        url: header("Naba-Url"),
        title: header("Naba-Title"),
        charset: header("Naba-Charset"),
        traceparent: header("traceparent"),
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
