//! What the sequence tagger sees of a word: itself, its edges, its neighbours, what the lexicon says of them, and the
//! marks between them. Everything is a number, so that no string is made for a word.

use naba_lexicon::{CueForm, Found, Sense};
use naba_text::slice;
use naba_text::words::{self, Word};

use super::evidence::{self, Evidence};

/// How many features a word has.
pub const FEATURES: usize = 26;
/// How many of them carry the letters of the word itself: a model that is to know words that it has not met must do
/// without them now and then while it learns.
pub const OF_LETTERS: usize = 5;

/// What the lexicon says of a word, one bit each.
pub(crate) mod class {
    pub(crate) const GIVEN: u32 = 1;
    pub(crate) const FAMILY: u32 = 1 << 1;
    pub(crate) const TITLE: u32 = 1 << 2;
    pub(crate) const NATIONALITY: u32 = 1 << 3;
    pub(crate) const PLACE: u32 = 1 << 4;
    pub(crate) const PLACE_INSIDE: u32 = 1 << 5;
    pub(crate) const ORGANISATION: u32 = 1 << 6;
    pub(crate) const ORGANISATION_INSIDE: u32 = 1 << 7;
    pub(crate) const CUE: u32 = 1 << 8;
    pub(crate) const ORGANISATION_HEAD: u32 = 1 << 9;
    pub(crate) const PLACE_HEAD: u32 = 1 << 10;
    pub(crate) const DOUBTFUL: u32 = 1 << 11;
    pub(crate) const DOUBTFUL_PLACE: u32 = 1 << 12;
    pub(crate) const DOUBTFUL_FAMILY: u32 = 1 << 13;
    pub(crate) const DOUBTFUL_ORGANISATION: u32 = 1 << 14;
    /// A word of a phrase in which no name stands; nothing else is said of it.
    pub(crate) const ORDINARY: u32 = 1 << 16;
    /// There is no word: the text begins or ends here.
    pub(crate) const NO_WORD: u32 = 1 << 15;
}

/// A word as numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    word: u32,
    stem: u32,
    prefixes: [u32; 3],
    suffixes: [u32; 3],
    classes: u32,
    shape: u32,
    known: Evidence,
    /// What stands between the word before and this one.
    pub gap: Gap,
}

impl Seen {
    /// Whether the lexicon says any of these of the word: bits of [`class`].
    pub(crate) fn is_any(&self, classes: u32) -> bool {
        self.classes & classes != 0
    }

    /// The number of the word without clitics and article.
    pub fn stem(&self) -> u32 {
        self.stem
    }
}

/// What stands between two words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Gap {
    /// A space.
    #[default]
    Space,
    /// A comma.
    Comma,
    /// A quotation mark.
    Quote,
    /// A bracket that opens or closes.
    Bracket,
    /// A dash or a slash.
    Dash,
    /// A colon.
    Colon,
    /// A stop, a line feed, or the beginning of the text.
    Stop,
    /// Anything else.
    Other,
}

fn gap(between: &str) -> Gap {
    if between == " " {
        return Gap::Space;
    }
    let mut gap = Gap::Other;
    for c in between.chars() {
        match c {
            '.' | '\n' | '!' | '?' | ';' => return Gap::Stop,
            ',' => gap = Gap::Comma,
            '"' => gap = Gap::Quote,
            '(' | ')' | '[' | ']' => gap = Gap::Bracket,
            ':' => gap = Gap::Colon,
            '-' | '–' | '—' | '/' if gap == Gap::Other => gap = Gap::Dash,
            _ => {}
        }
    }
    gap
}

/// A feature as one number, of which the high bits are the good ones.
#[inline]
fn mix(template: u32, one: u32, two: u32) -> u32 {
    let both = (u64::from(one) << 32 | u64::from(two)) ^ u64::from(template).wrapping_mul(words::SPREAD);
    let mixed = both.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    ((mixed ^ mixed >> 32).wrapping_mul(words::SPREAD) >> 32) as u32
}

/// Looks at every word of a text.
pub fn look(folded: &str, words: &[Word], found: &[Found]) -> Vec<Seen> {
    let mut seen: Vec<Seen> = Vec::with_capacity(words.len());
    let mut end = 0;
    for word in words {
        let gap = if seen.is_empty() { Gap::Stop } else { gap(slice::between(folded, end, word.start)) };
        seen.push(one(folded, *word, gap));
        end = word.end;
    }
    classify(words, found, &mut seen);
    seen
}

/// How many bytes of a word stand before what is left of it without و or ف, without ب, ل or ك before the article, and
/// without the article.
fn before_stem(word: &str) -> usize {
    const LEFT_BYTES_MIN: usize = 6;
    let mut rest = word;
    if rest.len() >= 2 + LEFT_BYTES_MIN {
        rest = rest.strip_prefix("و").or_else(|| rest.strip_prefix("ف")).unwrap_or(rest);
    }
    if rest.len() >= 4 + LEFT_BYTES_MIN
        && let Some(bare) = rest.strip_prefix("لل")
    {
        return word.len() - bare.len();
    }
    if ["بال", "لال", "كال"].iter().any(|joined| rest.starts_with(joined)) {
        rest = slice::from(rest, 2);
    }
    if rest.len() >= 4 + LEFT_BYTES_MIN {
        rest = rest.strip_prefix("ال").unwrap_or(rest);
    }
    word.len() - rest.len()
}

