//! The article as units: what the engine decides about.

use naba_text::letters::is_word;
use naba_text::normalise::{Profile, fold};
use naba_text::slice;

/// One line of the article, or one run of a line that lost its line feeds.
#[derive(Debug, Clone)]
pub struct Unit {
    /// First byte in the decoded text, white space left out.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Its search folding, without line feeds.
    pub folded: String,
    /// Words in it.
    pub words: usize,
}

/// The fewest words of a unit that is prose whatever its punctuation.
const PROSE_WORDS_MIN: usize = 21;
/// The fewest words of a unit that is prose when it ends like a sentence.
const SENTENCE_WORDS_MIN: usize = 7;
/// The most words of a headline: the longest of the development set has 17.
const HEADLINE_WORDS_MAX: usize = 20;

impl Unit {
    /// Whether the unit ends like a sentence.
    pub fn ends_like_a_sentence(&self) -> bool {
        let end = self.folded.trim_end_matches(['"', ')', '\'', ' ', '*']);
        end.ends_with(['.', '!', '?', '…']) && !end.ends_with("!!") && !end.ends_with("?!")
    }

    /// Whether the unit reads as copy rather than as a label.
    pub fn is_prose(&self) -> bool {
        self.words >= PROSE_WORDS_MIN || (self.words >= SENTENCE_WORDS_MIN && self.ends_with_a_stop())
    }

    /// Whether it could be a headline or a line above one.
    pub fn is_headline_like(&self) -> bool {
        self.words <= HEADLINE_WORDS_MAX && !self.ends_with_a_stop() && !self.folded.ends_with([',', ';'])
    }

    fn ends_with_a_stop(&self) -> bool {
        let end = self.folded.trim_end_matches(['"', ')', '\'', ' ', '*']);
        end.ends_with('.') && !end.ends_with("..")
    }
}

/// Splits a decoded text into its units, empty lines left out.
pub fn units(search: &Profile, text: &str) -> Vec<Unit> {
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
        units.push(unit(search, trimmed, start));
    }
    units
}

/// A unit over a stretch of the text.
pub fn unit(search: &Profile, stretch: &str, start: usize) -> Unit {
    let folded = fold(search, stretch);
    let words = folded.split_whitespace().filter(|word| word.chars().any(is_word)).count();
    Unit { start, end: start + stretch.len(), folded, words }
}

/// The words of a folded stretch between its spaces, and where they begin.
pub(crate) fn words(stretch: &str) -> Vec<(usize, &str)> {
    split(stretch, char::is_whitespace)
}

/// The pieces of a folded stretch that are letters and digits, and where they begin.
pub(crate) fn pieces(stretch: &str) -> Vec<(usize, &str)> {
    split(stretch, |c| !is_word(c))
}

fn split(stretch: &str, separates: impl Fn(char) -> bool) -> Vec<(usize, &str)> {
    let mut at = 0;
    let mut found = vec![];
    for part in stretch.split(&separates) {
        if !part.is_empty() {
            found.push((at, part));
        }
        at += part.len();
        at += slice::from(stretch, at).chars().next().map_or(0, char::len_utf8);
    }
    found
}

/// White space, and what is as invisible.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// The byte in a stretch of text that a byte of its folding came from. Folding is run again on the stretch,
/// because only the few units with a cut inside need the way home.
pub fn home_byte(search: &Profile, stretch: &str, folded_byte: usize) -> usize {
    let normalised = naba_text::normalise::normalise(search, stretch);
    let character = slice::count(slice::until(&normalised.text, folded_byte));
    let span = naba_record::Span { start: character, end: character + 1 };
    let home = if character >= slice::count(&normalised.text) {
        slice::count(stretch)
    } else {
        normalised.map.home(span).start
    };
    slice::byte_of(stretch, home)
}

#[cfg(test)]
mod tests {
    use super::{home_byte, units};
    use naba_text::normalise::{Profile, SEARCH};

    #[test]
    fn units_are_lines_without_their_blanks() {
        let text = " \u{200F}عنوان \r\n\n\u{A0}نص طويل.\u{2028}\t\n";
        let found: Vec<&str> = units(&Profile::new(SEARCH), text)
            .iter()
            .map(|unit| super::slice::between(text, unit.start, unit.end))
            .collect();
        assert_eq!(found, ["عنوان", "نص طويل."]);
    }

    #[test]
    fn a_place_in_the_folding_has_a_home() {
        let (search, stretch) = (Profile::new(SEARCH), "مُحَمَّد  أمس/انتهى/");
        let folded = naba_text::normalise::fold(&search, stretch);
        let at = folded.find('/').expect("a slash");
        assert_eq!(super::slice::from(stretch, home_byte(&search, stretch, at)), "/انتهى/");
        assert_eq!(home_byte(&search, stretch, folded.len()), stretch.len());
    }
}
