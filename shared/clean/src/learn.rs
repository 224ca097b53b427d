//! Furniture that nobody wrote a rule for: what one outlet repeats at the head and the end of its articles.
//!
//! Per source a [`Profile`] counts the lines near head and tail that no rule took, and the words that the first
//! and the last paragraph share with those of earlier articles. Counting is space-saving: so many lines are
//! kept, a new one takes the place of the rarest and inherits its count as its error, so that memory is bounded
//! and a line that comes back again and again is never lost. Numbers do not count, and small variations count
//! as the line that they vary ([`crate::like`]).
//!
//! What stands in a good share of an outlet's articles is proposed; a proposal that is accepted becomes a rule
//! like any other ([`rule_file`]), with the outlet as its source and «learned» as its evidence. The same counts
//! say when an outlet's usual ending is missing and when a new one has come.

mod proposals;
mod share;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::proposals::{AUTOMATIC_COUNT_MIN, Furniture, LIFT_MIN, Proposal, SOURCES_MAX, rule_file};
use crate::like::Like;

/// The quality flags that say how an article differs from its outlet's other ones. What they say depends on
/// what was counted before, so that two runs may differ in them and in nothing else.
pub const FLAGS: [&str; 2] = ["end_mark_missing", "unknown_tail"];
/// Lines that are counted per source.
pub const LINES_MAX: usize = 96;
/// The most bytes of a line that is counted: furniture is short, and what is kept of a source is bounded.
pub const LINE_BYTES_MAX: usize = 512;
/// Articles after which all counts of a source are halved, so that the past fades.
pub const ARTICLES_MAX: u64 = 2_000;
/// Articles whose beginnings and ends are compared with the next one's.
const RECENT_ARTICLES_MAX: usize = 8;
/// The most words of a beginning or an end that are compared.
const GLUED_WORDS_MAX: usize = 24;
/// The most bytes of so many words: longer ones are none.
const GLUED_BYTES_MAX: usize = 2 * LINE_BYTES_MAX;
/// The fewest words that two paragraphs share by more than chance.
const GLUED_WORDS_MIN: usize = 2;
/// How often a line must have been met before variations count as it.
const FIRM_COUNT_MIN: u32 = 3;
/// How often a line must have been met to be proposed, and in which share of the articles since then.
const PROPOSED_COUNT_MIN: u32 = 5;
const PROPOSED_SHARE_MIN: f64 = 0.25;
/// An ending is usual when it stands in this share of so many articles.
const USUAL_SHARE_MIN: f64 = 0.8;
const USUAL_COUNT_MIN: u32 = 25;
/// A usual ending has vanished when it is missing from so many articles in a row.
const VANISHED_ARTICLES_MIN: u32 = 5;
/// A new ending is one that came so often within so many articles.
const NEW_COUNT_MIN: u32 = 5;
const NEW_ARTICLES_MAX: u64 = 20;
/// The share of articles that a new ending stands in, from its first one on.
const NEW_SHARE_MIN: f64 = 0.5;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Where {
    /// A line above or at the lead.
    Head,
    /// The first words of the lead.
    Start,
    /// The last words of the last paragraph.
    End,
    /// A line at the tail.
    Tail,
    /// A rule that took something at the tail: known furniture, counted for its absence.
    Rule,
}

/// What one article shows of its outlet's furniture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observation {
    /// Short lines that no hand-written rule took: place, folding, whether a learned rule took it.
    pub lines: Vec<(Where, String, bool)>,
    /// The folding of the first words of the lead.
    pub start: String,
    /// The folding of the last words of the last paragraph.
    pub end: String,
    /// The rules that took something at the tail.
    pub rules: Vec<String>,
}

/// A line that an outlet repeats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Where it stands.
    pub place: Where,
    /// Its folding, as first met; the rule's id for [`Where::Rule`].
    pub text: String,
    /// How often it was met, and by how much that may be too many.
    pub count: u32,
    /// How much of `count` was inherited from the line whose place it took.
    pub error: u32,
    /// The outlet's article in which it was first met, and the last one.
    pub first: u64,
    /// The last one.
    pub last: u64,
    /// Bit n: whether it stood in the article before n others.
    pub recent: u32,
    /// A person has said no.
    #[serde(default, skip_serializing_if = "is_false")]
    pub rejected: bool,
    /// Met since the profile was last shared.
    #[serde(skip)]
    fresh: u32,
    #[serde(skip)]
    like: Option<Like>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// Something has changed at an outlet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// `end_mark_missing` or `unknown_tail`.
    pub kind: String,
    /// The outlet's article in which it was noticed.
    pub article: u64,
    /// The line.
    pub text: String,
}

/// What is known of one source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Articles counted.
    pub articles: u64,
    /// The lines.
    pub lines: Vec<Line>,
    /// Proposals are accepted without asking.
    #[serde(default, skip_serializing_if = "is_false")]
    pub automatic: bool,
    /// The latest changes, oldest first.
    #[serde(default)]
    pub alarms: Vec<Alarm>,
    /// Articles counted since the profile was last shared.
    #[serde(skip)]
    pub fresh: u64,
    #[serde(skip)]
    recent: Vec<(Like, Like)>,
}

