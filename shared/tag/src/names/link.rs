//! Which place or body a name means: identifiers where it is certain or decided by the article, candidates where not.
//!
//! What decides between places of one name: how many people live there, the countries that the article speaks of, and
//! what stands beside the name («طرابلس اللبنانية»).

use naba_lexicon::identifiers::{self, Identified, What};
use naba_lexicon::{Found, Lexicon, PlaceKind, Sense};
use naba_record::{Candidate, Entity, EntityType, Identifiers};
use rustc_hash::FxHashMap;

use super::join::{Group, Place};
use super::see::class;
use crate::article::{Article, Text};

/// From which confidence on a name is linked.
const SURE: f64 = 0.9;
/// The most candidates that are published.
const CANDIDATES_MAX: usize = 5;
/// How much likelier a place is where the article speaks of nothing but its country.
const COUNTRY_WEIGHT: f64 = 30.0;
/// How much likelier a place is whose country stands beside it.
const BESIDE_WEIGHT: f64 = 1_000.0;
/// A city that its name alone makes certain, where nothing of its country stands in the article.
const KNOWN_POPULATION_MIN: u64 = 300_000;
/// A city of the name of another country's that may be meant.
const RIVAL_POPULATION_MIN: u64 = 100_000;
/// How sure a city is that is the only one of its name in the table, but of which the article says nothing else.
const ALONE: f64 = 0.6;

/// The countries that an article speaks of, and how much.
#[derive(Debug, Default)]
pub(super) struct Countries {
    counts: FxHashMap<&'static str, f64>,
    all: f64,
}

impl Countries {
    /// Counts the countries and nationalities of an article, and the places that lie in one.
    pub(super) fn of(article: &Article<'_>) -> Self {
        let mut counts: FxHashMap<&'static str, f64> = FxHashMap::default();
        let mut add = |country: Option<&'static str>, weight: f64| {
            if let Some(country) = country {
                *counts.entry(country).or_default() += weight;
            }
        };
        let places = &article.lexicon.tables.places;
        for text in &article.texts {
            for found in &text.found {
                match found.sense {
                    Sense::Nationality(index) => add(places[index].country, 1.0),
                    Sense::Place(index, false)
                        if places[index].kind == PlaceKind::Country && !is_shared(text, found) =>
                    {
                        add(places[index].country, 1.0);
                    }
                    _ => {}
                }
            }
        }
        let source =
            article.cleaned.source.as_deref().and_then(|source| article.lexicon.agency_of_source(source));
        add(source.map(|agency| agency.country), 0.5);
        let dateline = article.cleaned.dateline.as_ref().and_then(|dateline| dateline.place.as_deref());
        let dateline = dateline.map(|place| article.lexicon.senses_of(&naba_lexicon::folded(place)));
        for sense in dateline.into_iter().flatten() {
            if let Sense::Place(index, _) = sense {
                add(places[index].country, 0.5);
            }
        }
        Self { all: counts.values().sum(), counts }
    }

    /// The share of a country, 0 to 1.
    fn share(&self, country: Option<&str>) -> f64 {
        let own = country.and_then(|country| self.counts.get(country)).copied().unwrap_or_default();
        if self.all > 0.0 { own / self.all } else { 0.0 }
    }
}

/// Whether other places have the name too: «عمان» is a country and a capital of another.
fn is_shared(text: &Text<'_>, place: &Found) -> bool {
    let is_place = |found: &&Found| found.end == place.end && matches!(found.sense, Sense::Place(..));
    text.found_in(place.start, place.start + 1).filter(is_place).count() > 1
}

/// Says of an entity who or what it is.
pub(super) fn link(article: &Article<'_>, group: &Group<'_>, countries: &Countries, entity: &mut Entity) {
    let found = match entity.kind {
        EntityType::Person => return,
        EntityType::Place => place(article, group, countries),
        EntityType::Organisation => body(article, group, countries),
    };
    let hundredths = |confidence: f64| (confidence * 100.0).round() / 100.0;
    match found.first() {
        Some((first, confidence)) if *confidence >= SURE => {
            entity.ids = Some(ids(first));
            entity.id_confidence = Some(hundredths(*confidence));
            entity.country = first.country.map(str::to_owned).or(entity.country.take());
        }
        _ => {
            let likeliest = found.iter().take(CANDIDATES_MAX).map(|(identified, confidence)| Candidate {
                ids: ids(identified),
                country: identified.country.map(str::to_owned),
                confidence: hundredths(*confidence),
            });
            entity.candidates = likeliest.collect();
        }
    }
}

fn ids(identified: &Identified) -> Identifiers {
    let country = identified.country.filter(|_| identified.what == What::Country);
    Identifiers {
        wikidata: identified.wikidata.map(str::to_owned),
        geonames: identified.geonames.map(str::to_owned),
        ror: identified.ror.map(str::to_owned),
        iso3166: country.map(str::to_owned),
    }
}

