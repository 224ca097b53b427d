//! What naba knows by name, as one automaton over folded text.
//!
//! * `data/*.tsv`  the entries, each file with its source
//! * [`data`]      the files read into typed tables
//! * [`calendar`] words of time
//! * [`scan`]      one pass over a folded text that finds every entry, clitics aside
//!
//! Everything is compared in the search folding of `naba_text::normalise`, so that an entry is written once.

pub mod calendar;
pub mod data;
pub mod scan;

use std::sync::{Arc, LazyLock};

use aho_corasick::AhoCorasick;
use naba_text::normalise::{Profile, SEARCH, fold};

pub use data::{
    AgencyEntry, CueForm, OrganisationEntry, PlaceEntry, PlaceKind, Tables, TitleKind, TopicEntry,
};
pub use scan::{Found, Sense};

/// The entries and the automaton that finds them.
#[derive(Debug)]
pub struct Lexicon {
    /// The tables.
    pub tables: Tables,
    automaton: AhoCorasick,
    senses: Vec<Vec<Sense>>,
    /// Eight hex characters of a hash of all data: part of every record's trace.
    pub version: String,
}

/// A lexicon that no automaton can hold.
#[derive(Debug, thiserror::Error)]
#[error("the lexicon is too large for one automaton: {0}")]
pub struct TooLarge(String);

static BUILT_IN: LazyLock<Arc<Lexicon>> = LazyLock::new(|| {
    let lexicon = Lexicon::new(Tables::built_in());
    Arc::new(lexicon.expect("the built-in lexicon has a hundred thousandth of the limit"))
});
static SEARCH_PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile::new(SEARCH));

/// The search folding of a text.
pub fn folded(text: &str) -> String {
    fold(&SEARCH_PROFILE, text)
}

impl Lexicon {
    /// The lexicon that ships with naba.
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&BUILT_IN)
    }

    /// Builds the automaton over tables.
    ///
    /// # Errors
    /// [`TooLarge`] beyond two thousand million bytes of entries.
    pub fn new(tables: Tables) -> Result<Self, TooLarge> {
        let (patterns, senses) = scan::patterns(&tables);
        let automaton = AhoCorasick::new(&patterns).map_err(|error| TooLarge(error.to_string()))?;
        Ok(Self { version: tables.version(), tables, automaton, senses })
    }

    /// Every entry that stands in a folded text as a word of its own, clitics aside, in the order of its end.
    pub fn scan(&self, folded: &str) -> Vec<Found> {
        scan::scan(&self.automaton, &self.senses, folded)
    }

    /// Every sense of a folded form that is exactly this text.
    pub fn senses_of(&self, folded: &str) -> Vec<Sense> {
        let whole =
            self.scan(folded).into_iter().filter(|found| found.start == 0 && found.end == folded.len());
        whole.map(|found| found.sense).collect()
    }

    /// The agency or outlet whose own source this is: by domain, by short name, or by its Arabic name.
    pub fn agency_of_source(&self, source: &str) -> Option<&AgencyEntry> {
        let source = source.trim().to_lowercase();
        let bare = source.strip_prefix("www.").unwrap_or(&source);
        let by_domain = self.tables.agencies.iter().find(|agency| {
            agency.domains.iter().any(|domain| {
                bare == *domain || bare.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
            })
        });
        let name = folded(&source);
        by_domain.or_else(|| {
            self.tables.agencies.iter().find(|agency| agency.forms.iter().any(|form| form.folded == name))
        })
    }
}
