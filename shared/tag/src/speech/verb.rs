//! A verb of saying, its speaker and what was said.

use naba_lexicon::speech::kind;
use naba_lexicon::{CueForm, Sense};
use naba_record::EntityType;

use super::attribution::source;
use super::copy::{Copy, Cue};
use super::speaker::{self, Speaker};
use super::statement::Statement;
use super::way::{self, By, Way};
use super::{INNER_WORDS_MAX, REACH_WORDS_MAX, Reader, said, subject};

impl Reader<'_, '_, '_> {
    /// «قال فلان إن …», and «فلان قال إن …».
    pub(super) fn verb(&self, at: usize, cue: &Cue, sentence: (usize, usize)) -> Option<Statement> {
        let copy = self.copy;
        if at > sentence.0 && copy.is(at - 1, kind::NEGATION) {
            return None;
        }
        let before = subject::before(copy, at, sentence);
        let way = self.way(at, cue, sentence, before.is_some())?;
        let (subject, relay) = subject_and_relay(copy, cue, &way);
        let explicit = before.filter(|_| !matches!(way.by, By::Before(_))).or_else(|| match way.by {
            By::Before(_) => {
                let end = said::read(copy, cue, &way, sentence.1).map_or(cue.last, |said| said.last);
                speaker::read(copy, cue.last, end)
            }
            _ => speaker::read(copy, subject.0, subject.1),
        });
        // «وطالب الشعوب بأن»: whom he asks, where somebody has spoken before
        let is_asked = |speaker: &Speaker| {
            cue.is_joined
                && cue.entry.class == "demand"
                && !self.statements.is_empty()
                && speaker.entity.is_none()
                && speaker.words.is_some_and(|(first, last)| {
                    first > at
                        && last - first > 1
                        && !copy.is_title(first)
                        && !copy.is(first, kind::SOURCE | kind::UNNAMED)
                })
        };
        let explicit = explicit.filter(|speaker| !is_asked(speaker));
        if !self.is_believed(at, cue, &way, sentence, explicit.as_ref()) {
            return None;
        }
        let is_feminine = cue.entry.is_feminine;
        let is_explicit = explicit.is_some();
        // «وبحث الرئيسان … وأكدا على»
        let both = (sentence.0..at).find(|word| cue.entry.is_plural && copy.is(*word, kind::DUAL));
        let explicit = explicit.or_else(|| speaker::read(copy, both?, both? + 1));
        let goes_on = copy.is(at, kind::GOING_ON) || copy.word(at).starts_with('و') && is_going_on(copy, at);
        let speaker =
            self.settled(explicit, is_feminine, goes_on).or_else(|| self.first_person((sentence.0, at)))?;
        // last, because it reads furthest: what nobody said is not read
        let said = said::read(copy, cue, &way, sentence.1)?;
        let (cue_last, class) = (cue.last, cue.entry.class);
        let statement = Statement {
            at,
            cue_last,
            class,
            is_feminine,
            speaker,
            is_explicit,
            relay,
            relay_speaker: None,
            said,
        };
        Some(self.passed_on(&statement, &way, sentence).unwrap_or(statement))
    }

    /// The way to what was said: a quotation right before the verb that nobody has said yet, else what follows.
    fn way(&self, at: usize, cue: &Cue, sentence: (usize, usize), has_subject: bool) -> Option<Way> {
        let copy = self.copy;
        let is_free = |way: &Way| match way.by {
            By::Before(region) => {
                self.statements.last().is_none_or(|statement| statement.said.last <= region.first)
            }
            _ => true,
        };
        let before = || {
            Some(cue).filter(|cue| cue.entry.takes.that)?;
            way::quotation_before(copy, at, sentence).filter(is_free)
        };
        let is_right_before = copy.closed_before(at).is_some() && !cue.is_joined;
        let closing = is_right_before.then(before).flatten();
        closing
            .or_else(|| way::way(copy, cue, sentence.1.min(cue.last + REACH_WORDS_MAX), has_subject))
            .or_else(|| (!is_right_before).then(before).flatten())
    }

    /// «بين», «ذكر»: only at the head of a clause, or where somebody with a name speaks. «يذكر أن» is said by nobody.
    fn is_believed(
        &self,
        at: usize,
        cue: &Cue,
        way: &Way,
        sentence: (usize, usize),
        explicit: Option<&Speaker>,
    ) -> bool {
        let copy = self.copy;
        if cue.entry.is_impersonal && explicit.is_none() && !cue.entry.is_feminine {
            return false;
        }
        // «الذين أبدوا»: nobody knows who
        let mut first = at;
        while first > sentence.0 && copy.is(first - 1, kind::AUXILIARY) {
            first -= 1;
        }
        if first > sentence.0
            && copy.is(first - 1, kind::RELATIVE)
            && explicit.is_none_or(|speaker| speaker.words.is_none_or(|(word, _)| word > at))
        {
            return false;
        }
        let told = kind::OCCASION | kind::SOURCE | kind::VOICE;
        if copy.word(at).ends_with("جاء") && !(copy.word(at + 1) == "في" && copy.is(at + 2, told)) {
            return false;
        }
        let at_head = at == sentence.0
            || at == sentence.0 + 1 && copy.word(sentence.0) == "و"
            || copy.is(at - 1, kind::OPENER)
            || copy.is(at - 1, kind::AUXILIARY) && (at == sentence.0 + 1 || copy.is(at - 2, kind::OPENER));
        let is_named = explicit.is_some_and(|speaker| speaker.entity.is_some());
        let is_clear = matches!(way.by, By::That | By::Colon | By::Quotation | By::Before(_))
            && (explicit.is_some() || cue.is_joined);
        // «وتعتبر الشركة مجموعة …» tells what she is
        let is_copular = cue.entry.is_doubtful
            && cue.entry.is_present
            && way.by == By::Noun
            && !explicit.is_some_and(|speaker| {
                speaker.entity.is_some_and(|entity| copy.names.entities[entity].kind == EntityType::Person)
            });
        // «يستطيع … رفض ما يعطى»: a noun in the middle of a clause
        let is_clause = at_head || cue.is_joined || at > 0 && copy.gap(at) != " ";
        let is_phrase = matches!(way.by, By::Noun | By::With | By::Preposition);
        if is_phrase && explicit.is_none() && !is_clause {
            return false;
        }
        !is_copular && (!cue.entry.is_doubtful || at_head || is_named || is_clear)
    }

    /// «أفادت وكالة … أن فلانا أكد على …»: what a paper says that somebody said is his statement, and the paper its relay.
    fn passed_on(&self, statement: &Statement, way: &Way, sentence: (usize, usize)) -> Option<Statement> {
        let copy = self.copy;
        let (first, last) = statement.speaker.words.filter(|_| way.by == By::That)?;
        let medium = |at: usize| {
            copy.has_sense(at, |sense| matches!(sense, Sense::Agency(..))) || copy.is(at, kind::MEDIUM)
        };
        if !(first..last).any(medium) {
            return None;
        }
        let begin = way.at + 1;
        let is_verb = |at: usize| {
            copy.is_verb(at) && copy.cue(at).is_some_and(|cue| !cue.is_joined && !cue.entry.is_doubtful)
        };
        let at = (begin + 1..statement.said.last.min(begin + INNER_WORDS_MAX)).find(|at| is_verb(*at))?;
        let inner = self.verb(at, &copy.cue(at)?, (begin, sentence.1))?;
        inner.is_explicit.then_some(Statement { relay: Some((first, last)), ..inner })
    }
}

