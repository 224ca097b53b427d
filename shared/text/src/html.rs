//! A web page → lines of copy, title and metadata.
//!
//! The DOM is a kept crate's; which part of it is the article is decided here: the smallest element that
//! holds most of the page's prose. What is left of the page's furniture inside it goes to the clean stage
//! line by line, as in plain text.

use dom_query::{Document, NodeRef};

/// A page's article and what the page says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// One block a line.
    pub text: String,
    /// The headline.
    pub title: Option<String>,
    /// The publication time as the page's metadata has it.
    pub published_at: Option<String>,
    /// The canonical address.
    pub url: Option<String>,
    /// The language that the page declares.
    pub language: Option<String>,
    /// The name of the outlet.
    pub site_name: Option<String>,
}

/// Elements that never hold copy.
const NEVER: &str = "script, style, noscript, template, iframe, svg, form, button, nav, footer, aside, select, input, [hidden], [aria-hidden=true]";

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 24] = [
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "blockquote",
    "figcaption",
    "figure",
    "tr",
    "table",
    "section",
    "article",
    "header",
    "main",
    "time",
    "dd",
    "dt",
    "pre",
];

/// The share of the page's prose that the article's element must hold: four fifths leaves room for one
/// stray teaser outside it.
const PROSE_SHARE_MIN: f32 = 0.8;

/// The fewest characters of a block that count as prose.
const PROSE_CHARACTERS_MIN: u32 = 60;

/// The deepest nesting that is read; deeper elements are left out. Real pages stay under 60.
const DEPTH_MAX: usize = 256;

/// Whether bytes or text open like a web page.
pub fn looks_like_html(text: &str) -> bool {
    let head = crate::slice::until(text.trim_start(), 512).to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| head.contains(tag))
        || head.starts_with("<p")
}

/// The character set that a page declares in its head, if any.
pub fn declared_charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(2048))?).to_ascii_lowercase();
    let at = head.find("charset=")? + "charset=".len();
    let label: String = crate::slice::from(&head, at)
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    (!label.is_empty()).then_some(label)
}

/// Takes a page apart.
pub fn read(html: &str) -> Page {
    let document = Document::from(html);
    let meta = |name: &str| {
        let found = document
            .select(&format!("meta[property='{name}'], meta[name='{name}'], meta[itemprop='{name}']"));
        tidy(found.attr("content").as_deref())
    };
    let title = meta("og:title").or_else(|| tidy(Some(&document.select("h1").first().text())));
    let title = title.or_else(|| tidy(Some(&document.select("title").first().text())));
    let published_at = meta("article:published_time").or_else(|| meta("datePublished"));
    let canonical = tidy(document.select("link[rel=canonical]").attr("href").as_deref());
    let language = tidy(document.select("html").attr("lang").as_deref());
    let page = Page {
        published_at: published_at
            .or_else(|| tidy(document.select("time[datetime]").attr("datetime").as_deref())),
        url: canonical.or_else(|| meta("og:url")),
        site_name: meta("og:site_name"),
        language,
        title,
        text: String::new(),
    };
    document.select(NEVER).remove();
    let body = document.select("body");
    let Some(root) = body.nodes().first() else {
        return page;
    };
    let mut text = String::new();
    write_lines(&article(root), &mut text, 0);
    Page { text: tidy_lines(&text), ..page }
}

/// The smallest element that holds most of the prose.
fn article<'page>(root: &NodeRef<'page>) -> NodeRef<'page> {
    let whole = prose(root, 0);
    let mut best = *root;
    for _ in 0..DEPTH_MAX {
        let child =
            best.element_children().into_iter().find(|child| prose(child, 0) >= whole * PROSE_SHARE_MIN);
        match child {
            // a single paragraph is the article's text, not its element
            Some(child) if whole > 0.0 && child.node_name().as_deref() != Some("p") => best = child,
            _ => break,
        }
    }
    best
}

/// Characters of prose under an element: text of its blocks that is long and not made of links.
fn prose(node: &NodeRef<'_>, depth: usize) -> f32 {
    if depth > DEPTH_MAX {
        return 0.0;
    }
    let mut own = 0_u32;
    let mut below = 0.0;
    for child in node.children() {
        if child.is_text() {
            own += crate::slice::count(child.text().trim());
        } else if child.is_element() && child.node_name().as_deref() != Some("a") {
            if is_block(&child) {
                below += prose(&child, depth + 1);
            } else {
                own += crate::slice::count(child.text().trim());
            }
        }
    }
    below + if own >= PROSE_CHARACTERS_MIN { own as f32 } else { 0.0 }
}

fn is_block(node: &NodeRef<'_>) -> bool {
    node.node_name().is_some_and(|name| BLOCKS.contains(&&*name))
}

fn write_lines(node: &NodeRef<'_>, text: &mut String, depth: usize) {
    if depth > DEPTH_MAX {
        return;
    }
    for child in node.children() {
        if child.is_text() {
            let inner = child.text();
            // a line feed in the source of a page is a space
            text.extend(inner.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }));
        } else if child.node_name().as_deref() == Some("br") {
            text.push('\n');
        } else if child.is_element() {
            let block = is_block(&child);
            if block {
                text.push('\n');
            }
            write_lines(&child, text, depth + 1);
            if block {
                text.push('\n');
            }
        }
    }
}

fn tidy(text: Option<&str>) -> Option<String> {
    let words: Vec<&str> = text?.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn tidy_lines(text: &str) -> String {
    text.lines().filter_map(|line| tidy(Some(line))).collect::<Vec<_>>().join("\n")
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
        assert!(!looks_like_html("قال <الرئيس> إن"));
    }

    #[test]
    fn deep_nesting_is_bounded() {
        let deep = format!("<html><body>{}نص{}</body></html>", "<div>".repeat(5_000), "</div>".repeat(5_000));
        let _ = read(&deep);
        assert_eq!(read("<html><body></body></html>").text, "");
    }
}
