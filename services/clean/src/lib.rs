//! The clean service: articles in, titles and bodies without furniture out.
//!
//! The engine is `naba_clean`; here it is put on the pump, with the clock and the trace.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use bytes::Bytes;
use naba_clean::{CleanError, Cleaner};
use naba_record::{Cleaned, Ingested, StageTrace, subject};
use naba_runtime::service::ServiceConfig;
use naba_runtime::{Delivery, Engine, Publication, Reject, Stage};
use naba_text::normalise;

/// The stage's name: its consumer, its dead letters, its label in metrics.
pub const STAGE: &str = "clean";

/// The stage, with the built-in rules.
///
/// # Errors
/// When the rules do not compile, or the configuration names an unknown profile or step.
pub fn stage(config: &ServiceConfig) -> anyhow::Result<Stage> {
    let search = normalise::named(&config.text.search_profile, &config.text.profiles)
        .context("text.search_profile")?;
    let cleaner = Cleaner::built_in().context("the rules")?.with_search(search);
    Ok(Stage { name: STAGE, next: Some("enrich"), engine: Arc::new(Clean { cleaner }) })
}

struct Clean {
    cleaner: Cleaner,
}

impl Engine for Clean {
    fn run(&self, delivery: &Delivery) -> Result<Publication, Reject> {
        let article: Ingested = serde_json::from_slice(&delivery.payload)
            .map_err(|error| Reject::new("invalid_record", format!("not an ingested article: {error}")))?;
        publication(delivery, &clean_now(&self.cleaner, &article)?)
    }
}

/// Cleans an article by today's clock, and says in the trace how long it took.
///
/// # Errors
/// [`Reject`] when nothing is left of it.
pub fn clean_now(cleaner: &Cleaner, article: &Ingested) -> Result<Cleaned, Reject> {
    let started = Instant::now();
    let mut cleaned = cleaner
        .clean(article)
        .map_err(|error @ CleanError::Empty { .. }| Reject::new("nothing_left", error.to_string()))?;
    cleaned.cleaned_at = jiff::Timestamp::now().to_string();
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    cleaned.trace.stages.push(StageTrace { stage: STAGE.to_owned(), version: cleaner.version(), micros });
    Ok(cleaned)
}

fn publication(delivery: &Delivery, cleaned: &Cleaned) -> Result<Publication, Reject> {
    // the revision's token travels in the subject, so that no stage has to make it again
    let key = subject::key(&delivery.subject).ok_or_else(|| {
        Reject::new("invalid_subject", format!("{} is no subject of ingest", delivery.subject))
    })?;
    let payload =
        serde_json::to_vec(cleaned).map_err(|error| Reject::new("invalid_record", error.to_string()))?;
    Ok(Publication {
        subject: subject::cleaned(cleaned.source.as_deref(), &cleaned.id, key.rev, key.generation),
        payload: Bytes::from(payload),
        ..Publication::default()
    })
}
