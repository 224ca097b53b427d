//! What a page says of itself: JSON-LD, OpenGraph, meta elements of every school, microdata.

mod linked;
mod writer;

use dom_query::{Document, Element, NodeRef};

use super::tidy;
use super::witness;
use linked::Linked;
use writer::names_a_writer;

/// A value, and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) origin: &'static str,
}

/// What is asked of meta elements: names, in the order in which they are trusted.
const TITLES: [&str; 8] = [
    "og:title",
    "headline",
    "twitter:title",
    "dc.title",
    "dcterms.title",
    "parsely-title",
    "sailthru.title",
    "title",
];
const PUBLISHED: [&str; 20] = [
    "article:published_time",
    "datepublished",
    "article:published",
    "og:article:published_time",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "date.published",
    "parsely-pub-date",
    "sailthru.date",
    "citation_publication_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "date",
    "og:pubdate",
];
const CREATED: [&str; 2] = ["datecreated", "dc.date.created"];
const MODIFIED: [&str; 8] = [
    "article:modified_time",
    "datemodified",
    "og:updated_time",
    "article:modified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
];
const AUTHORS: [&str; 9] = [
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "citation_author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "twitter:data1",
];
const SITES: [&str; 3] = ["og:site_name", "application-name", "publisher"];
const DESCRIPTIONS: [&str; 4] = ["og:description", "description", "twitter:description", "dc.description"];
const SECTIONS: [&str; 3] = ["article:section", "articlesection", "parsely-section"];
const IMAGES: [&str; 2] = ["og:image", "twitter:image"];
const ADDRESSES: [&str; 1] = ["og:url"];
/// The lists, and the place of each in [`Metadata::metas`].
const LISTS: [&[&str]; 10] = [
    &TITLES,
    &PUBLISHED,
    &CREATED,
    &MODIFIED,
    &AUTHORS,
    &SITES,
    &DESCRIPTIONS,
    &SECTIONS,
    &IMAGES,
    &ADDRESSES,
];
/// The most values of a name that are kept: several authors have an element each.
const VALUES_MAX: usize = 8;
/// The longest value that is read, in bytes.
const VALUE_BYTES_MAX: usize = 4_000;

/// Everything that was found, each in the order of trust.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    metas: [Vec<(usize, String)>; LISTS.len()],
    items: Vec<(&'static str, String)>,
    linked: Linked,
    page_title: Option<String>,
    rel_author: Option<String>,
    canonical: Option<String>,
    pub(super) language: Option<String>,
    pub(super) tags: Vec<String>,
    /// Moments of `<time datetime>`, with where each stands among the page's elements.
    pub(super) is_website: bool,
}

/// Microdata that is asked for outside of meta elements.
const ITEMS: [&str; 5] = ["headline", "datePublished", "dateCreated", "dateModified", "author"];

/// Reads what a page says of itself, in one walk over it.
pub(super) fn read(document: &Document) -> Metadata {
    let mut found = Metadata::default();
    for node in document.root().descendants_it() {
        if let Some(element) = node.element_ref() {
            found.look(&node, &element);
        }
    }
    found
}

impl Metadata {
    fn look(&mut self, node: &NodeRef<'_>, element: &Element) {
        let name = &*element.name.local;
        if element.attrs.is_empty() && name != "title" {
            return;
        }
        let is = |name: &str, value: &str| element.attr(name).as_deref() == Some(value);
        let text = || tidy(Some(&node.text()));
        match name {
            "html" => self.language = tidy(element.attr("lang").as_deref()),
            "title" if self.page_title.is_none() => self.page_title = text(),
            "link" if is("rel", "canonical") && self.canonical.is_none() => {
                self.canonical = tidy(element.attr("href").as_deref());
            }
            "script" if element.attr("type").is_some_and(|kind| kind.contains("ld+json")) => {
                self.linked.read(&node.text());
            }
            "meta" => self.meta(element),
            _ => self.item(node, element),
        }
    }

    fn meta(&mut self, element: &Element) {
        let Some(content) = element.attr("content").filter(|content| content.len() <= VALUE_BYTES_MAX) else {
            return;
        };
        for kind in ["property", "name", "itemprop", "http-equiv"] {
            let Some(name) = element.attr(kind) else { continue };
            let name = name.to_ascii_lowercase();
            let Some(content) = tidy(Some(&content)) else { return };
            if name == "article:tag" && self.tags.len() < VALUES_MAX * 4 {
                self.tags.push(content);
                return;
            }
            if name == "og:type" {
                self.is_website = content.eq_ignore_ascii_case("website");
                return;
            }
            for (list, metas) in LISTS.iter().zip(&mut self.metas) {
                if let Some(rank) = list.iter().position(|known| *known == name)
                    && metas.len() < VALUES_MAX
                    && !metas.iter().any(|(_, known)| *known == content)
                {
                    metas.push((rank, content.clone()));
                }
            }
        }
    }

    fn item(&mut self, node: &NodeRef<'_>, element: &Element) {
        for attribute in &element.attrs {
            match &*attribute.name.local {
                "itemprop" => {
                    for item in ITEMS {
                        if self.items.len() < VALUES_MAX * 4
                            && attribute.value.split_whitespace().any(|is| is == item)
                        {
                            let stated = element.attr("datetime").or_else(|| element.attr("content"));
                            let named = tidy(stated.as_deref()).or_else(|| tidy(Some(&node.text())));
                            self.items
                                .extend(named.filter(|named| named.len() < 300).map(|named| (item, named)));
                        }
                    }
                }
                "rel" if &*attribute.value == "author" && self.rel_author.is_none() => {
                    self.rel_author = tidy(Some(&node.text()));
                }
                _ => {}
            }
        }
    }

