//! Engines over a cleaned article. Values in, values out.
//!
//! * [`agency`]   who wrote the copy, who passed it on
//! * [`dates`]    the publication stamp, and dates in the body
//! * [`names`]    people, organisations, places
//! * [`topics`]   IPTC Media Topics, top level, and keywords
//! * [`article`]  what they all read: one scan of the folded text, words with their way home

pub mod agency;
pub mod article;
pub mod dates;
pub mod names;
pub mod topics;

use std::sync::Arc;

use naba_lexicon::Lexicon;
use naba_record::{Cleaned, Enriched, Language};

use article::Article;

/// The engine, ready to run on any number of articles.
#[derive(Debug)]
pub struct Tagger {
    lexicon: Arc<Lexicon>,
}

impl Tagger {
    /// An engine over a lexicon.
    pub fn new(lexicon: Arc<Lexicon>) -> Self {
        Self { lexicon }
    }

    /// Names the lexicon in use: part of every record's trace.
    pub fn version(&self) -> String {
        format!("{}+lexicon.{}", env!("CARGO_PKG_VERSION"), self.lexicon.version)
    }

    /// Finds what there is to find in an article.
    ///
    /// Positions of mentions are characters of `title` and `body`, end-exclusive. Nothing here can fail: an
    /// engine that finds nothing says nothing.
    pub fn enrich(&self, cleaned: Cleaned) -> Enriched {
        let article = Article::new(&self.lexicon, &cleaned);
        let (agency, relay) = agency::find(&article);
        let published = dates::published(&cleaned);
        let language = language(&cleaned);
        let entities = names::find(&article);
        let topics = topics::find(&article);
        let keywords = topics::keywords(&article);
        let dates = dates::find(&article, published.as_ref());
        let mut quality = cleaned.quality.clone();
        quality.extend(quality_flags(&cleaned, published.as_ref()).map(str::to_owned));
        Enriched {
            schema: "naba.enriched/1".to_owned(),
            language,
            agency,
            relay,
            entities,
            topics,
            keywords,
            dates,
            quotes: vec![],
            story: None,
            published_at: published.as_ref().map(|stamp| stamp.value.clone()),
            published_alternative: published.as_ref().and_then(|stamp| stamp.other.clone()),
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
            dateline: cleaned.dateline,
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

/// Flags that can be seen in the finished text: each names what triggers it.
fn quality_flags(cleaned: &Cleaned, published: Option<&dates::Stamp>) -> impl Iterator<Item = &'static str> {
    let body = cleaned.body.as_str();
    let straight = body.matches('"').count();
    let pairs = [('«', '»'), ('“', '”')]
        .iter()
        .any(|(open, close)| body.matches(*open).count() != body.matches(*close).count());
    let farsi = |text: &str| text.contains(['ی', 'ک', 'گ', 'پ', 'چ']);
    [
        // an odd number of straight marks, or more opened than closed
        ("unbalanced_quotes", straight % 2 == 1 || pairs),
        // ASCII and Arabic-Indic digits in one body
        ("mixed_digits", naba_text::digits::mixed(body)),
        // letters that Arabic does not use, in title or body
        ("farsi_letters", farsi(body) || cleaned.title.as_deref().is_some_and(farsi)),
        // the last paragraph ends with an ellipsis
        ("truncated", body.ends_with("...") || body.ends_with('…')),
        // the printed stamp has two readings
        ("date_ambiguous", published.is_some_and(|stamp| stamp.other.is_some())),
    ]
    .into_iter()
    .filter_map(|(flag, raised)| raised.then_some(flag))
}
