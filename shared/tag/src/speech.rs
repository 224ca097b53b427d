//! Who said what.
//!
//! * `marks`   where quotations open and close
//! * `copy`    a text as this engine reads it
//! * `way`     the way from a verb to what was said
//! * `noun`    verbal nouns by their patterns
//! * `said`    where what was said begins and ends
//! * `speaker` who is named by the words behind a verb
//! * `participle` «مؤكدا أن»
//! * `subject` who is named by the words before it
//! * `known`   whom a bare role or half a name means
//! * `attribution` «وفقا لـ», «بحسب», «كما قال», and whom they name
//! * `statement` what was found, as it is published
//! * `title`   statements in the headline
//!
//! One walk over the sentences. A verb of saying opens a statement when أن, a colon, a quotation, or what else the verb
//! takes follows its speaker; a participle goes on with the speaker of its sentence; «وفقا لـ» names the speaker of a
//! sentence that has none, and passes on the word of one that has. The words themselves are the lexicon's.

mod attribution;
mod copy;
mod known;
mod marks;
mod noun;
mod participle;
mod said;
mod speaker;
mod statement;
mod subject;
mod title;
mod way;

use std::borrow::Cow;

use naba_lexicon::speech::kind;
use naba_lexicon::{CueForm, Sense};
use naba_record::{EntityType, MentionIn, Quote, QuoteKind};

use crate::article::Article;
use crate::names::Names;
use attribution::{Attributed, afterthought, attribution, source};
use copy::{Copy, Cue};
use speaker::Speaker;
use statement::Statement;
use way::{By, Way};

/// The most words between a verb and what was said.
const REACH_WORDS_MAX: usize = 40;
/// The most words before the verb of a statement that somebody passes on.
const INNER_WORDS_MAX: usize = 14;
/// How many statements back a speaker is looked for who is only called by what he is.
const KNOWN_STATEMENTS_MAX: usize = 64;
/// The fewest words of a quotation that stands alone and goes on with what was said.
const ALONE_WORDS_MIN: usize = 6;

/// Finds who said what in the headline and in the body, in the order of the text.
pub fn find(article: &Article<'_>, names: &Names) -> Vec<Quote> {
    let copy = Copy::new(article.body(), names, Cow::Borrowed(&names.body));
    let mut reader = Reader::new(&copy, &[]);
    for sentence in copy.sentences() {
        reader.sentence(sentence);
    }
    let mut quotes = title::quotes(article, names, &reader.statements);
    quotes.extend(reader.statements.iter().map(|statement| statement.quote(&copy, MentionIn::Body)));
    quotes
}

/// A walk over the sentences of a text.
struct Reader<'r, 'a, 'b> {
    copy: &'r Copy<'a, 'b>,
    /// What was found so far.
    statements: Vec<Statement>,
    /// The first statement of this sentence.
    from: usize,
    /// Statements of another text that is read with this one.
    earlier: &'r [Statement],
    /// Whom the last sentence without a statement tells of, and where it begins.
    subject: Option<(usize, Speaker)>,
}

impl<'r, 'a, 'b> Reader<'r, 'a, 'b> {
    fn new(copy: &'r Copy<'a, 'b>, earlier: &'r [Statement]) -> Self {
        Self { copy, statements: vec![], from: 0, earlier, subject: None }
    }

    /// Whether the sentence has a statement already.
    fn has_spoken(&self) -> bool {
        self.statements.len() > self.from
    }

    /// Everybody who has spoken lately, or passed on what others said: the last one first.
    fn known(&self) -> Vec<&Speaker> {
        let lately = self.statements.len().saturating_sub(KNOWN_STATEMENTS_MAX);
        let others = self.earlier.iter().take(KNOWN_STATEMENTS_MAX);
        let all = self.statements[lately..].iter().rev().chain(others);
        all.flat_map(|statement| [Some(&statement.speaker), statement.relay_speaker.as_ref()])
            .flatten()
            .collect()
    }

    /// Reads a sentence.
    fn sentence(&mut self, (first, last): (usize, usize)) {
        self.from = self.statements.len();
        if self.stands_alone((first, last)) {
            return;
        }
        let mut relay = None;
        let mut at = first;
        while at < last {
            let Some(cue) = self.copy.cue(at).filter(|_| !self.copy.is_quoted(at)) else {
                at += 1;
                continue;
            };
            let found = match cue.entry.form {
                CueForm::Verb => match self.verb(at, &cue, (first, last)) {
                    Some(statement) => Attributed::Statement(Box::new(statement)),
                    None => afterthought(self, at, (first, last)),
                },
                CueForm::Participle => match self.participle(at, &cue, (first, last)) {
                    Some(statement) => Attributed::Statement(Box::new(statement)),
                    None => Attributed::Nothing,
                },
                CueForm::Attribution => attribution(self, at, (first, last)),
            };
            at = match found {
                Attributed::Statement(mut statement) => {
                    statement.relay = statement.relay.or(relay.take());
                    let next = statement.said.last.max(cue.last);
                    self.push(*statement);
                    self.interrupted(next, last)
                }
                Attributed::Relay(words) => {
                    relay = self.passed(words);
                    cue.last
                }
                Attributed::Nothing => cue.last,
            };
        }
        if !self.has_spoken()
            && let Some(subject) = subject::of(self.copy, (first, last))
        {
            self.subject = Some((first, subject));
        }
    }

