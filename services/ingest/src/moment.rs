//! Times as publishers write them → RFC 3339, without what they do not say: no zone, no time of day is invented.

use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Unit};

/// The years that an article may be of. What is outside them is a clock that was never set.
const YEARS: std::ops::RangeInclusive<i16> = 1800..=2200;
/// Other ways in which software writes times: the C library's, and social networks'.
const OTHERS: [&str; 4] =
    ["%a %b %d %H:%M:%S %z %Y", "%a %b %d %H:%M:%S %Y", "%d %b %Y %H:%M:%S", "%d %b %Y"];

/// A time that was sent: what it is, or what cannot be read of it.
#[derive(Debug, Default)]
pub(crate) struct Time {
    pub(crate) read: Option<String>,
    pub(crate) unread: Option<String>,
}

impl Time {
    pub(crate) fn read(sent: Option<String>) -> Self {
        let Some(sent) = sent.filter(|sent| !sent.trim().is_empty()) else { return Self::default() };
        match normal(&sent) {
            Some(read) => Self { read: Some(read), unread: None },
            None => Self { read: None, unread: Some(sent.trim().to_owned()) },
        }
    }
}

/// A time of RFC 3339, ISO 8601 with any part of it, RFC 2822, HTTP, or a number of (milli-, micro-, nano-) seconds
/// since 1970; none when it cannot be read.
pub fn normal(text: &str) -> Option<String> {
    let text = plain(text);
    unix(&text).or_else(|| iso(&text)).or_else(|| mail(&text)).or_else(|| other(&text))
}

/// ASCII digits, one space between words, and nothing else that differs from hand to hand.
fn plain(text: &str) -> String {
    let digit = |c: char| match c {
        '\u{660}'..='\u{669}' => char::from_digit(u32::from(c) - 0x660, 10),
        '\u{6F0}'..='\u{6F9}' => char::from_digit(u32::from(c) - 0x6F0, 10),
        '\u{200E}' | '\u{200F}' | '\u{61C}' => None,
        c => Some(c),
    };
    let text: String = text.chars().filter_map(digit).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `2026-11-28T10:00:00+02:00`, `20261128T100000Z`, `2026-11-28 10:00 UTC`, `2026/11/28`, …
fn iso(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    let zone = ["UTC", "GMT", "Z"]
        .iter()
        .find_map(|zone| Some((text.strip_suffix(zone)?.trim_end().to_owned(), *zone)));
    if let Some((rest, _)) = zone.filter(|(rest, _)| rest.contains(':') || rest.contains('T')) {
        text = rest + "Z";
    }
    // a space before the offset
    if let Some((rest, offset)) = text.rsplit_once(' ')
        && offset.starts_with(['+', '-'])
    {
        text = format!("{rest}{offset}");
    }
    let (day, rest) = text.split_at_checked(10).unwrap_or((&text, ""));
    let dashed = format!("{}{rest}", day.replace(['/', '.'], "-"));
    let pieces = Pieces::parse(dashed.as_bytes()).or_else(|_| Pieces::parse(text.as_bytes())).ok()?;
    let date = pieces.date();
    let Some(time) = pieces.time() else { return say_day(date) };
    let local = DateTime::from_parts(date, time);
    match pieces.offset() {
        None => say(local).map(|said| said.to_string()),
        Some(PiecesOffset::Zulu) => say(local).map(|said| format!("{said}Z")),
        Some(PiecesOffset::Numeric(offset)) => with_offset(local, offset.offset()),
        Some(_) => None,
    }
}

/// `Sat, 28 Nov 2026 10:00:00 +0200`.
fn mail(text: &str) -> Option<String> {
    let read = rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_zoned(text.as_bytes()).ok()?;
    with_offset(read.datetime(), read.offset())
}

fn other(text: &str) -> Option<String> {
    OTHERS.iter().find_map(|format| {
        let read = strtime::parse(format, text).ok()?;
        match (read.to_datetime(), read.offset()) {
            (Ok(local), Some(offset)) => with_offset(local, offset),
            (Ok(local), None) if format.contains("%H") => say(local).map(|said| said.to_string()),
            _ => say_day(read.to_date().ok()?),
        }
    })
}

/// A number since 1970: its length says of what.
fn unix(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    let at = match (whole.len(), fraction.is_empty()) {
        (9..=10, _) => Timestamp::from_second(number),
        (12..=13, true) => Timestamp::from_millisecond(number),
        (15..=16, true) => Timestamp::from_microsecond(number),
        (18..=19, true) => Timestamp::from_nanosecond(i128::from(number)),
        _ => return None,
    }
    .ok()?;
    let at = at.round(Unit::Second).ok()?;
    say(at.to_zoned(TimeZone::UTC).datetime()).map(|said| format!("{said}Z"))
}

fn with_offset(local: DateTime, offset: Offset) -> Option<String> {
    offset.to_timestamp(local).ok()?;
    let sign = if offset.is_negative() { '-' } else { '+' };
    let minutes = offset.seconds().unsigned_abs() / 60;
    say(local).map(|said| format!("{said}{sign}{:02}:{:02}", minutes / 60, minutes % 60))
}

fn say(local: DateTime) -> Option<DateTime> {
    YEARS.contains(&local.year()).then_some(local)
}

fn say_day(date: Date) -> Option<String> {
    YEARS.contains(&date.year()).then(|| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[track_caller]
    fn check(expected: Option<&str>, written: &[&str]) {
        for text in written {
            assert_eq!(normal(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn one_time_however_it_is_written() {
        check(
            Some("2026-11-28T10:00:00+02:00"),
            &[
                "2026-11-28T10:00:00+02:00",
                "2026-11-28 10:00:00 +0200",
                "2026-11-28T10:00+02",
                "20261128T100000+0200",
                "Sat, 28 Nov 2026 10:00:00 +0200",
                "28 Nov 2026 10:00 +0200",
                "Sun, 28 Nov 2026 10:00:00 +0200",
                "Sat Nov 28 10:00:00 +0200 2026",
                "٢٠٢٦-١١-٢٨T١٠:٠٠:٠٠+02:00",
            ],
        );
        check(
            Some("2026-11-28T08:00:00Z"),
            &[
                "2026-11-28T08:00:00Z",
                "2026-11-28t08:00:00z",
                "20261128T080000Z",
                "2026-11-28 08:00:00 UTC",
                "2026/11/28 08:00:00 GMT",
                "1795852800",
                "1795852800000",
                "1795852800000000",
                "1795852800000000000",
                "1795852800.0",
            ],
        );
        check(Some("2026-11-28T08:00:00+00:00"), &["Sat, 28 Nov 2026 08:00:00 GMT"]);
        check(
            Some("2026-11-28T10:00:00"),
            &["2026-11-28T10:00:00", "2026-11-28 10:00", "Sat Nov 28 10:00:00 2026"],
        );
        check(Some("2026-11-28"), &["2026-11-28", " 2026/11/28 ", "2026.11.28", "20261128", "28 Nov 2026"]);
        check(Some("2026-11-28T08:00:00.25Z"), &["2026-11-28T08:00:00.25Z", "2026-11-28T08:00:00,250Z"]);
    }

    #[test]
    fn what_cannot_be_read_is_none() {
        let not = [
            "",
            "28/11/2026",
            "yesterday",
            "2026-02-30",
            "2026-13-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "12345678",
            "99999999999",
            "1795852800000.5",
            "9999999999999999999",
            "السبت",
            "2026-11-28T25:00:00Z",
            "-1",
            "10:00",
        ];
        check(None, &not);
    }
}
