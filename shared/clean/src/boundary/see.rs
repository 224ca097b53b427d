//! What the boundary model sees of a word in flat text: itself, its neighbours, the marks and blanks before it, where it
//! stands, and which words before it come again behind it. Everything is a number.

use std::collections::HashMap;

use naba_lexicon::{CueForm, Found, Lexicon, Sense};
use naba_text::slice;
use naba_text::words::{self, Word};

use crate::folding::Folding;
use crate::page::is_blank;

/// How many features a word has.
pub const FEATURES: usize = 20;
/// What each of them is called where a cut is explained.
pub const NAMES: [&str; FEATURES] = [
    "word",
    "word_before",
    "both_words",
    "next_word_too",
    "next_word",
    "form",
    "form_before",
    "kinds_of_both",
    "kind_and_next",
    "marks",
    "marks_and_word",
    "marks_and_kind",
    "words_to_the_end",
    "length_of_the_sentence",
    "shapes",
    "word_and_end",
    "kind_and_length",
    "form_of_both",
    "third_word",
    "marks_around_the_next",
];

/// A word as numbers.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are what is seen, and no state")]
pub struct Seen {
    /// Where it begins in the original, in bytes.
    pub start: usize,
    /// Where it ends there.
    pub end: usize,
    /// Whether a blank stands before it: only there a piece can begin.
    pub is_apart: bool,
    pub(super) word: u32,
    stem: u32,
    pub(super) form: u32,
    pub(super) classes: u32,
    pub(super) shape: u32,
    /// Marks before the blank, marks behind it, how wide it is.
    pub(super) left: Mark,
    pub(super) right: Mark,
    pub(super) blanks: u32,
    /// Words since the last mark that ends a sentence, and to the next one.
    pub(super) since_stop: u32,
    pub(super) to_stop: u32,
    /// Words of the twenty before it that come again within twenty-five, and how many say something.
    pub(super) again: u32,
    pub(super) telling: u32,
    /// Words of the eight from it on that came before it.
    pub(super) came_before: u32,
    /// The first letter.
    pub(super) letter: u32,
    /// Whether it begins with the article.
    pub(super) has_article: bool,
    /// Whether it came before, and whether it comes again soon, near the beginning.
    pub(super) came: bool,
    pub(super) comes: bool,
    /// The first letter, and the last two.
    pub(super) edges: u32,
    /// Whether a dateline begins at the word (1), ends before it (2), or goes on with it (3).
    pub(super) dateline: u32,
}

/// Marks on one side of a blank.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Mark {
    /// None.
    #[default]
    None,
    /// A full stop.
    Stop,
    /// A question or exclamation mark.
    Call,
    /// Two dots and more.
    Dots,
    /// A comma or semicolon.
    Comma,
    /// A colon.
    Colon,
    /// A quotation mark or a bracket.
    Quote,
    /// A dash, a slash, a bar.
    Dash,
    /// Anything else.
    Other,
}

impl Mark {
    fn of(marks: &str) -> Self {
        let mut mark = Self::None;
        for c in marks.chars() {
            mark = match (c, mark) {
                ('.' | '…', Self::Stop | Self::Dots) | ('…', _) => Self::Dots,
                ('.', _) => Self::Stop,
                ('!' | '?', _) => Self::Call,
                // a bracket closes what the mark before it has ended
                ('"' | '(' | ')' | '[' | ']', Self::None) => Self::Quote,
                ('"' | '(' | ')' | '[' | ']', mark) => mark,
                (',' | ';', _) => Self::Comma,
                (':', _) => Self::Colon,
                ('-' | '–' | '—' | '/' | '|' | '>' | '\\', _) => Self::Dash,
                _ => Self::Other,
            };
        }
        mark
    }

    /// Whether it ends a sentence.
    pub fn ends_a_sentence(self) -> bool {
        matches!(self, Self::Stop | Self::Call | Self::Dots)
    }
}

