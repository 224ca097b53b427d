//! The stage on the pump: `naba.raw.*` in, `naba.ingested.*` out.

use std::sync::Arc;
use std::time::Instant;

use naba_record::{Ingested, StageTrace, subject};
use naba_runtime::pump::Engine;
use naba_runtime::{Delivery, Publication, Reject};

use crate::identity::revision_token;
use crate::stage::{Envelope, ingest};

/// The stage's name: its consumer, its dead letters, its label in metrics.
pub const STAGE: &str = "ingest";

/// The stage's engine.
pub fn engine() -> Arc<Engine> {
    Arc::new(|delivery: &Delivery| {
        let article = ingest_now(&delivery.payload, &envelope(delivery))?;
        Ok(publication(article))
    })
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

/// One subject an article and revision; the number of the revision comes from the one before.
fn publication(article: Ingested) -> Publication {
    let source = article.source.clone();
    let token = revision_token(&article.content_hash, article.generation);
    Publication::Revision {
        subject: subject::ingested(source.as_deref(), &article.id, &token),
        chain: subject::ingested_revisions(source.as_deref(), &article.id),
        stream: "NABA_INGESTED".to_owned(),
        build: Box::new(move |before| {
            let before = before.and_then(|bytes| serde_json::from_slice::<Ingested>(bytes).ok());
            let revision = before.map_or(1, |before| before.revision + 1);
            serde_json::to_vec(&Ingested { revision, ..article.clone() }).unwrap_or_default()
        }),
    }
}
