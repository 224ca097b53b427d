//! Mentions become entities: spellings of one name, a surname alone and the full name of the same article.

use naba_record::{Entity, EntityType};
use naba_text::words::{SPREAD, tail};
use rustc_hash::{FxHashMap, FxHashSet};

use super::spans::Name;
use super::variant::{alike, key, keys, same_person};
use crate::article::{Article, Text};

/// The shortest surname, in letters, that may stand for a full name where the model does not see it.
const SURNAME_LETTERS_MIN: usize = 4;

/// How many entities back a mention is joined: no article has more, and a page of a thousand articles does not take a
/// thousand times a thousand looks.
const GROUPS_MAX: usize = 400;
/// The same, once an article has more mentions than any.
const GROUPS_MAX_OF_MANY: usize = 40;
const MANY_MENTIONS: usize = 5_000;
/// The most people whose surnames end alike that a word is compared with.
const NAMESAKES_MAX: usize = 64;

/// Where a name stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) text: usize,
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The mentions of one entity.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) kind: EntityType,
    pub(super) entry: Option<usize>,
    /// The folded words of its fullest form, and their keys.
    words: Vec<&'a str>,
    keys: Vec<String>,
    pub(super) places: Vec<Place>,
}

/// Joins the names of all texts.
pub(super) fn groups<'a>(article: &Article<'a>, spans: &[Vec<Name>]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = vec![];
    let mut alone = vec![];
    let mut mentions = 0;
    for (number, (text, names)) in article.texts.iter().zip(spans).enumerate() {
        for name in names {
            let place =
                Place { text: number, first: name.first, last: name.last, start: name.start, end: name.end };
            let words = words(text, name);
            if name.kind == EntityType::Person && words.len() == 1 {
                alone.push((place, words));
            } else {
                let lately = lately(&groups, mentions);
                mentions += 1;
                add(article, &mut groups, lately, name, place, words);
            }
        }
    }
    // full names are known now; what stands alone may be a part of one
    for (place, words) in alone {
        let word = key(article.lexicon, words[0]);
        let is_part = |group: &Group<'_>| {
            group.kind == EntityType::Person && group.keys.iter().any(|part| alike(part, &word))
        };
        // of two with the same name the one whose surname it is
        let lately = lately(&groups, mentions);
        mentions += 1;
        let late = &mut groups[lately..];
        let by_surname = late
            .iter()
            .position(|group| is_part(group) && group.keys.last().is_some_and(|last| alike(last, &word)));
        match by_surname.or_else(|| late.iter().position(is_part)) {
            Some(group) => late[group].places.push(place),
            None => groups.push(Group {
                kind: EntityType::Person,
                entry: None,
                words,
                keys: vec![word],
                places: vec![place],
            }),
        }
    }
    surnames(article, spans, &mut groups);
    for group in &mut groups {
        group.places.sort_unstable_by_key(|place| (place.text, place.start));
    }
    groups
}

/// From where on entities are looked through for one that a mention belongs to.
fn lately(groups: &[Group<'_>], mentions: usize) -> usize {
    groups.len().saturating_sub(if mentions < MANY_MENTIONS { GROUPS_MAX } else { GROUPS_MAX_OF_MANY })
}

fn words<'a>(text: &Text<'a>, name: &Name) -> Vec<&'a str> {
    text.words[name.first..name.last]
        .iter()
        .map(|word| text.between(word.start.max(name.start), word.end))
        .collect()
}

fn add<'a>(
    article: &Article<'a>,
    groups: &mut Vec<Group<'a>>,
    lately: usize,
    name: &Name,
    place: Place,
    words: Vec<&'a str>,
) {
    let keys = if name.kind == EntityType::Person { keys(article.lexicon, &words) } else { vec![] };
    let same = |group: &&mut Group<'a>| {
        group.kind == name.kind
            && match (name.kind, name.entry) {
                (EntityType::Person, _) => same_person(&group.keys, &keys),
                (_, Some(_)) => group.entry == name.entry,
                _ => group.words == words,
            }
    };
    match groups[lately..].iter_mut().find(same) {
        Some(group) => {
            group.places.push(place);
            if words.len() > group.words.len() {
                (group.words, group.keys) = (words, keys);
            }
        }
        None => groups.push(Group { kind: name.kind, entry: name.entry, words, keys, places: vec![place] }),
    }
}

