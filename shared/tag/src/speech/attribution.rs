//! «وفقا لـ», «بحسب», «وفق ما ذكرت», «نقلا عن»: attributions without a verb of their own.

use naba_lexicon::CueForm;
use naba_record::EntityType;

use super::copy::Copy;
use super::said::{self, Said};
use super::speaker;
use super::{Statement, known, words};

/// What an attribution says.
pub(super) enum Attributed {
    Statement(Box<Statement>),
    Relay((usize, usize)),
    Nothing,
}

/// The words of the source behind «وفقا لـ», «بحسب», «وفق ما ذكرت», and whether they are a source at all: first,
/// one past the last, whether a verb of saying stands among them.
pub(super) fn source(copy: &Copy<'_, '_>, at: usize, last: usize) -> Option<(usize, usize, bool)> {
    let mut first = at + 1;
    let mut has_verb = copy.word(at).ends_with("حسبما");
    if matches!(copy.word(at).trim_start_matches('و'), "نقلا") {
        first += 1;
    }
    if matches!(copy.word(first), "ما" | "لما") {
        has_verb = true;
        first += 1;
    }
    if has_verb {
        // the verb, with whatever pronoun it carries
        first += 1;
        if matches!(copy.word(first), "به" | "عنه" | "اليه") {
            first += 1;
        }
    }
    if first >= last {
        return None;
    }
    let ends = |place: usize| {
        copy.gap(place).contains([',', ':', ';', ')'])
            || words::is_that(copy.word(place))
            || copy.cue(place).is_some()
            || matches!(copy.word(place), "في" | "فان" | "امس" | "اليوم" | "لشبكه" | "لوكاله")
            || copy.opens(place).is_some_and(|region| region.last - region.first > 3)
    };
    let end = (first + 1..last).find(|place| ends(*place)).unwrap_or(last);
    let named = copy.names(first, end).any(|(_, entity)| entity.kind != EntityType::Place);
    let is_source = has_verb || named || copy.is_title(first) || words::is_source(copy.word(first));
    is_source.then_some((first, end, has_verb))
}

/// «وفقا لـ …», «بحسب …»: at the end of a sentence, or at its head.
pub(super) fn attribution(
    copy: &Copy<'_, '_>,
    at: usize,
    sentence: (usize, usize),
    before: &mut [Statement],
    from: usize,
) -> Attributed {
    let Some((first, last, _)) = source(copy, at, sentence.1) else { return Attributed::Nothing };
    let said = if at == sentence.0 {
        // a verb of saying in the same sentence: then this is who passed it on
        let verbs = |place: usize| {
            copy.cue(place).is_some_and(|cue| cue.entry.form == CueForm::Verb) && !copy.is_quoted(place)
        };
        if (last..sentence.1.min(last + 6)).any(verbs) {
            return Attributed::Relay((first, last));
        }
        let Some(begin) = (last..sentence.1)
            .find(|place| copy.gap(*place).contains([',', ':']) || words::is_that(copy.word(*place)))
        else {
            return Attributed::Nothing;
        };
        let begin = if words::is_that(copy.word(begin)) { begin + 1 } else { begin };
        said::stretch(copy, begin, sentence.1)
    } else {
        if let Some(statement) = before[from..].last_mut() {
            if statement.relay.is_none() && statement.speaker.words != Some((first, last)) {
                statement.relay = Some((first, last));
            }
            return Attributed::Nothing;
        }
        // «لكن شريكها - بحسب ما ذكره فلان - تحدث»: in the middle of what is told
        if copy.gap(at).contains(['-', '–', '(']) {
            return Attributed::Nothing;
        }
        said::whole(copy, sentence.0, at)
    };
    let Some(said) = said else { return Attributed::Nothing };
    let Some(found) = speaker::read(copy, first, last) else { return Attributed::Nothing };
    let speaker = speaker::resolve(copy, &found, &known(copy, before)).unwrap_or(found);
    Attributed::Statement(Box::new(Statement {
        at,
        cue_last: at + 1,
        class: "say",
        is_feminine: false,
        speaker,
        is_explicit: true,
        relay: None,
        said: Said { last: said.last.max(last), ..said },
    }))
}
