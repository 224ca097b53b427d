//! A web page → lines of copy, title and metadata.
//!
//! The DOM is a kept crate's; which part of it is the article is decided here. The page becomes lines under elements
//! (`outline`, with what names and classes say, `hints`), `region` chooses the element that holds the article, and
//! `witness` holds what the page says of its article elsewhere. What is left of the page's boilerplate inside the
//! region goes to the clean stage line by line, as in plain text, each line with its kind and the share of it that is
//! links. A page that shows no text before its scripts have run is read from their state (`embedded`, `json`).

mod embedded;
mod hints;
mod json;
mod left_out;
mod lines;
mod metadata;
mod outline;
pub mod region;
mod spared;
mod witness;

use dom_query::Document;
use naba_record::{BlockKind, LeftOut};

use hints::Hints;
use metadata::Metadata;
use outline::Outline;
use region::Region;
use spared::spared;
use witness::Witness;

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
    /// When the page says that it was changed.
    pub modified_at: Option<String>,
    /// The section of the site.
    pub section: Option<String>,
    /// The address of the picture.
    pub image: Option<String>,
    /// The publisher's own tags.
    pub tags: Vec<String>,
    /// The page says that it is not for everybody to read.
    pub is_paywalled: bool,
    /// There is an article on the page, and not a list of them or a message.
    pub is_article: bool,
    /// Where each field came from.
    pub origins: Vec<(&'static str, &'static str)>,
    /// The parts of the page that are no part of the article.
    pub left_out: Vec<LeftOut>,
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

/// The deepest nesting that is read; deeper elements are left out. Real pages stay under 60.
const DEPTH_MAX: usize = 256;

/// Elements that a piece of a page begins with.
const OPENING_ELEMENTS: [&str; 26] = [
    "a", "article", "b", "br", "center", "div", "font", "form", "h1", "h2", "h3", "header", "img", "link",
    "main", "meta", "ol", "p", "script", "section", "span", "strong", "style", "table", "title", "ul",
];

/// Whether bytes or text open like a web page, or like a piece of one.
pub fn looks_like_html(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    let head = slice::until(text, 512).to_ascii_lowercase();
    if ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| head.contains(tag))
        || head.starts_with("<p")
    {
        return true;
    }
    let Some(rest) = head.strip_prefix('<') else { return false };
    let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    let closes = slice::from(rest, name.len()).starts_with([' ', '>', '/', '\n', '\t', '\r']);
    (closes && OPENING_ELEMENTS.contains(&name.as_str()) || rest.starts_with("!--")) && text.contains("</")
}

/// How far into a page its character set is looked for: some put their scripts before it.
const CHARSET_BYTES_MAX: usize = 32_768;

/// The character set that a page declares in a meta element or an XML declaration, if any.
pub fn declared_charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(CHARSET_BYTES_MAX))?).to_ascii_lowercase();
    let in_tag = |open: &str, key: &str| {
        head.match_indices(open).find_map(|(at, _)| {
            let tag = slice::from(&head, at);
            let tag = slice::until(tag, tag.find('>')?);
            let label = slice::from(tag, tag.find(key)? + key.len());
            let label: String = label
                .trim_start_matches(['"', '\'', ' '])
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
                .collect();
            (!label.is_empty()).then_some(label)
        })
    };
    in_tag("<meta", "charset=").or_else(|| in_tag("<?xml", "encoding="))
}

/// Takes a page apart.
pub fn read(html: &str) -> Page {
    let document = Document::from(&*spared(html));
    let metadata = metadata::read(&document);
    let witness = witness(&metadata);
    let Some(outline) = outline(&document) else { return page_of(&metadata, None) };
    let region = region::choose(&outline, &witness);
    let title = headline(&outline, &region, &metadata);
    let mut page = page_of(&metadata, title);
    if page.published_at.is_none()
        && let Some(moment) = region.moment(&outline)
    {
        page.origins.push(("published_at", "time_element"));
        page.published_at = Some(moment);
    }
    if page.byline.is_none()
        && let Some(writer) = writer(&outline, &region, &metadata)
    {
        page.origins.push(("byline", "class_of_element"));
        page.byline = Some(writer);
    }
    page.left_out = left_out::of(&outline, &region);
    (page.text, page.blocks) = lines::read(&outline, &region);
    page.is_article = region.is_article;
    if !region.is_article
        && let Some(copy) = metadata.body().map(str::to_owned).or_else(|| embedded::copy(html))
    {
        from_copy(&mut page, &copy);
    }
    page
}

/// What learning needs of a page.
pub fn lesson(html: &str) -> region::Lesson {
    let document = Document::from(&*spared(html));
    let metadata = metadata::read(&document);
    outline(&document).map(|outline| region::lesson(&outline, &witness(&metadata))).unwrap_or_default()
}

/// The fewest characters of what a page shows; a page with fewer may show its text later.
const SHOWN_CHARACTERS_MIN: usize = 200;

