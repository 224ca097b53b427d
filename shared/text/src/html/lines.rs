//! The region's lines → text and blocks.

use naba_record::BlockKind;

use super::PageBlock;
use super::hints::Hints;
use super::outline::{Line, Outline};
use super::region::{Mark, Region};

/// The most bytes that all paths of a page take together; lines beyond have none. Real pages stay under 100 kB.
const PATHS_BYTES_MAX: usize = 4 << 20;

/// Every line of the region, and what each is.
pub(super) fn read(outline: &Outline, region: &Region) -> (String, Vec<PageBlock>) {
    let (mut text, mut blocks) = (String::new(), vec![]);
    let mut path_bytes_left = PATHS_BYTES_MAX;
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
        let mut path = outline.path(line.element);
        if path.len() > path_bytes_left {
            path.clear();
        }
        path_bytes_left -= path.len();
        let link_density = line.linked as f32 / line.characters.max(1) as f32;
        blocks.push(PageBlock { kind, start, end: text.len(), link_density, path });
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

#[cfg(test)]
mod tests {
    use super::super::outline::PATH_BYTES_MAX;

    #[test]
    fn paths_are_bounded() {
        let sentence =
            "<p>أعلنت الوزارة أمس بدء العمل في المشروع الجديد، ويتوقع أن ينتهي العمل قبل آخر العام.";
        let page = format!("<html><body>{}{}", "<div>".repeat(200), sentence.repeat(50));
        let page = super::super::read(&page);
        assert_eq!(page.blocks.len(), 50);
        for block in page.blocks {
            assert!(!block.path.is_empty() && block.path.len() <= PATH_BYTES_MAX, "{}", block.path);
        }
    }
}
