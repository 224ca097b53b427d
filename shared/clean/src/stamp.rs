//! Lines that are a stamp, and what stands beside it: its writer, a section, a place, an agency. The dates are read
//! by the reader that gives them their values later, so that no stamp is understood by one and not by the other.

use naba_dates::line::Rest;
use naba_dates::{StampLine, line};
use naba_lexicon::Sense;
use naba_lexicon::calendar::{self, StampWord};
use naba_text::slice;

use crate::decide::Article;
use crate::head::is_name;
use crate::page::Unit;
use crate::rules::UNIT_BYTES_MAX;

/// The most words of a line that has a stamp in it, and of what stands beside the stamp.
const LINE_WORDS_MAX: usize = 30;
const BESIDE_WORDS_MAX: usize = 8;
/// The most words of a section, or of whoever else stands beside the stamp behind a mark.
const PART_WORDS_MAX: usize = 4;
/// The most words of a label before a colon: «أجرى الحوار:».
const LABEL_WORDS_MAX: usize = 3;
/// The most words of a writer.
const WRITER_WORDS_MAX: usize = 6;

/// A line that may be a stamp, taken apart.
fn taken_apart(article: &Article<'_>, index: usize) -> Option<StampLine> {
    let unit = &article.units[index];
    if unit.words > LINE_WORDS_MAX || unit.bytes() > UNIT_BYTES_MAX {
        return None;
    }
    let folded = article.folded(index);
    // digits, or an hour ago
    let may =
        folded.bytes().any(|byte| byte.is_ascii_digit()) || folded.contains("منذ") || folded.contains("قبل");
    let may = may
        || folded.contains("امس")
        || folded.contains("اليوم")
        || folded.contains(" ago")
        || unit.words <= 2;
    may.then(|| line(folded))
}

/// Whether a line above the lead is a stamp.
pub(crate) fn is_above(article: &Article<'_>, index: usize, under_headline: bool) -> bool {
    let Some(found) = taken_apart(article, index) else { return false };
    if is_alone(&found) {
        return true;
    }
    let is_dated = found.dates > 0 || (found.yearless > 0 && found.clocks > 0);
    if !is_dated || article.units[index].is_prose() && !found.is_labelled {
        return false;
    }
    let words: usize = found.rest.iter().map(|rest| rest.words).sum();
    let has_writer = found.rest.iter().any(|rest| is_writer(article, index, rest));
    if words <= BESIDE_WORDS_MAX && (found.is_labelled || has_writer) {
        return true;
    }
    let known = |rest: &Rest| has_sense(article, index, *rest);
    if found.rest.iter().all(known) {
        return true;
    }
    // «محليات | 7 فبراير 2023»: above a headline, or under it, but not in its place
    let headline_follows = || article.units.get(index + 1).is_some_and(Unit::is_headline_like);
    found.rest.iter().all(|rest| rest.is_apart && rest.words <= PART_WORDS_MAX)
        && words <= BESIDE_WORDS_MAX
        && (under_headline || headline_follows())
}

/// Whether a line below the copy is a stamp.
pub(crate) fn is_below(article: &Article<'_>, index: usize) -> bool {
    let Some(found) = taken_apart(article, index) else { return false };
    let words: usize = found.rest.iter().map(|rest| rest.words).sum();
    let has_writer = found.rest.iter().any(|rest| rest.is_writer);
    let is_part = |rest: &Rest| rest.is_apart && rest.words <= PART_WORDS_MAX;
    let is_set_off = found.rest.iter().all(is_part) && !article.units[index].ends_like_a_sentence();
    found.dates > 0 && words <= BESIDE_WORDS_MAX && (found.is_labelled || has_writer || is_set_off)
}

/// Whether a line that is something else names a day too: «المصدر: رويترز | 7 فبراير 2023».
pub(crate) fn is_dated(article: &Article<'_>, index: usize) -> bool {
    taken_apart(article, index).is_some_and(|found| found.dates > 0)
}

/// A date, or as much of one as nothing else is, and nothing beside it.
fn is_alone(found: &StampLine) -> bool {
    let day = found.dates + found.yearless > 0;
    let clock = found.clocks > 0 && (found.is_labelled || found.weekdays > 0);
    found.rest.is_empty() && (day || clock)
}

fn is_writer(article: &Article<'_>, index: usize, rest: &Rest) -> bool {
    let words = slice::between(article.folded(index), rest.start, rest.end);
    rest.is_writer && rest.words <= WRITER_WORDS_MAX || is_name(article, words)
}

