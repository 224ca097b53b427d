//! The files read into typed tables.

use crate::folded;
use crate::speech::{VERBS, WORDS};

/// Everything that ships with naba.
#[derive(Debug, Default)]
pub struct Tables {
    /// `agencies.tsv`
    pub agencies: Vec<AgencyEntry>,
    /// `places.tsv`
    pub places: Vec<PlaceEntry>,
    /// `organisations.tsv`
    pub organisations: Vec<OrganisationEntry>,
    /// `given_names.tsv`, folded
    pub given_names: Vec<String>,
    /// `names.tsv`: given names that are ordinary words too, folded
    pub doubtful_names: Vec<String>,
    /// `names.tsv`: family names, folded
    pub family_names: Vec<String>,
    /// `names.tsv`: family names that are ordinary words too, folded
    pub doubtful_family_names: Vec<String>,
    /// `heads.tsv`: words that open the name of an organisation, folded
    pub organisation_heads: Vec<String>,
    /// `heads.tsv`: words that open the name of a place, folded
    pub place_heads: Vec<String>,
    /// `titles.tsv`: kind and folded words
    pub titles: Vec<(TitleKind, String)>,
    /// `speech_cues.tsv`
    pub cues: Vec<CueEntry>,
    /// `topics.tsv`
    pub topics: Vec<TopicEntry>,
    /// `ordinary.tsv`: phrases in which no name stands, folded
    pub ordinary: Vec<String>,
    /// Files of one's own, as they were read.
    pub own: Vec<&'static str>,
}

/// A form of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// As written in the file.
    pub surface: &'static str,
    /// In the search folding.
    pub folded: String,
    /// Whether it is also an ordinary word and needs a cue beside it.
    pub needs_cue: bool,
}

/// An agency, an outlet, or «وكالات» (a source left unnamed).
#[derive(Debug)]
pub struct AgencyEntry {
    /// Upper-case code.
    pub code: &'static str,
    /// Arabic name.
    pub name_ar: &'static str,
    /// English name.
    pub name_en: &'static str,
    /// ISO 3166-1 alpha-2; `ZZ` for pooled copy.
    pub country: &'static str,
    /// Whether it is a wire agency, rather than an outlet.
    pub is_agency: bool,
    /// Whether this is «وكالات» and its like.
    pub is_pooled: bool,
    /// Its forms in text.
    pub forms: Vec<Form>,
    /// Domains and short names that sources carry.
    pub domains: Vec<&'static str>,
}

/// What kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PlaceKind {
    Country,
    Capital,
    City,
    Region,
    Continent,
    Sea,
}

/// A place.
#[derive(Debug)]
pub struct PlaceEntry {
    /// Its forms; the first is the display name.
    pub forms: Vec<Form>,
    /// English name.
    pub name_en: &'static str,
    /// ISO 3166-1 alpha-2 where it lies in one country.
    pub country: Option<&'static str>,
    /// What it is.
    pub kind: PlaceKind,
    /// Latitude and longitude in degrees, to a tenth.
    pub coordinates: Option<(f64, f64)>,
    /// Folded stems of what its people are called.
    pub nationalities: Vec<String>,
}

/// A body with a name.
#[derive(Debug)]
pub struct OrganisationEntry {
    /// Its forms; the first is the display name.
    pub forms: Vec<Form>,
    /// English name.
    pub name_en: &'static str,
    /// ISO 3166-1 alpha-2 where it belongs to one country.
    pub country: Option<&'static str>,
}

/// What kind of title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TitleKind {
    Office,
    Rank,
    Honour,
    Faith,
    Work,
}

/// A word that announces speech.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CueEntry {
    /// What kind of speech: say, announce, assert, …
    pub class: &'static str,
    /// How it announces it.
    pub form: CueForm,
    /// What may stand between it and what was said.
    pub takes: Takes,
    /// Whether it is an ordinary word too.
    pub is_doubtful: bool,
    /// The folded word.
    pub word: String,
}

/// What a cue takes: what stands between it, or its speaker, and what was said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a verb takes any of them")]
pub struct Takes {
    /// أن, a colon, a quotation
    pub that: bool,
    /// إلى
    pub to: bool,
    /// إلى أن, and إلى before nothing else
    pub to_that: bool,
    /// على
    pub on: bool,
    /// عن
    pub about: bool,
    /// ب
    pub with: bool,
    /// من
    pub from: bool,
    /// nothing: what was said follows the speaker
    pub noun: bool,
    /// عن, and whose speech it is
    pub whom: bool,
}

