//! The publication stamp, and dates in the body: three calendars, all digits, regional month names, clocks
//! with their zones, days counted from publication. What is printed is read, what is not printed is not
//! invented: no zone, no year, no hour.
//!
//! * `token`      a folded text as numbers, words and marks
//! * `read`       one date at a place
//! * `clock`      a time of day and its zone
//! * `relative`   days that are counted from publication
//! * `calendars`  days of three calendars as Gregorian days

mod calendars;
mod clock;
mod read;
mod relative;
mod token;
pub mod zones;

use jiff::civil::Date;
use naba_lexicon::calendar::Calendar;
use naba_record::{Cleaned, DateMention};

use self::read::{Found, Value};
use self::token::{Reader, Token, tokens, tokens_by_words};
use crate::article::{Article, Text};

/// A date and a time as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// ISO 8601, as much as is printed: date, time, zone.
    pub value: String,
    /// The other reading, where day and month could change places and no weekday decides.
    pub other: Option<String>,
}

/// When the article was published: what came beside the text, else the printed stamp, else the dateline's
/// date with the printed clock.
pub fn published(cleaned: &Cleaned) -> Option<Stamp> {
    if let Some(sent) = cleaned.published_at.as_deref().filter(|sent| is_iso(sent)) {
        return Some(Stamp { value: sent.to_owned(), other: None });
    }
    let printed = cleaned.published_surface.as_deref().unwrap_or_default();
    let dated = cleaned.dateline.as_ref().and_then(|dateline| dateline.date.as_deref()).unwrap_or_default();
    stamp(printed).or_else(|| stamp(&format!("{dated} {printed}")))
}

fn is_iso(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || text.parse::<jiff::civil::DateTime>().is_ok()
        || text.parse::<Date>().is_ok()
}

/// Reads a printed stamp. Of several dates the first Gregorian one counts, else the first of another calendar.
pub fn stamp(text: &str) -> Option<Stamp> {
    let folded = naba_lexicon::folded(text).to_lowercase();
    stamp_of(&tokens(&folded))
}

fn stamp_of(tokens: &[Token<'_>]) -> Option<Stamp> {
    let weekday = (0..tokens.len()).find_map(|at| Reader::new(tokens, at).weekday());
    let mut reckoned = None;
    let mut at = 0;
    while at < tokens.len() {
        let Some(found) = read::at(tokens, at, weekday).or_else(|| scrambled(tokens, at)) else {
            at += 1;
            continue;
        };
        at = found.end;
        if let Value::Day(date) = found.value {
            if found.calendar == Calendar::Gregorian {
                return Some(with_clock(tokens, date, found.other));
            }
            reckoned.get_or_insert(date);
        }
    }
    reckoned.map(|date| with_clock(tokens, date, None))
}

fn with_clock(tokens: &[Token<'_>], date: Date, other: Option<Date>) -> Stamp {
    let clock = clock::find(tokens);
    let say = |date: Date| clock.map_or_else(|| date.to_string(), |clock| clock.on(date));
    Stamp { value: say(date), other: other.map(say) }
}

/// «22 21:43 2023 فيفري»: a stamp whose parts were printed from the wrong side.
fn scrambled(tokens: &[Token<'_>], at: usize) -> Option<Found> {
    let mut reader = Reader::new(tokens, at);
    let day = reader.day()?;
    let is_clock = reader.peek()?.number.is_some() && reader.text(1) == ":";
    reader.at += 3;
    let year = reader.number().filter(|_| is_clock)?;
    let (calendar, month) = reader.month()?;
    let date = calendars::gregorian(calendar, year, month, day)?;
    Some(Found { value: Value::Day(date), other: None, calendar, end: reader.at })
}

/// The day of publication, where it is known.
fn day_of(published: Option<&Stamp>) -> Option<Date> {
    let value = published?.value.get(..10)?;
    value.parse().ok()
}

/// Dates in the body. Days without a year, and days that are counted from publication, are reckoned where that
/// is known, and marked.
pub fn find(article: &Article<'_>, published: Option<&Stamp>) -> Vec<DateMention> {
    let text: &Text<'_> = article.body();
    let lower;
    let folded = if text.folded.bytes().any(|byte| byte.is_ascii_uppercase()) {
        lower = text.folded.to_ascii_lowercase();
        lower.as_str()
    } else {
        text.folded
    };
    let tokens = tokens_by_words(folded, &text.words);
    let today = day_of(published);
    let mut dates = vec![];
    let mut at = 0;
    while at < tokens.len() {
        let found = if tokens[at].may_begin() { mention(&tokens, at, today) } else { None };
        let Some((value, alternative, resolved, end)) = found else {
            at += 1;
            continue;
        };
        let last = tokens[end - 1];
        let (home, surface) = text.home(tokens[at].start, last.end());
        dates.push(DateMention {
            surface: surface.to_owned(),
            value,
            alternative,
            start: home.start,
            end: home.end,
            resolved,
        });
        at = end;
    }
    dates
}

type Mention = (String, Option<String>, bool, usize);

fn mention(tokens: &[Token<'_>], at: usize, today: Option<Date>) -> Option<Mention> {
    let weekday = at.checked_sub(1).and_then(|before| {
        let before =
            if matches!(tokens[before].text, "," | "-" | "(") { before.checked_sub(1)? } else { before };
        Reader::new(tokens, before).weekday()
    });
    if let Some(found) = read::at(tokens, at, weekday) {
        let (value, resolved) = match found.value {
            Value::Day(date) => (date.to_string(), false),
            Value::Month(year, month) => (format!("{year:04}-{month:02}"), false),
            Value::Yearless(month, day) => (nearest(today?, month, day)?.to_string(), true),
        };
        return Some((value, found.other.map(|other| other.to_string()), resolved, found.end));
    }
    let (value, end) = relative::at(tokens, at, today?)?;
    Some((value, None, true, end))
}

/// The year in which a day and a month are nearest to publication.
fn nearest(today: Date, month: i8, day: i8) -> Option<Date> {
    let years = [today.year() - 1, today.year(), today.year() + 1];
    let dates = years.into_iter().filter_map(|year| Date::new(year, month, day).ok());
    dates.min_by_key(|date| (today - *date).get_days().abs())
}