/// Everything that the names of a group may mean, each once.
fn rows(article: &Article<'_>, group: &Group<'_>) -> Vec<Identified> {
    let mut forms: Vec<&str> =
        group.places.iter().map(|place| article.texts[place.text].between(place.start, place.end)).collect();
    forms.sort_unstable();
    forms.dedup();
    let mut rows: Vec<Identified> = vec![];
    for row in forms.into_iter().flat_map(identifiers::of_form) {
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}

/// What a place may be, the likeliest first.
fn place(article: &Article<'_>, group: &Group<'_>, countries: &Countries) -> Vec<(Identified, f64)> {
    let entry = group.entry.and_then(|entry| article.lexicon.tables.places.get(entry));
    let kind = entry.map(|entry| entry.kind);
    if matches!(kind, Some(PlaceKind::Region | PlaceKind::Continent | PlaceKind::Sea)) {
        return vec![];
    }
    let mut rows = rows(article, group);
    rows.retain(|row| row.what != What::Body);
    let country = entry.and_then(|entry| entry.country).filter(|_| kind == Some(PlaceKind::Country));
    let country = country
        .and_then(identifiers::of_country)
        .or_else(|| rows.iter().find(|row| row.what == What::Country).copied());
    if let Some(country) = country {
        // its capital may have its name, which is what its government is called by; a large city elsewhere is another matter
        rows.retain(|row| {
            row.what == What::City && row.country != country.country && row.population >= RIVAL_POPULATION_MIN
        });
        if rows.is_empty() {
            return vec![(country, 1.0)];
        }
        rows.push(country);
    }
    // «محافظة حلب», «نهر بردى»: not the city
    let others = group.places.iter().filter(|place| is_other_than_a_city(&article.texts[place.text], place));
    if others.count() * 2 >= group.places.len() {
        return vec![];
    }
    let beside = beside(article, group);
    let weight = |row: &Identified| {
        // a country is what most who print its name mean
        let people = if row.what == What::Country { 5e6 } else { row.population as f64 + 100.0 };
        let is_beside = row.country.is_some() && row.country == beside;
        people
            * (1.0 + COUNTRY_WEIGHT * countries.share(row.country))
            * if is_beside { BESIDE_WEIGHT } else { 1.0 }
    };
    let all: f64 = rows.iter().map(weight).sum();
    let mut found: Vec<(Identified, f64)> = rows.iter().map(|row| (*row, weight(row) / all)).collect();
    found.sort_by(|one, other| other.1.total_cmp(&one.1));
    if let Some((first, confidence)) = found.first_mut() {
        let is_backed = first.what == What::Country
            || entry.is_some_and(|entry| {
                entry.country == first.country
                    || entry.country.is_none() && first.population >= KNOWN_POPULATION_MIN
            })
            || countries.share(first.country) > 0.0;
        // nothing is certain that has a name alone
        *confidence = confidence.min(if is_backed { 0.99 } else { ALONE });
    }
    found
}

/// Whether the word before a name says that it is no city's.
fn is_other_than_a_city(text: &Text<'_>, place: &Place) -> bool {
    let Some(before) = place.first.checked_sub(1) else { return false };
    let word = text.word(before);
    let bare = word.strip_prefix(['و', 'ب', 'ل']).unwrap_or(word);
    text.seen[before].is_any(class::PLACE_HEAD)
        && !["مدينه", "المدينه", "بلده", "قريه", "العاصمه"].iter().any(|head| word == *head || bare == *head)
}

/// The country that stands right behind or before a name, or in brackets behind it.
fn beside<'a>(article: &Article<'a>, group: &Group<'_>) -> Option<&'a str> {
    let lexicon: &Lexicon = article.lexicon;
    group.places.iter().find_map(|place| {
        let text = &article.texts[place.text];
        let country_at = |at: usize| {
            let word = text.words.get(at)?;
            text.found_in(word.start, word.end).find_map(|found| match found.sense {
                Sense::Nationality(index) => lexicon.tables.places[index].country,
                Sense::Place(index, false) if lexicon.tables.places[index].kind == PlaceKind::Country => {
                    lexicon.tables.places[index].country
                }
                _ => None,
            })
        };
        country_at(place.last).or_else(|| {
            let gap = text.seen.get(place.first)?.gap;
            (gap == super::see::Gap::Space).then(|| country_at(place.first.checked_sub(1)?)).flatten()
        })
    })
}

/// What a body may be, the likeliest first: its whole name, and its country where others have the same.
fn body(article: &Article<'_>, group: &Group<'_>, countries: &Countries) -> Vec<(Identified, f64)> {
    let tables = &article.lexicon.tables;
    let entry = group.entry.and_then(|entry| tables.organisations.get(entry));
    let mut rows = rows(article, group);
    rows.retain(|row| row.what == What::Body);
    let country = entry.and_then(|entry| entry.country);
    let is_short = group.places.iter().all(|place| place.last - place.first <= 2);
    let weight = |row: &Identified| {
        let is_its = country.is_some() && row.country == country;
        0.1 + countries.share(row.country) + if is_its { 10.0 } else { 0.0 }
    };
    let all: f64 = rows.iter().map(weight).sum();
    let mut found: Vec<(Identified, f64)> = rows.iter().map(|row| (*row, weight(row) / all)).collect();
    found.sort_by(|one, other| other.1.total_cmp(&one.1));
    if let Some((first, confidence)) = found.first_mut() {
        // «وزارة الدفاع»: a name of two words is many bodies', and its country must speak for one of them
        let share_min = if is_short { 0.5 } else { 0.2 };
        let is_backed =
            countries.share(first.country) >= share_min || country.is_some() && first.country == country;
        *confidence = confidence.min(if is_backed { 0.95 } else { ALONE });
    }
    found
}
