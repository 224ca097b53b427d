//! Statements in the headline: «فلان: …», «فلان يؤكد أن …».

use std::borrow::Cow;

use naba_lexicon::speech::kind;
use naba_record::{EntityType, MentionIn, Quote, QuoteKind};

use super::Reader;
use super::copy::Copy;
use super::said;
use super::speaker;
use super::statement::Statement;
use crate::article::{Article, Text};
use crate::names::{Names, Place};

/// The most words before the colon.
const SPEAKER_WORDS_MAX: usize = 8;
/// The fewest words behind it.
const SAID_WORDS_MIN: usize = 3;

/// The statements of the headline; whom its words mean, `body` helps to say.
pub(super) fn quotes(article: &Article<'_>, names: &Names, body: &[Statement]) -> Vec<Quote> {
    let Some(text) = article.texts.iter().find(|text| text.within == MentionIn::Title) else { return vec![] };
    let copy = Copy::new(text, names, Cow::Owned(places(text, names)));
    let mut reader = Reader::new(&copy, body);
    match colon(&reader) {
        Some(statement) => reader.statements.push(statement),
        None => {
            for sentence in copy.sentences() {
                reader.sentence(sentence);
            }
        }
    }
    reader.statements.iter().map(|statement| statement.quote(&copy, MentionIn::Title)).collect()
}

/// Where names stand in the headline.
fn places(text: &Text<'_>, names: &Names) -> Vec<Place> {
    let starts: Vec<(u32, u32)> = text
        .words
        .iter()
        .map(|word| {
            let (span, _) = text.home(word.start, word.end);
            (span.start, span.end)
        })
        .collect();
    let mut places = vec![];
    for (entity, found) in names.entities.iter().enumerate() {
        for mention in found.mentions.iter().filter(|mention| mention.within == MentionIn::Title) {
            let first = starts.partition_point(|(_, end)| *end <= mention.start);
            let last = starts.partition_point(|(start, _)| *start < mention.end);
            if first < last {
                places.push(Place { first, last, entity });
            }
        }
    }
    places.sort_unstable_by_key(|place| place.first);
    places
}

/// «فلان: …»: somebody with a name or a role before the colon, and a sentence behind it.
fn colon(reader: &Reader<'_, '_, '_>) -> Option<Statement> {
    let copy = reader.copy;
    let words = copy.text.words.len();
    let colon = (1..words.min(SPEAKER_WORDS_MAX + 1)).find(|at| copy.gap(*at).contains(':'))?;
    if words - colon < SAID_WORDS_MIN || copy.is_quoted(0) {
        return None;
    }
    // «الوزير يؤكد: …»: the verb is not his name
    let last = (1..colon).find(|at| copy.cue(*at).is_some()).unwrap_or(colon);
    let people = copy.names(0, last).any(|(_, entity)| entity.kind == EntityType::Person);
    let bodies = copy.names(0, last).any(|(place, entity)| {
        entity.kind == EntityType::Organisation && place.first == 0 && place.last == last
    });
    let speaks = people || bodies || copy.is_title(0) || copy.is(0, kind::SOURCE | kind::UNNAMED);
    if !speaks || copy.is(0, kind::CIRCUMSTANCE) {
        return None;
    }
    let found = speaker::read(copy, 0, last)?;
    let said = if let Some(region) = copy.opens(colon).filter(|region| region.last == words) {
        said::direct(copy, &region)
    } else {
        said::Said { kind: QuoteKind::Colon, ..said::whole(copy, colon, words)? }
    };
    let speaker = speaker::resolve(copy, &found, &reader.known()).unwrap_or(found);
    Some(Statement {
        at: 0,
        cue_last: last,
        class: "say",
        is_feminine: false,
        speaker,
        is_explicit: true,
        relay: None,
        relay_speaker: None,
        said,
    })
}