/// How a cue announces speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CueForm {
    /// قال
    Verb,
    /// مضيفا
    Participle,
    /// بحسب
    Attribution,
}

/// A topic of the IPTC's top level.
#[derive(Debug)]
pub struct TopicEntry {
    /// `medtop:…`
    pub code: &'static str,
    /// The standard's label.
    pub label_en: &'static str,
    /// Our label.
    pub label_ar: &'static str,
    /// Folded words that speak for it.
    pub words: Vec<String>,
}

const AGENCIES: &str = include_str!("../data/agencies.tsv");
const PLACES: &str = include_str!("../data/places.tsv");
const ORGANISATIONS: &str = include_str!("../data/organisations.tsv");
const GIVEN_NAMES: &str = include_str!("../data/given_names.tsv");
const NAMES: &str = include_str!("../data/names.tsv");
const HEADS: &str = include_str!("../data/heads.tsv");
const TITLES: &str = include_str!("../data/titles.tsv");
const CUES: &str = include_str!("../data/speech_cues.tsv");
const TOPICS: &str = include_str!("../data/topics.tsv");
const ORDINARY: &str = include_str!("../data/ordinary.tsv");

impl Tables {
    /// The tables that ship with naba. Malformed lines are left out here and found by a test.
    pub fn built_in() -> Self {
        Self {
            agencies: rows(AGENCIES).filter_map(|row| agency(&row)).collect(),
            places: rows(PLACES).filter_map(|row| place(&row)).collect(),
            organisations: rows(ORGANISATIONS).filter_map(|row| organisation(&row)).collect(),
            given_names: rows(GIVEN_NAMES)
                .flat_map(|row| words(row[0], ' '))
                .chain(listed(NAMES, "given"))
                .collect(),
            doubtful_names: listed(NAMES, "doubtful").collect(),
            family_names: listed(NAMES, "family").collect(),
            doubtful_family_names: listed(NAMES, "doubtful_family").collect(),
            organisation_heads: listed(HEADS, "organisation").collect(),
            place_heads: listed(HEADS, "place").collect(),
            titles: rows(TITLES)
                .filter_map(|row| Some((title_kind(row[0])?, words(row.get(1)?, '|'))))
                .flat_map(|(kind, words)| words.into_iter().map(move |word| (kind, word)))
                .collect(),
            cues: rows(CUES)
                .filter_map(|row| {
                    Some((row[0], cue_form(row.get(1)?)?, takes(row.get(2)?), forms(row.get(3)?)))
                })
                .flat_map(|(class, form, takes, words)| {
                    words.into_iter().map(move |word| cue(class, form, takes, word))
                })
                .collect(),
            topics: rows(TOPICS).filter_map(|row| topic(&row)).collect(),
            ordinary: rows(ORDINARY).flat_map(|row| words(row[0], '|')).collect(),
            own: vec![],
        }
    }

    /// Eight hex characters of a hash of all files.
    pub fn version(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let files = [
            AGENCIES,
            PLACES,
            ORGANISATIONS,
            GIVEN_NAMES,
            NAMES,
            HEADS,
            TITLES,
            CUES,
            TOPICS,
            VERBS,
            WORDS,
            ORDINARY,
        ];
        for file in files.iter().chain(&self.own) {
            hasher.update(file.as_bytes());
        }
        hasher.finalize().to_hex().chars().take(8).collect()
    }
}

fn rows(file: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    file.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
}

fn words(list: &str, separator: char) -> Vec<String> {
    list.split(separator).filter(|word| !word.is_empty() && *word != "-").map(folded).collect()
}

/// The words of the rows of a kind.
fn listed(file: &'static str, kind: &'static str) -> impl Iterator<Item = String> {
    rows(file).filter(move |row| row[0] == kind).flat_map(|row| words(row.get(1).unwrap_or(&"-"), '|'))
}

pub(crate) fn forms(list: &'static str) -> Vec<Form> {
    let surfaces = list.split('|').filter(|form| !form.is_empty());
    surfaces
        .map(|form| {
            let surface = form.trim_start_matches('?');
            Form { surface, folded: folded(surface), needs_cue: form.starts_with('?') }
        })
        .collect()
}