    fn push(&mut self, mut statement: Statement) {
        if let Some((first, last)) = statement.relay {
            statement.relay_speaker = speaker::read(self.copy, first, last);
        }
        self.statements.push(statement);
    }

    /// Who passed on the last statement of the sentence; the words again, where they are for the next one.
    fn passed(&mut self, words: (usize, usize)) -> Option<(usize, usize)> {
        if !self.has_spoken() {
            return Some(words);
        }
        let speaker = speaker::read(self.copy, words.0, words.1);
        if let Some(statement) = self.statements.last_mut()
            && statement.relay.is_none()
            && statement.speaker.words != Some(words)
        {
            statement.relay = Some(words);
            statement.relay_speaker = speaker;
        }
        None
    }

    /// «…»، قال فلان، «…»: what was said goes on behind the speaker. Where the sentence goes on.
    fn interrupted(&mut self, at: usize, last: usize) -> usize {
        let Some(region) = self.copy.opens(at).filter(|region| region.last - region.first >= 2) else {
            return at;
        };
        let Some(statement) = self.statements.last() else { return at };
        if statement.said.kind != QuoteKind::Direct
            || statement.at < statement.said.start_word(self.copy)
            || at >= last
        {
            return at;
        }
        let next = Statement { said: said::direct(self.copy, &region), relay: None, ..statement.clone() };
        self.statements.push(next);
        region.last
    }

    /// A quotation that is a sentence of its own goes on with what was said before it, or is of whom the sentence before
    /// it tells.
    fn stands_alone(&mut self, (first, last): (usize, usize)) -> bool {
        let Some(region) = self.copy.opens(first) else { return false };
        if region.last < last || region.last - region.first < ALONE_WORDS_MIN || !region.is_closed {
            return false;
        }
        let Some(before) = self.statements.last().filter(|before| before.said.kind == QuoteKind::Direct)
        else {
            return false;
        };
        if before.said.last != first {
            return false;
        }
        let speaker = Speaker { words: None, ..before.speaker.clone() };
        let said = said::direct(self.copy, &region);
        let next = Statement { said, speaker, is_explicit: false, relay: None, ..before.clone() };
        self.statements.push(next);
        true
    }

    /// «قال فلان إن …», and «فلان قال إن …».
    fn verb(&self, at: usize, cue: &Cue, sentence: (usize, usize)) -> Option<Statement> {
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

    /// The speaker after what the article says of him; where nobody is named, whoever spoke last.
    fn settled(&self, explicit: Option<Speaker>, is_feminine: bool, goes_on: bool) -> Option<Speaker> {
        let copy = self.copy;
        let Some(found) = explicit else { return self.last_speaker(is_feminine, goes_on) };
        if found.words.is_some_and(|(first, _)| copy.is(first, kind::DUAL)) {
            return Some(self.two(found));
        }
        Some(speaker::resolve(copy, &found, &self.known()).unwrap_or(found))
    }

    /// Whoever spoke last, or whom the sentences since then tell of.
    fn last_speaker(&self, is_feminine: bool, goes_on: bool) -> Option<Speaker> {
        let last = self.statements.last();
        if let Some((place, subject)) = &self.subject
            && !is_feminine
            && last.is_none_or(|last| !goes_on && *place > last.at)
        {
            return Some(Speaker { words: None, ..subject.clone() });
        }
        let agrees = |statement: &&Statement| statement.is_feminine == is_feminine;
        let chosen = self.statements.iter().rev().take(3).find(agrees).or(last)?;
        Some(Speaker { words: None, ..chosen.speaker.clone() })
    }

    /// The first person of a stretch.
    fn first_person(&self, (first, last): (usize, usize)) -> Option<Speaker> {
        let (place, _) = self.copy.people(first, last).next()?;
        let found = speaker::read(self.copy, place.first, place.last)?;
        Some(speaker::resolve(self.copy, &found, &self.known()).unwrap_or(found))
    }

    /// The last two who spoke.
    fn two(&self, found: Speaker) -> Speaker {
        let mut names: Vec<&str> = vec![];
        let lately = self.statements.len().saturating_sub(KNOWN_STATEMENTS_MAX);
        for statement in self.statements[lately..].iter().rev() {
            let name = statement.speaker.name.as_deref().filter(|_| statement.speaker.entity.is_some());
            if let Some(name) = name.filter(|name| !names.contains(name) && !name.contains(" و")) {
                names.push(name);
            }
            if names.len() == 2 {
                return Speaker { name: Some(format!("{} و{}", names[1], names[0])), ..found };
            }
        }
        found
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
    let (first, last) = (cue.last, way.at.max(cue.last));
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
