//! The whole way of an article as pure functions: what the three services do, without a broker.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use ingest::Envelope;
use naba_clean::{Block, Cleaner, Observation, Rules};
use naba_lexicon::Lexicon;
use naba_record::{Cleaned, Enriched, Ingested};
use naba_runtime::Reject;
use naba_tag::Tagger;
use naba_tag::stories::Sketch;

/// The three engines, ready to run.
#[derive(Debug)]
pub struct Pipeline {
    cleaner: Cleaner,
    tagger: Tagger,
    lexicon: Arc<Lexicon>,
}

/// Rules of one's own.
#[derive(Debug, Default, clap::Args)]
pub struct RulesArgs {
    /// Rules of your own (TOML), laid over the built-in ones; may be given again
    #[arg(long, value_name = "FILE")]
    pub rules: Vec<PathBuf>,
}

/// Lexicon entries of one's own.
#[derive(Debug, Default, clap::Args)]
pub struct LexiconArgs {
    /// Names of your own (TSV: kind, forms, English name, country), over the built-in ones; may be given again
    #[arg(long, value_name = "FILE")]
    pub lexicon: Vec<PathBuf>,
}

impl LexiconArgs {
    /// The lexicon in use with these files.
    ///
    /// # Errors
    /// When a file cannot be read or has a mistake; the message points at the line.
    pub fn load(&self) -> anyhow::Result<Arc<Lexicon>> {
        enrich::lexicon::load(&self.lexicon)
    }
}

impl RulesArgs {
    /// The files: pairs of a name and a text.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(&self) -> anyhow::Result<Vec<(String, String)>> {
        let read = |file: &PathBuf| {
            let text = std::fs::read_to_string(file);
            let text = text.with_context(|| format!("cannot read the rules {}", file.display()))?;
            Ok((file.display().to_string(), text))
        };
        self.rules.iter().map(read).collect()
    }

    /// The rules in use with these files.
    ///
    /// # Errors
    /// When a file cannot be read or has a mistake; the message points at the rule.
    pub fn load(&self) -> anyhow::Result<Rules> {
        Ok(Rules::overlaid(&self.read()?)?)
    }
}

impl Pipeline {
    /// The engines with built-in rules and lexicon.
    ///
    /// # Errors
    /// When the rules do not compile.
    pub fn built_in() -> anyhow::Result<Self> {
        Ok(Self::new(Rules::built_in().context("the rules")?))
    }

    /// The engines with other rules.
    pub fn new(rules: Rules) -> Self {
        Self::with_lexicon(rules, Lexicon::built_in())
    }

    /// The engines with other rules, and another lexicon for names. Clean keeps the built-in one, as its service does.
    pub fn with_lexicon(rules: Rules, names: Arc<Lexicon>) -> Self {
        let lexicon = Lexicon::built_in();
        Self { cleaner: Cleaner::new(rules, Arc::clone(&lexicon)), tagger: Tagger::new(names), lexicon }
    }

    /// Names the rules in use, as the trace of a record does.
    pub fn clean_version(&self) -> String {
        self.cleaner.version()
    }

    /// Names the lexicon in use, as the trace of a record does.
    pub fn enrich_version(&self) -> String {
        self.tagger.version()
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

    /// What a payload shows of its outlet's furniture, and the outlet.
    ///
    /// # Errors
    /// [`Reject`], where a service would write a dead letter.
    pub fn observe(&self, payload: &[u8], envelope: &Envelope) -> Result<(String, Observation), Reject> {
        let ingested = ingest::service::ingest_now(payload, envelope)?;
        let (cleaned, seen) = clean::clean_and_observe_now(&self.cleaner, &ingested)?;
        Ok((cleaned.source.unwrap_or_default(), seen))
    }

    /// Says what each line of a decoded article is taken for, and why.
    pub fn explain(&self, article: &Ingested) -> Vec<Block> {
        self.cleaner.explain(article)
    }

    /// Cleans a decoded article.
    ///
    /// # Errors
    /// [`Reject`], where a service would write a dead letter.
    pub fn clean_ingested(&self, article: &Ingested) -> Result<Cleaned, Reject> {
        clean::clean_now(&self.cleaner, article)
    }

    /// What is remembered of a record's copy to group it with others.
    pub fn sketch(&self, record: &Enriched) -> Sketch {
        Sketch::of(&self.lexicon, &record.search.body)
    }

    /// Enriches a clean article.
    pub fn finish(&self, cleaned: Cleaned) -> Enriched {
        enrich::enrich_now(&self.tagger, cleaned)
    }
}
