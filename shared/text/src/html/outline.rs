//! A page as lines, and the elements that they stand in: what the choice of the article's region works on.

use std::fmt::Write as _;

use dom_query::{Element as DomElement, LocalName, NodeData, NodeRef};
use naba_record::BlockKind;
use rustc_hash::FxHashMap;

use super::hints::{self, Hints};
use super::{DEPTH_MAX, tidy};
use crate::entity;
use crate::slice;

/// The longest path that is kept. Where a line stands deeper, its path leads to an element around it.
pub(super) const PATH_BYTES_MAX: usize = 512;

/// No element.
pub(super) const NONE: u32 = u32::MAX;

/// An element that can hold lines. Words set in bold or linked are no elements here.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: LocalName,
    /// Which of its name it is among its siblings, from 1.
    pub(super) place: u32,
    pub(super) parent: u32,
    /// The lines under it.
    pub(super) first: u32,
    pub(super) end: u32,
    pub(super) hints: Hints,
    /// A hash of its name and class; 0 for elements that say nothing by them.
    pub(super) look: u32,
}

/// A line of the page.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) start: u32,
    pub(super) end: u32,
    /// The innermost element that holds all of it.
    pub(super) element: u32,
    pub(super) kind: BlockKind,
    /// The level of the heading that it is, 0 for none.
    pub(super) heading: u8,
    pub(super) characters: u32,
    /// Characters of it that are links.
    pub(super) linked: u32,
    pub(super) commas: u32,
    /// It ends like a sentence.
    pub(super) is_sentence: bool,
}

/// A page's lines and elements, both in the order of the page.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) text: String,
    pub(super) lines: Vec<Line>,
    pub(super) elements: Vec<Element>,
    /// Moments of `<time datetime>`, each with the line that it stands in or before.
    pub(super) moments: Vec<(usize, String)>,
}

impl Outline {
    /// Reads a page's body. What is hidden is passed over unless it is asked for.
    pub(super) fn new(body: &NodeRef<'_>, with_hidden: bool) -> Self {
        let mut walk = Walk { with_hidden, ..Walk::default() };
        walk.outline.elements.push(Element {
            name: LocalName::from("body"),
            place: 1,
            parent: NONE,
            first: NONE,
            end: 0,
            hints: Hints::default(),
            look: 0,
        });
        walk.children(body, 0, Around::default(), 0);
        walk.end();
        let mut outline = walk.outline;
        outline.spread();
        outline
    }

    /// A line's words.
    pub(super) fn words(&self, line: &Line) -> &str {
        slice::between(&self.text, line.start as usize, line.end as usize)
    }

    /// An element and those around it, from the inside out.
    pub(super) fn around(&self, element: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(element), |at| {
            self.elements.get(*at as usize).map(|element| element.parent).filter(|parent| *parent != NONE)
        })
    }

    /// The way to an element from the root of its page; of one that is nested too deep, to an element around it.
    pub(super) fn path(&self, element: u32) -> String {
        let steps: Vec<u32> = self.around(element).collect();
        let mut path = "/html".to_owned();
        for step in steps.iter().rev() {
            let Some(element) = self.elements.get(*step as usize) else { break };
            let before = path.len();
            path.push('/');
            path.push_str(&element.name);
            if element.parent != NONE {
                let _ = write!(path, "[{}]", element.place);
            }
            if path.len() > PATH_BYTES_MAX {
                path.truncate(before);
                break;
            }
        }
        path
    }

    /// Gives every element the lines of those inside it. An element stands before what it holds.
    fn spread(&mut self) {
        for (index, line) in (0_u32..).zip(&self.lines) {
            let element = &mut self.elements[line.element as usize];
            element.first = element.first.min(index);
            element.end = element.end.max(index + 1);
        }
        for index in (1..self.elements.len()).rev() {
            let Element { first, end, parent, .. } = self.elements[index];
            let parent = &mut self.elements[parent as usize];
            parent.first = parent.first.min(first);
            parent.end = parent.end.max(end);
        }
        for element in &mut self.elements {
            element.first = element.first.min(element.end);
        }
    }
}

/// What stands around the text that is being read.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    kind: BlockKind,
    heading: u8,
    is_link: bool,
    /// Inside a row of a table of data: its cells share a line.
    is_row: bool,
}

/// What an element does to the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A line ends here.
    Break,
    /// It stands on lines of its own.
    Block,
    /// A cell of a table.
    Cell,
    Link,
    /// It can hold lines, but need not begin one.
    Wrapper,
    Inline,
}

