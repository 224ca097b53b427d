//! Where one piece of a flat text ends and the next begins.
//!
//! A text that lost its line feeds is read by a small model: every word begins a piece of head, copy or boilerplate, or
//! goes on with the one before it, and the row of labels that fits best as a whole is taken. The pieces are then
//! decided about as lines are: the model says where a line ended, and rules and shapes say what it was.

pub mod lead;
pub mod model;
pub mod see;

use naba_lexicon::Lexicon;
use naba_text::normalise::Profile;

use self::model::{Model, Part, begins, part};
use crate::folding::Folding;

/// A piece of a flat line, in bytes of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// First byte.
    pub start: usize,
    /// What the model takes it for.
    pub part: Part,
    /// What speaks most for its beginning.
    pub because: [&'static str; 3],
}

impl Piece {
    /// Whether the model has divided it from what stands before it, and not its blanks.
    pub fn is_of_the_model(&self) -> bool {
        self.because.iter().all(|because| !because.is_empty())
    }
}

/// Which end of what stands above the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The first line.
    First,
    /// The last one, right above the copy.
    Last,
}

/// Cuts a flat line into pieces. What stands above the copy is divided where `is_line` knows its end.
pub fn pieces(
    model: &Model,
    lexicon: &Lexicon,
    search: &Profile,
    line: &str,
    is_line: impl Fn(&str, End) -> bool,
) -> Vec<Piece> {
    let folding = Folding::of(search, line);
    let seen = see::look(lexicon, &folding, line);
    let lead = model.lead(&seen);
    let start = |at: usize| match (at.checked_sub(1).and_then(|before| seen.get(before)), seen.get(at)) {
        (Some(before), Some(word)) => start_of(line, before.end, word.start),
        _ => 0,
    };
    let of_the_lead = model.strongest_of_the_lead(&seen, lead);
    let mut pieces: Vec<Piece> = vec![];
    if lead > 0 {
        let begins = lines_above(&seen, lead, |from, to, end| {
            let words = naba_text::slice::between(line, start(from), start(to));
            is_line(words.trim_matches(crate::page::is_blank), end)
        });
        let piece = |at| Piece { start: start(at), part: Part::Head, because: of_the_lead };
        pieces.extend(begins.into_iter().map(piece));
    }
    let labels = model.label(&seen, lead);
    let mut open = None;
    for (at, label) in (lead..).zip(&labels) {
        let part = part(*label);
        let refused = |open| !may_begin(&seen, &labels, lead, at, (open, part));
        let glued = || part == Part::Boilerplate && is_glued(naba_text::slice::from(line, start(at)));
        if begins(part) != *label || open.is_some_and(refused) || glued() {
            continue;
        }
        open = Some(part);
        let because = if at == lead { of_the_lead } else { model.strongest(&seen, at, *label) };
        pieces.push(Piece { start: start(at), part, because });
    }
    pieces
}

/// The fewest words of copy behind boilerplate that does not end with a sentence.
const COPY_WORDS_MIN: usize = 12;

/// The fewest words of the first piece of the copy: a shorter one could be taken for a headline.
const PROSE_WORDS_MIN: usize = 21;

/// Whether a piece may begin behind one of another part, or of the same.
fn may_begin(
    seen: &[see::Seen],
    labels: &[model::Label],
    lead: usize,
    at: usize,
    parts: (Part, Part),
) -> bool {
    match parts {
        // a paragraph inside the copy begins behind a sentence, or it is none
        (Part::Copy, Part::Copy) => at - lead >= PROSE_WORDS_MIN && seen[at].is_behind_a_sentence(),
        // boilerplate inside a sentence is none: «وقال إنه شاهد أيضا …»
        (Part::Copy, Part::Boilerplate) => seen[at].is_behind_a_sentence() || seen[at].is_wide(),
        // a few words inside a list are no copy
        (Part::Boilerplate, Part::Copy) => {
            let next = (at + 1..seen.len()).find(|next| labels[next - lead].is_multiple_of(2));
            let end = next.unwrap_or(seen.len());
            end - at >= COPY_WORDS_MIN || seen.get(end).is_some_and(see::Seen::is_behind_a_sentence)
        }
        _ => true,
    }
}

/// Whether a line begins with the last word of a sentence, its stop and something else without a blank between them.
fn is_glued(line: &str) -> bool {
    let word = line.split(crate::page::is_blank).next().unwrap_or_default();
    let arabic = |part: &str| part.chars().any(|c| ('\u{0620}'..='\u{06FF}').contains(&c));
    word.split_once('.')
        .is_some_and(|(before, rest)| arabic(before) && rest.chars().any(char::is_alphanumeric))
}

/// The most words of a line under a headline that has no blank of its own before it, and of one above it.
const UNDER_WORDS_MAX: usize = 12;

/// Where the lines above the copy begin: behind wide blanks, and where what is known stands at either end.
fn lines_above(seen: &[see::Seen], lead: usize, is_line: impl Fn(usize, usize, End) -> bool) -> Vec<usize> {
    let (mut from, mut to) = (0, lead);
    let mut begins = vec![0];
    while let Some(end) =
        (from + 1..to.min(from + UNDER_WORDS_MAX)).rev().find(|end| is_line(from, *end, End::First))
    {
        begins.push(end);
        from = end;
    }
    while let Some(start) = (to.saturating_sub(UNDER_WORDS_MAX).max(from + 1)..to)
        .find(|start| !seen[start - 1].is_glue() && is_line(*start, to, End::Last))
    {
        begins.push(start);
        to = start;
    }
    begins.extend((from + 1..to).filter(|at| seen[*at].is_wide()));
    begins.sort_unstable();
    begins.dedup();
    begins
}

/// Where a piece begins between two words: behind the first blank, so that marks on both sides stay where they belong.
fn start_of(line: &str, end: usize, start: usize) -> usize {
    let between = naba_text::slice::between(line, end, start);
    let blank = between.find(crate::page::is_blank).unwrap_or(between.len());
    let rest = naba_text::slice::from(between, blank);
    end + blank + (rest.len() - rest.trim_start_matches(crate::page::is_blank).len())
}
