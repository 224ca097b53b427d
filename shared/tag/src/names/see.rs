//! What the sequence tagger sees of a word: itself, its edges, its neighbours, what the lexicon says of them, and the
//! marks between them. Everything is a number, so that no string is made for a word.

use naba_lexicon::{CueForm, Sense};

use naba_lexicon::Found;
use naba_text::slice;

use crate::article::Word;

/// How many features a word has.
pub const FEATURES: usize = 40;

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

/// Where FNV-1a begins.
const START: u32 = 0x811C_9DC5;

/// FNV-1a over the bytes of a stretch.
fn hash(bytes: &[u8]) -> u32 {
    go_on(START, bytes)
}

fn go_on(hash: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// A feature as one number, of which the high bits are the good ones.
#[inline]
fn mix(template: u32, one: u32, two: u32) -> u32 {
    let one = (one ^ template.wrapping_mul(0x9E37_79B9)).wrapping_mul(0x85EB_CA6B);
    (one ^ one >> 15).wrapping_add(two.wrapping_mul(0x27D4_EB2F)).wrapping_mul(0xC2B2_AE35)
}

/// Looks at every word of a text.
pub fn look(folded: &str, words: &[Word], found: &[Found]) -> Vec<Seen> {
    let mut seen: Vec<Seen> = Vec::with_capacity(words.len());
    let mut end = 0;
    for word in words {
        let gap = if seen.is_empty() { Gap::Stop } else { gap(slice::between(folded, end, word.start)) };
        seen.push(one(slice::between(folded, word.start, word.end), gap));
        end = word.end;
    }
    classify(words, found, &mut seen);
    seen
}

/// The word without و or ف, without ب, ل or ك before the article, and without the article.
fn stem(word: &str) -> &str {
    let long = |rest: &str| rest.len() >= 6;
    let mut rest = word;
    if let Some(bare) = rest.strip_prefix(['و', 'ف']).filter(|bare| long(bare)) {
        rest = bare;
    }
    if let Some(bare) = rest.strip_prefix("لل").filter(|bare| long(bare)) {
        return bare;
    }
    if let Some(bare) = rest.strip_prefix(['ب', 'ل', 'ك']).filter(|bare| bare.starts_with("ال")) {
        rest = bare;
    }
    rest.strip_prefix("ال").filter(|bare| long(bare)).unwrap_or(rest)
}

fn one(word: &str, gap: Gap) -> Seen {
    let (bytes, stem) = (word.as_bytes(), stem(word));
    let mut seen = Seen { word: START, gap, ..Seen::default() };
    // letters of Arabic script are two bytes each; of other scripts an edge may be cut inside a letter, which
    // is as good a number as any. A prefix is a word that has stopped early.
    let (edges, rest) = bytes.split_at(bytes.len().min(6));
    for (letters, prefix) in seen.prefixes.iter_mut().enumerate() {
        seen.word =
            go_on(seen.word, edges.get(letters * 2..edges.len().min(letters * 2 + 2)).unwrap_or_default());
        *prefix = seen.word;
    }
    seen.word = go_on(seen.word, rest);
    seen.stem = if stem.len() == word.len() { seen.word } else { hash(stem.as_bytes()) };
    let stem_bytes = stem.as_bytes();
    for (letters, suffix) in (1..).zip(&mut seen.suffixes) {
        *suffix = hash(stem_bytes.get(stem_bytes.len().saturating_sub(letters * 2)..).unwrap_or_default());
    }
    let first = bytes.first().copied().unwrap_or_default();
    let kind = if first.is_ascii_digit() { 1 } else { u32::from(first.is_ascii_alphabetic()) * 2 };
    let length = (bytes.len() / 2).min(8) as u32;
    seen.shape = kind << 8 | length << 1 | u32::from(word.len() != stem.len());
    seen
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
            Sense::Cue(..) | Sense::Topic(_) => continue,
        };
        let at = words.partition_point(|word| word.end <= found.start);
        for (place, word) in words.iter().enumerate().skip(at) {
            if word.start >= found.end {
                break;
            }
            if let Some(seen) = seen.get_mut(place) {
                seen.classes |= if place == at { first } else { inside };
            }
        }
    }
}

/// The features of a word, as numbers of 32 bits: the model takes as many of their bits as it has room for.
pub fn features(seen: &[Seen], at: usize) -> [u32; FEATURES] {
    let none = Seen { gap: Gap::Stop, ..Seen::default() };
    let near =
        |step: isize| at.checked_add_signed(step).and_then(|place| seen.get(place)).copied().unwrap_or(none);
    let [w3, w2, w1, w, n1, n2] = [near(-3), near(-2), near(-1), near(0), near(1), near(2)];
    let gap = w.gap as u32;
    [
        mix(1, gap, n1.gap as u32),
        mix(2, w.word, 0),
        mix(3, w.stem, 0),
        mix(4, w1.stem, 0),
        mix(5, n1.stem, 0),
        mix(6, w2.stem, 0),
        mix(7, n2.stem, 0),
        mix(8, w1.stem, w.stem),
        mix(9, w.stem, n1.stem),
        mix(10, w1.stem, n1.stem),
        mix(11, w2.stem, w1.stem),
        mix(12, w.prefixes[0], 0),
        mix(13, w.prefixes[1], 0),
        mix(14, w.prefixes[2], 0),
        mix(15, w.suffixes[0], 0),
        mix(16, w.suffixes[1], 0),
        mix(17, w.suffixes[2], 0),
        mix(18, w.classes, 0),
        mix(19, w1.classes, 0),
        mix(20, n1.classes, 0),
        mix(21, w1.classes, w.classes),
        mix(22, w.classes, n1.classes),
        mix(23, w1.classes, n1.classes),
        mix(24, w2.classes, w1.classes),
        mix(25, w.shape, 0),
        mix(26, w.shape, w.classes),
        mix(27, gap, w.classes),
        mix(28, w1.stem, w.classes),
        mix(29, w1.classes, w.stem),
        mix(30, w.classes, n1.stem),
        mix(31, w1.suffixes[1], w.shape),
        mix(32, w.suffixes[2], w1.classes),
        mix(33, w3.classes, w2.classes ^ w1.classes << 16),
        mix(34, w2.classes ^ w1.classes << 16, w.classes),
        mix(35, w.classes ^ n1.classes << 16, n2.classes),
        mix(36, w1.word, w.prefixes[1]),
        mix(37, w.prefixes[2], w.suffixes[1]),
        mix(38, n1.suffixes[1], w.suffixes[1]),
        mix(39, n1.prefixes[1], w.prefixes[1]),
        mix(40, w3.stem, w2.stem),
    ]
}