/// «وأضاف»: the verb behind its و is one with which whoever spoke goes on.
fn is_going_on(copy: &Copy<'_, '_>, at: usize) -> bool {
    let word = copy.text.words[at];
    let bytes = copy.text.folded.as_bytes();
    let hash = naba_text::words::hash(bytes, word.start + 'و'.len_utf8(), word.end);
    naba_lexicon::Speech::built_in().kinds(hash) & kind::GOING_ON != 0
}

/// The words between the verb and what was said: the speaker's, and «وفقا لارنا» among them.
fn subject_and_relay(copy: &Copy<'_, '_>, cue: &Cue, way: &Way) -> ((usize, usize), Option<(usize, usize)>) {
    // «جاء في البيان أن»: the statement speaks
    let is_told = copy.word(cue.last - 1).ends_with("جاء") && copy.word(cue.last) == "في";
    let (first, last) = (cue.last + usize::from(is_told), way.at.max(cue.last));
    if cue.entry.takes.whom {
        let about = (first..last).find(|at| copy.word(*at) == "عن").unwrap_or(first);
        return ((about + 1, last), (about > first).then_some((first, about)));
    }
    let attributed =
        (first..last).find(|at| copy.cue(*at).is_some_and(|cue| cue.entry.form == CueForm::Attribution));
    match attributed {
        // «أفادت وكالة … نقلا عن فلان أن»: the agency passes on what he said
        Some(at) if copy.word(at) == "نقلا" => match source(copy, at, last) {
            Some((from, to)) => ((from, to), Some((first, at))),
            None => ((first, at), None),
        },
        Some(at) => ((first, at), source(copy, at, last)),
        None => ((first, last), None),
    }
}
