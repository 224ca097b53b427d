//! What the taggers read: one scan of the folded text, and words with their way home.

use naba_lexicon::{Found, Lexicon, Sense};
use naba_record::{Cleaned, Mention, MentionIn, Run, Search, SearchMap, Span};
use naba_text::normalise::{Profile, SEARCH, normalise};

use crate::names::see::{self, Seen};
use naba_text::slice::{self, Positions};
use naba_text::words::{Word, words};

/// A cleaned article, scanned once.
#[derive(Debug)]
pub struct Article<'a> {
    /// The lexicon.
    pub lexicon: &'a Lexicon,
    /// The record.
    pub cleaned: &'a Cleaned,
    /// The title, then the body.
    pub texts: Vec<Text<'a>>,
}

/// A folded text, its entries, and its way home.
#[derive(Debug)]
pub struct Text<'a> {
    /// Which it is.
    pub within: MentionIn,
    /// The folded text.
    pub folded: &'a str,
    /// The text as displayed.
    pub display: &'a str,
    /// From folded to displayed.
    pub map: &'a [Run],
    /// Lexicon entries, by their place.
    pub found: Vec<Found>,
    /// Words: letters and digits in a row.
    pub words: Vec<Word>,
    /// The words as the models see them.
    pub seen: Vec<Seen>,
    positions: Positions<'a>,
    display_positions: Positions<'a>,
}

/// A text as clean would give it when there is nothing to clean: positions count in the text as it is.
pub fn plain(title: Option<&str>, body: &str) -> Cleaned {
    let profile = Profile::new(SEARCH);
    let (headline, copy) = (normalise(&profile, title.unwrap_or_default()), normalise(&profile, body));
    Cleaned {
        title: title.map(str::to_owned),
        body: body.to_owned(),
        search: Search { title: headline.text, body: copy.text },
        search_map: SearchMap { title: headline.map.runs, body: copy.map.runs },
        ..Cleaned::default()
    }
}

impl<'a> Article<'a> {
    /// Scans an article.
    pub fn new(lexicon: &'a Lexicon, cleaned: &'a Cleaned) -> Self {
        let mut texts = vec![];
        if let Some(title) = &cleaned.title {
            texts.push(Text::new(
                lexicon,
                MentionIn::Title,
                &cleaned.search.title,
                title,
                &cleaned.search_map.title,
            ));
        }
        texts.push(Text::new(
            lexicon,
            MentionIn::Body,
            &cleaned.search.body,
            &cleaned.body,
            &cleaned.search_map.body,
        ));
        Self { lexicon, cleaned, texts }
    }

    /// The body, which every article has.
    pub fn body(&self) -> &Text<'a> {
        // `new` pushes the body last, always
        &self.texts[self.texts.len() - 1]
    }
}

impl<'a> Text<'a> {
    fn new(lexicon: &Lexicon, within: MentionIn, folded: &'a str, display: &'a str, map: &'a [Run]) -> Self {
        let words = words(folded);
        let mut found = lexicon.scan_words(folded, &words);
        found.sort_unstable_by_key(|found| (found.start, std::cmp::Reverse(found.end)));
        let seen = see::look(folded, &words, &found);
        let (positions, display_positions) = (Positions::new(folded), Positions::new(display));
        Self { within, folded, display, map, found, words, seen, positions, display_positions }
    }

    /// The folded text of a stretch.
    pub fn between(&self, start: usize, end: usize) -> &'a str {
        slice::between(self.folded, start, end)
    }

    /// The folded text of a word.
    pub fn word(&self, index: usize) -> &'a str {
        self.words.get(index).map_or("", |word| self.between(word.start, word.end))
    }

    /// The words that an entry takes: its first one, and one past its last.
    pub fn words_of(&self, found: &Found) -> (usize, usize) {
        let more = self.words[found.word..].iter().take_while(|word| word.start < found.end).count();
        (found.word, found.word + more)
    }

    /// The entries that begin in a stretch of the folded text, in bytes, in the order of their beginnings.
    pub fn found_in(&self, start: usize, end: usize) -> impl Iterator<Item = &Found> {
        let from = self.found.partition_point(|found| found.start < start);
        self.found[from..].iter().take_while(move |found| found.start < end)
    }

    /// The titles that begin in a word; none where there is no such word.
    pub fn titles_at(&self, at: usize) -> impl Iterator<Item = &Found> {
        let here = self.words.get(at).map(|word| self.found_in(word.start, word.end));
        here.into_iter().flatten().filter(|found| matches!(found.sense, Sense::Title(_)))
    }

    /// Where a stretch of the folded text, in bytes, stands in the displayed one, in characters; and its words there.
    pub fn home(&self, start: usize, end: usize) -> (Span, &'a str) {
        let span = Span { start: self.positions.character(start), end: self.positions.character(end) };
        let at = naba_text::map::home(self.map, span);
        (at, self.display_positions.between(at.start, at.end))
    }

    /// The mention that a stretch of the folded text is, in bytes.
    pub fn mention(&self, start: usize, end: usize) -> Mention {
        let (at, surface) = self.home(start, end);
        Mention { surface: surface.to_owned(), start: at.start, end: at.end, within: self.within }
    }
}
