//! Days and moments that are counted from another one: «أمس», «الأربعاء الماضي», «قبل ثلاثة أيام», «منذ 5 ساعات».

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use naba_lexicon::calendar::{Meaning, Unit};

use crate::context::Moment;
use crate::read::weekday_of;
use crate::token::{Reader, Token};
use crate::zone::with_offset;

/// «قبل أيام» does not say how many.
const UNCOUNTED: [&str; 6] = ["ايام", "اسابيع", "اشهر", "شهور", "سنوات", "اعوام"];
/// What is counted in seconds or minutes without a number is the same day.
const JUST_NOW: [&str; 6] = ["قليل", "لحظات", "لحظه", "ثوان", "ثواني", "دقايق"];
/// How far behind «اليوم» its clock may stand: «اليوم، على الساعة 14:30».
const CLOCK_TOKENS_MAX: usize = 4;
/// Units of one phrase: «يومين و3 ساعات و20 دقيقة».
const UNITS_MAX: usize = 3;

/// Reads a day, a month or a year that is counted from publication: its value and one past its last token.
pub(crate) fn at(tokens: &[Token<'_>], at: usize, published: Date) -> Option<(String, usize)> {
    let mut reader = Reader::new(tokens, at);
    if matches!(reader.text(0), "قبل" | "منذ") && !matches!(reader.text(1), "امس") {
        return ago(reader, published);
    }
    if let Some((day, is_sure, end)) = day_word(reader, published) {
        // «اليوم» by itself is «nowadays» as often as it is the day of publication
        return is_sure.then(|| (day.to_string(), end));
    }
    if let Some((day, end)) = weekday(reader, published) {
        return Some((day.to_string(), end));
    }
    // «الشهر الماضي», «العام المقبل»
    let unit = matches!(reader.text(0), "الشهر" | "العام" | "السنه").then(|| reader.text(0))?;
    reader.at += 1;
    let direction = i64::from(direction(&mut reader)?);
    let value = if unit == "الشهر" {
        month(published.checked_add(direction.months()).ok()?)
    } else {
        format!("{:04}", published.checked_add(direction.years()).ok()?.year())
    };
    Some((value, reader.at))
}

fn month(date: Date) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}

/// Whether «اليوم» is no part of a name («عين اليوم», «اليوم السابع»): a clock follows.
fn is_dated_by_a_clock(tokens: &[Token<'_>], end: usize) -> bool {
    (end..tokens.len().min(end + CLOCK_TOKENS_MAX)).any(|at| crate::clock::read(tokens, at).is_some())
}

/// «أمس», «أمس الأربعاء»: the day, and whether that is meant for sure.
fn day_word(mut reader: Reader<'_>, today: Date) -> Option<(Date, bool, usize)> {
    let days = reader.meaning(|meaning| match meaning {
        Meaning::Day(days) => Some(days),
        _ => None,
    })?;
    let day = today.checked_add(i64::from(days).days()).ok()?;
    let mut ahead = reader;
    if ahead.weekday().is_some_and(|weekday| weekday == weekday_of(day)) {
        return Some((day, true, ahead.at));
    }
    Some((day, days != 0, reader.at))
}

/// «الأربعاء الماضي», «الأربعاء المقبل».
fn weekday(mut reader: Reader<'_>, today: Date) -> Option<(Date, usize)> {
    let weekday = reader.weekday()?;
    let direction = direction(&mut reader)?;
    let ahead = (i64::from(weekday) - i64::from(weekday_of(today))).rem_euclid(7);
    let days = match (direction, ahead) {
        (-1, 0) => -7,
        (-1, ahead) => ahead - 7,
        (1, 0) => 7,
        (1, ahead) => ahead,
        _ => return None,
    };
    Some((today.checked_add(days.days()).ok()?, reader.at))
}

fn direction(reader: &mut Reader<'_>) -> Option<i8> {
    reader.meaning(|meaning| match meaning {
        Meaning::Direction(direction) => Some(direction),
        _ => None,
    })
}

/// «قبل ثلاثة أيام», «قبل أسبوعين», «منذ 5 أشهر»; not «قبل يومين من الانتخابات».
fn ago(mut reader: Reader<'_>, published: Date) -> Option<(String, usize)> {
    reader.at += 1;
    let (count, unit) = counted(&mut reader)?;
    if matches!(reader.text(0), "من" | "علي") {
        return None;
    }
    let before = published.checked_sub(span(count, unit)).ok()?;
    let value = match unit {
        Unit::Second | Unit::Minute | Unit::Hour => return None,
        Unit::Day | Unit::Week => before.to_string(),
        Unit::Month => month(before),
        Unit::Year => format!("{:04}", before.year()),
    };
    Some((value, reader.at))
}

fn span(count: i64, unit: Unit) -> Span {
    match unit {
        Unit::Second => count.seconds(),
        Unit::Minute => count.minutes(),
        Unit::Hour => count.hours(),
        Unit::Day => count.days(),
        Unit::Week => count.weeks(),
        Unit::Month => count.months(),
        Unit::Year => count.years(),
    }
}

/// «3 ساعات», «ساعتين», «ثلاثة أيام», «يوم واحد», «an hour».
fn counted(reader: &mut Reader<'_>) -> Option<(i64, Unit)> {
    let mut ahead = *reader;
    // «نصف ساعة»
    let part = match (ahead.text(0), ahead.text(1)) {
        ("نصف", "ساعه") => Some(30),
        ("ثلث", "ساعه") => Some(20),
        ("ربع", "ساعه") => Some(15),
        _ => None,
    };
    if let Some(minutes) = part {
        reader.at += 2;
        return Some((minutes, Unit::Minute));
    }
    let word = |reader: &mut Reader<'_>| {
        reader.meaning(|meaning| match meaning {
            Meaning::Number(number) => Some(i64::from(number)),
            _ => None,
        })
    };
    let count = match ahead.peek()?.number.filter(|number| (1..=999).contains(number)) {
        Some(number) => {
            ahead.at += 1;
            Some(i64::from(number))
        }
        None if matches!(ahead.text(0), "a" | "an") => {
            ahead.at += 1;
            Some(1)
        }
        None => word(&mut ahead),
    };
    if count.is_none() && UNCOUNTED.contains(&ahead.text(0)) {
        return None;
    }
    let (unit, held) = ahead.meaning(|meaning| match meaning {
        Meaning::Unit(unit, held) => Some((unit, i64::from(held))),
        _ => None,
    })?;
    // «يوم واحد»
    if count.is_none() && held == 1 && matches!(ahead.text(0), "واحد" | "واحده") {
        ahead.at += 1;
    }
    *reader = ahead;
    Some((count.unwrap_or(1) * held, unit))
}

