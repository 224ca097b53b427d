//! Place, agency and date at the head of the copy.
//!
//! Datelines come in a dozen orders («موسكو-سانا», «واس - ابها:», «مانيلا، 3 ديسمبر (رويترز) -»,
//! «فهد سالم - سبق - الطائف:») and share a shape: a few short segments between separators, each a place, an
//! agency, a date or a name, and then the copy. So the opening is split at its separators, every segment is
//! classified, and the longest run of segments that makes a dateline is taken.

mod segment;

use std::sync::LazyLock;

use naba_lexicon::calendar::{self, Calendar, Meaning};
use naba_lexicon::{Lexicon, Sense};
use naba_record::Dateline;
use naba_text::normalise::Profile;
use naba_text::slice;
use regex::Regex;

use self::segment::{Class, Segment, segments};
use crate::folding::{Folding, Part};
use crate::page::is_blank;

/// A dateline at the head of a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// How many bytes of the unit it takes, its last separator included.
    pub bytes: usize,
    /// What it says.
    pub dateline: Dateline,
    /// The writer, where one is named.
    pub byline: Option<String>,
    /// The shape that was recognised.
    pub rule: &'static str,
}

/// How far into a unit a dateline may reach, in characters: the longest of the development set, with two
/// dates, has 62.
const CHARACTERS_MAX: usize = 110;
/// The most segments of a dateline.
const SEGMENTS_MAX: usize = 6;
/// The fewest words of copy that must follow a dateline in the same unit.
const COPY_WORDS_MIN: usize = 4;

/// Month names in the search folding, Gregorian and Hijri, as alternatives of a pattern.
pub(crate) fn months() -> String {
    calendar::alternation(|meaning| {
        matches!(meaning, Meaning::Month(Calendar::Gregorian | Calendar::Hijri, _))
    })
}

/// The Saudi agency's line, which has no separators at all, by itself or with the copy behind it.
static TWO_CALENDARS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let months = months();
    Regex::new(&format!(
        r"^(.{{2,30}}?) (\d{{1,2}} (?:{months}) \d{{4}} ?ه? ?الموافق (?:ل ?)?\d{{1,2}} (?:{months}) \d{{4}} ?م?) \.?(\S{{2,12}})(?: |$)"
    ))
    .ok()
});

/// Whether a folded unit is nothing but a dateline; a place with somebody unknown beside it only where that is
/// allowed.
pub(crate) fn whole(lexicon: &Lexicon, unit: &Folding<'_>, unknown_allowed: bool) -> bool {
    let segments = segments(lexicon, unit);
    let ends = segments.last().is_some_and(|last| last.after.byte() >= unit.text().len());
    // a headline may open with a city («دمشق - هدوء حذر»), so an unknown segment needs an agency beside it
    two_calendars(lexicon, unit).is_some_and(|[all, ..]| all.end().byte() >= unit.text().len())
        || (ends
            && rule(&segments, true)
                .is_some_and(|rule| unknown_allowed || rule != "dateline.outlet_and_place"))
}

/// Whether a folded unit is nothing but a dateline of places, outlets and names that are known, or of an outlet and a name
/// of two words.
pub(crate) fn whole_and_known(lexicon: &Lexicon, unit: &Folding<'_>) -> bool {
    let segments = segments(lexicon, unit);
    let unknown = |segment: &Segment<'_>| segment.class == Class::Unknown && segment.words != 2;
    segments.len() > 1 && !segments.iter().any(unknown) && whole(lexicon, unit, false)
}

