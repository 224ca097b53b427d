//! Words of time: months of three calendars, weekdays, ordinals, halves of the day, zones, and words that count
//! from today; and the words that stand beside a date in a stamp.

use std::sync::LazyLock;

use naba_text::words::hash;
use rustc_hash::FxHashMap;

use crate::folded;

const FILE: &str = include_str!("../data/calendar.tsv");

/// Whose month it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Calendar {
    /// Gregorian, under any of the region's names.
    Gregorian,
    /// Hijri, by Umm al-Qura.
    Hijri,
    /// Persian solar.
    Persian,
}

/// A half of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Before noon.
    Morning,
    /// After noon.
    Afternoon,
    /// Around noon.
    Noon,
    /// Evening, or after midnight.
    Night,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// What a phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A month, from 1.
    Month(Calendar, u8),
    /// A weekday: 0 is Sunday.
    Weekday(u8),
    /// The first, the second, …
    Ordinal(u8),
    /// A half of the day.
    Half(Half),
    /// So many days from today.
    Day(i8),
    /// Last (-1), this (0), next (1).
    Direction(i8),
    /// A unit, and how many of it the word holds («يومين» are two).
    Unit(Unit, u8),
    /// A small number in words.
    Number(u8),
    /// An IANA zone, an offset (`+02:00`), or `Z`.
    Zone(&'static str),
    /// A word of a stamp that is no part of a date.
    Stamp(StampWord),
}

/// What a word says that stands beside the date in a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StampWord {
    /// «نشر في»: what follows is the publication.
    Published,
    /// «آخر تحديث»: what follows is a later change.
    Modified,
    /// «بواسطة»: what follows is who wrote it.
    By,
    /// «كتب», «تحرير»: the same, where a name or a mark follows.
    Role,
    /// «مشاهدة», «دقائق قراءة»: a counter.
    Count,
    /// «يوم», «الساعة»: nothing.
    Filler,
}

/// A phrase: the words behind the first one, and what it means.
type Phrase = (Vec<String>, Meaning);

type Phrases = FxHashMap<String, Vec<Phrase>>;

/// Words of dates, which are looked for in every text.
static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| phrases(|meaning| !matches!(meaning, Meaning::Stamp(_))));
/// Words beside a date, which are asked for in stamps alone: most are frequent everywhere.
static STAMP_WORDS: LazyLock<Phrases> =
    LazyLock::new(|| phrases(|meaning| matches!(meaning, Meaning::Stamp(_))));

fn phrases(wanted: impl Fn(Meaning) -> bool) -> Phrases {
    let mut phrases = Phrases::default();
    for (meaning, form) in entries().filter(|(meaning, _)| wanted(*meaning)) {
        let form = folded(form).to_lowercase();
        let mut words = form.split(' ').map(str::to_owned);
        let Some(first) = words.next() else { continue };
        phrases.entry(first).or_default().push((words.collect(), meaning));
    }
    // the longest phrase first
    for list in phrases.values_mut() {
        list.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
    }
    phrases
}

fn entries() -> impl Iterator<Item = (Meaning, &'static str)> {
    let rows = FILE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.flat_map(|line| {
        let mut columns = line.split('\t');
        let (kind, value) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
        let forms = columns.next().unwrap_or_default();
        meaning(kind, value).into_iter().flat_map(|meaning| forms.split('|').map(move |form| (meaning, form)))
    })
}

fn meaning(kind: &str, value: &'static str) -> Option<Meaning> {
    let number = || value.parse::<u8>().ok();
    Some(match (kind, value) {
        ("gregorian", _) => Meaning::Month(Calendar::Gregorian, number()?),
        ("hijri", _) => Meaning::Month(Calendar::Hijri, number()?),
        ("persian", _) => Meaning::Month(Calendar::Persian, number()?),
        ("weekday", _) => Meaning::Weekday(number()?),
        ("ordinal", _) => Meaning::Ordinal(number()?),
        ("half", "am") => Meaning::Half(Half::Morning),
        ("half", "pm") => Meaning::Half(Half::Afternoon),
        ("half", "noon") => Meaning::Half(Half::Noon),
        ("half", _) => Meaning::Half(Half::Night),
        ("day", _) => Meaning::Day(value.parse().ok()?),
        ("direction", _) => Meaning::Direction(value.parse().ok()?),
        ("unit", "second") => Meaning::Unit(Unit::Second, 1),
        ("unit", "two_seconds") => Meaning::Unit(Unit::Second, 2),
        ("unit", "minute") => Meaning::Unit(Unit::Minute, 1),
        ("unit", "two_minutes") => Meaning::Unit(Unit::Minute, 2),
        ("unit", "hour") => Meaning::Unit(Unit::Hour, 1),
        ("unit", "two_hours") => Meaning::Unit(Unit::Hour, 2),
        ("unit", "day") => Meaning::Unit(Unit::Day, 1),
        ("unit", "two_days") => Meaning::Unit(Unit::Day, 2),
        ("unit", "week") => Meaning::Unit(Unit::Week, 1),
        ("unit", "two_weeks") => Meaning::Unit(Unit::Week, 2),
        ("unit", "month") => Meaning::Unit(Unit::Month, 1),
        ("unit", "two_months") => Meaning::Unit(Unit::Month, 2),
        ("unit", "year") => Meaning::Unit(Unit::Year, 1),
        ("unit", "two_years") => Meaning::Unit(Unit::Year, 2),
        ("number", _) => Meaning::Number(number()?),
        ("zone", _) => Meaning::Zone(value),
        ("stamp", "published") => Meaning::Stamp(StampWord::Published),
        ("stamp", "modified") => Meaning::Stamp(StampWord::Modified),
        ("stamp", "role") => Meaning::Stamp(StampWord::Role),
        ("stamp", "by") => Meaning::Stamp(StampWord::By),
        ("stamp", "count") => Meaning::Stamp(StampWord::Count),
        ("stamp", "filler") => Meaning::Stamp(StampWord::Filler),
        _ => return None,
    })
}

