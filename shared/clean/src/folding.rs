//! A stretch of text, its search folding, and the way back.
//!
//! Rules and engines look for things in folded text, and cut the original. The two have other lengths, so a position
//! of one says nothing about the other: a position in folded text is therefore a [`Place`] that holds on to the
//! folding it was found in, and the only way from it to the original is its own offset map ([`Place::home`]).

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use naba_record::Span;
use naba_text::letters::is_mark;
use naba_text::map::Map;
use naba_text::normalise::{Profile, fold, normalise};
use naba_text::slice::{self, CharacterCounter};

/// What stretches a word, or stands for a dash.
const TATWEEL: char = 'ـ';

/// A stretch of text with its folding.
#[derive(Debug)]
pub struct Folding<'a> {
    search: &'a Profile,
    original: &'a str,
    /// What was folded: the beginning of the original, with as many characters.
    window: Cow<'a, str>,
    text: Cow<'a, str>,
    /// Made when a position is first asked home: few stretches have a cut inside.
    map: OnceCell<Map>,
}

/// A position in a folding.
#[derive(Debug, Clone, Copy)]
pub struct Place<'f> {
    folding: &'f Folding<'f>,
    byte: usize,
}

/// A stretch of a folding.
#[derive(Debug, Clone, Copy)]
pub struct Part<'f> {
    folding: &'f Folding<'f>,
    start: usize,
    end: usize,
}

/// A stretch of text without the line feeds that wrapping put into it, as many bytes long.
pub(crate) fn in_one_line(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| matches!(byte, b'\r' | b'\n')) {
        return Cow::Owned(text.replace(['\r', '\n'], " "));
    }
    Cow::Borrowed(text)
}

impl<'a> Folding<'a> {
    /// Folds a stretch of text.
    pub fn of(search: &'a Profile, original: &'a str) -> Self {
        let window = in_one_line(original);
        let text = Cow::Owned(fold(search, &window));
        Self { search, original, window, text, map: OnceCell::new() }
    }

    /// A stretch of text whose folding was made before.
    pub fn known(search: &'a Profile, original: &'a str, folded: &'a str) -> Self {
        let (window, text) = (in_one_line(original), Cow::Borrowed(folded));
        Self { search, original, window, text, map: OnceCell::new() }
    }

    /// Folds the first characters of a text, tatweel that stands by itself, or ends a word («واس ـ الرياض», «واسـ»), as
    /// the dash that it is: folding would drop it. «هـ» and «مـ» stand for words.
    pub fn with_dashes(search: &'a Profile, original: &'a str, characters_max: usize) -> Self {
        let characters: Vec<char> = original.chars().take(characters_max).collect();
        let mut window = String::with_capacity(original.len().min(2 * characters.len()));
        let mut before = None;
        for (at, c) in characters.iter().enumerate() {
            // a run of tatweel is one thing, and marks on a letter do not end its word
            before = if *c == TATWEEL || is_mark(*c) { before } else { Some(*c) };
            let joins = before.is_some_and(char::is_alphabetic);
            let ends = characters[at..].iter().find(|c| **c != TATWEEL).is_none_or(|c| c.is_whitespace());
            let is_dash = *c == TATWEEL && (!joins || ends && !before.is_some_and(|c| "هم".contains(c)));
            let plain = if matches!(c, '\r' | '\n') { ' ' } else { *c };
            window.push(if is_dash { '-' } else { plain });
        }
        let text = Cow::Owned(fold(search, &window));
        Self { search, original, window: Cow::Owned(window), text, map: OnceCell::new() }
    }

    /// The folded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many bytes of a stretch of the original a dateline takes, where it begins with one.
    pub(crate) fn dateline(&self, lexicon: &naba_lexicon::Lexicon, stretch: &str) -> Option<usize> {
        crate::dateline::read(lexicon, self.search, stretch).map(|found| found.bytes)
    }

