//! Furniture that is glued to the end of the last paragraph.

use naba_lexicon::Sense;
use naba_record::Kind;
use naba_text::slice;

use super::{
    ADDRESS, BEFORE_UNITS_MAX, BESIDE_THE_HEADLINE_WORDS_MAX, HEADLINE, LINE_WORDS_MAX, Sign, has_address,
    headline, opens_with_speech, sign,
};
use crate::decide::Article;
use crate::folding::{Folding, Place};

/// The words of a list of tags behind the last sentence: at least, and at most.
const TAGS_WORDS: std::ops::RangeInclusive<usize> = 3..=24;
/// Words that no list of tags has.
const GLUE: [&str; 36] = [
    "في",
    "من",
    "علي",
    "الي",
    "عن",
    "مع",
    "ان",
    "انه",
    "انها",
    "لا",
    "ما",
    "لم",
    "لن",
    "قد",
    "كان",
    "كانت",
    "كما",
    "بعد",
    "قبل",
    "او",
    "ثم",
    "هذا",
    "هذه",
    "ذلك",
    "التي",
    "الذي",
    "الذين",
    "بين",
    "حتي",
    "هو",
    "هي",
    "اذا",
    "لكن",
    "عند",
    "منذ",
    "وهو",
];

/// Furniture that is glued to the end of the last paragraph and that no rule for ends names: where it begins in
/// the folding, what it is, and what says so.
pub(crate) fn glued_end<'f>(
    article: &Article<'_>,
    unit: &'f Folding<'f>,
    index: usize,
    lead: usize,
) -> Option<(Place<'f>, Kind, String)> {
    let folded = unit.text();
    if let Some((at, rule)) = line_at_the_end(article, folded) {
        return Some((unit.at(at), rule.kind, rule.id.clone()));
    }
    let (at, sign) = glued_shape(article, folded, index, lead)?;
    Some((unit.at(at), sign.kind, sign.rule.to_owned()))
}

/// What stands behind the last sentence and is furniture where it has a line to itself.
fn line_at_the_end<'a>(article: &Article<'a>, folded: &str) -> Option<(usize, &'a crate::rules::Rule)> {
    let from = behind_last_stop(folded, folded.len())?;
    let line = slice::from(folded, from).trim_end();
    let words = crate::page::count_words(line);
    if words == 0 || words > LINE_WORDS_MAX {
        return None;
    }
    let rules = article.rules;
    let rule = rules.first(&rules.matching(line), line, words, crate::rules::Place::Tail, article.source)?;
    Some((from, rule))
}

fn glued_shape(article: &Article<'_>, folded: &str, index: usize, lead: usize) -> Option<(usize, Sign)> {
    headline_at_the_end(article, folded)
        .map(|at| (at, HEADLINE))
        .or_else(|| address_at_the_end(folded).map(|at| (at, ADDRESS)))
        .or_else(|| tags_at_the_end(article, folded, index, lead).map(|at| (at, TAGS)))
}

const TAGS: Sign = sign("shape.tags_behind_the_last_sentence", 5, Kind::Tags);

/// Where the stretch behind the last sentence begins that ends before a byte.
fn behind_last_stop(folded: &str, before: usize) -> Option<usize> {
    let stop = slice::until(folded, before).rfind(['.', '!', '?'])?;
    let behind = slice::from(folded, stop + 1);
    // a dot inside an address ends no sentence
    if behind.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    Some(folded.len() - behind.trim_start_matches(|c: char| c.is_whitespace() || "\".".contains(c)).len())
}

/// The headline once more as the last words: «…: <headline>».
fn headline_at_the_end(article: &Article<'_>, folded: &str) -> Option<usize> {
    let title = headline(article)?;
    let end = folded.trim_end_matches(|c: char| !c.is_alphanumeric());
    let bare = title.trim_matches(|c: char| !c.is_alphanumeric());
    let at = end.strip_suffix(bare)?.len();
    if !slice::until(folded, at).trim_end_matches(['"', ' ', '(']).ends_with(':') {
        return None;
    }
    let from = behind_last_stop(folded, at)?;
    let label = slice::between(folded, from, at.max(from)).split_whitespace().count();
    (bare.split_whitespace().count() >= 4 && label <= BESIDE_THE_HEADLINE_WORDS_MAX).then_some(from)
}

/// An address behind the last sentence.
fn address_at_the_end(folded: &str) -> Option<usize> {
    let word = folded.split_whitespace().next_back()?;
    let from = folded.len() - word.len();
    // the stop may be glued to the address: «…فيه.writer@paper.com»
    let own = word.split_once('.').filter(|(before, _)| !before.is_ascii());
    let (from, word) = own.map_or((from, word), |(before, rest)| (from + before.len() + 1, rest));
    let ends_before = slice::until(folded, from).trim_end().ends_with(['.', '!', '?', '"']);
    (ends_before && has_address(word)).then_some(from)
}

/// Words without any glue behind the last sentence, most of which the copy has: tags.
fn tags_at_the_end(article: &Article<'_>, folded: &str, index: usize, lead: usize) -> Option<usize> {
    let from = behind_last_stop(folded, folded.len())?;
    let list = slice::from(folded, from);
    let words: Vec<&str> = list.split_whitespace().collect();
    if !TAGS_WORDS.contains(&words.len()) || words.iter().any(|word| GLUE.contains(word)) {
        return None;
    }
    // a man with his rank or his age is a line of a list
    let title = |found: &naba_lexicon::Found| matches!(found.sense, Sense::Title(..));
    if list.contains(|c: char| c.is_ascii_digit()) || article.lexicon.scan(list).iter().any(title) {
        return None;
    }
    // «وأضاف…» and «لافتا…» open a sentence that has lost its full stop
    if words.iter().any(|word| word.starts_with('و') && word.chars().count() > 4)
        || list.contains([',', ':', '(', '"', '-'])
        || opens_with_speech(article, &words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    {
        return None;
    }
    let copy = article.folded(index);
    let copy = copy.strip_suffix(list).unwrap_or(copy);
    let before = lead..index.min(lead + BEFORE_UNITS_MAX);
    let known = |word: &&&str| {
        copy.contains(**word) || before.clone().any(|earlier| article.folded(earlier).contains(**word))
    };
    (words.iter().filter(known).count() * 2 > words.len()).then_some(from)
}
