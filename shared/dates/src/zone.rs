//! Zones beside a clock: «بتوقيت بيروت», «UTC+3», «(GMT+03:00)», «غرينتش +3», `-0500`, `Z`, «ت.غ».

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use naba_lexicon::calendar::Meaning;

use crate::token::Reader;

/// A zone as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Greenwich.
    Utc,
    /// So many minutes ahead of Greenwich.
    Minutes(i32),
    /// A zone of the IANA database.
    Named(&'static str),
}

/// How many tokens behind a clock may name its zone: «(بتوقيت مدينة بيروت)».
const ZONE_TOKENS_MAX: usize = 4;
/// How many tokens before a clock may name its zone.
const BEFORE_TOKENS_MAX: usize = 8;
/// No zone is farther from Greenwich.
const HOURS_MAX: u32 = 14;

impl Zone {
    /// A moment of the zone as text, with the offset that the zone had on that day.
    pub(crate) fn say(self, local: DateTime) -> String {
        match self {
            Self::Utc => format!("{local}Z"),
            Self::Minutes(minutes) => {
                let offset = Offset::from_seconds(minutes * 60).unwrap_or(Offset::UTC);
                with_offset(local, offset)
            }
            Self::Named(zone) => {
                let zoned = TimeZone::get(zone).ok().and_then(|zone| local.to_zoned(zone).ok());
                zoned.map_or_else(|| local.to_string(), |zoned| with_offset(local, zoned.offset()))
            }
        }
    }
}

