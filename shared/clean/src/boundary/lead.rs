//! Where the copy begins in a flat text: behind a headline and what else stands above it, or with the first word.
//!
//! Every word that may begin the copy is looked at with what would then stand above it. A headline's words come again in
//! its lead, leads open with verbs and datelines, headlines end with nouns and without a stop.

use super::see::{Mark, Seen, mix, step};

/// How many features a place has.
pub const FEATURES: usize = 32;
/// What each of them is called where a cut is explained.
pub const NAMES: [&str; FEATURES] = [
    "first_word",
    "first_two_words",
    "second_word",
    "last_word",
    "last_and_first",
    "marks_and_first_word",
    "opening_word_and_length",
    "last_word_and_marks",
    "first_form",
    "first_letters",
    "last_form",
    "kinds",
    "kinds_behind",
    "marks",
    "length",
    "length_and_blanks",
    "words_that_come_again",
    "share_that_comes_again",
    "first_words_came_before",
    "sentences_above",
    "dateline",
    "kind_and_dateline",
    "last_letters",
    "rest_of_the_sentence",
    "headline_and_first_form",
    "first_again",
    "words_to_the_first_again",
    "to_the_first_and_form",
    "to_the_first_two",
    "articles",
    "first_letter",
    "kinds_and_length",
];
/// How many of them carry the letters of whole words: learning does without them now and then, as it must with words that it
/// has not met.
pub const OF_LETTERS: usize = 8;
/// The most words that stand above the copy.
pub const HEAD_WORDS_MAX: usize = 48;

/// The fewest words of a headline that nothing but a blank divides from the copy.
const HEADLINE_WORDS_MIN: usize = 3;

/// The words that may begin the copy: the first one, and those behind a blank without a mark that goes on. A dateline
/// belongs to the copy.
pub fn places(seen: &[Seen]) -> impl Iterator<Item = usize> {
    let goes_on = |mark: Mark| matches!(mark, Mark::Dots | Mark::Colon | Mark::Dash | Mark::Comma);
    let may = move |at: &usize| {
        seen.get(*at).is_some_and(|word| {
            word.is_apart
                && word.dateline < 2
                && (*at >= HEADLINE_WORDS_MIN || word.blanks > 1 || word.dateline == 1)
                && (!goes_on(word.left) && !goes_on(word.right) || word.dateline == 1)
        })
    };
    let words = seen.len().min(HEAD_WORDS_MAX);
    // nothing above the copy stands behind its dateline
    let end = seen.iter().take(words).position(|word| word.dateline == 1).map_or(words, |at| at + 1);
    std::iter::once(0).chain((1..end).filter(may))
}

/// The features of a place: numbers of 32 bits.
pub fn features(seen: &[Seen], at: usize) -> [u32; FEATURES] {
    let none = Seen::default();
    let get = |place: usize| seen.get(place).copied().unwrap_or(none);
    let w = get(at);
    let (n1, n2) = (get(at + 1), get(at + 2));
    let w1 = at.checked_sub(1).map_or(none, get);
    let w2 = at.checked_sub(2).map_or(none, get);
    let none_above = u32::from(at == 0);
    let marks = (w.left as u32) << 8 | (w.right as u32) << 4 | w.blanks.min(2);
    let stops = seen.iter().take(at).skip(1).filter(|word| word.left == Mark::Stop).count().min(3) as u32;
    let wider = u32::from(seen.iter().take(HEAD_WORDS_MAX).any(|word| word.blanks > w.blanks));
    let opening = get(0);
    let share = (w.again * 6).checked_div(w.telling).map_or(0, |sixths| 1 + sixths);
    let length = at.min(30) as u32;
    // the lead takes a headline's words up soon: how far behind its beginning that is
    let mut again = (1..seen.len().min(2 * HEAD_WORDS_MAX)).filter(|place| seen[*place].came);
    let to = |place: Option<usize>| {
        place.map_or(99, |place| place.wrapping_sub(at).cast_signed().clamp(-6, 14).cast_unsigned() as u32)
    };
    let (first, second) = (to(again.next()), to(again.next()));
    let article = |word: &Seen| u32::from(word.has_article);
    let articles = article(&w2) << 3 | article(&w1) << 2 | article(&w) << 1 | article(&n1);
    [
        mix(41, w.word, none_above),
        mix(44, w.word, n1.word),
        mix(45, n1.word, none_above),
        mix(46, w1.word, 0),
        mix(48, w1.word, w.word),
        mix(52, marks, w.word),
        mix(62, opening.word, step(at) / 2),
        mix(63, w1.word, marks),
        mix(42, w.form, none_above),
        mix(43, w.edges, none_above),
        mix(47, w1.form, 0),
        mix(49, w1.classes, w.classes | none_above << 16),
        mix(50, w.classes, n1.classes << 8 | n2.classes),
        mix(51, marks, wider),
        mix(53, length, 0),
        mix(54, step(at), w.blanks.min(2) << 1 | wider),
        mix(55, w.again.min(7), step(at)),
        mix(56, share, step(at)),
        mix(57, w.came_before.min(4), none_above),
        mix(58, stops, w.left as u32),
        mix(59, w.dateline, none_above),
        mix(60, w.dateline, w.classes),
        mix(61, w1.edges, w1.shape),
        mix(64, step(w.to_stop as usize), none_above),
        mix(65, opening.form, w.form),
        mix(66, u32::from(w.came) << 2 | u32::from(n1.came) << 1 | u32::from(w2.comes), step(at) / 2),
        mix(67, first, none_above),
        mix(68, first, w.edges),
        mix(69, first, second),
        mix(70, articles, w.classes),
        mix(71, w.letter, w1.classes),
        mix(72, w.classes | w1.classes << 8, step(at)),
    ]
}