/// Reads a dateline at the head of a unit.
pub(crate) fn read(lexicon: &Lexicon, search: &Profile, words: &str) -> Option<Found> {
    let opening = Folding::with_dashes(search, words, CHARACTERS_MAX + 40);
    if let Some([all, place, date, agency]) = two_calendars(lexicon, &opening) {
        let (bytes, [place, date, agency]) = (all.end().home(), printed([place, date, agency]));
        let surface = slice::until(words, bytes).trim_matches(is_blank).to_owned();
        let dateline = Dateline { place, date, agency, surface, ..Dateline::default() };
        return Some(Found { bytes, dateline, byline: None, rule: "dateline.place_two_dates_agency" });
    }
    if let Some(found) = dated_wire(lexicon, words, &opening) {
        return Some(found);
    }
    let segments = segments(lexicon, &opening);
    if let Some(found) = unseparated(lexicon, words, &opening, &segments) {
        return Some(found);
    }
    for taken in (1..=segments.len().min(SEGMENTS_MAX)).rev() {
        let taken = &segments[..taken];
        let bytes = taken.last()?.after.home();
        let rest = slice::from(words, bytes);
        let alone = rest.trim().is_empty();
        if !alone && rest.split_whitespace().take(COPY_WORDS_MIN).count() < COPY_WORDS_MIN {
            continue;
        }
        let Some(rule) = rule(taken, alone) else { continue };
        let separators = |c: char| c.is_whitespace() || "-–—ـ:/|.".contains(c);
        let bytes = bytes + (rest.len() - rest.trim_start_matches(separators).len());
        return Some(found(taken, rule, bytes, words));
    }
    None
}

fn found(taken: &[Segment<'_>], rule: &'static str, bytes: usize, words: &str) -> Found {
    let surface =
        |segment: &Segment<'_>| segment.part.original().trim_matches(|c: char| !is_of_a_word(c)).to_owned();
    let one = |classes: &[Class]| taken.iter().find(|segment| classes.contains(&segment.class)).map(surface);
    let mut place: Vec<String> = taken
        .iter()
        .filter(|segment| matches!(segment.class, Class::Place | Class::WidePlace))
        .map(surface)
        .collect();
    let mut date = one(&[Class::Date]);
    if let Some(both) = one(&[Class::PlaceAndDate]) {
        let at = both.find(|c: char| naba_text::digits::value(c).is_some()).unwrap_or(both.len());
        place.push(slice::until(&both, at).trim().trim_end_matches(" في").to_owned());
        date = Some(slice::from(&both, at).to_owned());
    }
    let byline = one(&[Class::Name]);
    // the wire before the outlet that prints it, a name before «وكالات», «وكالات» before a guess
    let order = [Class::Agency, Class::Outlet, Class::Pooled, Class::Unknown];
    let agency = order.into_iter().find_map(|class| one(&[class]));
    let surface = slice::until(words, bytes).trim_matches(is_blank).to_owned();
    let place = (!place.is_empty()).then(|| place.join("، "));
    let dateline = Dateline { place, agency, date, surface, ..Dateline::default() };
    Found { bytes, dateline, byline, rule }
}

/// Letters and digits, and the marks that stand on letters.
fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || naba_text::letters::is_mark(c)
}