pub(crate) fn optional(field: &'static str) -> Option<&'static str> {
    (field != "-").then_some(field)
}

fn agency(row: &[&'static str]) -> Option<AgencyEntry> {
    let &[code, name_ar, name_en, country, kind, list, domains, _source] = row else {
        return None;
    };
    Some(AgencyEntry {
        code,
        name_ar,
        name_en,
        country,
        is_agency: kind == "agency",
        is_pooled: kind == "pooled",
        forms: forms(list),
        domains: domains.split('|').filter(|domain| *domain != "-").collect(),
    })
}

fn place(row: &[&'static str]) -> Option<PlaceEntry> {
    let &[list, name_en, country, kind, latitude, longitude, nationalities, _source] = row else {
        return None;
    };
    let kind = match kind {
        "country" => PlaceKind::Country,
        "capital" => PlaceKind::Capital,
        "city" => PlaceKind::City,
        "region" => PlaceKind::Region,
        "continent" => PlaceKind::Continent,
        "sea" => PlaceKind::Sea,
        _ => return None,
    };
    let coordinates = latitude.parse().ok().zip(longitude.parse().ok());
    let nationalities = words(nationalities, '|');
    Some(PlaceEntry {
        forms: forms(list),
        name_en,
        country: optional(country),
        kind,
        coordinates,
        nationalities,
    })
}

fn organisation(row: &[&'static str]) -> Option<OrganisationEntry> {
    let &[list, name_en, country, _source] = row else {
        return None;
    };
    Some(OrganisationEntry { forms: forms(list), name_en, country: optional(country) })
}

fn topic(row: &[&'static str]) -> Option<TopicEntry> {
    let &[code, label_en, label_ar, list] = row else {
        return None;
    };
    Some(TopicEntry { code, label_en, label_ar, words: words(list, '|') })
}

fn title_kind(name: &str) -> Option<TitleKind> {
    Some(match name {
        "office" => TitleKind::Office,
        "rank" => TitleKind::Rank,
        "honour" => TitleKind::Honour,
        "faith" => TitleKind::Faith,
        "work" => TitleKind::Work,
        _ => return None,
    })
}

fn cue(class: &'static str, form: CueForm, takes: Takes, word: Form) -> CueEntry {
    CueEntry { class, form, takes, is_doubtful: word.needs_cue, word: word.folded }
}

pub(crate) fn takes(list: &str) -> Takes {
    let has = |name: &str| list.split('+').any(|part| part == name);
    Takes {
        that: has("that"),
        to: has("to"),
        to_that: has("to_that"),
        on: has("on"),
        about: has("about"),
        with: has("with"),
        from: has("from"),
        noun: has("noun"),
        whom: has("whom"),
    }
}

fn cue_form(name: &str) -> Option<CueForm> {
    Some(match name {
        "verb" => CueForm::Verb,
        "participle" => CueForm::Participle,
        "attribution" => CueForm::Attribution,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{
        AGENCIES, CUES, GIVEN_NAMES, HEADS, NAMES, ORDINARY, ORGANISATIONS, PLACES, TITLES, TOPICS, Tables,
        rows,
    };

    #[track_caller]
    fn check(name: &str, file: &'static str, columns: usize) {
        for row in rows(file) {
            assert_eq!(row.len(), columns, "{name}: {row:?}");
            assert!(row.iter().all(|field| !field.is_empty() && field.trim() == *field), "{name}: {row:?}");
        }
    }

    #[test]
    fn every_line_has_its_columns() {
        check("agencies", AGENCIES, 8);
        check("places", PLACES, 8);
        check("organisations", ORGANISATIONS, 4);
        check("given_names", GIVEN_NAMES, 1);
        check("names", NAMES, 3);
        check("heads", HEADS, 2);
        check("titles", TITLES, 2);
        check("speech_cues", CUES, 4);
        check("topics", TOPICS, 4);
        check("ordinary", ORDINARY, 1);
        let tables = Tables::built_in();
        assert_eq!(tables.places.len(), rows(PLACES).count(), "every place reads");
        assert_eq!(tables.agencies.len(), rows(AGENCIES).count(), "every agency reads");
        assert_eq!(tables.topics.len(), 17, "the IPTC's top level");
    }

    #[test]
    fn codes_are_unique() {
        let tables = Tables::built_in();
        let mut codes: Vec<_> = tables.agencies.iter().map(|agency| agency.code).collect();
        codes.sort_unstable();
        let all = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }
}