impl Seen {
    /// Whether more than one blank stands before it, and no mark that goes on: a line could begin here.
    pub(super) fn is_wide(&self) -> bool {
        let goes_on =
            |mark: Mark| matches!(mark, Mark::Colon | Mark::Dash | Mark::Comma | Mark::Dots | Mark::Stop);
        self.is_apart && self.blanks > 1 && !goes_on(self.left) && !goes_on(self.right)
    }

    /// Whether it leads on to the next word.
    pub(super) fn is_glue(&self) -> bool {
        self.classes & class::GLUE != 0
    }

    /// Whether the words before the blank before it end like a sentence.
    pub fn is_behind_a_sentence(&self) -> bool {
        matches!(self.left, Mark::Stop | Mark::Call)
    }
}

/// How far is looked for words that come again: headline and lead share them.
const BEFORE_WORDS_MAX: usize = 20;
const BEHIND_WORDS_MAX: usize = 25;
const OPENING_WORDS_MAX: usize = 8;
/// Words from the beginning for which that is looked at.
const HEAD_WORDS_MAX: usize = 90;
/// The fewest bytes of a word that says something: four letters.
const TELLING_BYTES_MIN: usize = 8;

/// What the lexicon says of a word, one bit each.
mod class {
    pub(super) const NAME: u32 = 1;
    pub(super) const PLACE: u32 = 1 << 1;
    pub(super) const OUTLET: u32 = 1 << 2;
    pub(super) const TITLE: u32 = 1 << 3;
    pub(super) const VERB: u32 = 1 << 4;
    pub(super) const ORGANISATION: u32 = 1 << 5;
    pub(super) const CUE: u32 = 1 << 6;
    pub(super) const GLUE: u32 = 1 << 7;
}

/// Words that lead on to the next one: no headline ends with them.
pub(crate) const GLUE: [&str; 34] = [
    "في", "من", "علي", "الي", "عن", "مع", "ان", "انه", "لا", "ما", "لم", "لن", "قد", "بعد", "قبل", "او", "ثم",
    "هذا", "هذه", "التي", "الذي", "بين", "حتي", "عند", "منذ", "خلال", "بسبب", "ضد", "حول", "لدي", "دون",
    "نحو", "عبر", "كل",
];

/// Looks at every word of a folded line.
pub fn look(lexicon: &Lexicon, line: &Folding<'_>, original: &str) -> Vec<Seen> {
    let folded = line.text();
    let words = words::words(folded);
    let edges: Vec<usize> = words.iter().flat_map(|word| [word.start, word.end]).collect();
    let homes = line.homes(&edges);
    let (mut seen, mut end, mut end_home): (Vec<Seen>, _, _) = (Vec::with_capacity(words.len()), 0, 0);
    for (word, home) in words.iter().zip(homes.as_chunks::<2>().0) {
        let between = slice::between(folded, end, word.start);
        let blanks = widest(slice::between(original, end_home, home[0]));
        let mut one = one(folded, *word, between);
        (one.start, one.end, one.blanks) = (home[0], home[1], blanks.min(4) as u32);
        one.is_apart = between.contains(' ') || seen.is_empty();
        seen.push(one);
        (end, end_home) = (word.end, home[1]);
    }
    classify(&words, &lexicon.scan_words(folded, &words), &mut seen);
    stops(&mut seen);
    repeats(&words, &mut seen);
    datelines(lexicon, line, original, &mut seen);
    seen
}

