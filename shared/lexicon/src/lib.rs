//! What naba knows by name, found in folded text in one walk over its words.
//!
//! * `data/*.tsv`  the entries, each file with its source
//! * [`data`]      the files read into typed tables
//! * [`own`]       files of one's own over them
//! * [`calendar`] words of time
//! * [`speech`] words of saying
//! * [`identifiers`] identifiers of what has a name
//! * [`scan`]      one pass over a folded text that finds every entry, clitics aside
//!
//! Everything is compared in the search folding of `naba_text::normalise`, so that an entry is written once.

pub mod calendar;
pub mod data;
pub mod facts;
pub mod identifiers;
pub mod own;
pub mod scan;
pub mod speech;

use std::sync::{Arc, LazyLock};

use naba_text::normalise::{Profile, SEARCH, fold};
use naba_text::words::{Word, words};

pub use data::{
    AgencyEntry, CueEntry, CueForm, OrganisationEntry, PlaceEntry, PlaceKind, Tables, Takes, TitleKind,
    TopicEntry,
};
pub use scan::{Found, Sense};
pub use speech::{Speech, SpeechCue};

/// The entries and the index that finds them.
#[derive(Debug)]
pub struct Lexicon {
    /// The tables.
    pub tables: Tables,
    index: scan::Index,
    /// Eight hex characters of a hash of all data: part of every record's trace.
    pub version: String,
}

static BUILT_IN: LazyLock<Arc<Lexicon>> = LazyLock::new(|| Arc::new(Lexicon::new(Tables::built_in())));
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

    /// A lexicon over tables.
    pub fn new(tables: Tables) -> Self {
        Self { version: tables.version(), index: scan::Index::new(&tables), tables }
    }

    /// Every entry that stands in a folded text as words of its own, clitics aside, in the order of their beginnings.
    pub fn scan(&self, folded: &str) -> Vec<Found> {
        self.index.scan(folded, &words(folded))
    }

    /// The same for whoever has the words of the text already.
    pub fn scan_words(&self, folded: &str, words: &[Word]) -> Vec<Found> {
        self.index.scan(folded, words)
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
