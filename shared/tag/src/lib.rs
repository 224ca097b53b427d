//! Engines over a cleaned article. Values in, values out.
//!
//! * [`agency`]   who wrote the copy, who passed it on
//! * [`dates`]    the publication stamp, and dates in the body
//! * [`names`]    people, organisations, places
//! * [`topics`]   IPTC Media Topics, top level, and keywords
//! * [`stories`]  who else printed it
//! * [`revision`] what differs from the last revision
//! * [`article`]  what they all read: one scan of the folded text, words with their way home

pub mod agency;
pub mod article;
pub mod dates;
pub mod names;
mod place;
mod quality;
pub mod revision;
pub mod stories;
pub mod topics;

use std::sync::Arc;

use naba_lexicon::Lexicon;
use naba_record::{Cleaned, Enriched, Language};

use article::Article;
use dates::zones::Zones;

/// The engine, ready to run on any number of articles.
#[derive(Debug)]
pub struct Tagger {
    lexicon: Arc<Lexicon>,
    zones: Zones,
}

impl Tagger {
    /// An engine over a lexicon.
    pub fn new(lexicon: Arc<Lexicon>) -> Self {
        Self { lexicon, zones: Zones::default() }
    }

    /// The same engine for sources that print their stamps in known zones.
    #[must_use]
    pub fn with_zones(self, zones: Zones) -> Self {
        Self { zones, ..self }
    }

    /// Names the lexicon in use: part of every record's trace.
    pub fn version(&self) -> String {
        format!("{}+lexicon.{}{}", env!("CARGO_PKG_VERSION"), self.lexicon.version, self.zones.version())
    }

    /// Finds what there is to find in an article.
    ///
    /// Positions of mentions are characters of `title` and `body`, end-exclusive. Nothing here can fail: an
    /// engine that finds nothing says nothing.
    pub fn enrich(&self, cleaned: Cleaned) -> Enriched {
        let article = Article::new(&self.lexicon, &cleaned);
        let chain = agency::find(&article);
        let mut published = dates::published(&cleaned);
        let zone = published.as_mut().and_then(|stamp| self.zones.complete(cleaned.source.as_deref(), stamp));
        let language = language(&cleaned);
        let entities = names::find(&article);
        let topics = topics::find(&article);
        let keywords = topics::keywords(&article);
        let dates = dates::find(&article, published.as_ref());
        let dateline = cleaned.dateline.clone().map(|dateline| place::resolved(&self.lexicon, dateline));
        let mut quality = cleaned.quality.clone();
        quality.extend(quality::flags(&article, published.as_ref()).map(str::to_owned));
        Enriched {
            schema: "naba.enriched/1".to_owned(),
            language,
            agency: chain.writer,
            relay: chain.relay,
            origin: chain.origin,
            entities,
            topics,
            keywords,
            dates,
            quotes: vec![],
            story: None,
            published_at: published.as_ref().map(|stamp| stamp.value.clone()),
            published_alternative: published.as_ref().and_then(|stamp| stamp.other.clone()),
            published_zone: zone,
            published_surface: cleaned.published_surface,
            quality,
            id: cleaned.id,
            revision: cleaned.revision,
            generation: cleaned.generation,
            sequence: cleaned.sequence,
            content_hash: cleaned.content_hash,
            source: cleaned.source,
            source_id: cleaned.source_id,
            url: cleaned.url,
            ingested_at: cleaned.ingested_at,
            cleaned_at: cleaned.cleaned_at,
            enriched_at: String::new(),
            title: cleaned.title,
            kicker: cleaned.kicker,
            body: cleaned.body,
            search: cleaned.search,
            search_map: cleaned.search_map,
            dateline,
            byline: cleaned.byline,
            removed: cleaned.removed,
            tidied: cleaned.tidied,
            tags: cleaned.tags,
            decoding: cleaned.decoding,
            trace: cleaned.trace,
        }
    }
}

fn language(cleaned: &Cleaned) -> Language {
    let guess = naba_text::language::detect(&cleaned.body);
    Language { tag: guess.tag.to_owned(), confidence: (guess.confidence * 1000.0).round() / 1000.0 }
}
