//! A time of day and its zone: «٧:١٣:٤١ م», «الساعة 11 صباحاً», «14 و30 دقيقة», «06:51 بتوقيت بيروت»,
//! «32ر06 بتوقيت جرينتش», `T22:05:03+0300`.

use jiff::civil::{Date, Time};
use naba_lexicon::calendar::{Half, Meaning};

use crate::token::{Reader, Token};
use crate::zone::{self, Zone};

/// A time of day as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    pub(crate) time: Time,
    /// The zone, where one is printed.
    pub(crate) zone: Option<Zone>,
    /// One past its last token.
    pub(crate) end: usize,
}

impl Clock {
    /// The moment on a day, as much of it as is printed. A zone that is printed gives the offset that it had on
    /// that day.
    pub(crate) fn on(self, date: Date) -> String {
        let local = date.to_datetime(self.time);
        self.zone.map_or_else(|| local.to_string(), |zone| zone.say(local))
    }
}

/// The first clock among tokens.
pub(crate) fn find(tokens: &[Token<'_>]) -> Option<Clock> {
    (0..tokens.len()).find_map(|at| read(tokens, at))
}

/// The clock that begins at a token.
pub(crate) fn read(tokens: &[Token<'_>], at: usize) -> Option<Clock> {
    let mut reader = Reader::new(tokens, at);
    let first = reader.peek()?;
    let is_behind_hour_word = at > 0 && matches!(tokens[at - 1].text, "الساعه" | "ساعه");
    let is_behind_t = at > 0 && tokens[at - 1].text == "t";
    let (hour, minute, second, bare) = digits(&mut reader, is_behind_hour_word)?;
    let has_zone = reader.text(0) == "ت" || reader.text(0) == "توقيت";
    let half_at = reader.at;
    let half = if has_zone { None } else { half(&mut reader) };
    // an hour by itself needs its half: «الساعة 11» may be a quarter past something else
    match bare {
        Bare::Hour if half.is_none() => return None,
        // «9 م» is a year's letter as often as an hour's
        Bare::Hour if !is_behind_hour_word && tokens[half_at].text.chars().count() < 2 => return None,
        // «14.30» is a number, unless it says that it is a time
        Bare::Dotted if half.is_none() && !is_behind_hour_word && zone::behind(reader, false).is_none() => {
            return None;
        }
        Bare::No | Bare::Hour | Bare::Dotted => {}
    }
    let before = at.checked_sub(1).and_then(|at| half_before(tokens, at, hour));
    let hour = match half.or(before) {
        Some(Half::Morning | Half::Night) if hour == 12 => 0,
        Some(Half::Afternoon) if hour < 12 => hour + 12,
        Some(Half::Noon) if hour < 6 => hour + 12,
        Some(Half::Night) if (6..12).contains(&hour) => hour + 12,
        _ => hour,
    };
    let part = |number: u32| i8::try_from(number).ok();
    let time = Time::new(part(hour)?, part(minute)?, part(second.unwrap_or(0))?, 0).ok()?;
    let is_spaced = reader.peek().is_some_and(|next| tokens[reader.at - 1].end() < next.start);
    let is_iso = is_behind_t || second.is_some() || (is_spaced && first.text.len() == 2);
    let behind = zone::behind(reader, is_iso);
    let end = behind.map_or(reader.at, |(_, end)| end);
    let zone = behind.map(|(zone, _)| zone).or_else(|| zone::before(reader, at));
    Some(Clock { time, zone, end })
}

/// What an hour needs beside itself to be one.
#[derive(Clone, Copy)]
enum Bare {
    No,
    Hour,
    Dotted,
}

/// Hour, minute, second as they are printed.
fn digits(reader: &mut Reader<'_>, is_behind_hour_word: bool) -> Option<(u32, u32, Option<u32>, Bare)> {
    let first = reader.number().filter(|_| reader.tokens[reader.at - 1].text.len() <= 2)?;
    match reader.text(0) {
        ":" => {
            reader.at += 1;
            let minute = two_digits(reader)?;
            let second = part_behind(reader, ":");
            if second.is_some() && matches!(reader.text(0), "." | ",") {
                // parts of a second
                let mut ahead = *reader;
                ahead.at += 1;
                if ahead.peek().is_some_and(|token| {
                    token.text.len() >= 3 && token.text.bytes().all(|byte| byte.is_ascii_digit())
                }) {
                    reader.at += 2;
                }
            }
            Some((first, minute, second, Bare::No))
        }
        // the state wires print the minutes first
        "ر" => {
            reader.at += 1;
            let hour = two_digits(reader)?;
            matches!(reader.text(0), "بتوقيت" | "ت" | "(").then_some((hour, first, None, Bare::No))
        }
        // «14 و30 دقيقة»
        "و" => {
            let mut ahead = *reader;
            ahead.at += 1;
            let minute = ahead.number().filter(|minute| *minute < 60)?;
            if !matches!(ahead.text(0), "دقيقه" | "دقايق" | "د") {
                return None;
            }
            ahead.at += 1;
            *reader = ahead;
            Some((first, minute, None, Bare::No))
        }
        "h" | "س" if reader.tokens.get(reader.at + 1).is_some_and(|token| token.text.len() == 2) => {
            reader.at += 1;
            let minute = two_digits(reader)?;
            Some((first, minute, None, Bare::No))
        }
        "." => {
            let mut ahead = *reader;
            let minute = part_behind(&mut ahead, ".").filter(|minute| *minute < 60)?;
            if ahead.goes_on(&[".", "/", "-"]) {
                return None;
            }
            *reader = ahead;
            Some((first, minute, None, Bare::Dotted))
        }
        _ if first <= 24 && (is_behind_hour_word || first <= 12) => Some((first, 0, None, Bare::Hour)),
        _ => None,
    }
}

/// Two digits behind a mark.
fn part_behind(reader: &mut Reader<'_>, mark: &str) -> Option<u32> {
    if reader.text(0) != mark {
        return None;
    }
    let mut ahead = *reader;
    ahead.at += 1;
    let found = two_digits(&mut ahead)?;
    *reader = ahead;
    Some(found)
}

fn two_digits(reader: &mut Reader<'_>) -> Option<u32> {
    let is_two = reader.peek()?.text.len() == 2;
    if is_two { reader.number() } else { None }
}

fn half(reader: &mut Reader<'_>) -> Option<Half> {
    reader.meaning(|meaning| match meaning {
        Meaning::Half(half) => Some(half),
        _ => None,
    })
}

/// «مساء 9:30»: a half that stands before its hour, in a word of its own.
fn half_before(tokens: &[Token<'_>], at: usize, hour: u32) -> Option<Half> {
    let long = tokens[at].text.chars().count() > 1;
    half(&mut Reader::new(tokens, at)).filter(|_| long && hour <= 12)
}