/// What the words at a place mean: every meaning of the longest phrase that begins there and of the shorter
/// ones, with the number of words that each takes. `word(0)` is the first word, in the search folding and in
/// lower case; beyond the last one `word` gives an empty text.
pub fn at<'a>(word: impl Fn(usize) -> &'a str) -> impl Iterator<Item = (Meaning, usize)> {
    among(&PHRASES, word)
}

/// The word of a stamp at a place, of the longest phrase, with the number of words that it takes.
pub fn stamp_word<'a>(word: impl Fn(usize) -> &'a str) -> Option<(StampWord, usize)> {
    among(&STAMP_WORDS, word).find_map(|(meaning, taken)| match meaning {
        Meaning::Stamp(word) => Some((word, taken)),
        _ => None,
    })
}

fn among<'a>(
    phrases: &'static Phrases,
    word: impl Fn(usize) -> &'a str,
) -> impl Iterator<Item = (Meaning, usize)> {
    let phrases = phrases.get(word(0)).map_or(&[][..], Vec::as_slice);
    phrases.iter().filter_map(move |(rest, meaning)| {
        let matches = rest.iter().enumerate().all(|(place, expected)| word(place + 1) == expected);
        matches.then_some((*meaning, rest.len() + 1))
    })
}

/// A bit for the hash of every first word: most words of a text are none, and are done with here.
static FIRST: LazyLock<[u64; FIRST_BITS / 64]> = LazyLock::new(|| {
    let mut bits = [0; FIRST_BITS / 64];
    for word in PHRASES.keys() {
        let bit = hash(word.as_bytes(), 0, word.len()) as usize % FIRST_BITS;
        bits[bit / 64] |= 1 << (bit % 64);
    }
    bits
});

/// Ten times as many as there are first words.
const FIRST_BITS: usize = 8192;

/// Whether a word, in the search folding and in lower case, is the first of a phrase; with its hash.
pub fn begins(word: &str, hash: u64) -> bool {
    let bit = hash as usize % FIRST_BITS;
    FIRST[bit / 64] >> (bit % 64) & 1 == 1 && PHRASES.contains_key(word)
}

/// All forms of a kind as a regular expression over folded text, the longest first.
pub fn alternation(wanted: impl Fn(Meaning) -> bool) -> String {
    let mut forms: Vec<String> =
        entries().filter(|(meaning, _)| wanted(*meaning)).map(|(_, form)| folded(form)).collect();
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms.dedup();
    forms.join("|")
}

#[cfg(test)]
mod tests {
    use super::{Calendar, Meaning, at, entries};

    #[track_caller]
    fn check(text: &str, expected: Option<(Meaning, usize)>) {
        let folded = crate::folded(text);
        let words: Vec<&str> = folded.split(' ').collect();
        let first = at(|place| words.get(place).copied().unwrap_or_default()).next();
        assert_eq!(first, expected, "{text}");
    }

    #[test]
    fn phrases_mean_what_they_say() {
        check("كانون الأول 2010", Some((Meaning::Month(Calendar::Gregorian, 12), 2)));
        check("غشت", Some((Meaning::Month(Calendar::Gregorian, 8), 1)));
        check("جمادى الآخرة", Some((Meaning::Month(Calendar::Hijri, 6), 2)));
        check("الخامس والعشرين", Some((Meaning::Ordinal(25), 2)));
        check("الأربعاء", Some((Meaning::Weekday(3), 1)));
        check("أول من أمس", Some((Meaning::Day(-2), 3)));
        check("مدينة", None);
    }

    #[test]
    fn every_line_reads() {
        let lines = super::FILE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
        assert!(entries().count() > lines, "{lines}");
    }
}