/// What an element is; none for what never holds copy.
fn shape(name: &str) -> Option<Shape> {
    Some(match name {
        "script" | "style" | "noscript" | "template" | "iframe" | "svg" | "button" | "select" | "input"
        | "textarea" | "object" | "head" | "datalist" | "rt" | "rp" | "math" | "canvas" | "audio"
        | "video" | "map" => {
            return None;
        }
        "br" | "hr" => Shape::Break,
        "a" => Shape::Link,
        "td" | "th" => Shape::Cell,
        "span" | "font" | "label" | "bdi" | "bdo" => Shape::Wrapper,
        "b" | "i" | "em" | "strong" | "u" | "small" | "big" | "sup" | "sub" | "mark" | "abbr" | "cite"
        | "code" | "q" | "s" | "del" | "ins" | "strike" | "wbr" | "ruby" | "rb" | "img" | "tt"
        | "acronym" | "kbd" | "samp" | "var" | "dfn" | "data" => Shape::Inline,
        _ => Shape::Block,
    })
}

/// What an element makes of its text; none where it changes nothing.
fn block_kind(name: &str) -> Option<(BlockKind, u8)> {
    Some(match name {
        "h1" => (BlockKind::Heading, 1),
        "h2" => (BlockKind::Heading, 2),
        "h3" => (BlockKind::Heading, 3),
        "h4" | "h5" | "h6" => (BlockKind::Heading, 4),
        "li" | "dd" | "dt" => (BlockKind::ListItem, 0),
        "blockquote" => (BlockKind::Quote, 0),
        "figcaption" | "caption" => (BlockKind::Caption, 0),
        "tr" => (BlockKind::TableRow, 0),
        "p" => (BlockKind::Paragraph, 0),
        _ => return None,
    })
}

/// The outline as it is made.
#[derive(Default)]
struct Walk {
    outline: Outline,
    with_hidden: bool,
    line: String,
    linked: u32,
    /// What stands around the line, from its first word on, and the element that holds all of it so far.
    begun: Option<(Around, u32)>,
}

/// The most moments of a page that are kept.
const MOMENTS_MAX: usize = 200;

/// How many elements of a name an element holds so far.
type Places = FxHashMap<LocalName, u32>;

/// What is asked of a child node at once.
enum Child {
    Text,
    Element(LocalName, Shape, Hints, u32),
    Nothing,
}

impl Walk {
    fn children(&mut self, node: &NodeRef<'_>, at: u32, around: Around, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        let mut places: Places = Places::default();
        for child in node.children_it(false) {
            match self.child(&child, around) {
                Child::Nothing => {}
                Child::Text => {
                    if self.begun.is_none() && self.line.trim().is_empty() {
                        // no blank is looked at twice
                        self.line.clear();
                    } else if self.begun.is_none() {
                        self.begun = Some((around, at));
                    }
                }
                Child::Element(_, Shape::Break, ..) => self.end(),
                Child::Element(name, shape, hints, look) => {
                    self.element(&child, at, around, depth, (name, shape, hints, look), &mut places);
                }
            }
        }
    }

    /// Looks at a node once: its words are taken, an element is described.
    fn child(&mut self, child: &NodeRef<'_>, around: Around) -> Child {
        let look = |node: &dom_query::TreeNode| match &node.data {
            NodeData::Text { contents } => {
                self.take(contents, around);
                Child::Text
            }
            NodeData::Element(element) => self.describe(element),
            _ => Child::Nothing,
        };
        child.query(look).unwrap_or(Child::Nothing)
    }

    fn describe(&mut self, element: &DomElement) -> Child {
        let shape = match &*element.name.local {
            // what readers without scripts see
            "noscript" if self.with_hidden => Some(Shape::Block),
            name => shape(name),
        };
        let Some(shape) = shape else { return Child::Nothing };
        let (hints, look) = hints::of(element);
        if hints.has(Hints::HIDDEN) && !self.with_hidden {
            return Child::Nothing;
        }
        let attribute = |name: &str| element.attrs.iter().find(|attribute| &*attribute.name.local == name);
        let is_time = &*element.name.local == "time";
        if is_time
            && let Some(moment) = attribute("datetime").filter(|_| self.outline.moments.len() < MOMENTS_MAX)
        {
            self.outline.moments.push((self.outline.lines.len(), moment.value.to_string()));
        }
        // a stamp is no part of the headline before it
        let is_stamp = shape == Shape::Wrapper
            && attribute("itemprop").is_some_and(|item| item.value.starts_with("date"));
        let shape = if is_stamp { Shape::Block } else { shape };
        Child::Element(element.name.local.clone(), shape, hints, look)
    }