/// Mentions by surname alone that the model has not seen. A word that is a name of its own already is left alone, a
/// one-word place or organisation that the lexicon does not know is not: the full name knows better.
fn surnames(article: &Article<'_>, spans: &[Vec<Name>], groups: &mut Vec<Group<'_>>) {
    let mut known: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    // a bit for each: most words end like nobody's surname, and are done with here
    let (mut ends, bit) = (0_u64, |letters: u64| 1 << (letters.wrapping_mul(SPREAD) >> 58));
    for (number, group) in groups.iter().enumerate() {
        if let Some(surname) = surname(group) {
            let letters = last_letters(surname);
            let namesakes = known.entry(letters).or_default();
            // of two with the same surname it is the first one's
            let is_known = |other: &usize| self::surname(&groups[*other]) == Some(surname);
            if namesakes.len() < NAMESAKES_MAX && !namesakes.iter().any(is_known) {
                namesakes.push(number);
            }
            ends |= bit(letters);
        }
    }
    let mut taken_over: FxHashSet<(usize, usize)> = FxHashSet::default();
    for (number, (text, names)) in article.texts.iter().zip(spans).enumerate() {
        let mut names = names.iter().peekable();
        for (at, word) in text.words.iter().enumerate() {
            let letters = tail(text.folded.as_bytes(), word.start, word.end);
            if ends & bit(letters) == 0 {
                continue;
            }
            let Some(namesakes) = known.get(&letters) else { continue };
            let folded = text.between(word.start, word.end);
            while names.next_if(|name| name.last <= at).is_some() {}
            let inside = names.peek().filter(|name| name.first <= at);
            if inside.is_some_and(|name| {
                name.kind == EntityType::Person || name.entry.is_some() || name.last - name.first > 1
            }) {
                continue;
            }
            let Some((group, clitic)) = surname_of(groups, namesakes, folded) else { continue };
            if clitic > 0 && inside.is_some()
                || is_adverb(text, at)
                || is_role_word(text, word.start, word.end)
            {
                continue;
            }
            if inside.is_some() {
                taken_over.insert((number, at));
            }
            let place =
                Place { text: number, first: at, last: at + 1, start: word.start + clitic, end: word.end };
            groups[group].places.push(place);
        }
    }
    if !taken_over.is_empty() {
        for group in groups.iter_mut().filter(|group| group.kind != EntityType::Person) {
            group.places.retain(|place| !taken_over.contains(&(place.text, place.first)));
        }
    }
    groups.retain(|group| !group.places.is_empty());
}

/// The surname of a person with a full name, where it is long enough to stand alone.
fn surname<'a>(group: &Group<'a>) -> Option<&'a str> {
    let last = *group.words.last().filter(|_| group.kind == EntityType::Person && group.words.len() > 1)?;
    (last.chars().count() >= SURNAME_LETTERS_MIN).then_some(last)
}

/// The last four letters as one number: no surname here is shorter, and other words are told apart at a glance.
fn last_letters(word: &str) -> u64 {
    tail(word.as_bytes(), 0, word.len())
}

/// The person, one of some, whose surname a word is, and how many bytes of clitics it has.
fn surname_of(groups: &[Group<'_>], namesakes: &[usize], word: &str) -> Option<(usize, usize)> {
    namesakes.iter().find_map(|number| {
        let clitic = word.strip_suffix(surname(&groups[*number])?)?;
        matches!(clitic, "" | "و" | "ف" | "ب" | "ل" | "ول" | "وب").then_some((*number, clitic.len()))
    })
}

/// «بشكل رئيسي»: how, and not who.
fn is_adverb(text: &Text<'_>, at: usize) -> bool {
    at > 0 && matches!(text.word(at - 1), "بشكل" | "دور" | "سبب" | "محور" | "بدور" | "امر")
}

/// A surname that is also a verb of saying, or a title, stands for nobody.
fn is_role_word(text: &Text<'_>, start: usize, end: usize) -> bool {
    use naba_lexicon::{CueForm, Sense};
    let mut here = text.found_in(start, end);
    here.any(|found| {
        found.end == end
            && matches!(found.sense, Sense::Cue(_, CueForm::Verb) | Sense::Title(_) | Sense::Nationality(_))
    })
}

/// The entity of a group.
pub(super) fn entity(article: &Article<'_>, group: &Group<'_>) -> Entity {
    let mut mentions = vec![];
    for (number, text) in article.texts.iter().enumerate() {
        let places = group.places.iter().filter(|place| place.text == number);
        mentions.extend(places.map(|place| text.mention(place.start, place.end)));
    }
    let tables = &article.lexicon.tables;
    let known = group.entry.and_then(|entry| {
        if group.kind == EntityType::Place {
            return tables.places.get(entry).map(|place| (place.forms[0].surface, place.country));
        }
        let body = tables.organisations.get(entry).map(|body| (body.forms[0].surface, body.country));
        body.or_else(|| {
            let agency = tables.agencies.get(entry - tables.organisations.len())?;
            Some((agency.name_ar, Some(agency.country)))
        })
    });
    let longest = || {
        // counted once: a page of thousands of articles names one man thousands of times
        let mut often: FxHashMap<&str, usize> = FxHashMap::default();
        for mention in &mentions {
            *often.entry(&mention.surface).or_default() += 1;
        }
        let size = |surface: &&str| (surface.split_whitespace().count(), often.get(*surface).copied());
        mentions.iter().rev().map(|mention| mention.surface.as_str()).max_by_key(size).unwrap_or_default()
    };
    let (name, country) = known.unwrap_or_else(|| (longest(), None));
    let name = name.to_owned();
    let key =
        if group.kind == EntityType::Person { group.keys.join(" ") } else { naba_lexicon::folded(&name) };
    Entity {
        kind: group.kind,
        name,
        key,
        mentions,
        role: None,
        country: country.map(str::to_owned),
        ids: None,
        id_confidence: None,
        candidates: vec![],
    }
}
