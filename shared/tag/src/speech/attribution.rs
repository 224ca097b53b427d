//! «وفقا لـ», «بحسب», «وفق ما ذكرت», «نقلا عن», «على حد قول», and «كما قال فلان» behind what he said.

use naba_lexicon::CueForm;
use naba_lexicon::speech::kind;
use naba_record::EntityType;

use super::copy::Copy;
use super::said::{self, Said};
use super::statement::Statement;
use super::way::way;
use super::{Reader, speaker};

/// The most words from «كما» to what would make a statement of its verb.
const AFTERTHOUGHT_WORDS_MAX: usize = 14;
/// The most words of a source.
const SOURCE_WORDS_MAX: usize = 24;

/// What an attribution says.
pub(super) enum Attributed {
    Statement(Box<Statement>),
    /// Who passed the last statement on, or the next one.
    Relay((usize, usize)),
    Nothing,
}

/// The words of the source behind «وفقا لـ», «بحسب», «وفق ما ذكرت», if they are a source at all: first, one past the
/// last.
pub(super) fn source(copy: &Copy<'_, '_>, at: usize, last: usize) -> Option<(usize, usize)> {
    let mut first = copy.cue(at).map_or(at + 1, |cue| cue.last);
    let last = last.min(first + SOURCE_WORDS_MAX);
    let mut has_verb = copy.word(at).ends_with("حسبما") || copy.word(at) == "حد";
    if matches!(copy.word(at).trim_start_matches('و'), "نقلا") {
        first += 1;
    }
    let mut is_told = false;
    if matches!(copy.word(first), "ما" | "لما") {
        is_told = true;
        first += 1;
    }
    is_told |= copy.word(at).ends_with("حسبما");
    if is_told {
        // the verb, with whatever pronoun it carries
        has_verb = true;
        first += 1;
        if matches!(copy.word(first), "به" | "عنه" | "اليه") {
            first += 1;
        }
    }
    if first >= last {
        return None;
    }
    let ends = |place: usize| {
        copy.gap(place).contains([',', ':', ';', ')', '\n'])
            || copy.is(place, kind::THAT | kind::RELATIVE | kind::ADDRESSEE)
            || copy.cue(place).is_some()
            || matches!(copy.word(place), "في" | "علي" | "امس" | "اليوم")
            || copy.opens(place).is_some_and(|region| region.last - region.first > 3)
    };
    let end = (first + 1..last).find(|place| ends(*place)).unwrap_or(last);
    let named = copy.names(first, end).any(|(_, entity)| entity.kind != EntityType::Place);
    let is_source = has_verb || named || copy.is_title(first) || copy.is(first, kind::SOURCE | kind::UNNAMED);
    is_source.then_some((first, end))
}

/// «وفقا لـ …», «بحسب …»: at the end of a sentence, or at its head.
pub(super) fn attribution(reader: &Reader<'_, '_, '_>, at: usize, sentence: (usize, usize)) -> Attributed {
    let copy = reader.copy;
    let Some((first, last)) = source(copy, at, sentence.1) else { return Attributed::Nothing };
    let is_head = at == sentence.0 || at == sentence.0 + 1 && copy.word(sentence.0) == "و";
    let said = if is_head {
        // a verb of saying in the same sentence: then this is who passed it on
        let verbs = |place: usize| copy.is_verb(place) && !copy.is_quoted(place);
        if (last..sentence.1.min(last + 6)).any(verbs) {
            return Attributed::Relay((first, last));
        }
        let Some(begin) = (last..sentence.1)
            .find(|place| copy.gap(*place).contains([',', ':']) || copy.is(*place, kind::THAT))
        else {
            return Attributed::Nothing;
        };
        let begin = if copy.is(begin, kind::THAT) { begin + 1 } else { begin };
        said::stretch(copy, begin, sentence.1)
    } else {
        if reader.has_spoken() {
            return Attributed::Relay((first, last));
        }
        // «لكن شريكها - بحسب ما ذكره فلان - تحدث»: in the middle of what is told
        if copy.gap(at).contains(['-', '–', '(']) {
            return Attributed::Nothing;
        }
        // «اقتصرت بحسب الصحف الرسمية على مناطق»: the sentence goes on
        let goes_on = last < sentence.1 && !copy.gap(last).contains([',', '.', ';', ')']);
        let is_apart = copy.gap(at).contains(',') || last >= sentence.1;
        if goes_on && !is_apart {
            return Attributed::Nothing;
        }
        let end = if copy.word(at) == "حد" { at - 1 } else { at };
        said::whole(copy, sentence.0, end)
    };
    let Some(said) = said else { return Attributed::Nothing };
    statement(reader, at, (first, last), said)
}

fn statement(
    reader: &Reader<'_, '_, '_>,
    at: usize,
    (first, last): (usize, usize),
    said: Said,
) -> Attributed {
    let copy = reader.copy;
    let Some(found) = speaker::read(copy, first, last) else { return Attributed::Nothing };
    let speaker = speaker::resolve(copy, &found, &reader.known()).unwrap_or(found);
    Attributed::Statement(Box::new(Statement {
        at,
        cue_last: copy.cue(at).map_or(at + 1, |cue| cue.last),
        class: "say",
        is_feminine: false,
        speaker,
        is_explicit: true,
        relay: None,
        relay_speaker: None,
        said: Said { last: said.last.max(last), ..said },
    }))
}

/// Where «كما» or «على ما» begins before a verb.
fn afterthought_begin(copy: &Copy<'_, '_>, at: usize) -> Option<usize> {
    let before = at.checked_sub(1)?;
    match copy.word(before) {
        "كما" => Some(before),
        "ما" if before > 0 && matches!(copy.word(before - 1), "علي" | "حسب" | "وفق" | "بحسب") => {
            Some(before - 1)
        }
        _ => None,
    }
}

/// Whether a verb of saying only names who said what stands before: «…، كما قال فلان», «على ما ذكرت صحيفة».
pub(super) fn is_afterthought(copy: &Copy<'_, '_>, at: usize, last: usize) -> bool {
    let Some(begin) = afterthought_begin(copy, at) else { return false };
    let Some(cue) = copy.cue(at).filter(|cue| cue.entry.form == CueForm::Verb) else { return false };
    let reach = last.min(cue.last + AFTERTHOUGHT_WORDS_MAX);
    let has_subject = cue.last < last && !copy.gap(cue.last).contains([',', '.', '\n']);
    begin > 0
        && has_subject
        && way(copy, &cue, reach, false).is_none()
        && (copy.word(at - 1) == "ما" || copy.gap(begin).contains(',') || reach >= last)
}

/// The statement that an afterthought makes of its sentence, or who passed on what the sentence says.
pub(super) fn afterthought(reader: &Reader<'_, '_, '_>, at: usize, sentence: (usize, usize)) -> Attributed {
    let copy = reader.copy;
    if at <= sentence.0 + 3 || !is_afterthought(copy, at, sentence.1) {
        return Attributed::Nothing;
    }
    let Some(begin) = afterthought_begin(copy, at) else { return Attributed::Nothing };
    let first = at + 1;
    let limit = sentence.1.min(first + AFTERTHOUGHT_WORDS_MAX);
    let end = (first + 1..limit).find(|at| copy.gap(*at).contains([',', ';'])).unwrap_or(limit);
    if reader.has_spoken() {
        return Attributed::Relay((first, end));
    }
    let Some(said) = said::whole(copy, sentence.0, begin) else { return Attributed::Nothing };
    statement(reader, at, (first, end), said)
}
