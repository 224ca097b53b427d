//! Who said what.
//!
//! * `marks`   where quotations open and close
//! * `copy`    the body as this engine reads it
//! * `words`   words that join speech to its speaker
//! * `speaker` whom the words behind a verb mean
//! * `said`    where what was said begins and ends
//! * `attribution` «وفقا لـ», «بحسب», and whom they name
//!
//! One walk over the sentences of the body. A verb of saying opens a statement when أن, a colon, a quotation, or what
//! else the verb takes follows its speaker; a participle goes on with the speaker of its sentence; «وفقا لـ» names the
//! speaker of a sentence that has none, and passes on the word of one that has.

mod attribution;
mod copy;
mod marks;
mod said;
mod speaker;
mod words;

use naba_lexicon::{CueForm, Sense};
use naba_record::{EntityType, Quote, QuoteKind, Speaker as Named};

use crate::article::Article;
use crate::names::Names;
use attribution::{Attributed, attribution, source};
use copy::{Copy, Cue};
use said::{Said, Way};
use speaker::Speaker;

/// The most words between a verb and what was said.
const REACH_WORDS_MAX: usize = 34;
/// The most words before the verb of a statement that somebody passes on.
const INNER_WORDS_MAX: usize = 14;

/// How many statements back a speaker is looked for who is only called by what he is.
const KNOWN_STATEMENTS_MAX: usize = 64;

/// A statement as it is found.
#[derive(Debug, Clone)]
struct Statement {
    at: usize,
    cue_last: usize,
    class: &'static str,
    is_feminine: bool,
    speaker: Speaker,
    /// Whether the article names the speaker in the statement itself.
    is_explicit: bool,
    relay: Option<(usize, usize)>,
    said: Said,
}

/// Finds who said what in the body, in the order of the text.
pub fn find(article: &Article<'_>, names: &Names) -> Vec<Quote> {
    let copy = Copy::new(article, names);
    let mut statements: Vec<Statement> = vec![];
    for (first, last) in copy.sentences() {
        sentence(&copy, first, last, &mut statements);
    }
    statements.iter().map(|statement| quote(&copy, statement)).collect()
}

/// Reads a sentence.
fn sentence(copy: &Copy<'_, '_>, first: usize, last: usize, statements: &mut Vec<Statement>) {
    let from = statements.len();
    let mut relay = None;
    let mut at = first;
    while at < last {
        let Some(cue) = copy.cue(at).filter(|_| !copy.is_quoted(at)) else {
            at += 1;
            continue;
        };
        let found = match cue.entry.form {
            CueForm::Verb => verb(copy, at, &cue, (first, last), statements),
            CueForm::Participle => participle(copy, at, &cue, (first, last), statements, from),
            CueForm::Attribution => match attribution(copy, at, (first, last), statements, from) {
                Attributed::Statement(statement) => Some(*statement),
                Attributed::Relay(words) => {
                    relay = Some(words);
                    None
                }
                Attributed::Nothing => None,
            },
        };
        match found {
            Some(mut statement) => {
                statement.relay = statement.relay.or(relay.take());
                at = statement.said.last.max(cue.last);
                statements.push(statement);
            }
            None => at = cue.last,
        }
    }
}

/// «قال فلان إن …», and «فلان قال إن …».
fn verb(
    copy: &Copy<'_, '_>,
    at: usize,
    cue: &Cue<'_>,
    sentence: (usize, usize),
    before: &[Statement],
) -> Option<Statement> {
    if at > sentence.0 && words::negates(copy.word(at - 1)) {
        return None;
    }
    let reach = sentence.1.min(cue.last + REACH_WORDS_MAX);
    let way = said::way(copy, cue, reach).or_else(|| said::quotation_before(copy, at, sentence))?;
    let (subject, relay) = subject_and_relay(copy, cue, &way);
    let explicit = subject_before(copy, at, sentence).or_else(|| speaker::read(copy, subject.0, subject.1));
    // «بين», «ذكر»: only at the head of a sentence, or where somebody with a name speaks
    let at_head = at == sentence.0 || matches!(copy.word(at - 1), "قد" | "وقد" | "كما");
    let is_named = explicit.as_ref().is_some_and(|speaker| speaker.entity.is_some());
    if cue.entry.is_doubtful && !at_head && !is_named {
        return None;
    }
    let said = said::read(copy, cue, &way, sentence.1)?;
    let is_feminine = is_feminine(copy.word(at), cue);
    let is_explicit = explicit.is_some();
    let speaker = settled(copy, explicit, before, is_feminine)?;
    let (cue_last, class) = (cue.last, cue.entry.class);
    let statement = Statement { at, cue_last, class, is_feminine, speaker, is_explicit, relay, said };
    Some(passed_on(copy, &statement, &way, sentence, before).unwrap_or(statement))
}

