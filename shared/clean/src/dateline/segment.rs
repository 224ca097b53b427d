//! The opening of a copy between its separators, and what each piece is.

use std::sync::LazyLock;

use naba_lexicon::{Lexicon, PlaceKind, Sense};
use regex::Regex;

use super::{CHARACTERS_MAX, SEGMENTS_MAX, months};
use crate::folding::{Folding, Part, Place};

/// The most words of a segment: «وكالة الأنباء والمعلومات الفلسطينية».
const SEGMENT_WORDS_MAX: usize = 5;
/// The most words of an outlet or a name that the lexicon does not hold.
const UNKNOWN_WORDS_MAX: usize = 3;
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let months = months();
    Regex::new(&format!(
        r"^(?:\d{{1,2}}|اول|الاول من) (?:{months})(?:[ /(-]{{1,3}}(?:{months})\)?)?(?: \d{{4}})?(?: ?[مه])?$"
    ))
    .ok()
});
static PLACE_AND_DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let months = months();
    Regex::new(&format!(r"^(.{{2,30}}?) (?:في )?((?:\d{{1,2}}|اول|الاول من) (?:{months})(?:[ /(-]{{1,3}}(?:{months})\)?)?(?: \d{{4}})?(?: ?[مه])?)$")).ok()
});
/// What a segment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Place,
    /// A country or another place that does not make a dateline by itself.
    WidePlace,
    Agency,
    Outlet,
    Pooled,
    Date,
    PlaceAndDate,
    Name,
    Remark,
    Unknown,
}

/// A segment of the opening.
#[derive(Debug)]
pub(super) struct Segment<'f> {
    pub(super) part: Part<'f>,
    pub(super) class: Class,
    /// How many words it has.
    pub(super) words: usize,
    /// The separator behind it, brackets closed: ` `, `-`, `:`, `/`, `,`, `)`.
    pub(super) separator: char,
    /// Behind the separator.
    pub(super) after: Place<'f>,
}

/// Splits an opening at its separators and says what each segment is. Stops at the first segment that is
/// too long to be one.
pub(super) fn segments<'f>(lexicon: &Lexicon, opening: &'f Folding<'f>) -> Vec<Segment<'f>> {
    let mut segments: Vec<Segment<'f>> = vec![];
    let (mut bytes, characters): (Vec<usize>, Vec<char>) =
        opening.text().char_indices().take(CHARACTERS_MAX).unzip();
    let last = bytes.last().zip(characters.last()).map_or(0, |(byte, c)| byte + c.len_utf8());
    bytes.push(last);
    let mut start = 0;
    let mut at = 0;
    while at <= characters.len() && segments.len() < SEGMENTS_MAX {
        let end_of_text = at == characters.len() && characters.len() < CHARACTERS_MAX;
        let Some(separator) = characters.get(at).copied().or(end_of_text.then_some(' ')) else {
            break;
        };
        let separates = end_of_text || is_separator(&characters, at);
        if !separates {
            at += 1;
            continue;
        }
        let text: String = characters[start..at].iter().collect();
        let trimmed = text.trim();
        let mut after = at;
        let mut strongest = separator;
        while after < characters.len()
            && (characters[after].is_whitespace()
                || is_separator(&characters, after)
                || "\"»«".contains(characters[after]))
        {
            let c = characters[after];
            // an opening bracket belongs to the next segment
            if matches!(c, '(' | '"') && after > at {
                break;
            }
            if matches!(c, ':' | '-' | '–' | '—') {
                strongest = if c == ':' { ':' } else { '-' };
            }
            after += 1;
        }
        if !trimmed.is_empty() {
            if trimmed.split_whitespace().count() > SEGMENT_WORDS_MAX + 3 {
                break;
            }
            let from = bytes[start] + (text.len() - text.trim_start().len());
            let part = opening.part(from..from + trimmed.len());
            let class = classify(lexicon, trimmed);
            if class == Class::Unknown && trimmed.split_whitespace().count() > UNKNOWN_WORDS_MAX {
                break;
            }
            let separator = if matches!(strongest, '–' | '—' | '.') { '-' } else { strongest };
            let words = trimmed.split_whitespace().count();
            segments.push(Segment { part, class, words, separator, after: opening.at(bytes[after]) });
        }
        start = after.max(at + 1);
        at = start;
        if end_of_text {
            break;
        }
    }
    segments
}

/// Characters that separate segments. A dot only as «...», a dash always, a quotation mark only around a name.
fn is_separator(characters: &[char], at: usize) -> bool {
    match characters[at] {
        '-' | '–' | '—' | '/' | ':' | '|' | '(' | ')' | ',' | '"' => true,
        '.' => characters.get(at + 1) == Some(&'.') || (at > 0 && characters[at - 1] == '.'),
        _ => false,
    }
}

pub(super) fn classify(lexicon: &Lexicon, text: &str) -> Class {
    let senses = lexicon.senses_of(text);
    let words = text.split_whitespace().count();
    if senses
        .iter()
        .any(|sense| matches!(sense, Sense::Agency(index, _) if lexicon.tables.agencies[*index].is_pooled))
    {
        return Class::Pooled;
    }
    let kind = |index: usize| lexicon.tables.places[index].kind;
    let city = |index: usize| matches!(kind(index), PlaceKind::City | PlaceKind::Capital);
    let region = |index: usize| kind(index) == PlaceKind::Region;
    // countries whose capital has their name
    let is_capital_too =
        matches!(text, "الجزاير" | "تونس" | "الكويت" | "جيبوتي" | "سنغافوره" | "بنما" | "المكسيك");
    if is_capital_too || senses.iter().any(|sense| matches!(sense, Sense::Place(index, _) if city(*index))) {
        return Class::Place;
    }
    let wire = |index: usize| lexicon.tables.agencies[index].is_agency;
    if senses.iter().any(|sense| matches!(sense, Sense::Agency(index, _) if wire(*index))) {
        return Class::Agency;
    }
    if senses.iter().any(|sense| matches!(sense, Sense::Agency(..))) {
        return Class::Outlet;
    }
    // «الشرق الأوسط» is a paper before it is a region
    if senses.iter().any(|sense| matches!(sense, Sense::Place(index, _) if region(*index))) {
        return Class::Place;
    }
    if senses.iter().any(|sense| matches!(sense, Sense::Place(..))) {
        return Class::WidePlace;
    }
    if DATE.as_ref().is_some_and(|date| date.is_match(text)) {
        return Class::Date;
    }
    if let Some(found) = PLACE_AND_DATE.as_ref().and_then(|pattern| pattern.captures(text))
        && found[1].split_whitespace().count() <= UNKNOWN_WORDS_MAX
    {
        return Class::PlaceAndDate;
    }
    if matches!(text, "خاص" | "عاجل" | "حصري")
        || text.strip_prefix("مكتب ").is_some_and(|place| !lexicon.senses_of(place).is_empty())
    {
        return if text.starts_with("مكتب") { Class::Place } else { Class::Remark };
    }
    let first = text.split_whitespace().next().unwrap_or_default();
    let titled = matches!(first, "كتب" | "كتبت" | "تقرير" | "متابعه" | "د." | "د");
    if (2..=4).contains(&words)
        && (titled || first == "عبد" || lexicon.senses_of(first).contains(&Sense::GivenName))
    {
        return Class::Name;
    }
    Class::Unknown
}
