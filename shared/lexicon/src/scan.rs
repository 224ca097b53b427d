//! One pass over a folded text that finds every entry.

use std::collections::BTreeMap;
use std::hash::Hasher;

use rustc_hash::FxHasher;

use naba_text::letters::is_word;
use naba_text::slice;

use crate::data::{CueForm, Tables, TitleKind};

/// What an entry means. The numbers are places in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// An agency or outlet; whether its form needs a cue.
    Agency(usize, bool),
    /// A place; whether its form needs a cue.
    Place(usize, bool),
    /// What people of a place are called.
    Nationality(usize),
    /// A body with a name; whether its form needs a cue.
    Organisation(usize, bool),
    /// A given name.
    GivenName,
    /// A given name that is also an ordinary word.
    DoubtfulName,
    /// What people are called behind their given names; whether it is also an ordinary word.
    FamilyName(bool),
    /// A word that opens the name of an organisation: وزارة
    OrganisationHead,
    /// A word that opens the name of a place: مدينة
    PlaceHead,
    /// A title.
    Title(TitleKind),
    /// A cue: its place in the table and its form.
    Cue(usize, CueForm),
    /// A word that speaks for a topic.
    Topic(usize),
}

/// An entry that stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// What it means.
    pub sense: Sense,
    /// First byte in the folded text, clitics left out.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Bytes of clitics before it (و, ف, ب, ل, ك).
    pub clitic_bytes: usize,
}

/// Clitics that may stand before a name: a conjunction, a preposition, or both.
const CLITICS: [&str; 11] = ["و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل", "فك"];

fn patterns(tables: &Tables) -> (Vec<String>, Vec<Vec<Sense>>) {
    let mut all: BTreeMap<String, Vec<Sense>> = BTreeMap::new();
    let mut add = |form: &str, sense: Sense| {
        if !form.is_empty() {
            all.entry(form.to_owned()).or_default().push(sense);
            // للأناضول: the preposition swallows the article's alef
            if let Some(rest) = form.strip_prefix("ال")
                && !matches!(sense, Sense::Cue(..) | Sense::Topic(_))
            {
                all.entry(format!("لل{rest}")).or_default().push(sense);
            }
        }
    };
    for (index, agency) in tables.agencies.iter().enumerate() {
        agency.forms.iter().for_each(|form| add(&form.folded, Sense::Agency(index, form.needs_cue)));
    }
    for (index, place) in tables.places.iter().enumerate() {
        place.forms.iter().for_each(|form| add(&form.folded, Sense::Place(index, form.needs_cue)));
        for stem in &place.nationalities {
            for form in [
                stem.clone(),
                format!("{stem}ه"),
                format!("ال{stem}"),
                format!("ال{stem}ه"),
                format!("ال{stem}ين"),
            ] {
                add(&form, Sense::Nationality(index));
            }
        }
    }
    for (index, organisation) in tables.organisations.iter().enumerate() {
        organisation
            .forms
            .iter()
            .for_each(|form| add(&form.folded, Sense::Organisation(index, form.needs_cue)));
    }
    tables.given_names.iter().for_each(|name| add(name, Sense::GivenName));
    tables.doubtful_names.iter().for_each(|name| add(name, Sense::DoubtfulName));
    tables.family_names.iter().for_each(|name| add(name, Sense::FamilyName(false)));
    tables.doubtful_family_names.iter().for_each(|name| add(name, Sense::FamilyName(true)));
    tables.organisation_heads.iter().for_each(|word| add(word, Sense::OrganisationHead));
    tables.place_heads.iter().for_each(|word| add(word, Sense::PlaceHead));
    tables.titles.iter().for_each(|(kind, title)| add(title, Sense::Title(*kind)));
    for (index, cue) in tables.cues.iter().enumerate() {
        add(&cue.word, Sense::Cue(index, cue.form));
    }
    for (index, topic) in tables.topics.iter().enumerate() {
        topic.words.iter().for_each(|word| add(word, Sense::Topic(index)));
    }
    for senses in all.values_mut() {
        senses.dedup();
    }
    all.into_iter().unzip()
}

/// The entries by the first word of each, or by its first two: hundreds begin with «شركة», and a text has one of them.
/// Small numbers, because a look that misses the cache costs more than everything else here.
#[derive(Debug)]
pub(crate) struct Index {
    /// One bit for the hash of every beginning: most words begin no entry, and are done with here.
    known: Vec<u64>,
    /// Beginnings at their hash or behind it: a power of two of slots, a third of them empty at least.
    slots: Vec<Slot>,
    /// Entries with one beginning stand together.
    entries: Vec<Entry>,
    /// The patterns of all entries, one behind the other.
    patterns: String,
    senses: Vec<Sense>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    /// A part of the hash. Two beginnings may share it: their entries are compared in full.
    mark: u32,
    /// Its first entry; [`EMPTY`] for none.
    entry: u32,
}