/// The shape that a run of segments makes, if it makes a dateline.
fn rule(taken: &[Segment<'_>], alone: bool) -> Option<&'static str> {
    let count = |class: Class| taken.iter().filter(|segment| segment.class == class).count();
    let last = taken.last()?;
    let closes = alone || matches!(last.separator, ':' | '-' | ')' | '/');
    let unknown = count(Class::Unknown);
    let (places, dated) = (count(Class::Place), count(Class::Date) + count(Class::PlaceAndDate));
    let agencies = count(Class::Agency) + count(Class::Outlet) + count(Class::Pooled);
    if !closes || count(Class::Name) > 1 || unknown > 1 || count(Class::Remark) == taken.len() {
        return None;
    }
    let firm = alone || last.separator != '/' || taken.len() > 1 || last.words > 1;
    match (agencies, places, unknown) {
        // an agency's name in the dateline's place, with or without a city; an outlet that the lexicon does
        // not hold only where a city or «وكالات» stands beside it
        (1.., 0, 0) if firm => Some("dateline.agency"),
        (1.., 1.., 0) if firm => Some("dateline.place_and_agency"),
        (1.., _, 1) if taken.len() >= 2 && firm => Some("dateline.outlet_and_agency"),
        (0, 1.., 0) if dated > 0 => Some("dateline.place_and_date"),
        // «الكويت - خاص» on a line of its own
        (0, 1.., 0) if alone && count(Class::Remark) == 1 => Some("dateline.place"),
        (0, 1.., 0) if count(Class::Name) == 1 => Some("dateline.name_and_place"),
        (0, 1.., 0) if taken.len() == 1 && matches!(last.separator, ':' | '-' | ')') && !alone => {
            Some("dateline.place")
        }
        (0, 1.., 1) if taken.len() >= 2 && (alone || last.separator == ':') => {
            Some("dateline.outlet_and_place")
        }
        (0, 0, 0) if count(Class::PlaceAndDate) > 0 => Some("dateline.place_and_date"),
        // «المصدر أونلاين - خاص» on a line of its own
        (0, 0, 1) if alone && count(Class::Remark) == 1 => Some("dateline.outlet_and_remark"),
        _ => None,
    }
}

/// A place, a dash and an agency with nothing behind it: «طهران-سانا وقعت», or an outlet's name of two words
/// and more with the copy glued to it: «رام الله - دنيا الوطنرحّب».
fn unseparated(
    lexicon: &Lexicon,
    words: &str,
    opening: &Folding<'_>,
    segments: &[Segment<'_>],
) -> Option<Found> {
    let first = segments.first().filter(|first| first.separator == '-')?;
    if segments.get(1).is_some_and(|second| second.class != Class::Unknown) {
        return None;
    }
    let from = first.after.byte();
    let rest = slice::from(opening.text(), from);
    let is_verb = |word: &str| lexicon.senses_of(word).iter().any(|sense| matches!(sense, Sense::Cue(..)));
    let word = |behind: &str| -> String { behind.chars().take_while(|c| c.is_alphabetic()).collect() };
    if matches!(first.class, Class::Outlet | Class::Agency | Class::Name) {
        return outlet_and_place(lexicon, words, opening, first, is_verb);
    }
    if first.class != Class::Place {
        return None;
    }
    let fits = |agency: &naba_lexicon::AgencyEntry, form: &naba_lexicon::data::Form| {
        let Some(behind) = rest.strip_prefix(form.folded.as_str()) else { return false };
        if behind.starts_with(' ') {
            return agency.is_agency;
        }
        // two words that lost their space are two words only when the second one is a verb: «الوطنرحّب», not «الوطنية»
        !form.needs_cue && form.folded.contains(' ') && is_verb(&word(behind))
    };
    let forms =
        lexicon.tables.agencies.iter().flat_map(|agency| agency.forms.iter().map(move |form| (agency, form)));
    let (_, form) =
        forms.filter(|(agency, form)| fits(agency, form)).max_by_key(|(_, form)| form.folded.len())?;
    let agency = opening.part(from..from + form.folded.len());
    let bytes = agency.end().home();
    let behind = slice::from(words, bytes);
    let dateline = Dateline {
        place: Some(first.part.original().to_owned()),
        surface: slice::until(words, bytes).trim_matches(is_blank).to_owned(),
        agency: Some(agency.original().to_owned()),
        ..Dateline::default()
    };
    let bytes = bytes + (behind.len() - behind.trim_start().len());
    Some(Found { bytes, dateline, byline: None, rule: "dateline.place_and_agency_unseparated" })
}

/// An outlet or a writer, a dash, and a place or an outlet with a verb behind it: «النخلة – جدة أعلنت», «سامي العمر – النخلة كشفت».
fn outlet_and_place(
    lexicon: &Lexicon,
    words: &str,
    opening: &Folding<'_>,
    first: &Segment<'_>,
    is_verb: impl Fn(&str) -> bool,
) -> Option<Found> {
    const WORDS_MAX: usize = 3;
    let from = first.after.byte();
    let rest = slice::from(opening.text(), from);
    let mut ends = rest.match_indices(' ').map(|(at, _)| at).take(WORDS_MAX);
    let (end, class) = ends.find_map(|end| {
        let class = segment::classify(lexicon, slice::until(rest, end));
        let next = slice::from(rest, end + 1).split(' ').next().unwrap_or_default();
        let fits = match first.class {
            Class::Name => matches!(class, Class::Place | Class::Outlet | Class::Agency | Class::Pooled),
            _ => matches!(class, Class::Place | Class::Pooled),
        };
        (fits && is_verb(next)).then_some((end, class))
    })?;
    let second = opening.part(from..from + end);
    let bytes = second.end().home();
    let printed = |part: Part<'_>| Some(part.original().to_owned());
    let (mut place, mut agency, mut byline) = (None, None, None);
    match first.class {
        Class::Name => byline = printed(first.part),
        _ => agency = printed(first.part),
    }
    match class {
        Class::Place => place = printed(second),
        _ => agency = agency.or_else(|| printed(second)),
    }
    let surface = slice::until(words, bytes).trim_matches(is_blank).to_owned();
    let behind = slice::from(words, bytes);
    let bytes = bytes + (behind.len() - behind.trim_start().len());
    let dateline = Dateline { place, agency, surface, ..Dateline::default() };
    Some(Found { bytes, dateline, byline, rule: "dateline.outlet_and_place_unseparated" })
}

/// «جنين 4-2-2018 وفا-», «الكويت - 12 - 12 (كونا) --»: a place, a day in numbers, an agency.
static DATED_WIRE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^([\p{L} ]{2,25}?)[ ,-]{1,3}(\d{1,2} ?[-/] ?\d{1,2}(?: ?[-/] ?\d{2,4})?)[ ,-]*\(?([\p{L}. ]{2,20}?)\)?[ :/-]*[:/)-][ :/-]*").ok()
});