/// «أفادت وكالة … أن فلانا أكد على …»: what a paper says that somebody said is his statement, and the paper its relay.
fn passed_on(
    copy: &Copy<'_, '_>,
    statement: &Statement,
    way: &Way,
    sentence: (usize, usize),
    before: &[Statement],
) -> Option<Statement> {
    let (first, last) = statement.speaker.words.filter(|_| way.by == said::By::That)?;
    let medium = |at: usize| {
        copy.has_sense(at, |sense| matches!(sense, naba_lexicon::Sense::Agency(..)))
            || words::is_medium(copy.word(at))
    };
    if !(first..last).any(medium) {
        return None;
    }
    let begin = way.at + 1;
    let is_verb =
        |at: usize| copy.cue(at).is_some_and(|cue| cue.entry.form == CueForm::Verb && !cue.is_joined);
    let at = (begin + 1..statement.said.last.min(begin + INNER_WORDS_MAX)).find(|at| is_verb(*at))?;
    let inner = verb(copy, at, &copy.cue(at)?, (begin, sentence.1), before)?;
    inner.is_explicit.then_some(Statement { relay: Some((first, last)), ..inner })
}

/// The words between the verb and what was said: the speaker's, and «وفقا لارنا» among them.
fn subject_and_relay(
    copy: &Copy<'_, '_>,
    cue: &Cue<'_>,
    way: &Way,
) -> ((usize, usize), Option<(usize, usize)>) {
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
            Some((from, to, _)) => ((from, to), Some((first, at))),
            None => ((first, at), None),
        },
        Some(at) => ((first, at), source(copy, at, last).map(|(first, last, _)| (first, last))),
        None => ((first, last), None),
    }
}

/// The speaker who stands before his verb: «العثماني أوضح أن», «وكانت تقارير قد أفادت بأن».
fn subject_before(copy: &Copy<'_, '_>, at: usize, sentence: (usize, usize)) -> Option<Speaker> {
    let (mut first, mut last) = (sentence.0, at);
    if last > first && matches!(copy.word(last - 1), "قد" | "وقد" | "الذي" | "التي" | "الذين")
    {
        last -= 1;
    }
    let cue = copy.cue(at)?;
    if cue.is_joined || last <= first {
        return None;
    }
    // a name that ends right before the verb; a place speaks only where the sentence begins with it, and whoever
    // is named by «بحسب» passes on what others say
    let name = copy
        .names(last.saturating_sub(8), last)
        .filter(|(place, _)| place.last == last && place.first >= first)
        .last();
    if let Some((place, entity)) = name.filter(|_| copy.gap(at) == " ") {
        let near = |step: usize| place.first.checked_sub(step).and_then(|at| copy.cue(at));
        let is_cited = (1..=2).filter_map(near).any(|cue| cue.entry.form == CueForm::Attribution);
        let speaks = entity.kind != EntityType::Place || place.first <= first + 1;
        return speaker::read(copy, place.first, last).filter(|_| speaks && !is_cited);
    }
    if matches!(copy.word(first), "وكان" | "وكانت" | "كان" | "كانت") {
        first += 1;
    } else if !copy.is_title(first) && !words::is_source(copy.word(first)) {
        return None;
    }
    let clean = (first..last).all(|at| copy.cue(at).is_none() && (at == first || copy.gap(at) == " "));
    (clean && last - first <= 8).then(|| speaker::read(copy, first, last)).flatten()
}

/// The speaker after what the article says of him; where nobody is named, whoever spoke last.
fn settled(
    copy: &Copy<'_, '_>,
    explicit: Option<Speaker>,
    before: &[Statement],
    is_feminine: bool,
) -> Option<Speaker> {
    let Some(found) = explicit else {
        let last = before.last()?;
        let agrees = |statement: &&Statement| statement.is_feminine == is_feminine;
        let chosen = before.iter().rev().take(3).find(agrees).unwrap_or(last);
        return Some(Speaker { words: None, ..chosen.speaker.clone() });
    };
    if found.words.is_some_and(|(first, _)| speaker::is_dual(copy.word(first))) {
        return Some(two(before, found));
    }
    let is_person = |entity: usize| copy.names.entities[entity].kind == EntityType::Person;
    if found.entity.is_some_and(is_person) {
        return Some(found);
    }
    Some(speaker::resolve(copy, &found, &known(copy, before)).unwrap_or(found))
}

