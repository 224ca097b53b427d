//! The article as units, one a line: what the engine decides about.

use std::cell::OnceCell;

use naba_text::letters::is_word;
use naba_text::normalise::{Profile, fold};
use naba_text::slice;

use crate::boundary::Piece;

/// One line of the article.
#[derive(Debug, Clone)]
pub struct Unit {
    /// First byte in the decoded text, white space left out.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Words in it, counted up to [`WORDS_COUNTED_MAX`].
    pub words: usize,
    /// The mark that it ends with.
    pub ending: Ending,
    /// The piece of a flat line that it is.
    pub piece: Option<Piece>,
    /// Its search folding, made when it is first asked for: most paragraphs are never looked at that closely.
    folding: OnceCell<String>,
}

/// How a unit ends, closing quotation marks and brackets aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// A full stop.
    Stop,
    /// One question or exclamation mark, or three dots.
    Sentence,
    /// A comma or semicolon.
    Comma,
    /// Anything else.
    Open,
}

/// Where counting a unit's words ends: nothing asks for more than a flattened page has.
pub const WORDS_COUNTED_MAX: usize = 64;
/// The fewest words of a unit that is prose whatever its punctuation.
const PROSE_WORDS_MIN: usize = 21;
/// The fewest words of a unit that is prose when it ends like a sentence.
const SENTENCE_WORDS_MIN: usize = 7;
/// The most words of a headline: the longest of the development set has 17.
const HEADLINE_WORDS_MAX: usize = 20;

impl Unit {
    /// A unit over a stretch of the text that begins and ends with something to see.
    pub fn new(stretch: &str, start: usize) -> Self {
        let (words, ending) = (count_words(stretch), Ending::of(stretch));
        Self { start, end: start + stretch.len(), words, ending, piece: None, folding: OnceCell::new() }
    }

    /// Its search folding.
    pub fn folded(&self, search: &Profile, text: &str) -> &str {
        self.folding.get_or_init(|| {
            fold(search, &crate::folding::in_one_line(slice::between(text, self.start, self.end)))
        })
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> usize {
        self.end - self.start
    }

    /// Whether the unit ends like a sentence.
    pub fn ends_like_a_sentence(&self) -> bool {
        matches!(self.ending, Ending::Stop | Ending::Sentence)
    }

    /// Whether the unit reads as copy rather than as a label.
    pub fn is_prose(&self) -> bool {
        self.words >= PROSE_WORDS_MIN || (self.words >= SENTENCE_WORDS_MIN && self.ending == Ending::Stop)
    }

    /// Whether it could be a headline or a line above one.
    pub fn is_headline_like(&self) -> bool {
        self.words <= HEADLINE_WORDS_MAX && !matches!(self.ending, Ending::Stop | Ending::Comma)
    }
}

impl Ending {
    fn of(stretch: &str) -> Self {
        let closes = |c: char| is_blank(c) || "\"'”“»«’‘)*".contains(c);
        let end = stretch.trim_end_matches(closes);
        let mut last = end.chars().rev();
        match (last.next(), last.next()) {
            (Some('.'), Some('.')) | (Some('…'), _) => Self::Sentence,
            (Some('.'), _) => Self::Stop,
            (Some('!'), Some('!' | '?' | '؟')) | (Some('?' | '؟'), Some('!')) => Self::Open,
            (Some('!' | '?' | '؟'), _) => Self::Sentence,
            (Some(',' | ';' | '،' | '؛'), _) => Self::Comma,
            _ => Self::Open,
        }
    }
}

/// Words of a stretch, counted up to [`WORDS_COUNTED_MAX`].
pub(crate) fn count_words(stretch: &str) -> usize {
    let mut count = 0;
    let mut rest = stretch;
    while count < WORDS_COUNTED_MAX {
        let Some(end) = rest.bytes().position(|byte| byte.is_ascii_whitespace()) else {
            return (count + words_between_spaces(rest)).min(WORDS_COUNTED_MAX);
        };
        count += words_between_spaces(slice::until(rest, end));
        rest = slice::from(rest, end + 1);
    }
    WORDS_COUNTED_MAX
}

/// Words of a part without ASCII blanks. Bytes D8 to DB begin Arabic letters, so that most parts are told by
/// one byte; blanks beyond ASCII, and marks, take the long way.
fn words_between_spaces(part: &str) -> usize {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, 0xD8..=0xDB);
    if part.bytes().any(|byte| matches!(byte, 0xC2 | 0xE1..=0xE3)) {
        return part.split_whitespace().filter(|word| word.chars().any(is_word)).count();
    }
    usize::from(part.bytes().next().is_some_and(is_letter) || part.chars().any(is_word))
}

/// Splits a decoded text into its units, empty lines left out.
pub fn units(text: &str) -> Vec<Unit> {
    let mut units = vec![];
    let mut at = 0;
    for line in text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        let offset = at;
        at += line.len();
        // the separator is one character; two of them are two or three bytes long
        at += slice::from(text, at).chars().next().map_or(0, char::len_utf8);
        let trimmed = line.trim_start_matches(is_blank);
        let start = offset + (line.len() - trimmed.len());
        let trimmed = trimmed.trim_end_matches(is_blank);
        if trimmed.is_empty() {
            continue;
        }
        units.push(Unit::new(trimmed, start));
    }
    units
}

/// The words of a folded stretch between its spaces, and where they begin.
pub(crate) fn words(stretch: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    let parts = stretch.split(char::is_whitespace).map(move |part| {
        let start = at;
        at += part.len();
        at += slice::from(stretch, at).chars().next().map_or(0, char::len_utf8);
        (start, part)
    });
    parts.filter(|(_, part)| !part.is_empty())
}

/// The pieces of a folded stretch that are letters and digits, and where they begin.
pub(crate) fn pieces(stretch: &str) -> Vec<(usize, &str)> {
    let words = naba_text::words::words(stretch).into_iter();
    words.map(|word| (word.start, slice::between(stretch, word.start, word.end))).collect()
}

/// White space, and what is as invisible.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::units;

    #[test]
    fn units_are_lines_without_their_blanks() {
        let text = " \u{200F}عنوان \r\n\n\u{A0}نص طويل.\u{2028}\t\n";
        let found: Vec<&str> =
            units(text).iter().map(|unit| super::slice::between(text, unit.start, unit.end)).collect();
        assert_eq!(found, ["عنوان", "نص طويل."]);
    }
}
