//! The publication stamp, and dates in the body. What is printed is read, what is not printed is not
//! invented: no zone, no year, no hour.

use naba_record::{Cleaned, DateMention, Span};
use naba_text::slice::CharacterCounter;

use crate::article::{Article, CharacterWalker, Text};

/// A date and a time as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// ISO 8601, as much as is printed: date, time, zone.
    pub value: String,
    /// Whether the day and the month could change places.
    pub ambiguous: bool,
}

/// Month names in the search folding.
const MONTHS: [(&str, i8); 48] = [
    ("يناير", 1),
    ("كانون الثاني", 1),
    ("كانون ثان", 1),
    ("جانفي", 1),
    ("فبراير", 2),
    ("شباط", 2),
    ("فيفري", 2),
    ("مارس", 3),
    ("اذار", 3),
    ("ابريل", 4),
    ("بريل", 4),
    ("نيسان", 4),
    ("افريل", 4),
    ("مايو", 5),
    ("ايار", 5),
    ("ماي", 5),
    ("يونيو", 6),
    ("يونيه", 6),
    ("حزيران", 6),
    ("جوان", 6),
    ("يوليو", 7),
    ("يوليه", 7),
    ("تموز", 7),
    ("جويليه", 7),
    ("يوليوز", 7),
    ("اغسطس", 8),
    ("اب", 8),
    ("اوت", 8),
    ("غشت", 8),
    ("سبتمبر", 9),
    ("ايلول", 9),
    ("شتنبر", 9),
    ("اكتوبر", 10),
    ("تشرين الاول", 10),
    ("تشرين اول", 10),
    ("نوفمبر", 11),
    ("تشرين الثاني", 11),
    ("تشرين ثان", 11),
    ("نونبر", 11),
    ("ديسمبر", 12),
    ("كانون الاول", 12),
    ("كانون اول", 12),
    ("دجنبر", 12),
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("april", 4),
    ("may", 5),
];

/// The years that a printed date may have: earlier or later ones are numbers of something else.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// When the article was published: what came beside the text, else the printed stamp, else the dateline's
/// date with the printed clock.
pub fn published(cleaned: &Cleaned) -> Option<Stamp> {
    if let Some(sent) = cleaned.published_at.as_deref().filter(|sent| is_iso(sent)) {
        return Some(Stamp { value: sent.to_owned(), ambiguous: false });
    }
    let printed = cleaned.published_surface.as_deref().unwrap_or_default();
    let dated = cleaned.dateline.as_ref().and_then(|dateline| dateline.date.as_deref()).unwrap_or_default();
    stamp(printed).or_else(|| stamp(&format!("{dated} {printed}")))
}

fn is_iso(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || text.parse::<jiff::civil::DateTime>().is_ok()
        || text.parse::<jiff::civil::Date>().is_ok()
}

/// Reads a printed stamp.
pub fn stamp(text: &str) -> Option<Stamp> {
    let folded = naba_lexicon::folded(text).to_lowercase();
    let tokens = tokens(&folded);
    let (date, ambiguous) = date_in(&tokens)?;
    let mut value = date.to_string();
    if let Some((hour, minute, second)) = clock_in(&tokens) {
        value = format!("{value}T{hour:02}:{minute:02}:{second:02}");
        if folded.contains("gmt")
            || folded.contains("غرينتش")
            || folded.contains("جرينتش")
            || folded.contains("utc")
        {
            value.push('Z');
        }
    }
    Some(Stamp { value, ambiguous })
}

/// A number, a word, or a mark, with its place in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Token<'a> {
    text: &'a str,
    start: usize,
    number: Option<u32>,
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = vec![];
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        if c.is_whitespace() {
            continue;
        }
        let same = |other: char| {
            if c.is_ascii_digit() {
                other.is_ascii_digit()
            } else {
                c.is_alphabetic() && other.is_alphabetic()
            }
        };
        let mut end = start + c.len_utf8();
        while let Some((at, next)) = rest.peek().copied().filter(|(_, next)| same(*next)) {
            end = at + next.len_utf8();
            rest.next();
        }
        let text = naba_text::slice::between(text, start, end);
        let number = if text.len() <= 4 { text.parse().ok() } else { None };
        tokens.push(Token { text, start, number });
    }
    tokens
}

