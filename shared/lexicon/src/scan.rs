//! One pass over a folded text that finds every entry.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;
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
    /// A body with a name.
    Organisation(usize),
    /// A given name.
    GivenName,
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

pub(crate) fn patterns(tables: &Tables) -> (Vec<String>, Vec<Vec<Sense>>) {
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
        organisation.forms.iter().for_each(|form| add(&form.folded, Sense::Organisation(index)));
    }
    tables.given_names.iter().for_each(|name| add(name, Sense::GivenName));
    tables.titles.iter().for_each(|(kind, title)| add(title, Sense::Title(*kind)));
    for (index, (_, form, word)) in tables.cues.iter().enumerate() {
        add(word, Sense::Cue(index, *form));
    }
    for (index, topic) in tables.topics.iter().enumerate() {
        topic.words.iter().for_each(|word| add(word, Sense::Topic(index)));
    }
    for senses in all.values_mut() {
        senses.dedup();
    }
    all.into_iter().unzip()
}

pub(crate) fn scan(automaton: &AhoCorasick, senses: &[Vec<Sense>], folded: &str) -> Vec<Found> {
    let mut found = vec![];
    for hit in automaton.find_overlapping_iter(folded) {
        let Some(clitic_bytes) = clitics_before(folded, hit.start()) else {
            continue;
        };
        if !ends_word(folded, hit.end()) {
            continue;
        }
        for sense in &senses[hit.pattern().as_usize()] {
            found.push(Found { sense: *sense, start: hit.start(), end: hit.end(), clitic_bytes });
        }
    }
    found
}

/// How many bytes of clitics stand between the word's beginning and `at`; none when other letters do.
fn clitics_before(text: &str, at: usize) -> Option<usize> {
    let before = slice::until(text, at);
    // two letters of two bytes each are the longest clitic
    let word = before.char_indices().rev().take(3).take_while(|(_, c)| is_word(*c)).last();
    let Some((start, _)) = word else { return Some(0) };
    let clitic = slice::between(text, start, at);
    CLITICS.contains(&clitic).then_some(clitic.len())
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
    fn clitics_are_left_outside() {
        check("وروسيا", &[("روسيا", "Russia")]);
        check("بين طهران وموسكو", &[("طهران", "Tehran"), ("موسكو", "Moscow")]);
        check("نقلا عن للأناضول", &[("للأناضول", "AA")]);
        check("وفقا لارنا", &[("ارنا", "IRNA")]);
        check("ولايتي في المدينة", &[]);
        check("مصرية", &[]);
    }
}