fn one(folded: &str, word: Word, gap: Gap) -> Seen {
    let (bytes, Word { start, end, hash }) = (folded.as_bytes(), word);
    let text = slice::between(folded, start, end);
    let stem = start + before_stem(text);
    // letters of Arabic script are two bytes each; of other scripts an edge may be cut inside a letter, which is as
    // good a number as any
    let (head, tail) = (words::head(bytes, start, end), words::tail(bytes, stem, end));
    let edge = |number: u64| (number.wrapping_mul(words::SPREAD) >> 32) as u32;
    let first = bytes.get(start).copied().unwrap_or_default();
    let kind = if first.is_ascii_digit() { 1 } else { u32::from(first.is_ascii_alphabetic()) * 2 };
    let length = (text.len() / 2).min(8) as u32;
    Seen {
        word: hash as u32,
        stem: if stem == start { hash } else { words::hash(bytes, stem, end) } as u32,
        prefixes: [16, 32, 48].map(|bits| edge(head << (64 - bits))),
        suffixes: [16, 32, 48].map(|bits| edge(tail >> (64 - bits))),
        classes: 0,
        shape: kind << 8 | length << 1 | u32::from(stem > start),
        known: evidence::of(folded, word),
        gap,
    }
}

/// Marks every word with what the lexicon says of it.
fn classify(words: &[Word], found: &[Found], seen: &mut [Seen]) {
    for found in found {
        let (first, inside) = match found.sense {
            Sense::GivenName => (class::GIVEN, class::GIVEN),
            Sense::DoubtfulName => (class::DOUBTFUL, class::DOUBTFUL),
            Sense::FamilyName(false) => (class::FAMILY, class::FAMILY),
            Sense::FamilyName(true) => (class::DOUBTFUL_FAMILY, class::DOUBTFUL_FAMILY),
            Sense::Title(_) => (class::TITLE, class::TITLE),
            Sense::Nationality(_) => (class::NATIONALITY, class::NATIONALITY),
            Sense::Place(_, true) => (class::DOUBTFUL_PLACE, class::DOUBTFUL_PLACE),
            Sense::Place(_, false) => (class::PLACE, class::PLACE_INSIDE),
            Sense::Agency(_, true) | Sense::Organisation(_, true) => {
                (class::DOUBTFUL_ORGANISATION, class::DOUBTFUL_ORGANISATION)
            }
            Sense::Organisation(_, false) | Sense::Agency(_, false) => {
                (class::ORGANISATION, class::ORGANISATION_INSIDE)
            }
            Sense::Cue(_, CueForm::Verb | CueForm::Participle) => (class::CUE, class::CUE),
            Sense::OrganisationHead => (class::ORGANISATION_HEAD, 0),
            Sense::PlaceHead => (class::PLACE_HEAD, 0),
            Sense::Ordinary => (class::ORDINARY, class::ORDINARY),
            Sense::Cue(..) | Sense::Topic(_) => continue,
        };
        for (place, (word, seen)) in words.iter().zip(&mut *seen).enumerate().skip(found.word) {
            if word.start >= found.end {
                break;
            }
            seen.classes |= if place == found.word { first } else { inside };
        }
    }
    for word in seen.iter_mut().filter(|word| word.is_any(class::ORDINARY)) {
        word.classes &= class::ORDINARY | class::TITLE | class::CUE;
    }
}

/// The features of a word, as numbers of 32 bits: the model takes as many of their bits as it has room for.
///
/// Each template costs a look into the model, so that there are no more than help: of forty these were left when one
/// after the other went whose absence five folds did not notice. The first [`OF_LETTERS`] carry the word's own letters.
pub fn features(seen: &[Seen], at: usize) -> [u32; FEATURES] {
    let none = Seen { gap: Gap::Stop, classes: class::NO_WORD, known: Evidence::NO_WORD, ..Seen::default() };
    let near =
        |step: isize| at.checked_add_signed(step).and_then(|place| seen.get(place)).copied().unwrap_or(none);
    let [w2, w1, w, n1] = [near(-2), near(-1), near(0), near(1)];
    [
        mix(1, w.word, 0),
        mix(2, w.stem, 0),
        mix(3, w1.stem, w.stem),
        mix(4, w.stem, n1.stem),
        mix(5, w1.classes, w.stem),
        mix(6, w1.stem, 0),
        mix(7, n1.stem, 0),
        mix(8, w2.stem, 0),
        mix(10, w.prefixes[0], 0),
        mix(11, w.prefixes[1], 0),
        mix(12, w.prefixes[2], 0),
        mix(14, w.suffixes[1], 0),
        mix(15, w.suffixes[2], 0),
        mix(16, w.classes, 0),
        mix(17, w1.classes, 0),
        mix(18, w.shape, 0),
        mix(19, w.shape, w.classes),
        mix(20, w.gap as u32, w.classes),
        mix(21, w1.stem, w.classes),
        mix(22, w.classes, n1.stem),
        mix(27, u32::from(w.known.coarse), 0),
        mix(28, u32::from(w.known.middle), 0),
        mix(29, u32::from(w.known.fine), 0),
        mix(30, u32::from(w1.known.coarse), 0),
        mix(31, u32::from(n1.known.coarse), 0),
        mix(34, u32::from(w.known.counts), 0),
    ]
}
