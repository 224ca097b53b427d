//! What of a page is no part of its article: element by element, with what it is and how much.

use naba_record::LeftOut;

use super::hints::Hints;
use super::outline::{NONE, Outline};
use super::region::{Mark, Region};

/// The most parts that are told one by one; what is behind them is counted in the last.
const PARTS_MAX: usize = 24;

/// The largest elements without a line of the article, in the order of the page.
pub(super) fn of(outline: &Outline, region: &Region) -> Vec<LeftOut> {
    // lines of the article before each line
    let mut inside = Vec::with_capacity(outline.lines.len() + 1);
    inside.push(0_u32);
    for mark in &region.marks {
        inside.push(inside.last().copied().unwrap_or_default() + u32::from(*mark != Mark::Out));
    }
    let is_outside = |element: u32| {
        let element = &outline.elements[element as usize];
        inside[element.end as usize] == inside[element.first as usize]
    };
    let mut parts: Vec<LeftOut> = vec![];
    let mut at = 0;
    while at < outline.lines.len() {
        if region.marks[at] != Mark::Out {
            at += 1;
            continue;
        }
        let line = &outline.lines[at];
        let largest = outline
            .around(line.element)
            .take_while(|element| is_outside(*element) && outline.elements[*element as usize].parent != NONE)
            .last();
        let end =
            largest.map_or(at + 1, |element| (outline.elements[element as usize].end as usize).max(at + 1));
        let words =
            outline.lines[at..end].iter().map(|line| outline.words(line).split_whitespace().count() as u32);
        let (lines, words) = ((end - at) as u32, words.sum::<u32>());
        if parts.len() < PARTS_MAX {
            let element = largest.unwrap_or(line.element);
            let kind = kind(outline.elements[element as usize].hints).to_owned();
            parts.push(LeftOut { kind, path: outline.path(element), lines, words });
        } else if let Some(last) = parts.last_mut() {
            last.lines += lines;
            last.words += words;
        }
        at = end;
    }
    parts
}

/// What an element is by its name and class.
fn kind(hints: Hints) -> &'static str {
    let kinds = [
        (Hints::COMMENTS, "comments"),
        (Hints::RELATED, "related"),
        (Hints::SHARE, "share"),
        (Hints::TAGS, "tags"),
        (Hints::AD, "ad"),
        (Hints::FOOTER, "footer"),
        (Hints::SIDE, "sidebar"),
        (Hints::NAV, "nav"),
        (Hints::OVERLAY, "overlay"),
    ];
    kinds.iter().find(|(hint, _)| hints.has(*hint)).map_or("other", |(_, kind)| kind)
}
