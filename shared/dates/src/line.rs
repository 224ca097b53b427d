//! Which parts of a line are a stamp, and what is left: «بواسطة سامي العمر - 7 فبراير 2023» is a word of a stamp, a
//! name, and a date.

use jiff::civil::{Date, Time};
use naba_lexicon::calendar::StampWord;

use crate::clock;
use crate::context::{Moment, Reading};
use crate::read::{self, Value, scrambled};
use crate::relative;
use crate::token::{Reader, Token, tokens};
use crate::zone;

/// A line, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StampLine {
    /// Dates with a year, and moments that are counted from now («قبل ساعتين»).
    pub dates: usize,
    /// Days of a month without a year.
    pub yearless: usize,
    /// Clocks.
    pub clocks: usize,
    /// Weekdays by themselves.
    pub weekdays: usize,
    /// Whether a word says that it is the publication or a change («نشر», «تحديث»).
    pub is_labelled: bool,
    /// Stretches of the line that are no part of the stamp, in bytes of the folded line, in their order.
    pub rest: Vec<Rest>,
}

/// A stretch of a line that is no part of its stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Its words.
    pub words: usize,
    /// Whether a word before it says that it is the writer («بواسطة»).
    pub is_writer: bool,
    /// Whether a mark or the line's edge stands on both sides: it is a part by itself.
    pub is_apart: bool,
}

/// A day that is far from every other: what is counted from it is only recognised.
const SOME_DAY: Moment =
    Moment { date: Date::constant(2000, 1, 15), time: Some(Time::constant(12, 0, 0, 0)), offset: None };

/// Takes a folded line apart.
pub fn line(folded: &str) -> StampLine {
    let lower = folded.to_ascii_lowercase();
    let tokens = tokens(&lower);
    let reading = Reading { in_stamp: true, ..Reading::default() };
    let mut found = StampLine::default();
    let (mut at, mut is_writer, mut is_label, mut is_open) = (0, false, false, false);
    while at < tokens.len() {
        if let Some(end) = stamp_at(&tokens, at, &reading, &mut found) {
            found.is_labelled |= is_label;
            (at, is_writer, is_label, is_open) = (end, false, false, false);
            continue;
        }
        if let Some((word, end)) = word_at(&tokens, at, is_open, is_writer) {
            match word {
                StampWord::Published | StampWord::Modified => is_label = true,
                StampWord::By => is_writer = true,
                // «كتب: …», and not «كتب قديمة»
                StampWord::Role => is_writer |= tokens.get(end).is_some_and(|token| is_separator(*token)),
                StampWord::Filler => is_writer &= found.rest.is_empty(),
                StampWord::Count => {}
            }
            (at, is_open) = (end, false);
            continue;
        }
        if is_count(&tokens, at) {
            (at, is_open) = (at + 1, false);
            continue;
        }
        let token = tokens[at];
        let is_mark = !token.text.starts_with(char::is_alphanumeric);
        match (is_mark, found.rest.last_mut().filter(|_| is_open)) {
            (true, Some(_)) if matches!(token.text, "." | "'" | "\"") => {}
            (true, _) => is_open = false,
            (false, Some(rest)) => {
                rest.end = token.end();
                rest.words += 1;
            }
            (false, None) => {
                let is_apart = at == 0 || is_separator(tokens[at - 1]);
                let (start, end) = (token.start, token.end());
                found.rest.push(Rest { start, end, words: 1, is_writer, is_apart });
                (is_open, is_label) = (true, false);
            }
        }
        at += 1;
    }
    for rest in &mut found.rest {
        let behind = tokens.iter().find(|token| token.start >= rest.end);
        rest.is_apart &= behind.is_none_or(|token| is_separator(*token));
    }
    found
}

fn is_separator(token: Token<'_>) -> bool {
    !token.text.starts_with(char::is_alphanumeric)
}

/// What belongs to a stamp by itself: its end, after it was counted.
fn stamp_at(tokens: &[Token<'_>], at: usize, reading: &Reading, found: &mut StampLine) -> Option<usize> {
    let date = read::at(tokens, at, None, reading).or_else(|| scrambled(tokens, at));
    if let Some(date) = date {
        match date.value {
            Value::Day(_) => found.dates += 1,
            Value::Yearless(..) => found.yearless += 1,
            // «فبراير 2023» dates an issue and no article
            Value::Month(..) => return None,
        }
        return Some(date.end);
    }
    if let Some(clock) = clock::read(tokens, at) {
        found.clocks += 1;
        return Some(clock.end);
    }
    if let Some(counted) = relative::moment(tokens, at, SOME_DAY) {
        found.dates += 1;
        return Some(counted.end);
    }
    if let Some(end) = zone::alone(Reader::new(tokens, at)) {
        return Some(end);
    }
    let mut reader = Reader::new(tokens, at);
    reader.weekday()?;
    found.weekdays += 1;
    Some(reader.at)
}

/// A word of a stamp. Words that say nothing are words of a name or a headline too, and stay with theirs; behind a
/// writer they end the name («بواسطة سامي العمر في اقتصاد»).
fn word_at(tokens: &[Token<'_>], at: usize, is_open: bool, is_writer: bool) -> Option<(StampWord, usize)> {
    let mut reader = Reader::new(tokens, at);
    let word = reader.stamp_word()?;
    let ends_name = is_writer && tokens[at].text.chars().count() > 1;
    (word != StampWord::Filler || !is_open || ends_name).then_some((word, reader.at))
}

/// Whether a number is that of a counter: «1204 مشاهدة», «القراءات: 77».
fn is_count(tokens: &[Token<'_>], at: usize) -> bool {
    let is_number = |at: usize| tokens[at].text.bytes().all(|byte| byte.is_ascii_digit());
    let is_word = |at: usize| Reader::new(tokens, at).stamp_word() == Some(StampWord::Count);
    let before = (1..=3).filter_map(|back| at.checked_sub(back));
    let before = before.take_while(|before| *before == at - 1 || is_separator(tokens[*before + 1]));
    is_number(at) && (at + 1 < tokens.len() && is_word(at + 1) || { before }.any(is_word))
}
