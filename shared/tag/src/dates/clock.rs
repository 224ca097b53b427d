//! A time of day and its zone: «٧:١٣:٤١ م», «الساعة 11 صباحاً», «06:51 بتوقيت بيروت», «32ر06 بتوقيت جرينتش».

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use naba_lexicon::calendar::{Half, Meaning};

use super::token::{Reader, Token};

/// A time of day as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    time: Time,
    /// An IANA zone, or `Z`, where one is printed.
    zone: Option<&'static str>,
}

/// How many tokens behind a clock may name its zone: «(بتوقيت مدينة بيروت)».
const ZONE_TOKENS_MAX: usize = 4;

impl Clock {
    /// The moment on a day, as much of it as is printed. A zone that is printed gives the offset that it had on
    /// that day.
    pub(super) fn on(self, date: Date) -> String {
        let local = date.to_datetime(self.time);
        match self.zone {
            Some("Z") => format!("{local}Z"),
            Some(zone) => {
                let zoned = TimeZone::get(zone).ok().and_then(|zone| local.to_zoned(zone).ok());
                zoned.map_or_else(
                    || local.to_string(),
                    |zoned| zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
                )
            }
            None => local.to_string(),
        }
    }
}

/// The first clock among tokens.
pub(super) fn find(tokens: &[Token<'_>]) -> Option<Clock> {
    (0..tokens.len()).find_map(|at| read(tokens, at))
}

fn read(tokens: &[Token<'_>], at: usize) -> Option<Clock> {
    let mut reader = Reader::new(tokens, at);
    let behind_hour_word = at > 0 && matches!(tokens[at - 1].text, "الساعه" | "ساعه");
    let first = reader.number()?;
    let (hour, minute, second) = match reader.text(0) {
        ":" => {
            reader.at += 1;
            let minute = two_digits(&mut reader)?;
            let mut second = 0;
            if reader.text(0) == ":" {
                let mut ahead = reader;
                ahead.at += 1;
                if let Some(found) = two_digits(&mut ahead) {
                    (second, reader) = (found, ahead);
                }
            }
            (first, minute, second)
        }
        // the state wires print the minutes first
        "ر" => {
            reader.at += 1;
            let hour = two_digits(&mut reader)?;
            if !matches!(reader.text(0), "بتوقيت" | "ت" | "(") {
                return None;
            }
            (hour, first, 0)
        }
        _ if behind_hour_word && first <= 24 => (first, 0, 0),
        _ => return None,
    };
    let has_zone = reader.text(0) == "ت" && reader.text(1) == "م";
    let half = if has_zone {
        None
    } else {
        reader.meaning(|meaning| match meaning {
            Meaning::Half(half) => Some(half),
            _ => None,
        })
    };
    // an hour by itself needs its half: «الساعة 11» may be a quarter past something else
    if reader.tokens.get(at + 1).is_none_or(|token| token.text != ":" && token.text != "ر") && half.is_none()
    {
        return None;
    }
    let hour = match half {
        Some(Half::Morning | Half::Night) if hour == 12 => 0,
        Some(Half::Afternoon) if hour < 12 => hour + 12,
        Some(Half::Noon) if hour < 6 => hour + 12,
        Some(Half::Night) if (6..12).contains(&hour) => hour + 12,
        _ => hour,
    };
    let part = |number: u32| i8::try_from(number).ok();
    let time = Time::new(part(hour)?, part(minute)?, part(second)?, 0).ok()?;
    Some(Clock { time, zone: zone(reader) })
}

fn two_digits(reader: &mut Reader<'_>) -> Option<u32> {
    let is_two = reader.peek()?.text.len() == 2;
    if is_two { reader.number() } else { None }
}

/// The zone behind a clock: a word for Greenwich by itself, any other behind «بتوقيت» or in brackets.
fn zone(mut reader: Reader<'_>) -> Option<&'static str> {
    let named = |reader: &mut Reader<'_>| {
        reader.meaning(|meaning| match meaning {
            Meaning::Zone(zone) => Some(zone),
            _ => None,
        })
    };
    let end = reader.at + ZONE_TOKENS_MAX;
    let mut announced = reader.text(0) == "ت";
    while reader.at < end {
        let mut ahead = reader;
        if let Some(zone) = named(&mut ahead)
            && (announced || zone == "Z")
        {
            return Some(zone);
        }
        match reader.text(0) {
            "بتوقيت" | "توقيت" | "(" | "حسب" => announced = true,
            "," | "-" | "|" | "مدينه" => {}
            _ => return None,
        }
        reader.at += 1;
    }
    None
}
