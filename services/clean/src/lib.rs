//! The clean service: articles in, titles and bodies without furniture out.
//!
//! The engine is `naba_clean`; here it is put on the pump, with the clock and the trace.

pub mod counts;
pub mod rules;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use naba_clean::{CleanError, Cleaner, Observation};
use naba_record::{Cleaned, Ingested, StageTrace, subject};
use naba_runtime::service::ServiceConfig;
use naba_runtime::{Companion, Delivery, Engine, Publication, Reject, Stage};
use naba_text::normalise;

use crate::rules::Current;

/// The stage's name: its consumer, its dead letters, its label in metrics.
pub const STAGE: &str = "clean";

/// The stage, with the built-in rules.
///
/// # Errors
/// When the rules do not compile, or the configuration names an unknown profile or step.
pub fn stage(config: &ServiceConfig) -> anyhow::Result<Stage> {
    let search = normalise::named(&config.text.search_profile, &config.text.profiles)
        .context("text.search_profile")?;
    let current = Arc::new(Current::new(&config.rules.files, search, config.rules.learn)?);
    let share = Duration::from_secs(config.rules.share_seconds.max(1));
    let rules = Companion::new("rules", {
        let current = Arc::clone(&current);
        move |broker, stop| {
            let current = Arc::clone(&current);
            Box::pin(async move { current.follow(broker, stop, share).await })
        }
    });
    let engine = Arc::new(Clean { current });
    Ok(Stage { name: STAGE, next: Some("enrich"), engine, companions: vec![rules] })
}

struct Clean {
    current: Arc<Current>,
}

impl Engine for Clean {
    fn run(&self, delivery: &Delivery) -> Result<Publication, Reject> {
        let article: Ingested = naba_runtime::json::read(&delivery.payload)
            .map_err(|error| Reject::new("invalid_record", format!("not an ingested article: {error}")))?;
        if !naba_record::reads(&article.schema, "ingested") {
            let message =
                format!("this build does not read {}; upgrade it, then redrive the letter", article.schema);
            return Err(Reject::new("newer_schema", message).at("schema"));
        }
        let (mut cleaned, seen) = clean_and_observe_now(&self.current.cleaner(), &article)?;
        // a message that comes again is counted again: what is learned bears that, and asking would cost more
        let flags = self.current.observe(article.source.as_deref(), &seen);
        cleaned.quality.extend(flags.into_iter().map(str::to_owned));
        publication(delivery, &cleaned)
    }

    fn result(&self, delivery: &Delivery) -> Option<(&'static str, String)> {
        let key = subject::key(&delivery.subject)?;
        let source = Some(key.source).filter(|source| *source != "_");
        Some(("NABA_CLEANED", subject::cleaned(source, key.id, key.rev, key.generation)))
    }

    fn state(&self) -> Bytes {
        self.current.state()
    }

    fn restore(&self, state: &[u8]) {
        self.current.restore(state);
    }
}

/// Cleans an article by today's clock, and says in the trace how long it took.
///
/// # Errors
/// [`Reject`] when nothing is left of it.
pub fn clean_now(cleaner: &Cleaner, article: &Ingested) -> Result<Cleaned, Reject> {
    let started = Instant::now();
    let cleaned = cleaner.clean(article).map_err(|error| rejected(&error))?;
    Ok(stamped(cleaned, cleaner, started))
}

/// The same, and what the article shows of its outlet's furniture.
///
/// # Errors
/// As [`clean_now`].
pub fn clean_and_observe_now(
    cleaner: &Cleaner,
    article: &Ingested,
) -> Result<(Cleaned, Observation), Reject> {
    let started = Instant::now();
    let (cleaned, seen) = cleaner.clean_and_observe(article).map_err(|error| rejected(&error))?;
    Ok((stamped(cleaned, cleaner, started), seen))
}

fn rejected(error: &CleanError) -> Reject {
    let CleanError::Empty { .. } = error;
    Reject::new("nothing_left", error.to_string())
}

fn stamped(mut cleaned: Cleaned, cleaner: &Cleaner, started: Instant) -> Cleaned {
    cleaned.cleaned_at = jiff::Timestamp::now().to_string();
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    cleaned.trace.stages.push(StageTrace { stage: STAGE.to_owned(), version: cleaner.version(), micros });
    cleaned
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
