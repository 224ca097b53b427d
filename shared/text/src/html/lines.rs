//! A page's elements → lines, each with what it is.

use dom_query::NodeRef;
use naba_record::BlockKind;

use super::{DEPTH_MAX, PageBlock, is_block, prose, tidy};
use crate::slice;

/// Elements that hold the page's furniture by their nature.
const FURNITURE: [&str; 6] = ["nav", "footer", "aside", "form", "menu", "dialog"];

/// Words of classes, ids and roles that name furniture, in the themes that Arabic sites use (WordPress, Blogger,
/// Drupal) and the frameworks beneath them. Compared with whole words: `share-bar` has `share`, `shared` has not.
const FURNITURE_WORDS: [&str; 44] = [
    "share",
    "sharing",
    "social",
    "related",
    "breadcrumb",
    "breadcrumbs",
    "menu",
    "navbar",
    "nav",
    "navigation",
    "sidebar",
    "widget",
    "widgets",
    "comments",
    "comment",
    "respond",
    "newsletter",
    "subscribe",
    "advert",
    "advertisement",
    "ads",
    "ad",
    "adsbygoogle",
    "banner",
    "cookie",
    "cookies",
    "footer",
    "tags",
    "tagcloud",
    "tag",
    "labels",
    "pagination",
    "pager",
    "popular",
    "trending",
    "ticker",
    "toolbar",
    "login",
    "search",
    "skip",
    "recommended",
    "promo",
    "masthead",
    "topbar",
];

/// The share of the page's prose that an element with a furniture's name may hold: a theme may well call its
/// whole page `sidebar-right`.
const NAMED_SHARE_MAX: f32 = 0.3;
/// Every line under an element, and what each is. `whole` is the page's prose in characters.
pub(super) fn read(element: &NodeRef<'_>, path: String, whole: f32) -> (String, Vec<PageBlock>) {
    let mut lines = Lines { whole, ..Lines::default() };
    lines.element(element, &Around { path, ..Around::default() }, 0);
    lines.end();
    (lines.text, lines.blocks)
}

/// What stands around the text that is being read.
#[derive(Debug, Clone, Default)]
struct Around {
    kind: BlockKind,
    furniture: bool,
    link: bool,
    path: String,
}

/// Lines and blocks as they are read.
#[derive(Debug, Default)]
struct Lines {
    text: String,
    blocks: Vec<PageBlock>,
    line: String,
    linked: u32,
    around: Option<Around>,
    whole: f32,
}

impl Lines {
    fn element(&mut self, node: &NodeRef<'_>, around: &Around, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        let mut places: Vec<(String, usize)> = vec![];
        for child in node.children() {
            if child.is_text() {
                self.words(&child.text(), around);
                continue;
            }
            let Some(name) = child.node_name().filter(|_| child.is_element()) else { continue };
            if &*name == "br" {
                self.end();
                continue;
            }
            let place = if let Some((_, count)) = places.iter_mut().find(|(known, _)| *known == *name) {
                *count += 1;
                *count
            } else {
                places.push((name.to_string(), 1));
                1
            };
            let inner = Around {
                kind: kind(&name).unwrap_or(around.kind),
                furniture: around.furniture
                    || (is_furniture(&child, &name) && prose(&child, 0) <= self.whole * NAMED_SHARE_MAX),
                link: around.link || &*name == "a",
                path: format!("{}/{name}[{place}]", around.path),
            };
            let block = is_block(&child);
            if block {
                self.end();
            }
            self.element(&child, &inner, depth + 1);
            if block {
                self.end();
            }
        }
    }

    fn words(&mut self, text: &str, around: &Around) {
        if self.around.is_none() && !text.trim().is_empty() {
            self.around = Some(around.clone());
        }
        if around.link {
            self.linked += slice::count(text.trim());
        }
        // a line feed in the source of a page is a space
        self.line.extend(text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }));
    }

    /// Ends a line; white space alone is none.
    fn end(&mut self) {
        let line = std::mem::take(&mut self.line);
        let (linked, around) = (std::mem::take(&mut self.linked), self.around.take());
        let Some(line) = tidy(Some(&line)) else { return };
        let around = around.unwrap_or_default();
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let start = self.text.len();
        self.text.push_str(&line);
        let link_density = (linked as f32 / slice::count(&line).max(1) as f32).min(1.0);
        let kind = if around.furniture { BlockKind::Furniture } else { around.kind };
        self.blocks.push(PageBlock { kind, start, end: self.text.len(), link_density, path: around.path });
    }
}

/// What an element makes of its text; none where it changes nothing.
fn kind(name: &str) -> Option<BlockKind> {
    Some(match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => BlockKind::Heading,
        "li" | "dd" | "dt" => BlockKind::ListItem,
        "blockquote" => BlockKind::Quote,
        "figcaption" | "caption" => BlockKind::Caption,
        "tr" => BlockKind::TableRow,
        "p" => BlockKind::Paragraph,
        _ => return None,
    })
}

/// Whether an element's name, class, id or role says that it is furniture.
fn is_furniture(node: &NodeRef<'_>, name: &str) -> bool {
    if FURNITURE.contains(&name) {
        return true;
    }
    let named = |attribute: &str| {
        node.attr(attribute).is_some_and(|value| {
            let value = value.to_ascii_lowercase();
            value.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| FURNITURE_WORDS.contains(&word))
        })
    };
    named("class") || named("id") || named("role")
}