    fn metas(&self, list: usize) -> impl Iterator<Item = Value> {
        let mut metas: Vec<&(usize, String)> = self.metas[list].iter().collect();
        metas.sort_by_key(|(rank, _)| *rank);
        metas.into_iter().map(move |(rank, text)| Value { text: text.clone(), origin: LISTS[list][*rank] })
    }

    fn items(&self, item: &'static str) -> impl Iterator<Item = Value> {
        let of = move |(known, text): &(&'static str, String)| {
            (*known == item).then(|| Value { text: text.clone(), origin: "itemprop" })
        };
        self.items.iter().filter_map(of)
    }

    fn linked(text: Option<&String>) -> impl Iterator<Item = Value> {
        text.map(|text| Value { text: text.clone(), origin: "json_ld" }).into_iter()
    }

    /// Headlines, the most trusted first; the page's own title last.
    pub(super) fn titles(&self) -> Vec<Value> {
        let page = self.page_title.clone().map(|text| Value { text, origin: "title" });
        Self::linked(self.linked.headline.as_ref())
            .chain(self.metas(0))
            .chain(self.items("headline"))
            .chain(page)
            .collect()
    }

    /// When it was published: a moment that reads as ISO 8601 before one in words.
    pub(super) fn published(&self) -> Option<Value> {
        let all: Vec<Value> = Self::linked(self.linked.published.as_ref())
            .chain(self.metas(1))
            .chain(self.items("datePublished"))
            .chain(self.metas(2))
            .chain(self.items("dateCreated"))
            .filter(|value| has_digit(&value.text))
            .collect();
        let is_iso = |value: &&Value| {
            let head: String = value.text.chars().take(7).collect();
            let bytes = head.as_bytes();
            bytes.len() == 7
                && bytes[4] == b'-'
                && bytes[..4].iter().chain(&bytes[5..]).all(u8::is_ascii_digit)
        };
        all.iter().find(is_iso).or_else(|| all.first()).cloned()
    }

    /// When it was changed.
    pub(super) fn modified(&self) -> Option<Value> {
        let mut all = Self::linked(self.linked.modified.as_ref())
            .chain(self.metas(3))
            .chain(self.items("dateModified"))
            .filter(|value| has_digit(&value.text));
        all.next()
    }

    /// What the site is called, and its host.
    fn own_names(&self) -> (Vec<String>, String) {
        let sites: Vec<String> =
            self.sites().map(|value| witness::key(&value.text).to_lowercase().replace(' ', "")).collect();
        let host = self.address().map(|value| value.text).unwrap_or_default();
        let host =
            host.split("//").nth(1).unwrap_or_default().split('/').next().unwrap_or_default().to_owned();
        (sites, host)
    }

    /// Whether a name is a writer's: no address, nobody's, not the site's own.
    pub(super) fn can_be_writer(&self, name: &str) -> bool {
        let (sites, host) = self.own_names();
        names_a_writer(name, &sites, &host)
    }

    /// Who wrote it: the first source that names somebody, and all whom it names.
    pub(super) fn byline(&self) -> Option<Value> {
        let (sites, host) = self.own_names();
        let names = |value: &Value| names_a_writer(&value.text, &sites, &host);
        let linked: Vec<String> =
            self.linked.authors.iter().filter(|name| names_a_writer(name, &sites, &host)).cloned().collect();
        if !linked.is_empty() {
            return Some(Value { text: linked.join("، "), origin: "json_ld" });
        }
        let rel = self.rel_author.clone().map(|text| Value { text, origin: "rel_author" });
        let all: Vec<Value> = self.metas(4).chain(self.items("author")).chain(rel).filter(names).collect();
        let first = all.first()?;
        let same = all.iter().filter(|value| value.origin == first.origin && first.origin != "itemprop");
        let mut texts: Vec<&str> = same.map(|value| value.text.as_str()).collect();
        if texts.is_empty() {
            texts.push(&first.text);
        }
        Some(Value { text: texts.join("، "), origin: first.origin })
    }

    fn sites(&self) -> impl Iterator<Item = Value> {
        self.metas(5).chain(Self::linked(self.linked.publisher.as_ref()))
    }

    /// The name of the outlet.
    pub(super) fn site(&self) -> Option<Value> {
        self.sites().find(|value| !value.text.contains("://"))
    }

    /// The canonical address.
    pub(super) fn address(&self) -> Option<Value> {
        let canonical = self.canonical.clone().map(|text| Value { text, origin: "canonical" });
        canonical.into_iter().chain(self.metas(9)).next()
    }

    pub(super) fn section(&self) -> Option<Value> {
        Self::linked(self.linked.section.as_ref()).chain(self.metas(7)).next()
    }

    pub(super) fn image(&self) -> Option<Value> {
        self.metas(8).next()
    }

    pub(super) fn descriptions(&self) -> impl Iterator<Item = Value> {
        Self::linked(self.linked.description.as_ref()).chain(self.metas(6))
    }

    /// The article's copy in the page's linked data.
    pub(super) fn body(&self) -> Option<&str> {
        self.linked.body.as_deref()
    }

    pub(super) fn declared_language(&self) -> Option<String> {
        self.linked.language.clone().or_else(|| self.language.clone())
    }

    pub(super) fn is_paywalled(&self) -> bool {
        self.linked.is_paywalled
    }
}

fn has_digit(text: &str) -> bool {
    text.chars().any(|c| crate::digits::value(c).is_some())
}