/// What a stamp counts from the moment when its page was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counted {
    /// The day.
    pub(crate) date: Date,
    /// The whole value, where hours or minutes are counted.
    pub(crate) value: Option<String>,
    /// One past the last token.
    pub(crate) end: usize,
}

/// Reads a moment that a stamp counts from when its page was fetched: «قبل ٥ ساعات», «منذ شهرين», «3 hours ago»,
/// «أمس», «الأحد الماضي», «منذ قليل».
pub(crate) fn moment(tokens: &[Token<'_>], at: usize, fetched: Moment) -> Option<Counted> {
    let mut reader = Reader::new(tokens, at);
    let today = fetched.date;
    let on = |date: Date, end: usize| Some(Counted { date, value: None, end });
    if reader.text(0) == "الان" {
        return on(today, reader.at + 1);
    }
    if reader.text(0) == "just" && reader.text(1) == "now" {
        return on(today, reader.at + 2);
    }
    let is_before = matches!(reader.text(0), "قبل" | "منذ");
    if is_before {
        reader.at += 1;
        reader.skip(&[":", "حوالي", "نحو"], 2);
        if JUST_NOW.contains(&reader.text(0)) {
            return on(today, reader.at + 1);
        }
    }
    if let Some((spans, mut behind)) = spans(reader) {
        let is_behind = behind.skip(&["ago", "مضت", "خلت"], 1) == 1;
        if is_behind || is_before && !matches!(behind.text(0), "من" | "علي") {
            return counted_back(&spans, fetched, behind.at);
        }
    }
    if is_before {
        return None;
    }
    let reader = Reader::new(tokens, at);
    day_word(reader, today)
        .filter(|(_, is_sure, end)| *is_sure || is_dated_by_a_clock(tokens, *end))
        .map(|(day, _, end)| (day, end))
        .or_else(|| weekday(reader, today))
        .filter(|(day, _)| *day <= today)
        .and_then(|(day, end)| on(day, end))
}

/// Units with their counts, joined by «و» or a comma.
fn spans(mut reader: Reader<'_>) -> Option<(Vec<(i64, Unit)>, Reader<'_>)> {
    let mut spans = vec![counted(&mut reader)?];
    while spans.len() < UNITS_MAX {
        let mut ahead = reader;
        if matches!(ahead.text(0), "ونصف" | "والنصف") {
            spans.push((30, Unit::Minute));
            reader.at += 1;
            break;
        }
        ahead.skip(&["و", ",", "and"], 1);
        let Some(next) = counted(&mut ahead) else { break };
        spans.push(next);
        reader = ahead;
    }
    Some((spans, reader))
}

fn counted_back(spans: &[(i64, Unit)], fetched: Moment, end: usize) -> Option<Counted> {
    let is_clock = |unit: Unit| matches!(unit, Unit::Second | Unit::Minute | Unit::Hour);
    let by_the_clock = spans.iter().all(|(_, unit)| is_clock(*unit));
    let mut local = fetched.date.to_datetime(fetched.time.unwrap_or_default());
    for (count, unit) in spans.iter().filter(|(_, unit)| by_the_clock || !is_clock(*unit)) {
        local = local.checked_sub(span(*count, *unit)).ok()?;
    }
    // without a time of day hours cannot be counted back
    let value = (by_the_clock && fetched.time.is_some())
        .then(|| fetched.offset.map_or_else(|| local.to_string(), |offset| with_offset(local, offset)));
    if by_the_clock && value.is_none() {
        return Some(Counted { date: fetched.date, value: None, end });
    }
    Some(Counted { date: local.date(), value, end })
}
