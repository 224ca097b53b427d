//! The region's lines → text and blocks.

use naba_record::BlockKind;

use super::PageBlock;
use super::hints::Hints;
use super::outline::{Line, Outline};
use super::region::{Mark, Region};

/// Every line of the region, and what each is.
pub(super) fn read(outline: &Outline, region: &Region) -> (String, Vec<PageBlock>) {
    let (mut text, mut blocks) = (String::new(), vec![]);
    for (line, mark) in outline.lines.iter().zip(&region.marks) {
        if *mark == Mark::Out {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let start = text.len();
        text.push_str(outline.words(line));
        let kind = match line.kind {
            _ if *mark == Mark::Boilerplate => BlockKind::Furniture,
            BlockKind::Paragraph if is_caption(outline, line) => BlockKind::Caption,
            kind => kind,
        };
        let link_density = line.linked as f32 / line.characters.max(1) as f32;
        blocks.push(PageBlock {
            kind,
            start,
            end: text.len(),
            link_density,
            path: outline.path(line.element),
        });
    }
    (text, blocks)
}

/// The most lines of a caption with its credit, and the most characters of one of them.
const CAPTION_LINES_MAX: u32 = 3;
const CAPTION_CHARACTERS_MAX: u32 = 250;

/// Whether a line stands in a small element that is a caption by its class.
fn is_caption(outline: &Outline, line: &Line) -> bool {
    line.characters <= CAPTION_CHARACTERS_MAX
        && outline.around(line.element).any(|element| {
            let element = &outline.elements[element as usize];
            element.hints.has(Hints::CAPTION) && element.end - element.first <= CAPTION_LINES_MAX
        })
}
