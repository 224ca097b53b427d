//! One date at a place: a day and a named month in any order, or numbers with marks.

use jiff::civil::Date;
use naba_lexicon::calendar::Calendar;

use crate::calendars::{gregorian, is_year};
use crate::context::Reading;
use crate::numeric::{full_year, numeric};
use crate::token::{Reader, Token};

/// What a date is known to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    /// A day.
    Day(Date),
    /// A month of a year.
    Month(i16, i8),
    /// A day and a month without a year.
    Yearless(i8, i8),
}

/// A date that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) value: Value,
    /// The other reading, where the words allow two.
    pub(crate) other: Option<Date>,
    /// The calendar that it was reckoned from.
    pub(crate) calendar: Calendar,
    /// One past the last token.
    pub(crate) end: usize,
}

impl Found {
    fn day(date: Date, calendar: Calendar, end: usize) -> Self {
        Self { value: Value::Day(date), other: None, calendar, end }
    }
}

/// Marks and words between a day and its month, a month and its second name, a month and its year.
const BEFORE_MONTH: [&str; 8] = ["/", "-", ".", ",", "–", "من", "شهر", "of"];
const BEFORE_TWIN: [&str; 4] = ["/", "(", "-", "او"];
const BEFORE_YEAR: [&str; 16] =
    ["/", ")", "-", ",", ".", "–", "من", "عام", "سنه", "لعام", "لسنه", "العام", "السنه", "م", "ماه", "'"];
/// Marks between a month and the day or the year behind it.
const BEHIND_MONTH: [&str; 5] = [",", "/", "-", ".", "–"];
/// What stands between two calendars' readings of one day.
const BETWEEN_CALENDARS: [&str; 9] = ["-", "/", ",", "(", ")", "الموافق", "ل", "يوم", "|"];
/// Month names that are ordinary words or people's names: without a year or a second name they are no month.
const DOUBTFUL: [&str; 17] = [
    "اب",
    "ماي",
    "جوان",
    "دي",
    "مهر",
    "تير",
    "رجب",
    "شعبان",
    "رمضان",
    "محرم",
    "صفر",
    "may",
    "mai",
    "mars",
    "mar",
    "اوط",
    "مايس",
];