/// The lines of a page. Where hardly anything is to be seen, what is hidden is read too.
fn outline(document: &Document) -> Option<Outline> {
    let body = document.body()?;
    let outline = Outline::new(&body, false);
    if outline.text.len() < SHOWN_CHARACTERS_MIN {
        return Some(Outline::new(&body, true));
    }
    Some(outline)
}

/// What the page says of its article beside the article.
fn witness(metadata: &Metadata) -> Witness {
    let mut witness = Witness {
        titles: metadata.titles().into_iter().map(|value| value.text).collect(),
        site: metadata.site().map(|value| value.text),
        ..Witness::default()
    };
    for value in metadata.descriptions() {
        witness.description.extend(witness::runs(&value.text));
    }
    if let Some(body) = metadata.body() {
        witness.body = witness::runs(body);
    }
    witness
}

/// The page's metadata, under its headline and where that came from.
fn page_of(metadata: &Metadata, title: Option<(String, &'static str)>) -> Page {
    let mut origins = vec![];
    let mut text = |field: &'static str, value: Option<metadata::Value>| {
        let value = value?;
        origins.push((field, value.origin));
        Some(value.text)
    };
    let title = text("title", title.map(|(text, origin)| metadata::Value { text, origin }));
    Page {
        title,
        byline: text("byline", metadata.byline()),
        published_at: text("published_at", metadata.published()),
        modified_at: text("modified_at", metadata.modified()),
        url: text("url", metadata.address()),
        section: text("section", metadata.section()),
        image: text("image", metadata.image()),
        site_name: text("site_name", metadata.site()),
        language: metadata.declared_language(),
        tags: metadata.tags.clone(),
        is_paywalled: metadata.is_paywalled(),
        is_article: true,
        origins,
        ..Page::default()
    }
}

/// The headline as the page prints it; where none of its lines is one, as its metadata has it, without its site.
fn headline(outline: &Outline, region: &Region, metadata: &Metadata) -> Option<(String, &'static str)> {
    if let Some(line) = region.title.and_then(|title| outline.lines.get(title)) {
        return Some((outline.words(line).to_owned(), "heading"));
    }
    let site = metadata.site().map(|value| value.text);
    let titles = metadata.titles();
    let first = titles.first()?;
    let bare = witness::bare_title(&first.text, site.as_deref(), first.origin == "title")?;
    Some((bare, first.origin))
}

/// The most characters of a line that names the writer.
const WRITER_CHARACTERS_MAX: u32 = 60;

/// What stands before a writer's name.
const BEFORE_WRITERS: [&str; 11] =
    ["عن", "بقلم", "كتب", "كتبت", "كتبها", "بواسطة", "بواسطه", "إعداد", "الكاتب", "by", "By"];

/// The writer in an element that is named so, near the article.
fn writer(outline: &Outline, region: &Region, metadata: &Metadata) -> Option<String> {
    region.reach().find_map(|index| {
        let line = outline.lines.get(index)?;
        let is_named = || {
            outline
                .around(line.element)
                .take(3)
                .any(|element| outline.elements[element as usize].hints.has(Hints::AUTHOR))
        };
        if line.characters > WRITER_CHARACTERS_MAX || line.is_sentence || !is_named() {
            return None;
        }
        let words = outline.words(line);
        let name = words.split_once([':', '/']).filter(|(label, _)| label.split_whitespace().count() < 3);
        let name = name.map_or(words, |(_, name)| name).trim();
        let behind = |before: &&str| name.strip_prefix(*before).filter(|rest| rest.starts_with(' '));
        let name = BEFORE_WRITERS.iter().find_map(behind).unwrap_or(name).trim();
        let is_words = name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '،' | '\''));
        let is_moment = name.starts_with("منذ ") || name.starts_with("قبل ");
        let words = name.split_whitespace().count();
        ((2..7).contains(&words) && is_words && !is_moment && metadata.can_be_writer(name))
            .then(|| name.to_owned())
    })
}

/// A page's text from its copy elsewhere.
fn from_copy(page: &mut Page, copy: &str) {
    let lines = embedded::lines(copy);
    if lines.is_empty() {
        return;
    }
    page.text.clear();
    page.blocks.clear();
    for line in lines {
        if !page.text.is_empty() {
            page.text.push('\n');
        }
        let start = page.text.len();
        page.text.push_str(&line);
        let end = page.text.len();
        let path = "script".to_owned();
        page.blocks.push(PageBlock { kind: BlockKind::Paragraph, start, end, link_density: 0.0, path });
    }
    page.is_article = true;
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
        assert!(!looks_like_html("قال <الرئيس> إن"));
    }

    #[test]
    fn deep_nesting_is_bounded() {
        let deep = format!("<html><body>{}نص{}</body></html>", "<div>".repeat(5_000), "</div>".repeat(5_000));
        let _ = read(&deep);
        assert_eq!(read("<html><body></body></html>").text, "");
    }
}
