//! Quotation marks: where a quotation opens, where it closes, and which words stand inside.
//!
//! The search folding makes one mark of all, so which way a mark points is read from the displayed text. Houses open
//! with closing marks and close with opening ones: what stands before and behind a mark decides first, its shape
//! second. Of quotations inside others the outermost counts. A quotation goes on in the next paragraph where that opens
//! with a mark again, or closes what is open; what never closes ends with its paragraph, or before the sentence of it
//! that begins with a verb of saying.

use naba_text::letters::is_word;
use naba_text::slice;

use crate::article::Text;

/// The most words of a quotation that nothing closes.
const UNCLOSED_WORDS_MAX: usize = 160;
/// The most paragraphs over which a quotation goes on.
const PARAGRAPHS_MAX: usize = 8;
/// How deep marks may stand in marks.
const DEPTH_MAX: usize = 6;

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

/// A mark.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: usize,
    shape: char,
    /// The line that it stands in.
    line: usize,
    /// Whether a » follows in its line before another «.
    is_answered: bool,
}

/// A quotation that is open: its mark, the line up to which it goes, marks within.
struct Open {
    at: usize,
    shape: char,
    line: usize,
    paragraphs: usize,
    depth: usize,
    /// Whether a mark of another kind is open within guillemets.
    has_inner: bool,
}

/// The quotations of a text, in order, none inside another. `begins`: whether a verb of saying stands at a word; `leads`:
/// whether the word before one leads to what was said.
pub(super) fn regions(
    text: &Text<'_>,
    begins: impl Fn(usize) -> bool,
    leads: impl Fn(usize) -> bool,
) -> Vec<Region> {
    let marks = marks(text);
    let mut regions = vec![];
    let mut open: Option<Open> = None;
    for mark in &marks {
        if let Some(here) = &mut open
            && here.line != mark.line
            && !goes_on(text, here, mark)
        {
            regions.extend(unclosed(text, here.at, &begins, &leads));
            open = None;
        }
        let Some(here) = &mut open else {
            if points(text.folded, mark, None) == Way::Opens {
                let &Mark { at, shape, line, .. } = mark;
                open = Some(Open { at, shape, line, paragraphs: 1, depth: 0, has_inner: false });
            }
            continue;
        };
        if closes(text, here, mark) {
            regions.extend(region(text, here.at, mark.at, true));
            open = None;
        }
    }
    if let Some(here) = open {
        regions.extend(unclosed(text, here.at, &begins, &leads));
    }
    regions
}

/// Whether a mark closes what is open, and not what is open within it.
fn closes(text: &Text<'_>, open: &mut Open, mark: &Mark) -> bool {
    let way = points(text.folded, mark, Some(open.shape));
    match (open.shape, mark.shape) {
        (_, '«') => {
            // the next paragraph opens the same quotation again
            open.depth =
                if begins_line(text.folded, mark.at) { open.depth } else { (open.depth + 1).min(DEPTH_MAX) };
            false
        }
        (_, '»') if open.depth > 0 => {
            open.depth -= 1;
            false
        }
        ('«', '»') => true,
        ('«', _) => {
            // within guillemets other marks do not count, unless no » follows: then the house mixes them
            let closes = way == Way::Closes && !open.has_inner && !mark.is_answered;
            open.has_inner = way == Way::Opens || open.has_inner && way != Way::Closes;
            closes
        }
        (_, '»') => true,
        _ => way == Way::Closes,
    }
}

/// Whether an open quotation goes on in the line of a mark.
fn goes_on(text: &Text<'_>, open: &mut Open, mark: &Mark) -> bool {
    let is_next = mark.line <= open.line + PARAGRAPHS_MAX && open.paragraphs < PARAGRAPHS_MAX;
    let again = begins_line(text.folded, mark.at)
        && mark.line == open.line + 1
        && points(text.folded, mark, None) == Way::Opens
        && (mark.shape == open.shape);
    let closing = match (open.shape, mark.shape) {
        ('«', shape) => shape == '»',
        (_, '«') => false,
        _ => points(text.folded, mark, Some(open.shape)) == Way::Closes && !free_before(text.folded, mark.at),
    };
    let goes_on = is_next && (again && open.shape == '«' || closing && open.depth == 0);
    if goes_on {
        open.line = mark.line;
        open.paragraphs += 1;
    }
    goes_on
}

fn begins_line(folded: &str, at: usize) -> bool {
    slice::until(folded, at).chars().rev().find(|c| *c != ' ').is_none_or(|c| c == '\n')
}

fn free_before(folded: &str, at: usize) -> bool {
    slice::until(folded, at).chars().next_back().is_none_or(char::is_whitespace)
}

/// The marks of a text, in order.
fn marks(text: &Text<'_>) -> Vec<Mark> {
    let places = quotation_marks(text.folded, |c| matches!(c, '"' | '″'));
    let shapes = quotation_marks(text.display, |c| matches!(c, '"' | '«' | '»' | '“' | '”' | '„' | '″'));
    let is_same = shapes.len() == places.len();
    let mut lines = memchr::memchr_iter(b'\n', text.folded.as_bytes()).peekable();
    let mut line = 0;
    let mut marks: Vec<Mark> = vec![];
    for (number, (at, _)) in places.into_iter().enumerate() {
        while lines.next_if(|end| *end < at).is_some() {
            line += 1;
        }
        let shape = if is_same { shapes[number].1 } else { '"' };
        marks.push(Mark { at, shape, line, is_answered: false });
    }
    let mut answer = None;
    for mark in marks.iter_mut().rev() {
        mark.is_answered = answer == Some(mark.line);
        match mark.shape {
            '»' => answer = Some(mark.line),
            '«' => answer = None,
            _ => {}
        }
    }
    marks
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
fn points(folded: &str, mark: &Mark, open: Option<char>) -> Way {
    let before = slice::until(folded, mark.at).chars().next_back();
    let behind = slice::from(folded, mark.at).chars().nth(1);
    let free = |c: Option<char>| {
        c.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | ':' | ',' | '.' | ';'))
    };
    let is_letter = |c: Option<char>| c.is_some_and(is_word);
    let stands_open = free(before) && is_letter(behind) && !before.is_some_and(|c| c == '.' || c == ',');
    let opens = match (mark.shape, open) {
        ('»', _) => false,
        ('«', _) => true,
        // nobody opens with the mark that is open already
        ('“' | '”', Some(same)) if same == mark.shape => false,
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

/// A quotation that nothing closes. Where something leads to it, it ends with its paragraph, or before the sentence that
/// begins with a verb of saying; else with its sentence.
fn unclosed(
    text: &Text<'_>,
    from: usize,
    begins: &impl Fn(usize) -> bool,
    leads: &impl Fn(usize) -> bool,
) -> Option<Region> {
    let first = text.words.partition_point(|word| word.start < from);
    let before = first.checked_sub(1).map_or(0, |before| text.words[before].end);
    let is_led = leads(first) || text.between(before, from).contains(':');
    let mut last = first + 1;
    while last < text.words.len() && last - first < UNCLOSED_WORDS_MAX {
        let gap = text.between(text.words[last - 1].end, text.words[last].start);
        let is_stop = gap.contains(['.', '?', '!']) && !gap.starts_with(char::is_alphanumeric);
        if gap.contains('\n') || is_stop && (!is_led || begins(last)) {
            break;
        }
        last += 1;
    }
    (first < text.words.len()).then_some(Region { first, last: last.min(text.words.len()), is_closed: false })
}
