//! `naba-train identifiers`: joins what the lexicon knows with public tables, so that an entry can be checked.
//!
//! Two tables come of it. `identifiers.tsv` has the identifiers of places and bodies by their folded names, in the
//! order of their bytes; `countries.tsv` those of countries by their codes. The entries' own files keep their lines
//! and get a new source: the table that attests the entry, or `unverified`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use naba_lexicon::folded;
use unicode_normalization::UnicodeNormalization as _;

/// Join the lexicon with public tables of names and identifiers
///
/// All tables are tab-separated with a line of column names; Arabic forms are joined by `|`.
/// `shared/lexicon/data/README.md` says where each comes from.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// GeoNames: id, type, arabic, english, country, population, latitude, longitude
    #[arg(long)]
    cities: PathBuf,
    /// Countries: iso3166 id, type, arabic, english, wikidata, geonames
    #[arg(long)]
    countries: PathBuf,
    /// ROR: id, type, arabic, english, country, wikidata, kinds
    #[arg(long)]
    organisations: PathBuf,
    /// Words of personal names, the first column folded; any number of tables
    #[arg(long)]
    names: Vec<PathBuf>,
    /// The lexicon's folder
    #[arg(long, default_value = "shared/lexicon/data")]
    lexicon: PathBuf,
    /// Cities of fewer people are left out, unless the lexicon has them
    #[arg(long, default_value_t = 5_000)]
    population_min: u64,
}

