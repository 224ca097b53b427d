//! One pass over a folded text that finds every entry.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

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

/// The entries by the first word of each.
#[derive(Debug)]
pub(crate) struct Index {
    /// Where the entries of a first word stand, by its hash.
    first_words: HashMap<u64, (u32, u32), BuildHasherDefault<Given>>,
    entries: Vec<Entry>,
    senses: Vec<Sense>,
}

#[derive(Debug)]
struct Entry {
    pattern: Box<str>,
    /// Its senses: first, one past the last.
    senses: (u32, u32),
}

/// Hashes are made from the words themselves: the table takes them as they are.
#[derive(Debug, Default)]
struct Given(u64);

impl Hasher for Given {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// FNV-1a, mixed so that a table may take its low bits or its high ones.
fn hash(word: &str) -> u64 {
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    let hash = word.bytes().fold(0xCBF2_9CE4_8422_2325, fold);
    hash ^ hash >> 29
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Index {
    /// An index over patterns with their senses. One that does not begin with a word would never be found.
    pub(crate) fn new(tables: &Tables) -> Self {
        let (patterns, all_senses) = patterns(tables);
        let mut by_word: BTreeMap<u64, Vec<Entry>> = BTreeMap::new();
        let mut senses = vec![];
        for (pattern, own) in patterns.into_iter().zip(all_senses) {
            let from = number(senses.len());
            senses.extend(own);
            let first = pattern.split(|c| !is_word(c)).next().unwrap_or_default();
            let entry = Entry { senses: (from, number(senses.len())), pattern: pattern.as_str().into() };
            by_word.entry(hash(first)).or_default().push(entry);
        }
        let (mut first_words, mut entries) = (HashMap::default(), vec![]);
        for (hash, own) in by_word {
            let from = number(entries.len());
            entries.extend(own);
            first_words.insert(hash, (from, number(entries.len())));
        }
        Self { first_words, entries, senses }
    }

    /// Every entry that begins at one of the words, or behind its clitics, in the order of the words.
    pub(crate) fn scan(&self, folded: &str, words: impl Iterator<Item = (usize, usize)>) -> Vec<Found> {
        let mut found = vec![];
        for (start, end) in words {
            let word = slice::between(folded, start, end);
            self.at(folded, start, word, 0, &mut found);
            if word.starts_with(['و', 'ف', 'ب', 'ل', 'ك']) {
                for clitic in CLITICS {
                    if let Some(rest) = word.strip_prefix(clitic).filter(|rest| !rest.is_empty()) {
                        self.at(folded, start + clitic.len(), rest, clitic.len(), &mut found);
                    }
                }
            }
        }
        found
    }

    fn at(&self, folded: &str, start: usize, word: &str, clitic_bytes: usize, found: &mut Vec<Found>) {
        let Some((from, to)) = self.first_words.get(&hash(word)) else { return };
        let rest = slice::from(folded, start);
        for entry in self.entries.get(*from as usize..*to as usize).unwrap_or_default() {
            let end = start + entry.pattern.len();
            if !rest.starts_with(&*entry.pattern) || !ends_word(folded, end) {
                continue;
            }
            let (first, last) = entry.senses;
            let senses = self.senses.get(first as usize..last as usize).unwrap_or_default();
            found.extend(senses.iter().map(|sense| Found { sense: *sense, start, end, clitic_bytes }));
        }
    }
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