/// Everybody who has spoken lately, or passed on what others said, in the order of the text.
fn known(copy: &Copy<'_, '_>, before: &[Statement]) -> Vec<Speaker> {
    let both = |statement: &Statement| {
        let relay = statement.relay.and_then(|(first, last)| speaker::read(copy, first, last));
        [relay, Some(statement.speaker.clone())]
    };
    let lately = before.len().saturating_sub(KNOWN_STATEMENTS_MAX);
    before[lately..].iter().flat_map(both).flatten().collect()
}

/// The last two who spoke.
fn two(before: &[Statement], found: Speaker) -> Speaker {
    let mut names: Vec<&str> = vec![];
    for statement in before.iter().rev() {
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

/// «قالت», «تؤكد», «مشيرة».
fn is_feminine(word: &str, cue: &Cue<'_>) -> bool {
    match cue.entry.form {
        CueForm::Participle => cue.entry.word.ends_with('ه'),
        _ => {
            cue.entry.word.ends_with('ت') && !matches!(cue.entry.word.as_str(), "لفت")
                || word.trim_start_matches('و').starts_with('ت')
        }
    }
}

/// «… مؤكدا أن …»: whoever the sentence lets speak, else whom it begins with, else whoever spoke last.
fn participle(
    copy: &Copy<'_, '_>,
    at: usize,
    cue: &Cue<'_>,
    sentence: (usize, usize),
    before: &[Statement],
    from: usize,
) -> Option<Statement> {
    let way = said::way(copy, cue, sentence.1.min(cue.last + 4)).filter(|way| way.at <= cue.last + 2)?;
    let said = said::read(copy, cue, &way, sentence.1)?;
    let is_feminine = is_feminine(copy.word(at), cue);
    let here = before[from..].last().map(|statement| statement.speaker.clone());
    let first_name = || {
        let (place, _) = copy.names(sentence.0, at).find(|(_, entity)| entity.kind != EntityType::Place)?;
        speaker::read(copy, place.first, place.last)
    };
    let is_explicit = here.is_some();
    let role = || {
        role_behind(copy, sentence.0, at).and_then(|found| settled(copy, Some(found), before, is_feminine))
    };
    let speaker =
        here.or_else(role).or_else(first_name).or_else(|| settled(copy, None, before, is_feminine))?;
    Some(Statement {
        at,
        cue_last: cue.last,
        class: cue.entry.class,
        is_feminine,
        speaker,
        is_explicit,
        relay: None,
        said,
    })
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

/// What a statement is worth, by how it is given and how sure its speaker is.
fn confidence(statement: &Statement) -> f32 {
    let base: f32 = match (statement.said.kind, statement.said.is_noun) {
        (QuoteKind::Direct, _) => 0.95,
        (QuoteKind::Indirect, false) => 0.9,
        (QuoteKind::Colon, _) => 0.85,
        (QuoteKind::Indirect, true) => 0.7,
    };
    let doubts = f32::from(u8::from(!statement.is_explicit)) * 0.1
        + f32::from(u8::from(!statement.said.is_closed)) * 0.15;
    ((base - doubts) * 100.0).round() / 100.0
}

fn quote(copy: &Copy<'_, '_>, statement: &Statement) -> Quote {
    let text = copy.text;
    let surface =
        |first: usize, last: usize| text.home(text.words[first].start, text.words[last - 1].end).1.to_owned();
    let (place, content) = text.home(statement.said.start, statement.said.end);
    let speaker = &statement.speaker;
    Quote {
        kind: statement.said.kind,
        speaker: Named {
            surface: speaker.words.map(|(first, last)| surface(first, last)).unwrap_or_default(),
            name: speaker.name.clone(),
            entity: speaker.entity.map(|entity| copy.names.entities[entity].key.clone()),
            unnamed: speaker.is_unnamed,
        },
        cue: surface(statement.at, statement.cue_last),
        class: statement.class.to_owned(),
        relay: statement.relay.map(|(first, last)| {
            // «وفقا لارنا»: the preposition is not hers
            let clitic = copy.clitic_bytes(first);
            text.home(text.words[first].start + clitic, text.words[last - 1].end).1.to_owned()
        }),
        content: content.to_owned(),
        start: place.start,
        end: place.end,
        confidence: confidence(statement),
    }
}
