//! The boilerplate engine: takes an article's furniture away, says why, and can put it back.
//!
//! * [`rules`]   furniture as data: `rules/*.toml`, each rule with the line that provoked it
//! * [`boundary`] where one piece of a flat text ends and the next begins
//! * [`page`]    the article as units: lines, and runs inside lines that lost their line feeds
//! * [`decide`]  which units are furniture: head, sections, tail, ends
//! * `elements` what a web page's own elements say of its lines
//! * `writer`   who wrote it, in headlines, and who is nobody
//! * [`evidence`] what speaks for and against a line that no rule names
//! * [`like`]     lines that read nearly the same
//! * [`learn`]    what an outlet repeats, counted per source, and the rules that come of it
//! * [`lint`]     what is wrong with rules that compile
//! * [`folding`] positions in folded text, and the way back to the original
//! * `reflow`      hard-wrapped lines joined to paragraphs
//! * `flat`        pages that were flattened into one line, cut at their seams
//! * [`dateline`] place, agency and date at the head of the copy
//! * `fields`     what the lines that go say of the article
//! * `stamp`      lines that are a stamp, with a writer or a section beside it
//! * [`mod@cut`]     the cuts → body, removed, tidied
//! * [`undo`]    body, removed, tidied → the decoded text, to the character
//!
//! In doubt it stays: a unit is cut when a rule or a shape says what it is and where it stands allows it.

pub mod boundary;
pub mod cut;
pub mod dateline;
pub mod decide;
mod elements;
pub mod evidence;
mod fields;
mod flat;
pub mod folding;
mod head;
pub mod learn;
pub mod like;
pub mod lint;
pub mod page;
mod reflow;
pub mod rules;
mod stamp;
mod tail;
pub mod undo;
mod writer;

use naba_lexicon::Lexicon;
use naba_record::{Cleaned, Ingested, Search, SearchMap};
use naba_text::normalise::{DISPLAY, Normalised, Profile, SEARCH, normalise};

pub use decide::Block;
use decide::{Decision, decide};
pub use learn::{Furniture, Observation};
pub use rules::{Rules, RulesError};

/// The engine: rules, lexicon and the two profiles, ready to run on any number of articles.
#[derive(Debug)]
pub struct Cleaner {
    rules: Rules,
    lexicon: std::sync::Arc<Lexicon>,
    display: Profile,
    /// The profile that rules and lexicon are written in.
    matching: Profile,
    /// The profile of the search text.
    search: Profile,
    /// Where the pieces of flat texts begin.
    boundaries: std::sync::Arc<boundary::model::Model>,
}

/// Why an article cannot be cleaned. Trying again will not help.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CleanError {
    /// Nothing was there, or nothing was left once the furniture had gone.
    #[error("no article text among {lines} lines")]
    Empty {
        /// Lines that the decoded text has.
        lines: usize,
    },
}

/// The share of an article that may go on circumstantial evidence (swept along by a section, not named by
/// a rule of its own) before the cut is called a mistake: the design's two fifths.
pub const SWEPT_SHARE_MAX: f32 = 0.4;

impl Cleaner {
    /// An engine with the given rules.
    pub fn new(rules: Rules, lexicon: std::sync::Arc<Lexicon>) -> Self {
        Self {
            rules,
            lexicon,
            display: Profile::new(DISPLAY),
            matching: Profile::new(SEARCH),
            search: Profile::new(SEARCH),
            boundaries: boundary::model::Model::built_in(),
        }
    }

    /// The same engine with another model for flat texts.
    #[must_use]
    pub fn with_boundaries(mut self, boundaries: std::sync::Arc<boundary::model::Model>) -> Self {
        self.boundaries = boundaries;
        self
    }