/// Alarms that are kept.
const ALARMS_MAX: usize = 8;

impl Line {
    fn new(place: Where, text: String, like: Option<Like>, article: u64, inherited: u32) -> Self {
        Self {
            place,
            text,
            count: inherited,
            error: inherited,
            first: article,
            last: article,
            recent: 0,
            rejected: false,
            fresh: 0,
            like,
        }
    }

    fn met(&mut self, article: u64) {
        self.count += 1;
        self.fresh += 1;
        self.last = article;
        self.recent |= 1;
    }

    /// How often it was certainly met.
    pub fn certain(&self) -> u32 {
        self.count - self.error
    }

    /// The share of the articles since it was first met.
    pub fn share(&self, articles: u64) -> f64 {
        f64::from(self.certain()) / (articles.saturating_sub(self.first) + 1) as f64
    }

    fn is_usual_ending(&self) -> bool {
        matches!(self.place, Where::Tail | Where::End | Where::Rule)
            && !self.rejected
            && self.certain() >= USUAL_COUNT_MIN
            // the share up to the last time that it was met, so that one that has vanished stays usual
            && self.share(self.last) >= USUAL_SHARE_MIN
    }

    fn like(&mut self) -> &Like {
        self.like.get_or_insert_with(|| Like::of(&self.text))
    }

    /// The id of the rule that it becomes.
    pub fn id(&self, source: &str) -> String {
        let place = format!("{source}\n{:?}\n{}", self.place, self.text);
        let hash: String = blake3::hash(place.as_bytes()).to_hex().chars().take(8).collect();
        format!("learned.{hash}")
    }
}

/// What is unusual about an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noticed {
    /// Quality flags of its record: `end_mark_missing`, `unknown_tail`.
    pub flags: Vec<&'static str>,
    /// What changed at its outlet with it.
    pub alarms: Vec<Alarm>,
}

impl Profile {
    /// Counts an article, and says what is unusual about it.
    pub fn observe(&mut self, seen: &Observation) -> Noticed {
        self.articles += 1;
        self.fresh += 1;
        let article = self.articles;
        for line in &mut self.lines {
            line.recent <<= 1;
        }
        let mut flags = vec![];
        let mut met: Vec<usize> = vec![];
        for (place, folded, taken) in seen.lines.iter().filter(|(_, line, _)| line.len() <= LINE_BYTES_MAX) {
            let like = Like::of(folded);
            if like.is_empty() {
                continue;
            }
            let index = self.line(*place, folded, like, article);
            if !met.contains(&index) {
                self.lines[index].met(article);
                met.push(index);
            }
            if *place == Where::Tail && !taken && self.is_new(index) {
                flags.push((index, "unknown_tail"));
            }
        }
        for rule in &seen.rules {
            let index = self.exactly(Where::Rule, rule, None, article);
            self.lines[index].met(article);
        }
        self.glued(seen, article, &mut flags);
        if self.usual_ending_is_missing() {
            flags.push((usize::MAX, "end_mark_missing"));
        }
        let alarms = self.raise(article);
        if self.articles >= ARTICLES_MAX {
            self.fade();
        }
        let mut flags: Vec<&'static str> = flags.into_iter().map(|(_, name)| name).collect();
        flags.sort_unstable();
        flags.dedup();
        Noticed { flags, alarms }
    }

