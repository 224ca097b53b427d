//! When an article was published and changed, from a printed stamp or from what its page says of itself.

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use naba_lexicon::calendar::{Calendar, StampWord};

use crate::clock::{self, Clock};
use crate::context::{Context, Reading};
use crate::read::{self, Value, nearest, scrambled};
use crate::relative::{self, Counted};
use crate::token::{Reader, Token, tokens};

/// A date and a time as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// ISO 8601, as much as is printed: date, time, zone.
    pub value: String,
    /// The other reading: day and month could change places, or the year is of two calendars.
    pub other: Option<String>,
    /// Whether it was reckoned from when the page was fetched («قبل ٥ ساعات», «7 فبراير» without a year).
    pub resolved: bool,
}

/// What a printed stamp says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// «نشر في …», or the date that stands without a word.
    pub published: Option<Stamp>,
    /// «آخر تحديث …».
    pub modified: Option<Stamp>,
}

/// Reads a printed stamp without knowing when it was printed. Of several dates the first Gregorian one counts, else
/// the first of another calendar.
pub fn stamp(text: &str) -> Option<Stamp> {
    printed(text, &Context::default()).published
}

/// Reads a value that came beside the text: what a page's metadata, a feed or a publisher says. ISO 8601 stays as it
/// is; RFC 2822, compact forms, seconds since 1970 and anything that is printed in stamps is read.
pub fn sent(text: &str, context: &Context<'_>) -> Option<Stamp> {
    let text = text.trim();
    let known = |value: String| Some(Stamp { value, other: None, resolved: false });
    if is_iso(text) {
        return if is_placeholder(text) { None } else { known(text.to_owned()) };
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return match text.len() {
            10 => known(Timestamp::from_second(text.parse().ok()?).ok()?.to_string()),
            13 => known(Timestamp::from_millisecond(text.parse().ok()?).ok()?.to_string()),
            8 => known(text.parse::<Date>().ok()?.to_string()),
            14 => known(jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", text).ok()?.to_string()),
            _ => None,
        };
    }
    if let Some(compact) = compact(text) {
        return known(compact);
    }
    let Printed { published, modified } = printed(text, context);
    published.or(modified).filter(|stamp| !is_placeholder(&stamp.value))
}

/// A date, or a date and a time with or without an offset, as RFC 3339 writes them.
fn is_iso(text: &str) -> bool {
    let is_time = |time: &str| {
        let behind = time.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.'));
        let is_offset = |offset: &str| offset.len() == 6 && offset.as_bytes().get(3) == Some(&b':');
        let has_seconds = [2, 5].iter().all(|at| time.as_bytes().get(*at) == Some(&b':'));
        has_seconds && (matches!(behind, "" | "Z") || is_offset(behind))
    };
    let mut parts = text.splitn(2, 'T');
    let date = parts.next().is_some_and(|date| date.len() == 10 && date.parse::<Date>().is_ok());
    date && parts.next().is_none_or(|time| {
        is_time(time) && (text.parse::<Timestamp>().is_ok() || text.parse::<jiff::civil::DateTime>().is_ok())
    })
}

/// `20230207T220503Z` and the like.
fn compact(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    if bytes.get(8) != Some(&b'T') || !bytes.iter().take(8).all(u8::is_ascii_digit) {
        return None;
    }
    let moment = text.parse::<Timestamp>().map(|moment| moment.to_string());
    moment.or_else(|_| text.parse::<jiff::civil::DateTime>().map(|local| local.to_string())).ok()
}

/// What programs print when they know no date.
fn is_placeholder(value: &str) -> bool {
    value.starts_with("1970-01-01T00:00") || value.starts_with("000")
}

/// One part of a stamp: from a word like «نشر» or «تحديث» to the next.
struct Part {
    role: Option<StampWord>,
    date: Option<(Date, Option<Date>, bool)>,
    counted: Option<Counted>,
    clock: Option<Clock>,
}

/// Reads a printed stamp.
pub fn printed(text: &str, context: &Context<'_>) -> Printed {
    let reading = Reading::of_stamp(text, context);
    let folded = naba_lexicon::folded(text).to_lowercase();
    let tokens = tokens(&folded);
    let weekday = (0..tokens.len()).find_map(|at| Reader::new(&tokens, at).weekday());
    let parts: Vec<Part> =
        split(&tokens).into_iter().map(|(role, tokens)| part(role, tokens, weekday, &reading)).collect();
    let order = [Some(StampWord::Published), None];
    let of = |wanted: Option<StampWord>| parts.iter().filter(move |part| part.role == wanted);
    let first = |has: fn(&Part) -> bool| order.into_iter().flat_map(of).find(|part| has(part));
    let changed = |has: fn(&Part) -> bool| of(Some(StampWord::Modified)).find(|part| has(part));
    let is_dated = |part: &Part| part.date.is_some();
    let is_counted = |part: &Part| part.counted.is_some();
    let published = first(is_dated)
        .or_else(|| first(is_counted))
        .or_else(|| changed(is_dated))
        .or_else(|| changed(is_counted));
    let Some(published) = published else { return Printed::default() };
    // a clock in a part without a day is the clock of the day that there is
    let is_clock_alone = |part: &Part| part.clock.is_some() && part.date.is_none() && part.counted.is_none();
    let clock = published.clock.or_else(|| {
        let alone = order.into_iter().flat_map(of).find(|part| is_clock_alone(part));
        alone.or_else(|| changed(|part| part.clock.is_some() && part.date.is_none()))?.clock
    });
    let modified = changed(|part| part.date.is_some() || part.counted.is_some());
    let modified = modified.map(|part| say(part, part.clock)).or_else(|| {
        let later = changed(|part| part.clock.is_some())?.clock;
        Some(say(published, later))
    });
    Printed { published: Some(say(published, clock)), modified }
}

/// The parts of a stamp, each with the word that opens it.
fn split<'a>(tokens: &'a [Token<'a>]) -> Vec<(Option<StampWord>, &'a [Token<'a>])> {
    let (mut parts, mut from, mut role, mut at) = (vec![], 0, None, 0);
    while at < tokens.len() {
        let mut reader = Reader::new(tokens, at);
        match reader.stamp_word() {
            Some(word @ (StampWord::Published | StampWord::Modified)) => {
                parts.push((role, &tokens[from..at]));
                (from, role, at) = (at, Some(word), reader.at);
            }
            _ => at += 1,
        }
    }
    parts.push((role, &tokens[from..]));
    parts
}

fn part(role: Option<StampWord>, tokens: &[Token<'_>], weekday: Option<u8>, reading: &Reading) -> Part {
    let own = (0..tokens.len()).find_map(|at| Reader::new(tokens, at).weekday());
    let weekday = own.or(weekday);
    let mut part = Part { role, date: None, counted: None, clock: clock::find(tokens) };
    let (mut reckoned, mut yearless) = (None, None);
    let mut at = 0;
    while at < tokens.len() {
        let found = read::at(tokens, at, weekday, reading).or_else(|| scrambled(tokens, at));
        let Some(found) = found else {
            at += 1;
            continue;
        };
        at = found.end;
        match found.value {
            Value::Day(date) if found.calendar == Calendar::Gregorian => {
                part.date = Some((date, found.other, false));
                return part;
            }
            Value::Day(date) => {
                reckoned.get_or_insert((date, found.other, false));
            }
            Value::Yearless(month, day) => {
                let day = reading.fetched.and_then(|fetched| nearest(fetched.date, month, day));
                yearless = yearless.or_else(|| Some((day?, None, true)));
            }
            Value::Month(..) => {}
        }
    }
    part.date = reckoned.or(yearless);
    if part.date.is_none()
        && let Some(fetched) = reading.fetched
    {
        part.counted = (0..tokens.len()).find_map(|at| relative::moment(tokens, at, fetched));
        // «الثلاثاء 14:30»: the last one
        let last = || {
            let back = (i64::from(read::weekday_of(fetched.date)) - i64::from(own?)).rem_euclid(7);
            let date = fetched.date.checked_sub(Span::new().days(back)).ok()?;
            Some(Counted { date, value: None, end: tokens.len() })
        };
        if part.counted.is_none() && part.clock.is_some() {
            part.counted = last();
        }
    }
    part
}

fn say(part: &Part, clock: Option<Clock>) -> Stamp {
    let on = |date: Date| clock.map_or_else(|| date.to_string(), |clock| clock.on(date));
    match (&part.date, &part.counted) {
        (Some((date, other, resolved)), _) => {
            Stamp { value: on(*date), other: other.map(on), resolved: *resolved }
        }
        (None, Some(counted)) => {
            let value = counted.value.clone().unwrap_or_else(|| on(counted.date));
            Stamp { value, other: None, resolved: true }
        }
        (None, None) => Stamp { value: String::new(), other: None, resolved: false },
    }
}
