//! What a web page's own elements say of its lines: boilerplate by name, captions, lines made of links.

use naba_record::{Block, BlockKind, Ingested, Kind};

use crate::decide::Label;
use crate::page::Unit;

/// The share of links from which a line of a page is a list of links, and the most words that it then has.
const LINKS_SHARE_MIN: f32 = 0.8;
const LINKS_WORDS_MAX: usize = 30;
/// From so many linked lines on, each with copy of its own below, they are the subheadings of a round-up.
const SUBHEADINGS_MIN: usize = 3;

/// The label of each unit that its element says something of.
pub(crate) fn labels(article: &Ingested, units: &[Unit]) -> Vec<Option<Label>> {
    let mut labels = vec![None; units.len()];
    // every line of a page is one block; where that is not so, the blocks are of another text
    if article.blocks.len() != units.len() {
        return labels;
    }
    let blocks = &article.blocks;
    let is_link = |index: usize| {
        let (block, unit) = (&blocks[index], &units[index]);
        block.link_density >= LINKS_SHARE_MIN
            && unit.words <= LINKS_WORDS_MAX
            && !unit.ends_like_a_sentence()
            && !matches!(block.kind, BlockKind::Furniture | BlockKind::Caption)
    };
    let heads_copy = |index: &usize| {
        let below = index + 1;
        is_link(*index) && below < units.len() && is_copy(&blocks[below], &units[below])
    };
    let is_round_up = (0..units.len()).filter(heads_copy).count() >= SUBHEADINGS_MIN;
    for index in 0..units.len() {
        let found = match blocks[index].kind {
            BlockKind::Furniture => Some((Kind::Nav, "nav.element")),
            BlockKind::Caption => Some((Kind::Caption, "caption.element")),
            _ if !is_link(index) || is_round_up && heads_copy(&index) || is_item(blocks, units, index) => {
                None
            }
            _ => Some((Kind::Nav, "nav.links")),
        };
        let found =
            found.or_else(|| is_writer(article, units, index).then_some((Kind::Byline, "byline.element")));
        labels[index] = found.map(|(kind, rule)| Label { kind, rule: rule.to_owned() });
    }
    labels
}

/// How far into a page's text a line of its own may name the writer.
const WRITER_LINES_MAX: usize = 12;

/// Whether a line is nothing but the writer whom the page's elements name.
fn is_writer(article: &Ingested, units: &[Unit], index: usize) -> bool {
    index < WRITER_LINES_MAX
        && article.byline.as_deref().is_some_and(|byline| {
            naba_text::slice::between(&article.text, units[index].start, units[index].end).trim()
                == byline.trim()
        })
}

fn is_copy(block: &Block, unit: &Unit) -> bool {
    block.link_density < 0.5 && unit.is_prose() && block.kind != BlockKind::Furniture
}

/// Whether a linked item of a list stands right beside items of the same list that are copy.
fn is_item(blocks: &[Block], units: &[Unit], index: usize) -> bool {
    if blocks[index].kind != BlockKind::ListItem {
        return false;
    }
    let list = |index: usize| blocks[index].path.rsplit_once("/li").map(|(list, _)| list);
    let beside = [index.checked_sub(1), Some(index + 1)];
    beside.into_iter().flatten().filter(|beside| *beside < blocks.len()).any(|beside| {
        blocks[beside].kind == BlockKind::ListItem
            && blocks[beside].link_density < 0.5
            && units[beside].words > 1
            && list(beside) == list(index)
    })
}
