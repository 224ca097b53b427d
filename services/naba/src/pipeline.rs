//! The whole way of an article as pure functions: what the three services do, without a broker.

use anyhow::Context as _;
use ingest::Envelope;
use naba_clean::Cleaner;
use naba_lexicon::Lexicon;
use naba_record::{Cleaned, Enriched, Ingested};
use naba_runtime::Reject;
use naba_tag::Tagger;

/// The three engines, ready to run.
#[derive(Debug)]
pub struct Pipeline {
    cleaner: Cleaner,
    tagger: Tagger,
}

impl Pipeline {
    /// The engines with built-in rules and lexicon.
    ///
    /// # Errors
    /// When the rules do not compile.
    pub fn built_in() -> anyhow::Result<Self> {
        let cleaner = Cleaner::built_in().context("the rules")?;
        Ok(Self { cleaner, tagger: Tagger::new(Lexicon::built_in()) })
    }

    /// Brings a payload all the way.
    ///
    /// # Errors
    /// [`Reject`], where a service would write a dead letter.
    pub fn enrich(&self, payload: &[u8], envelope: &Envelope) -> Result<Enriched, Reject> {
        let (_, cleaned) = self.clean(payload, envelope)?;
        Ok(enrich::enrich_now(&self.tagger, cleaned))
    }

    /// Brings a payload to the clean article, and gives the decoded one beside it.
    ///
    /// # Errors
    /// [`Reject`], where a service would write a dead letter.
    pub fn clean(&self, payload: &[u8], envelope: &Envelope) -> Result<(Ingested, Cleaned), Reject> {
        let ingested = ingest::service::ingest_now(payload, envelope)?;
        let cleaned = clean::clean_now(&self.cleaner, &ingested)?;
        Ok((ingested, cleaned))
    }

    /// Cleans a decoded article.
    ///
    /// # Errors
    /// [`Reject`], where a service would write a dead letter.
    pub fn clean_ingested(&self, article: &Ingested) -> Result<Cleaned, Reject> {
        clean::clean_now(&self.cleaner, article)
    }

    /// Enriches a clean article.
    pub fn finish(&self, cleaned: Cleaned) -> Enriched {
        enrich::enrich_now(&self.tagger, cleaned)
    }
}
