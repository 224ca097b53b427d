//! The enrich service: clean articles in, finished records out.
//!
//! The engine is `naba_tag`; here it is put on the pump, with the clock and the trace.

pub mod lexicon;
pub mod stories;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use naba_lexicon::Lexicon;
use naba_record::{Cleaned, Enriched, StageTrace, subject};
use naba_runtime::service::ServiceConfig;
use naba_runtime::{Companion, Delivery, Engine, Publication, Reject, Stage};
use naba_tag::Tagger;
use naba_tag::dates::zones::Zones;

use crate::lexicon::Current;

/// The stage's name: its consumer, its dead letters, its label in metrics.
pub const STAGE: &str = "enrich";

/// The stage. Beside it runs what groups the finished records into stories, and what reads lexicon files again.
///
/// # Errors
/// When the configuration names an unknown zone, or a lexicon file has a mistake.
pub fn stage(config: &ServiceConfig) -> anyhow::Result<Stage> {
    let zones = Zones::new(&config.zones)?;
    let current = Arc::new(Current::new(config.lexicon.files.clone(), zones)?);
    let limits = config.stories;
    let files = Companion::new("lexicon", {
        let current = Arc::clone(&current);
        move |_, stop| Box::pin(Arc::clone(&current).follow(stop))
    });
    let mut companions = vec![files];
    if limits.articles_max > 0 {
        // stories compare names: all replicas with the built-in ones, whatever files each has
        companions.push(Companion::new("stories", move |broker, stop| {
            Box::pin(stories::follow(Lexicon::built_in(), limits, broker, stop))
        }));
    }
    Ok(Stage { name: STAGE, next: None, engine: Arc::new(Enrich { current }), companions })
}

struct Enrich {
    current: Arc<Current>,
}

impl Engine for Enrich {
    fn run(&self, delivery: &Delivery) -> Result<Publication, Reject> {
        let cleaned: Cleaned = naba_runtime::json::read(&delivery.payload)
            .map_err(|error| Reject::new("invalid_record", format!("not a cleaned article: {error}")))?;
        if !naba_record::reads(&cleaned.schema, "cleaned") {
            let message =
                format!("this build does not read {}; upgrade it, then redrive the letter", cleaned.schema);
            return Err(Reject::new("newer_schema", message).at("schema"));
        }
        publication(delivery, &enrich_now(&self.current.tagger(), cleaned))
    }

    fn result(&self, delivery: &Delivery) -> Option<(&'static str, String)> {
        let key = subject::key(&delivery.subject)?;
        let source = Some(key.source).filter(|source| *source != "_");
        let filter = subject::enriched_any_language(source, key.id, key.rev, key.generation);
        Some(("NABA_ENRICHED", filter))
    }
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
    let key = subject::key(&delivery.subject).ok_or_else(|| {
        Reject::new("invalid_subject", format!("{} is no subject of clean", delivery.subject))
    })?;
    let (source, id) = (enriched.source.as_deref(), &enriched.id);
    let payload =
        serde_json::to_vec(enriched).map_err(|error| Reject::new("invalid_record", error.to_string()))?;
    Ok(Publication {
        subject: subject::enriched(source, &enriched.language.tag, id, key.rev, key.generation),
        unless: Some(subject::enriched_any_language(source, id, key.rev, key.generation)),
        payload: Bytes::from(payload),
        ..Publication::default()
    })
}