const EMPTY: u32 = u32::MAX;

#[derive(Debug, Default)]
struct Entry {
    /// Its pattern: first byte, one past the last. Empty where a word only begins what two words do.
    pattern: (u32, u32),
    /// Its senses: the first, and how many.
    senses: (u32, u16),
    /// Whether the next entry begins otherwise.
    is_last: bool,
    /// Whether there are entries by this word and the next.
    goes_on: bool,
}

/// Bits of the filter a beginning: eight leave one in eight of the unknown ones to the table.
const KNOWN_BITS: usize = 8;

/// The hash of a word, whose high bits are as good as its low ones.
fn hash(word: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(word.as_bytes());
    hasher.finish()
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Index {
    /// An index over patterns with their senses. One that does not begin with a word would never be found.
    pub(crate) fn new(tables: &Tables) -> Self {
        let (own_patterns, own_senses) = patterns(tables);
        let mut by_beginning: BTreeMap<u64, (Vec<Entry>, bool)> = BTreeMap::new();
        let (mut patterns, mut senses) = (String::new(), vec![]);
        for (pattern, own) in own_patterns.into_iter().zip(own_senses) {
            let (from, first_sense) = (number(patterns.len()), number(senses.len()));
            let count = u16::try_from(own.len()).unwrap_or(u16::MAX);
            patterns.push_str(&pattern);
            senses.extend(own);
            let to = number(patterns.len());
            let entry = Entry { pattern: (from, to), senses: (first_sense, count), ..Entry::default() };
            let mut beginning = words(&pattern).map(|(start, end)| slice::between(&pattern, start, end));
            let first = beginning.next().unwrap_or_default();
            let mut key = hash(first);
            if let Some(second) = beginning.next().filter(|second| follows_at(&pattern, first.len(), second))
            {
                by_beginning.entry(key).or_default().1 = true;
                key = both(key, hash(second));
            }
            by_beginning.entry(key).or_default().0.push(entry);
        }
        let slots = (by_beginning.len() * 3 / 2).next_power_of_two();
        let known = (by_beginning.len() * KNOWN_BITS / 64).next_power_of_two();
        let mut index = Self {
            known: vec![0; known],
            slots: vec![Slot { mark: 0, entry: EMPTY }; slots],
            entries: vec![],
            patterns,
            senses,
        };
        for (hash, (mut own, goes_on)) in by_beginning {
            if own.is_empty() {
                own.push(Entry::default());
            }
            let last = own.len() - 1;
            for (place, entry) in own.iter_mut().enumerate() {
                (entry.goes_on, entry.is_last) = (goes_on, place == last);
            }
            let (place, bit) = place_of(hash, known);
            index.known[place] |= bit;
            let mut at = hash as usize & (slots - 1);
            while index.slots[at].entry != EMPTY {
                at = (at + 1) & (slots - 1);
            }
            index.slots[at] = Slot { mark: mark(hash), entry: number(index.entries.len()) };
            index.entries.extend(own);
        }
        index
    }

    /// Every entry that begins at one of the words, or behind its clitics, in the order of the words.
    pub(crate) fn scan(&self, folded: &str, words: impl Iterator<Item = (usize, usize)>) -> Vec<Found> {
        let mut found = vec![];
        let mut words = words.peekable();
        while let Some((start, end)) = words.next() {
            let word = slice::between(folded, start, end);
            let next =
                words.peek().filter(|next| next.0 == end + 1 && folded.as_bytes().get(end) == Some(&b' '));
            let next = next.map(|next| slice::between(folded, next.0, next.1));
            let mut here = At { folded, start, next, clitic_bytes: 0 };
            self.at(here, word, &mut found);
            if word.starts_with(['و', 'ف', 'ب', 'ل', 'ك']) {
                for clitic in CLITICS {
                    if let Some(rest) = word.strip_prefix(clitic).filter(|rest| !rest.is_empty()) {
                        (here.start, here.clitic_bytes) = (start + clitic.len(), clitic.len());
                        self.at(here, rest, &mut found);
                    }
                }
            }
        }
        found
    }

    #[inline]
    fn at(&self, here: At<'_>, word: &str, found: &mut Vec<Found>) {
        let first = hash(word);
        if self.entries_at(here, first, found)
            && let Some(next) = here.next
        {
            self.entries_at(here, both(first, hash(next)), found);
        }
    }

    /// The entries with a beginning; whether others go on with the next word.
    #[inline]
    fn entries_at(&self, here: At<'_>, hash: u64, found: &mut Vec<Found>) -> bool {
        let (place, bit) = place_of(hash, self.known.len());
        self.known.get(place).is_some_and(|bits| bits & bit != 0) && self.entries_of(here, hash, found)
    }

    fn entries_of(&self, here: At<'_>, hash: u64, found: &mut Vec<Found>) -> bool {
        let At { folded, start, clitic_bytes, .. } = here;
        let rest = slice::from(folded, start);
        let (mut at, mut goes_on) = (hash as usize, false);
        while let Some(slot) = self.slots.get(at & (self.slots.len() - 1)).filter(|slot| slot.entry != EMPTY)
        {
            at += 1;
            if slot.mark != mark(hash) {
                continue;
            }
            for entry in self.entries.get(slot.entry as usize..).unwrap_or_default() {
                goes_on |= entry.goes_on;
                let (from, to) = entry.pattern;
                let pattern = slice::between(&self.patterns, from as usize, to as usize);
                let end = start + pattern.len();
                if rest.starts_with(pattern) && ends_word(folded, end) {
                    let (first, count) = (entry.senses.0 as usize, usize::from(entry.senses.1));
                    let senses = self.senses.get(first..first + count).unwrap_or_default();
                    found.extend(senses.iter().map(|sense| Found {
                        sense: *sense,
                        start,
                        end,
                        clitic_bytes,
                    }));
                }
                if entry.is_last {
                    break;
                }
            }
        }
        goes_on
    }
}

/// Where an entry may begin.
#[derive(Debug, Clone, Copy)]
struct At<'a> {
    folded: &'a str,
    start: usize,
    /// The word behind, where nothing but a space lies between.
    next: Option<&'a str>,
    clitic_bytes: usize,
}

