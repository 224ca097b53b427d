//! A web page → lines of copy, title and metadata.
//!
//! The DOM is a kept crate's; which part of it is the article is decided here: the smallest element that
//! holds most of the page's prose. What is left of the page's furniture inside it goes to the clean stage
//! line by line, as in plain text, each line with its kind and the share of it that is links.

mod lines;
mod metadata;
mod prose;
mod spared;

use dom_query::{Document, NodeData, NodeRef};
use naba_record::BlockKind;

use prose::Prose;
use spared::spared;

use crate::slice;

/// A page's article and what the page says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// One block a line.
    pub text: String,
    /// What each line is, in the order of the text.
    pub blocks: Vec<PageBlock>,
    /// The headline.
    pub title: Option<String>,
    /// The writer.
    pub byline: Option<String>,
    /// The publication time as the page's metadata has it.
    pub published_at: Option<String>,
    /// The canonical address.
    pub url: Option<String>,
    /// The language that the page declares.
    pub language: Option<String>,
    /// The name of the outlet.
    pub site_name: Option<String>,
}

/// A line of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct PageBlock {
    /// What it is.
    pub kind: BlockKind,
    /// First byte in the page's text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The share of its characters that are links.
    pub link_density: f32,
    /// Where it stands in the page: an XPath.
    pub path: String,
}

/// What a node is for whoever reads the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// A line ends here.
    Break,
    /// It stands on lines of its own.
    Block,
    Link,
    Inline,
}

/// What a node is; none for what never holds copy, and for comments.
fn kind(node: &NodeRef<'_>) -> Option<Kind> {
    node.query(|node| {
        let element = match &node.data {
            NodeData::Text { .. } => return Some(Kind::Text),
            NodeData::Element(element) => element,
            _ => return None,
        };
        if element.attrs.iter().any(|attribute| &*attribute.name.local == "hidden") {
            return None;
        }
        Some(match &*element.name.local {
            "script" | "style" | "noscript" | "template" | "iframe" | "svg" | "button" | "select"
            | "input" | "textarea" | "object" => return None,
            "br" => Kind::Break,
            "a" => Kind::Link,
            "p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "li" | "ul" | "ol" | "blockquote"
            | "figcaption" | "figure" | "tr" | "table" | "section" | "article" | "header" | "main"
            | "time" | "dd" | "dt" | "pre" | "nav" | "footer" | "aside" => Kind::Block,
            _ => Kind::Inline,
        })
    })
    .flatten()
}

/// What a reading of a text node gives.
fn text_of<T: Default>(node: &NodeRef<'_>, read: impl FnOnce(&str) -> T) -> T {
    let text = |node: &dom_query::TreeNode| match &node.data {
        NodeData::Text { contents } => read(contents),
        _ => T::default(),
    };
    node.query(text).unwrap_or_default()
}

/// The text under a node, without what never holds copy.
fn text_under(node: &NodeRef<'_>, depth: usize, text: &mut String) {
    if depth > DEPTH_MAX {
        return;
    }
    for child in node.children_it(false) {
        match kind(&child) {
            None => {}
            Some(Kind::Text) => text_of(&child, |more| text.push_str(more)),
            Some(_) => text_under(&child, depth + 1, text),
        }
    }
}

/// The share of the page's prose that the article's element must hold: four fifths leaves room for one
/// stray teaser outside it.
const PROSE_SHARE_MIN: f32 = 0.8;
/// The deepest nesting that is read; deeper elements are left out. Real pages stay under 60.
const DEPTH_MAX: usize = 256;

/// Whether bytes or text open like a web page.
pub fn looks_like_html(text: &str) -> bool {
    let head = slice::until(text.trim_start(), 512).to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| head.contains(tag))
        || PARTS.iter().any(|tag| head.starts_with(tag))
}

/// How a part of a page begins.
const PARTS: [&str; 12] = [
    "<p", "<div", "<article", "<section", "<main", "<h1", "<h2", "<table", "<ul", "<figure", "<span", "<!--",
];

/// The character set that a page declares in its head, if any.
pub fn declared_charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(2048))?).to_ascii_lowercase();
    let at = head.find("charset=")? + "charset=".len();
    let label: String = slice::from(&head, at)
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    (!label.is_empty()).then_some(label)
}

