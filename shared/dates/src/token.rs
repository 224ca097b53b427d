//! A folded text as numbers, words and marks.

use naba_lexicon::calendar::{self, Calendar, Meaning, StampWord};
use naba_text::letters::is_letter;
use naba_text::slice;
use naba_text::words::{Word, hash};

use crate::calendars::is_year;

/// A number, a word, or a mark, with its place in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    pub(crate) start: usize,
    /// Its value, where it has at most four digits.
    pub(crate) number: Option<u32>,
    hash: u64,
}

impl Token<'_> {
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether a date in words or numbers, or a day that is counted from publication, may begin here.
    pub(crate) fn may_begin(&self) -> bool {
        self.number.is_some()
            // «للخامس»
            || self.text.starts_with("لل")
            || matches!(self.text, "قبل" | "منذ" | "الشهر" | "العام" | "السنه")
            || calendar::begins(self.text, self.hash)
    }
}

/// Splits a folded text.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(text.len() / 8);
    split(text, 0, text.len(), &mut tokens);
    tokens
}

/// The same for a text whose words are known: what has no ASCII in it is a word as it is.
pub(crate) fn tokens_by_words<'a>(text: &'a str, words: &[Word]) -> Vec<Token<'a>> {
    let mut tokens = Vec::with_capacity(words.len() + words.len() / 4);
    let mut end = 0;
    for word in words {
        if slice::between(text, end, word.start) != " " {
            split(text, end, word.start, &mut tokens);
        }
        let whole = slice::between(text, word.start, word.end);
        if whole.bytes().any(|byte| byte.is_ascii()) {
            split(text, word.start, word.end, &mut tokens);
        } else {
            tokens.push(Token { text: whole, start: word.start, number: None, hash: word.hash });
        }
        end = word.end;
    }
    split(text, end, text.len(), &mut tokens);
    tokens
}

fn split<'a>(text: &'a str, from: usize, to: usize, tokens: &mut Vec<Token<'a>>) {
    let mut rest = slice::between(text, from, to).char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        if c.is_whitespace() {
            continue;
        }
        let same = |other: char| {
            // «حدادFeb»: what lost its line feed changes its letters there
            let is_latin = |c: char| c < '\u{250}';
            if c.is_ascii_digit() {
                other.is_ascii_digit()
            } else {
                is_letter(c) && is_letter(other) && is_latin(c) == is_latin(other)
            }
        };
        let mut end = start + c.len_utf8();
        while let Some((at, next)) = rest.peek().copied().filter(|(_, next)| same(*next)) {
            end = at + next.len_utf8();
            rest.next();
        }
        let text = slice::between(text, from + start, from + end);
        let number = if c.is_ascii_digit() && text.len() <= 4 { text.parse().ok() } else { None };
        tokens.push(Token { text, start: from + start, number, hash: hash(text.as_bytes(), 0, text.len()) });
    }
}

/// Tokens read from a place on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) tokens: &'a [Token<'a>],
    pub(crate) at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(tokens: &'a [Token<'a>], at: usize) -> Self {
        Self { tokens, at }
    }

    pub(crate) fn peek(&self) -> Option<&'a Token<'a>> {
        self.tokens.get(self.at)
    }

    pub(crate) fn text(&self, ahead: usize) -> &'a str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.text)
    }

    /// Passes over tokens that are in a list; how many there were.
    pub(crate) fn skip(&mut self, list: &[&str], most: usize) -> usize {
        let from = self.at;
        while self.at - from < most && self.peek().is_some_and(|token| list.contains(&token.text)) {
            self.at += 1;
        }
        self.at - from
    }

    /// Whether a mark stands here with a number behind it.
    pub(crate) fn goes_on(&self, marks: &[&str]) -> bool {
        marks.contains(&self.text(0))
            && self.tokens.get(self.at + 1).is_some_and(|token| token.number.is_some())
    }

    pub(crate) fn number(&mut self) -> Option<u32> {
        let number = self.peek()?.number?;
        self.at += 1;
        Some(number)
    }

    /// The first meaning at this place that is wanted, longest phrase first.
    pub(crate) fn meaning<T>(&mut self, wanted: impl Fn(Meaning) -> Option<T>) -> Option<T> {
        let reader = *self;
        let found = calendar::at(|ahead| reader.text(ahead))
            .find_map(|(meaning, taken)| wanted(meaning).map(|wanted| (wanted, taken)));
        let (wanted, taken) = found?;
        self.at += taken;
        Some(wanted)
    }

    pub(crate) fn month(&mut self) -> Option<(Calendar, u8)> {
        self.meaning(|meaning| match meaning {
            Meaning::Month(calendar, month) => Some((calendar, month)),
            _ => None,
        })
    }

    pub(crate) fn weekday(&mut self) -> Option<u8> {
        self.meaning(|meaning| match meaning {
            Meaning::Weekday(weekday) => Some(weekday),
            _ => None,
        })
    }

    /// The word of a stamp at this place.
    pub(crate) fn stamp_word(&mut self) -> Option<StampWord> {
        let reader = *self;
        let (word, taken) = calendar::stamp_word(|ahead| reader.text(ahead))?;
        self.at += taken;
        Some(word)
    }

    /// A year of a calendar, in four digits.
    pub(crate) fn year(&mut self, calendar: Calendar) -> Option<u32> {
        let token = self.peek()?;
        let year = token.number.filter(|year| token.text.len() == 4 && is_year(calendar, *year))?;
        self.at += 1;
        Some(year)
    }

    /// A day of a month: «25», «الخامس والعشرين», «للخامس», «25th».
    pub(crate) fn day(&mut self) -> Option<u32> {
        if let Some(day) = self.peek()?.number {
            if !(1..=31).contains(&day) || self.peek()?.text.len() > 2 {
                return None;
            }
            self.at += 1;
            self.skip(&["st", "nd", "rd", "th", "er"], 1);
            return Some(day);
        }
        // «للخامس» is ل and الخامس
        if let Some(bare) = self.text(0).strip_prefix("لل") {
            let (reader, first) = (*self, format!("ال{bare}"));
            let ordinal = calendar::at(|ahead| if ahead == 0 { first.as_str() } else { reader.text(ahead) })
                .find_map(|(meaning, taken)| match meaning {
                    Meaning::Ordinal(day) => Some((day, taken)),
                    _ => None,
                });
            let (day, taken) = ordinal?;
            self.at += taken;
            return Some(u32::from(day));
        }
        self.meaning(|meaning| match meaning {
            Meaning::Ordinal(day) => Some(u32::from(day)),
            _ => None,
        })
    }
}
