//! What the taggers read: one scan of the folded text, and words with their way home.

use naba_lexicon::{Found, Lexicon};
use naba_record::{Cleaned, Mention, MentionIn, Run, Span};
use naba_text::letters::is_word;
use naba_text::slice::{self, CharacterCounter};

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
}

/// A word of a folded text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
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
        let mut found = lexicon.scan(folded);
        found.sort_unstable_by_key(|found| (found.start, std::cmp::Reverse(found.end)));
        Self { within, folded, display, map, found, words: words(folded) }
    }

    /// The folded text of a stretch.
    pub fn between(&self, start: usize, end: usize) -> &'a str {
        slice::between(self.folded, start, end)
    }

    /// The folded text of a word.
    pub fn word(&self, index: usize) -> &'a str {
        self.words.get(index).map_or("", |word| self.between(word.start, word.end))
    }

    /// Mentions for stretches of the folded text in bytes, in rising order of their start.
    pub fn mentions(&self, stretches: &[(usize, usize)]) -> Vec<Mention> {
        let mut counter = CharacterCounter::new(self.folded);
        let mut home = CharacterWalker::new(self.display);
        let mut mentions = vec![];
        for (start, end) in stretches {
            let span = Span { start: counter.at(*start), end: counter.at(*end) };
            let at = naba_text::map::home(self.map, span);
            let surface = home.between(at).to_owned();
            mentions.push(Mention { surface, start: at.start, end: at.end, within: self.within });
        }
        mentions
    }
}

/// Cuts a text by characters, walking it once when asked in rising order.
pub(crate) struct CharacterWalker<'a> {
    text: &'a str,
    byte: usize,
    character: u32,
}

impl<'a> CharacterWalker<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, byte: 0, character: 0 }
    }

    pub(crate) fn between(&mut self, span: Span) -> &'a str {
        if span.start < self.character {
            (self.byte, self.character) = (0, 0);
        }
        let rest = slice::from(self.text, self.byte);
        self.byte += slice::byte_of(rest, span.start - self.character);
        self.character = span.start;
        let rest = slice::from(self.text, self.byte);
        slice::until(rest, slice::byte_of(rest, span.end - span.start))
    }
}

/// The words of a folded text.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = vec![];
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (is_word(c), start) {
            (true, None) => start = Some(at),
            (false, Some(first)) => {
                words.push(Word { start: first, end: at });
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|first| Word { start: first, end: text.len() }));
    words
}