fn dated_wire(lexicon: &Lexicon, words: &str, opening: &Folding<'_>) -> Option<Found> {
    let found = DATED_WIRE.as_ref()?.captures(opening.text())?;
    let part = |index: usize| found.get(index).map(|part| opening.part(part.range()));
    let (all, place, date, agency) = (part(0)?, part(1)?, part(2)?, part(3)?);
    let is =
        |part: Part<'_>, wanted: fn(&Sense) -> bool| lexicon.senses_of(part.text().trim()).iter().any(wanted);
    if !is(place, |sense| matches!(sense, Sense::Place(..)))
        || !is(agency, |sense| matches!(sense, Sense::Agency(..)))
    {
        return None;
    }
    let bytes = all.end().home();
    let [place, date, agency] = printed([place, date, agency]);
    let surface = slice::until(words, bytes).trim_matches(is_blank).to_owned();
    let dateline = Dateline { place, agency, date, surface, ..Dateline::default() };
    Some(Found { bytes, dateline, byline: None, rule: "dateline.place_date_agency" })
}

/// The Saudi agency's line; place, dates and agency in it.
fn two_calendars<'f>(lexicon: &Lexicon, unit: &'f Folding<'f>) -> Option<[Part<'f>; 4]> {
    let found = TWO_CALENDARS.as_ref()?.captures(unit.text())?;
    let part = |index: usize| found.get(index).map(|part| unit.part(part.range()));
    let (all, agency) = (part(0)?, part(3)?);
    // with copy behind it, the last word may be the copy's first
    let is_agency = |sense: &Sense| matches!(sense, Sense::Agency(..));
    let alone = all.end().byte() == unit.text().len();
    (alone || lexicon.senses_of(agency.text()).iter().any(is_agency)).then_some([
        all,
        part(1)?,
        part(2)?,
        agency,
    ])
}

