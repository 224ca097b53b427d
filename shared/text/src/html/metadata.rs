//! What a page says of itself.

use dom_query::{Document, Element, NodeRef};
use serde_json::Value;

use super::{Page, tidy};

/// The names of meta elements that are asked for.
const META: [&str; 6] =
    ["og:title", "article:published_time", "author", "article:author", "og:url", "og:site_name"];
/// The names of microdata that are asked for.
const ITEMS: [&str; 2] = ["headline", "datePublished"];

/// What stands first of everything that is asked for, found in one walk over the page.
#[derive(Default)]
struct First {
    meta: [Option<String>; META.len()],
    items: [Option<String>; ITEMS.len()],
    title: Option<String>,
    author: Option<String>,
    canonical: Option<String>,
    language: Option<String>,
    time: Option<String>,
    linked: Option<Value>,
}

impl First {
    fn look(&mut self, node: &NodeRef<'_>, element: &Element) {
        let attribute = |name: &str| tidy(element.attr(name).as_deref());
        let is = |name: &str, value: &str| element.attr(name).as_deref() == Some(value);
        let first = |place: &mut Option<String>, found: &dyn Fn() -> Option<String>| {
            if place.is_none() {
                *place = found();
            }
        };
        let text = || tidy(Some(&node.text()));
        if element.attrs.is_empty() && &*element.name.local != "title" {
            return;
        }
        match &*element.name.local {
            "html" => first(&mut self.language, &|| attribute("lang")),
            "title" => first(&mut self.title, &text),
            "link" if is("rel", "canonical") => first(&mut self.canonical, &|| attribute("href")),
            "time" => first(&mut self.time, &|| attribute("datetime")),
            "script" if self.linked.is_none() && is("type", "application/ld+json") => {
                let value = serde_json::from_str::<Value>(&node.text()).ok();
                self.linked = value.and_then(|value| find_article(&value, 0).cloned());
            }
            "meta" => {
                for (name, place) in META.iter().zip(&mut self.meta) {
                    if ["property", "name", "itemprop"].iter().any(|kind| is(kind, name)) {
                        first(place, &|| attribute("content"));
                    }
                }
            }
            _ => {}
        }
        for attribute in &element.attrs {
            match &*attribute.name.local {
                "itemprop" => {
                    for (name, place) in ITEMS.iter().zip(&mut self.items) {
                        if &*attribute.value == *name {
                            let named = || {
                                let attribute = element.attr("datetime").or_else(|| element.attr("content"));
                                tidy(attribute.as_deref()).or_else(text)
                            };
                            first(place, &named);
                        }
                    }
                }
                "rel" if &*attribute.value == "author" => first(&mut self.author, &text),
                _ => {}
            }
        }
    }
}

/// What the page says of itself: JSON-LD, OpenGraph, meta elements, microdata, in this order.
pub(super) fn read(document: &Document) -> Page {
    let mut first = First::default();
    for node in document.root().descendants_it() {
        if let Some(element) = node.element_ref() {
            first.look(&node, &element);
        }
    }
    let First { meta, items, title, author, canonical, language, time, linked } = first;
    let linked = |keys: &[&str]| {
        let value = keys
            .iter()
            .try_fold(linked.as_ref()?, |value, key| value.get(*key).or_else(|| value.get(0)?.get(*key)))?;
        tidy(value.as_str())
    };
    let [headline, published_time, meta_author, article_author, address, site_name] = meta;
    let [item_headline, item_published] = items;
    Page {
        title: linked(&["headline"]).or(headline).or(item_headline).or(title),
        published_at: linked(&["datePublished"]).or(published_time).or(item_published).or(time),
        byline: linked(&["author", "name"]).or(meta_author).or(article_author).or(author),
        url: canonical.or(address),
        site_name: linked(&["publisher", "name"]).or(site_name),
        language: linked(&["inLanguage"]).or(language),
        ..Page::default()
    }
}

/// The article among linked data: an object whose type says so, in a list or a graph.
fn find_article(value: &Value, depth: usize) -> Option<&Value> {
    if depth > 4 {
        return None;
    }
    match value {
        Value::Array(values) => values.iter().find_map(|value| find_article(value, depth + 1)),
        Value::Object(object) => {
            let is_article = |kind: &Value| {
                kind.as_str().is_some_and(|kind| kind.ends_with("Article") || kind.ends_with("BlogPosting"))
            };
            let kinds = object.get("@type");
            let list = kinds.and_then(Value::as_array).is_some_and(|kinds| kinds.iter().any(is_article));
            if list || kinds.is_some_and(is_article) {
                return Some(value);
            }
            object.get("@graph").and_then(|graph| find_article(graph, depth + 1))
        }
        _ => None,
    }
}
