//! Dates in copy.

use jiff::civil::Date;
use naba_text::words::Word;

use crate::context::Reading;
use crate::read::{self, Value, nearest};
use crate::relative;
use crate::token::{Reader, Token, tokens_by_words};

/// A date in a folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// First byte in the folded text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// ISO 8601: a date, a month or a year.
    pub value: String,
    /// The other reading, where the words allow two.
    pub other: Option<String>,
    /// Whether it was reckoned from the day of publication.
    pub resolved: bool,
}

/// Dates in copy: its folded text with its words, the text as printed, and the day of publication. Days without a
/// year, and days that are counted from publication, are reckoned where that is known, and marked.
pub fn mentions(
    folded: &str,
    words: &[Word],
    printed: &str,
    published: Option<Date>,
    language: Option<&str>,
) -> Vec<Mention> {
    let lower;
    let folded = if folded.bytes().any(|byte| byte.is_ascii_uppercase()) {
        lower = folded.to_ascii_lowercase();
        lower.as_str()
    } else {
        folded
    };
    let reading = Reading::of_copy(printed, published, language);
    let tokens = tokens_by_words(folded, words);
    let mut mentions = vec![];
    let mut at = 0;
    while at < tokens.len() {
        let found = if tokens[at].may_begin() { mention(&tokens, at, &reading) } else { None };
        let Some((value, other, resolved, behind)) = found else {
            at += 1;
            continue;
        };
        let (start, end) = (tokens[at].start, tokens[behind - 1].end());
        mentions.push(Mention { start, end, value, other, resolved });
        at = behind;
    }
    mentions
}

type Read = (String, Option<String>, bool, usize);

fn mention(tokens: &[Token<'_>], at: usize, reading: &Reading) -> Option<Read> {
    let weekday = at.checked_sub(1).and_then(|before| {
        let before =
            if matches!(tokens[before].text, "," | "-" | "(") { before.checked_sub(1)? } else { before };
        Reader::new(tokens, before).weekday()
    });
    if let Some(found) = read::at(tokens, at, weekday, reading) {
        let (value, resolved) = match found.value {
            Value::Day(date) => (date.to_string(), false),
            Value::Month(year, month) => (format!("{year:04}-{month:02}"), false),
            Value::Yearless(month, day) => (nearest(reading.published?, month, day)?.to_string(), true),
        };
        return Some((value, found.other.map(|other| other.to_string()), resolved, found.end));
    }
    let (value, end) = relative::at(tokens, at, reading.published?)?;
    Some((value, None, true, end))
}
