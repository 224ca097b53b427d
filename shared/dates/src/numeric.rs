//! Dates in numbers: «26.05.2026», «02/07/2012», «01 - 08 - 2012», «2025-09-08», «7/3/1429 هـ», «۱۴۰۱/۱۱/۱۸»,
//! and in stamps «7/2/23».
//!
//! Numbers alone may mean several days: day and month could change places, and a year of the fourteenth century is
//! Hijri or Persian. Every reading is made, and what is known beside the words puts them in order: the letters behind
//! the year and a printed weekday decide; a stamp names no day to come, and hardly one from before the web; of two
//! calendars the digits and the language speak for one. Where two readings are left, both are given.

use jiff::civil::Date;
use naba_lexicon::calendar::Calendar;

use crate::calendars::gregorian;
use crate::context::Reading;
use crate::read::{Found, Value, weekday_of};
use crate::token::{Reader, Token};

/// Pages of the web are younger.
const WEB_YEAR_MIN: i16 = 1990;
/// The last two digits of a year from here on are the last century's, where nobody says when the text came.
const CENTURY_TURNS_AT: u32 = 40;
/// A page that is fetched so soon after it was published tells day and month apart.
const FRESH_DAYS_MAX: i32 = 2;
/// Where nobody says when a text came, it names no later year in another calendar.
const YEAR_MAX: i16 = 2040;
/// Copy is about days that are so near, if a calendar must be guessed.
const NEAR_DAYS_MAX: i32 = 400;

/// A day that the numbers may mean.
#[derive(Clone, Copy)]
struct Candidate {
    date: Date,
    calendar: Calendar,
    /// Whether it is given as the other reading although it is unlikely.
    is_usual: bool,
}

/// Reads the date in numbers that begins at a token. Day first, as Arabic papers print it, unless something speaks
/// for another order.
pub(crate) fn numeric(
    tokens: &[Token<'_>],
    at: usize,
    weekday: Option<u8>,
    reading: &Reading,
) -> Option<Found> {
    let [first, mark, second, again, third, ..] = tokens.get(at..)? else { return None };
    let mark_of = |token: &Token<'_>| {
        match token.text {
            "–" | "−" | "‐" | "‑" => "-",
            "\\" => "/",
            _ => token.text,
        }
        .to_owned()
    };
    if mark_of(mark) != mark_of(again) || !matches!(mark_of(mark).as_str(), "." | "/" | "-") {
        return None;
    }
    let digits = [first, second, third].map(|token| token.text.len());
    let numbers = [first.number?, second.number?, third.number?];
    let mut reader = Reader::new(tokens, at + 5);
    let era = era(&mut reader);
    let short_years = reading.in_stamp || is_announced(tokens, at, weekday);
    let mut candidates = candidates(digits, numbers, short_years, reading);
    if let Some(era) = era {
        candidates.retain(|candidate| candidate.calendar == era);
    }
    let (value, other) = choose(candidates, weekday, reading)?;
    Some(Found { value: Value::Day(value.date), other, calendar: value.calendar, end: reader.at })
}

/// The calendar that the letters behind a year name: «هـ», «هـ.ش», «م».
fn era(reader: &mut Reader<'_>) -> Option<Calendar> {
    let mut ahead = *reader;
    let era = match ahead.text(0) {
        "ه" | "هجري" | "هجريه" => {
            ahead.at += 1;
            let mut solar = ahead;
            solar.skip(&["."], 1);
            if matches!(solar.text(0), "ش" | "شمسي" | "شمسيه") {
                solar.at += 1;
                ahead = solar;
                Calendar::Persian
            } else {
                Calendar::Hijri
            }
        }
        "ش" | "شمسي" => {
            ahead.at += 1;
            Calendar::Persian
        }
        "م" | "ميلادي" | "ميلاديه" => {
            ahead.at += 1;
            Calendar::Gregorian
        }
        _ => return None,
    };
    *reader = ahead;
    Some(era)
}