/// Whether a word stands in a pattern behind the first one and a space.
fn follows_at(pattern: &str, first_bytes: usize, second: &str) -> bool {
    slice::from(pattern, first_bytes).strip_prefix(' ').is_some_and(|rest| rest.starts_with(second))
}

/// The hash of two words in a row.
fn both(first: u64, second: u64) -> u64 {
    (first.rotate_left(23) ^ second).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The bits of a hash that a slot keeps: others than its place is made of.
fn mark(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The bit of a hash among so many numbers of 64 bits, a power of two.
fn place_of(hash: u64, numbers: usize) -> (usize, u64) {
    let bits = (hash >> 20) as usize;
    ((bits / 64) & (numbers - 1), 1 << (bits % 64))
}

/// The words of a text: letters and digits in a row; first byte, one past the last.
pub fn words(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut characters = text.char_indices();
    std::iter::from_fn(move || {
        let (start, _) = characters.by_ref().find(|(_, c)| is_word(*c))?;
        let end = characters.by_ref().find(|(_, c)| !is_word(*c)).map_or(text.len(), |(at, _)| at);
        Some((start, end))
    })
}

fn ends_word(text: &str, at: usize) -> bool {
    slice::from(text, at).chars().next().is_none_or(|c| !is_word(c) && c != '_')
}

#[cfg(test)]
mod tests {
    use crate::{Lexicon, Sense, folded};

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let lexicon = Lexicon::built_in();
        let text = folded(text);
        let found: Vec<(String, &str)> = lexicon
            .scan(&text)
            .into_iter()
            .filter_map(|found| match found.sense {
                Sense::Place(index, _) => Some((
                    super::slice::between(&text, found.start, found.end).to_owned(),
                    lexicon.tables.places[index].name_en,
                )),
                Sense::Agency(index, _) => Some((
                    super::slice::between(&text, found.start, found.end).to_owned(),
                    lexicon.tables.agencies[index].code,
                )),
                _ => None,
            })
            .collect();
        let expected: Vec<(String, &str)> =
            expected.iter().map(|(form, name)| (folded(form), *name)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn every_entry_begins_with_a_word() {
        let (patterns, _) = super::patterns(&Lexicon::built_in().tables);
        let other: Vec<_> = patterns.iter().filter(|pattern| !pattern.starts_with(super::is_word)).collect();
        assert!(other.is_empty(), "{other:?}");
    }

    #[test]
    fn clitics_are_left_outside() {
        check("وروسيا", &[("روسيا", "Russia")]);
        check("بين طهران وموسكو", &[("طهران", "Tehran"), ("موسكو", "Moscow")]);
        check("نقلا عن للأناضول", &[("للأناضول", "AA")]);
        check("وفقا لارنا", &[("ارنا", "IRNA")]);
        check("ولايتي في المدينة", &[]);
        check("مصرية", &[]);
    }
}