    /// A position, by its byte in the folded text.
    pub fn at(&self, byte: usize) -> Place<'_> {
        Place { folding: self, byte }
    }

    /// The bytes in the original that rising bytes of the folded text came from, found in one walk over both texts.
    pub fn homes(&self, rising: &[usize]) -> Vec<usize> {
        let map = self.map.get_or_init(|| normalise(self.search, &self.window).map);
        let mut counter = CharacterCounter::new(&self.text);
        // the character of the original that was found last, and its byte
        let (mut run, mut number, mut at) = (0, 0, 0);
        let home = |byte: &usize| {
            if *byte >= self.text.len() {
                return self.at(*byte).home();
            }
            let character = counter.at(*byte);
            while map.runs.get(run).is_some_and(|run| run.end <= character) {
                run += 1;
            }
            let from = map.runs.get(run).map_or(number, |run| {
                let is_even = run.end - run.start == run.from_end - run.from_start;
                run.from_start + if is_even { character.saturating_sub(run.start) } else { 0 }
            });
            let step = from.saturating_sub(number);
            at += slice::byte_of(slice::from(self.original, at), step);
            number += step;
            at
        };
        rising.iter().map(home).collect()
    }

    /// A stretch, by its bytes in the folded text.
    pub fn part(&self, bytes: Range<usize>) -> Part<'_> {
        Part { folding: self, start: bytes.start, end: bytes.end }
    }
}

impl Place<'_> {
    /// The byte in the folded text.
    pub fn byte(&self) -> usize {
        self.byte
    }

    /// The byte in the original that the character at this position came from. What folding drops before it (marks,
    /// tatweel) belongs to what stands before it.
    pub fn home(&self) -> usize {
        let Folding { search, original, window, map, .. } = self.folding;
        if self.byte >= self.folding.text.len() {
            // what is dropped at the end, a mark on the last letter, belongs to it
            return if window.len() == original.len() {
                original.len()
            } else {
                slice::byte_of(original, slice::count(window))
            };
        }
        let map = map.get_or_init(|| normalise(search, window).map);
        let character = slice::count(slice::until(&self.folding.text, self.byte));
        slice::byte_of(original, map.home(Span { start: character, end: character + 1 }).start)
    }
}

impl<'f> Part<'f> {
    /// The folded words.
    pub fn text(&self) -> &'f str {
        slice::between(&self.folding.text, self.start, self.end)
    }

    /// Its beginning.
    pub fn start(&self) -> Place<'f> {
        Place { folding: self.folding, byte: self.start }
    }

    /// Its end.
    pub fn end(&self) -> Place<'f> {
        Place { folding: self.folding, byte: self.end }
    }

    /// The bytes of the original that it came from.
    pub fn home(&self) -> Range<usize> {
        let start = self.start().home();
        start..self.end().home().max(start)
    }

    /// The words as printed that it stands for.
    pub fn original(&self) -> &'f str {
        let home = self.home();
        slice::between(self.folding.original, home.start, home.end).trim()
    }
}

#[cfg(test)]
mod tests {
    use super::Folding;
    use naba_text::normalise::{Profile, SEARCH};
    use naba_text::slice;

    /// What stands from a folded mark on.
    #[track_caller]
    fn check(original: &str, mark: &str, expected: &str) {
        let search = Profile::new(SEARCH);
        for folding in [Folding::of(&search, original), Folding::with_dashes(&search, original, 1000)] {
            let at = folding.text().find(mark).unwrap_or(folding.text().len());
            let every: Vec<usize> = folding
                .text()
                .char_indices()
                .map(|(byte, _)| byte)
                .chain([at.max(folding.text().len())])
                .collect();
            let one_by_one: Vec<usize> = every.iter().map(|byte| folding.at(*byte).home()).collect();
            assert_eq!(folding.homes(&every), one_by_one, "{original}");
            assert_eq!(slice::from(original, folding.at(at).home()), expected, "{original}");
        }
    }

    #[test]
    fn a_position_leads_home() {
        check("مُحَمَّد  أمس/انتهى/", "/", "/انتهى/");
        check("مُحَمَّدٌ", "!", "");
        check("ﷲ أكبر", "اكبر", "أكبر");
        check("دمشق ـ ســـانا - قال", "قال", "قال");
    }

    #[test]
    fn a_dash_of_tatweel_is_kept_and_leads_home() {
        let (search, original) = (Profile::new(SEARCH), "جنين ـ وَــفا ـــ سبقـ 5 هـ أعلنت");
        let folding = Folding::with_dashes(&search, original, 1000);
        assert_eq!(folding.text(), "جنين - وفا --- سبق- 5 ه اعلنت");
        let at = folding.text().find("اعلنت").unwrap_or_default();
        assert_eq!(slice::from(original, folding.at(at).home()), "أعلنت");
        assert_eq!(folding.part(at..folding.text().len()).original(), "أعلنت");
    }
}
