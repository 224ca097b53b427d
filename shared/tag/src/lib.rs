//! Engines over a cleaned article. Values in, values out.
//!
//! * [`agency`]   who wrote the copy, who passed it on
//! * [`dates`]    the publication stamp, and dates in the body
//! * [`names`]    people, organisations, places
//! * [`speech`]   who said what
//! * [`topics`]   IPTC Media Topics, top level
//! * [`keywords`] the words that stand most often
//! * [`stories`]  who else printed it
//! * [`revision`] what differs from the last revision
//! * [`article`]  what they all read: one scan of the folded text, words with their way home
//! * [`buckets`]  the weights of the models

pub mod agency;
pub mod article;
pub mod dates;
pub mod keywords;
pub mod names;
mod place;
mod quality;
pub mod revision;
pub mod speech;
pub mod stories;
pub mod topics;

use std::sync::Arc;

use naba_lexicon::Lexicon;
use naba_record::{Cleaned, Enriched, Entity, Language, Topic};

pub use naba_text::buckets;

use article::Article;
use dates::Stamp;
use dates::zones::Zones;

/// The engine, ready to run on any number of articles.
#[derive(Debug)]
pub struct Tagger {
    lexicon: Arc<Lexicon>,
    names: Arc<names::model::Model>,
    topics: Arc<topics::model::Model>,
    zones: Zones,
}

impl Tagger {
    /// An engine over a lexicon.
    pub fn new(lexicon: Arc<Lexicon>) -> Self {
        Self {
            lexicon,
            names: names::model::Model::built_in(),
            topics: topics::model::Model::built_in(),
            zones: Zones::default(),
        }
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

    /// The names of a text. Positions are characters of the text.
    pub fn names(&self, text: &str) -> Vec<Entity> {
        let cleaned = article::plain(None, text);
        names::find(&Article::new(&self.lexicon, &cleaned), &self.names).entities
    }

    /// The topics of a text, best first.
    pub fn topics(&self, title: Option<&str>, text: &str) -> Vec<Topic> {
        let cleaned = article::plain(title, text);
        topics::find(&Article::new(&self.lexicon, &cleaned), &self.topics)
    }

    /// Finds what there is to find in an article.
    ///
    /// Positions of mentions are characters of `title` and `body`, end-exclusive. Nothing here can fail: an
    /// engine that finds nothing says nothing.
    pub fn enrich(&self, cleaned: Cleaned) -> Enriched {
        let article = Article::new(&self.lexicon, &cleaned);
        let chain = agency::find(&article);
        let dates::Times { mut published, mut modified } = dates::times(&cleaned);
        let mut complete = |stamp: &mut Stamp| self.zones.complete(cleaned.source.as_deref(), stamp);
        let zone = published.as_mut().and_then(&mut complete);
        modified.as_mut().and_then(complete);
        let language = language(&cleaned);
        let names = names::find(&article, &self.names);
        let quotes = speech::find(&article, &names);
        let topics = topics::find(&article, &self.topics);
        let keywords = keywords::find(&article);
        let dates = dates::find(&article, published.as_ref());
        let dateline = cleaned.dateline.clone().map(|dateline| place::resolved(&self.lexicon, dateline));
        let mut quality = cleaned.quality.clone();
        if published.is_some() {
            // what ingest could not read as a time, the reader of printed stamps could
            quality.retain(|flag| flag != "published_at_unread");
        }
        quality.extend(quality::flags(&article, published.as_ref()).map(str::to_owned));
        Enriched {
            schema: "naba.enriched/1".to_owned(),
            language,
            agency: chain.writer,
            relay: chain.relay,
            origin: chain.origin,
            entities: names.entities,
            topics,
            keywords,
            dates,
            quotes,
            story: None,
            published_at: published.as_ref().map(|stamp| stamp.value.clone()),
            published_alternative: published.as_ref().and_then(|stamp| stamp.other.clone()),
            published_resolved: published.is_some_and(|stamp| stamp.resolved),
            published_zone: zone,
            modified_at: modified.map(|stamp| stamp.value),
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
            withdrawn: cleaned.withdrawn,
            page: cleaned.page,
            decoding: cleaned.decoding,
            trace: cleaned.trace,
        }
    }
}

fn language(cleaned: &Cleaned) -> Language {
    let guess = naba_text::language::detect(&cleaned.body);
    Language { tag: guess.tag.to_owned(), confidence: (guess.confidence * 1000.0).round() / 1000.0 }
}