/// Whether copy says that three short numbers are a date: «في 7/2/23», «الثلاثاء 7/2/23».
fn is_announced(tokens: &[Token<'_>], at: usize, weekday: Option<u8>) -> bool {
    let before = at.checked_sub(1).map_or("", |before| tokens[before].text);
    weekday.is_some() || matches!(before, "في" | "بتاريخ" | "يوم" | "تاريخ")
}

/// A year of two digits: the last one that is not to come.
pub(crate) fn full_year(short: u32, reading: &Reading) -> u32 {
    let latest = reading.latest.or(reading.published).map(|date| u32::from(date.year().unsigned_abs()));
    let turns_at = latest.map_or(CENTURY_TURNS_AT, |year| (year + 1).saturating_sub(2000));
    if short <= turns_at { 2000 + short } else { 1900 + short }
}

/// Every day that the numbers may mean, the usual order first.
fn candidates(
    digits: [usize; 3],
    [first, second, third]: [u32; 3],
    short_years: bool,
    reading: &Reading,
) -> Vec<Candidate> {
    const ALL: [Calendar; 3] = [Calendar::Gregorian, Calendar::Hijri, Calendar::Persian];
    let mut candidates: Vec<Candidate> = vec![];
    let mut add = |calendar: Calendar, year: u32, month: u32, day: u32, is_usual: bool| {
        let date = u8::try_from(month).ok().and_then(|month| gregorian(calendar, year, month, day));
        if let Some(date) = date.filter(|date| candidates.iter().all(|known| known.date != *date)) {
            candidates.push(Candidate { date, calendar, is_usual });
        }
        date.is_some()
    };
    match digits {
        [4, ..=2, ..=2] => {
            for calendar in ALL {
                add(calendar, first, second, third, true);
            }
        }
        [..=2, ..=2, 4] => {
            for calendar in ALL {
                let is_read = add(calendar, third, second, first, true);
                // months of the other calendars stand in the middle always, unless they cannot
                if calendar == Calendar::Gregorian || !is_read {
                    add(calendar, third, first, second, true);
                }
            }
        }
        [..=2, ..=2, 2] if short_years => {
            add(Calendar::Gregorian, full_year(third, reading), second, first, true);
            add(Calendar::Gregorian, full_year(third, reading), first, second, true);
            if digits[0] == 2 {
                add(Calendar::Gregorian, full_year(first, reading), second, third, false);
            }
        }
        _ => {}
    }
    candidates
}

/// The likeliest reading, and the other one.
fn choose(
    mut candidates: Vec<Candidate>,
    weekday: Option<u8>,
    reading: &Reading,
) -> Option<(Candidate, Option<Date>)> {
    let is_on = |candidate: &Candidate| weekday == Some(weekday_of(candidate.date));
    if candidates.iter().any(is_on) {
        candidates.retain(is_on);
    }
    let is_to_come = |date: Date| reading.latest.is_some_and(|latest| date > latest);
    if candidates.iter().any(|candidate| !is_to_come(candidate.date)) {
        candidates.retain(|candidate| !is_to_come(candidate.date));
    }
    let is_fresh = |date: Date| {
        reading.fetched.is_some_and(|fetched| (fetched.date - date).get_days().abs() <= FRESH_DAYS_MAX)
    };
    let is_near =
        |date: Date| reading.published.is_some_and(|day| (day - date).get_days().abs() <= NEAR_DAYS_MAX);
    let is_old = |date: Date| reading.in_stamp && date.year() < WEB_YEAR_MIN;
    let preferred = if reading.is_persian { Calendar::Persian } else { Calendar::Hijri };
    // Gregorian years are never years of the others
    let rank = |candidate: &Candidate| {
        let far = candidate.calendar != Calendar::Gregorian && !is_near(candidate.date);
        (
            is_old(candidate.date),
            !is_fresh(candidate.date),
            far,
            candidate.calendar != preferred && candidate.calendar != Calendar::Gregorian,
        )
    };
    candidates.sort_by_key(rank);
    let value = *candidates.first()?;
    // the other calendar's reading lies half a century away, and not in the future
    let last = reading.published.map_or(YEAR_MAX, |day| day.year() + 1);
    candidates.retain(|other| other.calendar == value.calendar || other.date.year() <= last);
    let other = candidates
        .iter()
        .skip(1)
        .find(|other| other.is_usual || reading.latest.is_some() && !is_old(other.date));
    Some((value, other.map(|other| other.date)))
}
