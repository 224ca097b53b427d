//! The speaker who stands before his verb, and whom a sentence tells of.

use naba_lexicon::speech::kind;
use naba_lexicon::{CueForm, Sense};
use naba_record::EntityType;

use super::copy::Copy;
use super::speaker::{self, Speaker};

/// The most words of a speaker before his verb.
const SUBJECT_WORDS_MAX: usize = 16;
/// The most words of a name between commas.
const NAME_WORDS_MAX: usize = 5;

/// The speaker who stands before his verb: «العثماني أوضح أن», «وكانت تقارير قد أفادت بأن», «أما فلان فرأى أن».
pub(super) fn before(copy: &Copy<'_, '_>, at: usize, sentence: (usize, usize)) -> Option<Speaker> {
    let cue = copy.cue(at)?;
    let is_then = cue.is_joined && copy.word(at).starts_with('ف');
    if cue.is_joined && !is_then {
        return None;
    }
    let mut last = at;
    while last > sentence.0 && copy.is(last - 1, kind::AUXILIARY) && copy.gap(last) == " " {
        last -= 1;
    }
    let is_told_of = last > sentence.0 && copy.is(last - 1, kind::RELATIVE);
    if is_told_of {
        last -= 1;
    }
    if last <= sentence.0 {
        return None;
    }
    let first = clause(copy, last, sentence.0);
    named(copy, last, sentence, is_told_of)
        .or_else(|| between_commas(copy, last, sentence.0))
        .or_else(|| phrase(copy, first, last, last < at || is_then))
}

/// Where the clause begins that ends before a word.
fn clause(copy: &Copy<'_, '_>, last: usize, sentence: usize) -> usize {
    let floor = last.saturating_sub(SUBJECT_WORDS_MAX).max(sentence);
    let opener = (floor..last).rev().find(|at| copy.is(*at, kind::CONTRAST));
    opener.map_or(sentence, |at| at + 1)
}

/// A name that ends right before the verb; a place speaks only where the sentence begins with it, and whoever is named by
/// «بحسب» passes on what others say.
fn named(copy: &Copy<'_, '_>, last: usize, sentence: (usize, usize), is_told_of: bool) -> Option<Speaker> {
    let (place, entity) = copy
        .names(last.saturating_sub(8), last)
        .filter(|(place, _)| place.last == last && place.first >= sentence.0)
        .last()?;
    let near = |step: usize| place.first.checked_sub(step).and_then(|at| copy.cue(at));
    let is_cited = (1..=2).filter_map(near).any(|cue| cue.entry.form == CueForm::Attribution);
    let speaks = entity.kind != EntityType::Place || is_told_of || place.first <= sentence.0 + 1;
    let is_whole = copy.clitic_bytes(place.first) == 0;
    (copy.gap(last) == " " && speaks && !is_cited && is_whole)
        .then(|| speaker::read(copy, place.first, last))
        .flatten()
}

/// «القائد السابق، فلان الفلاني، أكد أن»: a name between commas, known or shown by where it stands.
fn between_commas(copy: &Copy<'_, '_>, last: usize, floor: usize) -> Option<Speaker> {
    if !copy.gap(last).contains(',') {
        return None;
    }
    let floor = last.saturating_sub(NAME_WORDS_MAX + 1).max(floor + 1);
    let comma = (floor..last).rev().find(|at| copy.gap(*at).contains(','))?;
    let known = copy.people(comma, last).find(|(place, _)| place.last == last);
    if let Some((place, entity)) = known {
        return Some(speaker::person(copy, place, entity));
    }
    let (first, end) = speaker::apposition(copy, comma, last)?;
    (end == last && end - first >= 2).then(|| speaker::nameless(copy, first, end))
}

/// A phrase from the beginning of the clause up to the verb.
fn phrase(copy: &Copy<'_, '_>, first: usize, last: usize, is_shown: bool) -> Option<Speaker> {
    let mut first = first;
    let mut is_shown = is_shown;
    while first < last && copy.is(first, kind::AUXILIARY | kind::CONTRAST | kind::THAT) {
        is_shown |= copy.is(first, kind::AUXILIARY);
        first += 1;
    }
    let is_circumstance =
        copy.is(first, kind::PHRASE | kind::CIRCUMSTANCE) || matches!(copy.word(first), "في" | "وفي");
    if first >= last || last - first > SUBJECT_WORDS_MAX || is_circumstance {
        return None;
    }
    let is_headed = copy.is_title(first)
        || copy.is(first, kind::SOURCE)
        || copy.opens(first).is_some()
        || copy.has_sense(first, |sense| matches!(sense, Sense::Nationality(_)))
        || copy.names(first, first + 2).next().is_some();
    if !is_headed && !is_shown {
        return None;
    }
    let clean = (first..last).all(|at| {
        copy.cue(at).is_none_or(|cue| cue.entry.is_doubtful)
            && (at == first || !copy.gap(at).contains([';', '\n', '-', ':']))
            && !copy.is(at, kind::RELATIVE | kind::NEGATION | kind::CONTRAST)
    });
    let is_short = last - first <= 8 || copy.people(first, last).any(|(place, _)| place.last == last);
    (clean && is_short).then(|| speaker::read(copy, first, last)).flatten()
}

/// Whom a sentence tells of: the person behind the verb that it begins with, or at its head.
pub(super) fn of(copy: &Copy<'_, '_>, sentence: (usize, usize)) -> Option<Speaker> {
    let mut first = sentence.0;
    while first < sentence.1 && copy.is(first, kind::OPENER | kind::AUXILIARY) {
        first += 1;
    }
    let (place, _) = copy.people(first, sentence.1.min(first + 7)).next()?;
    let is_plain = |at: usize| {
        !copy.is(at, kind::PHRASE | kind::CIRCUMSTANCE)
            && !matches!(copy.word(at), "في" | "ان")
            && !copy.word(at).starts_with("لل")
            && copy.gap(at) == " "
    };
    let is_subject = (first + 1..=place.first).all(is_plain) && copy.clitic_bytes(place.first) == 0;
    is_subject.then(|| speaker::person(copy, place, &copy.names.entities[place.entity]))
}
