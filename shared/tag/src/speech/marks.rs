//! Quotation marks: where a quotation opens, where it closes, and which words stand inside.
//!
//! The search folding makes one mark of all, so which way a mark points is read from the displayed text. Houses open
//! with closing marks and close with opening ones: what stands before and behind a mark decides first, its shape
//! second. Nothing stays open beyond its line, and what never closes ends with its sentence.

use naba_text::letters::is_word;
use naba_text::slice;

use crate::article::Text;

/// A quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    /// Its first word.
    pub(super) first: usize,
    /// One past its last word.
    pub(super) last: usize,
    /// Whether it is closed by a mark of its own.
    pub(super) is_closed: bool,
}

/// The quotations of a text, in order, none inside another.
pub(super) fn regions(text: &Text<'_>) -> Vec<Region> {
    let places = quotation_marks(text.folded, |c| matches!(c, '"' | '″'));
    let shapes = quotation_marks(text.display, |c| matches!(c, '"' | '«' | '»' | '“' | '”' | '„' | '″'));
    let mut regions = vec![];
    let mut open: Option<(usize, char)> = None;
    for (number, at) in places.iter().map(|(at, _)| *at).enumerate() {
        let shape = if shapes.len() == places.len() { shapes[number].1 } else { '"' };
        if let Some((from, _)) = open
            && slice::between(text.folded, from, at).contains('\n')
        {
            regions.extend(bounded(text, from));
            open = None;
        }
        match (open, points(text.folded, at, shape, open.map(|(_, shape)| shape))) {
            (None, Way::Opens) => open = Some((at, shape)),
            (Some((from, _)), Way::Closes) => {
                regions.extend(region(text, from, at, true));
                open = None;
            }
            // a mark that opens inside an open quotation is inside it, and one that closes nothing is nothing
            _ => {}
        }
    }
    if let Some((from, _)) = open {
        regions.extend(bounded(text, from));
    }
    regions
}

/// Where marks of some kinds stand, in bytes, and which they are: only what begins with a first byte of one («"», «,
/// “ and ″) is read.
fn quotation_marks(text: &str, wanted: impl Fn(char) -> bool) -> Vec<(usize, char)> {
    let places = memchr::memchr3_iter(b'"', 0xC2, 0xE2, text.as_bytes());
    places
        .filter_map(|at| Some((at, slice::from(text, at).chars().next()?)))
        .filter(|(_, c)| wanted(*c))
        .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Opens,
    Closes,
}

/// Which way a mark points.
fn points(folded: &str, at: usize, shape: char, open: Option<char>) -> Way {
    let before = slice::until(folded, at).chars().next_back();
    let behind = slice::from(folded, at).chars().nth(1);
    let free = |c: Option<char>| {
        c.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | ':' | ',' | '.' | ';'))
    };
    let is_letter = |c: Option<char>| c.is_some_and(is_word);
    let stands_open = free(before) && is_letter(behind) && !before.is_some_and(|c| c == '.' || c == ',');
    let opens = match (shape, open) {
        ('»', _) => false,
        // within guillemets other marks do not count
        ('«', _) | (_, Some('«')) => true,
        // nobody opens with the mark that is open already
        ('“' | '”', Some(same)) if same == shape => false,
        _ if stands_open => true,
        _ if free(behind) && !free(before) => false,
        (_, open) => open.is_none(),
    };
    if opens { Way::Opens } else { Way::Closes }
}

fn region(text: &Text<'_>, from: usize, to: usize, is_closed: bool) -> Option<Region> {
    let first = text.words.partition_point(|word| word.start < from);
    let last = text.words.partition_point(|word| word.end <= to);
    (first < last).then_some(Region { first, last, is_closed })
}

/// A quotation that nothing closes: it ends with its sentence, or its line.
fn bounded(text: &Text<'_>, from: usize) -> Option<Region> {
    let rest = slice::from(text.folded, from);
    let to = rest.find(['\n', '.', '?', '!']).map_or(text.folded.len(), |end| from + end);
    region(text, from, to, false)
}