/// Parts as they are printed.
fn printed(parts: [Part<'_>; 3]) -> [Option<String>; 3] {
    parts.map(|part| Some(part.original().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::read;
    use naba_lexicon::Lexicon;
    use naba_text::normalise::{Profile, SEARCH};

    /// The opening of a copy, how much of it is dateline, and what that says: place, agency, date, byline.
    #[track_caller]
    fn check(opening: &str, expected: Option<(&str, &str, &str, &str)>) {
        const COPY: &str = "أعلنت الوزارة بدء العمل في المشروع الجديد غدا.";
        let words = opening.replace('…', COPY);
        let found = read(&Lexicon::built_in(), &Profile::new(SEARCH), &words);
        let said = found.as_ref().map(|found| {
            let field = |field: &Option<String>| field.clone().unwrap_or_default();
            (
                field(&found.dateline.place),
                field(&found.dateline.agency),
                field(&found.dateline.date),
                field(&found.byline),
            )
        });
        let expected = expected.map(|(a, b, c, d)| (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned()));
        assert_eq!(said, expected, "{words}");
        if let Some(found) = found {
            let rest = naba_text::slice::from(&words, found.bytes);
            assert!(rest.is_empty() || rest == COPY, "left «{rest}» of «{words}»");
        }
    }

    #[test]
    fn a_dozen_orders() {
        check("موسكو-سانا", Some(("موسكو", "سانا", "", "")));
        check("دمشق – سانا …", Some(("دمشق", "سانا", "", "")));
        check("الرياض: واس: …", Some(("الرياض", "واس", "", "")));
        check("واس - ابها: …", Some(("ابها", "واس", "", "")));
        check("أنقرة / الأناضول - …", Some(("أنقرة", "الأناضول", "", "")));
        check("مانيلا، 3 ديسمبر (رويترز) - …", Some(("مانيلا", "رويترز", "3 ديسمبر", "")));
        check(
            "سان فرانسيسكو 20 يوليو تموز (رويترز) - …",
            Some(("سان فرانسيسكو", "رويترز", "20 يوليو تموز", "")),
        );
        check("أبوظبي في 29 نوفمبر/ وام/ …", Some(("أبوظبي", "وام", "29 نوفمبر", "")));
        check(
            "مكة المكرمة 26 شوال 1436 هـ الموافق 11 اغسطس 2015 م واس",
            Some(("مكة المكرمة", "واس", "26 شوال 1436 هـ الموافق 11 اغسطس 2015 م", "")),
        );
        check("فهد سالم - سبق - الطائف : …", Some(("الطائف", "سبق", "", "فهد سالم")));
        check("سبق- الطائف: …", Some(("الطائف", "سبق", "", "")));
        check("(أبوظبي) ـ …", Some(("أبوظبي", "", "", "")));
        check("عمان - الرأي - …", Some(("عمان", "الرأي", "", "")));
        check("عين اليوم – واشنطن", Some(("واشنطن", "عين اليوم", "", "")));
        check("القاهرة- “القدس العربي”: …", Some(("القاهرة", "القدس العربي", "", "")));
        check("رام الله - دنيا الوطن…", Some(("رام الله", "دنيا الوطن", "", "")));
        check("وكالات: …", Some(("", "وكالات", "", "")));
        check("جنين 4-2-2018 وفا- …", Some(("جنين", "وفا", "4-2-2018", "")));
        check("الخرطوم 11-4-2017 (سونا) - …", Some(("الخرطوم", "سونا", "11-4-2017", "")));
        check("الكويت - 12 - 12 (كونا) -- …", Some(("الكويت", "كونا", "12 - 12", "")));
        check("شفق نيوز/ …", Some(("", "شفق نيوز", "", "")));
        check("الجزائر - …", Some(("الجزائر", "", "", "")));
        check("الكويت - خاص", Some(("الكويت", "", "", "")));
        check("القاهرة: «الشرق الأوسط»", Some(("القاهرة", "الشرق الأوسط", "", "")));
        check("المصدر أونلاين - خاص", Some(("", "المصدر أونلاين", "", "")));
        check(
            "دبي، الإمارات العربية المتحدة (CNN)-- …",
            Some(("دبي، الإمارات العربية المتحدة", "CNN", "", "")),
        );
        check("طرابلس 12 مارس 2012 ( وال ) - …", Some(("طرابلس", "وال", "12 مارس 2012", "")));
        check("الخبر الجديد - صنعاء: …", Some(("صنعاء", "الخبر الجديد", "", "")));
    }

    #[test]
    fn copy_is_no_dateline() {
        check("قال وزير الخارجية في الرياض: …", None);
        check("الرياض وواشنطن تبحثان الملف …", None);
        check("رويترز تنقل عن مصدر قوله …", None);
        check("روسيا: …", None);
        check("العالم يتغير بسرعة والمدن تكبر كل يوم - …", None);
    }
}