/// The month whose name starts at a token, and how many tokens the name has.
fn month_at(tokens: &[Token<'_>]) -> Option<(i8, usize)> {
    let first = tokens.first()?.text;
    let both = tokens.get(1).map(|second| format!("{first} {}", second.text));
    let two = both.and_then(|both| MONTHS.iter().find(|(name, _)| *name == both));
    two.map(|(_, month)| (*month, 2))
        .or_else(|| MONTHS.iter().find(|(name, _)| *name == first).map(|(_, month)| (*month, 1)))
}

/// The first Gregorian date among tokens. «26 شوال 1436 هـ الموافق 11 أغسطس 2015»: Hijri months are not in
/// the table, so the twin is found.
fn date_in(tokens: &[Token<'_>]) -> Option<(jiff::civil::Date, bool)> {
    for at in 0..tokens.len() {
        let found =
            named_date(&tokens[at..]).map(|(date, _)| (date, false)).or_else(|| numeric_date(&tokens[at..]));
        if found.is_some() {
            return found;
        }
    }
    None
}

/// «19 يناير 2022», «20 يوليو/تموز 2011», «9 فبراير (شباط) 2015»: the date and the tokens it takes.
fn named_date(tokens: &[Token<'_>]) -> Option<(jiff::civil::Date, usize)> {
    let day = i8::try_from(tokens.first()?.number?).ok()?;
    let mut at = 1;
    while tokens.get(at).is_some_and(|token| matches!(token.text, "/" | "-" | ".")) && at < 3 {
        at += 1;
    }
    let (month, taken) = month_at(tokens.get(at..)?)?;
    at += taken;
    // the month's second name, in brackets or behind a slash
    let mut twin = at;
    while tokens.get(twin).is_some_and(|token| matches!(token.text, "/" | "(" | "-")) {
        twin += 1;
    }
    if let Some((same, taken)) = tokens.get(twin..).and_then(month_at)
        && same == month
    {
        at = twin + taken;
    }
    while tokens.get(at).is_some_and(|token| {
        matches!(token.text, "/" | ")" | "-" | "," | "." | "من" | "عام" | "سنه" | "لعام")
    }) {
        at += 1;
    }
    let year = i16::try_from(tokens.get(at)?.number?).ok().filter(|year| YEARS.contains(year))?;
    Some((jiff::civil::Date::new(year, month, day).ok()?, at + 1))
}

/// «26.05.2026», «02/07/2012», «01 - 08 - 2012», «2025-09-08». Day first, as Arabic papers print it, unless
/// only the other order is a date.
fn numeric_date(tokens: &[Token<'_>]) -> Option<(jiff::civil::Date, bool)> {
    let [first, mark, second, again, third, ..] = tokens else {
        return None;
    };
    if mark.text != again.text || !matches!(mark.text, "." | "/" | "-") {
        return None;
    }
    let (first, second, third) = (first.number?, second.number?, third.number?);
    let date = |year: u32, month: u32, day: u32| {
        let year = i16::try_from(year).ok().filter(|year| YEARS.contains(year))?;
        jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    if let Some(date) = date(first, second, third) {
        return Some((date, false));
    }
    let day_first = date(third, second, first);
    let month_first = date(third, first, second);
    let ambiguous = day_first.is_some() && month_first.is_some() && day_first != month_first;
    Some((day_first.or(month_first)?, ambiguous))
}

/// «7:13:41 م», «9:40 مساء», «16:36».
fn clock_in(tokens: &[Token<'_>]) -> Option<(u32, u32, u32)> {
    for at in 0..tokens.len() {
        let [hour, colon, minute, behind @ ..] = &tokens[at..] else {
            return None;
        };
        let (Some(hour), Some(minute), ":") = (hour.number, minute.number, colon.text) else {
            continue;
        };
        let (second, behind) = match behind {
            [again, second, behind @ ..] if again.text == ":" && second.number.is_some() => {
                (second.number.unwrap_or(0), behind)
            }
            _ => (0, behind),
        };
        if hour > 23 || minute > 59 || second > 59 {
            continue;
        }
        // «ت م» is a zone («بتوقيت مكة»), not an afternoon
        let half = behind.first().map_or("", |token| token.text);
        let hour = match half {
            "م" | "مساء" | "pm" if hour < 12 => hour + 12,
            "ص" | "صباحا" | "am" if hour == 12 => 0,
            _ => hour,
        };
        return Some((hour, minute, second));
    }
    None
}

/// Dates with day, month and year in the body.
pub fn find(article: &Article<'_>) -> Vec<DateMention> {
    let text: &Text<'_> = article.body();
    let tokens = tokens(text.folded);
    let mut counter = CharacterCounter::new(text.folded);
    let mut display = CharacterWalker::new(text.display);
    let mut dates = vec![];
    let mut at = 0;
    while at < tokens.len() {
        let named = tokens[at].number.and_then(|_| named_date(&tokens[at..]));
        let Some((date, taken)) = named else {
            at += 1;
            continue;
        };
        let last = tokens[at + taken - 1];
        let span =
            Span { start: counter.at(tokens[at].start), end: counter.at(last.start + last.text.len()) };
        let home = naba_text::map::home(text.map, span);
        let surface = display.between(home).to_owned();
        dates.push(DateMention {
            surface,
            value: date.to_string(),
            start: home.start,
            end: home.end,
            resolved: false,
        });
        at += taken;
    }
    dates
}

#[cfg(test)]
mod tests {
    use super::stamp;

    #[track_caller]
    fn check(text: &str, value: &str) {
        let found =
            stamp(text).map(|stamp| format!("{}{}", stamp.value, if stamp.ambiguous { "?" } else { "" }));
        assert_eq!(found.unwrap_or_default(), value, "{text}");
    }

    #[test]
    fn stamps_say_what_they_print_and_no_more() {
        check("الأربعاء ١٩ يناير ٢٠٢٢ ٧:١٣:٤١ م", "2022-01-19T19:13:41");
        check("تاريخ النشر: 26.05.2026 | 16:36 GMT", "2026-05-26T16:36:00Z");
        check("تاريخ النشر :29 أغسطس 2012", "2012-08-29");
        check("نشر في أخبارنا يوم 17 - 12 - 2012", "2012-12-17");
        check("02/07/2012", "2012-07-02?");
        check("31/07/2012", "2012-07-31");
        check("الأحد 12 غشت 2012 - 16:36", "2012-08-12T16:36:00");
        check("26 شوال 1436 هـ الموافق 11 أغسطس 2015 م 13:15 ت م", "2015-08-11T13:15:00");
        check("السبت 10 يناير-كانون الثاني 2026 الساعة 11 صباحاً", "2026-01-10");
        check("26 كانون الأول/ ديسمبر 2004", "2004-12-26");
        check("9 فبراير (شباط) 2015", "2015-02-09");
        check("الإثنين ٩ فبراير ٢٠٢٦ الساعة ٩:٤٠ مساءً", "2026-02-09T21:40:00");
        check("2025-09-08", "2025-09-08");
        check("مارس الرياضة 20 عاما", "");
        check("38%", "");
        check("7:13", "");
    }
}
