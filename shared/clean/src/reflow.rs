//! Hard-wrapped text: mail and wires break lines after so many characters, wherever a paragraph is.
//!
//! What was wrapped shows by its lengths: no line is longer than one width, and most lines end where the next line's first
//! word would not have fitted. Printed paragraphs do that by chance once in twenty times. Lines that were full are joined
//! with the next one; where a word would have fitted, the writer ended the line.

use std::ops::Range;

use naba_text::slice;

use crate::page::Unit;

/// The widths, in characters, that text is wrapped to.
const WIDTHS: std::ops::RangeInclusive<u32> = 40..=132;
/// The fewest lines that have another one right below, and the share of them that must be full, in percent.
const LINES_MIN: usize = 5;
const FULL_PERCENT_MIN: usize = 40;
/// Of fewer lines more must be full: they could be so by chance.
const FEW_LINES_MAX: usize = 12;
const FULL_OF_FEW_PERCENT_MIN: usize = 75;
/// The most bytes of a line of wrapped text: one that is longer shows at once that nothing was wrapped.
const LINE_BYTES_MAX: usize = 4 * 132;

/// Joins the lines of wrapped text to paragraphs, and gives the stretches between them that are blanks. Nothing where the
/// text was not wrapped.
pub(crate) fn reflow(text: &str, units: &mut Vec<Unit>) -> Vec<Range<usize>> {
    let words = |unit: &Unit| slice::between(text, unit.start, unit.end);
    if units.len() <= LINES_MIN || units.iter().any(|unit| unit.bytes() > LINE_BYTES_MAX) {
        return vec![];
    }
    let lengths: Vec<u32> = units.iter().map(|unit| slice::count(words(unit))).collect();
    // an address has no blank to be broken at
    let breakable = units.iter().zip(&lengths).filter(|(unit, _)| words(unit).contains(' '));
    let width = breakable.map(|(_, length)| *length).max().unwrap_or(0);
    if !WIDTHS.contains(&width) {
        return vec![];
    }
    let below = |at: usize| {
        units.get(at + 1).filter(|next| feeds(slice::between(text, units[at].end, next.start)) == 1)
    };
    let is_full = |at: usize| {
        below(at).is_some_and(|next| {
            let first = words(next).split_whitespace().next().unwrap_or_default();
            lengths[at] + 1 + slice::count(first) > width
        })
    };
    let full: Vec<bool> = (0..units.len()).map(is_full).collect();
    let lines = (0..units.len()).filter(|at| below(*at).is_some()).count();
    let percent = if lines <= FEW_LINES_MAX { FULL_OF_FEW_PERCENT_MIN } else { FULL_PERCENT_MIN };
    if lines < LINES_MIN || full.iter().filter(|full| **full).count() * 100 < lines * percent {
        return vec![];
    }
    let (mut joined, mut soft): (Vec<Unit>, Vec<Range<usize>>) = (vec![], vec![]);
    for (at, unit) in units.iter().enumerate() {
        match joined.last_mut() {
            Some(last) if at > 0 && full[at - 1] => {
                soft.push(last.end..unit.start);
                *last = Unit::new(slice::between(text, last.start, unit.end), last.start);
            }
            _ => joined.push(unit.clone()),
        }
    }
    *units = joined;
    soft
}

/// How many line feeds a stretch has.
fn feeds(between: &str) -> usize {
    between.matches('\n').count().max(between.matches('\r').count())
}

#[cfg(test)]
mod tests {
    use super::reflow;
    use crate::page::units;
    use naba_text::slice;

    const PARAGRAPH: &str = "افتتح رئيس البلدية صباح اليوم الجسر الجديد الذي يربط ضفتي النهر وسط المدينة، بعد ثلاث سنوات من العمل المتواصل فيه، وقال المهندس المشرف على الجسر إن أربعة مسارات في كل اتجاه تكفي لحركة السير في السنوات العشر المقبلة.";

    fn wrapped(text: &str, width: usize) -> String {
        let mut lines = vec![String::new()];
        for word in text.split(' ') {
            let last = lines.last_mut().expect("a line");
            if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > width {
                lines.push(word.to_owned());
            } else {
                last.push_str(if last.is_empty() { "" } else { " " });
                last.push_str(word);
            }
        }
        lines.join("\n")
    }

    #[track_caller]
    fn check(text: &str, paragraphs: &[&str]) {
        let mut found = units(text);
        reflow(text, &mut found);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let found: Vec<String> =
            found.iter().map(|unit| words(slice::between(text, unit.start, unit.end))).collect();
        assert_eq!(found, paragraphs);
    }

    #[test]
    fn wrapped_lines_are_joined_and_others_are_not() {
        for width in [45, 60, 72, 80] {
            let paragraph = wrapped(PARAGRAPH, width);
            let text = format!("البلدية تفتتح الجسر\n\n{}", [paragraph.as_str(); 4].join("\n\n"));
            check(&text, &["البلدية تفتتح الجسر", PARAGRAPH, PARAGRAPH, PARAGRAPH, PARAGRAPH]);
        }
        let printed = [PARAGRAPH; 8].join("\n");
        check(&printed, &[PARAGRAPH; 8]);
        let list = ["كرة القدم", "كرة السلة", "السباحة", "ألعاب القوى", "التنس", "المصارعة", "الجودو"];
        check(&list.join("\n"), &list);
    }
}
