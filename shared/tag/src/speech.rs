//! Who said what.
//!
//! * `marks`   where quotations open and close
//! * `copy`    a text as this engine reads it
//! * `way`     the way from a verb to what was said
//! * `noun`    verbal nouns by their patterns
//! * `said`    where what was said begins and ends
//! * `speaker` who is named by the words behind a verb
//! * `verb`    a verb of saying, and whether it is believed to be one
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
mod verb;
mod way;

use std::borrow::Cow;

use naba_lexicon::CueForm;
use naba_lexicon::speech::kind;
use naba_record::{MentionIn, Quote, QuoteKind};

use crate::article::Article;
use crate::names::Names;
use attribution::{Attributed, afterthought, attribution};
use copy::{Copy, Cue};
use speaker::Speaker;
use statement::Statement;

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
            if cue.entry.form == CueForm::Verb && self.tells_before(&cue, last) {
                at = cue.last;
                continue;
            }
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

    /// «أوضح ذلك مدير المكتب فلان، مشيرا إلى أن …»: what was said stands before, and whoever said it goes on.
    fn tells_before(&mut self, cue: &Cue, last: usize) -> bool {
        if self.copy.word(cue.last) != "ذلك" {
            return false;
        }
        let mut people = self.copy.people(cue.last, last.min(cue.last + REACH_WORDS_MAX));
        if let Some((place, entity)) = people.next() {
            self.subject = Some((cue.last, speaker::person(self.copy, place, entity)));
        }
        true
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