/// Whether a part of a line is a place, an agency or an outlet.
fn has_sense(article: &Article<'_>, index: usize, rest: Rest) -> bool {
    let words = slice::between(article.folded(index), rest.start, rest.end);
    let senses = article.lexicon.senses_of(words);
    senses.iter().any(|sense| matches!(sense, Sense::Place(..) | Sense::Agency(..)))
}

/// The writer who is named beside a stamp, and the agency.
pub(crate) fn beside(article: &Article<'_>, index: usize) -> (Option<String>, Option<String>) {
    let Some(found) = taken_apart(article, index) else { return (None, None) };
    let named = found.rest.iter().find(|rest| rest.is_writer && rest.words <= WRITER_WORDS_MAX);
    let named = named.or_else(|| found.rest.iter().find(|rest| is_writer(article, index, rest)));
    let is_agency = |rest: &&Rest| {
        let words = slice::between(article.folded(index), rest.start, rest.end);
        article.lexicon.senses_of(words).iter().any(|sense| matches!(sense, Sense::Agency(..)))
    };
    let printed = |rest: &Rest| printed(article, index, rest.start, rest.end);
    (named.map(printed), found.rest.iter().find(is_agency).map(printed))
}

/// A part of a folded line as it is printed.
fn printed(article: &Article<'_>, index: usize, start: usize, end: usize) -> String {
    article.folding(index).part(start..end).original().to_owned()
}

/// The byte behind the words that name a writer («بقلم», «تحرير:», «كتب بواسطة») and their marks, in a folded line;
/// none where there is no such word.
fn behind_writer_word(folded: &str) -> Option<usize> {
    let lower = folded.to_ascii_lowercase();
    let words = crate::page::pieces(&lower);
    let mut at = 0;
    let next = |at: usize| {
        let word = |ahead: usize| words.get(at + ahead).map_or("", |(_, word)| word);
        calendar::stamp_word(word).filter(|(word, _)| matches!(word, StampWord::By | StampWord::Role))
    };
    while let Some((_, taken)) = next(at) {
        at += taken;
    }
    words.get(at).filter(|_| at > 0).map(|(start, _)| *start)
}

/// Whether a line is a word that names a writer, and a name.
pub(crate) fn is_writer_line(article: &Article<'_>, index: usize) -> bool {
    let folded = article.folded(index);
    behind_writer_word(folded).is_some_and(|at| is_name(article, slice::from(folded, at)))
}

/// A name without the word behind it that says what the next one did: «سامي العمر تصوير: …».
fn without_role(part: &str) -> &str {
    let Some((name, last)) = part.rsplit_once(' ') else { return part };
    let word = calendar::stamp_word(|ahead| if ahead == 0 { last } else { "" });
    if word.is_some_and(|(word, _)| word == StampWord::Role) { name.trim_end() } else { part }
}

/// The writer of a byline: without the word that says so, and without the place or the outlet beside the name.
pub(crate) fn writer(article: &Article<'_>, index: usize) -> Option<String> {
    let folded = article.folded(index);
    let label =
        folded.split_once(':').filter(|(label, _)| label.split_whitespace().count() <= LABEL_WORDS_MAX);
    let start = behind_writer_word(folded).unwrap_or_else(|| label.map_or(0, |(label, _)| label.len() + 1));
    let separators =
        |c: char| matches!(c, '-' | '–' | '—' | '|' | '/' | '،' | ',' | ':' | '•' | '·' | '(' | ')');
    let (mut at, mut first) = (start, None);
    for part in slice::from(folded, start).split(separators) {
        let (from, bare) = (at + (part.len() - part.trim_start().len()), without_role(part.trim()));
        at += part.len();
        at += slice::from(folded, at).chars().next().map_or(0, char::len_utf8);
        let senses = article.lexicon.senses_of(bare);
        let is_elsewhere = senses.iter().any(|sense| matches!(sense, Sense::Place(..) | Sense::Agency(..)));
        if !bare.is_empty() && !is_elsewhere {
            let is_certain = is_name(article, bare);
            if is_certain || first.is_none() && bare.contains(' ') {
                first = Some((from, from + bare.len()));
            }
            if is_certain {
                break;
            }
        }
    }
    let (from, to) = first.unwrap_or((start, folded.len()));
    let name = printed(article, index, from, to);
    let name = name.trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
    (!name.is_empty()).then(|| name.to_owned())
}