/// Reads the date that begins at a token.
pub(crate) fn at(tokens: &[Token<'_>], at: usize, weekday: Option<u8>, reading: &Reading) -> Option<Found> {
    let first = tokens.get(at)?;
    let found = if first.number.is_some() {
        numeric(tokens, at, weekday, reading)
            .or_else(|| named(tokens, at, reading))
            .or_else(|| if reading.in_stamp { year_first(tokens, at) } else { None })
    } else if first.text.starts_with(char::is_alphabetic) {
        month_first(tokens, at).or_else(|| named(tokens, at, reading)).or_else(|| month_and_year(tokens, at))
    } else {
        None
    };
    found.map(|found| twin(tokens, found, reading))
}

/// «19 يناير 2022», «20 يوليو/تموز 2011», «9 فبراير (شباط) 2015», «الخامس من كانون الثاني سنة 2023».
fn named(tokens: &[Token<'_>], at: usize, reading: &Reading) -> Option<Found> {
    let mut reader = Reader::new(tokens, at);
    let day = reader.day()?;
    reader.skip(&BEFORE_MONTH, 2);
    let name = reader.text(0);
    let (calendar, month) = reader.month()?;
    let has_twin = second_name(&mut reader, calendar, month);
    let after_month = reader.at;
    reader.skip(&BEFORE_YEAR, 3);
    let is_marked = matches!(tokens[reader.at - 1].text, "-" | "/" | "'");
    let year = reader.peek().and_then(|token| token.number).filter(|year| is_year(calendar, *year));
    let short = || {
        // «7-Feb-23»
        let two =
            reader.peek().filter(|token| token.text.len() == 2 && is_marked && reading.in_stamp)?.number?;
        let next = reader.tokens.get(reader.at + 1).map_or("", |token| token.text);
        (calendar == Calendar::Gregorian && next != ":").then(|| full_year(two, reading))
    };
    if let Some(year) = year.or_else(short) {
        reader.at += 1;
        era(&mut reader, calendar);
        let date = gregorian(calendar, year, month, day)?;
        return Some(Found::day(date, calendar, reader.at));
    }
    let doubtful = DOUBTFUL.contains(&name) && !has_twin;
    if calendar != Calendar::Gregorian || doubtful {
        return None;
    }
    let value = Value::Yearless(i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    // a day that no year has is no date
    Date::new(2000, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(Found { value, other: None, calendar, end: after_month })
}

/// «Feb 7, 2023», «فبراير 10, 2016», «Tue Feb 07 22:05:03 +0300 2023».
fn month_first(tokens: &[Token<'_>], at: usize) -> Option<Found> {
    let mut reader = Reader::new(tokens, at);
    let (calendar, month) = reader.month()?;
    second_name(&mut reader, calendar, month);
    reader.skip(&BEHIND_MONTH, 1);
    reader.peek()?.number?;
    let day = reader.day()?;
    reader.skip(&BEHIND_MONTH, 1);
    let year = reader.year(calendar).or_else(|| {
        // a clock, and perhaps its zone, between day and year
        let clock = crate::clock::read(tokens, reader.at)?;
        reader.at = clock.end;
        let known_zone =
            |reader: &mut Reader<'_>| reader.text(0).bytes().all(|byte| byte.is_ascii_alphabetic());
        if clock.zone.is_none() && known_zone(&mut reader) {
            reader.at += 1;
        }
        reader.year(calendar)
    })?;
    era(&mut reader, calendar);
    Some(Found::day(gregorian(calendar, year, month, day)?, calendar, reader.at))
}

/// «2023-Feb-07», «2023 فبراير 7», «2023، 7 فبراير».
fn year_first(tokens: &[Token<'_>], at: usize) -> Option<Found> {
    let mut reader = Reader::new(tokens, at);
    let printed = reader.peek().filter(|token| token.text.len() == 4)?.number?;
    reader.at += 1;
    reader.skip(&BEHIND_MONTH, 1);
    let (calendar, month, day) = if let Some(day) = reader.day() {
        reader.skip(&BEHIND_MONTH, 1);
        let (calendar, month) = reader.month()?;
        (calendar, month, day)
    } else {
        let (calendar, month) = reader.month()?;
        second_name(&mut reader, calendar, month);
        reader.skip(&BEHIND_MONTH, 1);
        (calendar, month, reader.day()?)
    };
    // «العدد 2012، 7 فبراير 2013»
    let mut behind = reader;
    behind.skip(&BEFORE_YEAR, 2);
    if behind.year(calendar).is_some() {
        return None;
    }
    Some(Found::day(gregorian(calendar, printed, month, day)?, calendar, reader.at))
}

/// The month's second name, in brackets or behind a stroke.
fn second_name(reader: &mut Reader<'_>, calendar: Calendar, month: u8) -> bool {
    let mut ahead = *reader;
    ahead.skip(&BEFORE_TWIN, 2);
    if ahead.month() != Some((calendar, month)) {
        return false;
    }
    ahead.skip(&[")"], 1);
    *reader = ahead;
    true
}

/// The letters behind a year: «هـ», «م», «هـ.ش».
fn era(reader: &mut Reader<'_>, calendar: Calendar) {
    let letters: &[&str] = match calendar {
        Calendar::Gregorian => &["م", "ميلادي", "ميلاديه"],
        Calendar::Hijri => &["ه", "هجري", "هجريه"],
        Calendar::Persian => &["ه", "ش", "شمسي", "هجري"],
    };
    if reader.skip(letters, 1) == 1 && calendar == Calendar::Persian {
        reader.skip(&[".", "ش", "شمسي"], 3);
    }
}

/// «يوليو/ تموز 2016», «أبريل (نيسان) 2023».
fn month_and_year(tokens: &[Token<'_>], at: usize) -> Option<Found> {
    let mut reader = Reader::new(tokens, at);
    let (calendar, month) = reader.month()?;
    if calendar != Calendar::Gregorian {
        return None;
    }
    second_name(&mut reader, calendar, month);
    reader.skip(&["من", "عام", "سنه", "لعام", "العام", ",", "/", "-"], 2);
    let year = reader.year(calendar)?;
    let value = Value::Month(i16::try_from(year).ok()?, i8::try_from(month).ok()?);
    Some(Found { value, other: None, calendar, end: reader.at })
}

/// «22 21:43 2023 فيفري»: a stamp whose parts were printed from the wrong side.
pub(crate) fn scrambled(tokens: &[Token<'_>], at: usize) -> Option<Found> {
    let mut reader = Reader::new(tokens, at);
    let day = reader.day()?;
    let is_clock = reader.peek()?.number.is_some() && reader.text(1) == ":";
    reader.at += 3;
    let year = reader.number().filter(|_| is_clock)?;
    let (calendar, month) = reader.month()?;
    Some(Found::day(gregorian(calendar, year, month, day)?, calendar, reader.at))
}

/// 0 is Sunday.
pub(crate) fn weekday_of(date: Date) -> u8 {
    u8::try_from(date.weekday().to_sunday_zero_offset()).unwrap_or(0)
}

/// The year in which a day and a month are nearest to another day.
pub(crate) fn nearest(today: Date, month: i8, day: i8) -> Option<Date> {
    let years = [today.year() - 1, today.year(), today.year() + 1];
    let dates = years.into_iter().filter_map(|year| Date::new(year, month, day).ok());
    dates.min_by_key(|date| (today - *date).get_days().abs())
}

/// The same day in the other calendar behind it: what is printed beats what is reckoned.
fn twin(tokens: &[Token<'_>], found: Found, reading: &Reading) -> Found {
    let mut reader = Reader::new(tokens, found.end);
    reader.skip(&["ه", "م"], 1);
    let joined = reader.skip(&BETWEEN_CALENDARS, 4);
    let announced = (found.end..reader.at).any(|at| matches!(tokens[at].text, "الموافق" | "("));
    if joined == 0 || !(announced || found.calendar != Calendar::Gregorian) {
        return found;
    }
    let other = numeric(tokens, reader.at, None, reading).or_else(|| named(tokens, reader.at, reading));
    let Some(other) = other.filter(|other| other.calendar != found.calendar) else { return found };
    match (found.calendar, other.value) {
        (Calendar::Gregorian, _) => Found { end: other.end, ..found },
        (_, Value::Day(_)) => other,
        _ => found,
    }
}
