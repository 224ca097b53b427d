//! One pass over a folded text that finds every entry.

use std::collections::BTreeMap;

use naba_text::letters::is_word;
use naba_text::slice;
use naba_text::words::{Word, both, hash, words};

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
    /// A phrase in which no name stands.
    Ordinary,
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
    /// The number of the word that it begins in.
    pub word: usize,
}

/// How many bytes of clitics may stand before a name in a word: none, a conjunction or a preposition, or both.
fn clitics(word: &[u8]) -> impl Iterator<Item = usize> {
    let conjunction = matches!(word, [0xD9, 0x88 | 0x81, ..]);
    let is_preposition = |word: &[u8]| matches!(word, [0xD8, 0xA8, ..] | [0xD9, 0x84 | 0x83, ..]);
    let one = word.len() > 2 && (conjunction || is_preposition(word));
    let two = word.len() > 4 && conjunction && word.get(2..).is_some_and(is_preposition);
    [Some(0), one.then_some(2), two.then_some(4)].into_iter().flatten()
}

fn patterns(tables: &Tables) -> (Vec<String>, Vec<Vec<Sense>>) {
    let mut all: BTreeMap<String, Vec<Sense>> = BTreeMap::new();
    let mut add = |form: &str, sense: Sense| {
        if !form.is_empty() {
            all.entry(form.to_owned()).or_default().push(sense);
            // للأناضول: the preposition swallows the article's alef
            if let Some(rest) = form.strip_prefix("ال")
                && !matches!(sense, Sense::Cue(..) | Sense::Topic(_) | Sense::Ordinary)
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
    tables.ordinary.iter().for_each(|phrase| add(phrase, Sense::Ordinary));
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
            let beginning = words(&pattern);
            let mut key = beginning.first().map_or(0, |first| first.hash);
            if let [first, second, ..] = beginning.as_slice()
                && follows(&pattern, *first, *second)
            {
                by_beginning.entry(key).or_default().1 = true;
                key = both(key, second.hash);
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
    ///
    /// Some words at a time: first all beginnings that may be known, then their entries, so that a look into memory
    /// does not wait for the one before.
    pub(crate) fn scan(&self, folded: &str, words: &[Word]) -> Vec<Found> {
        const WORDS: usize = 64;
        let mut found = Vec::with_capacity(words.len());
        // three beginnings a word: with all, one, or two of its clitics left out
        let mut beginnings = [Beginning::default(); 3 * WORDS];
        for (number, some) in words.chunks(WORDS).enumerate() {
            let mut count = 0;
            for (place, word) in (number * WORDS..).zip(some) {
                let text = folded.as_bytes().get(word.start..word.end).unwrap_or_default();
                for clitic_bytes in clitics(text) {
                    let start = word.start + clitic_bytes;
                    let hash =
                        if clitic_bytes == 0 { word.hash } else { hash(folded.as_bytes(), start, word.end) };
                    beginnings[count] = Beginning { hash, start, clitic_bytes, word: place };
                    count += usize::from(self.is_known(hash));
                }
            }
            for beginning in &beginnings[..count] {
                let next = words.get(beginning.word + 1);
                let goes_on = self.entries_of(folded, *beginning, &mut found);
                if let Some(next) =
                    next.filter(|next| goes_on && follows(folded, words[beginning.word], **next))
                {
                    let two = Beginning { hash: both(beginning.hash, next.hash), ..*beginning };
                    if self.is_known(two.hash) {
                        self.entries_of(folded, two, &mut found);
                    }
                }
            }
        }
        found
    }

    /// Whether entries may begin so.
    #[inline]
    fn is_known(&self, hash: u64) -> bool {
        let (place, bit) = place_of(hash, self.known.len());
        self.known.get(place).is_some_and(|bits| bits & bit != 0)
    }

    /// Adds the entries with a beginning; whether others go on with the next word.
    fn entries_of(&self, folded: &str, here: Beginning, found: &mut Vec<Found>) -> bool {
        let Beginning { hash, start, clitic_bytes, word } = here;
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
                        word,
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
#[derive(Debug, Clone, Copy, Default)]
struct Beginning {
    /// The hash of its first word, or of its first two.
    hash: u64,
    start: usize,
    clitic_bytes: usize,
    word: usize,
}

/// Whether nothing but a space lies between two words of a text.
fn follows(text: &str, first: Word, second: Word) -> bool {
    second.start == first.end + 1 && text.as_bytes().get(first.end) == Some(&b' ')
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