/// Marks the words where a dateline begins, and those behind one.
fn datelines(lexicon: &Lexicon, line: &Folding<'_>, original: &str, seen: &mut [Seen]) {
    const MARKS_WITHIN: usize = 7;
    let mut at = 0;
    while at < seen.len().min(HEAD_WORDS_MAX) {
        let marked = |word: &Seen| {
            matches!(word.left, Mark::Dash | Mark::Colon | Mark::Quote) || word.right == Mark::Dash
        };
        let known = class::PLACE | class::OUTLET | class::NAME;
        let dated = |word: &Seen| word.shape >> 4 == 1;
        let may = seen[at].is_apart
            && seen.iter().skip(at).take(3).any(|word| word.classes & known != 0)
            && (seen.iter().skip(at + 1).take(MARKS_WITHIN).any(marked)
                || seen.iter().skip(at + 1).take(3).any(dated));
        let found = if may { line.dateline(lexicon, slice::from(original, seen[at].start)) } else { None };
        let Some(bytes) = found else {
            at += 1;
            continue;
        };
        seen[at].dateline = 1;
        let end = seen[at].start + bytes;
        let behind = seen.partition_point(|word| word.start < end).max(at + 1);
        seen[at + 1..behind].iter_mut().for_each(|word| word.dateline = 3);
        at = behind;
        if let Some(behind) = seen.get_mut(at) {
            behind.dateline = 2;
        }
    }
}

/// How many blanks stand in a row.
fn widest(between: &str) -> usize {
    let (mut widest, mut row) = (0, 0);
    for c in between.chars() {
        row = if is_blank(c) { row + 1 } else { 0 };
        widest = widest.max(row);
    }
    widest
}

fn one(folded: &str, word: Word, between: &str) -> Seen {
    let bytes = folded.as_bytes();
    let Word { start, end, hash } = word;
    let text = slice::between(folded, start, end);
    let bare = text.strip_prefix('و').filter(|rest| rest.len() >= 6).unwrap_or(text);
    let bare = bare.strip_prefix("ال").filter(|rest| rest.len() >= 4).unwrap_or(bare);
    let stem = end - bare.len();
    let edge = |number: u64| (number.wrapping_mul(words::SPREAD) >> 32) as u32;
    // letters of Arabic script are two bytes each
    let (head, tail) = (words::head(bytes, start, end), words::tail(bytes, start, end));
    let form = edge(head << 32) ^ edge(tail >> 48).rotate_left(7);
    let first = bytes.get(start).copied().unwrap_or_default();
    let kind = if first.is_ascii_digit() { 1 } else { u32::from(first.is_ascii_alphabetic()) * 2 };
    let (left, right) = between.split_once(' ').unwrap_or((between, ""));
    Seen {
        word: hash as u32,
        stem: words::hash(bytes, stem, end) as u32,
        form,
        letter: edge(head << 48),
        has_article: text.starts_with("ال")
            || text.starts_with("لل")
            || text.starts_with("وال")
            || text.starts_with("بال"),
        classes: if GLUE.contains(&text) { class::GLUE } else { 0 },
        edges: edge(head << 48) ^ edge(tail >> 32).rotate_left(9),
        shape: kind << 4 | (text.len() / 2).min(8) as u32,
        left: Mark::of(left),
        right: Mark::of(right),
        ..Seen::default()
    }
}

fn classify(words: &[Word], found: &[Found], seen: &mut [Seen]) {
    for found in found {
        let class = match found.sense {
            Sense::GivenName | Sense::FamilyName(false) => class::NAME,
            Sense::Place(_, false) => class::PLACE,
            Sense::Agency(_, false) => class::OUTLET,
            Sense::Title(_) => class::TITLE,
            Sense::Cue(_, CueForm::Verb) => class::VERB,
            Sense::Cue(..) => class::CUE,
            Sense::Organisation(..) | Sense::OrganisationHead => class::ORGANISATION,
            _ => continue,
        };
        let inside = words.iter().zip(&mut *seen).skip(found.word);
        for (_, seen) in inside.take_while(|(word, _)| word.start < found.end) {
            seen.classes |= class;
        }
    }
}