/// A local time with its offset, `+00:00` where it is none.
pub(crate) fn with_offset(local: DateTime, offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{local}{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

/// The zone behind a clock, and one past its last token. A zone in Latin letters and Greenwich stand by themselves,
/// places behind «بتوقيت» or in brackets. `is_iso` says that the clock is of the form `T22:05` or has seconds:
/// what follows it with a minus is no range of hours.
pub(crate) fn behind(mut reader: Reader<'_>, is_iso: bool) -> Option<(Zone, usize)> {
    let end = reader.at + ZONE_TOKENS_MAX;
    let mut announced = reader.text(0) == "ت";
    while reader.at < end {
        if let Some(found) = named(reader, announced) {
            return Some(found);
        }
        if let Some((minutes, mut ahead)) = offset(reader, is_iso) {
            // «+3 غرينتش»
            if greenwich(&mut ahead) == Some(Zone::Utc) {
                return Some((Zone::Minutes(minutes), ahead.at));
            }
            return Some((Zone::Minutes(minutes), closed(ahead)));
        }
        match reader.text(0) {
            "بتوقيت" | "توقيت" | "(" | "[" | "حسب" | "بالتوقيت" => announced = true,
            "," | "-" | "|" | "." | "مدينه" => {}
            _ => return None,
        }
        reader.at += 1;
    }
    None
}

/// A zone's name with the offset behind it; its end with a closing bracket.
fn named(reader: Reader<'_>, announced: bool) -> Option<(Zone, usize)> {
    let mut ahead = reader;
    let first = ahead.text(0);
    let in_latin = first.bytes().all(|byte| byte.is_ascii_alphabetic());
    if first == "z" {
        ahead.at += 1;
        return Some((Zone::Utc, ahead.at));
    }
    let zone = any(&mut ahead)?;
    if zone == Zone::Utc {
        // «غرينتش بلس 3» is not met; «GMT+3», «غرينتش +3», «(ت غ + 2)» are
        if let Some((minutes, behind)) = offset_of_greenwich(ahead) {
            return Some((Zone::Minutes(minutes), closed(behind)));
        }
        return Some((zone, closed(ahead)));
    }
    (announced || in_latin).then(|| (zone, closed(ahead)))
}

fn closed(mut reader: Reader<'_>) -> usize {
    reader.skip(&[")", "]"], 1);
    reader.at
}

/// A zone before a clock: «GMT 17:27», «UTC+3 17:27», «بتوقيت مكة المكرمة: 17:27». `at` is the clock's first token.
pub(crate) fn before(reader: Reader<'_>, at: usize) -> Option<Zone> {
    // the longest: «بتوقيت غرينتش + 03 : 00»
    (1..=BEFORE_TOKENS_MAX.min(at)).find_map(|back| {
        let mut ahead = Reader::new(reader.tokens, at - back);
        let announced = ahead.skip(&["بتوقيت", "توقيت"], 1) == 1;
        let zone = any(&mut ahead).filter(|zone| announced || *zone == Zone::Utc)?;
        let (zone, mut behind) = match offset_of_greenwich(ahead).filter(|_| zone == Zone::Utc) {
            Some((minutes, behind)) => (Zone::Minutes(minutes), behind),
            None => (zone, ahead),
        };
        behind.skip(&[")", ":", "-", "|", ","], 2);
        (behind.at == at).then_some(zone)
    })
}

/// Greenwich in Latin letters or as an abbreviation, by itself: one past its last token.
pub(crate) fn alone(reader: Reader<'_>) -> Option<usize> {
    let mut ahead = reader;
    let is_zone = any(&mut ahead)?;
    let in_latin = reader.text(0).bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_zone == Zone::Utc || in_latin)
        .then(|| offset_of_greenwich(ahead).map_or(ahead.at, |(_, behind)| behind.at))
}

/// Any zone that has a name.
fn any(reader: &mut Reader<'_>) -> Option<Zone> {
    reader.meaning(|meaning| match meaning {
        Meaning::Zone("Z") => Some(Zone::Utc),
        Meaning::Zone(zone) if zone.starts_with(['+', '-']) => fixed(zone).map(Zone::Minutes),
        Meaning::Zone(zone) => Some(Zone::Named(zone)),
        _ => None,
    })
}

/// The minutes of `+02:00`, as the lexicon has it.
fn fixed(zone: &str) -> Option<i32> {
    let (sign, rest) =
        if let Some(rest) = zone.strip_prefix('-') { (-1, rest) } else { (1, zone.strip_prefix('+')?) };
    let (hours, minutes) = rest.split_once(':')?;
    Some(sign * (hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?))
}

fn greenwich(reader: &mut Reader<'_>) -> Option<Zone> {
    let mut ahead = *reader;
    let zone = any(&mut ahead).filter(|zone| *zone == Zone::Utc)?;
    *reader = ahead;
    Some(zone)
}

/// What stands behind «GMT»: any number of hours with a sign. «UTC/GMT +3», «GMT (+3)», and «غرينتش 3+», where the sign
/// went to the other side with the direction of the line.
fn offset_of_greenwich(mut reader: Reader<'_>) -> Option<(i32, Reader<'_>)> {
    if reader.skip(&["/"], 1) == 1 {
        greenwich(&mut reader)?;
    }
    reader.skip(&["(", ":"], 1);
    if let Some((minutes, mut behind)) = hours(reader) {
        return (behind.skip(&["+"], 1) == 1).then_some((minutes, behind));
    }
    let sign = sign(reader)?;
    // «GMT - 17.03.2020» goes on with a date
    let mut ahead = reader;
    ahead.at += 1;
    let (minutes, behind) = hours(ahead)?;
    let goes_on = behind.goes_on(&[".", "/", "-", ":"]);
    let is_day = { behind }.month().is_some();
    (!goes_on && !is_day).then_some((sign * minutes, behind))
}

/// An offset by itself: `+0300`, `+03:00`, `+03`, `+3`; with a minus four digits, or two behind a clock with seconds.
fn offset(reader: Reader<'_>, is_iso: bool) -> Option<(i32, Reader<'_>)> {
    let sign = sign(reader)?;
    let mut ahead = reader;
    ahead.at += 1;
    let number = ahead.peek()?;
    let attached = reader.peek()?.end() == number.start;
    let digits = number.text.len();
    let (minutes, behind) = hours(ahead)?;
    // a minus may open a date, or close a range of hours
    let is_certain = sign > 0 || digits == 4 || (is_iso && digits == 2);
    let is_offset = attached && is_certain && !behind.goes_on(&[".", "/", "-"]);
    is_offset.then_some((sign * minutes, behind))
}

fn sign(reader: Reader<'_>) -> Option<i32> {
    match reader.text(0) {
        "+" => Some(1),
        "-" | "–" | "−" | "‐" | "‑" => Some(-1),
        _ => None,
    }
}

/// Hours, with minutes behind a colon or in the same number, as minutes.
fn hours(mut reader: Reader<'_>) -> Option<(i32, Reader<'_>)> {
    let token = reader.peek()?;
    let number = reader.number()?;
    let (hours, minutes) = match token.text.len() {
        4 => (number / 100, number % 100),
        1 | 2 => {
            let mut ahead = reader;
            ahead.at += 1;
            let minutes = ahead.peek().filter(|token| reader.text(0) == ":" && token.text.len() == 2);
            match minutes.and_then(|token| token.number) {
                Some(minutes) => {
                    reader.at += 2;
                    (number, minutes)
                }
                None => (number, 0),
            }
        }
        _ => return None,
    };
    if hours > HOURS_MAX || !matches!(minutes, 0 | 15 | 30 | 45) {
        return None;
    }
    Some((i32::try_from(hours * 60 + minutes).ok()?, reader))
}