/// A row of `identifiers.tsv` behind its form: kind, country, population, identifiers.
type Row = (&'static str, String, u64, String);

struct City {
    forms: Vec<String>,
    english: String,
    country: String,
    population: u64,
    /// Latitude and longitude in degrees.
    at: Option<(f64, f64)>,
    id: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let cities: Vec<City> = table(&args.cities)?.iter().filter_map(|row| city(row)).collect();
    // «ZZ» is what CLDR calls no territory and the whole world
    let mut countries = table(&args.countries)?;
    countries.retain(|row| row.first().is_some_and(|id| id != "iso3166:ZZ"));
    let bodies = table(&args.organisations)?;
    let mut rows: BTreeMap<String, BTreeSet<Row>> = BTreeMap::new();
    for city in cities.iter().filter(|city| city.population >= args.population_min) {
        for form in &city.forms {
            rows.entry(form.clone()).or_default().insert(row_of(city));
        }
    }
    for body in &bodies {
        let [id, _, arabic, _, country, wikidata, ..] = body.as_slice() else { continue };
        let ids = if wikidata.is_empty() { id.clone() } else { format!("{id}|{wikidata}") };
        for form in arabic.split('|').map(folded).filter(|form| form.contains(' ')) {
            rows.entry(form).or_default().insert(("body", country.clone(), 0, ids.clone()));
        }
    }
    let mut by_code = vec![];
    for country in &countries {
        let [id, _, arabic, _, wikidata, geonames, ..] = country.as_slice() else { continue };
        let code = id.trim_start_matches("iso3166:");
        by_code.push(format!("{code}\t{}\t{}", or_none(wikidata), or_none(geonames)));
        for form in arabic.split('|').map(folded).filter(|form| !form.is_empty()) {
            rows.entry(form).or_default().insert(("country", code.to_owned(), 0, id.clone()));
        }
    }
    let codes: HashSet<String> = by_code.iter().filter_map(|row| row.get(..2)).map(str::to_owned).collect();
    let places = verify_places(&args.lexicon.join("places.tsv"), &cities, &codes, &mut rows)?;
    let bodies = verify_bodies(&args.lexicon.join("organisations.tsv"), &bodies)?;
    let names = verify_names(args)?;
    by_code.sort_unstable();
    write(&args.lexicon.join("countries.tsv"), COUNTRIES_HEAD, by_code.into_iter())?;
    let lines = rows.iter().flat_map(|(form, rows)| {
        rows.iter().map(move |(kind, country, population, ids)| {
            format!("{form}\t{kind}\t{}\t{population}\t{ids}", or_none(country))
        })
    });
    write(&args.lexicon.join("identifiers.tsv"), "", lines)?;
    println!("attested: {places} places, {bodies} bodies, {names} words of names");
    println!("{} forms with identifiers", rows.len());
    Ok(())
}

const COUNTRIES_HEAD: &str = "\
# Identifiers of countries and territories. Columns: ISO 3166-1 alpha-2, Wikidata item, GeoNames id (- where there is none).
# Made by `naba-train identifiers`; sources and licences: README.md.
";

fn or_none(field: &str) -> &str {
    if field.is_empty() { "-" } else { field }
}

fn row_of(city: &City) -> Row {
    ("city", city.country.clone(), city.population, city.id.clone())
}

fn city(row: &[String]) -> Option<City> {
    let [id, _, arabic, english, country, population, latitude, longitude, ..] = row else { return None };
    Some(City {
        forms: arabic.split('|').map(folded).filter(|form| !form.is_empty()).collect(),
        english: latin(english),
        country: country.clone(),
        population: population.parse().unwrap_or_default(),
        at: latitude.parse().ok().zip(longitude.parse().ok()),
        id: id.clone(),
    })
}

/// The most degrees between where the lexicon and a table have a place that is one.
const APART_DEGREES_MAX: f64 = 0.5;

/// Whether a city lies where the lexicon says, if it says so.
fn is_there(city: &City, latitude: &str, longitude: &str) -> bool {
    let here = latitude.parse::<f64>().ok().zip(longitude.parse::<f64>().ok());
    let Some(((one, other), (latitude, longitude))) = here.zip(city.at) else { return true };
    (one - latitude).abs() < APART_DEGREES_MAX && (other - longitude).abs() < APART_DEGREES_MAX
}

/// A name in Latin letters as far as spellings agree: small letters and digits without marks.
fn latin(name: &str) -> String {
    name.nfkd().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn table(path: &Path) -> anyhow::Result<Vec<Vec<String>>> {
    let file = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(file.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

fn write(path: &PathBuf, head: &str, lines: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let body: String = lines.map(|line| line + "\n").collect();
    crate::write(path, format!("{head}{body}").as_bytes())
}

/// Gives every line of a file of the lexicon its source, in the last column, and counts those that a table attests.
fn verify(path: &PathBuf, mut source: impl FnMut(&[&str]) -> Option<&'static str>) -> anyhow::Result<usize> {
    let file = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut attested = 0;
    let lines = file.lines().map(|line| {
        let Some((rest, _)) = line.rsplit_once('\t').filter(|_| !line.starts_with('#')) else {
            return line.to_owned();
        };
        let fields: Vec<&str> = line.split('\t').collect();
        let source = source(&fields);
        attested += usize::from(source.is_some());
        format!("{rest}\t{}", source.unwrap_or("unverified"))
    });
    let lines: Vec<String> = lines.collect();
    write(path, "", lines.into_iter())?;
    Ok(attested)
}

fn forms(list: &str) -> impl Iterator<Item = String> {
    list.split('|').map(|form| folded(form.trim_start_matches('?')))
}

/// Places that a table has under the same name in the same country. The forms of the lexicon lead to their identifiers
/// too: of several cities the one with most people.
fn verify_places(
    path: &PathBuf,
    cities: &[City],
    codes: &HashSet<String>,
    rows: &mut BTreeMap<String, BTreeSet<Row>>,
) -> anyhow::Result<usize> {
    let mut by_name: HashMap<(&str, &str), Vec<&City>> = HashMap::new();
    for city in cities {
        for name in city.forms.iter().map(String::as_str).chain([city.english.as_str()]) {
            by_name.entry((name, &city.country)).or_default().push(city);
        }
    }
    verify(path, |fields| {
        let [list, english, country, kind, latitude, longitude, ..] = fields else { return None };
        if *kind == "country" {
            return codes.contains(*country).then_some("CLDR");
        }
        if !matches!(*kind, "city" | "capital") {
            return None;
        }
        let names: Vec<String> = forms(list).chain([latin(english)]).collect();
        let named = names.iter().filter_map(|name| by_name.get(&(name.as_str(), *country))).flatten();
        let near = named.filter(|city| is_there(city, latitude, longitude));
        let city = near.max_by_key(|city| city.population);
        if *latitude != "-" {
            // cities of the same name in the same country that lie elsewhere are others («واشنطن»)
            for form in forms(list) {
                if let Some(rows) = rows.get_mut(&form) {
                    rows.retain(|row| row.0 != "city" || row.1 != *country);
                }
            }
        }
        let city = city?;
        for form in forms(list).filter(|form| !form.is_empty()) {
            rows.entry(form).or_default().insert(row_of(city));
        }
        Some("GeoNames")
    })
}

fn verify_bodies(path: &PathBuf, bodies: &[Vec<String>]) -> anyhow::Result<usize> {
    let mut known: HashSet<(String, String)> = HashSet::new();
    for body in bodies {
        let [_, _, arabic, english, country, ..] = body.as_slice() else { continue };
        known.extend(forms(arabic).chain([english.to_lowercase()]).map(|name| (name, country.clone())));
    }
    verify(path, |fields| {
        let [list, english, country, ..] = fields else { return None };
        let mut names = forms(list).chain([english.to_lowercase()]);
        names.any(|name| known.contains(&(name, (*country).to_owned()))).then_some("ROR")
    })
}

/// Names stand many to a line: those that no table attests go to lines of their own, marked in the third column.
fn verify_names(args: &Args) -> anyhow::Result<usize> {
    let mut known: HashSet<String> = HashSet::new();
    for path in &args.names {
        known.extend(table(path)?.iter().filter_map(|row| row.first()).map(|word| folded(word)));
    }
    let is_known = |name: &str| folded(name).split(' ').all(|word| known.contains(word));
    let path = args.lexicon.join("names.tsv");
    let file = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let (mut lines, mut kinds): (Vec<String>, Vec<&str>) = (vec![], vec![]);
    let mut names: BTreeMap<(&str, bool), Vec<&str>> = BTreeMap::new();
    for line in file.lines() {
        let mut fields = line.split('\t');
        let (Some(kind), Some(list)) = (fields.next(), fields.next()) else {
            lines.push(line.to_owned());
            continue;
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
        for name in list.split('|') {
            names.entry((kind, !is_known(name))).or_default().push(name);
        }
    }
    let mut attested = 0;
    for kind in kinds {
        for (unknown, source) in [(false, "Wikidata"), (true, "unverified")] {
            let names = names.get(&(kind, unknown)).map(Vec::as_slice).unwrap_or_default();
            attested += if unknown { 0 } else { names.len() };
            lines.extend(names.chunks(60).map(|names| format!("{kind}\t{}\t{source}", names.join("|"))));
        }
    }
    write(&path, "", lines.into_iter())?;
    Ok(attested)
}
