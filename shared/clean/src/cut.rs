//! The cuts → body, removed, tidied.

use naba_record::{Removed, Tidied};
use naba_text::normalise::{Profile, normalise};
use naba_text::slice::{self, CharacterCounter};

use crate::decide::Cut;

/// An article taken apart.
#[derive(Debug, Default)]
pub struct Parts {
    /// The copy, tidied for display.
    pub body: String,
    /// What went, in the order of the text.
    pub removed: Vec<Removed>,
    /// What reads differently, in the order of the text.
    pub tidied: Vec<Tidied>,
}

/// A stretch of the text that stays: its first character among the kept ones, and in the text.
struct Piece {
    kept: u32,
    text: u32,
}

/// Applies cuts (rising, without overlaps, in bytes) to a text, in which line feeds of `soft` stretches are blanks.
pub fn apply(display: &Profile, text: &str, cuts: &[Cut], soft: &[std::ops::Range<usize>]) -> Parts {
    let mut counter = CharacterCounter::new(text);
    let (mut kept, mut pieces, mut removed) = (String::with_capacity(text.len()), vec![], vec![]);
    let (mut at, mut kept_characters) = (0, 0);
    for cut in cuts {
        let stays = slice::between(text, at, cut.start);
        pieces.push(Piece { kept: kept_characters, text: counter.at(at) });
        kept_characters += slice::count(stays);
        kept.push_str(stays);
        let words = slice::between(text, cut.start, cut.end);
        let (start, end) = (counter.at(cut.start), counter.at(cut.end));
        removed.push(Removed { kind: cut.kind, rule: cut.rule.clone(), start, end, text: words.to_owned() });
        at = cut.end;
    }
    pieces.push(Piece { kept: kept_characters, text: counter.at(at) });
    kept.push_str(slice::from(text, at));
    let body = if soft.is_empty() {
        normalise(display, &kept)
    } else {
        normalise(display, &flowed(text, cuts, soft))
    };
    let tidied = Edits::new(&kept, &body.text, &pieces).collect(&body.map.runs);
    Parts { body: body.text, removed, tidied }
}

/// What stays of a text, its soft line feeds turned into blanks: character for character as long as what stays.
fn flowed(text: &str, cuts: &[Cut], soft: &[std::ops::Range<usize>]) -> String {
    let mut flowed = String::with_capacity(text.len());
    let (mut cuts, mut soft) = (cuts.iter().peekable(), soft.iter().peekable());
    for (at, c) in text.char_indices() {
        while cuts.next_if(|cut| cut.end <= at).is_some() {}
        while soft.next_if(|soft| soft.end <= at).is_some() {}
        if cuts.peek().is_none_or(|cut| at < cut.start) {
            let is_soft = matches!(c, '\r' | '\n') && soft.peek().is_some_and(|soft| soft.start <= at);
            flowed.push(if is_soft { ' ' } else { c });
        }
    }
    flowed
}

/// Walks kept text and body side by side and notes where they differ.
struct Edits<'a> {
    kept: std::str::Chars<'a>,
    body: std::str::Chars<'a>,
    at: u32,
    pieces: &'a [Piece],
    open: Option<Tidied>,
    done: Vec<Tidied>,
}

impl<'a> Edits<'a> {
    fn new(kept: &'a str, body: &'a str, pieces: &'a [Piece]) -> Self {
        Self { kept: kept.chars(), body: body.chars(), at: 0, pieces, open: None, done: vec![] }
    }

    fn collect(mut self, runs: &[naba_record::Run]) -> Vec<Tidied> {
        for run in runs {
            self.dropped(run.from_start - self.at);
            if run.end - run.start == run.from_end - run.from_start {
                if self.same(run.end - run.start) {
                    continue;
                }
                for _ in run.start..run.end {
                    let (from, to) = (self.kept.next().unwrap_or('\0'), self.body.next().unwrap_or('\0'));
                    if from == to {
                        self.done.extend(self.open.take());
                    } else {
                        self.differs(from, Some(to));
                    }
                    self.at += 1;
                }
            } else {
                let with: Vec<char> = self.body.by_ref().take((run.end - run.start) as usize).collect();
                for place in 0..run.from_end - run.from_start {
                    let from = self.kept.next().unwrap_or('\0');
                    self.differs(from, None);
                    if place == 0
                        && let Some(open) = &mut self.open
                    {
                        open.with.extend(&with);
                    }
                    self.at += 1;
                }
            }
        }
        self.dropped(u32::MAX);
        self.done.extend(self.open.take());
        self.done
    }

    /// Passes over a run that reads the same in both texts, as nearly all do.
    fn same(&mut self, characters: u32) -> bool {
        let (kept, body) = (self.kept.as_str(), self.body.as_str());
        let bytes = slice::byte_of(kept, characters);
        if !body.as_bytes().starts_with(slice::until(kept, bytes).as_bytes()) {
            return false;
        }
        self.done.extend(self.open.take());
        (self.kept, self.body) = (slice::from(kept, bytes).chars(), slice::from(body, bytes).chars());
        self.at += characters;
        true
    }

    fn dropped(&mut self, characters: u32) {
        for _ in 0..characters {
            let Some(from) = self.kept.next() else { return };
            self.differs(from, None);
            self.at += 1;
        }
    }

    /// Notes that a character of the kept text reads differently. An edit never reaches over a cut.
    fn differs(&mut self, from: char, to: Option<char>) {
        let piece = self.pieces.partition_point(|piece| piece.kept <= self.at).max(1) - 1;
        let position = self.pieces[piece].text + (self.at - self.pieces[piece].kept);
        match &mut self.open {
            Some(open) if open.end == position => {
                open.end += 1;
                open.text.push(from);
                open.with.extend(to);
            }
            _ => {
                self.done.extend(self.open.take());
                let with = to.map(String::from).unwrap_or_default();
                self.open = Some(Tidied { start: position, end: position + 1, text: from.to_string(), with });
            }
        }
    }
}
