//! Days that are counted from publication: «أمس», «الأربعاء الماضي», «قبل ثلاثة أيام».

use jiff::ToSpan as _;
use jiff::civil::Date;
use naba_lexicon::calendar::{Meaning, Unit};

use super::read::weekday_of;
use super::token::{Reader, Token};

/// «قبل أيام» does not say how many.
const UNCOUNTED: [&str; 6] = ["ايام", "اسابيع", "اشهر", "شهور", "سنوات", "اعوام"];

/// Reads a day, a month or a year that is counted from publication: its value and one past its last token.
pub(super) fn at(tokens: &[Token<'_>], at: usize, published: Date) -> Option<(String, usize)> {
    let mut reader = Reader::new(tokens, at);
    if matches!(reader.text(0), "قبل" | "منذ") && !matches!(reader.text(1), "امس") {
        return ago(reader, published);
    }
    let today = reader.meaning(|meaning| match meaning {
        Meaning::Day(days) => Some(days),
        _ => None,
    });
    if let Some(days) = today {
        // «أمس الأربعاء»
        let mut ahead = reader;
        let day = published.checked_add(i64::from(days).days()).ok()?;
        if ahead.weekday().is_some_and(|weekday| weekday == weekday_of(day)) {
            reader = ahead;
        } else if days == 0 {
            // «اليوم» by itself is «nowadays» as often as it is the day of publication
            return None;
        }
        return Some((day.to_string(), reader.at));
    }
    if let Some(weekday) = reader.weekday() {
        let direction = direction(&mut reader)?;
        let today = i64::from(weekday_of(published));
        let ahead = (i64::from(weekday) - today).rem_euclid(7);
        let days = match direction {
            -1 => {
                if ahead == 0 {
                    -7
                } else {
                    ahead - 7
                }
            }
            1 => {
                if ahead == 0 {
                    7
                } else {
                    ahead
                }
            }
            _ => return None,
        };
        return Some((published.checked_add(days.days()).ok()?.to_string(), reader.at));
    }
    // «الشهر الماضي», «العام المقبل»
    let unit = matches!(reader.text(0), "الشهر" | "العام" | "السنه").then(|| reader.text(0))?;
    reader.at += 1;
    let direction = i64::from(direction(&mut reader)?);
    let value = if unit == "الشهر" {
        let month = published.checked_add(direction.months()).ok()?;
        format!("{:04}-{:02}", month.year(), month.month())
    } else {
        format!("{:04}", published.checked_add(direction.years()).ok()?.year())
    };
    Some((value, reader.at))
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
    let number = reader.peek()?.number.filter(|number| (1..=999).contains(number));
    let count = match number {
        Some(number) => {
            reader.at += 1;
            Some(i64::from(number))
        }
        None => reader.meaning(|meaning| match meaning {
            Meaning::Number(number) => Some(i64::from(number)),
            _ => None,
        }),
    };
    if count.is_none() && UNCOUNTED.contains(&reader.text(0)) {
        return None;
    }
    let (unit, held) = reader.meaning(|meaning| match meaning {
        Meaning::Unit(unit, held) => Some((unit, i64::from(held))),
        _ => None,
    })?;
    if matches!(reader.text(0), "من" | "علي") {
        return None;
    }
    let count = count.unwrap_or(1) * held;
    let value = match unit {
        Unit::Day => published.checked_sub(count.days()).ok()?.to_string(),
        Unit::Week => published.checked_sub(count.weeks()).ok()?.to_string(),
        Unit::Month => {
            let month = published.checked_sub(count.months()).ok()?;
            format!("{:04}-{:02}", month.year(), month.month())
        }
        Unit::Year => format!("{:04}", published.checked_sub(count.years()).ok()?.year()),
    };
    Some((value, reader.at))
}
