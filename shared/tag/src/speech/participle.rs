//! «… مؤكدا أن …»: a participle goes on with the speaker of its sentence.

use naba_lexicon::Sense;
use naba_record::EntityType;

use super::copy::{Copy, Cue};
use super::said::{self, Said};
use super::speaker::{self, Speaker};
use super::statement::Statement;
use super::way::{self, By};
use super::{Reader, subject};

impl Reader<'_, '_, '_> {
    /// «… مؤكدا أن …»: whoever the sentence lets speak, else whom it begins with, else whoever spoke last.
    pub(super) fn participle(&self, at: usize, cue: &Cue, sentence: (usize, usize)) -> Option<Statement> {
        let copy = self.copy;
        let way =
            way::way(copy, cue, sentence.1.min(cue.last + 12), true).filter(|way| said::leads(cue, way))?;
        let is_clear = matches!(way.by, By::That | By::Colon | By::Quotation);
        if describes(copy, at, cue) && !is_clear {
            return None;
        }
        let said: Said = said::read(copy, cue, &way, sentence.1)?;
        let is_feminine = cue.entry.is_feminine;
        let here = self.statements[self.from..].last().map(|statement| statement.speaker.clone());
        let is_explicit = here.is_some();
        let speaker = here
            .or_else(|| {
                role_behind(copy, sentence.0, at)
                    .and_then(|found| self.settled(Some(found), is_feminine, true))
            })
            .or_else(|| subject::of(copy, (sentence.0, at)))
            .or_else(|| {
                let told = self.subject.as_ref().filter(|(place, _)| *place > sentence.0);
                told.map(|(_, speaker)| Speaker { words: None, ..speaker.clone() })
            })
            .or_else(|| {
                // «قائلا» is a man's, «قائلة» may be a body's
                let person = copy.people(sentence.0, at).next().filter(|_| !is_feminine);
                let mut names = copy.names(sentence.0, at);
                let (place, _) =
                    person.or_else(|| names.find(|(_, entity)| entity.kind != EntityType::Place))?;
                let found = speaker::read(copy, place.first, place.last)?;
                Some(speaker::resolve(copy, &found, &self.known()).unwrap_or(found))
            })
            .or_else(|| self.last_speaker(is_feminine, true))?;
        let (cue_last, class) = (cue.last, cue.entry.class);
        Some(Statement {
            at,
            cue_last,
            class,
            is_feminine,
            speaker,
            is_explicit,
            relay: None,
            relay_speaker: None,
            said,
        })
    }
}

/// «شعارات مطالبة برحيل»: a participle that describes the noun before it.
fn describes(copy: &Copy<'_, '_>, at: usize, cue: &Cue) -> bool {
    let before = at.checked_sub(1).map(|before| copy.word(before)).unwrap_or_default();
    cue.entry.is_feminine && copy.gap(at) == " " && !before.starts_with("ال") && before.ends_with(['ه', 'ت'])
}

/// «وأبلغ الرئيس الإيراني نظيره تحيات فلان، مؤكدا …»: the title behind the verb that a sentence begins with, and where its
/// holder is from, if no name follows.
fn role_behind(copy: &Copy<'_, '_>, verb: usize, end: usize) -> Option<Speaker> {
    let first = verb + 1;
    let title = copy.text.titles_at(first).map(|title| copy.text.words_of(title).1).max()?;
    let is_from = |at: &usize| copy.has_sense(*at, |sense| matches!(sense, Sense::Nationality(_)));
    let last = (title..end).find(|at| !is_from(at))?;
    let named = copy.names(first, last + 1).next().is_some();
    (!named).then(|| speaker::read(copy, first, last)).flatten()
}