    /// What decides about articles.
    fn engine(&self) -> decide::Engine<'_> {
        decide::Engine {
            rules: &self.rules,
            lexicon: &self.lexicon,
            search: &self.matching,
            boundaries: &self.boundaries,
        }
    }

    /// The same engine with another profile for the search text. Rules and taggers keep theirs.
    #[must_use]
    pub fn with_search(mut self, search: Profile) -> Self {
        self.search = search;
        self
    }

    /// The engine that ships with naba.
    ///
    /// # Errors
    /// [`RulesError`] when the built-in rules do not compile, which a test rules out.
    pub fn built_in() -> Result<Self, RulesError> {
        Ok(Self::new(Rules::built_in()?, Lexicon::built_in()))
    }

    /// Names the rules in use: part of every record's trace.
    pub fn version(&self) -> String {
        format!("{}+rules.{}", env!("CARGO_PKG_VERSION"), self.rules.version)
    }

    /// Says what each line of an article is taken for, and why: for people who ask.
    pub fn explain(&self, article: &Ingested) -> Vec<Block> {
        decide::blocks(&self.engine(), article)
    }

    /// Takes the article's furniture away.
    ///
    /// Positions in `Cleaned::removed` are characters of `article.text`, end-exclusive.
    ///
    /// # Errors
    /// [`CleanError::Empty`] when nothing is left; trying again will not help.
    pub fn clean(&self, article: &Ingested) -> Result<Cleaned, CleanError> {
        self.cleaned(article, decide(&self.engine(), article))
    }

    /// Takes the article's furniture away, and says what it shows of its outlet's furniture: for learning.
    ///
    /// # Errors
    /// As [`Self::clean`].
    pub fn clean_and_observe(&self, article: &Ingested) -> Result<(Cleaned, Observation), CleanError> {
        let (decision, seen) = decide::observe(&self.engine(), article);
        self.cleaned(article, decision).map(|cleaned| (cleaned, seen))
    }

    fn cleaned(&self, article: &Ingested, decision: Decision) -> Result<Cleaned, CleanError> {
        let mut quality = article.quality.clone();
        let over_cut = decision.swept_share > SWEPT_SHARE_MAX;
        let mut decision = decision;
        if over_cut {
            // what a section swept along comes back; what is named by itself stays cut
            decision.cuts.retain(|cut| !decision.swept.contains(&cut.start));
            quality.push("over_cut".to_owned());
        }
        quality.extend(decision.quality.iter().map(|flag| (*flag).to_owned()));
        let cut = cut::apply(&self.display, &article.text, &decision.cuts, &decision.soft);
        if cut.body.is_empty() && !article.withdrawn {
            return Err(CleanError::Empty { lines: article.text.lines().count() });
        }
        let tidy = |text: &str| {
            // a field has one line, also where wrapping broke it
            let text = normalise(&self.display, &text.replace(['\r', '\n'], " ")).text;
            Some(text).filter(|text| !text.is_empty())
        };
        let title = decision.title.as_deref().or(article.title.as_deref()).and_then(tidy);
        let stated = decision.byline.as_deref().or(article.byline.as_deref()).and_then(tidy);
        let byline = stated.or_else(|| title.as_deref().and_then(writer::in_title));
        let search_title =
            title.as_deref().map_or_else(Normalised::default, |title| normalise(&self.search, title));
        let search_body = normalise(&self.search, &cut.body);
        let mut tags = article.tags.clone();
        tags.extend(decision.tags);
        Ok(Cleaned {
            schema: "naba.cleaned/1".to_owned(),
            id: article.id.clone(),
            revision: article.revision,
            generation: article.generation,
            sequence: article.sequence,
            content_hash: article.content_hash.clone(),
            source: article.source.clone(),
            source_id: article.source_id.clone(),
            url: article.url.clone(),
            kicker: decision.kicker.as_deref().and_then(tidy),
            title,
            search: Search { title: search_title.text, body: search_body.text },
            search_map: SearchMap { title: search_title.map.runs, body: search_body.map.runs },
            body: cut.body,
            dateline: decision.dateline,
            byline,
            published_surface: surface(decision.published.as_deref(), article).as_deref().and_then(tidy),
            source_surface: decision.source.as_deref().and_then(tidy),
            published_at: article.published_at.clone(),
            modified_at: article.modified_at.clone(),
            fetched_at: article.fetched_at.clone(),
            removed: cut.removed,
            tidied: cut.tidied,
            tags,
            withdrawn: article.withdrawn,
            quality,
            language: article.language.clone(),
            page: article.page.clone(),
            decoding: article.decoding.clone(),
            ingested_at: article.ingested_at.clone(),
            cleaned_at: String::new(),
            trace: article.trace.clone(),
        })
    }
}
/// The stamp that is printed, and what was sent as one and cannot be read.
fn surface(printed: Option<&str>, article: &Ingested) -> Option<String> {
    let stamps = printed.into_iter().chain(article.published_surface.as_deref());
    let joined = stamps.collect::<Vec<_>>().join(" | ");
    (!joined.is_empty()).then_some(joined)
}
