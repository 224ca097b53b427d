//! How many characters of prose stand under each element of a page, counted in one walk.

use dom_query::{NodeId, NodeRef};
use rustc_hash::FxHashMap;

use super::{DEPTH_MAX, Kind, kind, text_of};
use crate::slice;

/// The fewest characters of a block that count as prose.
const PROSE_CHARACTERS_MIN: u32 = 60;

/// A page's prose: text of blocks that is long and not made of links.
pub(super) struct Prose<'page> {
    under: FxHashMap<NodeId, f32>,
    /// The headings of the first degree, in their order.
    pub(super) headings: Vec<NodeRef<'page>>,
}

impl<'page> Prose<'page> {
    /// Counts the prose under an element and under each one below it.
    pub(super) fn new(root: &NodeRef<'page>) -> Self {
        let mut prose = Self { under: FxHashMap::default(), headings: vec![] };
        prose.count(root, 0);
        prose
    }

    /// Characters of prose under an element.
    pub(super) fn under(&self, node: &NodeRef<'_>) -> f32 {
        self.under.get(&node.id).copied().unwrap_or_default()
    }

    /// Whether a heading of the first degree stands under an element.
    pub(super) fn has_heading(&self, node: &NodeRef<'_>) -> bool {
        self.headings.iter().any(|heading| heading.ancestors_it(None).any(|above| above.id == node.id))
    }

    /// How many characters an element has in all; its prose is remembered.
    fn count(&mut self, node: &NodeRef<'page>, depth: usize) -> u32 {
        if depth > DEPTH_MAX {
            return 0;
        }
        let (mut all, mut own, mut below) = (0, 0, 0.0);
        for child in node.children_it(false) {
            let Some(kind) = kind(&child) else { continue };
            let characters = match kind {
                Kind::Text => text_of(&child, |text| slice::count(text.trim())),
                _ => self.count(&child, depth + 1),
            };
            all += characters;
            match kind {
                Kind::Link => {}
                Kind::Block => below += self.under(&child),
                Kind::Text | Kind::Inline | Kind::Break => own += characters,
            }
            if child.has_name("h1") {
                self.headings.push(child);
            }
        }
        let prose = below + if own >= PROSE_CHARACTERS_MIN { own as f32 } else { 0.0 };
        self.under.insert(node.id, prose);
        all
    }
}