/// Takes a page apart.
pub fn read(html: &str) -> Page {
    let document = Document::from(&*spared(html));
    let mut page = metadata::read(&document);
    let Some(root) = document.body() else { return page };
    let prose = Prose::new(&root);
    let article = article(root, &prose);
    (page.text, page.blocks) = lines::read(&article, path(&article), &prose, prose.under(&root));
    if let [heading] = prose.headings.as_slice() {
        let mut text = String::new();
        text_under(heading, 0, &mut text);
        page.title = tidy(Some(&text)).or(page.title);
    }
    page
}

/// The smallest element that holds most of the prose.
fn article<'page>(root: NodeRef<'page>, prose: &Prose<'_>) -> NodeRef<'page> {
    let whole = prose.under(&root);
    let mut best = root;
    for _ in 0..DEPTH_MAX {
        let child = best
            .children_it(false)
            .find(|child| prose.under(child) >= whole * PROSE_SHARE_MIN && whole > 0.0);
        match child {
            // a single paragraph is the article's text, not its element
            Some(child) if !child.has_name("p") => best = child,
            _ => break,
        }
    }
    // a headline beside the copy belongs to it
    match best.parent() {
        Some(parent)
            if !prose.has_heading(&best) && prose.has_heading(&parent) && !parent.has_name("html") =>
        {
            parent
        }
        _ => best,
    }
}

/// The way to an element from the root of its page.
fn path(node: &NodeRef<'_>) -> String {
    let mut steps = vec![];
    let mut at = Some(*node);
    while let Some(name) = at.and_then(|node| node.node_name().filter(|_| node.is_element())) {
        steps.push(name.to_string());
        at = at.and_then(|node| node.parent());
        if steps.len() > DEPTH_MAX {
            break;
        }
    }
    steps.iter().rev().fold(String::new(), |path, step| format!("{path}/{step}"))
}

fn tidy(text: Option<&str>) -> Option<String> {
    let words: Vec<&str> = text?.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::{declared_charset, looks_like_html, read};

    const PAGE: &str = r#"<!doctype html><html lang="ar" dir="rtl"><head><meta charset="windows-1256"><title>خبر - موقع</title>
<meta property="og:title" content="افتتاح الجسر الجديد"><meta property="article:published_time" content="2024-03-05T10:00:00+03:00"></head>
<body><nav><a href="/">الرئيسية</a></nav><div class="a"><div><h1>افتتاح الجسر الجديد</h1>
<p>افتتح رئيس البلدية اليوم الجسر الجديد الذي يربط ضفتي النهر، بعد ثلاث سنوات من العمل المتواصل فيه.</p>
<div>وقال المهندس المشرف إن الجسر يتسع لأربعة مسارات في كل اتجاه.<br>وأضاف أن الكلفة بلغت عشرين مليونا.</div></div></div>
<footer>جميع الحقوق محفوظة</footer></body></html>"#;

    #[test]
    fn a_page_gives_its_article() {
        let page = read(PAGE);
        assert_eq!(page.title.as_deref(), Some("افتتاح الجسر الجديد"));
        assert_eq!(page.published_at.as_deref(), Some("2024-03-05T10:00:00+03:00"));
        assert_eq!(page.language.as_deref(), Some("ar"));
        assert_eq!(page.text.lines().count(), 4, "{}", page.text);
        assert!(!page.text.contains("الحقوق") && !page.text.contains("الرئيسية"));
        assert!(page.text.ends_with("عشرين مليونا."));
    }

    #[test]
    fn the_head_declares_its_charset() {
        assert_eq!(declared_charset(PAGE.as_bytes()).as_deref(), Some("windows-1256"));
        assert!(looks_like_html(PAGE));
        assert!(looks_like_html(" <DIV class=x>نص</div>"));
        assert!(!looks_like_html("قال <الرئيس> إن"));
    }

    #[test]
    fn deep_nesting_is_bounded() {
        let deep = format!("<html><body>{}نص{}</body></html>", "<div>".repeat(5_000), "</div>".repeat(5_000));
        let _ = read(&deep);
        assert_eq!(read("<html><body></body></html>").text, "");
    }
}