    fn element(
        &mut self,
        child: &NodeRef<'_>,
        at: u32,
        around: Around,
        depth: usize,
        (name, shape, hints, look): (LocalName, Shape, Hints, u32),
        places: &mut Places,
    ) {
        let (kind, heading) = block_kind(&name).unwrap_or((around.kind, around.heading));
        let inner = Around {
            // a paragraph of a caption is a caption
            kind: if around.kind == BlockKind::Caption && heading == 0 { BlockKind::Caption } else { kind },
            heading,
            is_link: around.is_link || shape == Shape::Link,
            is_row: if &*name == "tr" { is_data(child) } else { around.is_row && !matches!(&*name, "table") },
        };
        let stands_alone = match shape {
            Shape::Block => true,
            Shape::Cell => !around.is_row,
            // the parts of a page that are told by class often stand in nothing but a span
            _ => false,
        };
        if stands_alone {
            self.end();
        } else if shape == Shape::Cell && !self.line.is_empty() {
            self.line.push(' ');
        }
        let is_element = !matches!(shape, Shape::Inline | Shape::Link) || hints.says_anything();
        let index = if is_element {
            let place = places.entry(name.clone()).or_default();
            *place += 1;
            let place = *place;
            let index = self.outline.elements.len() as u32;
            let element = Element { name, place, parent: at, first: NONE, end: 0, hints, look };
            self.outline.elements.push(element);
            index
        } else {
            at
        };
        self.children(child, index, inner, depth + 1);
        if stands_alone {
            self.end();
        } else if is_element
            && let Some((_, holder)) = &mut self.begun
            && *holder == index
        {
            // the line may go on behind this element
            *holder = at;
        }
    }

    fn take(&mut self, text: &str, around: Around) {
        if around.is_link {
            self.linked += slice::count(text.trim());
        }
        // a line feed in the source of a page is a space
        self.line.extend(text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }));
    }

    /// Ends a line; white space alone is none.
    fn end(&mut self) {
        let line = tidy(Some(&self.line)).filter(|line| line.chars().any(char::is_alphanumeric));
        // many sites write their references twice
        let line = line.map(|line| match line.contains('&').then(|| entity::decode(&line)).flatten() {
            Some((read, _)) => read.split_whitespace().collect::<Vec<_>>().join(" "),
            None => line,
        });
        self.line.clear();
        let (linked, begun) = (std::mem::take(&mut self.linked), self.begun.take());
        let (Some(line), Some((around, element))) = (line, begun) else { return };
        let text = &mut self.outline.text;
        if !text.is_empty() {
            text.push('\n');
        }
        let start = text.len() as u32;
        text.push_str(&line);
        let end = text.len() as u32;
        let characters = slice::count(&line);
        let commas = line.chars().filter(|c| matches!(c, '،' | ',' | '؛')).count() as u32;
        let kind = match around.kind {
            // a row that is laid out and no data has its cells on lines of their own
            BlockKind::TableRow if !around.is_row => BlockKind::Paragraph,
            kind => kind,
        };
        self.outline.lines.push(Line {
            start,
            end,
            element,
            kind,
            heading: around.heading,
            characters,
            linked: linked.min(characters),
            commas,
            is_sentence: is_sentence(&line),
        });
    }
}

fn is_sentence(line: &str) -> bool {
    let end = line.trim_end_matches(|c: char| c.is_whitespace() || "\"'”“»«’‘)*]".contains(c));
    end.ends_with(['.', '!', '؟', '?', '…', ':', '۔'])
}

/// The most characters of a cell of a table of data.
const CELL_CHARACTERS_MAX: u32 = 80;
/// How far into a cell is looked for what makes it a part of the page's layout.
const CELL_DEPTH_MAX: usize = 4;

/// Whether a row has two or more cells of few words, and nothing in them that stands on lines of its own.
fn is_data(row: &NodeRef<'_>) -> bool {
    let mut cells = 0;
    for cell in row.children_it(false).filter(NodeRef::is_element) {
        let mut characters = 0;
        if !is_short(&cell, 0, &mut characters) {
            return false;
        }
        cells += u32::from(characters > 0);
    }
    cells > 1
}

fn is_short(node: &NodeRef<'_>, depth: usize, characters: &mut u32) -> bool {
    if depth > CELL_DEPTH_MAX {
        return false;
    }
    node.children_it(false).all(|child| {
        let shape = child.query(|child| match &child.data {
            NodeData::Text { contents } => {
                *characters += slice::count(contents.trim());
                Some(Shape::Inline)
            }
            NodeData::Element(element) => shape(&element.name.local),
            _ => None,
        });
        *characters <= CELL_CHARACTERS_MAX
            && match shape.flatten() {
                Some(Shape::Block) => child.has_name("p") && is_short(&child, depth + 1, characters),
                Some(Shape::Break) | None => true,
                Some(_) => !child.is_element() || is_short(&child, depth + 1, characters),
            }
    })
}