/// Counts the words since the last mark that ends a sentence, and to the next one.
fn stops(seen: &mut [Seen]) {
    let mut since = 0;
    for one in &mut *seen {
        since = if one.left.ends_a_sentence() { 0 } else { since + 1 };
        one.since_stop = since;
    }
    let mut to = 0;
    for one in seen.iter_mut().rev() {
        to += 1;
        one.to_stop = to;
        if one.left.ends_a_sentence() {
            to = 0;
        }
    }
}

/// Counts, near the beginning, the words on both sides of a place that are the same.
fn repeats(words: &[Word], seen: &mut [Seen]) {
    let head = seen.len().min(HEAD_WORDS_MAX + BEHIND_WORDS_MAX);
    let telling: Vec<bool> =
        words.iter().map(|word| word.end - word.start >= TELLING_BYTES_MIN).take(head).collect();
    let mut next: Vec<usize> = vec![usize::MAX; head];
    let mut last: HashMap<u32, usize> = HashMap::new();
    for place in 0..head {
        if telling[place]
            && let Some(before) = last.insert(seen[place].stem, place)
        {
            next[before] = place;
            (seen[before].comes, seen[place].came) = (true, true);
        }
    }
    for at in 1..seen.len().min(HEAD_WORDS_MAX) {
        let before = at.saturating_sub(BEFORE_WORDS_MAX)..at;
        let reaches = |place: &usize| (at..at + BEHIND_WORDS_MAX).contains(&next[*place]);
        let opens = |place: &usize| (at..at + OPENING_WORDS_MAX).contains(&next[*place]);
        let again = before.clone().filter(reaches).count() as u32;
        let came_before = before.clone().filter(opens).count() as u32;
        let telling = before.filter(|place| telling[*place]).count() as u32;
        (seen[at].again, seen[at].came_before, seen[at].telling) = (again, came_before, telling);
    }
}

/// A feature as one number, of which the high bits are the good ones.
#[inline]
pub(super) fn mix(template: u32, one: u32, two: u32) -> u32 {
    let one = (one ^ template.wrapping_mul(0x9E37_79B9)).wrapping_mul(0x85EB_CA6B);
    (one ^ one >> 15).wrapping_add(two.wrapping_mul(0x27D4_EB2F)).wrapping_mul(0xC2B2_AE35)
}

/// A count as one of a few steps.
pub(super) fn step(count: usize) -> u32 {
    const STEPS: [usize; 15] = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 19, 25, 40, 80, 160];
    STEPS.partition_point(|step| *step <= count) as u32
}

/// The features of a word: numbers of 32 bits.
pub fn features(seen: &[Seen], at: usize) -> [u32; FEATURES] {
    let none = Seen::default();
    let near =
        |step: isize| at.checked_add_signed(step).and_then(|place| seen.get(place)).copied().unwrap_or(none);
    let [w1, w, n1, n2] = [near(-1), near(0), near(1), near(2)];
    let marks = (w.left as u32) << 8 | (w.right as u32) << 4 | w.blanks;
    let to_end = step(seen.len() - at);
    let sentence = step(w.since_stop as usize) << 8 | step(w.to_stop as usize);
    [
        mix(1, w.word, 0),
        mix(2, w1.word, 0),
        mix(3, w1.word, w.word),
        mix(4, w.word, n1.word),
        mix(5, n1.word, 0),
        mix(6, w.form, 0),
        mix(7, w1.form, 0),
        mix(8, w1.classes, w.classes),
        mix(9, w.classes, n1.classes),
        mix(10, marks, 0),
        mix(11, marks, w.word),
        mix(12, marks, w.classes),
        mix(13, to_end, 0),
        mix(14, sentence, 0),
        mix(15, w1.shape << 8 | w.shape, marks),
        mix(16, w.word, to_end / 4),
        mix(17, w.classes, sentence),
        mix(18, w1.form, w.form),
        mix(19, n2.word, 0),
        mix(20, marks, (n1.left as u32) << 8 | n1.right as u32),
    ]
}
