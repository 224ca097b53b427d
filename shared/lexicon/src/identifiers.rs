//! Identifiers of places, bodies and countries. The table is sorted by its folded forms and is searched as it stands:
//! nothing is read or built before somebody asks.

use std::cmp::Ordering;

const BY_FORM: &str = include_str!("../data/identifiers.tsv");
const COUNTRIES: &str = include_str!("../data/countries.tsv");

/// What a name may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A country or territory.
    Country,
    /// A city, town or village.
    City,
    /// A university, a ministry, a hospital.
    Body,
}

/// Somebody or something with identifiers that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identified {
    /// What it is.
    pub what: What,
    /// ISO 3166-1 alpha-2 where it lies in one country.
    pub country: Option<&'static str>,
    /// How many people live there; 0 where nobody counts.
    pub population: u64,
    /// GeoNames number.
    pub geonames: Option<&'static str>,
    /// Wikidata item.
    pub wikidata: Option<&'static str>,
    /// ROR number.
    pub ror: Option<&'static str>,
}

/// Everything in the table that has a folded name.
pub fn of_form(folded: &str) -> Vec<Identified> {
    lines(BY_FORM, folded).filter_map(identified).collect()
}

/// A country or territory by its code.
pub fn of_country(code: &str) -> Option<Identified> {
    let mut fields = lines(COUNTRIES, code).next()?.split('\t').map(|field| (field != "-").then_some(field));
    let country = fields.next()?;
    let (wikidata, geonames) = (fields.next()?, fields.next()?);
    Some(Identified { what: What::Country, country, population: 0, geonames, wikidata, ror: None })
}

/// The lines of a table whose first column is a key: the table is sorted by that.
fn lines(table: &'static str, key: &str) -> impl Iterator<Item = &'static str> {
    let bytes = table.as_bytes();
    // up to the first line whose key is not less; `from` and `to` are beginnings of lines
    let (mut from, mut to) = (0, bytes.len());
    while from < to {
        let start = line_start(bytes, from, usize::midpoint(from, to));
        match form(bytes, start).cmp(key.as_bytes()) {
            Ordering::Less => from = line_end(bytes, start),
            _ => to = start,
        }
    }
    naba_text::slice::from(table, from)
        .lines()
        .take_while(move |line| line.split('\t').next() == Some(key))
        .collect::<Vec<_>>()
        .into_iter()
}

/// The bytes of a line's form.
fn form(bytes: &[u8], start: usize) -> &[u8] {
    let line = bytes.get(start..).unwrap_or_default();
    let end = line.iter().position(|byte| *byte == b'\t').unwrap_or(line.len());
    line.get(..end).unwrap_or_default()
}

/// Where the line begins that a byte stands in; no line before `from` is looked at.
fn line_start(bytes: &[u8], from: usize, at: usize) -> usize {
    let before = bytes.get(from..at).unwrap_or_default();
    before.iter().rposition(|byte| *byte == b'\n').map_or(from, |place| from + place + 1)
}

/// One past the line feed of the line that begins at a byte.
fn line_end(bytes: &[u8], start: usize) -> usize {
    let line = bytes.get(start..).unwrap_or_default();
    line.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |place| start + place + 1)
}

fn identified(line: &'static str) -> Option<Identified> {
    let mut fields = line.split('\t').skip(1);
    let what = match fields.next()? {
        "country" => return of_country(fields.next()?),
        "city" => What::City,
        _ => What::Body,
    };
    let country = fields.next().filter(|code| *code != "-");
    let population = fields.next()?.parse().ok()?;
    let ids = fields.next()?;
    let id = |prefix: &str| ids.split('|').find_map(|id| id.strip_prefix(prefix));
    Some(Identified {
        what,
        country,
        population,
        geonames: id("geonames:"),
        wikidata: id("wikidata:"),
        ror: id("ror:"),
    })
}

#[cfg(test)]
mod tests {
    use super::{BY_FORM, COUNTRIES, What, form, identified, of_country, of_form};
    use crate::folded;

    #[test]
    fn the_table_is_sorted_and_every_line_reads() {
        let mut last: &[u8] = &[];
        for line in BY_FORM.lines() {
            let form = form(line.as_bytes(), 0);
            assert!(last <= form, "{line}");
            let found = identified(line).unwrap_or_else(|| panic!("{line}"));
            assert!(found.geonames.is_some() || found.wikidata.is_some() || found.ror.is_some(), "{line}");
            last = form;
        }
        for line in COUNTRIES.lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(line.split('\t').count(), 3, "{line}");
        }
    }

    #[test]
    fn every_form_is_found() {
        for line in BY_FORM.lines().step_by(97).chain(BY_FORM.lines().last()) {
            let form = line.split('\t').next().unwrap_or_default();
            assert!(of_form(form).contains(&identified(line).expect("a row")), "{line}");
        }
        assert_eq!(of_form(""), []);
        assert_eq!(of_form("\u{10FFFF}"), []);
        assert_eq!(of_form(&folded("لا مدينة بهذا الاسم")), []);
    }

    #[test]
    fn names_of_several_places_have_several_rows() {
        let countries: Vec<_> = of_form(&folded("طرابلس")).iter().filter_map(|row| row.country).collect();
        assert!(countries.contains(&"LY") && countries.contains(&"LB"), "{countries:?}");
        let lebanon = of_country("LB").expect("a country");
        assert_eq!((lebanon.what, lebanon.wikidata), (What::Country, Some("Q822")));
        assert_eq!(of_country("ZZ"), None);
    }
}
