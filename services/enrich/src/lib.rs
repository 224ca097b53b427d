//! The enrich service: clean articles in, finished records out.
//!
//! The engine is `naba_tag`; here it is put on the pump, with the clock and the trace.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use naba_lexicon::Lexicon;
use naba_record::{Cleaned, Enriched, StageTrace, subject};
use naba_runtime::pump::Engine;
use naba_runtime::{Delivery, Publication, Reject};
use naba_tag::Tagger;

/// The stage's name: its consumer, its dead letters, its label in metrics.
pub const STAGE: &str = "enrich";

/// The stage's engine, with the built-in lexicon.
pub fn engine() -> Arc<Engine> {
    let tagger = Tagger::new(Lexicon::built_in());
    Arc::new(move |delivery: &Delivery| {
        let cleaned: Cleaned = serde_json::from_slice(&delivery.payload)
            .map_err(|error| Reject::new("invalid_record", format!("not a cleaned article: {error}")))?;
        publication(delivery, &enrich_now(&tagger, cleaned))
    })
}

/// Enriches an article by today's clock, and says in the trace how long it took.
pub fn enrich_now(tagger: &Tagger, cleaned: Cleaned) -> Enriched {
    let started = Instant::now();
    let mut enriched = tagger.enrich(cleaned);
    enriched.enriched_at = jiff::Timestamp::now().to_string();
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    enriched.trace.stages.push(StageTrace { stage: STAGE.to_owned(), version: tagger.version(), micros });
    enriched
}

fn publication(delivery: &Delivery, enriched: &Enriched) -> Result<Publication, Reject> {
    let token = delivery.subject.rsplit('.').next().unwrap_or_default();
    let source = enriched.source.as_deref();
    let payload =
        serde_json::to_vec(enriched).map_err(|error| Reject::new("invalid_record", error.to_string()))?;
    Ok(Publication::Once {
        subject: subject::enriched(source, &enriched.language.tag, &enriched.id, token),
        filter: Some(subject::enriched_any_language(source, &enriched.id, token)),
        headers: async_nats::HeaderMap::new(),
        payload: Bytes::from(payload),
    })
}
