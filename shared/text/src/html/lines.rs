//! A page's elements → lines, each with what it is.

use dom_query::{LocalName, NodeRef};
use naba_record::BlockKind;

use super::prose::Prose;
use super::{DEPTH_MAX, Kind, PageBlock, text_of, tidy};
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

/// Every line under an element, and what each is. `path` leads to the element, `whole` is the page's prose in characters.
pub(super) fn read(
    element: &NodeRef<'_>,
    path: String,
    prose: &Prose<'_>,
    whole: f32,
) -> (String, Vec<PageBlock>) {
    let mut lines = Lines {
        text: String::new(),
        blocks: vec![],
        line: String::new(),
        linked: 0,
        begun: None,
        path,
        steps: vec![],
        prose,
        whole,
    };
    lines.element(element, Around::default(), 0);
    lines.end();
    (lines.text, lines.blocks)
}

/// What stands around the text that is being read.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    kind: BlockKind,
    furniture: bool,
    link: bool,
}

/// Lines and blocks as they are read.
struct Lines<'page> {
    text: String,
    blocks: Vec<PageBlock>,
    line: String,
    linked: u32,
    /// What stands around the line, and the way there, from its first word on.
    begun: Option<(Around, String)>,
    /// The way to the first element, and from there on.
    path: String,
    steps: Vec<(LocalName, usize)>,
    prose: &'page Prose<'page>,
    whole: f32,
}

impl Lines<'_> {
    fn element(&mut self, node: &NodeRef<'_>, around: Around, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        let mut places: Vec<(LocalName, usize)> = vec![];
        for child in node.children_it(false) {
            let kind = super::kind(&child);
            match kind {
                Some(Kind::Text) => {
                    text_of(&child, |text| self.words(text, around));
                    continue;
                }
                Some(Kind::Break) => self.end(),
                _ => {}
            }
            let Some(name) = child.element_ref().map(|element| element.name.local.clone()) else { continue };
            let place = if let Some((_, count)) = places.iter_mut().find(|(known, _)| *known == name) {
                *count += 1;
                *count
            } else {
                places.push((name.clone(), 1));
                1
            };
            let Some(kind) = kind.filter(|kind| *kind != Kind::Break) else { continue };
            let is_named = |lines: &Self| {
                is_furniture(&child, &name) && lines.prose.under(&child) <= lines.whole * NAMED_SHARE_MAX
            };
            let inner = Around {
                kind: block_kind(&name).unwrap_or(around.kind),
                furniture: around.furniture || is_named(self),
                link: around.link || kind == Kind::Link,
            };
            self.steps.push((name, place));
            if kind == Kind::Block {
                self.end();
            }
            self.element(&child, inner, depth + 1);
            if kind == Kind::Block {
                self.end();
            }
            self.steps.pop();
        }
    }

    fn words(&mut self, text: &str, around: Around) {
        if self.begun.is_none() && !text.trim().is_empty() {
            let way = self
                .steps
                .iter()
                .fold(self.path.clone(), |way, (name, place)| format!("{way}/{name}[{place}]"));
            self.begun = Some((around, way));
        }
        if around.link {
            self.linked += slice::count(text.trim());
        }
        // a line feed in the source of a page is a space
        self.line.extend(text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }));
    }

    /// Ends a line; white space alone is none.
    fn end(&mut self) {
        let line = tidy(Some(&self.line));
        self.line.clear();
        let (linked, begun) = (std::mem::take(&mut self.linked), self.begun.take());
        let Some(line) = line else { return };
        let (around, path) = begun.unwrap_or_default();
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let start = self.text.len();
        self.text.push_str(&line);
        let link_density = (linked as f32 / slice::count(&line).max(1) as f32).min(1.0);
        let kind = if around.furniture { BlockKind::Furniture } else { around.kind };
        self.blocks.push(PageBlock { kind, start, end: self.text.len(), link_density, path });
    }
}

/// What an element makes of its text; none where it changes nothing.
fn block_kind(name: &str) -> Option<BlockKind> {
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
