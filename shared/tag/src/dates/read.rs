//! One date at a place: a day and a named month, a month and a year, or numbers with marks.

use jiff::civil::Date;
use naba_lexicon::calendar::Calendar;

use super::calendars::{gregorian, is_year};
use super::token::{Reader, Token};

/// What a date is known to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// A day.
    Day(Date),
    /// A month of a year.
    Month(i16, i8),
    /// A day and a month without a year.
    Yearless(i8, i8),
}

/// A date that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) value: Value,
    /// The other reading, where day and month could change places.
    pub(super) other: Option<Date>,
    /// The calendar that it was reckoned from.
    pub(super) calendar: Calendar,
    /// One past the last token.
    pub(super) end: usize,
}

/// Marks and words between a day and its month, a month and its second name, a month and its year.
const BEFORE_MONTH: [&str; 6] = ["/", "-", ".", ",", "من", "شهر"];
const BEFORE_TWIN: [&str; 4] = ["/", "(", "-", "او"];
const BEFORE_YEAR: [&str; 13] =
    ["/", ")", "-", ",", ".", "من", "عام", "سنه", "لعام", "لسنه", "العام", "السنه", "م"];
/// What stands between two calendars' readings of one day.
const BETWEEN_CALENDARS: [&str; 9] = ["-", "/", ",", "(", ")", "الموافق", "ل", "يوم", "الموافق"];
/// Month names that are ordinary words or people's names: without a year or a second name they are no month.
const DOUBTFUL: [&str; 12] =
    ["اب", "ماي", "جوان", "دي", "مهر", "تير", "رجب", "شعبان", "رمضان", "محرم", "صفر", "may"];

/// Reads the date that begins at a token.
pub(super) fn at(tokens: &[Token<'_>], at: usize, weekday: Option<u8>) -> Option<Found> {
    let first = tokens.get(at)?;
    if first.number.is_some() {
        return numeric(tokens, at, weekday).or_else(|| named(tokens, at)).map(|found| twin(tokens, found));
    }
    if !first.text.starts_with(char::is_alphabetic) {
        return None;
    }
    named(tokens, at).or_else(|| month_and_year(tokens, at)).map(|found| twin(tokens, found))
}

/// «19 يناير 2022», «20 يوليو/تموز 2011», «9 فبراير (شباط) 2015», «الخامس من كانون الثاني سنة 2023».
fn named(tokens: &[Token<'_>], at: usize) -> Option<Found> {
    let mut reader = Reader::new(tokens, at);
    let day = reader.day()?;
    reader.skip(&BEFORE_MONTH, 2);
    let name = reader.text(0);
    let (calendar, month) = reader.month()?;
    let has_twin = second_name(&mut reader, calendar, month);
    let after_month = reader.at;
    reader.skip(&BEFORE_YEAR, 3);
    let year = reader.peek().and_then(|token| token.number).filter(|year| is_year(calendar, *year));
    if let Some(year) = year {
        reader.at += 1;
        era(&mut reader, calendar);
        let date = gregorian(calendar, year, month, day)?;
        return Some(Found { value: Value::Day(date), other: None, calendar, end: reader.at });
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
    let letters: &[&str] = if calendar == Calendar::Gregorian { &["م"] } else { &["ه"] };
    if reader.skip(letters, 1) == 1 && calendar == Calendar::Persian {
        reader.skip(&[".", "ش"], 2);
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
    let token = reader.peek()?;
    let year = token.number.filter(|year| token.text.len() == 4 && is_year(calendar, *year))?;
    reader.at += 1;
    let value = Value::Month(i16::try_from(year).ok()?, i8::try_from(month).ok()?);
    Some(Found { value, other: None, calendar, end: reader.at })
}

/// «26.05.2026», «02/07/2012», «01 - 08 - 2012», «2025-09-08», «7/3/1429 هـ». Day first, as Arabic papers print
/// it, unless only the other order is a date; a printed weekday decides.
fn numeric(tokens: &[Token<'_>], at: usize, weekday: Option<u8>) -> Option<Found> {
    let [first, mark, second, again, third, ..] = tokens.get(at..)? else { return None };
    if mark.text != again.text || !matches!(mark.text, "." | "/" | "-") {
        return None;
    }
    let digits = [first, second, third].map(|token| token.text.len());
    let numbers = [first.number?, second.number?, third.number?];
    let mut reader = Reader::new(tokens, at + 5);
    let mut found = |value: Date, other: Option<Date>, calendar: Calendar| {
        era(&mut reader, calendar);
        Some(Found { value: Value::Day(value), other, calendar, end: reader.at })
    };
    let date = |calendar: Calendar, year: u32, month: u32, day: u32| {
        gregorian(calendar, year, u8::try_from(month).ok()?, day)
    };
    if digits[0] == 4 && digits[1] <= 2 && digits[2] <= 2 {
        for calendar in [Calendar::Gregorian, Calendar::Hijri] {
            if let Some(day) = date(calendar, numbers[0], numbers[1], numbers[2]) {
                return found(day, None, calendar);
            }
        }
        return None;
    }
    if digits[2] != 4 || digits[0] > 2 || digits[1] > 2 {
        return None;
    }
    for calendar in [Calendar::Gregorian, Calendar::Hijri] {
        let day_first = date(calendar, numbers[2], numbers[1], numbers[0]);
        let month_first = date(calendar, numbers[2], numbers[0], numbers[1]);
        let (Some(one), Some(two)) = (day_first, month_first) else {
            match day_first.or(month_first) {
                Some(day) => return found(day, None, calendar),
                None => continue,
            }
        };
        let is_on = |day: Date| weekday == Some(weekday_of(day));
        return match (is_on(one), is_on(two)) {
            _ if one == two => found(one, None, calendar),
            (true, false) => found(one, None, calendar),
            (false, true) => found(two, None, calendar),
            _ => found(one, Some(two), calendar),
        };
    }
    None
}

/// 0 is Sunday.
pub(super) fn weekday_of(date: Date) -> u8 {
    u8::try_from(date.weekday().to_sunday_zero_offset()).unwrap_or(0)
}

/// The same day in the other calendar behind it: what is printed beats what is reckoned.
fn twin(tokens: &[Token<'_>], found: Found) -> Found {
    let mut reader = Reader::new(tokens, found.end);
    reader.skip(&["ه", "م"], 1);
    let joined = reader.skip(&BETWEEN_CALENDARS, 4);
    let announced = (found.end..reader.at).any(|at| matches!(tokens[at].text, "الموافق" | "("));
    if joined == 0 || !(announced || found.calendar == Calendar::Hijri) {
        return found;
    }
    let other = numeric(tokens, reader.at, None).or_else(|| named(tokens, reader.at));
    let Some(other) = other.filter(|other| other.calendar != found.calendar) else { return found };
    match (found.calendar, other.value) {
        (Calendar::Gregorian, _) => Found { end: other.end, ..found },
        (_, Value::Day(_)) => other,
        _ => found,
    }
}