    /// The words that first and last paragraph share with those of earlier articles.
    fn glued(&mut self, seen: &Observation, article: u64, flags: &mut Vec<(usize, &'static str)>) {
        let short = |text: &'_ str| if text.len() > GLUED_BYTES_MAX { Like::of("") } else { Like::of(text) };
        let (start, end) = (short(&seen.start), short(&seen.end));
        for (place, like) in [(Where::Start, &start), (Where::End, &end)] {
            let known = self.lines.iter_mut().position(|line| {
                line.place == place && line.certain() >= FIRM_COUNT_MIN && {
                    let own = line.like();
                    let at =
                        if place == Where::End { own.at_the_end_of(like) } else { own.at_the_start_of(like) };
                    at.is_some()
                }
            });
            let index = known.or_else(|| {
                let words = self.shared(place, like)?;
                let text = if place == Where::End { &seen.end } else { &seen.start };
                let stretch =
                    Some(stretch(text, words, place)).filter(|text| text.len() <= LINE_BYTES_MAX)?;
                Some(self.exactly(place, stretch, Some(Like::of(stretch)), article))
            });
            if let Some(index) = index {
                self.lines[index].met(article);
                if place == Where::End && self.is_new(index) {
                    flags.push((index, "unknown_tail"));
                }
            }
        }
        if self.recent.len() == RECENT_ARTICLES_MAX {
            self.recent.remove(0);
        }
        self.recent.push((start, end));
    }

    /// How many words a paragraph shares with those of recent articles: the number that most of them agree on.
    fn shared(&self, place: Where, like: &Like) -> Option<usize> {
        let shared = self.recent.iter().map(|(start, end)| match place {
            Where::End => like.shared_end(end),
            _ => like.shared_start(start),
        });
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for words in shared.filter(|words| (GLUED_WORDS_MIN..like.len()).contains(words)) {
            *counts.entry(words).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(words, times)| (*times, *words)).map(|(words, _)| words)
    }

    /// The place of a line: itself, the one that it varies, or a new one.
    fn line(&mut self, place: Where, folded: &str, like: Like, article: u64) -> usize {
        let same = self.lines.iter_mut().position(|line| line.place == place && *line.like() == like);
        if let Some(index) = same {
            return index;
        }
        let varies = self.lines.iter_mut().position(|line| {
            line.place == place && line.certain() >= FIRM_COUNT_MIN && line.like().is_like(&like)
        });
        varies.unwrap_or_else(|| self.insert(Line::new(place, folded.to_owned(), Some(like), article, 0)))
    }

    fn exactly(&mut self, place: Where, text: &str, like: Option<Like>, article: u64) -> usize {
        let found = self.lines.iter().position(|line| line.place == place && line.text == text);
        found.unwrap_or_else(|| self.insert(Line::new(place, text.to_owned(), like, article, 0)))
    }

    /// Finds room for a line: the rarest goes, and leaves its count as an error.
    fn insert(&mut self, mut line: Line) -> usize {
        if self.lines.len() < LINES_MAX {
            self.lines.push(line);
            return self.lines.len() - 1;
        }
        let rarest = (0..self.lines.len())
            .filter(|index| !self.lines[*index].rejected)
            .min_by_key(|index| (self.lines[*index].count, self.lines[*index].last))
            .unwrap_or(0);
        line.count = self.lines[rarest].count;
        line.error = line.count;
        self.lines[rarest] = line;
        rarest
    }

    /// Forgets the line that was met the least; false when there is none.
    pub fn forget_rarest(&mut self) -> bool {
        let order = |line: &Line| (line.rejected, line.count, line.last);
        let rarest = (0..self.lines.len()).min_by_key(|index| order(&self.lines[*index]));
        rarest.map(|index| self.lines.remove(index)).is_some()
    }

    /// Whether a line has come lately, and comes in most articles since.
    fn is_new(&self, index: usize) -> bool {
        let line = &self.lines[index];
        let age = self.articles - line.first;
        !line.rejected
            && line.certain() >= NEW_COUNT_MIN
            && self.articles > NEW_ARTICLES_MAX
            && age <= 3 * NEW_ARTICLES_MAX
            && line.share(self.articles) >= NEW_SHARE_MIN
    }

    fn usual_ending_is_missing(&self) -> bool {
        self.lines.iter().any(|line| line.recent & 1 == 0 && line.is_usual_ending())
    }

    /// Raises alarms: once when a usual ending has vanished, once when a new one has come.
    fn raise(&mut self, article: u64) -> Vec<Alarm> {
        let mut raised = vec![];
        for index in 0..self.lines.len() {
            let line = &self.lines[index];
            let gone = article - line.last;
            let kind = if gone == u64::from(VANISHED_ARTICLES_MIN) && line.is_usual_ending() {
                "end_mark_missing"
            } else if matches!(line.place, Where::Tail | Where::End)
                && line.recent & 1 == 1
                && line.certain() == NEW_COUNT_MIN
                && self.is_new(index)
            {
                "unknown_tail"
            } else {
                continue;
            };
            raised.push(Alarm { kind: kind.to_owned(), article, text: line.text.clone() });
        }
        self.alarms.extend(raised.iter().cloned());
        let surplus = self.alarms.len().saturating_sub(ALARMS_MAX);
        self.alarms.drain(..surplus);
        raised
    }

    /// Halves everything.
    fn fade(&mut self) {
        self.articles /= 2;
        for line in &mut self.lines {
            line.count = line.count.div_ceil(2);
            line.error /= 2;
            line.first /= 2;
            line.last = line.last.saturating_sub(self.articles).min(self.articles);
        }
        for alarm in &mut self.alarms {
            alarm.article /= 2;
        }
    }

    /// Whether a line is worth a proposal.
    fn proposes(&self, line: &Line) -> bool {
        line.place != Where::Rule
            && !line.rejected
            && line.certain() >= PROPOSED_COUNT_MIN
            && line.share(self.articles) >= PROPOSED_SHARE_MIN
    }
}

/// The part of a folding that so many of its first or last words take, with the marks around them.
fn stretch(text: &str, words: usize, place: Where) -> &str {
    let pieces = crate::page::pieces(text);
    if place == Where::End {
        let from = pieces.len().checked_sub(words).and_then(|index| pieces.get(index));
        return naba_text::slice::from(text, from.map_or(0, |(at, _)| *at));
    }
    let to = pieces.get(words.saturating_sub(1)).map_or(text.len(), |(at, piece)| at + piece.len());
    naba_text::slice::until(text, to)
}

/// The words of a paragraph that are compared: its first ones, and its last ones.
pub(crate) fn edges(folded: &str) -> (&str, &str) {
    let pieces = crate::page::pieces(folded);
    let count = pieces.len().min(GLUED_WORDS_MAX);
    (stretch(folded, count, Where::Start), stretch(folded, count, Where::End))
}
